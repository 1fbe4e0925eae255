"""Django's WSGI handler with requests that keep the method's letter case and survive any Content-Type."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest

from .stack import on_large_stack

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
    """Django's handler, with a Content-Length for every answer that may have one.

    Without it the server counts the bytes of a GET and says nothing about a HEAD, whose fields should be the same.
    """

    request_class = Request

    @on_large_stack
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> Any:
        response: Any = super().get_response(request)
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            # Of a 204 it is forbidden (RFC 9110 section 8.6), of a 304 it would be the page's.
            del response.headers["Content-Length"]
        elif not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response
