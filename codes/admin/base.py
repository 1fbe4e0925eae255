"""What the admin of every kind of entry shares: history, preview, and actions that change only what was seen."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied
from django.db import IntegrityError
from django.db.models import F
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from codes.editing import drafts, fixtures, history
from statuscodes.web.methods import allow_methods

from .drafts import DraftsMixin, dry_run_of, preview_language
from .entry_forms import EntryForm
from .links import deleted_url, history_url

POSITION_OFFSET = 10_000  # added to the positions of rows that are about to move
MAX_FORM_LENGTH = 200_000  # characters; the largest entry's form has a tenth of it
MIN_TYPED_LENGTH = 13  # characters; a shorter value is a choice or a number, quickly made again


class EntryAdmin(DraftsMixin, admin.ModelAdmin):
    """Records every save in the history, and refuses changes by editors who have not seen the newest state."""

    form = EntryForm
    list_per_page = 200

    class Media:
        js = [Script("js/entry-form.js", defer=True)]
        css = {"all": ["css/entry-form.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Link from the list of entries to those that were deleted."""
        context = {"deleted_url": deleted_url(self.model)} if self.model in fixtures.DETAILS_OF else {}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_entry(self, instance: Any) -> Any:
        """Return the entry that an object of this admin belongs to."""
        return instance

    def action_checkbox(self, obj: Any) -> SafeString:
        """Return the checkbox with the version token of the row, so that actions change only what the list showed."""
        token = format_html('<input type="hidden" name="token" value="{}">', self.get_entry(obj).version_token)
        return super().action_checkbox(obj) + token

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Leave out Django's bulk deletion, which does not know what the list showed. 6.1 passes `action_location`."""
        given = {} if action_location is None else {"action_location": action_location}
        return {name: each for name, each in super().get_actions(request, **given).items() if name != "delete_selected"}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_long_form(request)
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            # A form that was tampered with: the version check would have seen the saves of others. What was typed is
            # still in the browser's draft.
            raise BadRequest(gettext("The form does not fit the entry. Load it again.")) from error

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        is_draft = "draft" in request.GET
        if request.method == "POST" and not is_draft and self.get_object(request, unquote(object_id)) is None:
            return self.lost_response(request, object_id, _("This entry was deleted while you were editing"))
        return super().change_view(request, object_id, form_url, extra_context)

    def lost_response(self, request: HttpRequest, object_id: str, title: Any) -> HttpResponse:
        """Answer a save of a deleted entry with what was typed, to copy, and a link to the entry's snapshots."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        typed = [
            (self._label(name), text)
            for name, text in request.POST.items()
            if len(text) >= MIN_TYPED_LENGTH and name != "csrfmiddlewaretoken"
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "typed": typed,
            "history": history_url(f"{self.opts.model_name} {object_id}"),
        }
        return TemplateResponse(request, "admin/codes/deleted.html", context, status=409)

    def _label(self, name: str) -> Any:
        """Return the form's label for a field. The name of a detail's field is like "references-0-url"."""
        *row, field = name.split("-")
        if field in self.form.declared_fields:
            return self.form.declared_fields[field].label
        try:
            if not row:
                return self.model._meta.get_field(field).verbose_name
            model: Any = self.model._meta.get_field(row[0]).related_model
            return f"{model._meta.verbose_name} {int(row[1]) + 1}: {model._meta.get_field(field).verbose_name}"
        except (AttributeError, FieldDoesNotExist, IndexError, ValueError):
            return name  # a forged one

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Return the inlines for the page, each with the number of its rows; one with errors is not folded."""
        refreshed = [formset.refreshed() for formset in formsets]
        for inline, formset in zip(inline_instances, refreshed, strict=True):
            if count := formset.initial_form_count():
                inline.verbose_name_plural = format_lazy("{} ({})", capfirst(inline.verbose_name_plural), count)
        shown = super().get_inline_formsets(request, refreshed, inline_instances, *args, **kwargs)
        for each in shown:
            if each.formset.is_bound and each.formset.non_form_errors():
                each.classes = ""
        return shown

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        entry = self.get_entry(obj)
        if (change or entry is not obj) and not dry_run_of(request):
            history.record(entry.key)
            if not history.bump_version(entry, form.cleaned_data["lock_version"] if change else entry.lock_version):
                raise PermissionDenied("concurrent save")
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        # Two rows that trade positions would have the same one for a moment, which the database refuses.
        moving = [each.instance.pk for each in formset.initial_forms if "position" in each.changed_data]
        formset.model.objects.filter(pk__in=moving).update(position=F("position") + POSITION_OFFSET)
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        entry, data = self.get_entry(form.instance), form.cleaned_data
        if dry_run := dry_run_of(request):
            dry_run.saved = entry
            dry_run.remarks = {name: data[name] for name in drafts.REMARKS if data.get(name)}
            if dry_run.opened:
                dry_run.base_version = dry_run.opened.published_version
            elif change or entry is not form.instance:
                dry_run.base_version = entry.lock_version
            return
        history.record(entry.key, request.user, data.get("reason", ""))
        if data.get("announcement_ko"):
            # Of the newest state, also if this save changed nothing else: an editor may think of the line afterwards.
            history.announce(entry.key, data["announcement_ko"], data["announcement_en"])

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting. The address of the question carries the version token of what it showed."""
        obj = self.get_object(request, unquote(object_id))
        if obj and request.method == "GET" and "token" not in request.GET:
            query = request.GET.dict() | {"token": self.get_entry(obj).version_token}
            return redirect(f"{request.path}?{urlencode(query)}")
        try:
            return super().delete_view(request, object_id, extra_context)
        except history.EditConflict:
            messages.error(request, conflict_message())
            return redirect(f"admin:codes_{self.opts.model_name}_change", object_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may delete.

        There is no draft of a deletion. So with REQUIRE_FOUR_EYES only administrators, who may delete codes, take away
        at once what readers see; editors take an exchange out of its code's form.
        """
        is_allowed: bool = super().has_delete_permission(request, obj)
        return is_allowed and (not settings.REQUIRE_FOUR_EYES or request.user.has_perm("codes.delete_statuscode"))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        entry = self.get_entry(obj)
        key = entry.key
        history.record(key)
        if request.GET.get("token") != entry.version_token or not history.bump_version(entry, entry.lock_version):
            raise history.EditConflict
        super().delete_model(request, obj)
        history.record(key, request.user)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(history_url(f"{self.opts.model_name} {object_id}"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        name = f"codes_{self.opts.model_name}_preview"
        return [path("<path:object_id>/preview/", view, name=name), *super().get_urls()]

    @allow_methods("POST")
    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the public page with what is in the form: saved, rendered, and rolled back.

        So a preview goes through the same checks and the same view as the page itself. It holds the write lock while
        it renders, which on SQLite makes other saves wait for some milliseconds.
        """
        request.preview_language = preview_language(request)  # type: ignore[attr-defined]
        return self.change_view(request, object_id)


def refuse_long_form(request: HttpRequest) -> None:
    """Raise BadRequest for a form with more text than any entry has."""
    if sum(len(value) for values in request.POST.lists() for value in values[1]) > MAX_FORM_LENGTH:
        text = gettext("The form has more than %(limit)d characters. Nothing was saved.")
        raise BadRequest(text % {"limit": MAX_FORM_LENGTH})


def conflict_message() -> str:
    """Return what an editor reads when an action met a newer state of the entry."""
    return gettext("Somebody else saved this entry in the meantime. Nothing was changed; look again.")


class NamedEntryAdmin(EntryAdmin):
    """Lists entries by their names, each with the plain name beside it."""

    @admin.display(description=_("Korean name"), ordering="name_ko")
    def korean_name(self, entry: Any) -> str:
        with override("ko"):
            return entry.full_name

    @admin.display(description=_("English name"), ordering="name_en")
    def english_name(self, entry: Any) -> str:
        with override("en"):
            return entry.full_name
