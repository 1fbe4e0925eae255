"""The catalogue's files under fixtures/: loaded into the database, and written back.

A file is an ordinary Django fixture, so `loaddata` works on it. An entry is a root object (a class, a code, a group, a
situation, a question, an announced change) with the details that belong to it. Loading compares three states of each
entry: what the file says, what the database says, and what was loaded last. What only the file changed is loaded; what
an editor changed is kept and reported. Writing back compares the same states: a file that was changed and not loaded is
left as it is and reported.
"""

import datetime
import hashlib
import json
import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
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
    Announcement,
    Category,
    CategoryRule,
    ConfusionGroup,
    Detail,
    Entry,
    ErrorText,
    ErrorTextCode,
    Exchange,
    GeneralRule,
    GroupMember,
    GroupReference,
    HouseVerdict,
    Identifier,
    LoadedEntry,
    Message,
    OtherCode,
    ProductCode,
    Question,
    QuestionChoice,
    Reference,
    ResponseRule,
    Revision,
    RuleSet,
    Situation,
    SituationHeader,
    StatusCode,
    VendorMeaning,
    product_slug,
)

from .invalidation import single_advance

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
MAX_FILE_BYTES = 1_000_000  # the longest file has a fiftieth of it
MAX_DEPTH = 20  # lists and mappings in each other; a fixture has five

# Each kind of entry with the details that belong to it, in the order in which files list them.
DETAILS_OF: dict[type[Entry], list[type[Detail]]] = {
    RuleSet: [GeneralRule],
    Category: [CategoryRule],
    StatusCode: [Reference, ResponseRule, Alias, Advice, VendorMeaning, ProductCode, Identifier, Exchange],
    ConfusionGroup: [GroupMember, GroupReference],
    ErrorText: [ErrorTextCode],
    Situation: [OtherCode, SituationHeader, HouseVerdict],
    Question: [QuestionChoice],
    Announcement: [],
}
# Many small entries, of which a first load saves all with a few statements.
SAVED_TOGETHER = {ErrorText}
BATCH_SIZE = 500  # rows a statement
# What the database records about an entry and files do not.
INTERNAL_FIELDS = {"lock_version", "outdated_translations"}
# Names of models before migration 0010, and of fields before 0004, under which older releases recorded the digests of
# what they loaded.
FORMER_MODELS = {"codes.responserule": "codes.headerrule"}
FORMER_NAMES = {
    "codes.statuscode": {"registration_status": "standing"},
    "codes.vendormeaning": {"visibility": "seen"},
    "codes.message": {"text_ko": "text"},
}
# Details with a few short values are written on one line each.
ON_ONE_LINE = {
    "codes.reference",
    "codes.alias",
    "codes.productcode",
    "codes.identifier",
    "codes.groupreference",
    "codes.errortextcode",
    "codes.othercode",
    "codes.situationheader",
}

# What a file may say for a field. to_python() would turn much else into something, without a word.
VALUE_TYPES: list[tuple[Any, tuple[type, ...], str]] = [
    (models.BooleanField, (bool,), "true or false"),
    (models.IntegerField, (int,), "a number"),
    (models.DateField, (datetime.date, str), "a date"),
    (models.Field, (str,), "a text, in quotes if it looks like something else"),
]

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
    def former_digests(self) -> tuple[str, str]:
        """The digests that older releases recorded: those before migration 0010, and those before 0004."""
        objects = [data | {"model": FORMER_MODELS.get(data["model"], data["model"])} for data in self.objects]
        return _digest(objects), _digest(data | {"fields": _with_former_names(data)} for data in objects)

    def is_what_was_loaded(self, recorded: str | None) -> bool:
        """Return whether the loader recorded the digest of this state of the entry."""
        return recorded is not None and recorded in (self.digest, *self.former_digests)


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


@dataclass
class ExportReport:
    """What writing back did: files written or removed, and files left as they are, each with the reason."""

    changed: list[Path] = field(default_factory=list)
    left: dict[Path, str] = field(default_factory=dict)


