from functools import wraps

from django.conf import settings
from django.views.decorators.csrf import csrf_exempt

from statuscodes.errors import error_page


def read_only(view):
    """Allow GET and HEAD, and answer anything else with 405 and our own page.

    Exempt from CSRF, because that check comes first and would call every POST a forgery (403).
    """

    @csrf_exempt
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        return error_page(request, 405, headers={"Allow": "GET, HEAD"})

    return wrapper


def without_database(view):
    """Say of a view that it can answer while the database is away."""
    view.needs_database = False
    return view


STALE = "stale-while-revalidate=300, stale-if-error=86400"
# Browsers ask again soon, which costs a 304; shared caches a little later, and keep answering when we do not. s-maxage
# forbids them the last (RFC 9111 section 5.2.2.10); those that know RFC 9213 read the second header instead.
PUBLIC = {
    "Cache-Control": f"public, max-age=10, s-maxage=30, {STALE}",
    "CDN-Cache-Control": f"max-age=30, {STALE}",
}


def public(view):
    """A page that depends on its address and the catalogue alone: anybody may keep it."""

    @read_only
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code in (200, 302):
            # An editor's browser must not show the page as it was before the save.
            known = settings.SESSION_COOKIE_NAME in request.COOKIES
            for name, value in PUBLIC.items() if not known else [("Cache-Control", "private, no-cache")]:
                response.headers[name] = value
        return response

    return wrapper
