"""The catalogue's files under fixtures/: loaded into the database, and written back.

A file is an ordinary Django fixture, so `loaddata` works on it. An entry is a root object (a class, a code, a group)
with the details that belong to it. Loading compares three states of each entry: what the file says, what the database
says, and what was loaded last. What only the file changed is loaded; what an editor changed is kept and reported.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, connection, models, transaction

from codes.models import (
    Advice,
    Alias,
    Category,
    ConfusionGroup,
    Detail,
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

from .invalidation import single_advance

# The same safe loader, ten times as fast where PyYAML was built with its C part.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FIXTURES = Path(settings.BASE_DIR) / "fixtures"

# Each kind of entry with the details that belong to it, in the order in which files list them.
DETAILS_OF: dict[type[Entry], list[type[Detail]]] = {
    Category: [],
    StatusCode: [Reference, HeaderRule, Alias, Advice, VendorMeaning, Identifier, Exchange],
    ConfusionGroup: [GroupMember, GroupReference],
}
# What the database records about an entry and files do not.
INTERNAL_FIELDS = {"lock_version", "outdated_translations"}
# Field names before migration 0004, under which older releases recorded the digests of what they loaded.
FORMER_NAMES = {
    "codes.statuscode": {"registration_status": "standing"},
    "codes.vendormeaning": {"visibility": "seen"},
    "codes.message": {"text_ko": "text"},
}
# Details with a few short values are written on one line each.
ON_ONE_LINE = {"codes.reference", "codes.headerrule", "codes.alias", "codes.identifier", "codes.groupreference"}

FixtureObject = dict[str, Any]  # "model", "fields" and, for a root object, "pk"


class CatalogueError(Exception):
    """A fixture that cannot be loaded: says which file, which entry and why."""


@dataclass
class FixtureEntry:
    """A root object and its details, as the plain data of a fixture."""

    path: Path
    key: str
    objects: list[FixtureObject] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """Equal for equal entries. Read it only when the objects are complete."""
        return _digest(self.objects)

    @cached_property
    def former_digest(self) -> str:
        """The digest under the field names of the releases before migration 0004, which recorded some."""
        return _digest([data | {"fields": _with_former_names(data)} for data in self.objects])

    def is_what_was_loaded(self, recorded: str | None) -> bool:
        """Return whether the loader recorded the digest of this state of the entry."""
        return recorded is not None and (recorded == self.digest or recorded == self.former_digest)


def _digest(objects: Iterable[FixtureObject]) -> str:
    texts = sorted(json.dumps(data, default=str, ensure_ascii=False, sort_keys=True) for data in objects)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _with_former_names(data: FixtureObject) -> dict[str, Any]:
    former = FORMER_NAMES.get(data["model"], {})
    return {former.get(name, name): value for name, value in data["fields"].items()}


@dataclass
class Report:
    """What loading did: counts of entries by outcome, and the entries of which the editor's version was kept."""

    counts: Counter[str] = field(default_factory=Counter)
    edited: list[FixtureEntry] = field(default_factory=list)
    conflicts: list[FixtureEntry] = field(default_factory=list)


def files(folder: Path = FIXTURES) -> list[Path]:
    """Return the catalogue's files in the order in which they can be loaded."""
    return [folder / "categories.yaml", *sorted(folder.glob("codes/*.yaml")), *sorted(folder.glob("groups/*.yaml"))]


def load(
    folder: Path = FIXTURES,
    *,
    replace: Collection[str] = (),
    progress: Callable[[int, int, str], None] = lambda done, total, key: None,
) -> Report:
    """Load every file in one transaction.

    `replace` holds keys such as "statuscode 404" whose entry is taken from the file even if an editor changed it.
    `progress` is called after each entry with the number loaded, the number of all, and the entry's key.
    Raise CatalogueError, with the database unchanged, when anything in a file is wrong.
    """
    report = Report()
    try:
        with transaction.atomic(), single_advance():
            entries = [entry for path in files(folder) for entry in read(path)]
            _check_codes_exist(entries)
            taken = []
            loaded = dict(LoadedEntry.objects.values_list("key", "digest"))
            for done, entry in enumerate(entries, start=1):
                outcome = _load(entry, loaded, replace, report)
                report.counts[outcome] += 1
                if outcome in ("added", "changed"):
                    taken.append(entry)
                progress(done, len(entries), entry.key)
            # Only now do all codes exist that entries relate to.
            for entry in taken:
                stored = load_entry(entry.key)
                if stored is None or stored.digest != entry.digest:
                    raise CatalogueError(f"{_where(entry)}: two rows have the same key")
            connection.check_constraints()
    except DatabaseError as error:
        raise CatalogueError(f"{folder}: {error}") from error
    return report


