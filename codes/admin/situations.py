"""The admin of situations, and of the questions that lead to them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext

from codes.models import HouseVerdict, OtherCode, Question, QuestionChoice, Situation, SituationHeader

from .base import EntryAdmin
from .details import DetailForm, StackedDetailInline, TabularDetailInline, in_both_languages
from .filters import ReviewFilter
from .reviewed import ReviewedEntryAdmin


class OtherCodeInline(StackedDetailInline):
    model = OtherCode
    autocomplete_fields = ["code"]
    fields = [("code", "fit", "position"), *in_both_languages("reason")]


class SituationHeaderInline(TabularDetailInline):
    model = SituationHeader


class HouseVerdictInline(StackedDetailInline):
    model = HouseVerdict
    fields = [("house", "codes", "strength", "position"), *in_both_languages("note"), ("url", "version", "evidence")]


@admin.register(Situation)
class SituationAdmin(ReviewedEntryAdmin):
    """Situations with the other codes, the header fields to send and the houses' verdicts."""

    list_display = ["slug", "title_ko", "title_en", "topic", "answer", "norm", "checked_on"]
    list_display_links = ["slug", "title_ko", "title_en"]
    list_filter = [ReviewFilter, "topic", "norm"]
    list_select_related = ["answer"]
    search_fields = ["slug", "title_ko", "title_en", "keywords", "=answer__number"]
    autocomplete_fields = ["answer"]
    inlines = [OtherCodeInline, SituationHeaderInline, HouseVerdictInline]
    fields = [
        ("slug", "topic", "position"),
        *in_both_languages("title"),
        ("answer", "norm", "checked_on"),
        *in_both_languages("reason"),
        ("source", "url"),
        ("example_content", "content_type"),
        "content",
        "keywords",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []


class QuestionChoiceForm(DetailForm):
    """Refuses an answer that leads to its own question again."""

    def clean_next(self) -> Question | None:
        following = self.cleaned_data["next"]
        choice = QuestionChoice(question_id=self.instance.question_id, next=following)
        if following and choice.question_id and choice.leads_back():
            raise ValidationError(gettext("This question leads back to the one that you are editing."))
        return following


class QuestionChoiceInline(StackedDetailInline):
    model = QuestionChoice
    form = QuestionChoiceForm
    fk_name = "question"
    classes: list[str] = []
    autocomplete_fields = ["next", "situations"]
    fields = [*in_both_languages("answer"), ("next", "position"), "situations"]


@admin.register(Question)
class QuestionAdmin(EntryAdmin):
    """Questions with their answers."""

    list_display = ["slug", "position", "question_ko", "question_en"]
    list_display_links = ["slug", "question_ko", "question_en"]
    search_fields = ["slug", "question_ko", "question_en"]
    inlines = [QuestionChoiceInline]
    fields = [("slug", "position"), *in_both_languages("question")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []
