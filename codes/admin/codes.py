"""The admin of status codes: the form, the list with its actions, and the tables for translators."""

import dataclasses
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from codes.editing import review, translation_tables
from codes.editing.spreadsheets import MAX_BYTES
from codes.models import (
    Advice,
    Alias,
    Exchange,
    Identifier,
    ProductCode,
    Reference,
    ResponseRule,
    StatusCode,
    VendorMeaning,
)
from statuscodes.web.methods import allow_methods

from .base import NamedEntryAdmin
from .details import RuleInline, StackedDetailInline, TabularDetailInline, in_both_languages
from .entry_forms import EntryForm
from .exchange_forms import ExchangeFormSet, ExchangeInlineForm
from .filters import MissingLanguageFilter, ReviewFilter
from .form_previews import preview_exchange, preview_markdown
from .links import change_url
from .reviewed import ReviewedEntryAdmin

CONFIRMATION_MAX_AGE = 60 * 60  # seconds in which a list of differences may be saved after it was shown


class StatusCodeForm(EntryForm):
    """Derives the class of a new code from its number, and leads to the entry of a number that has one."""

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if self.instance._state.adding and (code := StatusCode.objects.filter(number=number).first()):
            link = format_html('<a href="{}">{}</a>', change_url(code.key), code)
            raise ValidationError(format_html("{} {}", gettext("This number has an entry already:"), link))
        return number

    def clean(self) -> dict[str, Any]:
        number = self.cleaned_data.get("number")
        if self.instance._state.adding and number is not None:
            self.instance.category_id = StatusCode(number=number).class_digit
        return super().clean()


class ReferenceInline(TabularDetailInline):
    model = Reference


class ResponseRuleInline(RuleInline):
    model = ResponseRule


class AliasInline(TabularDetailInline):
    model = Alias


class IdentifierInline(TabularDetailInline):
    model = Identifier


class AdviceInline(StackedDetailInline):
    model = Advice
    fields = [("reader", "position"), *in_both_languages("text")]


class VendorMeaningInline(StackedDetailInline):
    model = VendorMeaning
    fields = [
        ("issuer", "product"),
        ("phrase", "visibility", "position"),
        *in_both_languages("meaning"),
        ("source", "url"),
    ]


class ProductCodeInline(TabularDetailInline):
    model = ProductCode


class ExchangeInline(StackedDetailInline):
    """The exchanges with their messages, and an empty one to paste into where there is no script."""

    model = Exchange
    form = ExchangeInlineForm
    formset = ExchangeFormSet
    extra = 1
    max_num = 30
    fields = [*in_both_languages("title", "raw"), "steps", ("products", "position")]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("messages")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and request.user.has_perm("codes.add_message")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        permissions = [f"codes.{action}_message" for action in ("add", "change", "delete")]
        return super().has_change_permission(request, obj) and request.user.has_perms(permissions)