def files(folder: Path = FIXTURES) -> list[Path]:
    """Return the catalogue's files in the order in which they can be loaded."""
    folders = ("codes", "groups", "errors", "situations", "questions")
    patterns = ["rules.yaml", *(f"{name}/*.yaml" for name in folders), "changes.yaml"]
    return [folder / "categories.yaml", *(path for pattern in patterns for path in sorted(folder.glob(pattern)))]


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
    # Before the transaction: nobody has to wait for a lock while a disk is slow.
    entries = read_all(folder)
    try:
        with transaction.atomic(), single_advance():
            _check_codes_exist(entries)
            _lock(entries)
            loaded = dict(LoadedEntry.objects.values_list("key", "digest"))
            saved = _save_changed(entries, loaded, replace, progress, report)
            _record_loaded(entries, loaded, report)
            _check_saved(saved)
            connection.check_constraints()
    except DatabaseError as error:
        raise CatalogueError(f"{folder}: {error}") from error
    return report


def _save_changed(
    entries: list[FixtureEntry],
    loaded: dict[str, str],
    replace: Collection[str],
    progress: Callable[[int, int, str], None],
    report: Report,
) -> list[FixtureEntry]:
    """Save the entries that are new or changed, and return them. `loaded` has the digests that were loaded last."""
    stored = load_entries(entry.key for entry in entries)
    saved, new = [], []
    for done, entry in enumerate(entries, start=1):
        outcome = _outcome(entry, stored.get(entry.key), loaded.get(entry.key), replace, report)
        report.counts[outcome] += 1
        if outcome in ("added", "changed"):
            saved.append(entry)
            if outcome == "added" and _root_model(entry) in SAVED_TOGETHER:
                new.append(entry)
            else:
                save_entry(entry)
        progress(done, len(entries), entry.key)
    _save_new(new)
    return saved


def _check_saved(entries: list[FixtureEntry]) -> None:
    """Raise CatalogueError for an entry that the database does not have as its file says.

    Called at the end, when all codes exist that entries relate to.
    """
    stored = load_entries(entry.key for entry in entries)
    for entry in entries:
        if entry.key not in stored or stored[entry.key].digest != entry.digest:
            raise CatalogueError(f"{_where(entry)}: two rows have the same key")


def _check_codes_exist(entries: Iterable[FixtureEntry]) -> None:
    """Look at all entries together, because they may name codes of later files."""
    entries = list(entries)
    known = {item["pk"] for entry in entries for item in entry.objects if item["model"] == "codes.statuscode"}
    known |= set(StatusCode.objects.values_list("pk", flat=True))
    for entry in entries:
        for item in entry.objects:
            fields = item["fields"]
            named = {*fields.get("related", []), fields.get("code"), fields.get("answer")} - {None}
            if missing := named - known:
                raise CatalogueError(f"{_where(entry)}: {item['model']}: there is no code {missing.pop()}")


def _outcome(
    entry: FixtureEntry, stored: FixtureEntry | None, base: str | None, replace: Collection[str], report: Report
) -> str:
    """Return what loading does with an entry, as the report counts it. `base` is the digest that was loaded last."""
    if stored and stored.digest == entry.digest:
        return "unchanged"
    # An entry that was loaded once and is gone was deleted by an editor.
    is_edited = base is not None if stored is None else not stored.is_what_was_loaded(base)
    if is_edited and entry.key not in replace:
        (report.edited if entry.is_what_was_loaded(base) else report.conflicts).append(entry)
        return "kept as edited"
    return "changed" if stored else "added"


def _record_loaded(entries: Iterable[FixtureEntry], loaded: dict[str, str], report: Report) -> None:
    """Record the digests of the entries, but not where the editor's version stays against a changed file."""
    conflicts = {entry.key for entry in report.conflicts}
    newer = [
        LoadedEntry(key=entry.key, digest=entry.digest)
        for entry in entries
        if loaded.get(entry.key) != entry.digest and entry.key not in conflicts
    ]
    LoadedEntry.objects.bulk_create(
        newer, update_conflicts=True, unique_fields=["key"], update_fields=["digest"], batch_size=BATCH_SIZE
    )


def _lock(entries: Iterable[FixtureEntry]) -> None:
    """Wait for saves of these entries that are under way, and block others until everything is loaded."""
    for model, pks in _by_model(entry.key for entry in entries).items():
        list(model._default_manager.filter(pk__in=pks).order_by("pk").select_for_update().values_list("pk"))


