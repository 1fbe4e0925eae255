"""HTTP policy for public views: methods, caching, and whether the database is needed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .methods import READ_ONLY, allow_methods

View = Callable[..., HttpResponse]


def read_only(view: View) -> View:
    """Allow GET and HEAD: MethodMiddleware answers any other method with 405 and our own page."""
    return allow_methods(*READ_ONLY)(view)


def without_database(view: View) -> View:
    """Mark a view as not needing the database."""
    view.needs_database = False  # type: ignore[attr-defined]
    return view


def without_slot(view: View) -> View:
    """Mark a view as answering at once, however many other requests are being processed (see concurrency.py)."""
    view.needs_slot = False  # type: ignore[attr-defined]
    return view


STALE = "stale-while-revalidate=300, stale-if-error=86400"
# Browsers revalidate soon, which costs a 304; shared caches a little later, and they serve stale pages when we do not
# answer. s-maxage forbids that (RFC 9111 section 5.2.2.10); caches that know RFC 9213 read the second header instead.
PUBLIC = {
    "Cache-Control": f"public, max-age=10, s-maxage=30, {STALE}",
    "CDN-Cache-Control": f"max-age=30, {STALE}",
}


def public(view: View) -> View:
    """Mark a page that depends on its address and the catalogue alone, so that any cache may store it.

    A view that sets Cache-Control itself has its reason, and is left alone.
    """

    @read_only
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code in (200, 302) and "Cache-Control" not in response.headers:
            # An editor's browser must not show the page as it was before the save.
            has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
            for name, value in PUBLIC.items() if not has_session else [("Cache-Control", "private, no-cache")]:
                response.headers[name] = value
        return response

    return wrapper


def no_store(view: View) -> View:
    """Keep every response of a view out of all caches."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return wrapper


def connecting_to(*names: str) -> Callable[[View], View]:
    """Let a page's scripts connect to the addresses with these names alone: see SecurityHeadersMiddleware."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.connect_sources = [f"{settings.SITE_URL}{reverse(name)}" for name in names]  # type: ignore[attr-defined]
            return response

        return wrapper

    return decorator
