"""Pages of a list, under public addresses."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest


def page_of(request: HttpRequest, entries: QuerySet[Any], per_page: int) -> Page[Any]:
    """Return the page that the address asks for, the first without a number.

    Raise Http404 for anything but the number of a page: "01" and "last" are no addresses.
    """
    paginator = Paginator(entries, per_page)
    number = request.GET.get("page", "1")
    if number not in map(str, paginator.page_range):
        raise Http404
    return paginator.page(number)
