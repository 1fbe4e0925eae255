"""The page of a product's own codes, and what a code's page shows of them."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from codes.models import Product, ProductCode, StatusCode
from statuscodes.web.decorators import public

from .alternates import with_alternates
from .rows import link_row


@public
@with_alternates()
def product_detail(request: HttpRequest, product: Product) -> HttpResponse:
    """Show the codes of a product by status code: one table, or one for each direction."""
    rows = list(ProductCode.objects.filter(product=product).order_by("code", "position"))
    codes = StatusCode.objects.for_lists().in_bulk({row.code_id for row in rows})
    tables = [
        {
            "direction": direction,
            "label": direction and ProductCode.Direction(direction).label,
            "codes": [
                link_row(codes[number]) | {"rows": list(of_code)}
                for number, of_code in groupby(each, key=lambda row: row.code_id)
            ],
        }
        for direction in ["", *ProductCode.Direction]
        if (each := [row for row in rows if row.direction == direction])
    ]
    others = [each for each in Product if each != product]
    context = {"product": product, "tables": tables, "sources": _sources(rows), "others": others}
    return render(request, "codes/product_detail.html", context)


def _sources(rows: Iterable[ProductCode]) -> list[tuple[str, str]]:
    """Return (source, address) of the documents that the rows are from; several sections of one count as the whole."""
    documents: dict[str, dict[str, str]] = {}
    for row in rows:
        documents.setdefault(row.url.partition("#")[0], {})[row.url] = row.source
    return [
        (source, url) if len(sections) == 1 else (source.partition(" §")[0], document)
        for document, sections in documents.items()
        for url, source in [next(iter(sections.items()))]
    ]


def by_product(rows: list[ProductCode]) -> list[dict[str, Any]]:
    """Return the products of some rows, each with what is shown of its own."""
    return [
        {"product": product, "rows": [_row(row) for row in of_product], "sources": _sources(of_product)}
        for product in Product
        if (of_product := [row for row in rows if row.product == product])
    ]


def _row(row: ProductCode) -> dict[str, Any]:
    meaning = row.meaning
    return {
        "value": row.value,
        "direction": row.direction and ProductCode.Direction(row.direction).label,
        "meaning": meaning,
        "lang": "" if meaning.lang == get_language() else meaning.lang,
        "basis": "" if row.is_documented else ProductCode.Basis(row.basis).label,
    }
