"""The page of changes, and the feed of them."""

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from codes.models import Announcement, pages_about
from statuscodes.web.decorators import public

from .pagination import page_of
from .rows import Row

CHANGES_PER_PAGE = 50
CHANGES_IN_FEED = 50
TAG_YEAR = 2026  # in which the site began; with the host it makes ids that nobody else makes (RFC 4151)


@public
def changes(request: HttpRequest) -> HttpResponse:
    """List what editors told of changes, the newest first."""
    page = page_of(request, Announcement.objects.all(), CHANGES_PER_PAGE)
    days = groupby(_rows(page.object_list), key=lambda row: localtime(row["at"]).date())
    return render(request, "codes/changes.html", {"page": page, "days": [(day, list(rows)) for day, rows in days]})


def _rows(announcements: Iterable[Announcement]) -> list[Row]:
    """Return what a list or the feed shows of each line: its text, and the name and address of what it is about."""
    announcements = list(announcements)
    pages = pages_about(announcements)
    rows = []
    for each in announcements:
        name, url = pages.get(each.about, ("", ""))
        rows.append({"slug": each.slug, "at": each.announced_at, "line": each.line, "name": name, "url": url})
    return rows


@public
def feed(request: HttpRequest) -> HttpResponse:
    """Return the newest changes as a feed (Atom, RFC 4287)."""
    return ChangesFeed()(request)


class ChangesFeed(Feed):
    """The newest changes, under the site's own address whatever Host header was sent."""

    feed_type = Atom1Feed
    author_name = gettext_lazy("HTTP status codes")
    subtitle = gettext_lazy("What changed in the catalogue")
    feed_copyright = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"

    def title(self) -> str:
        return f"{gettext('HTTP status codes')}: {pgettext('page', 'Changes')}"

    def link(self) -> str:
        return f"{settings.SITE_URL}{reverse('codes:changes')}"

    def feed_url(self) -> str:
        return f"{settings.SITE_URL}{reverse('codes:feed')}"

    def feed_guid(self) -> str:
        return _tag("changes")

    def items(self) -> list[Row]:
        return _rows(Announcement.objects.all()[:CHANGES_IN_FEED])

    def item_title(self, item: Row) -> str:
        return f"{item['name']}: {item['line']}" if item["name"] else str(item["line"])

    def item_description(self, item: Row) -> str:
        return escape(item["line"])  # read as HTML

    def item_link(self, item: Row) -> str:
        return f"{settings.SITE_URL}{item['url']}" if item["url"] else f"{self.link()}#{item['slug']}"

    def item_guid(self, item: Row) -> str:
        return _tag(f"changes/{item['slug']}")

    def item_updateddate(self, item: Row) -> object:
        return item["at"]


def _tag(name: str) -> str:
    """Return an id that stays the same wherever the feed and its pages may move (a tag URI, RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{TAG_YEAR}:{get_language()}/{name}"
