"""What the admin of every kind of entry shares: optimistic locking, history, preview, and the inlines of details."""

import copy
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from codes.editing import history
from codes.models import Announcement, Entry, Exchange
from codes.texts.localized import LANGUAGES
from statuscodes.web.methods import allow_methods

POSITION_OFFSET = 10_000  # added to the positions of rows that are about to move
MAX_FORM_LENGTH = 200_000  # characters; the largest entry's form has a tenth of it
MIN_TYPED_LENGTH = 13  # characters; a shorter value is a choice or a number, quickly made again


def in_both_languages(*texts: str) -> list[tuple[str, str]]:
    """Return field names as rows of a form: a text in Korean with its English twin beside it."""
    return [(f"{text}_ko", f"{text}_en") for text in texts]


def change_url(key: str) -> str:
    """Return the address of an entry's form."""
    model_name, pk = key.split(maxsplit=1)
    return reverse(f"admin:codes_{model_name}_change", args=[pk])


def history_url(key: str) -> str:
    """Return the address of the list of an entry's snapshots."""
    return f"{reverse('admin:codes_entrysnapshot_changelist')}?{urlencode({'key': key})}"


def announcement_field(label: Any) -> forms.CharField:
    """Return a field for the line with which a save is told to readers."""
    return forms.CharField(label=label, required=False, max_length=Announcement.MAX_LINE_LENGTH)


