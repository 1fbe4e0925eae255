"""Addresses that machines ask for."""

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from codes.decorators import public, read_only, without_database
from codes.revisions import follower

from . import metrics
from .errors import RETRY_AFTER


@public
@without_database
def robots(request):
    lines = ["User-agent: *", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@read_only
@without_database
def favicon(request):
    return redirect(static("favicon.svg"))


@public
@without_database
def opensearch(request):
    """The description by which a browser's address bar can search this site (OpenSearch 1.1)."""
    return render(
        request,
        "opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


@read_only
@without_database
def healthz(request):
    """200 while this process can serve, whatever it depends on; the body says whether that answers."""
    return JsonResponse(
        {"status": "ok", "database": "away" if follower.is_away else "ok"}, headers={"Cache-Control": "no-store"}
    )


@read_only
@without_database
def readyz(request):
    """200 while everything can be done here, 503 while the database is away. A cache that is away is only slower."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ready = True
    except Error:
        ready = False
    headers = {"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": str(RETRY_AFTER)})
    data = {"database": "ok" if ready else "away", "revision": follower.number}
    return JsonResponse(data, status=200 if ready else 503, headers=headers)


@read_only
@without_database
def metrics_page(request):
    """For whoever has the token; nobody else learns that it exists."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
