"""The catalogue's files under fixtures/: read into the database, and written back.

A file is an ordinary Django fixture, so `loaddata` works on it. An entry is a root object (a class, a code, a group)
with the rows that hang on it. Loading compares three states of each entry: what the file says, what the database says,
and what was loaded last. What only the file changed is loaded; what an editor changed is kept and reported.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, connection, transaction

from . import revisions
from .models import (
    Advice,
    Alias,
    Category,
    ConfusionGroup,
    Entry,
    Exchange,
    GroupMember,
    GroupReference,
    HeaderRule,
    Identifier,
    LoadedEntry,
    Message,
    Reference,
    StatusCode,
    VendorMeaning,
)

# The same safe loader, ten times as fast where PyYAML was built with its C part.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FIXTURES = Path(settings.BASE_DIR) / "fixtures"

# Each kind of entry with the rows that hang on it, in the order in which files list them.
ROWS_OF = {
    Category: [],
    StatusCode: [Reference, HeaderRule, Alias, Advice, VendorMeaning, Identifier, Exchange],
    ConfusionGroup: [GroupMember, GroupReference],
}
# What the database keeps about an entry and files do not.
BOOKKEEPING = {"lock_version", "outdated_translations"}
# Field names before migration 0004, under which older releases recorded the digests of what they loaded.
FORMER_NAMES = {
    "codes.statuscode": {"registration_status": "standing"},
    "codes.vendormeaning": {"visibility": "seen"},
    "codes.message": {"text_ko": "text"},
}
# Rows of a few short values stand on one line each.
ON_ONE_LINE = {"codes.reference", "codes.headerrule", "codes.alias", "codes.identifier", "codes.groupreference"}


class CatalogueError(Exception):
    """A fixture that cannot be loaded: says which file, which entry and why."""


@dataclass
class FixtureEntry:
    """A root object and its rows, as the plain data of a fixture."""

    path: Path
    key: str
    objects: list = field(default_factory=list)

    @cached_property
    def digest(self):
        """Says whether two entries are the same; asked for only when the objects are complete."""
        return _digest(self.objects)

    @cached_property
    def former_digest(self):
        """The digest under the field names of the releases before migration 0004, which recorded some."""
        return _digest([data | {"fields": _with_former_names(data)} for data in self.objects])

    def is_what_was_loaded(self, recorded):
        """Return whether this is the state of the entry of which the loader recorded the digest."""
        return recorded is not None and (recorded == self.digest or recorded == self.former_digest)


def _digest(objects):
    texts = sorted(json.dumps(data, default=str, ensure_ascii=False, sort_keys=True) for data in objects)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _with_former_names(data):
    former = FORMER_NAMES.get(data["model"], {})
    return {former.get(name, name): value for name, value in data["fields"].items()}


@dataclass
class Report:
    """What loading did: counts of entries, and the entries of which the editor's version was kept."""

    counts: Counter = field(default_factory=Counter)
    edited: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)


def files(folder=FIXTURES):
    """The catalogue's files in the order in which they can be loaded."""
    return [folder / "categories.yaml", *sorted(folder.glob("codes/*.yaml")), *sorted(folder.glob("groups/*.yaml"))]


def load(folder=FIXTURES, *, replace=(), progress=lambda done, total, key: None):
    """Load every file in one transaction; return a Report.

    `replace` holds keys such as "statuscode 404" whose entry is taken from the file even if an editor changed it.
    Raise CatalogueError, with the database as it was, when anything in a file is wrong.
    """
    report = Report()
    try:
        with transaction.atomic(), revisions.one_advance():
            entries = [entry for path in files(folder) for entry in read(path)]
            _check_codes_exist(entries)
            taken = []
            loaded = dict(LoadedEntry.objects.values_list("key", "digest"))
            for done, entry in enumerate(entries, start=1):
                outcome = _load_entry(entry, loaded, replace, report)
                report.counts[outcome] += 1
                if outcome in ("added", "changed"):
                    taken.append(entry)
                progress(done, len(entries), entry.key)
            # Only now do codes that entries relate to all exist.
            for entry in taken:
                if from_database(entry.key).digest != entry.digest:
                    raise CatalogueError(f"{_where(entry)}: a row stands there twice")
            connection.check_constraints()
    except DatabaseError as error:
        raise CatalogueError(f"{folder}: {error}") from error
    return report