def _check_codes_exist(entries: Iterable[FixtureEntry]) -> None:
    """Look at all entries together, because they may name codes of later files."""
    entries = list(entries)
    known = {item["pk"] for entry in entries for item in entry.objects if item["model"] == "codes.statuscode"}
    known |= set(StatusCode.objects.values_list("pk", flat=True))
    for entry in entries:
        for item in entry.objects:
            named = {*item["fields"].get("related", []), item["fields"].get("code")} - {None}
            if missing := named - known:
                raise CatalogueError(f"{_where(entry)}: {item['model']}: there is no code {missing.pop()}")


def _load(entry: FixtureEntry, loaded: dict[str, str], replace: Collection[str], report: Report) -> str:
    """Load one entry; return the outcome by which the report counts it."""
    _lock(entry)
    current = load_entry(entry.key)
    base = loaded.get(entry.key)
    is_as_loaded = entry.is_what_was_loaded(base)
    if current is None and is_as_loaded and entry.key not in replace:
        # The file has not changed since it was loaded, and the entry is gone: an editor deleted it.
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
        save_entry(entry)
        outcome = "changed" if current else "added"
    if base != entry.digest:
        LoadedEntry.objects.update_or_create(key=entry.key, defaults={"digest": entry.digest})
    return outcome


def _lock(entry: FixtureEntry) -> None:
    """Wait for a save of this entry that is under way, and block others until everything is loaded."""
    root_queryset(entry.key).select_for_update().values_list("pk").first()


def save_entry(entry: FixtureEntry) -> None:
    """Save the entry's objects and remove the details that the file no longer has.

    Raise CatalogueError for an object that its model refuses.
    """
    kept: dict[type[models.Model], list[Any]] = {}
    for data in entry.objects:
        try:
            for deserialized in Deserializer([data]):
                instance = deserialized.object
                relations = [f.name for f in instance._meta.fields if f.is_relation]
                instance.clean_fields(exclude=relations)
                instance.clean()
                if isinstance(instance, Entry):
                    # Forms that are open now have not seen this: their version must no longer be the newest.
                    instance.lock_version = _next_lock_version(instance)
                deserialized.save()
                kept.setdefault(type(instance), []).append(instance.pk)
        except (DeserializationError, ValidationError, DatabaseError, TypeError, ValueError) as error:
            raise CatalogueError(f"{_where(entry)}: {data['model']}: {_reason(error)}") from error
    root = _root_model(entry)
    for model in DETAILS_OF[root]:
        model.objects.filter(**{model.PARENT: kept[root][0]}).exclude(pk__in=kept.get(model, [])).delete()
        if model is Exchange:
            Message.objects.filter(exchange__code=kept[root][0]).exclude(pk__in=kept.get(Message, [])).delete()


def _next_lock_version(instance: Entry) -> int:
    stored = type(instance)._default_manager.filter(pk=instance.pk).values_list("lock_version", flat=True).first()
    return 0 if stored is None else stored + 1


def read(path: Path) -> list[FixtureEntry]:
    """Return the entries of a file. Raise CatalogueError for a file that is not a fixture of this catalogue."""
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


def parse_entry(path: Path, key: str, data: list[FixtureObject]) -> FixtureEntry:
    """Return the one entry that plain data describes. Raise CatalogueError if it describes anything else."""
    entries = _entries(path, data)
    if [entry.key for entry in entries] != [key]:
        raise CatalogueError(f"{path}: expected {key}")
    return entries[0]


def _entries(path: Path, data: list[FixtureObject]) -> list[FixtureEntry]:
    entries: list[FixtureEntry] = []
    for item in data:
        model = _model_of(item, path)
        if issubclass(model, Entry):
            entries.append(FixtureEntry(path, f"{model._meta.model_name} {item.get('pk')}"))
        elif not entries or model not in [*DETAILS_OF[_root_model(entries[-1])], Message]:
            raise CatalogueError(f"{path}: a {item['model']} comes before the entry it belongs to")
        entries[-1].objects.append(_normalised(item, model, entries[-1]))
    return entries


def _model_of(item: Any, path: Path) -> type[models.Model]:
    try:
        model = apps.get_model(item["model"])
        shaped = isinstance(item["fields"], dict) and all(
            isinstance(item["fields"].get(name, []), list) for name in ("related", "exchange")
        )
    except (AttributeError, KeyError, TypeError, LookupError, ValueError):
        shaped = False
    if not shaped or model._meta.app_label != "codes":
        raise CatalogueError(f"{path.parent.name}/{path.name}: not an object of the catalogue: {str(item)[:80]}")
    return model


