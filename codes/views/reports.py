"""Readers' reports: a form that needs no account, about a page or a section of it."""

import math
import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from codes.models import ReaderReport
from codes.models.base import UNPRINTABLE
from statuscodes.web.clients import RateLimit
from statuscodes.web.content_length import content_length
from statuscodes.web.decorators import no_store, public, without_database
from statuscodes.web.errors import error_page
from statuscodes.web.methods import READ_AND_POST, allow_methods

# A page of this site, and perhaps a section: no other host, no query.
ABOUT = re.compile(r"(?P<path>/(?!/)[^\s#?\\]{0,199})(?:#(?P<section>[\w-]{1,60}))?")
MAX_REQUEST = 9 * ReaderReport.MAX_LENGTH + 4_000  # bytes: a Korean letter percent-encoded takes nine
FULL_RETRY_AFTER = 24 * 60 * 60  # seconds; by then an editor has read some
# Behind nginx, its own limit counts for all processes together.
limit = RateLimit(tries=5, total=60, window=60 * 60)
FORM_TYPE = "application/x-www-form-urlencoded"


class ReportForm(forms.Form):
    """What a reader has to say, as plain text."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong or missing?"),
        max_length=ReaderReport.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": gettext_lazy("Write what is wrong or missing."),
            "max_length": gettext_lazy("Write at most %(limit_value)d characters; these are %(show_value)d."),
        },
    )


# A token would need a cookie. The post speaks for nobody: without an account there is nothing that it could abuse.
@csrf_exempt
@allow_methods(*READ_AND_POST)
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, or take a report. Raise Http404 where readers cannot report, or for no page of this site."""
    about = ABOUT.fullmatch(request.GET.get("about", "/"))
    if not settings.READER_REPORTS or not about or UNPRINTABLE.search(about[0]):
        raise Http404
    return _receive(request, about) if request.method == "POST" else _page(request, about)


@public
def _page(request: HttpRequest, about: re.Match[str]) -> HttpResponse:
    return render(request, "codes/report.html", _context(about, ReportForm()))


@public
@without_database
def report_thanks(request: HttpRequest) -> HttpResponse:
    """Thank the reader for a report."""
    if not settings.READER_REPORTS:
        raise Http404
    return render(request, "codes/report_thanks.html")


@no_store
def _receive(request: HttpRequest, about: re.Match[str]) -> HttpResponse:
    """Store a report for the editors, and nothing of who sent it. Raise BadRequest for a wrong Content-Length."""
    if _is_from_elsewhere(request):
        return error_page(request, 403, reason=_("A report comes from this site's own form."))
    if content_length(request) > MAX_REQUEST or request.content_type != FORM_TYPE:
        return error_page(request, 400, reason=_("This is not what the form sends, or it is too long."))
    data = request.POST.copy()
    # Browsers send CRLF from a textarea, and count it as one character.
    data["text"] = UNPRINTABLE.sub("", data.get("text", "").replace("\r\n", "\n"))
    form = ReportForm(data)
    if not form.is_valid():
        return render(request, "codes/report.html", _context(about, form), status=400)
    if seconds := limit.wait(request):
        minutes = math.ceil(seconds / 60)
        reason = _("You sent several reports already. Try again in %(minutes)d minutes.") % {"minutes": minutes}
        return error_page(request, 429, reason=reason, headers={"Retry-After": str(math.ceil(seconds))})
    values = {"path": about["path"], "section": about["section"] or "", "language": get_language()}
    if not ReaderReport.receive(text=form.cleaned_data["text"], **values):
        reason = _("More reports are waiting than the editors can read. Please try again in some days.")
        return error_page(request, 503, reason=reason, headers={"Retry-After": str(FULL_RETRY_AFTER)})
    response = redirect("codes:report_thanks")
    response.status_code = 303  # whatever the method was, what follows is a page to read
    return response


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether a browser says that another site's page sent the request."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.get_host()


def _context(about: re.Match[str], form: ReportForm) -> dict[str, Any]:
    is_page = about["path"] != "/" or about["section"]
    return {"about": about[0] if is_page else "", "form": form, "max_length": ReaderReport.MAX_LENGTH}
