"""Addresses of the whole site. Korean has no prefix, English is under /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from codes.sitemaps import SITEMAPS
from codes.urls import data_patterns
from statuscodes.web import errors, views
from statuscodes.web.decorators import public

admin.site.site_header = admin.site.site_title = _("HTTP status codes")
admin.site.index_title = _("Catalogue and accounts")

urlpatterns = [
    path("sitemap.xml", public(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_page, name="metrics"),
    path("", include((data_patterns, "data"))),
    *i18n_patterns(
        path("site.webmanifest", views.manifest, name="manifest"),
        path("opensearch.xml", views.opensearch, name="opensearch"),
        path(settings.ADMIN_PATH, admin.site.urls),
        path("", include("codes.urls")),
        prefix_default_language=False,
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
