"""The results page, and the suggestions under the search field and in a browser's address bar."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from codes import search as finder
from statuscodes.web.decorators import public, without_database

from .rows import Row, entry_row

MAX_SUGGESTIONS = 10
# The attribute that names a result of another kind than classes and codes.
NAMES = {"group": "title", "product": "heading", "error": "text", "situation": "title"}
ROW_KINDS = ("class", "code")  # of results that a list shows with names and a plain line
# Where a number was read, as a sentence names it.
PLACE_NAMES = {
    finder.Place.STATUS_LINE: gettext_noop("a status line"),
    finder.Place.ACCESS_LOG: gettext_noop("an access log"),
    finder.Place.HAPROXY: gettext_noop("a HAProxy log"),
    finder.Place.ALB: gettext_noop("an ALB log"),
    finder.Place.IIS: gettext_noop("an IIS sub-status"),
    finder.Place.FIELD: gettext_noop("a status field"),
    finder.Place.MESSAGE: gettext_noop("a message"),
    finder.Place.WORDS: gettext_noop("a message"),
    finder.Place.BARE: gettext_noop("the text"),
}


def typed_query(request: HttpRequest) -> str:
    """Return the query of the search field, "" for none."""
    return request.GET.get("q", "").strip()


@public
@without_database
def search(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that the query names outright, or list the results.

    A pasted text is no query for an address: it leads to a query that holds only what the catalogue knows of it.
    """
    query = typed_query(request)
    index = finder.current_index()
    results = index.search(query)
    shown = finder.reduced(query, results)
    response: HttpResponse
    if address := _redirect_address(query, shown, results, lists_all="all" in request.GET):
        response = redirect(address)
    else:
        response = render(request, "codes/search.html", _context(query, results, index))
    # Not stored, or it would be counted once only.
    is_counted = finder.count_missed(query, results)
    return _from_index(index, response, may_store=shown == query and not is_counted)


def _redirect_address(query: str, shown: str, results: finder.Results, *, lists_all: bool) -> str:
    """Return the address that a query leads to, "" where its results are to be listed. `shown` is its reduced form."""
    if not lists_all and (address := _direct_address(results, shown == query)):
        return address
    if shown == query:
        return ""
    return f"{reverse('codes:search')}?{urlencode(({'all': '1'} if lists_all else {}) | {'q': shown})}"


def _context(query: str, results: finder.Results, index: finder.Index) -> dict[str, Any]:
    return {
        "query": query,
        "results": results,
        "understood": _understood(results),
        "sections": [(kind, _rows(kind, hits, results.marked)) for kind, hits in results.sections],
        "categories": [entry_row(category) for category in index.categories],
        **_diagnosable(query, results),
    }


def _diagnosable(query: str, results: finder.Results) -> dict[str, Any]:
    """Return what the page needs to offer the diagnosis: the query itself only where it holds the text of an error.

    Of a pasted text nothing is left to hand over.
    """
    has_error = any(hit.kind == "error" for hit in results.hits)
    is_offered = has_error or query == finder.NOTHING or results.is_pasted
    return {"to_diagnose": is_offered, "text": query if results.has_error_text else ""}


def _rows(kind: str, hits: list[finder.Hit], marked: str) -> list[Any]:
    if kind == "error":
        return [_error_row(hit) for hit in hits]
    return [_with_reason(entry_row(hit.found), hit, marked) for hit in hits] if kind in ROW_KINDS else hits


def _with_reason(row: Row, hit: finder.Hit, marked: str) -> Row:
    """Return the row with the text that matched, if the row does not show it, and with what to mark in it."""
    shown = any(hit.text in str(row[name]) for name in ("name", "other_name", "summary"))
    # A word with another ending is not in the text as it was typed: then the whole text is marked.
    mark = marked if not hit.text or "<mark>" in finder.highlight(hit.text, marked) else hit.text
    return row | {"reason": "" if shown else hit.text, "mark": mark}


def _error_row(hit: finder.Hit) -> Row:
    """Return what a list shows of a text of an error: what happened, what to check first, and the codes."""
    return {
        "url": hit.found.get_absolute_url(),
        "text": hit.found.text,
        "product": hit.found.product,
        "meaning": hit.found.meaning,
        "next": hit.found.next,
        "is_doubtful": hit.found.sure == "maybe",
        "codes": [f"{code:03}" for code in hit.codes],
    }


def _understood(results: finder.Results) -> str:
    """Return a sentence on how the query was read where that is not plain to see, else ""."""
    first = next(iter(results.in_order), None)
    if first and first.kind == "error":
        return _("Read as an error of %(product)s.") % {"product": first.found.product}
    if results.found_as:
        return _("Searched for “%(text)s”.") % {"text": results.found_as}
    if results.number is not None and results.place in PLACE_NAMES and results.is_pasted:
        place = _(PLACE_NAMES[results.place])
        return _("Read %(number)s from %(place)s.") % {"number": f"{results.number:03}", "place": place}
    return ""


def _from_index(index: finder.Index, response: HttpResponse, *, may_store: bool = True) -> HttpResponse:
    """Return the response, kept out of every cache if it answers a pasted text or an outdated index."""
    if finder.is_outdated(index) or not may_store:
        response.headers["Cache-Control"] = "no-store"
    return response


def _direct_address(results: finder.Results, with_query: bool) -> str:
    """Return the address of the page that the query names outright, "" for none.

    A typed query of more than the number is passed along, so that the page can offer the other results.
    """
    if results.direct:
        address = results.direct.get_absolute_url()
        is_bare = getattr(results.direct, "label", "") == results.query
        return address if is_bare or not with_query else f"{address}?{urlencode({'q': results.query})}"
    return "" if results.unassigned is None else reverse("codes:detail", args=[results.unassigned])


@public
@without_database
def suggest(request: HttpRequest) -> HttpResponse:
    """Return the first results in the order of the page, for the list under the search field."""
    query, index = typed_query(request), finder.current_index()
    results = index.search(query)
    data = {"query": query, "understood": _understood(results), "results": _suggestions(results)}
    return _from_index(index, _json(data), may_store=not finder.is_private(query, results))


@public
@without_database
def completions(request: HttpRequest) -> HttpResponse:
    """Return the suggestions for a browser's address bar (OpenSearch Suggestions extension 1.1)."""
    query, index = typed_query(request), finder.current_index()
    results = index.search(query)
    found = _suggestions(results)
    titles = [f"{each['label']} {each['name']}" for each in found]
    names = [each["name"] for each in found]
    addresses = [f"{settings.SITE_URL}{each['url']}" for each in found]
    response = _json([query, titles, names, addresses], content_type="application/x-suggestions+json")
    return _from_index(index, response, may_store=not finder.is_private(query, results))


def _suggestions(results: finder.Results) -> list[dict[str, str]]:
    """Return what the list under the field shows of each result. The first one is where Enter leads."""
    if results.unassigned is not None:
        address = reverse("codes:detail", args=[results.unassigned])
        label = f"{results.unassigned:03}"
        return [{"url": address, "label": label, "name": _("Unregistered number"), "kind": "code", "reason": ""}]
    return [_suggestion(hit) for hit in results.in_order[:MAX_SUGGESTIONS]]


def _suggestion(hit: finder.Hit) -> dict[str, str]:
    name = str(getattr(hit.found, NAMES.get(hit.kind, "full_name")))
    label = f"{hit.codes[0]:03}" if hit.kind == "error" else hit.found.slug if hit.kind == "group" else hit.found.label
    reason = hit.found.product if hit.kind == "error" else hit.text
    return {
        "url": hit.found.get_absolute_url(),
        "label": label,
        "name": name,
        "kind": hit.kind,
        "reason": "" if reason == name else reason,
    }


def _json(data: Any, **kwargs: Any) -> JsonResponse:
    return JsonResponse(data, safe=False, json_dumps_params={"ensure_ascii": False}, **kwargs)
