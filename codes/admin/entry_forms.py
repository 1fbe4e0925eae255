"""The form of every kind of entry: optimistic locking, the reason of a save, and what a draft may lack."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from codes.editing import drafts, history
from codes.models import Announcement, Entry, Exchange
from codes.texts.localized import LANGUAGES

from .drafts import DryRun, draft_link, relax


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
