"""Who changed what: every save of an entry is kept whole, compared field by field, and can be restored.

A version is the entry as its fixture would say it, rows included, so that restoring is loading: the same code, the same
checks. (A history table for each model would have to put an entry and its rows of one moment together again.)
"""

import difflib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F
from django.template.defaultfilters import yesno
from django.utils.html import escape
from django.utils.safestring import mark_safe

from . import attention, catalogue
from .models import EntrySnapshot, StatusCode

SHORT = 60  # characters; longer texts are compared word by word
WORDS = re.compile(r"\s*\S+|\s+\Z")  # each with the space before it, so that lines stay lines


def plain(entry):
    """The entry's objects as JSON would give them back."""
    return json.loads(json.dumps(entry.objects, cls=DjangoJSONEncoder)) if entry else None


def keep(key, editor=None, reason=""):
    """Keep the entry as it is now, if it differs from the newest version. Return the version, or None.

    Called before a change too, without an editor: what the loader has changed meanwhile is not the editor's doing.
    """
    entry = catalogue.from_database(key)
    data = plain(entry)
    newest = EntrySnapshot.objects.filter(key=key).first()
    if (newest and newest.data == data) or not (newest or entry):
        return None
    lock_version = catalogue.stored(key).values_list("lock_version", flat=True).first()
    return EntrySnapshot.objects.create(key=key, lock_version=lock_version, data=data, editor=editor, reason=reason)


def since(key, lock_version):
    """Return the changes since `lock_version`, and the Version that tells who made them: None for the loader."""
    # A save that changed nothing has a lock version and no snapshot, so the last one up to the number is what was seen.
    seen = EntrySnapshot.objects.filter(key=key, lock_version__lte=lock_version or 0).first()
    newest = EntrySnapshot.objects.filter(key=key).first()
    current = plain(catalogue.from_database(key))
    return changes(seen.data if seen else None, current), newest if newest and newest.data == current else None


class Stale(Exception):
    """The entry was saved by somebody else after the page that the request comes from had been drawn."""


@transaction.atomic
def restore(version, editor, reason, token):
    """Make the entry what it was in this version. That is a change of its own, and can be undone in the same way.

    `token` is the version token of the state that gives way, "" for an entry that is gone. Raise Stale if it is another
    by now, CatalogueError or IntegrityError if the version no longer fits the catalogue: a code that it names may be
    gone.
    """
    entry = catalogue.stored(version.key).first()
    if token != (entry.version_token if entry else ""):
        raise Stale
    keep(version.key)
    if entry and not claim(entry, entry.lock_version):
        raise Stale
    catalogue.write(catalogue.entry_of(Path("history"), version.key, version.data))
    connection.check_constraints()
    if isinstance(entry, StatusCode):
        code = catalogue.stored(version.key).get()
        code.outdated_translations = " ".join(attention.still_outdated(entry, code))
        code.save(update_fields=["outdated_translations"])
    return keep(version.key, editor, reason)


def claim(instance, seen):
    """Take the next version for a save that has seen version `seen`; return whether it was still the newest.

    One UPDATE both compares and writes, so that of two savers only one can be first, on any database.
    """
    if not type(instance).objects.filter(pk=instance.pk, lock_version=seen).update(lock_version=F("lock_version") + 1):
        return False
    instance.lock_version = seen + 1
    return True


@dataclass
class Change:
    """A field that differs between two states of an entry. `row` is "" for the entry itself."""

    row: str
    field: str
    before: str
    after: str

    @property
    def as_html(self):
        """The words with what went in <del> and what came in <ins>; short texts whole."""
        if len(self.before) < SHORT and len(self.after) < SHORT:
            return _marked("del", self.before) + mark_safe(" ") + _marked("ins", self.after)
        before, after = WORDS.findall(self.before), WORDS.findall(self.after)
        parts = []
        for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                parts.append(escape("".join(before[a:b])))
            else:
                parts += [_marked("del", "".join(before[a:b])), _marked("ins", "".join(after[c:d]))]
        return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _marked(tag, text):
    return mark_safe(f"<{tag}>{escape(text)}</{tag}>") if text else mark_safe("")  # noqa: S308


def changes(before, after):
    """Return the Changes from one state to another; either may be None for an entry that is not there."""
    old, new = _flat(before), _flat(after)
    order = list(dict.fromkeys([*old, *new]))
    return [
        Change(row, field, old.get((row, field), ""), new.get((row, field), ""))
        for row, field in order
        if old.get((row, field)) != new.get((row, field))
    ]


def _flat(data):
    """The state as {(row, field): text}, rows named by what tells them from their sisters."""
    flat = {}
    for item in data or []:
        model = apps.get_model(item["model"])
        row = ""
        if model not in catalogue.ROWS_OF:
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


def _field(model, name):
    """None for a field that the model had when the version was kept, and has no more."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _as_text(field, value):
    """The value as the field's form would call it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yesno(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value) if field else value)
