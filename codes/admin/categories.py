"""The admin of classes, and of the rules about every response."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from codes.models import Category, CategoryRule, GeneralRule, RuleSet

from .base import EntryAdmin, NamedEntryAdmin
from .details import RuleInline, in_both_languages


class CategoryRuleInline(RuleInline):
    model = CategoryRule


class GeneralRuleInline(RuleInline):
    model = GeneralRule


@admin.register(Category)
class CategoryAdmin(NamedEntryAdmin):
    """The five classes."""

    list_display = list_display_links = ["label", "korean_name", "english_name"]
    search_fields = ["=digit", "name_ko", "name_en", "plain_name_ko", "plain_name_en"]
    fields = [
        "digit",
        *in_both_languages("name", "plain_name", "summary", "description"),
        ("sent_by", "fixed_by"),
        "keywords",
    ]
    inlines = [CategoryRuleInline]

    @admin.display(description=_("class"), ordering="digit")
    def label(self, category: Category) -> str:
        return category.label

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["digit"] if obj else []


@admin.register(RuleSet)
class RuleSetAdmin(EntryAdmin):
    """Rules that belong to no class."""

    list_display = list_display_links = ["slug", "name_ko", "name_en"]
    search_fields = ["slug", "name_ko", "name_en"]
    fields = ["slug", *in_both_languages("name", "summary")]
    inlines = [GeneralRuleInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []
