"""Request methods: which the site knows, and which each address takes (RFC 9110 section 9)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _

from .errors import error_page

READ_ONLY = ("GET", "HEAD")
READ_AND_POST = ("GET", "HEAD", "POST")  # of views that name none, such as the admin's
# RFC 9110, RFC 5789 and RFC 10008. Any other gets 501: not known here, whatever the address.
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}


def allow_methods(*methods: str) -> Callable[[Any], Any]:
    """Name the methods of a view. Without any, the view answers every method itself."""

    def mark(view: Any) -> Any:
        view.allowed_methods = methods
        return view

    return mark


def method_response(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse | None:
    """Return the answer to OPTIONS, or to a method that the address does not take; None for one that it does."""
    allow = {"Allow": ", ".join([*allowed, "OPTIONS"])}
    if request.method in allowed:
        return None
    if request.method == "OPTIONS":
        response = HttpResponse(status=204, headers=allow)
        del response.headers["Content-Type"]  # there is no content
        return response
    if request.method not in KNOWN_METHODS:
        response = error_page(request, 501)
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django writes each 5xx to the log as an error of ours
        return response
    reason = _("This page can be read, and nothing else.") if allowed == READ_ONLY else ""
    return error_page(request, 405, reason=reason, headers=allow)


class MethodMiddleware:
    """Answer OPTIONS, and refuse methods that nobody knows with 501 and those that the view does not take with 405.

    Before the CSRF check, which would answer every POST with 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # "OPTIONS *" is about the whole server (RFC 9110 section 9.3.7).
        if request.method not in KNOWN_METHODS or (request.method == "OPTIONS" and request.path_info == "*"):
            return method_response(request, READ_AND_POST)  # type: ignore[return-value]
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            # Django's own views have no page for it.
            return error_page(request, 405, headers={"Allow": response.headers["Allow"]})
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        allowed = getattr(view, "allowed_methods", READ_AND_POST)
        return method_response(request, allowed) if allowed else None
