from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .localized import LANGUAGES
from .models import (
    Advice,
    Alias,
    Category,
    ConfusionGroup,
    Exchange,
    GroupMember,
    GroupReference,
    HeaderRule,
    Identifier,
    Message,
    Reference,
    StatusCode,
    VendorMeaning,
)


class LacksLanguageFilter(admin.SimpleListFilter):
    title = _("lacking a language")
    parameter_name = "lacking"

    def lookups(self, request, model_admin):
        return [("ko", _("Korean text missing")), ("en", _("English text missing"))]

    def queryset(self, request, queryset):
        return queryset.lacking(self.value()) if self.value() in LANGUAGES else queryset


def in_both_languages(*texts):
    """Field names as admin rows: a text in Korean with its English twin beside it."""
    return [(f"{text}_ko", f"{text}_en") for text in texts]


class RowInline(admin.StackedInline):
    extra = 0
    classes = ["collapse"]


class TabularRowInline(admin.TabularInline):
    extra = 0
    classes = ["collapse"]


class ReferenceInline(TabularRowInline):
    model = Reference


class HeaderRuleInline(TabularRowInline):
    model = HeaderRule


class AliasInline(TabularRowInline):
    model = Alias


class IdentifierInline(TabularRowInline):
    model = Identifier


class AdviceInline(RowInline):
    model = Advice
    fields = [("reader", "position"), *in_both_languages("text")]


class VendorMeaningInline(RowInline):
    model = VendorMeaning
    fields = [("issuer", "product"), ("phrase", "seen", "position"), *in_both_languages("meaning"), ("source", "url")]


class ExchangeInline(RowInline):
    """The exchange's own line; its messages have a page of their own, because inlines do not nest."""

    model = Exchange
    fields = ["position", *in_both_languages("title")]
    show_change_link = True


@admin.register(StatusCode)
class StatusCodeAdmin(admin.ModelAdmin):
    list_display = ["label", "name_ko", "name_en", "category", "standing", "common", "checked_on"]
    list_display_links = ["label", "name_ko", "name_en"]
    list_filter = ["category", "standing", LacksLanguageFilter, "common", "webdav"]
    search_fields = ["=number", "name_ko", "name_en", "keywords"]
    search_help_text = _("Number, Korean or English name, or a keyword")
    list_select_related = ["category"]
    filter_horizontal = ["related"]
    save_on_top = True
    inlines = [
        ReferenceInline,
        HeaderRuleInline,
        AliasInline,
        AdviceInline,
        ExchangeInline,
        VendorMeaningInline,
        IdentifierInline,
    ]
    fieldsets = [
        (None, {"fields": [("number", "category", "standing"), ("common", "webdav", "checked_on")]}),
        (_("What it is called"), {"fields": [*in_both_languages("name", "summary"), "keywords"]}),
        (_("What it means"), {"fields": in_both_languages("description", "when_to_use", "when_not_to_use")}),
        (_("Aside"), {"fields": [*in_both_languages("misunderstanding", "history"), "related"]}),
        (
            _("Facts, each with the section that states it"),
            {
                "fields": [
                    ("content", "content_source"),
                    ("caching", "caching_source"),
                    ("redirect_method", "redirect_method_source"),
                    ("retry", "retry_source"),
                    "request_headers",
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description=_("number"), ordering="number")
    def label(self, code):
        return code.label

    def get_readonly_fields(self, request, obj=None):
        # The number is the identity: changing it would make a second entry and leave the first.
        return ["number"] if obj else []


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["label", "name_ko", "name_en"]
    search_fields = ["=digit", "name_ko", "name_en"]
    fieldsets = [
        (None, {"fields": ["digit", *in_both_languages("name", "summary", "description"), "keywords"]}),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description=_("class"), ordering="digit")
    def label(self, category):
        return category.label

    def get_readonly_fields(self, request, obj=None):
        return ["digit"] if obj else []


class MessageInline(RowInline):
    model = Message
    classes = []
    fields = [("position", "sender", "receiver", "lost"), "text", *in_both_languages("note")]
    formfield_overrides = {}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 8, "class": "raw-message", "spellcheck": "false"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Exchange)
class ExchangeAdmin(admin.ModelAdmin):
    list_display = ["code", "position", "title_ko", "title_en"]
    list_display_links = ["code", "title_ko", "title_en"]
    list_select_related = ["code"]
    search_fields = ["=code__number", "title_ko", "title_en", "messages__text"]
    autocomplete_fields = ["code"]
    ordering = ["code", "position"]
    inlines = [MessageInline]
    fields = [("code", "position"), *in_both_languages("title")]

    class Media:
        css = {"all": ["css/admin.css"]}


class GroupMemberInline(RowInline):
    model = GroupMember
    classes = []
    autocomplete_fields = ["code"]
    fields = [("code", "position", "said_by"), *in_both_languages("answer", "example")]


class GroupReferenceInline(TabularRowInline):
    model = GroupReference


@admin.register(ConfusionGroup)
class ConfusionGroupAdmin(admin.ModelAdmin):
    list_display = ["slug", "question_ko", "question_en", "checked_on"]
    search_fields = ["slug", "question_ko", "question_en", "keywords"]
    inlines = [GroupMemberInline, GroupReferenceInline]
    fieldsets = [
        (
            None,
            {"fields": [("slug", "position", "checked_on"), *in_both_languages("question", "description"), "keywords"]},
        ),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []
