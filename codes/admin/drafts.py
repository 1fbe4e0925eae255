"""Drafts in the admin's forms: saving, showing, previewing, publishing and discarding them.

A form shows a draft that is saved over its entry for the length of the request (see codes.editing.drafts). What an
editor saves then is taken from there, before everything is rolled back.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from codes.editing import drafts, fixtures, history
from codes.models import Draft, Entry
from codes.texts.localized import LANGUAGES

from .page_preview import preview


@dataclass
class DryRun:
    """A save that is rolled back: what it makes of the entry is stored as a draft, published or shown."""

    opened: drafts.Opened | None = None  # the draft that the form shows
    publishes: bool = False
    preview: str = ""  # the language of the page to show
    saved: Entry | None = None
    base_version: int | None = None  # the lock version of the published entry that the form was opened with
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def is_lenient(self) -> bool:
        """Whether texts may be missing."""
        return not self.publishes


def dry_run_of(request: HttpRequest) -> DryRun | None:
    """Return the dry run that a request is part of, None if what it saves is published at once."""
    return getattr(request, "dry_run", None)


def relax(form: forms.BaseForm, model: Any) -> None:
    """Let a form be saved without the texts that only a published entry needs."""
    for each in model._meta.fields:
        if each.name in form.fields and drafts.may_be_empty(each):
            form.fields[each.name].required = False


def draft_link(draft: Draft) -> SafeString:
    """Return a link to the form that shows a draft."""
    text = gettext("the draft by %(editor)s from %(when)s") % {"editor": draft.editor or "–", "when": draft.when}
    return format_html('<a href="{}">{}</a>', drafts.form_url(draft), text)


DRAFT_GONE = _("This draft was published or discarded while you were editing")


class DraftsMixin(admin.ModelAdmin):
    """The part of an entry's admin that knows drafts.

    "?draft=1" in the address of a form asks for the entry's draft.
    """

    has_drafts = True  # a new entry is a draft, and a published one can have a draft beside it
    # How many rows of a kind of detail an entry needs before it can be published.
    min_to_publish: dict[str, int] = {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not (object_id is None or self.has_view_or_change_permission(request)):
            raise PermissionDenied
        draft = drafts.current(self._key(object_id)) if object_id else None
        if object_id and "draft" not in request.GET:
            # Without a published entry there is nothing to show but the draft.
            if draft and request.method == "GET" and self.get_object(request, unquote(object_id)) is None:
                return redirect(drafts.form_url(draft))
            draft = None
        elif object_id and draft is None:
            if request.method == "POST":
                return self.lost_response(request, object_id, DRAFT_GONE)
            messages.info(request, gettext("There is no draft of this entry any more."))
            return redirect(request.path)
        if request.method != "POST":
            return self._show(request, draft, object_id, form_url, extra_context)
        dry_run = self._dry_run_for(request, draft, object_id)
        if dry_run is None:
            return super().changeform_view(request, object_id, form_url, self._beside(object_id, extra_context))
        return self._run_dry(request, dry_run, draft, object_id, form_url, extra_context)

    def _key(self, object_id: str) -> str:
        """Return the key of the entry that an address names: 000 is the code 0."""
        pk: Any = unquote(object_id)
        with suppress(ValidationError):  # what is no key names no entry
            pk = self.model._meta.pk.to_python(pk)
        return f"{self.opts.model_name} {pk}"

    def _beside(self, object_id: str | None, extra_context: dict[str, Any] | None) -> dict[str, Any]:
        """Return the context of a published entry's form, with the draft that there is beside it."""
        beside = drafts.current(self._key(object_id)) if object_id else None
        context: dict[str, Any] = {
            "draft_beside": beside,
            "draft_link": draft_link(beside) if beside else "",
            "four_eyes": settings.REQUIRE_FOUR_EYES,
            "has_drafts": self.has_drafts,
        }
        return context | (extra_context or {})

    def _dry_run_for(self, request: HttpRequest, draft: Draft | None, object_id: str | None) -> DryRun | None:
        if language := getattr(request, "preview_language", ""):
            return DryRun(preview=language)
        is_new = object_id is None and self.has_drafts
        if "_publish" in request.POST and (draft or is_new):
            return DryRun(publishes=True)
        if draft or is_new or "_draft" in request.POST or settings.REQUIRE_FOUR_EYES:
            return DryRun()
        return None

    def _show(
        self,
        request: HttpRequest,
        draft: Draft | None,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        if draft is None:
            return super().changeform_view(request, object_id, form_url, self._beside(object_id, extra_context))
        with drafts.rolled_back():
            try:
                opened = drafts.open_draft(draft)
            except fixtures.CatalogueError as error:
                return self._unfit_response(request, draft, error)
            request.dry_run = DryRun(opened)  # type: ignore[attr-defined]
            context = self._draft_context(request, opened) | (extra_context or {})
            return _rendered(super().changeform_view(request, object_id, form_url, context))

    def _draft_context(self, request: HttpRequest, opened: drafts.Opened) -> dict[str, Any]:
        """Return the context of a form that shows a draft, which has to be open."""
        draft = opened.draft
        entry = fixtures.root_queryset(draft.key).get()
        return {
            "title": gettext("Draft: %(entry)s") % {"entry": draft.entry},
            "draft": draft,
            "draft_saves": Draft.objects.of(draft.key).defer("data").select_related("editor"),
            "draft_changes": opened.changes if opened.published else None,
            "draft_missing": [*drafts.missing(entry), *self._missing_rows(entry)],
            "published_changes": opened.changes_of_published(draft.base_version) if opened.is_outdated else None,
            "is_published": opened.published is not None,
            "may_publish": drafts.may_publish(draft, request.user),
            "may_discard": request.user.has_perm("codes.delete_draft"),
            "four_eyes": settings.REQUIRE_FOUR_EYES,
            "has_drafts": self.has_drafts,
        }

    def _missing_rows(self, entry: Entry) -> list[str]:
        return [
            too_few(model, count)
            for model in fixtures.DETAILS_OF.get(type(entry), [])
            if (count := self.min_to_publish.get(str(model._meta.model_name), 0))
            > model._default_manager.filter(**{model.PARENT: entry.pk}).count()
        ]

    def _run_dry(
        self,
        request: HttpRequest,
        dry_run: DryRun,
        draft: Draft | None,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Save the form in a dry run, then show, publish or store what it makes of the entry."""
        request.dry_run = dry_run  # type: ignore[attr-defined]
        data: drafts.Data = []
        with transaction.atomic():
            if draft:
                draft = drafts.lock(draft.key)
                if draft is None:
                    return self.lost_response(request, object_id or "", DRAFT_GONE)
            with drafts.rolled_back():
                context = self._dry_run_context(request, dry_run, draft, object_id)
                if context is None:
                    return self.lost_response(request, object_id or "", _("This draft no longer fits the catalogue"))
                context |= extra_context or {}
                response = _rendered(super().changeform_view(request, object_id, form_url, context))
                if dry_run.saved and dry_run.preview:
                    list(messages.get_messages(request))  # of a save that is rolled back
                    return preview(request, dry_run.saved, dry_run.preview, is_draft=draft is not None)
                if dry_run.saved:
                    data = history.plain(fixtures.load_entry(dry_run.saved.key)) or []
            if dry_run.saved and dry_run.publishes:
                return self._publish(request, dry_run, dry_run.saved, data)
            return self._store(request, dry_run, dry_run.saved, data) if dry_run.saved else response

    def _dry_run_context(
        self, request: HttpRequest, dry_run: DryRun, draft: Draft | None, object_id: str | None
    ) -> dict[str, Any] | None:
        """Return the context of the form, after opening the draft; None if it no longer fits the catalogue."""
        if draft is None:
            return self._beside(object_id, None)
        try:
            dry_run.opened = drafts.open_draft(draft)
        except fixtures.CatalogueError:
            return None
        return self._draft_context(request, dry_run.opened)

    def _store(self, request: HttpRequest, dry_run: DryRun, entry: Entry, data: drafts.Data) -> HttpResponse:
        """Store what the dry run saved as the entry's draft."""
        opened = dry_run.opened
        try:
            draft = drafts.store(
                entry.key,
                data,
                request.user,
                dry_run.remarks,
                after=opened.draft if opened else None,
                base_version=dry_run.base_version,
            )
        except history.EditConflict:
            return self.lost_response(request, quote(entry.pk), _("Somebody else saved a draft at the same moment"))
        shown = draft or (opened and opened.draft)
        if draft:
            self.log_change(request, entry, gettext("Draft saved"))
        if shown:
            link = format_html('<a href="{}">{}</a>', drafts.form_url(shown), str(shown))
            text = gettext("The draft was saved: {link}. Readers do not see it until it is published.")
            messages.success(request, format_html(text, link=link))
            return redirect(drafts.form_url(shown))
        return redirect(f"admin:codes_{self.opts.model_name}_changelist")

    def _publish(self, request: HttpRequest, dry_run: DryRun, entry: Entry, data: drafts.Data) -> HttpResponse:
        """Publish what the dry run saved, or store it as a draft if somebody else has to publish it."""
        opened = dry_run.opened
        if (opened is None or opened.published is None) and not self.has_add_permission(request):
            raise PermissionDenied
        try:
            with transaction.atomic():
                drafts.publish(
                    entry.key,
                    data,
                    request.user,
                    {"reason": gettext("Published")} | dry_run.remarks,
                    draft=opened.draft if opened else None,
                    published_version=dry_run.base_version,
                )
        except drafts.NotAllowed:
            messages.warning(request, gettext("Nothing was published: another editor has to publish what you wrote."))
            return self._store(request, dry_run, entry, data)
        except history.EditConflict:
            return self.lost_response(request, quote(entry.pk), _("Somebody else saved this entry at the same moment"))
        except (fixtures.CatalogueError, IntegrityError) as error:
            text = gettext("The draft does not fit the catalogue. Nothing was published: %(reason)s")
            messages.error(request, text % {"reason": error})
            return self._store(request, dry_run, entry, data)
        self.log_change(request, entry, gettext("Published"))
        link = format_html('<a href="{}">{}</a>', entry.get_absolute_url(), str(entry))  # type: ignore[attr-defined]
        change = reverse(f"admin:codes_{self.opts.model_name}_change", args=[quote(entry.pk)])
        text = gettext('Published: {link}. <a href="{change}">Back to the form</a>')
        messages.success(request, format_html(text, link=link, change=change))
        return redirect(f"admin:codes_{self.opts.model_name}_changelist")

    def lost_response(self, request: HttpRequest, object_id: str, title: Any) -> HttpResponse:
        """Answer a save that is impossible with what was typed, to copy."""
        raise NotImplementedError

    def _unfit_response(self, request: HttpRequest, draft: Draft, error: Exception) -> HttpResponse:
        """Show a draft that no longer fits any form."""
        published = history.plain(fixtures.load_entry(draft.key))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Draft: %(entry)s") % {"entry": draft.entry},
            "opts": self.opts,
            "draft": draft,
            "error": error,
            "changes": history.changes(published, draft.data),
            "may_discard": request.user.has_perm("codes.delete_draft"),
            "discard": self._discard_url(draft),
        }
        response = TemplateResponse(request, "admin/codes/draft_unfit.html", context, status=409)
        return response.render()

    # What a dry run leaves out, and what it takes along.

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.dry_run = dry_run_of(request)  # the class was made for this request
        return form

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        inlines: list[Any] = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.min_to_publish = self.min_to_publish.get(inline.model._meta.model_name, 0)
            if dry_run_of(request):
                inline.show_change_link = False  # the row of a draft has no page
        return inlines

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_adding(super().formfield_for_dbfield(db_field, request, **kwargs))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        dry_run = dry_run_of(request)
        if dry_run and dry_run.opened and dry_run.opened.published is None:
            response.context_data["has_absolute_url"] = False  # there is no page yet
        return response

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(status=204) if dry_run_of(request) else super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponse(status=204) if dry_run_of(request) else super().response_change(request, obj)

    # The pages of drafts.

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the drafts before the entries."""
        context = {"drafts": drafts.waiting([str(self.opts.model_name)])}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        discard = self.admin_site.admin_view(self.discard_view)
        name = f"codes_{self.opts.model_name}_discard"
        return [path("<path:object_id>/discard/", discard, name=name), *super().get_urls()]

    def _discard_url(self, draft: Draft) -> str:
        return reverse(f"admin:codes_{draft.model_name}_discard", args=[quote(draft.pk_of_entry)])

    def discard_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what discarding a draft would lose, and discard it."""
        if not (request.user.has_perm("codes.delete_draft") and self.has_change_permission(request)):
            raise PermissionDenied
        draft = drafts.current(self._key(object_id))
        if draft is None:
            raise Http404
        if request.method == "POST":
            try:
                drafts.discard(draft.key, request.POST.get("number", ""))
            except history.EditConflict:
                messages.error(request, gettext("Somebody else saved this draft in the meantime. Look again."))
                return redirect(request.path)
            messages.success(request, gettext("The draft was discarded: %(entry)s") % {"entry": draft})
            return redirect(f"admin:codes_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Discard this draft?"),
            "opts": self.opts,
            "draft": draft,
            "back": drafts.form_url(draft),
            "changes": history.changes(history.plain(fixtures.load_entry(draft.key)), draft.data),
        }
        return TemplateResponse(request, "admin/codes/discard.html", context)


def without_adding(field: Any) -> Any:
    """Return a form field without the button that adds an entry in a window of its own: it would be a draft."""
    if hasattr(getattr(field, "widget", None), "can_add_related"):
        field.widget.can_add_related = False
    return field


def too_few(model: Any, count: int) -> str:
    """Return what an entry with too few details of a kind lacks to be published."""
    return gettext("%(name)s: at least %(count)d") % {"name": model._meta.verbose_name_plural, "count": count}


def preview_language(request: HttpRequest) -> str:
    """Return the language in which a form asks for a preview."""
    asked = request.POST.get("_preview", "")
    return asked if asked in LANGUAGES else "ko"


def _rendered(response: Any) -> HttpResponse:
    """Render a response whose template reads from the database, before what it reads is rolled back."""
    return response.render() if hasattr(response, "render") and not response.is_rendered else response
