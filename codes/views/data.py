"""The same entries for programs: a document, all documents of a kind, and what describes them."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from codes.data import documents, kinds, schemas
from codes.data.documents import LICENCE, Data, site_address
from codes.data.outlines import OUTLINES, Block
from codes.data.plain_text import as_markdown, as_text
from codes.models import Revision
from codes.texts.localized import LANGUAGES
from statuscodes.web.decorators import public, without_database
from statuscodes.web.open_data import API_CATALOG, problem

BOTH = "ko, en"
FACT_COLUMNS = [f"{fact}{column}" for fact in documents.FACTS for column in ("", "_source")]
TEXT_COLUMNS = [f"{text}_{language}" for text in ("name", "summary") for language in LANGUAGES]
CSV_COLUMNS = [
    *("number", "class", *TEXT_COLUMNS, "registration", "common", "webdav", "sent_by", "fixed_by", *FACT_COLUMNS),
    *("must_send", "checked_on", "url_ko", "url_en", "license", "revision"),
]


@public
def document(request: HttpRequest, kind: kinds.Kind, **key: int | str) -> HttpResponse:
    """Return what the site knows of an entry, in both languages."""
    data = _document(kind, key)
    if data is None:
        return _unknown(request, kind, key)
    links = [*_links(kind), (data["url"]["ko"], 'rel="canonical"'), *_twins(data, "txt", "md")]
    return _json(data, links)


@public
def as_plain_text(request: HttpRequest, kind: kinds.Kind, **key: int | str) -> HttpResponse:
    """Return what the page of an entry says, for a terminal."""
    return _written(request, kind, key, as_text, "text/plain", "md")


@public
def as_markdown_text(request: HttpRequest, kind: kinds.Kind, **key: int | str) -> HttpResponse:
    """Return what the page of an entry says, to paste into a document."""
    return _written(request, kind, key, as_markdown, "text/markdown", "txt")


@public
def all_documents(request: HttpRequest, kind: kinds.Kind) -> HttpResponse:
    """Return all documents of a kind with the licence and the revision."""
    # The revision first, so that the documents are at least as new.
    data: Data = {"license": LICENCE, "revision": Revision.current()}
    found = kind.all()
    return _json(data | {"count": len(found), kind.plural: found}, _links(kind))


@public
def code_lines(request: HttpRequest) -> HttpResponse:
    """Return all codes, a document a line."""
    lines = "".join(f"{_dumped(each)}\n" for each in kinds.CODE.all())
    return _response(lines, "application/x-ndjson", _links(kinds.CODE))


@public
def code_table(request: HttpRequest) -> HttpResponse:
    """Return all codes as a table, with the mark by which Excel knows UTF-8."""
    revision = Revision.current()
    table = io.StringIO("\ufeff")
    table.seek(0, io.SEEK_END)
    writer = csv.writer(table)
    writer.writerow(CSV_COLUMNS)
    for code in kinds.CODE.all():
        row = _table_row(code) | {"license": LICENCE, "revision": revision}
        writer.writerow([row[column] for column in CSV_COLUMNS])
    return _response(table.getvalue(), "text/csv; charset=utf-8; header=present", _links(kinds.CODE))


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


@public
@without_database
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Return the JSON Schema of a kind of document."""
    if name not in schemas.SCHEMAS:
        raise Http404
    return _response(_dumped(schemas.schema(name), indent=2), "application/schema+json", [])


@public
@without_database
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the addresses for programs (OpenAPI 3.1)."""
    return _response(_dumped(schemas.openapi(), indent=2), "application/json", [])


@public
@without_database
def api_catalog(request: HttpRequest) -> HttpResponse:
    """Say where the addresses for programs are described (RFC 9727)."""
    pages = documents.in_both(_data_page)
    description = {
        "anchor": site_address("/"),
        "service-desc": [{"href": site_address(reverse("data:openapi")), "type": "application/json"}],
        "service-doc": [
            {"href": page, "type": "text/html", "hreflang": [language]} for language, page in pages.items()
        ],
        "license": [{"href": LICENCE}],
    }
    media_type = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    links = [(site_address(API_CATALOG), 'rel="api-catalog"')]
    return _response(_dumped({"linkset": [description]}, indent=2), media_type, links)


@public
@without_database
def llms(request: HttpRequest) -> HttpResponse:
    """Say in a few lines what a language model's tool finds here (llms.txt)."""
    with override("en"):
        text = render(request, "llms.txt", {"site": settings.SITE_URL}).text
    response = _response(text, "text/plain; charset=utf-8", [])
    response.headers["Content-Language"] = "en"
    return response


