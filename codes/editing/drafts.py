"""Drafts: what an entry will say once it is published, kept beside the entry and never in its place.

A draft is the plain data of a snapshot. To show it in a form, or on its page, it is saved over the entry inside a
transaction that is rolled back: the same forms, views and checks see it as if it were published. So an entry that was
never published has no rows that a public page could find.
"""

import hashlib
import json
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import quote
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.urls import reverse

from codes.models import Detail, Draft, Entry, EntrySnapshot, Message, ReviewedEntry, StatusCode
from codes.texts.localized import LANGUAGES

from . import fixtures, history, review

Data = list[fixtures.FixtureObject]
# What an editor says of a save, which is no part of the entry.
REMARKS = ["reason", "announcement_ko", "announcement_en"]


class NotAllowed(Exception):
    """A draft that the one who wrote it may not publish."""


def current(key: str) -> Draft | None:
    """Return the draft of an entry, None if it has none."""
    return Draft.objects.of(key).select_related("editor").first()


def lock(key: str) -> Draft | None:
    """Return the draft of an entry, for use inside a transaction: until its end nobody else goes on from this draft."""
    list(Draft.objects.of(key).select_for_update().values_list("pk"))
    return current(key)  # which may have been saved while the lock was waited for


def form_url(draft: Draft) -> str:
    """Return the address of the form that shows a draft."""
    return f"{reverse(f'admin:codes_{draft.model_name}_change', args=[quote(draft.pk_of_entry)])}?draft=1"


def waiting(model_names: Container[str]) -> list[dict[str, Any]]:
    """Return the drafts of entries of these kinds, the oldest first, each with the address of its form."""
    drafts = Draft.objects.newest().order_by("saved_at")
    return [{"draft": draft, "url": form_url(draft)} for draft in drafts if draft.model_name in model_names]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what the block writes into the database."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@dataclass
class Opened:
    """A draft that is saved over its entry until the transaction is rolled back, and what it is saved over."""

    draft: Draft
    published: Data | None
    published_version: int | None

    @property
    def changes(self) -> list[history.Change]:
        """What the draft changes."""
        return history.changes(self.published, self.draft.data)

    @cached_property
    def is_outdated(self) -> bool:
        """Whether the published entry was saved after the editor of the draft had seen it."""
        return self.draft.base_version != self.published_version

    def changes_of_published(self, since: int | None) -> tuple[list[history.Change], EntrySnapshot | None]:
        """Return what has changed in the published entry since a lock version, and the snapshot that tells who did."""
        return history.changes_to(self.draft.key, since, self.published)

    def changes_of_draft(self, since: int | None) -> list[history.Change]:
        """Return what has changed in the draft since the save with this number."""
        seen = Draft.objects.of(self.draft.key).filter(number=since or 0).first()
        return history.changes(seen.data if seen else self.published, self.draft.data)


def open_draft(draft: Draft) -> Opened:
    """Save a draft over its entry, for use inside rolled_back().

    Raise CatalogueError if it no longer fits the catalogue: a code that it names may be gone.
    """
    root = fixtures.root_queryset(draft.key)
    version = root.values_list("lock_version", flat=True).first()
    opened = Opened(draft, history.plain(fixtures.load_entry(draft.key)), version)
    details: list[Any] = [*fixtures.DETAILS_OF[root.model], *([Message] if root.model is StatusCode else [])]
    tables = [model._meta.db_table for model in [root.model, *details]]
    try:
        with transaction.atomic():
            fixtures.save_entry(fixtures.parse_entry(Path("draft"), draft.key, draft.data), _prepare)
            connection.check_constraints(tables)
    except (IntegrityError, *history.UNREADABLE) as error:
        raise fixtures.CatalogueError(f"draft: {draft.key}: {error}") from error
    return opened


def _prepare(instance: models.Model) -> list[str]:
    """Give a detail that is only in the draft a primary key, and return the fields that the draft leaves empty."""
    if isinstance(instance, Detail) and instance.pk is None:
        instance.pk = _passing_pk(instance)
    return [field.name for field in _empty(instance)]


def _passing_pk(instance: Detail) -> int:
    """Return a primary key that no stored row has, the same whenever the draft is opened.

    A form names rows by their primary keys, and what it was opened from was rolled back before it is sent.
    """
    name = json.dumps([instance._meta.model_name, instance.natural_key()], cls=DjangoJSONEncoder)
    return -int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])


def may_be_empty(field: Any) -> bool:
    """Return whether a draft may leave a field empty that a published entry has to fill.

    That is a text that the database does not ask for.
    """
    if field.blank or field.primary_key or field.choices or not isinstance(field, models.CharField | models.TextField):
        return False
    return field.name not in _constrained(field.model)


