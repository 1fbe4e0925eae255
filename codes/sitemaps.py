"""The sitemap: every public page in both languages."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from .models import (
    Category,
    ConfusionGroup,
    ErrorText,
    Product,
    Question,
    RuleSet,
    Situation,
    StatusCode,
    product_slug,
)

PAGES = [
    f"codes:{name}" for name in ("list", "groups", "errors", "diagnosis", "sheet", "data", "changes", "live", "about")
]
CHOOSE_PAGES = ["codes:situations", "codes:questions", "codes:convention"]


class CatalogueSitemap(Sitemap):
    """Pages in both languages, under the site's own address whatever Host header was sent."""

    i18n = True
    alternates = True
    x_default = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class PageSitemap(CatalogueSitemap):
    def items(self) -> list[str]:
        return [*PAGES, *CHOOSE_PAGES]

    def location(self, item: str) -> str:
        return reverse(item)


class CategorySitemap(CatalogueSitemap):
    def items(self) -> QuerySet[Category]:
        return Category.objects.all()


class ProductSitemap(CatalogueSitemap):
    def items(self) -> list[Product]:
        return list(Product)


class RuleSetSitemap(CatalogueSitemap):
    def items(self) -> QuerySet[RuleSet]:
        return RuleSet.objects.all()


class CheckedSitemap(CatalogueSitemap):
    """Entries with the date on which they were last checked."""

    def lastmod(self, item: Any) -> date | None:
        return item.checked_on


class CodeSitemap(CheckedSitemap):
    def items(self) -> QuerySet[StatusCode]:
        return StatusCode.objects.all()


class GroupSitemap(CheckedSitemap):
    def items(self) -> QuerySet[ConfusionGroup]:
        return ConfusionGroup.objects.all()


class ProductErrorsSitemap(CatalogueSitemap):
    """The products that have error texts."""

    def items(self) -> list[str]:
        products = ErrorText.objects.order_by("product").values_list("product", flat=True).distinct()
        return [product_slug(product) for product in products]

    def location(self, item: str) -> str:
        return reverse("codes:product_errors", args=[item])


class CodeErrorsSitemap(CatalogueSitemap):
    """The codes that error texts stand for."""

    def items(self) -> QuerySet[StatusCode, int]:
        return StatusCode.objects.filter(error_text_links__isnull=False).values_list("number", flat=True).distinct()

    def location(self, item: int) -> str:
        return reverse("codes:code_errors", args=[item])


class CodeLinesSitemap(CatalogueSitemap):
    """The codes for which there are lines of code."""

    def items(self) -> QuerySet[StatusCode]:
        return StatusCode.objects.with_lines()

    def location(self, item: StatusCode) -> str:
        return reverse("codes:code_lines", args=[item.number])


class SituationSitemap(CheckedSitemap):
    def items(self) -> QuerySet[Situation]:
        return Situation.objects.all()


class QuestionSitemap(CatalogueSitemap):
    def items(self) -> QuerySet[Question]:
        return Question.objects.all()


class CodeSituationsSitemap(CatalogueSitemap):
    def items(self) -> QuerySet[StatusCode]:
        return StatusCode.objects.exclude(answers=None).distinct()

    def location(self, item: StatusCode) -> str:
        return reverse("codes:situations_of", args=[item.number])


SITEMAPS = {
    "pages": PageSitemap,
    "classes": CategorySitemap,
    "rules": RuleSetSitemap,
    "codes": CodeSitemap,
    "groups": GroupSitemap,
    "products": ProductSitemap,
    "product_errors": ProductErrorsSitemap,
    "code_errors": CodeErrorsSitemap,
    "code_lines": CodeLinesSitemap,
    "situations": SituationSitemap,
    "code-situations": CodeSituationsSitemap,
    "questions": QuestionSitemap,
}
