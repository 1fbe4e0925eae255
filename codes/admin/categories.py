"""The admin of classes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from codes.models import Category

from .base import NamedEntryAdmin, in_both_languages


@admin.register(Category)
class CategoryAdmin(NamedEntryAdmin):
    """The five classes."""

    list_display = list_display_links = ["label", "korean_name", "english_name"]
    search_fields = ["=digit", "name_ko", "name_en", "plain_name_ko", "plain_name_en"]
    fields = ["digit", *in_both_languages("name", "plain_name", "summary", "description"), "keywords"]

    @admin.display(description=_("class"), ordering="digit")
    def label(self, category: Category) -> str:
        return category.label

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["digit"] if obj else []
