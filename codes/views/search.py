"""The results page, and the suggestions under the search field and in a browser's address bar."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from codes import search as finder
from statuscodes.web.decorators import public, without_database

from .rows import Row, entry_row

MAX_SUGGESTIONS = 10
NAMES = {"group": "title", "product": "heading"}  # what names a result of another kind than classes and codes
ROW_KINDS = ("class", "code")  # of results that a list shows with names and a plain line


def typed_query(request: HttpRequest) -> str:
    """Return the query of the search field, "" for none."""
    return request.GET.get("q", "").strip()


@public
@without_database
def search(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that the query names outright, or list the results."""
    query = typed_query(request)
    index = finder.current_index()
    results = index.search(query)
    response: HttpResponse
    if "all" not in request.GET and (address := _direct_address(results)):
        response = redirect(address)
    else:
        context = {
            "query": query,
            "results": results,
            "sections": [(kind, _rows(hits) if kind in ROW_KINDS else hits) for kind, hits in results.sections],
            "categories": [entry_row(category) for category in index.categories],
        }
        response = render(request, "codes/search.html", context)
    return _from_index(index, response)


def _rows(hits: list[finder.Hit]) -> list[Row]:
    return [entry_row(hit.found) | {"reason": hit.reason} for hit in hits]


def _from_index(index: finder.Index, response: HttpResponse) -> HttpResponse:
    """Return the response, kept out of every cache if the catalogue has changed since the index was built."""
    if finder.is_outdated(index):
        response.headers["Cache-Control"] = "no-store"
    return response


def _direct_address(results: finder.Results) -> str:
    """Return the address of the page that the query names outright, "" for none.

    A query of more than the number is passed along, so that the page can offer the other results.
    """
    if results.direct:
        address = results.direct.get_absolute_url()
        is_bare = getattr(results.direct, "label", "") == results.query
        return address if is_bare else f"{address}?{urlencode({'q': results.query})}"
    return "" if results.unassigned is None else reverse("codes:detail", args=[results.unassigned])


@public
@without_database
def suggest(request: HttpRequest) -> HttpResponse:
    """Return the first results in the order of the page, for the list under the search field."""
    query, index = typed_query(request), finder.current_index()
    return _from_index(index, _json({"query": query, "results": _suggestions(index, query)}))


@public
@without_database
def completions(request: HttpRequest) -> HttpResponse:
    """Return the suggestions for a browser's address bar (OpenSearch Suggestions extension 1.1)."""
    query, index = typed_query(request), finder.current_index()
    found = _suggestions(index, query)
    titles = [f"{each['label']} {each['name']}" for each in found]
    names = [each["name"] for each in found]
    addresses = [f"{settings.SITE_URL}{each['url']}" for each in found]
    response = _json([query, titles, names, addresses], content_type="application/x-suggestions+json")
    return _from_index(index, response)


def _suggestions(index: finder.Index, query: str) -> list[dict[str, str]]:
    return [
        {
            "url": hit.found.get_absolute_url(),
            "label": hit.found.slug if hit.kind == "group" else hit.found.label,
            "name": str(getattr(hit.found, NAMES.get(hit.kind, "full_name"))),
            "kind": hit.kind,
            "reason": hit.reason,
        }
        for hit in index.search(query).in_order[:MAX_SUGGESTIONS]
    ]


def _json(data: Any, **kwargs: Any) -> JsonResponse:
    return JsonResponse(data, safe=False, json_dumps_params={"ensure_ascii": False}, **kwargs)
