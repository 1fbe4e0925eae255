"""Who changed what: every save of an entry is recorded whole, compared field by field, and can be restored.

A snapshot is the entry as its fixture would say it, details included, so that restoring is loading: the same code, the
same checks. django-reversion also saves related rows together, but reverting bypasses the catalogue's checks, its
serialised rows are tied to the schema of their time, and it has no comparison field by field.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import F
from django.template.defaultfilters import yesno
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, override

from codes.models import Announcement, Detail, Entry, EntrySnapshot, ReviewedEntry
from codes.texts.localized import LANGUAGES

from . import fixtures, review
from .comparison import Budget, difference_html

MAX_SUMMARY_FIELDS = 4
MAX_UNREADABLE_LENGTH = 500  # characters that are shown of data that no field explains
# What reading data raises that an older or a foreign release recorded.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)


def plain(entry: fixtures.FixtureEntry | None) -> list[fixtures.FixtureObject] | None:
    """Return the entry's objects as JSON would give them back, None for no entry."""
    return json.loads(json.dumps(entry.objects, cls=DjangoJSONEncoder)) if entry else None


def record(key: str, editor: Any = None, reason: str = "") -> EntrySnapshot | None:
    """Record the entry's present state, if it differs from the newest snapshot. Return the snapshot, or None.

    Call it before a change too, without an editor: what the loader has changed since is not the editor's doing.
    """
    entry = fixtures.load_entry(key)
    data = plain(entry)
    newest = EntrySnapshot.objects.filter(key=key).first()
    if (newest and newest.data == data) or not (newest or entry):
        return None
    lock_version = fixtures.root_queryset(key).values_list("lock_version", flat=True).first()
    snapshot = EntrySnapshot(key=key, lock_version=lock_version, data=data, editor=editor, reason=reason)
    for language in LANGUAGES:
        with override(language):
            setattr(snapshot, f"summary_{language}", _summary(newest, snapshot))
    snapshot.save()
    return snapshot


def announce(key: str, line_ko: str, line_en: str) -> Announcement:
    """Tell readers of the entry's newest snapshot, and return the line; the entry must have a snapshot."""
    snapshot = EntrySnapshot.objects.filter(key=key).defer("data")[:1].get()
    return Announcement.of(snapshot, line_ko, line_en)


def _summary(previous: EntrySnapshot | None, snapshot: EntrySnapshot) -> str:
    """Return what the list of snapshots says of a save: the first few fields and details that it changed."""
    if snapshot.data is None:
        return gettext("deleted")
    if previous is None:
        return gettext("first version")
    return in_words(changes(previous.data, snapshot.data))


def in_words(differences: "list[Change]") -> str:
    """Return changes in a few words, as "English name, 2 references": fields by their labels, details by their kind."""
    rows: dict[str, dict[str, None]] = {}  # of each kind of detail; a field of the entry is a kind of its own
    for change in differences:
        rows.setdefault(change.kind or change.field, {})[change.row] = None
    names = [_name_of_change(kind, list(each)) for kind, each in rows.items()]
    if len(names) > MAX_SUMMARY_FIELDS:
        more = len(names) - MAX_SUMMARY_FIELDS
        names[MAX_SUMMARY_FIELDS:] = [ngettext("%(count)d more", "%(count)d more", more) % {"count": more}]
    return ", ".join(names)[: EntrySnapshot.MAX_SUMMARY_LENGTH]


def _name_of_change(kind: str, rows: list[str]) -> str:
    if len(rows) > 1:
        return gettext("%(count)d %(things)s") % {"count": len(rows), "things": kind}
    return rows[0] or kind


def changes_since(key: str, lock_version: int | None) -> "tuple[list[Change], EntrySnapshot | None]":
    """Return the changes since a lock version, and the snapshot that tells who made them: None for the loader."""
    return changes_to(key, lock_version, plain(fixtures.load_entry(key)))


def changes_to(
    key: str, lock_version: int | None, current: list[fixtures.FixtureObject] | None
) -> "tuple[list[Change], EntrySnapshot | None]":
    """Return the changes since a lock version to a state that was read before, as changes_since() does."""
    # A save that changed nothing has a lock version and no snapshot: take the last one up to it.
    seen = EntrySnapshot.objects.filter(key=key, lock_version__lte=lock_version or 0).first()
    newest = EntrySnapshot.objects.filter(key=key).first()
    return changes(seen.data if seen else None, current), newest if newest and newest.data == current else None


class EditConflict(Exception):
    """Somebody else saved the entry after the page was rendered from which the request comes."""