def _empty(instance: models.Model) -> list[Any]:
    """Return the fields that are empty and have to be filled before the entry is published."""
    return [field for field in instance._meta.fields if may_be_empty(field) and not field.value_from_object(instance)]


def _constrained(model: type[models.Model]) -> set[str]:
    """Return the fields that constraints of a table name."""
    names: set[str] = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            names |= set(_names_in(constraint.condition))
        elif isinstance(constraint, models.UniqueConstraint):
            names |= set(constraint.fields)
    return names


def _names_in(condition: Any) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _names_in(child)
        else:
            yield child[0].partition("__")[0]


def missing(entry: Entry) -> list[str]:
    """Return the labels of what an entry still lacks before it can be published: texts of its own and of details."""
    required = {f"{text}_{language}" for text in getattr(entry, "REQUIRED_TEXTS", []) for language in LANGUAGES}
    labels = [
        str(field.verbose_name)
        for field in entry._meta.fields
        if (field.name in required or may_be_empty(field)) and not field.value_from_object(entry)
    ]
    for model in fixtures.DETAILS_OF[type(entry)]:
        for row in model._default_manager.filter(**{model.PARENT: entry.pk}):
            labels += [f"{model._meta.verbose_name} {row}: {field.verbose_name}" for field in _empty(row)]
    return labels


def store(
    key: str, data: Data, editor: Any, remarks: dict[str, str], *, after: Draft | None, base_version: int | None
) -> Draft | None:
    """Save a draft; return it, or None if it says what it said before.

    `after` is the draft that the editor had seen. Raise EditConflict if somebody has saved another one since.
    """
    said = {name: getattr(after, name) for name in REMARKS if getattr(after, name)} if after else {}
    if after and (after.data, after.base_version, said) == (data, base_version, remarks):
        return None
    number = after.number + 1 if after else 1
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                key=key, number=number, base_version=base_version, data=data, editor=editor, **remarks
            )
    except IntegrityError as error:
        raise history.EditConflict from error
    Draft.objects.of(key).filter(number__lte=number - Draft.MAX_SAVES).delete()
    return draft


def begin(key: str, data: Data, editor: Any, reason: str, *, base_version: int | None) -> Draft | None:
    """Save what would have been published at once, without REQUIRE_FOUR_EYES, as a draft.

    Raise EditConflict if the entry has a draft already.
    """
    return store(key, data, editor, {"reason": reason}, after=None, base_version=base_version)


def may_publish(draft: Draft | None, editor: Any) -> bool:
    """Return whether an editor may publish: with REQUIRE_FOUR_EYES, only a draft that somebody else saved last."""
    return not settings.REQUIRE_FOUR_EYES or (draft is not None and draft.editor_id != editor.pk)


def _says(draft: Draft, data: Data, remarks: dict[str, str]) -> bool:
    """Return whether readers would get nothing but what a draft says, its line of changes included."""
    lines = ("announcement_ko", "announcement_en")
    return draft.data == data and all(remarks.get(name, "") in ("", getattr(draft, name)) for name in lines)


def publish(
    key: str,
    data: Data,
    editor: Any,
    remarks: dict[str, str],
    *,
    draft: Draft | None,
    published_version: int | None,
) -> None:
    """Save a draft as its entry, and remove it.

    `published_version` is the lock version of the published entry that the editor had seen, None if there was none.
    Raise EditConflict if it has changed since, NotAllowed if somebody else has to publish, and CatalogueError or
    IntegrityError if the draft does not fit the catalogue.
    """
    if not may_publish(draft, editor) or (settings.REQUIRE_FOUR_EYES and draft and not _says(draft, data, remarks)):
        raise NotAllowed
    before = fixtures.root_queryset(key).first()
    token = "" if published_version is None else f"{key} {published_version}"
    snapshot = history.restore(EntrySnapshot(key=key, data=data), editor, remarks.get("reason", ""), token)
    if snapshot and draft and draft.editor_id != editor.pk:
        EntrySnapshot.objects.filter(pk=snapshot.pk).update(author=draft.editor_id)
    if isinstance(before, ReviewedEntry):
        after = fixtures.root_queryset(key).get()
        already = before.outdated_translations.split()
        outdated = review.outdated_after(review.texts_of(before), review.texts_of(after), already)
        after.outdated_translations = " ".join(outdated)
        after.save(update_fields=["outdated_translations"])
    if remarks.get("announcement_ko"):
        history.announce(key, remarks["announcement_ko"], remarks["announcement_en"])
    Draft.objects.of(key).delete()


@transaction.atomic
def discard(key: str, number: str) -> None:
    """Remove a draft that was last saved under this number. Raise EditConflict if it was not."""
    draft = lock(key)
    if draft is None or str(draft.number) != number:
        raise history.EditConflict
    Draft.objects.of(key).delete()
