from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from .models import Category, ConfusionGroup, StatusCode


class CatalogueSitemap(Sitemap):
    """Every public page in both languages, at the site's own address whatever Host header was sent."""

    i18n = True
    alternates = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class FrontSitemap(CatalogueSitemap):
    def items(self):
        return ["codes:list", "codes:groups"]

    def location(self, item):
        return reverse(item)


class CategorySitemap(CatalogueSitemap):
    def items(self):
        return Category.objects.all()


class CheckedSitemap(CatalogueSitemap):
    def lastmod(self, item):
        return item.checked_on


class CodeSitemap(CheckedSitemap):
    def items(self):
        return StatusCode.objects.all()


class GroupSitemap(CheckedSitemap):
    def items(self):
        return ConfusionGroup.objects.all()


SITEMAPS = {"pages": FrontSitemap, "classes": CategorySitemap, "codes": CodeSitemap, "groups": GroupSitemap}