def _save_new(entries: list[FixtureEntry]) -> None:
    """Save entries that do not exist yet, many rows with one statement.

    Raise CatalogueError for an object that its model refuses.
    """
    rows: dict[type[models.Model], list[models.Model]] = {}
    for entry in entries:
        for data in entry.objects:
            model = apps.get_model(data["model"])
            values = {model._meta.get_field(name).attname: value for name, value in data["fields"].items()}
            instance = model(**values | ({"pk": data["pk"]} if "pk" in data else {}))
            try:
                _check(instance)
            except ValidationError as error:
                raise CatalogueError(f"{_where(entry)}: {data['model']}: {_reason(error)}") from error
            rows.setdefault(model, []).append(instance)
    try:
        with transaction.atomic():
            for model, instances in rows.items():
                model._default_manager.bulk_create(instances, batch_size=BATCH_SIZE)
    except DatabaseError:
        for entry in entries:  # one of them says which it was
            save_entry(entry)
    if rows:
        Revision.advance()


def save_entry(entry: FixtureEntry, prepare: Callable[[models.Model], Collection[str]] = lambda instance: ()) -> None:
    """Save the entry's objects and remove the details that the file no longer has.

    `prepare` is called with each object before it is saved, and returns the fields that are not checked.
    Raise CatalogueError for an object that its model refuses.
    """
    kept: dict[type[models.Model], list[Any]] = {}
    for data in entry.objects:
        try:
            instance = _save_object(data, prepare)
        except (DeserializationError, ValidationError, DatabaseError, TypeError, ValueError) as error:
            raise CatalogueError(f"{_where(entry)}: {data['model']}: {_reason(error)}") from error
        kept.setdefault(type(instance), []).append(instance.pk)
    root = _root_model(entry)
    for model in DETAILS_OF[root]:
        model.objects.filter(**{model.PARENT: kept[root][0]}).exclude(pk__in=kept.get(model, [])).delete()
        if model is Exchange:
            Message.objects.filter(exchange__code=kept[root][0]).exclude(pk__in=kept.get(Message, [])).delete()


def _save_object(data: dict[str, Any], prepare: Callable[[models.Model], Collection[str]]) -> models.Model:
    """Save an object of a fixture and return it."""
    (deserialized,) = Deserializer([data])
    instance: models.Model = deserialized.object
    _check(instance, prepare(instance))
    if isinstance(instance, Entry):
        # Forms that are open now have not seen this: their version must no longer be the newest.
        instance.lock_version = _next_lock_version(instance)
    deserialized.save()
    return instance


def _check(instance: models.Model, unchecked: Collection[str] = ()) -> None:
    """Raise ValidationError for values that the model refuses."""
    relations = [field.name for field in instance._meta.fields if field.is_relation]
    instance.clean_fields(exclude=[*relations, *unchecked])
    instance.clean()


def _next_lock_version(instance: Entry) -> int:
    stored = type(instance)._default_manager.filter(pk=instance.pk).values_list("lock_version", flat=True).first()
    return 0 if stored is None else stored + 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads plain values: what YAML 1.1 takes for other numbers (6:44, 010, .inf) or for yes and no is text.

    The safe loader, ten times as fast where PyYAML was built with its C part.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            names = [key.value for key, _value in node.value]
            twice = next(key for number, (key, _value) in enumerate(node.value) if key.value in names[:number])
            raise yaml.constructor.ConstructorError(None, None, f"{twice.value} occurs twice", twice.start_mark)
        return mapping


