"""How much content a request announces, known before any of it is read."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

MAX_DIGITS = 18  # that are read: more bytes than any limit


def content_length(request: HttpRequest) -> int:
    """Return the Content-Length of a request in bytes (RFC 9110 section 8.6), 0 for a request without one.

    Raise BadRequest for a value that is no number of bytes.
    """
    value = request.META.get("CONTENT_LENGTH") or "0"
    if not (value.isascii() and value.isdecimal()):
        raise BadRequest(_("The Content-Length of the request is no number of bytes."))
    return int(value.lstrip("0")[:MAX_DIGITS] or 0)
