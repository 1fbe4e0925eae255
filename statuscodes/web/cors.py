"""Cross-origin requests (CORS): scripts of any site may read what is for programs, and nothing else."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# In any case and with a slash too: such an address has nothing, and says so in the same form.
SUFFIX = re.compile(r"\.(?:json|ndjson|csv|txt|md|atom)/?\Z", re.IGNORECASE)
API_CATALOG = "/.well-known/api-catalog"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def is_machine_readable(path: str) -> bool:
    """Return whether a path is an address for programs, whether or not there is anything at it."""
    if path == API_CATALOG:
        return True
    languages = ["/", *(f"/{code}/" for code, _name in settings.LANGUAGES)]
    closed = (f"/{settings.STATIC_URL.strip('/')}/", *(prefix + settings.ADMIN_PATH for prefix in languages))
    return bool(SUFFIX.search(path)) and path != "/robots.txt" and not path.startswith(closed)


class CORSMiddleware:
    """Let scripts of any site read the addresses for programs, their errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_machine_readable(request.path):
            headers = CORS | PREFLIGHT if request.method == "OPTIONS" else CORS
            for name, value in headers.items():
                response.headers[name] = value
        return response
