"""What the admin of every kind of entry shares: optimistic locking, history, preview, and the inlines of details."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import F
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from codes.editing import drafts, fixtures, history
from codes.models import Announcement, Entry, Exchange
from codes.texts.localized import LANGUAGES
from statuscodes.web.methods import allow_methods

from .drafts import DraftsMixin, DryRun, draft_link, dry_run_of, preview_language, relax, too_few, without_adding

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


def deleted_url(model: type[Entry]) -> str:
    """Return the address of the list of deleted entries of a kind."""
    return f"{reverse('admin:codes_entrysnapshot_deleted')}?{urlencode({'kind': str(model._meta.model_name)})}"


def announcement_field(label: Any) -> forms.CharField:
    """Return a field for the line with which a save is told to readers."""
    return forms.CharField(label=label, required=False, max_length=Announcement.MAX_LINE_LENGTH)


class EntryForm(forms.ModelForm):
    """A form with optimistic locking: it does not save over what somebody else saved since it was opened.

    On a conflict it comes back with everything typed in it, shows what the other editor changed, and takes the newest
    lock version: saving again is then a decision.
    """

    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False)  # of a draft: its number
    published_version = forms.IntegerField(widget=forms.HiddenInput, required=False)  # of a draft's published entry
    reason = forms.CharField(
        label=_("Reason for the change"), required=False, max_length=200, help_text=_("Optional; kept in the history.")
    )

    announcement_ko: Any = announcement_field(_("Line for readers (Korean)"))
    announcement_en: Any = announcement_field(_("Line for readers (English)"))

    dry_run: DryRun | None = None  # set for each request

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: list[history.Change] | None = None
        self.conflict_snapshot: Any = None
        opened = self.dry_run.opened if self.dry_run else None
        if opened:
            self.initial["lock_version"] = opened.draft.number
            self.initial["published_version"] = opened.published_version
            self.initial.update({name: getattr(opened.draft, name) for name in drafts.REMARKS})
        elif not self.instance._state.adding:
            self.initial["lock_version"] = self.entry.lock_version
        if self.dry_run and self.dry_run.is_lenient and self.is_bound:
            relax(self, self._meta.model)

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
        if self.dry_run:
            self._check_dry_run(self.dry_run, data)
        if self.instance._state.adding or (self.dry_run and self.dry_run.opened):
            return data
        # The row stays locked until the request's transaction ends, so nobody can save between this and our save.
        stored = type(self.entry)._base_manager.select_for_update().filter(pk=self.entry.pk)
        newest = stored.values_list("lock_version", flat=True).first()
        if newest != (opened := data.get("lock_version")):
            self._refuse(*history.changes_since(self.entry.key, opened), {"lock_version": newest})
        return data

    def _refuse(self, changes: list[history.Change], snapshot: Any, newest: dict[str, int | None]) -> None:
        """Refuse the save, show the changes that the editor has not seen, and take the newest versions."""
        self.conflict, self.conflict_snapshot = changes, snapshot
        data_with_newest: Any = self.data.copy()  # type: ignore[attr-defined]
        for name, version in newest.items():
            data_with_newest[self.add_prefix(name)] = "" if version is None else version
        self.data = data_with_newest
        raise ValidationError(
            _("Somebody else saved this entry after you opened it. Nothing was overwritten; your text is below."),
            code="conflict",
        )

    def _key(self, data: dict[str, Any]) -> str:
        """Return the key of the entry, which may be about to be added."""
        if not self.instance._state.adding:
            return self.entry.key
        model: Any = self._meta.model
        parent = data.get("code") if model is Exchange else None
        return parent.key if parent else f"{model._meta.model_name} {data.get(model._meta.pk.name)}"

    def _check_dry_run(self, dry_run: DryRun, data: dict[str, Any]) -> None:
        """Refuse a draft that somebody else has saved meanwhile, or that is published without the texts it needs."""
        if dry_run.opened:
            self._check_draft_versions(dry_run.opened, data)
        elif not dry_run.preview and (beside := drafts.current(self._key(data))):
            text = _("There is %(draft)s already. Go on with that one.")
            raise ValidationError(text, params={"draft": draft_link(beside)}, code="draft")
        if dry_run.publishes:
            self._require_texts(data)

    def _check_draft_versions(self, opened: drafts.Opened, data: dict[str, Any]) -> None:
        """Refuse the save if the draft, or the published entry, is not the one that the form was opened with."""
        newest = {"lock_version": opened.draft.number, "published_version": opened.published_version}
        if data.get("lock_version") != opened.draft.number:
            self._refuse(opened.changes_of_draft(data.get("lock_version")), opened.draft, newest)
        if data.get("published_version") != opened.published_version:
            self._refuse(*opened.changes_of_published(data.get("published_version")), newest)

    def _require_texts(self, data: dict[str, Any]) -> None:
        """Add an error to each empty field of a text that a published entry needs."""
        texts = getattr(self.instance, "REQUIRED_TEXTS", [])
        for field in (f"{text}_{language}" for text in texts for language in LANGUAGES):
            if field in self.fields and not data.get(field) and field not in self.errors:
                self.add_error(field, _("Readers need this text before the entry is published."))


class DetailForm(forms.ModelForm):
    """One detail in an entry's form."""

    parent_field = ""  # the name of the foreign key to the entry

    def validate_constraints(self) -> None:
        """Check what the database demands of this row alone, as Django 5.2 does without this method.

        Django 6.1 also compares each row with the stored ones, and so refuses two rows that trade positions. The
        formset compares the rows that were sent with each other. A constraint is not checked if one of its fields is
        not in the form.
        """
        parent = self.fields.pop(self.parent_field)
        try:
            super().validate_constraints()
        finally:
            self.fields[self.parent_field] = parent


class DetailFormSet(forms.BaseInlineFormSet):
    """The details of one kind in an entry's form."""

    model: Any
    lost_texts: Sequence[tuple[str, str]] = ()  # (label, text) typed into rows that somebody else deleted
    is_lenient = False  # a draft: texts may be missing
    min_to_publish = 0  # rows, where the form publishes

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.parent_field = self.fk.name
        if self.is_lenient:
            relax(form, self.model)

    def clean(self) -> None:
        """Refuse rows that take over another row's key: one of them would be saved first and collide."""
        super().clean()
        if self.min_to_publish:
            left = [form for form in self.forms if form.has_changed() or form.instance.pk]
            if len([form for form in left if form not in self.deleted_forms]) < self.min_to_publish:
                raise ValidationError(too_few(self.model, self.min_to_publish))
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

    form: Any = DetailForm
    formset: Any = DetailFormSet
    extra = 0
    max_num: int | None = 100
    classes: Any = ["collapse"]

    min_to_publish = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **{"absolute_max": self.max_num} | kwargs)  # type: ignore[misc]
        # The class was made for this request.
        dry_run = dry_run_of(request)
        if dry_run and dry_run.is_lenient and request.method == "POST":
            formset.is_lenient, formset.min_num, formset.validate_min = True, 0, False
        elif dry_run and dry_run.publishes:
            formset.min_to_publish = self.min_to_publish
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_adding(super().formfield_for_dbfield(db_field, request, **kwargs))  # type: ignore[misc]


class StackedDetailInline(DetailInlineMixin, admin.StackedInline):
    """A detail with long texts."""


class TabularDetailInline(DetailInlineMixin, admin.TabularInline):
    """A detail with a few short values."""


class RuleInline(StackedDetailInline):
    """A rule about responses, in the form of any entry that has rules."""

    fields = [
        ("level", "topic", "header", "position"),
        *in_both_languages("condition", "note"),
        ("source", "second_source"),
        ("check_needs", "basis"),
    ]


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
