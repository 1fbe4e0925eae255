"""The same entries for programs: a document, all documents of a kind, and what describes them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from codes.data import documents, files, kinds, schemas
from codes.data.alternates import MEDIA_TYPES
from codes.data.documents import LICENCE, Data, site_address
from codes.models import Product, treated_as
from statuscodes.web.cors import API_CATALOG
from statuscodes.web.decorators import public, without_database
from statuscodes.web.problem_details import problem_response

BOTH = "ko, en"
TABLES = ["data:codes_ndjson", "data:codes_csv"]


@public
def document(request: HttpRequest, kind: kinds.Kind, **key: int | str) -> HttpResponse:
    """Return what the site knows of an entry, in both languages."""
    data = _document(kind, key)
    if data is None:
        return _unknown(request, kind, key)
    links = [*_links(kind), (data["url"]["ko"], 'rel="canonical"'), *_alternates(kind, data, *kinds.TEXTS)]
    return _response(files.dumped(data), "application/json", links)


@public
def alternate(request: HttpRequest, kind: kinds.Kind, suffix: str, **key: int | str) -> HttpResponse:
    """Return what the page of an entry says, for a terminal (txt) or to paste into a document (md)."""
    data = _document(kind, key)
    if data is None:
        return _unknown(request, kind, key)
    language = get_language() or settings.LANGUAGE_CODE
    links = [
        (data["url"][language], 'rel="canonical"'),
        (LICENCE, 'rel="license"'),
        (kind.alternate(data["url"][settings.LANGUAGE_CODE], "json"), 'rel="alternate"; type="application/json"'),
        *_alternates(kind, data, *(other for other in kinds.TEXTS if other != suffix)),
    ]
    response = _response(files.written(kind, data, suffix), f"{MEDIA_TYPES[suffix]}; charset=utf-8", links)
    response.headers["Content-Language"] = language
    return response


@public
def all_documents(request: HttpRequest, kind: kinds.Kind) -> HttpResponse:
    """Return all documents of a kind with the licence and the revision."""
    return _response(files.all_documents(kind), "application/json", _links(kind))


@public
def codes_ndjson(request: HttpRequest) -> HttpResponse:
    """Return all codes, a document a line."""
    return _response(files.codes_ndjson(), "application/x-ndjson", _links(kinds.CODE))


@public
def codes_csv(request: HttpRequest) -> HttpResponse:
    """Return all codes as a table, with the mark by which Excel knows UTF-8."""
    return _response(files.codes_csv(), "text/csv; charset=utf-8; header=present", _links(kinds.CODE))


@public
@without_database
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Return the JSON Schema of a kind of document."""
    if name not in schemas.SCHEMAS:
        raise Http404
    return _response(files.schema(name), "application/schema+json", [])


@public
@without_database
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the addresses for programs (OpenAPI 3.1)."""
    return _response(files.openapi(), "application/json", [])


@public
@without_database
def api_catalog(request: HttpRequest) -> HttpResponse:
    """Say where the addresses for programs are described (RFC 9727)."""
    media_type = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    links = [(site_address(API_CATALOG), 'rel="api-catalog"')]
    return _response(files.api_catalog(), media_type, links)


@public
@without_database
def llms(request: HttpRequest) -> HttpResponse:
    """Say in a few lines what a language model's tool finds here (llms.txt)."""
    response = _response(files.llms(), "text/plain; charset=utf-8", [])
    response.headers["Content-Language"] = "en"
    return response


@public
@without_database
def data_page(request: HttpRequest) -> HttpResponse:
    """Say how programs read the entries, what is promised, and how to cite."""
    keys: list[tuple[str, int | str]] = [("code", 404), ("class", 4), ("group", "401-403")]
    keys += [("situation", "unique-taken"), ("code-situations", 404), ("question", "start"), ("code-errors", 404)]
    keys += [("code-lines", 404)]
    keys += [("product-errors", "nginx"), ("product", Product.GRPC.value), ("rule-set", "any")]
    lists = ["group-list", "situation-list", "question-list"]
    context = {
        "site": settings.SITE_URL,
        "language": get_language(),
        "code": reverse("codes:detail", args=[404]),
        "type": documents.in_both(lambda: reverse("codes:situation", args=["unique-taken"]))[settings.LANGUAGE_CODE],
        "documents": [
            *(reverse(f"data:{name}", args=[key]) for name, key in keys),
            *(reverse(f"data:{name}") for name in lists),
        ],
        "texts": [
            *(reverse(f"codes:code_{suffix}", args=[404]) for suffix in kinds.TEXTS),
            *(reverse(f"codes:{name}-list_{suffix}") for name in ("code", "error") for suffix in kinds.TEXTS),
        ],
        "bulk": [*(reverse(f"data:{kind.plural}") for kind in kinds.BULK), *map(reverse, TABLES)],
        "feed": reverse("codes:feed"),
        "openapi": reverse("data:openapi"),
        "schemas": [reverse("data:schema", args=[name]) for name in schemas.SCHEMAS],
    }
    return render(request, "codes/data.html", context)


def _document(kind: kinds.Kind, key: dict[str, int | str]) -> Data | None:
    return kind.find(next(iter(key.values()), None))


def _alternates(kind: kinds.Kind, data: Data, *suffixes: str) -> list[tuple[str, str]]:
    """Return the alternates of a document as links."""
    return [
        (kind.alternate(url, suffix), f'rel="alternate"; type="{MEDIA_TYPES[suffix]}"; hreflang="{language}"')
        for suffix in suffixes
        for language, url in data["url"].items()
    ]


def _links(kind: kinds.Kind) -> list[tuple[str, str]]:
    schema_link = 'rel="describedby"; type="application/schema+json"'
    return [(documents.schema_address(kind.name), schema_link), (LICENCE, 'rel="license"')]


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
        return problem_response(request, 404, detail, kind=f"{page}#unknown-entry", title="Unknown entry")
    number: Any = key["number"]
    base = treated_as(number)
    detail = format_lazy(
        _("There is no entry for {number}. A client treats it like {base} (RFC 9110 §15)."),
        number=f"{number:03}",
        base=base,
    )
    members = {"number": number, "treat_as": {"number": base, "url": site_address(f"/{base}.json")}}
    return problem_response(request, 404, detail, kind=f"{page}#unknown-code", title="Unknown status code", **members)


def _data_page() -> str:
    return site_address(reverse("codes:data"))