class EntryForm(forms.ModelForm):
    """A form with optimistic locking: it does not save over what somebody else saved since it was opened.

    On a conflict it comes back with everything typed in it, shows what the other editor changed, and takes the newest
    lock version: saving again is then a decision.
    """

    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason for the change"), required=False, max_length=200, help_text=_("Optional; kept in the history.")
    )

    announcement_ko: Any = announcement_field(_("Line for readers (Korean)"))
    announcement_en: Any = announcement_field(_("Line for readers (English)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: list[history.Change] | None = None
        if not self.instance._state.adding:
            self.initial["lock_version"] = self.entry.lock_version

    @property
    def entry(self) -> Entry:
        """The entry whose lock version counts: an exchange belongs to its code."""
        return self.instance.code if isinstance(self.instance, Exchange) else self.instance

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field in ("number", "digit"):
            # int() also reads digits of other scripts, which an editor types only by mistake.
            if field in self.fields and not self.data.get(self.add_prefix(field), "").isascii():
                self.add_error(field, _("Write the number with the digits 0 to 9."))
        lines = {name: data[name] for name in ("announcement_ko", "announcement_en") if name in data}
        if any(lines.values()):
            for name in (name for name, line in lines.items() if not line):
                self.add_error(name, _("Tell it in both languages, or in neither."))
        if self.instance._state.adding:
            return data
        # The row stays locked until the request's transaction ends, so nobody can save between this and our save.
        stored = type(self.entry)._base_manager.select_for_update().filter(pk=self.entry.pk)
        newest = stored.values_list("lock_version", flat=True).first()
        if newest != (opened := data.get("lock_version")):
            self.conflict, self.conflict_snapshot = history.changes_since(self.entry.key, opened)
            data_with_newest: Any = self.data.copy()  # type: ignore[attr-defined]
            data_with_newest[self.add_prefix("lock_version")] = newest
            self.data = data_with_newest
            raise ValidationError(
                _("Somebody else saved this entry after you opened it. Nothing was overwritten; your text is below."),
                code="conflict",
            )
        return data


class DetailFormSet(forms.BaseInlineFormSet):
    """The details of one kind in an entry's form."""

    model: Any
    lost_texts: Sequence[tuple[str, str]] = ()  # (label, text) typed into rows that somebody else deleted

    def clean(self) -> None:
        """Refuse rows that take over another row's key: one of them would be saved first and collide."""
        super().clean()
        fields = self.form.base_fields
        key = [name for name in (each.removesuffix("_id") for each in self.model.NATURAL_KEY) if name in fields]
        if key == ["position"]:
            return  # save_formset() moves positions out of the way
        stored = {form.instance.pk: [str(form.initial.get(name, "")) for name in key] for form in self.initial_forms}
        for form in self.initial_forms:
            typed = [str(form[name].value()) for name in key]
            if any(pk != form.instance.pk and values == typed for pk, values in stored.items()):
                form.add_error(None, _("Another row already has these values. If the two trade them, save one first."))

    def refreshed(self) -> "DetailFormSet":
        """Return the formset, rebuilt from the rows that exist now if somebody else deleted some that were sent.

        Typed text stays in the remaining rows; `lost_texts` has the text of the others.
        """
        if not self.is_bound or all(form.instance.pk for form in self.initial_forms):
            return self
        fresh = type(self)(instance=self.instance, prefix=self.prefix, queryset=self.queryset)
        sent = {form.instance.pk: form for form in self.initial_forms}
        for form in fresh.initial_forms:
            if form.instance.pk in sent:
                typed = sent[form.instance.pk]
                form.initial.update({name: typed[name].value() for name in typed.changed_data})
        fresh.lost_texts = [
            (f"{self.model._meta.verbose_name} {number}: {form[name].label}", form[name].value())
            for number, form in enumerate(self.forms, start=1)
            if not form.instance.pk
            for name in form.changed_data
            if isinstance(form[name].value(), str) and form[name].value() and name != self.model._meta.pk.name
        ]
        return fresh


class DetailInlineMixin:
    """Options of the inlines. No entry has half of `max_num` details; a forged form gets no more either."""

    formset: Any = DetailFormSet
    extra = 0
    max_num: int | None = 100
    classes: Any = ["collapse"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"absolute_max": self.max_num} | kwargs)  # type: ignore[misc]


class StackedDetailInline(DetailInlineMixin, admin.StackedInline):
    """A detail with long texts."""


class TabularDetailInline(DetailInlineMixin, admin.TabularInline):
    """A detail with a few short values."""


class RuleInline(StackedDetailInline):
    """A rule about responses, of whichever entry."""

    fields = [
        ("level", "topic", "header", "position"),
        *in_both_languages("condition", "note"),
        ("source", "second_source"),
        ("check_needs", "basis"),
    ]


class EntryAdmin(admin.ModelAdmin):
    """Records every save in the history, and refuses changes by editors who have not seen the newest state."""

    form = EntryForm
    list_per_page = 200

    def get_entry(self, instance: Any) -> Any:
        """Return the entry that an object of this admin belongs to."""
        return instance

    def action_checkbox(self, obj: Any) -> SafeString:
        """Return the checkbox with the version token of the row, so that actions change only what the list showed."""
        token = format_html('<input type="hidden" name="token" value="{}">', self.get_entry(obj).version_token)
        return super().action_checkbox(obj) + token

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out Django's bulk deletion, which does not know what the list showed."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sum(len(value) for values in request.POST.lists() for value in values[1]) > MAX_FORM_LENGTH:
            text = gettext("The form has more than %(limit)d characters. Nothing was saved.")
            raise BadRequest(text % {"limit": MAX_FORM_LENGTH})
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            # A form that was tampered with: the version check would have seen the saves of others. What was typed is
            # still in the browser's draft.
            raise BadRequest(gettext("The form does not fit the entry. Load it again.")) from error

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and self.get_object(request, unquote(object_id)) is None:
            return self._deleted_response(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def _deleted_response(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer a save of a deleted entry: what was typed, to copy, and the way to the entry's snapshots."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        typed = [
            (self._label(name), text)
            for name, text in request.POST.items()
            if len(text) >= MIN_TYPED_LENGTH and name != "csrfmiddlewaretoken"
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("This entry was deleted while you were editing"),
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

    def get_inline_formsets(self, request: HttpRequest, formsets: Any, *args: Any, **kwargs: Any) -> Any:
        refreshed = [formset.refreshed() for formset in formsets]
        return super().get_inline_formsets(request, refreshed, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        entry = self.get_entry(obj)
        if change or entry is not obj:
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
        key, data = self.get_entry(form.instance).key, form.cleaned_data
        history.record(key, request.user, data.get("reason", ""))
        if data.get("announcement_ko"):
            # Of the newest state, also if this save changed nothing else: an editor may think of the line afterwards.
            history.announce(key, data["announcement_ko"], data["announcement_en"])

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
        preview = self.admin_site.admin_view(self.preview_view)
        name = f"codes_{self.opts.model_name}_preview"
        return [path("<path:object_id>/preview/", preview, name=name), *super().get_urls()]

    @allow_methods("POST")
    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the public page with what is in the form: saved, rendered, and rolled back.

        So a preview goes through the same checks and the same view as the page itself. It holds the write lock while
        it renders, which on SQLite makes other saves wait for some milliseconds.
        """
        language = request.POST.get("_preview") if request.POST.get("_preview") in LANGUAGES else "ko"
        with transaction.atomic():
            response = self.change_view(request, object_id)
            obj = self.get_object(request, unquote(object_id)) if response.status_code == 302 else None
            if obj:
                with override(language):
                    response = _public_response(request, self.get_entry(obj).get_absolute_url())
                # Drain the message of success: the save is rolled back.
                list(messages.get_messages(request))
            transaction.set_rollback(True)
        return response


def conflict_message() -> str:
    """Return what an editor reads when an action met a newer state of the entry."""
    return gettext("Somebody else saved this entry in the meantime. Nothing was changed; look again.")


def _public_response(request: HttpRequest, address: str) -> HttpResponse:
    """Return what a reader gets at a public address."""
    reader: Any = copy.copy(request)
    reader.method, reader.GET = "GET", QueryDict()
    reader.path = reader.path_info = address.partition("#")[0]
    view, args, kwargs = resolve(reader.path)
    return view(reader, *args, **kwargs)


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