for _tag, _pattern, _first in (
    ("bool", "true|false", "tf"),
    ("int", "-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("null", "null|~|", ["n", "~", ""]),
    ("timestamp", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def read_all(folder: Path = FIXTURES) -> list[FixtureEntry]:
    """Return the entries of every file. Raise CatalogueError if a file is wrong, or two have the same entry."""
    paths = files(folder)
    for path in folder.glob("*/*"):
        if path.suffix.lower() in (".yaml", ".yml") and path not in paths:
            raise CatalogueError(f"{path}: is not read under this name")
    entries: dict[str, FixtureEntry] = {}
    for entry in (entry for path in paths for entry in read(path)):
        if entry.key in entries:
            raise CatalogueError(f"{_where(entry)}: is in {entries[entry.key].path.name} too")
        entries[entry.key] = entry
    return list(entries.values())


def read(path: Path) -> list[FixtureEntry]:
    """Return the entries of a file. Raise CatalogueError for a file that is not a fixture of this catalogue."""
    try:
        text = _text_of(path)
        _check_plain(text)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in C
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: {_reason(error)}") from error
    if not isinstance(data, list):
        raise CatalogueError(f"{path}: expected a list of objects")
    entries = _entries(path, data)
    for entry in entries:
        if path.parent.name == "codes" and entry.key != f"statuscode {_number_of(path)}":
            raise CatalogueError(f"{_where(entry)}: the file's name and the number differ")
        if path.parent.name == "errors" and _product_of(entry) != path.stem:
            raise CatalogueError(f"{_where(entry)}: the file's name and the product differ")
        if path.parent.name == "situations" and entry.objects[0]["fields"].get("topic") != path.stem:
            raise CatalogueError(f"{_where(entry)}: the file's name and the topic differ")
    return entries


def _number_of(path: Path) -> int | None:
    """Return the number that names a code's file, None for another name: 0404.yaml is not 404.yaml."""
    return int(path.stem) if re.fullmatch("[0-9]{3}", path.stem) else None


def _product_of(entry: FixtureEntry) -> str:
    """Return the product's part of a file name, "" for an entry that belongs to none."""
    return product_slug(entry.objects[0]["fields"].get("product", ""))


def _text_of(path: Path) -> str:
    """Return the text of a file. Raise OSError or ValueError for what is no text of a bounded length."""
    # Without O_NONBLOCK, opening a FIFO waits for somebody to write.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("not a regular file")
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"longer than {MAX_FILE_BYTES:,} bytes")
    return content.decode()


def _check_plain(text: str) -> None:
    """Raise ValueError for YAML that is more than nested lists and mappings of plain values.

    An alias can make a short file fill the memory, and deep nesting ends the process, before anything is refused.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        mark: Any = event.start_mark
        line = mark.line + 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError(f"line {line}: nested too deeply")
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise ValueError(f"line {line}: anchors, aliases and tags are not allowed")


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
        shaped = isinstance(item["fields"], dict) and not set(item) - {"model", "pk", "fields"}
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
            model_field: Any = model._meta.get_field(name)
            _check_type(model_field, value)
            value = value if model_field.is_relation else model_field.to_python(value)
        except (FieldDoesNotExist, ValidationError, ValueError) as error:
            raise CatalogueError(f"{_where(entry)}: {item['model']}: {_reason(error)}") from error
        if model_field.many_to_many:
            value = sorted(value)
            if item.get("pk") in value:
                raise CatalogueError(f"{_where(entry)}: {item['model']}: {name}: is the entry itself")
        if not _is_default(model_field, value):
            fields[name] = value
    data = {"model": item["model"], "fields": fields}
    if issubclass(model, Entry):
        try:
            _check_type(model._meta.pk, item["pk"])
            data["pk"] = model._meta.pk.to_python(item["pk"])
        except (KeyError, ValidationError, ValueError) as error:
            raise CatalogueError(f"{_where(entry)}: {item['model']}: pk {_reason(error)}") from error
    elif f"{_root_model(entry)._meta.model_name} {_parent_pk(model, fields)}" != entry.key:
        raise CatalogueError(f"{_where(entry)}: a {item['model']} belongs to {_parent_pk(model, fields)}")
    return data


def _check_type(model_field: Any, value: Any) -> None:
    """Raise ValueError for a value of a type that a file does not use for this field."""
    if value is None:
        return
    if model_field.many_to_many or model_field.related_model is Exchange:
        is_slug = model_field.many_to_many and isinstance(model_field.related_model._meta.pk, models.SlugField)
        if not isinstance(value, list) or not all(type(each) is (str if is_slug else int) for each in value):
            raise ValueError(f"{model_field.name}: must be a list of {'slugs' if is_slug else 'numbers'}")
        return
    plain_field = model_field.target_field if model_field.is_relation else model_field
    types, name = next((types, name) for base, types, name in VALUE_TYPES if isinstance(plain_field, base))
    if type(value) not in types:
        raise ValueError(f"{model_field.name}: must be {name}")


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
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        # Newer parsers have a limit of their own.
        problem = "nested too deeply" if "nesting depth" in str(error.problem) else error.problem
        return f"line {error.problem_mark.line + 1}: {problem}"
    return " ".join(str(error).split())


def key_of(name: str) -> str:
    """Return the key that somebody types as "404" or "confusiongroup 401-403"."""
    return name if " " in name else f"statuscode {int(name) if name.isdecimal() else name}"


def root_queryset(key: str) -> models.QuerySet[Any]:
    """Return the root object that a key such as "statuscode 404" names, as a queryset: it may be gone.

    Raise CatalogueError for a key that cannot name any.
    """
    ((model, (pk,)),) = _by_model([key]).items()
    try:
        return model._default_manager.filter(pk=pk)
    except ValueError as error:
        raise CatalogueError(f"There is no entry {key}") from error


def _by_model(keys: Iterable[str]) -> dict[type[Entry], list[str]]:
    """Return the primary keys in keys, by model. Raise CatalogueError for a kind of entry that does not exist."""
    kinds = {str(model._meta.model_name): model for model in DETAILS_OF}
    pks: dict[type[Entry], list[str]] = {}
    for key in keys:
        model_name, _space, pk = key.partition(" ")
        if model_name not in kinds:
            raise CatalogueError(f"There is no entry {key}")
        pks.setdefault(kinds[model_name], []).append(pk)
    return pks


def load_entry(key: str) -> FixtureEntry | None:
    """Return the entry as the database has it, or None."""
    return next(_stored_entries(root_queryset(key)), None)


def load_entries(keys: Iterable[str]) -> dict[str, FixtureEntry]:
    """Return by key those of the entries that the database has, with a few queries for all."""
    roots = [model._default_manager.filter(pk__in=pks) for model, pks in _by_model(keys).items()]
    return {entry.key: entry for queryset in roots for entry in _stored_entries(queryset)}


def _stored_entries(roots: models.QuerySet[Any]) -> Iterator[FixtureEntry]:
    """Yield the entries with these root objects, as the database has them."""
    model = roots.model
    links = [each.name for each in model._meta.many_to_many if each.remote_field.through._meta.auto_created]
    instances: dict[Any, list[models.Model]] = {root.pk: [root] for root in roots.prefetch_related(*links)}
    for detail_model in DETAILS_OF[model] if instances else []:
        details: models.QuerySet[Any] = detail_model.objects.filter(**{f"{detail_model.PARENT}__in": list(instances)})
        for detail in details.prefetch_related("messages") if detail_model is Exchange else details:
            own = instances[getattr(detail, f"{detail_model.PARENT}_id")]
            own.append(detail)
            if isinstance(detail, Exchange):
                own += detail.messages.all()
    for rows in instances.values():
        yield _serialised(rows)


def _serialised(instances: list[Any]) -> FixtureEntry:
    """Return a root object and its details as the data of a fixture."""
    root = instances[0]
    entry = FixtureEntry(Path(_file_name(root)), root.key)
    for item in serializers.serialize(
        "python", instances, use_natural_foreign_keys=True, use_natural_primary_keys=True
    ):
        item_model = apps.get_model(item["model"])
        item["fields"] = {
            name: sorted(value) if item_model._meta.get_field(name).many_to_many else _plain(value)
            for name, value in item["fields"].items()
            if name not in INTERNAL_FIELDS and not _is_default(item_model._meta.get_field(name), value)
        }
        if "pk" not in item and item_model in DETAILS_OF:
            item["pk"] = root.pk
        entry.objects.append(item)
    return entry


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _file_name(root: Entry) -> str:
    if isinstance(root, Category):
        return "categories.yaml"
    if isinstance(root, RuleSet):
        return "rules.yaml"
    if isinstance(root, ErrorText):
        return f"errors/{product_slug(root.product)}.yaml"
    if isinstance(root, Situation):
        return f"situations/{root.topic}.yaml"
    if isinstance(root, Announcement):
        return "changes.yaml"
    if isinstance(root, Question):
        return f"questions/{root.pk}.yaml"
    return f"codes/{root.label}.yaml" if isinstance(root, StatusCode) else f"groups/{root.pk}.yaml"


def export(folder: Path = FIXTURES, *, replace: Collection[str] = ()) -> ExportReport:
    """Write the database back to the files it came from, but not over what was never loaded.

    `replace` holds keys such as "statuscode 404" whose entry is taken from the database in any case.
    Raise CatalogueError if the database has no entries, rather than remove every file, or if a file cannot be written.
    """
    stored: dict[Path, list[FixtureEntry]] = {}
    for model in DETAILS_OF:
        for entry in _stored_entries(model._default_manager.all()):
            stored.setdefault(entry.path, []).append(entry)
    if not stored:
        raise CatalogueError("The database has no entries")
    report = ExportReport()
    texts = {folder / name: "".join(map(to_yaml, entries)) for name, entries in stored.items()}
    known = _known_digests(entry for entries in stored.values() for entry in entries)
    for path in files(folder):
        keys = {entry.key for entry in stored.get(path.relative_to(folder), [])}
        if os.path.lexists(path) and (reason := _reason_to_leave(path, keys, known, replace)):
            report.left[path] = reason
    taken = [entry for name, entries in stored.items() if folder / name not in report.left for entry in entries]
    _record_export(taken)
    try:
        report.changed += _write({path: text for path, text in texts.items() if path not in report.left})
        for path in files(folder):
            if os.path.lexists(path) and path not in texts and path not in report.left:
                path.unlink()
                report.changed.append(path)
    except OSError as error:
        raise CatalogueError(str(error)) from error
    return report


def _known_digests(entries: Iterable[FixtureEntry]) -> dict[str, set[str]]:
    """Return by key the digests of all states that the database has, has loaded or has exported."""
    known: dict[str, set[str]] = {}
    for key, *digests in LoadedEntry.objects.values_list("key", "digest", "exported_digest"):
        known[key] = set(digests)
    for entry in entries:
        known.setdefault(entry.key, set()).add(entry.digest)
    return known


def _reason_to_leave(path: Path, keys: set[str], known: dict[str, set[str]], replace: Collection[str]) -> str:
    """Return why the database must not overwrite or remove a file, "" if it may.

    `keys` are those of the entries that the file would get.
    """
    if keys and keys <= set(replace):
        return ""
    try:
        entries = read(path)
    except CatalogueError as error:
        return str(error)
    unloaded = [
        entry.key
        for entry in entries
        if entry.key not in replace and not {entry.digest, *entry.former_digests} & known.get(entry.key, set())
    ]
    return f"{', '.join(unloaded)} was not loaded" if unloaded else ""


def _record_export(entries: Iterable[FixtureEntry]) -> None:
    """Record the states that are about to be written, so that the next export knows them.

    They do not count as loaded: if the files are thrown away, loading must not take their former state for newer.
    """
    loaded = dict(LoadedEntry.objects.values_list("key", "digest"))
    with transaction.atomic():
        for entry in entries:
            if loaded.get(entry.key) != entry.digest:
                LoadedEntry.objects.update_or_create(key=entry.key, defaults={"exported_digest": entry.digest})


def _write(texts: dict[Path, str]) -> list[Path]:
    """Write the texts that differ from their files; return the paths. Raise OSError with every file whole.

    All are written beside their files first, so that a full disk changes nothing.
    """
    changed = {path: text for path, text in texts.items() if not path.is_file() or path.read_bytes() != text.encode()}
    partials = {path: path.with_name(f".{path.name}.partial") for path in changed}
    try:
        for path, partial in partials.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(changed[path], encoding="utf-8")
            if path.is_file():
                shutil.copymode(path, partial)
        for path, partial in partials.items():
            partial.replace(path)
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)
    return list(changed)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes texts of several lines as literal blocks, short rows on one line, keys in the order of the model.

    The safe dumper, five times as fast where PyYAML was built with its C part, which indents lists by itself.
    """

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
