"""What is at the addresses for programs, as texts: each of them, and all of them by address."""

import csv
import io
import json
from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from codes.models import Revision
from codes.texts.localized import LANGUAGES

from . import documents, kinds, schemas
from .documents import LICENCE, Data, in_both, site_address
from .outlines import OUTLINES
from .plain_text import as_markdown, as_text

FACT_COLUMNS = [f"{fact}{column}" for fact in documents.FACTS for column in ("", "_source")]
TEXT_COLUMNS = [f"{text}_{language}" for text in ("name", "summary") for language in LANGUAGES]
CSV_COLUMNS = [
    *("number", "class", *TEXT_COLUMNS, "registration", "common", "webdav", "sent_by", "fixed_by", *FACT_COLUMNS),
    *("must_send", "checked_on", "url_ko", "url_en", "license", "revision"),
]

WRITERS = {"txt": as_text, "md": as_markdown}


def dumped(data: Data, indent: int | None = None) -> str:
    """Return data as JSON, in one line unless it is to be read by people."""
    separators = None if indent else (",", ":")
    return json.dumps(data, ensure_ascii=False, indent=indent, separators=separators)


def written(kind: kinds.Kind, document: Data, suffix: str) -> str:
    """Return what a document says in the active language, as the text of its alternate with this suffix."""
    return WRITERS[suffix](OUTLINES[kind.name](document))


def all_documents(kind: kinds.Kind) -> str:
    """Return all documents of a kind with the licence and the revision."""
    # The revision first, so that the documents are at least as new.
    data: Data = {"license": LICENCE, "revision": Revision.current()}
    found = kind.all()
    return dumped(data | {"count": len(found), kind.plural: found})


def codes_ndjson() -> str:
    """Return all codes, a document a line."""
    return "".join(f"{dumped(each)}\n" for each in kinds.CODE.all())


def codes_csv() -> str:
    """Return all codes as a table (CSV), with the mark by which Excel knows UTF-8."""
    revision = Revision.current()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(CSV_COLUMNS)
    for code in kinds.CODE.all():
        row = _table_row(code) | {"license": LICENCE, "revision": revision}
        writer.writerow([row[column] for column in CSV_COLUMNS])
    return f"\ufeff{table.getvalue()}"


def _table_row(code: Data) -> Data:
    """Return the cells of a code by column. Several values of a cell are separated by spaces."""
    row = {column: code.get(column) for column in CSV_COLUMNS}
    row |= {column: "yes" if code[column] else "no" for column in ("common", "webdav")}
    row["number"] = code["label"]
    for language in LANGUAGES:
        row[f"url_{language}"] = code["url"][language]
        for text in ("name", "summary"):
            row[f"{text}_{language}"] = (code[text] or {}).get(language)
    for field, fact in code["facts"].items():
        row[field], row[f"{field}_source"] = (fact["value"], fact["source"]) if fact else (None, None)
    must = [rule["header"] for rule in code["rules"] if rule["level"] == "must" and rule["header"]]
    return row | {"must_send": " ".join(dict.fromkeys(must))}


def schema(name: str) -> str:
    """Return the JSON Schema of a kind of document."""
    return dumped(schemas.schema(name), indent=2)


def openapi() -> str:
    """Return the description of the addresses for programs (OpenAPI 3.1)."""
    return dumped(schemas.openapi())


def api_catalog() -> str:
    """Return where the addresses for programs are described (RFC 9727)."""
    pages = in_both(lambda: site_address(reverse("codes:data")))
    description = {
        "anchor": site_address("/"),
        "service-desc": [{"href": site_address(reverse("data:openapi")), "type": "application/json"}],
        "service-doc": [
            {"href": page, "type": "text/html", "hreflang": [language]} for language, page in pages.items()
        ],
        "license": [{"href": LICENCE}],
    }
    return dumped({"linkset": [description]}, indent=2)


def llms() -> str:
    """Return in a few lines what a language model's tool finds here (llms.txt)."""
    return render_to_string("llms.txt", {"site": settings.SITE_URL})


def tree() -> Iterator[tuple[str, str]]:
    """Yield (address, text) of everything for programs, in both languages."""
    for kind in kinds.BULK:
        yield reverse(f"data:{kind.plural}"), all_documents(kind)
    for kind in kinds.KINDS:
        if kind.suffixes:
            for document in kind.all():
                yield from _alternates(kind, document)
    yield reverse("data:codes_ndjson"), codes_ndjson()
    yield reverse("data:codes_csv"), codes_csv()
    for name in schemas.SCHEMAS:
        yield reverse("data:schema", args=[name]), schema(name)
    yield reverse("data:openapi"), openapi()
    yield reverse("data:api_catalog"), api_catalog()
    yield reverse("data:llms"), llms()


def _alternates(kind: kinds.Kind, document: Data) -> Iterator[tuple[str, str]]:
    """Yield (address, text) of the alternates of an entry's page."""
    pages = {language: url.removeprefix(settings.SITE_URL) for language, url in document["url"].items()}
    if "json" in kind.suffixes:
        yield kind.alternate(pages[settings.LANGUAGE_CODE], "json"), dumped(document)
    for language, page in pages.items():
        with override(language):
            for suffix in WRITERS:
                yield kind.alternate(page, suffix), written(kind, document, suffix)