def _check_codes_exist(entries):
    """Entries may name codes of later files, so this looks at all of them together."""
    known = {item["pk"] for entry in entries for item in entry.objects if item["model"] == "codes.statuscode"}
    known |= set(StatusCode.objects.values_list("pk", flat=True))
    for entry in entries:
        for item in entry.objects:
            named = {*item["fields"].get("related", []), item["fields"].get("code")} - {None}
            if missing := named - known:
                raise CatalogueError(f"{_where(entry)}: {item['model']}: there is no code {missing.pop()}")


def _load_entry(entry, loaded, replace, report):
    _lock(entry)
    current = from_database(entry.key)
    base = loaded.get(entry.key)
    is_as_loaded = entry.is_what_was_loaded(base)
    if current is None and is_as_loaded and entry.key not in replace:
        # It was loaded as it stands in the file, and is gone: an editor deleted it.
        report.edited.append(entry)
        outcome = "kept as edited"
    elif current and current.digest == entry.digest:
        outcome = "unchanged"
    elif current and not current.is_what_was_loaded(base) and entry.key not in replace:
        if not is_as_loaded:
            report.conflicts.append(entry)
            return "kept as edited"
        report.edited.append(entry)
        outcome = "kept as edited"
    else:
        write(entry)
        outcome = "changed" if current else "added"
    if base != entry.digest:
        LoadedEntry.objects.update_or_create(key=entry.key, defaults={"digest": entry.digest})
    return outcome


def _lock(entry):
    """Wait for whoever is saving this entry, and let nobody save it until all is loaded."""
    stored(entry.key).select_for_update().values_list("pk").first()


def write(entry):
    """Save the entry's objects and remove the rows that the file no longer has."""
    kept = {}
    for data in entry.objects:
        try:
            for deserialized in Deserializer([data]):
                instance = deserialized.object
                relations = [f.name for f in instance._meta.fields if f.is_relation]
                instance.clean_fields(exclude=relations)
                instance.clean()
                if isinstance(instance, Entry):
                    # Forms that are open now have not seen this: their version is no longer the newest.
                    instance.lock_version = _next_version(instance)
                deserialized.save()
                kept.setdefault(type(instance), []).append(instance.pk)
        except (DeserializationError, ValidationError, DatabaseError, TypeError, ValueError) as error:
            raise CatalogueError(f"{_where(entry)}: {data['model']}: {_reason(error)}") from error
    root = _root_of(entry)
    for model in ROWS_OF[root]:
        model.objects.filter(**{model.OWNER: kept[root][0]}).exclude(pk__in=kept.get(model, [])).delete()
        if model is Exchange:
            Message.objects.filter(exchange__code=kept[root][0]).exclude(pk__in=kept.get(Message, [])).delete()


def _next_version(instance):
    stored = type(instance).objects.filter(pk=instance.pk).values_list("lock_version", flat=True).first()
    return 0 if stored is None else stored + 1


