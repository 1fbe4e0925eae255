"""Error pages. They ask no database, no session and no cache: they must work when those do not."""

import re
import sys
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RETRY_AFTER = 10  # seconds; the database is back by then, or somebody has been called
# What SQLite and PostgreSQL say when they can be read and not written.
TAKES_NOTHING = re.compile("readonly|read-only|disk is full|no space left", re.IGNORECASE)

ERRORS = {
    400: (pgettext_lazy("status code", "Bad Request"), _("The server could not make sense of this request.")),
    403: (pgettext_lazy("status code", "Forbidden"), _("The server understood the request and refuses it.")),
    404: (pgettext_lazy("status code", "Not Found"), _("There is no page at this address.")),
    405: (pgettext_lazy("status code", "Method Not Allowed"), _("This page can be read, and nothing else.")),
    429: (pgettext_lazy("status code", "Too Many Requests"), _("There were too many tries in a short time.")),
    500: (
        pgettext_lazy("status code", "Internal Server Error"),
        _("Something broke on our side. It is not your fault."),
    ),
    503: (pgettext_lazy("status code", "Service Unavailable"), _("The site cannot do this for the moment.")),
}


def error_page(request, status, *, reason="", headers=None):
    """A page that explains a failure and is itself a correct example of its status code."""
    name, summary = ERRORS[status]
    context = {
        "status": status,
        "status_class": status // 100,
        "phrase": HTTPStatus(status).phrase,
        "name": name,
        "summary": summary,
        "reason": reason,
    }
    response = render(request, "error.html", context, status=status)
    for header, value in (headers or {}).items():
        response.headers[header] = value
    return response


def bad_request(request, exception):
    # Our own refusals are sentences for the reader; Django's other ones speak of its inside.
    return error_page(request, 400, reason=str(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request, exception):
    return error_page(request, 403)


def csrf_failure(request, reason=""):
    return error_page(request, 403, reason=_("The form was too old or did not come from this site. Load it again."))


def not_found(request, exception):
    return error_page(request, 404)


def server_error(request):
    error = sys.exc_info()[1]
    takes_nothing = isinstance(error, DatabaseError) and TAKES_NOTHING.search(str(error))
    # A damaged SQLite file is a DatabaseError of no closer kind; the closer ones but for these are faults of ours.
    is_away = isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
    if not takes_nothing and not is_away:
        return error_page(request, 500)
    reason = (
        _("Nothing can be saved for now. Reading goes on; what you typed is kept in this browser tab.")
        if takes_nothing
        else _("Its database does not answer.")
    )
    return error_page(request, 503, reason=reason, headers={"Retry-After": str(RETRY_AFTER)})
