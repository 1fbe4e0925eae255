from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from . import search as finder
from .decorators import public, without_database
from .filters import filters_of
from .models import Category, ConfusionGroup, StatusCode

MOST_SUGGESTIONS = 10
MOST_BOXES = 2  # groups shown with their answers on a code's page; further ones are links


@public
def code_list(request):
    filters = filters_of(request.GET)
    codes = StatusCode.objects.matching(filters).in_list_order().without_long_texts()
    filtered = any(each.chosen for each in filters)
    return render(request, "codes/list.html", {"codes": codes, "filters": filters, "filtered": filtered})


@public
def category_detail(request, digit):
    category = get_object_or_404(Category, digit=digit)
    codes = StatusCode.objects.in_class(digit).in_list_order().without_long_texts()
    return render(request, "codes/category.html", {"category": category, "codes": codes})


@public
def code_detail(request, number):
    code = StatusCode.objects.with_rows().filter(number=number).first()
    if code is None:
        return _unassigned(request, number)
    before, after = StatusCode.objects.neighbours(number)
    groups = ConfusionGroup.objects.filter(members__code=number).prefetch_related("members__code")
    boxes = [group for group in groups if not group.is_large][:MOST_BOXES]
    context = {
        "code": code,
        "before": before,
        "after": after,
        "boxes": boxes,
        "more_groups": [group for group in groups if group not in boxes],
        "query": _typed(request),
    }
    return render(request, "codes/detail.html", context)


def _unassigned(request, number):
    """A number of which no use is known: how to treat it (RFC 9110 section 15), and what stands beside it."""
    before, after = StatusCode.objects.neighbours(number)
    context = {
        "label": f"{number:03}",
        "category": Category.objects.filter(digit=number // 100).first(),
        "base": StatusCode.objects.filter(number=number // 100 * 100 if 100 <= number <= 599 else 500).first(),
        "before": before,
        "after": after,
    }
    return render(request, "codes/unassigned.html", context, status=404)


def _typed(request):
    return request.GET.get("q", "").strip()


@public
@without_database
def search(request):
    query = _typed(request)
    index = finder.index()
    results = index.search(query)
    if "all" not in request.GET and (address := _direct_address(results)):
        return redirect(address)
    return render(request, "codes/search.html", {"query": query, "results": results, "categories": index.categories})


def _direct_address(results):
    """Where a query leads that names one thing outright, "" if it does not.

    A query of more than the number goes along, so that the page can offer the other results.
    """
    if results.direct:
        address = results.direct.get_absolute_url()
        is_bare = getattr(results.direct, "label", "") == results.query
        return address if is_bare else f"{address}?{urlencode({'q': results.query})}"
    return "" if results.unassigned is None else reverse("codes:detail", args=[results.unassigned])


@public
@without_database
def suggest(request):
    """The first results in the order of the page, for the list under the search field."""
    return _json({"query": _typed(request), "results": _suggestions(request)})


@public
@without_database
def completions(request):
    """The same for a browser's address bar, in the form of the OpenSearch Suggestions extension 1.1."""
    found = _suggestions(request)
    titles = [f"{each['label']} {each['name']}" for each in found]
    names = [each["name"] for each in found]
    addresses = [f"{settings.SITE_URL}{each['url']}" for each in found]
    return _json([_typed(request), titles, names, addresses], content_type="application/x-suggestions+json")


def _suggestions(request):
    return [
        {
            "url": hit.found.get_absolute_url(),
            "label": hit.found.slug if hit.kind == "group" else hit.found.label,
            "name": hit.found.question if hit.kind == "group" else hit.found.name,
            "kind": hit.kind,
            "reason": hit.reason,
        }
        for hit in finder.search(_typed(request)).in_order[:MOST_SUGGESTIONS]
    ]


def _json(data, **kwargs):
    return JsonResponse(data, safe=False, json_dumps_params={"ensure_ascii": False}, **kwargs)


@public
def group_list(request):
    groups = ConfusionGroup.objects.prefetch_related("members__code")
    return render(request, "codes/groups.html", {"groups": groups})


@public
def group_detail(request, slug):
    group = get_object_or_404(ConfusionGroup.objects.prefetch_related("members__code", "references"), slug=slug)
    return render(request, "codes/group.html", {"group": group, "query": _typed(request)})
