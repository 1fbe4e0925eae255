"""Pages for programs: health checks, metrics, robots.txt, the OpenSearch description."""

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import CONTENT_TYPE_LATEST

from statuscodes.monitoring import metrics
from statuscodes.page_cache.poller import poller

from .checks import static_files_are_collected
from .decorators import public, read_only, without_database, without_slot
from .errors import RETRY_AFTER
from .methods import READ_ONLY, allow_methods, method_response


@public
@without_database
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers that everything is open, and where the sitemap is (RFC 9309)."""
    lines = ["User-agent: *", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@read_only
@without_database
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect browsers that ask at the root to the icon."""
    return redirect(static("favicon.svg"))


@public
@without_database
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe how a browser's address bar can search this site (OpenSearch 1.1)."""
    return render(
        request,
        "opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


@public
@without_database
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the site to a browser that puts it on a home screen (Web Application Manifest)."""
    data = {
        "name": gettext("HTTP status codes"),
        "short_name": pgettext("brand", "Status codes"),
        "lang": get_language(),
        "start_url": reverse("codes:list"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fcfbf8",
        "theme_color": "#fcfbf8",
        "icons": [
            {"src": static(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@read_only
@without_database
@without_slot
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while this process can serve; the body says whether the database answers and the poller runs."""
    data = {"status": "ok", "database": "away" if poller.is_unavailable else "ok", "poller": poller.state}
    return JsonResponse(data, headers={"Cache-Control": "no-store"})


@read_only
@without_database
@without_slot
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while everything works here, 503 without the database or collected files. Redis is not required."""
    database = poller.is_ready if poller.is_started else _database_answers()
    collected = static_files_are_collected()
    ready = database and collected
    headers = {"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": str(RETRY_AFTER)})
    data = {
        "database": "ok" if database else "away",
        "static": "ok" if collected else "missing",
        "poller": poller.state,
        "revision": poller.number,
    }
    return JsonResponse(data, status=200 if ready else 503, headers=headers)


def _database_answers() -> bool:
    """Ask the database itself, where nothing polls it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


@csrf_exempt
@allow_methods()
@without_database
@without_slot
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Show the metrics to clients that send METRICS_TOKEN, and 404 to all others, whatever the method."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    if refusal := method_response(request, READ_ONLY):
        return refusal
    text = metrics.render(revision=poller.number, database_up=poller.is_fresh)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
