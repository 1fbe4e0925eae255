"""Addresses that machines ask for."""

from django.conf import settings
from django.db import Error, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from codes.decorators import public, read_only


@public
def robots(request):
    lines = ["User-agent: *", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@read_only
def favicon(request):
    return redirect(static("favicon.svg"))


@public
def opensearch(request):
    """The description by which a browser's address bar can search this site (OpenSearch 1.1)."""
    return render(
        request,
        "opensearch.xml",
        {"site": settings.SITE_URL},
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


@read_only
def healthz(request):
    """200 while this process can serve; the body says whether what it depends on answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = "ok"
    except Error:
        database = "away"
    return JsonResponse({"status": "ok", "database": database}, headers={"Cache-Control": "no-store"})