@transaction.atomic
def restore(snapshot: EntrySnapshot, editor: Any, reason: str, token: str | None) -> Any:
    """Restore the entry to this snapshot; return the snapshot that records it, or None if nothing changed.

    `token` is the version token of the state that is replaced, "" for an entry that is gone. Raise EditConflict if the
    entry has changed since, CatalogueError or IntegrityError if the snapshot no longer fits the catalogue: a code that
    it names may be gone.
    """
    entry = fixtures.root_queryset(snapshot.key).first()
    if token != (entry.version_token if entry else ""):
        raise EditConflict
    record(snapshot.key)
    if entry and not bump_version(entry, entry.lock_version):
        raise EditConflict
    try:
        restored = fixtures.parse_entry(Path("history"), snapshot.key, snapshot.data or [])
    except UNREADABLE as error:
        raise fixtures.CatalogueError(f"history: {snapshot.key}: {error}") from error
    fixtures.save_entry(restored)
    connection.check_constraints()
    if isinstance(entry, ReviewedEntry):
        after = fixtures.root_queryset(snapshot.key).get()
        after.outdated_translations = " ".join(review.still_outdated(entry, after))
        after.save(update_fields=["outdated_translations"])
    return record(snapshot.key, editor, reason)


def bump_version(entry: Entry, lock_version: int) -> bool:
    """Advance the lock version of an entry that was read at `lock_version`; return False if it has moved on.

    One UPDATE both compares and writes, so that of two saves only one can succeed, on any database.
    """
    entries = type(entry)._default_manager.filter(pk=entry.pk, lock_version=lock_version)
    if not entries.update(lock_version=F("lock_version") + 1):
        return False
    entry.lock_version = lock_version + 1
    return True


@dataclass
class Change:
    """A field that differs between two states of an entry. `row` is "" for the entry itself."""

    row: str
    field: str
    before: str
    after: str
    budget: Budget = dataclass_field(default_factory=Budget, compare=False, repr=False)
    kind: str = ""  # of the row: what several of them are called

    @property
    def as_html(self) -> SafeString:
        """The words, removed ones in <del> and added ones in <ins>; short texts whole."""
        return difference_html(self.before, self.after, self.budget)


def changes(before: Any, after: Any, budget: Budget | None = None) -> list[Change]:
    """Return the changes from one state to another; None is the state of an entry that does not exist.

    Lists that one page shows share a budget for the work of showing them.
    """
    budget = budget or Budget()
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        Change(place.row, place.field, old.get(place, ""), new.get(place, ""), budget, place.kind)
        for place in dict.fromkeys([*old, *new])
        if old.get(place) != new.get(place)
    ]


class _Place(NamedTuple):
    """Where a text of an entry is: in which field of which row, of which kind."""

    row: str
    field: str
    kind: str = ""


def _flat(data: Any) -> Iterator[tuple[_Place, str]]:
    """Yield the state as (place, text), with details named by what identifies them among their siblings.

    What no field of today explains is part of it as it is.
    """
    for number, item in enumerate(data if isinstance(data, list) else [] if data is None else [data], start=1):
        try:
            yield from list(_flat_item(item))
        except UNREADABLE:
            yield _Place(gettext("cannot be read"), str(number)), str(item)[:MAX_UNREADABLE_LENGTH]


def _flat_item(item: fixtures.FixtureObject) -> Iterator[tuple[_Place, str]]:
    model = apps.get_model(item["model"])
    row = kind = ""
    if issubclass(model, Detail):
        kind = str(model._meta.verbose_name_plural)
        key = [name.removesuffix("_id") for name in model.NATURAL_KEY[1:]]
        named = [_as_text(_field(model, name), item["fields"][name]) for name in key if name in item["fields"]]
        row = f"{model._meta.verbose_name} {' '.join(filter(None, named))}".strip()
        if "exchange" in item["fields"]:
            exchange, position = item["fields"]["exchange"][1], item["fields"].get("position", 1)
            row = f"{model._meta.verbose_name} {exchange}-{position}"
    for name, value in item["fields"].items():
        if name not in ("code", "group", "exchange", getattr(model, "PARENT", "")):
            field = _field(model, name)
            yield _Place(row, str(field.verbose_name) if field else name, kind), _as_text(field, value)


def _field(model: type[models.Model], name: str) -> Any:
    """Return the field, or None for one that the model had when the snapshot was made and no longer has."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _as_text(field: Any, value: Any) -> str:
    """Return the value as the field's form would show it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(yesno(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value) if field else value)
