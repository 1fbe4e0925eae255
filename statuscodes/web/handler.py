"""Django's WSGI handler with requests that keep the method's letter case and survive any Content-Type."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

UNREADABLE = "application/octet-stream; charset=unknown"


class Request(WSGIRequest):
    """A request as the client meant it."""

    def __init__(self, environ: dict[str, Any]) -> None:
        try:
            super().__init__(environ)
        except (LookupError, ValueError, SuspiciousOperation):
            # Django fails on a Content-Type whose charset Python knows and cannot use for text, such as zip. With an
            # unknown charset there is a request, which CleanRequestMiddleware answers with 400.
            super().__init__(environ | {"CONTENT_TYPE": UNREADABLE})
        # Methods are case-sensitive (RFC 9110 section 9.1). Django takes "head" for HEAD; the server does not, and the
        # client would wait for content that never comes.
        self.method = environ["REQUEST_METHOD"]


class Handler(WSGIHandler):
    request_class = Request
