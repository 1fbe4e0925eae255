"""The admin of groups of codes that people confuse."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from codes.models import ConfusionGroup, GroupMember, GroupReference

from .base import EntryAdmin, StackedDetailInline, TabularDetailInline, in_both_languages


class GroupMemberInline(StackedDetailInline):
    model = GroupMember
    classes: list[str] = []
    autocomplete_fields = ["code"]
    fields = [("code", "position", "said_by"), *in_both_languages("answer", "example")]


class GroupReferenceInline(TabularDetailInline):
    model = GroupReference


@admin.register(ConfusionGroup)
class ConfusionGroupAdmin(EntryAdmin):
    """Groups with their members and sources."""

    list_display = ["slug", "name_ko", "name_en", "question_ko", "checked_on"]
    list_display_links = ["slug", "name_ko", "name_en"]
    search_fields = ["slug", "name_ko", "name_en", "question_ko", "question_en", "keywords"]
    min_to_publish = {"groupmember": 2}
    inlines = [GroupMemberInline, GroupReferenceInline]
    fields = [("slug", "position", "checked_on"), *in_both_languages("name", "question", "description"), "keywords"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []
