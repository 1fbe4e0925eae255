"""Addresses for programs: scripts of any site may read them, and their errors are problem details (RFC 9457)."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.functional import Promise
from django.utils.translation import override

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


def is_open_data(path: str) -> bool:
    """Return whether an address is one for programs, whether or not there is anything."""
    if path == API_CATALOG:
        return True
    languages = ["/", *(f"/{code}/" for code, _name in settings.LANGUAGES)]
    closed = (f"/{settings.STATIC_URL.strip('/')}/", *(prefix + settings.ADMIN_PATH for prefix in languages))
    return bool(SUFFIX.search(path)) and path != "/robots.txt" and not path.startswith(closed)


class OpenDataMiddleware:
    """Let scripts of any site read the addresses for programs (CORS), their errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_open_data(request.path):
            headers = CORS | PREFLIGHT if request.method == "OPTIONS" else CORS
            for name, value in headers.items():
                response.headers[name] = value
        return response


def problem(
    request: HttpRequest,
    status: int,
    detail: str | Promise,
    *,
    kind: str = "",
    title: str = "",
    headers: dict[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """Return problem details about a request, with further members.

    The type is `kind`, or else this site's page of the status code. `detail` is given in both languages if it is
    translated lazily.
    """
    details = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            details.append(str(detail))
    with override(settings.LANGUAGE_CODE):
        page = f"{settings.SITE_URL}{reverse('codes:detail', args=[status])}"
    data = {
        "type": kind or page,
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": " ".join(dict.fromkeys(details)),
        "instance": escape_uri_path(request.path),
    }
    text = json.dumps(data | members, ensure_ascii=False, indent=2)
    response = HttpResponse(f"{text}\n", status=status, content_type="application/problem+json")
    response.headers["Content-Language"] = "ko, en"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response
