"""The admin of announced changes: the lines of the page of changes, to correct or to take back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from codes.models import Announcement

from .base import EntryAdmin
from .details import in_both_languages
from .entry_forms import EntryForm


class AnnouncementForm(EntryForm):
    """A line says what changed; saving it is not worth a line of its own."""

    announcement_ko = announcement_en = None


@admin.register(Announcement)
class AnnouncementAdmin(EntryAdmin):
    """Lines come with the save of an entry; one about many entries is added here."""

    form = AnnouncementForm
    has_drafts = False
    list_display = ["announced_at", "about", "line_ko", "line_en"]
    list_display_links = ["announced_at", "line_ko", "line_en"]
    search_fields = ["about", "line_ko", "line_en"]
    fields = [("slug", "announced_at", "about"), *in_both_languages("line")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []
