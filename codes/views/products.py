"""The page of a product's own codes, and what a code's page shows of them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from codes.models import Product, ProductCode, StatusCode
from statuscodes.web.decorators import public

from .rows import Row, link_row


@public
def product_detail(request: HttpRequest, product: Product) -> HttpResponse:
    """Show the codes of a product by status code: one table, or one for each direction."""
    rows = list(ProductCode.objects.filter(product=product).select_related("code").order_by("code", "position"))
    tables = [
        {"direction": direction, "label": direction and ProductCode.Direction(direction).label, "codes": _by_code(each)}
        for direction in ["", *ProductCode.Direction]
        if (each := [row for row in rows if row.direction == direction])
    ]
    others = [each for each in Product if each != product]
    context = {"product": product, "tables": tables, "sources": _sources(rows), "others": others}
    return render(request, "codes/product_detail.html", context)


def _by_code(rows: Iterable[ProductCode]) -> list[Row]:
    """Return each status code with its rows."""
    codes: dict[StatusCode, list[ProductCode]] = {}
    for row in rows:
        codes.setdefault(row.code, []).append(row)
    return [link_row(code) | {"rows": of_code} for code, of_code in codes.items()]


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


def products_of(code: StatusCode) -> list[dict[str, Any]]:
    """Return the products with codes of their own for a status code, each with its rows."""
    rows = list(code.product_codes.all())
    return [
        {"product": product, "rows": of_product, "sources": _sources(of_product)}
        for product in Product
        if (of_product := [row for row in rows if row.product == product])
    ]
