"""The admin of error texts."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from codes.models import ErrorText, ErrorTextCode, product_slug

from .details import TabularDetailInline, in_both_languages
from .entry_forms import EntryForm
from .filters import ReviewFilter
from .reviewed import ReviewedEntryAdmin


class ErrorTextForm(EntryForm):
    """Keeps one spelling for a product: its texts share an address and a file."""

    def clean_product(self) -> str:
        product: str = self.cleaned_data["product"]
        slug = product_slug(product)
        if not slug:
            raise ValidationError(_("Write the product with letters from A to Z, because it is part of an address."))
        for other in ErrorText.objects.order_by().values_list("product", flat=True).distinct():
            if other != product and product_slug(other) == slug:
                raise ValidationError(_("Other error texts write this product “%(product)s”.") % {"product": other})
        return product


class ErrorTextCodeInline(TabularDetailInline):
    model = ErrorTextCode
    classes: list[str] = []
    autocomplete_fields = ["code"]
    min_num = 1
    validate_min = True
    max_num = 30


class CodeFilter(admin.SimpleListFilter):
    """Error texts that stand for a code."""

    title = _("status code")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        numbers = ErrorTextCode.objects.order_by("code").values_list("code", flat=True).distinct()
        return [(str(number), f"{number:03}") for number in numbers]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        number = self.value()
        return queryset.filter(code_links__code=number) if number in dict(self.lookup_choices) else queryset


@admin.register(ErrorText)
class ErrorTextAdmin(ReviewedEntryAdmin):
    """Error texts with the codes that they stand for."""

    form = ErrorTextForm
    list_display = ["label", "product", "numbers", "kind", "who", "sure", "checked_on"]
    list_display_links = ["label"]
    list_filter = [ReviewFilter, "kind", "who", "sure", "match", CodeFilter, "product"]
    list_per_page = 100
    search_fields = [
        "slug",
        "text",
        "product",
        "meaning_ko",
        "meaning_en",
        "next_ko",
        "next_en",
        "=code_links__code__number",
    ]
    search_help_text = _("A part of the text, a product, words of the meaning, or a number")
    save_on_top = True
    min_to_publish = {"errortextcode": 1}
    inlines = [ErrorTextCodeInline]
    fields = [
        ("product", "position", "slug"),
        "text",
        ("kind", "who"),
        ("sure", "match"),
        *in_both_languages("meaning", "next"),
        ("source", "url"),
        "checked_on",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErrorText]:
        return super().get_queryset(request).prefetch_related("code_links")

    @admin.display(description=_("text"), ordering="text")
    def label(self, error_text: ErrorText) -> str:
        return error_text.label

    @admin.display(description=_("status codes"))
    def numbers(self, error_text: ErrorText) -> str:
        return " ".join(f"{number:03}" for number in error_text.codes)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The slug is the primary key, and the address that people have shared.
        return ["slug"] if obj else []