def read(path):
    """Return the entries of a file. Raise CatalogueError for what is not a fixture of this catalogue."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    if not isinstance(data, list):
        raise CatalogueError(f"{path}: expected a list of objects")
    entries = _entries(path, data)
    for entry in entries:
        if path.parent.name == "codes" and entry.key != f"statuscode {int(path.stem) if path.stem.isdecimal() else ''}":
            raise CatalogueError(f"{_where(entry)}: the file's name and the number differ")
    return entries


def entry_of(path, key, data):
    """The one entry that plain data describes. Raise CatalogueError if it describes anything else."""
    entries = _entries(path, data)
    if [entry.key for entry in entries] != [key]:
        raise CatalogueError(f"{path}: expected {key}")
    return entries[0]


def _entries(path, data):
    entries = []
    for item in data:
        model = _model_of(item, path)
        if model in ROWS_OF:
            entries.append(FixtureEntry(path, f"{model._meta.model_name} {item.get('pk')}"))
        elif not entries or model not in [*ROWS_OF[_root_of(entries[-1])], Message]:
            raise CatalogueError(f"{path}: a {item['model']} stands before the entry it belongs to")
        entries[-1].objects.append(_normalised(item, model, entries[-1]))
    return entries


def _model_of(item, path):
    try:
        model = apps.get_model(item["model"])
        shaped = isinstance(item["fields"], dict) and all(
            isinstance(item["fields"].get(name, []), list) for name in ("related", "exchange")
        )
    except (AttributeError, KeyError, TypeError, LookupError, ValueError):
        model, shaped = None, False
    if not shaped or model._meta.app_label != "codes":
        raise CatalogueError(f"{path.parent.name}/{path.name}: not an object of the catalogue: {str(item)[:80]}")
    return model


def _normalised(item, model, entry):
    """The item with every value as the database would hold it, and without values that are the default."""
    fields = {}
    for name, value in item["fields"].items():
        try:
            model_field = model._meta.get_field(name)
            value = value if model_field.is_relation else model_field.to_python(value)
        except (FieldDoesNotExist, ValidationError, RecursionError) as error:
            raise CatalogueError(f"{_where(entry)}: {item['model']}: {_reason(error)}") from error
        if model_field.many_to_many:
            value = sorted(value)
        if not _is_default(model_field, value):
            fields[name] = value
    data = {"model": item["model"], "fields": fields}
    if model in ROWS_OF:
        try:
            data["pk"] = model._meta.pk.to_python(item["pk"])
        except (KeyError, ValidationError) as error:
            raise CatalogueError(f"{_where(entry)}: {item['model']}: pk: {_reason(error)}") from error
    elif f"{_root_of(entry)._meta.model_name} {_owner(model, fields)}" != entry.key:
        raise CatalogueError(f"{_where(entry)}: a {item['model']} belongs to {_owner(model, fields)}")
    return data


def _owner(model, fields):
    """The primary key of the entry that a row names: a message names it through its exchange."""
    return fields.get("exchange", [None])[0] if model is Message else fields.get(model.OWNER)


def _is_default(model_field, value):
    if value is None or value == "" or value == []:
        return True
    return not model_field.is_relation and model_field.has_default() and value == model_field.get_default()


def _root_of(entry):
    return apps.get_model("codes", entry.key.split()[0])


def _where(entry):
    return f"{entry.path.parent.name}/{entry.path.name}: {entry.key}"


def _reason(error):
    if isinstance(error, ValidationError):
        if hasattr(error, "message_dict"):
            return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        return " ".join(error.messages)
    return str(error)


def stored(key):
    """Return the root object that a key such as "statuscode 404" names, as a queryset: it may be gone."""
    model_name, pk = key.split(maxsplit=1)
    return apps.get_model("codes", model_name).objects.filter(pk=pk)


def from_database(key):
    """Return the entry as the database has it, or None."""
    root = stored(key).first()
    if root is None:
        return None
    instances = [root]
    for row_model in ROWS_OF[type(root)]:
        for row in row_model.objects.filter(**{row_model.OWNER: root.pk}):
            instances.append(row)
            if row_model is Exchange:
                instances += row.messages.select_related("exchange")
    entry = FixtureEntry(Path(_file_name(root)), key)
    for item in serializers.serialize(
        "python", instances, use_natural_foreign_keys=True, use_natural_primary_keys=True
    ):
        model = apps.get_model(item["model"])
        item["fields"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in item["fields"].items()
            if name not in BOOKKEEPING and not _is_default(model._meta.get_field(name), value)
        }
        if "pk" not in item and model in ROWS_OF:
            item["pk"] = root.pk
        entry.objects.append(item)
    return entry


def _file_name(root):
    if isinstance(root, Category):
        return "categories.yaml"
    return f"codes/{root.label}.yaml" if isinstance(root, StatusCode) else f"groups/{root.pk}.yaml"


def export(folder=FIXTURES):
    """Write the database back to the files it came from; return the paths that changed or are gone.

    Raise CatalogueError where there is no entry: nobody means to remove every file.
    """
    texts = {}
    for model in ROWS_OF:
        for pk in model.objects.values_list("pk", flat=True):
            entry = from_database(f"{model._meta.model_name} {pk}")
            texts[entry.path] = texts.get(entry.path, "") + to_yaml(entry)
    if not texts:
        raise CatalogueError("The database has no entries")
    changed = []
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    for path in files(folder):
        if path.exists() and path.relative_to(folder) not in texts:
            path.unlink()
            changed.append(path)
    return changed


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as literal blocks, short rows on one line, keys in the order of the model."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


class _OneLine(dict):
    pass


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)
_Dumper.add_representer(
    _OneLine,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)
_Dumper.add_representer(
    list,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=not any(isinstance(item, dict) for item in items)
    ),
)


def to_yaml(entry):
    """The entry as the text of its file."""
    objects = []
    for item in entry.objects:
        ordered = {"model": item["model"]} | ({"pk": item["pk"]} if "pk" in item else {}) | {"fields": item["fields"]}
        if item["model"] in ON_ONE_LINE:
            ordered = _OneLine(ordered | {"fields": _OneLine(item["fields"])})
        objects.append(ordered)
    return yaml.dump(objects, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2)
