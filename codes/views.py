from django.shortcuts import get_object_or_404, redirect, render

from . import search as finder
from .decorators import read_only
from .filters import filters_of
from .models import Category, ConfusionGroup, StatusCode

MOST_BOXES = 2  # groups shown with their answers on a code's page; further ones are links


@read_only
def code_list(request):
    filters = filters_of(request.GET)
    codes = StatusCode.objects.matching(filters).in_list_order()
    filtered = any(each.chosen for each in filters)
    return render(request, "codes/list.html", {"codes": codes, "filters": filters, "filtered": filtered})


@read_only
def category_detail(request, digit):
    category = get_object_or_404(Category, digit=digit)
    codes = StatusCode.objects.in_class(digit).in_list_order()
    return render(request, "codes/category.html", {"category": category, "codes": codes})


@read_only
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
    }
    return render(request, "codes/detail.html", context)


def _unassigned(request, number):
    """A number that nobody assigned: how to treat it (RFC 9110 section 15), and what stands beside it."""
    before, after = StatusCode.objects.neighbours(number)
    context = {
        "label": f"{number:03}",
        "category": Category.objects.filter(digit=number // 100).first(),
        "base": StatusCode.objects.filter(number=number // 100 * 100 if 100 <= number <= 599 else 500).first(),
        "before": before,
        "after": after,
    }
    return render(request, "codes/unassigned.html", context, status=404)


@read_only
def search(request):
    query = request.GET.get("q", "").strip()
    number = finder.number_in(query)
    if number is not None:
        return redirect("codes:detail", number=number)
    context = {"query": query, "results": finder.search(query), "categories": Category.objects.all()}
    return render(request, "codes/search.html", context)


@read_only
def group_list(request):
    groups = ConfusionGroup.objects.prefetch_related("members__code")
    return render(request, "codes/groups.html", {"groups": groups})


@read_only
def group_detail(request, slug):
    group = get_object_or_404(ConfusionGroup.objects.prefetch_related("members__code", "references"), slug=slug)
    return render(request, "codes/group.html", {"group": group})
