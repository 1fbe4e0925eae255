"""The details of a code that its page shows, read in one query."""

from typing import Any, NamedTuple

from django.db import connection, models

from codes.fields import HttpsURLField, https_or_nothing

from .base import Detail
from .codes import StatusCode
from .details import Advice, Alias, Identifier, Reference, VendorMeaning
from .products import ProductCode
from .rules import ResponseRule

# What the page shows of each kind.
FIELDS: dict[type[Detail], list[str]] = {
    Reference: ["spec", "section", "url"],
    Alias: ["phrase", "used_by"],
    Advice: ["reader", "text_ko", "text_en"],
    Identifier: ["ecosystem", "identifier", "former"],
    VendorMeaning: ["issuer", "product", "phrase", "visibility", "meaning_ko", "meaning_en", "source", "url"],
    ResponseRule: [
        *["level", "topic", "header", "condition_ko", "condition_en", "note_ko", "note_en"],
        *["source", "second_source", "check_needs", "basis"],
    ],
    ProductCode: ["product", "value", "direction", "meaning_ko", "meaning_en", "basis", "source", "url"],
}
KINDS = list(FIELDS)
HTTPS = {
    model: [place for place, name in enumerate(names) if isinstance(model._meta.get_field(name), HttpsURLField)]
    for model, names in FIELDS.items()
}


def _column(model: type[Detail], name: str) -> str:
    """Return the SQL of a field as a text; a boolean is "" if it is false."""
    column: Any = model._meta.get_field(name)
    is_boolean = isinstance(column, models.BooleanField)
    return f"CASE WHEN {column.column} THEN 'true' ELSE '' END" if is_boolean else column.column


def _padded(columns: list[str], width: int) -> list[str]:
    return columns + ["''"] * (width - len(columns))


def _query() -> str:
    """Return the query: a row has its place in KINDS, what puts it in its model's order, its key and its fields."""
    selects = []
    for place, (model, names) in enumerate(FIELDS.items()):
        order = [_column(model, str(name)) for name in model._meta.ordering or () if name not in ("position", "pk")]
        fields = _padded([_column(model, name) for name in names], max(map(len, FIELDS.values())))
        columns = ", ".join([str(place), "position", *_padded(order, 2), "id", *fields])
        selects.append(f"SELECT {columns} FROM {model._meta.db_table} WHERE code_id = %s")  # noqa: S608 - names of ours
    return " UNION ALL ".join(selects) + " ORDER BY 2, 3, 4, 5"


# Written out, because the ORM takes longer to build one query of these (0.5 ms) than the database to answer all.
QUERY = _query()


class PageDetails(NamedTuple):
    """What belongs to a code, each kind in its order."""

    references: list[Reference]
    aliases: list[Alias]
    advice: list[Advice]
    identifiers: list[tuple[str, str, bool]]  # ecosystem, identifier, whether it is a former one
    vendor_meanings: list[VendorMeaning]
    rules: list[ResponseRule]
    products: list[ProductCode]

    @classmethod
    def of(cls, code: StatusCode) -> "PageDetails":
        """Return the details of a code."""
        found: dict[type[Detail], list[Any]] = {model: [] for model in KINDS}
        with connection.cursor() as cursor:
            cursor.execute(QUERY, [code.number] * len(KINDS))
            for place, _position, _first, _second, key, *values in cursor.fetchall():
                model = KINDS[place]
                for url in HTTPS[model]:
                    values[url] = https_or_nothing(values[url])
                if model is Identifier:
                    ecosystem, identifier, former, *_rest = values
                    found[model].append((ecosystem, identifier, bool(former)))
                else:
                    found[model].append(model(pk=key, **dict(zip(FIELDS[model], values, strict=False))))
        for rule in found[ResponseRule]:
            rule.code = code
        return cls(*found.values())