def _normalised(item: FixtureObject, model: type[models.Model], entry: FixtureEntry) -> FixtureObject:
    """Return the item with every value as the database would hold it, and without values that are the default."""
    fields: dict[str, Any] = {}
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
    if issubclass(model, Entry):
        try:
            data["pk"] = model._meta.pk.to_python(item["pk"])
        except (KeyError, ValidationError) as error:
            raise CatalogueError(f"{_where(entry)}: {item['model']}: pk: {_reason(error)}") from error
    elif f"{_root_model(entry)._meta.model_name} {_parent_pk(model, fields)}" != entry.key:
        raise CatalogueError(f"{_where(entry)}: a {item['model']} belongs to {_parent_pk(model, fields)}")
    return data


def _parent_pk(model: Any, fields: dict[str, Any]) -> Any:
    """Return the primary key of the entry that a detail names: a message names it through its exchange."""
    return fields.get("exchange", [None])[0] if model is Message else fields.get(model.PARENT)


def _is_default(model_field: Any, value: Any) -> bool:
    if value is None or value == "" or value == []:
        return True
    return not model_field.is_relation and model_field.has_default() and value == model_field.get_default()


def _root_model(entry: FixtureEntry) -> type[Entry]:
    return apps.get_model("codes", entry.key.split()[0])


def _where(entry: FixtureEntry) -> str:
    return f"{entry.path.parent.name}/{entry.path.name}: {entry.key}"


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        if hasattr(error, "message_dict"):
            return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        return " ".join(error.messages)
    return str(error)


def root_queryset(key: str) -> models.QuerySet[Any]:
    """Return the root object that a key such as "statuscode 404" names, as a queryset: it may be gone.

    Raise CatalogueError for a key that cannot name any.
    """
    model_name, _space, pk = key.partition(" ")
    try:
        model = next(model for model in DETAILS_OF if model._meta.model_name == model_name)
        return model._default_manager.filter(pk=pk)
    except (StopIteration, ValueError) as error:
        raise CatalogueError(f"There is no entry {key}") from error


def load_entry(key: str) -> FixtureEntry | None:
    """Return the entry as the database has it, or None."""
    root = root_queryset(key).first()
    if root is None:
        return None
    instances = [root]
    for model in DETAILS_OF[type(root)]:
        for detail in model.objects.filter(**{model.PARENT: root.pk}):
            instances.append(detail)
            if isinstance(detail, Exchange):
                instances += detail.messages.select_related("exchange")
    entry = FixtureEntry(Path(_file_name(root)), key)
    for item in serializers.serialize(
        "python", instances, use_natural_foreign_keys=True, use_natural_primary_keys=True
    ):
        item_model = apps.get_model(item["model"])
        item["fields"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in item["fields"].items()
            if name not in INTERNAL_FIELDS and not _is_default(item_model._meta.get_field(name), value)
        }
        if "pk" not in item and item_model in DETAILS_OF:
            item["pk"] = root.pk
        entry.objects.append(item)
    return entry


def _file_name(root: Entry) -> str:
    if isinstance(root, Category):
        return "categories.yaml"
    return f"codes/{root.label}.yaml" if isinstance(root, StatusCode) else f"groups/{root.pk}.yaml"


def export(folder: Path = FIXTURES) -> list[Path]:
    """Write the database back to the files it came from; return the paths that changed or are gone.

    Raise CatalogueError if the database has no entries, rather than remove every file.
    """
    texts: dict[Path, str] = {}
    for model in DETAILS_OF:
        for pk in model._default_manager.values_list("pk", flat=True):
            entry = load_entry(f"{model._meta.model_name} {pk}")
            if entry:
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
    """Writes texts of several lines as literal blocks, short rows on one line, keys in the order of the model."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _OneLine(dict[str, Any]):
    """A mapping that is written on one line."""


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


def to_yaml(entry: FixtureEntry) -> str:
    """Return the entry as the text of its file."""
    objects = []
    for item in entry.objects:
        fields = _with_parent_first(item)
        ordered = {"model": item["model"]} | ({"pk": item["pk"]} if "pk" in item else {}) | {"fields": fields}
        if item["model"] in ON_ONE_LINE:
            ordered = _OneLine(ordered | {"fields": _OneLine(fields)})
        objects.append(ordered)
    return yaml.dump(objects, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2)


def _with_parent_first(item: FixtureObject) -> dict[str, Any]:
    """Return the fields with the one that names the entry first: an abstract base puts its own fields before it."""
    parent = getattr(apps.get_model(item["model"]), "PARENT", None)
    fields: dict[str, Any] = item["fields"]
    return {parent: fields[parent]} | fields if parent in fields else fields
