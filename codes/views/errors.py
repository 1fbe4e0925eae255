"""Error texts: all products, the texts of one, and the texts that stand for a code."""

from collections import Counter, defaultdict
from itertools import groupby

from django.db.models import Count, Prefetch
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from codes.models import ErrorText, Product, StatusCode, product_slug
from codes.models.base import address
from statuscodes.web.decorators import public

from .alternates import with_alternates
from .pagination import page_of
from .rows import Row, link_row
from .search import typed_query

TEXTS_PER_PAGE = 120  # of a code's error texts, which are one line each
MAX_BRIEF = 3  # texts on a code's own page, one a product
BRIEF = ("product", "slug", "text", "sure")
MAX_NAMED = 5  # products that a code's own page names with their numbers


@public
@with_alternates()
def error_list(request: HttpRequest) -> HttpResponse:
    """List the products by what they are, and the codes, each with the number of its texts."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for product, who in ErrorText.objects.order_by("product").values_list("product", "who"):
        counts[product][who] += 1
    parts: list[Row] = [{"label": who.label, "products": []} for who in ErrorText.Who]
    places = {who: place for place, who in enumerate(ErrorText.Who.values)}
    for product in sorted(counts, key=str.lower):
        # A product is where most of its texts come from.
        ((who, _count),) = counts[product].most_common(1)
        parts[places[who]]["products"].append(_product_row(product, counts[product].total()))
    codes = StatusCode.objects.for_lists().annotate(texts=Count("error_text_links")).filter(texts__gt=0)
    context = {
        "count": sum(each.total() for each in counts.values()),
        "parts": [part for part in parts if part["products"]],
        "codes": [link_row(code) | {"url": _code_url(code.number), "count": code.texts} for code in codes],
    }
    return render(request, "codes/errortext_list.html", context)


@public
@with_alternates()
def product_errors(request: HttpRequest, product: str) -> HttpResponse:
    """Show all texts of a product, each under an anchor of its own."""
    products = ErrorText.objects.order_by().values_list("product", flat=True).distinct()
    name = next((each for each in products if product_slug(each) == product), None)
    if name is None:
        raise Http404
    codes = Prefetch("code_links__code", StatusCode.objects.for_lists())
    texts = ErrorText.objects.filter(product=name).prefetch_related(codes)
    context = {
        "product": name,
        "texts": [{"entry": text, "codes": [link_row(link.code) for link in text.code_links.all()]} for text in texts],
        "own_codes": Product(product) if product in Product.values else None,
        "query": typed_query(request),
    }
    return render(request, "codes/errortext_product.html", context)


@public
@with_alternates()
def code_errors(request: HttpRequest, number: int) -> HttpResponse:
    """List the texts that stand for a code, by product."""
    code = get_object_or_404(StatusCode.objects.for_lists(), number=number)
    texts = ErrorText.objects.meaning(number).order_by(Lower("product"), "product", "position", "slug")
    page = page_of(request, texts.only("slug", "product", "text", "sure"), TEXTS_PER_PAGE)
    if not page.object_list:
        raise Http404
    parts = [
        {"name": product, "url": _product_url(product), "texts": [_text_row(text) for text in part]}
        for product, part in groupby(page.object_list, key=lambda text: text.product)
    ]
    context = {"code": link_row(code), "count": page.paginator.count, "parts": parts, "page": page}
    return render(request, "codes/errortext_code.html", context)


def brief_errors(number: int) -> Row:
    """Return what a code's own page says of its error texts: how many, of which products, and a few of them."""
    # Plain values, of which few become texts: some codes have a hundred.
    rows = list(ErrorText.objects.meaning(number).order_by("position", "product", "slug").values_list(*BRIEF))
    certainty = ErrorText.Sure.values
    rows.sort(key=lambda row: certainty.index(row[-1]))  # the surest first, then as their products list them
    counts = Counter(product for product, *_rest in rows)
    surest: dict[str, tuple[str, ...]] = {}
    for row in rows:
        surest.setdefault(row[0], row)
    products = [product for product, _count in counts.most_common()]
    few = rows if len(rows) <= MAX_BRIEF else [surest[product] for product in products[:MAX_BRIEF]]
    return {
        "count": len(rows),
        "products": [_product_row(product, counts[product]) for product in products[:MAX_NAMED]],
        "more_products": len(products) > MAX_NAMED,
        "texts": [_text_row(ErrorText(**dict(zip(BRIEF, row, strict=True)))) for row in few],
        "is_all": len(few) == len(rows),
        "url": _code_url(number),
    }


def _text_row(text: ErrorText) -> Row:
    return {
        "url": text.get_absolute_url(),
        "text": text.text,
        "lang": text.text_language,
        "product": text.product,
        "doubt": "" if text.sure == ErrorText.Sure.SENT else text.get_sure_display(),
    }


def _product_row(product: str, count: int) -> Row:
    return {"name": product, "url": _product_url(product), "count": count}


def _product_url(product: str) -> str:
    return address("codes:product_errors", product_slug(product))


def _code_url(number: int) -> str:
    return address("codes:code_errors", number)
