"""The admin of groups of codes that people confuse."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from codes.models import ConfusionGroup, GroupMember, GroupReference, Hop

from .base import EntryAdmin
from .details import DetailForm, StackedDetailInline, TabularDetailInline, in_both_languages


class HopsField(forms.MultipleChoiceField):
    """Hops to tick, kept as their names with spaces between them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Hop.choices, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value))


class GroupMemberForm(DetailForm):
    said_by = HopsField(label=_("Said by"), help_text=_("Which hops send this code, for the drawing."))


class GroupMemberInline(StackedDetailInline):
    model = GroupMember
    form = GroupMemberForm
    classes: list[str] = []
    autocomplete_fields = ["code"]
    fields = [("code", "position"), "said_by", *in_both_languages("answer", "example")]


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