@public
@without_database
def data_page(request: HttpRequest) -> HttpResponse:
    """Say how programs read the entries, what is promised, and how to cite."""
    keys = [("code", 404), ("class", 4), ("group", "401-403"), ("situation", "unique-taken")]
    context = {
        "site": settings.SITE_URL,
        "language": get_language(),
        "code": reverse("codes:detail", args=[404]),
        "type": documents.in_both(lambda: reverse("codes:situation", args=["unique-taken"]))[settings.LANGUAGE_CODE],
        "documents": [reverse(f"data:{name}", args=[key]) for name, key in keys],
        "texts": [reverse(f"codes:code_{suffix}", args=[404]) for suffix in ("txt", "md")],
        "bulk": [reverse(f"data:{name}") for name in [*schemas.BULK.values(), "code_lines", "code_table"]],
        "openapi": reverse("data:openapi"),
        "schemas": [reverse("data:schema", args=[name]) for name in schemas.SCHEMAS],
    }
    return render(request, "codes/data.html", context)


def _document(kind: kinds.Kind, key: dict[str, int | str]) -> Data | None:
    (pk,) = key.values()
    entry = kind.entries().filter(pk=pk).first()
    return kind.document(entry) if entry else None


def _written(
    request: HttpRequest,
    kind: kinds.Kind,
    key: dict[str, int | str],
    writer: Callable[[Iterable[Block]], str],
    media_type: str,
    other: str,
) -> HttpResponse:
    """Return what a page says in the language of the address."""
    data = _document(kind, key)
    if data is None:
        return _unknown(request, kind, key)
    language = get_language() or settings.LANGUAGE_CODE
    links = [(data["url"][language], 'rel="canonical"'), (LICENCE, 'rel="license"'), *_twins(data, other)]
    links.append((_twin(data["url"]["ko"], "json"), 'rel="alternate"; type="application/json"'))
    response = _response(writer(OUTLINES[kind.name](data)), f"{media_type}; charset=utf-8", links)
    response.headers["Content-Language"] = language
    return response


def _twin(url: str, suffix: str) -> str:
    return f"{url.rstrip('/')}.{suffix}"


def _twins(data: Data, *suffixes: str) -> list[tuple[str, str]]:
    """Return the twins of a document as links."""
    types = {"txt": "text/plain", "md": "text/markdown"}
    return [
        (_twin(url, suffix), f'rel="alternate"; type="{types[suffix]}"; hreflang="{language}"')
        for suffix in suffixes
        for language, url in data["url"].items()
    ]


def _links(kind: kinds.Kind) -> list[tuple[str, str]]:
    schema_link = 'rel="describedby"; type="application/schema+json"'
    return [(documents.schema_address(kind.name), schema_link), (LICENCE, 'rel="license"')]


def _json(data: Data, links: list[tuple[str, str]]) -> HttpResponse:
    return _response(_dumped(data), "application/json", links)


def _dumped(data: Data, indent: int | None = None) -> str:
    separators = None if indent else (",", ":")
    return json.dumps(data, ensure_ascii=False, indent=indent, separators=separators)


def _response(text: str, media_type: str, links: list[tuple[str, str]]) -> HttpResponse:
    response = HttpResponse(text, content_type=media_type)
    response.headers["Content-Language"] = BOTH
    if links:
        response.headers["Link"] = ", ".join(f"<{url}>; {parameters}" for url, parameters in links)
    return response


def _unknown(request: HttpRequest, kind: kinds.Kind, key: dict[str, int | str]) -> HttpResponse:
    """Say that there is no such entry, and how to treat a number that has none (RFC 9110 section 15)."""
    with override(settings.LANGUAGE_CODE):
        page = _data_page()
    if kind != kinds.CODE:
        detail = _("No entry has this address.")
        return problem(request, 404, detail, kind=f"{page}#unknown-entry", title="Unknown entry")
    number: Any = key["number"]
    treated_as = number // 100 * 100 if 100 <= number <= 599 else 500
    detail = format_lazy(
        _("There is no entry for {number}. A client treats it like {base} (RFC 9110 §15)."),
        number=f"{number:03}",
        base=treated_as,
    )
    members = {"number": number, "treat_as": {"number": treated_as, "url": site_address(f"/{treated_as}.json")}}
    return problem(request, 404, detail, kind=f"{page}#unknown-code", title="Unknown status code", **members)


def _data_page() -> str:
    return site_address(reverse("codes:data"))
