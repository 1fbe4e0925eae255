"""Problem details for HTTP APIs (RFC 9457): how addresses for programs answer with an error."""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.functional import Promise
from django.utils.translation import override


def problem_response(
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
