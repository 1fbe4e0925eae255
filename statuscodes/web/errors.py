"""Error pages. They use no database, session or cache, because they must work when those do not."""

import logging
import re
import sys
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .cors import is_machine_readable
from .problem_details import problem_response

log = logging.getLogger(__name__)
RETRY_AFTER = 10  # seconds; the database is back by then, or somebody has been called
# Messages of SQLite and PostgreSQL when they can be read but not written.
READ_ONLY_ERROR = re.compile("readonly|read-only|disk is full|no space left", re.IGNORECASE)
NUMBER = re.compile("(?<![0-9])[0-9]{3}(?![0-9])")

ERRORS = {
    400: (pgettext_lazy("status code", "Bad Request"), _("The server could not make sense of this request.")),
    403: (pgettext_lazy("status code", "Forbidden"), _("The server understood the request and refuses it.")),
    404: (pgettext_lazy("status code", "Not Found"), _("There is no page at this address.")),
    405: (pgettext_lazy("status code", "Method Not Allowed"), _("This address does not take that method.")),
    429: (pgettext_lazy("status code", "Too Many Requests"), _("There were too many tries in a short time.")),
    500: (
        pgettext_lazy("status code", "Internal Server Error"),
        _("Something broke on our side. It is not your fault."),
    ),
    501: (pgettext_lazy("status code", "Not Implemented"), _("The server does not know this method.")),
    503: (pgettext_lazy("status code", "Service Unavailable"), _("The site cannot do this for the moment.")),
}


def error_page(
    request: HttpRequest,
    status: int,
    *,
    reason: str | Promise = "",
    meant: int | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return a page that explains a failure and is itself a correct example of its status code.

    `reason` is a sentence for the reader about this failure, `meant` a number whose page the reader may have meant. If
    not even that page can be rendered, its first line is plain text. Addresses for programs get problem details.
    """
    name, summary = ERRORS[status]
    if is_machine_readable(request.path):
        return problem_response(request, status, reason or summary, headers=headers)
    context = {
        "status": status,
        "status_class": status // 100,
        "phrase": HTTPStatus(status).phrase,
        "name": name,
        "summary": summary,
        "reason": reason,
        "meant": meant,
    }
    try:
        response = render(request, "error.html", context, status=status)
    except Exception:  # no descriptor left to open the template, or the static files are not collected
        log.exception("the error page cannot be rendered")
        text = f"{status} {HTTPStatus(status).phrase}\n"
        response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    for header, value in (headers or {}).items():
        response.headers[header] = value
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 400."""
    # The text of a BadRequest is ours and written for readers; other exceptions describe Django's internals.
    return error_page(request, 400, reason=str(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 403."""
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Handle a form without a valid CSRF token."""
    return error_page(request, 403, reason=_("The form was too old or did not come from this site. Load it again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 404. Offer the code whose number is in the address."""
    found = NUMBER.search(request.path)
    return error_page(request, 404, meant=int(found[0]) if found else None)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handle an exception: 503 while the database is unavailable or cannot be written, else 500."""
    error = sys.exc_info()[1]
    is_read_only = isinstance(error, DatabaseError) and READ_ONLY_ERROR.search(str(error))
    # A corrupt SQLite file raises plain DatabaseError; any other subclass is a bug.
    is_unavailable = isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
    if not is_read_only and not is_unavailable:
        return error_page(request, 500)
    reason = (
        _("Nothing can be saved for now. Reading goes on; what you typed is kept in this browser tab.")
        if is_read_only
        else _("Its database does not answer.")
    )
    return error_page(request, 503, reason=reason, headers={"Retry-After": str(RETRY_AFTER)})
