"""Middleware: request log, security headers, the page's language, bad requests, slashes, an unavailable database."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.utils import translation
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from statuscodes.monitoring import metrics
from statuscodes.monitoring.logging import request_id
from statuscodes.page_cache.poller import poller

from .inline import contained_sources
from .methods import READ_ONLY

log = logging.getLogger(__name__)

MAX_QUERY_STRING = 48_000  # bytes: a transcript of 20,000 characters in the search field, without script

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """Give each request an id that is part of every line of the log, and count and time its answer.

    The log has the path and no query: what people search for is private.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        number = given if re.fullmatch("[0-9A-Za-z-]{8,64}", given) else uuid.uuid4().hex
        token = request_id.set(number)
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            metrics.ANSWERS.labels(response.status_code).inc()
            metrics.SECONDS.observe(seconds)
            log.info(
                "%s %s %d",
                request.method,
                request.path,
                response.status_code,
                extra={"milliseconds": round(seconds * 1000, 1)},
            )
            if response.status_code >= 400:
                response.headers["X-Request-ID"] = number
            return response
        finally:
            request_id.reset(token)


class DatabaseUnavailableMiddleware:
    """Answer 503 at once, for every view that needs the database, while it is known to be unavailable.

    A request also notices when the poller, which knows that, is gone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        poller.ensure_running()
        if getattr(view, "needs_database", True):
            poller.require_database()


class SecurityHeadersMiddleware:
    """Add what Django 5.2 does not: Content-Security-Policy and its companions.

    SECURE_CSP has the shape of Django 6's own setting, so that this class can go once Django is 6. A response with
    `connect_sources` lets its scripts connect to these and to nothing else.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Django's technical error pages, shown only while DEBUG is on, have inline style and script.
        if not settings.DEBUG:
            response.headers.setdefault("Content-Security-Policy", _policy(request, response))
            for name, value in self.headers.items():
                response.headers.setdefault(name, value)
        return response


def _policy(request: HttpRequest, response: HttpResponse) -> str:
    """Return the Content-Security-Policy of a response: with the digests of what the page contains, by directive."""
    contained = contained_sources(request)
    policy = {name: [*sources, *contained.get(name, [])] for name, sources in settings.SECURE_CSP.items()}
    policy["connect-src"] = getattr(response, "connect_sources", policy["connect-src"])
    return "; ".join(" ".join([directive, *sources]) for directive, sources in policy.items())


class PathLanguageMiddleware:
    """Take the language from the address alone: English under /en/, Korean everywhere else.

    Django's LocaleMiddleware also reads cookies and Accept-Language and answers with a Vary header, so that no cache
    could store a page under its address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class CleanRequestMiddleware:
    """Answer requests that no page can read with 400: NUL characters, endless queries, forms in other charsets."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_STRING:
            raise BadRequest(_("The query is longer than %(limit)d bytes.") % {"limit": MAX_QUERY_STRING})
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            raise BadRequest(_("The address contains a NUL character."))
        # Python knows codecs such as zip, which fail in the middle of reading a form.
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            request.encoding = "utf-8"  # the error page reads the query
            raise BadRequest(_("Forms are read in UTF-8 only."))
        return self.get_response(request)


class AppendSlashMiddleware(CommonMiddleware):
    """Django's CommonMiddleware, with 308 instead of 301 for methods other than GET and HEAD.

    After a 301 to a POST most clients send GET (RFC 9110 section 15.4.2), and would take the page for an answer.
    """

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        answer: Any = super().process_response(request, response)
        return answer if answer is response else redirect_permanently(request, answer.url)


def redirect_permanently(request: HttpRequest, address: str) -> HttpResponse:
    """Return a 301 to GET and HEAD, and a 308 to other methods, which keeps method and content."""
    return HttpResponsePermanentRedirect(address, preserve_request=request.method not in READ_ONLY)
