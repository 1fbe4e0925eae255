"""Filters of the admin's lists of codes and error texts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from codes.editing import review
from codes.texts.localized import LANGUAGES


class MissingLanguageFilter(admin.SimpleListFilter):
    """Codes with a text that is missing in one language."""

    title = _("missing language")
    parameter_name = "lacking"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ko", _("Korean text missing")), ("en", _("English text missing"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return queryset.lacking(self.value()) if self.value() in LANGUAGES else queryset


class ReviewFilter(admin.SimpleListFilter):
    """Entries that fail a check of the review queue."""

    title = _("review queue")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, check.label) for name, check in review.CHECKS_OF[model_admin.model].items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        check = self.value()
        if check not in review.CHECKS_OF[queryset.model]:
            return queryset
        return queryset.filter(pk__in=review.failing(check, queryset.model))