@admin.register(StatusCode)
class StatusCodeAdmin(NamedEntryAdmin, ReviewedEntryAdmin):
    """Status codes with all their details."""

    form = StatusCodeForm
    list_display = [
        "label",
        "korean_name",
        "english_name",
        "class_label",
        "registration_status",
        "common",
        "checked_on",
    ]
    list_display_links = ["label", "korean_name", "english_name"]
    list_filter = [ReviewFilter, "category", "registration_status", MissingLanguageFilter, "common", "webdav"]
    actions = ["mark_checked", "export_csv", "export_xlsx"]
    search_fields = [
        "=number",
        "name_ko",
        "name_en",
        "plain_name_ko",
        "plain_name_en",
        "keywords",
        "identifiers__identifier",
    ]
    search_help_text = _("Number, Korean or English name, a keyword or an identifier")
    list_select_related = ["category"]
    filter_horizontal = ["related"]
    save_on_top = True
    min_to_publish = {"reference": 1}
    inlines = [
        ReferenceInline,
        ResponseRuleInline,
        AliasInline,
        AdviceInline,
        ExchangeInline,
        VendorMeaningInline,
        ProductCodeInline,
        IdentifierInline,
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("number", "registration_status"),
                    ("common", "webdav"),
                    ("checked_on", "expires_on"),
                ],
            },
        ),
        (_("Names"), {"fields": [*in_both_languages("name", "plain_name", "summary"), "keywords"]}),
        (_("Meaning"), {"fields": [*in_both_languages("description", "when_to_use", "when_not_to_use")]}),
        (_("Background"), {"fields": [*in_both_languages("misunderstanding", "history"), "related"]}),
        (
            _("Facts, each with the section that states it"),
            {
                "fields": [
                    ("content", "content_source"),
                    ("caching", "caching_source"),
                    ("redirect_method", "redirect_method_source"),
                    ("retry", "retry_source"),
                    *in_both_languages("retry_condition"),
                    "retry_condition_source",
                    ("sent_by", "fixed_by"),
                    "request_headers",
                ]
            },
        ),
    ]

    @admin.display(description=_("number"), ordering="number")
    def label(self, code: StatusCode) -> str:
        return code.label

    @admin.display(description=_("class"), ordering="category")
    def class_label(self, code: StatusCode) -> str | None:
        return code.category.label if code.category else None

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        return [
            path("texts/", admin_view(self.translation_table_view), name="codes_statuscode_translations"),
            path("texts/status-codes.csv", admin_view(self.download_csv), name="codes_statuscode_csv"),
            path("texts/status-codes.xlsx", admin_view(self.download_xlsx), name="codes_statuscode_xlsx"),
            path("markdown/", admin_view(preview_markdown), name="codes_statuscode_markdown"),
            path("exchange/", admin_view(preview_exchange), name="codes_statuscode_exchange"),
            *super().get_urls(),
        ]

    @admin.action(description=_("Download table to translate (CSV)"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[StatusCode]) -> HttpResponse:
        return self._export(queryset, "csv")

    @admin.action(description=_("Download table to translate (Excel)"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[StatusCode]) -> HttpResponse:
        return self._export(queryset, "xlsx")

    @allow_methods("GET", "HEAD")
    def download_csv(self, request: HttpRequest) -> HttpResponse:
        return self._download(request, "csv")

    @allow_methods("GET", "HEAD")
    def download_xlsx(self, request: HttpRequest) -> HttpResponse:
        return self._download(request, "xlsx")

    def _download(self, request: HttpRequest, file_format: str) -> HttpResponse:
        """Return the table of the codes that the list shows under the filters in the address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            codes = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise BadRequest from error
        return self._export(codes, file_format)

    def _export(self, queryset: QuerySet[StatusCode], file_format: str) -> HttpResponse:
        codes = queryset.order_by("number").prefetch_related(*translation_tables.WITH_TEXTS)
        content = translation_tables.export_table(codes, file_format)
        disposition = {"Content-Disposition": f'attachment; filename="status-codes.{file_format}"'}
        return HttpResponse(content, content_type=translation_tables.FORMATS[file_format], headers=disposition)

    def translation_table_view(self, request: HttpRequest) -> HttpResponse:
        """Take a translator's table back: show the differences, and save them once they are confirmed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": _("Upload translated table"), "opts": self.opts}
        try:
            if "signed" in request.POST:
                raw = signing.loads(request.POST["signed"], salt="texts", max_age=CONFIRMATION_MAX_AGE)
                differences = [translation_tables.Difference(*each) for each in raw]
                translation_tables.apply(differences, request.user, gettext("From translators"))
                if settings.REQUIRE_FOUR_EYES:
                    messages.success(request, gettext("The texts were saved as drafts, for another editor to publish."))
                else:
                    messages.success(request, gettext("The texts were saved."))
                return redirect("admin:codes_statuscode_changelist")
            if upload := request.FILES.get("table"):
                if (upload.size or 0) > MAX_BYTES:
                    raise translation_tables.InvalidTable([gettext("The file is too large.")])
                file_format = (upload.name or "").rpartition(".")[2].lower()
                differences = translation_tables.parse_table(upload.read(), file_format)
                shown = [dataclasses.astuple(each) for each in differences]
                context |= {"differences": differences, "changes": translation_tables.changes(differences)}
                context |= {"signed": signing.dumps(shown, salt="texts", compress=True)}
        except translation_tables.InvalidTable as invalid:
            context["reasons"] = invalid.reasons
        except signing.BadSignature:
            context["reasons"] = [gettext("The list of differences is too old. Upload the table again.")]
        return TemplateResponse(request, "admin/codes/statuscode/translations.html", context)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for each in formset.forms:
            if isinstance(each, ExchangeInlineForm) and each.has_changed():
                for problem in each.length_problems:
                    messages.warning(request, f"{each.instance}: {problem}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer beside the form the defining section, and the next entry of the review queue."""
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 4 else 0
        waiting = review.failing_any().exclude(number=number)
        # A save that leads back to the list shows neither.
        extra_context = {
            "reference": SimpleLazyObject(Reference.objects.filter(code=number).first),
            "next_waiting": SimpleLazyObject(lambda: waiting.filter(number__gt=number).first() or waiting.first()),
        } | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The number is the primary key: changing it would create a second entry and leave the first.
        return ["number"] if obj else []
