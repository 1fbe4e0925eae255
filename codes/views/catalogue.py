"""The list of codes, a class, a code, and the groups of codes that people confuse."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from codes.filters import list_filters
from codes.models import Category, ConfusionGroup, StatusCode
from statuscodes.web.decorators import public

from .search import typed_query

MAX_BOXES = 2  # groups shown with their answers on a code's page; the others are links


@public
def code_list(request: HttpRequest) -> HttpResponse:
    """List all codes by class, or those that meet the filters in the address."""
    filters = list_filters(request.GET)
    codes = StatusCode.objects.matching(filters).in_list_order().without_long_texts()
    filtered = any(each.chosen for each in filters)
    return render(request, "codes/statuscode_list.html", {"codes": codes, "filters": filters, "filtered": filtered})


@public
def category_detail(request: HttpRequest, digit: int) -> HttpResponse:
    """Show a class and its codes."""
    category = get_object_or_404(Category, digit=digit)
    codes = StatusCode.objects.in_class(digit).in_list_order().without_long_texts()
    return render(request, "codes/category_detail.html", {"category": category, "codes": codes})


@public
def code_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show a code, or what is known about a number that nobody registered."""
    code = StatusCode.objects.with_details().filter(number=number).first()
    if code is None:
        return _unassigned(request, number)
    previous, next_code = StatusCode.objects.neighbours(number)
    groups = ConfusionGroup.objects.filter(members__code=number).prefetch_related("members__code")
    boxes = [group for group in groups if not group.is_large][:MAX_BOXES]
    context = {
        "code": code,
        "previous": previous,
        "next": next_code,
        "boxes": boxes,
        "more_groups": [group for group in groups if group not in boxes],
        "query": typed_query(request),
    }
    return render(request, "codes/statuscode_detail.html", context)


def _unassigned(request: HttpRequest, number: int) -> HttpResponse:
    """Say how to treat a number without an entry (RFC 9110 section 15), and which codes are next to it."""
    previous, next_code = StatusCode.objects.neighbours(number)
    context = {
        "label": f"{number:03}",
        "category": Category.objects.filter(digit=number // 100).first(),
        "base": StatusCode.objects.filter(number=number // 100 * 100 if 100 <= number <= 599 else 500).first(),
        "previous": previous,
        "next": next_code,
    }
    return render(request, "codes/unassigned.html", context, status=404)


@public
def group_list(request: HttpRequest) -> HttpResponse:
    """List the groups, each with its question and answers."""
    groups = ConfusionGroup.objects.prefetch_related("members__code")
    return render(request, "codes/confusiongroup_list.html", {"groups": groups})


@public
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the codes of a group side by side."""
    group = get_object_or_404(ConfusionGroup.objects.prefetch_related("members__code", "references"), slug=slug)
    return render(request, "codes/confusiongroup_detail.html", {"group": group, "query": typed_query(request)})
