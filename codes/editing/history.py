"""Who changed what: every save of an entry is recorded whole, compared field by field, and can be restored.

A snapshot is the entry as its fixture would say it, details included, so that restoring is loading: the same code, the
same checks. django-reversion also saves related rows together, but reverting bypasses the catalogue's checks, its
serialised rows are tied to the schema of their time, and it has no comparison field by field.
"""

import difflib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import F
from django.template.defaultfilters import yesno
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from codes.models import Detail, Entry, EntrySnapshot, StatusCode

from . import fixtures, review

SHORT = 60  # characters; longer texts are compared word by word
WORDS = re.compile(r"\s*\S+|\s+\Z")  # each with the space before it, so that lines stay lines


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
    return EntrySnapshot.objects.create(key=key, lock_version=lock_version, data=data, editor=editor, reason=reason)


def changes_since(key: str, lock_version: int | None) -> "tuple[list[Change], EntrySnapshot | None]":
    """Return the changes since a lock version, and the snapshot that tells who made them: None for the loader."""
    # A save that changed nothing has a lock version and no snapshot: take the last one up to it.
    seen = EntrySnapshot.objects.filter(key=key, lock_version__lte=lock_version or 0).first()
    newest = EntrySnapshot.objects.filter(key=key).first()
    current = plain(fixtures.load_entry(key))
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
    fixtures.save_entry(fixtures.parse_entry(Path("history"), snapshot.key, snapshot.data or []))
    connection.check_constraints()
    if isinstance(entry, StatusCode):
        code = fixtures.root_queryset(snapshot.key).get()
        code.outdated_translations = " ".join(review.still_outdated(entry, code))
        code.save(update_fields=["outdated_translations"])
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

    @property
    def as_html(self) -> SafeString:
        """The words, removed ones in <del> and added ones in <ins>; short texts whole."""
        if len(self.before) < SHORT and len(self.after) < SHORT:
            return mark_safe(f"{_marked('del', self.before)} {_marked('ins', self.after)}")  # noqa: S308 - escaped
        before, after = WORDS.findall(self.before), WORDS.findall(self.after)
        parts: list[str] = []
        for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                parts.append(escape("".join(before[a:b])))
            else:
                parts += [_marked("del", "".join(before[a:b])), _marked("ins", "".join(after[c:d]))]
        return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _marked(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def changes(before: list[Any] | None, after: list[Any] | None) -> list[Change]:
    """Return the changes from one state to another; None is the state of an entry that does not exist."""
    old, new = _flat(before), _flat(after)
    order = list(dict.fromkeys([*old, *new]))
    return [
        Change(row, field, old.get((row, field), ""), new.get((row, field), ""))
        for row, field in order
        if old.get((row, field)) != new.get((row, field))
    ]


def _flat(data: list[Any] | None) -> dict[tuple[str, str], str]:
    """Return the state as {(row, field): text}, with details named by what identifies them among their siblings."""
    flat = {}
    for item in data or []:
        model = apps.get_model(item["model"])
        row = ""
        if issubclass(model, Detail):
            key = [name.removesuffix("_id") for name in model.NATURAL_KEY[1:]]
            named = [_as_text(_field(model, name), item["fields"][name]) for name in key if name in item["fields"]]
            row = f"{model._meta.verbose_name} {' '.join(filter(None, named))}".strip()
            if "exchange" in item["fields"]:
                exchange, position = item["fields"]["exchange"][1], item["fields"].get("position", 1)
                row = f"{model._meta.verbose_name} {exchange}-{position}"
        for name, value in item["fields"].items():
            if name not in ("code", "group", "exchange"):
                field = _field(model, name)
                flat[row, str(field.verbose_name) if field else name] = _as_text(field, value)
    return flat


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
