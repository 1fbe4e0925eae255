"""The admin of what readers leave for the editors: their reports, and searches that found nothing."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language_from_path, ngettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from codes.models import ErrorText, MissedSearch, ReaderReport, ReportState

from .links import change_url

# The kind of entry that a public page is about, by the name of its address.
MODELS = {
    "codes:category": "category",
    "codes:detail": "statuscode",
    "codes:code_lines": "statuscode",
    "codes:code_errors": "statuscode",
    "codes:situations_of": "statuscode",
    "codes:rules": "ruleset",
    "codes:group": "confusiongroup",
    "codes:situation": "situation",
    "codes:question": "question",
}


def form_of(report: ReaderReport) -> str:
    """Return the address of the form of the entry that a report is about, "" for a page of no entry."""
    try:
        with override(get_language_from_path(report.path) or settings.LANGUAGE_CODE):
            match = resolve(report.path)
    except Resolver404:
        return ""
    if match.view_name == "codes:product_errors" and report.section:
        return change_url(f"{ErrorText._meta.model_name} {report.section}")
    model = MODELS.get(match.view_name)
    return change_url(f"{model} {next(iter(match.kwargs.values()))}") if model else ""


@admin.register(ReaderReport)
class ReaderReportAdmin(admin.ModelAdmin):
    """Reports are read and marked as done here; only readers write them."""

    list_display = ["received_at", "brief", "page", "language", "state"]
    list_display_links = ["received_at", "brief"]
    list_filter = ["state", "language"]
    search_fields = ["text", "path"]
    actions = ["mark_done", "mark_open"]
    list_per_page = 50
    change_form_template = "admin/change_form.html"  # without what is for entries
    fields = ["shown_text", "page", "language", "received_at", "state"]
    readonly_fields = ["shown_text", "page", "language", "received_at"]

    @admin.display(description=pgettext_lazy("of a report", "text"))
    def brief(self, report: ReaderReport) -> str:
        return report.text if len(report.text) <= 120 else f"{report.text[:119]}…"

    @admin.display(description=pgettext_lazy("of a report", "text"))
    def shown_text(self, report: ReaderReport) -> SafeString:
        return format_html('<div class="report-text">{}</div>', report.text)

    @admin.display(description=_("page"))
    def page(self, report: ReaderReport) -> SafeString:
        """The section that the report is about, and the form of its entry."""
        page = format_html('<a href="{}">{}</a>', report.address, report.address)
        form = form_of(report)
        return page + format_html(' · <a href="{}">{}</a>', form, _("Form of the entry")) if form else page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ReaderReport.drop_oldest_done()

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[ReaderReport]) -> None:
        count = queryset.update(state=ReportState.DONE)
        ReaderReport.drop_oldest_done()
        text = ngettext("%(count)d report is done.", "%(count)d reports are done.", count)
        messages.success(request, text % {"count": count})

    @admin.action(description=_("Open again"), permissions=["change"])
    def mark_open(self, request: HttpRequest, queryset: QuerySet[ReaderReport]) -> None:
        count = queryset.update(state=ReportState.OPEN)
        text = ngettext("%(count)d report is open again.", "%(count)d reports are open again.", count)
        messages.success(request, text % {"count": count})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(MissedSearch)
class MissedSearchAdmin(admin.ModelAdmin):
    """What people searched for in vain. An editor deletes what has been dealt with."""

    list_display = ["text", "count", "last_on", "search_again"]
    list_display_links = None
    search_fields = ["text"]
    list_per_page = 100

    @admin.display(description=_("now"))
    def search_again(self, search: MissedSearch) -> SafeString:
        """A link to what the search finds today."""
        address = f"{reverse('codes:search')}?{urlencode({'all': '1', 'q': search.text})}"
        return format_html('<a href="{}">{}</a>', address, _("Search again"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
