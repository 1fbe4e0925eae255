"""What the page of changes and its feeds tell: lines that editors wrote about saves worth telling."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import MomentField
from codes.texts.localized import localized

from .base import Entry
from .codes import Category, StatusCode
from .errors import ErrorText
from .groups import ConfusionGroup
from .history import EntrySnapshot
from .rules import RuleSet
from .situations import Question, Situation

# The kinds of entries that have a page of their own, by the first word of their keys.
KINDS: dict[str, type[Entry]] = {
    str(model._meta.model_name): model
    for model in (Category, RuleSet, StatusCode, ConfusionGroup, ErrorText, Situation, Question)
}
# Pages of many entries, which a line may be about too.
PAGES = ["list", "groups", "errors", "situations", "questions", "convention", "sheet", "data", "about"]


class Announcement(Entry):
    """A line, in both languages, on what a save of an entry means for readers.

    It is an entry itself, so that export, load and history keep it: a new installation has no history of its own, and
    gets the lines of fixtures/changes.yaml.
    """

    MAX_LINE_LENGTH = 160  # characters

    # Part of the address by which feed readers know the line, so it never changes.
    slug = models.SlugField(_("slug"), primary_key=True, max_length=60)
    announced_at = MomentField(_("told"), db_index=True)
    about = models.CharField(
        pgettext_lazy("of a change", "about"),
        max_length=80,
        blank=True,
        validators=[RegexValidator(r"\A[a-z]+(?: \S+)?\Z", _("Write it as “statuscode 404” or “errors”."))],
        help_text=_("An entry, as “statuscode 404”, or a page of many, as “errors”; empty for neither."),
    )
    line_ko = models.CharField(_("line (Korean)"), max_length=MAX_LINE_LENGTH)
    line_en = models.CharField(_("line (English)"), max_length=MAX_LINE_LENGTH)
    line = localized("line")

    class Meta:
        ordering = ["-announced_at", "-slug"]
        verbose_name = _("announced change")
        verbose_name_plural = _("announced changes")

    def __str__(self) -> str:
        return self.line

    def get_absolute_url(self) -> str:
        return f"{reverse('codes:changes')}#{self.slug}"

    def clean(self) -> None:
        kind, _space, pk = self.about.partition(" ")
        if self.about and kind not in (KINDS if pk else PAGES):
            raise ValidationError({"about": _("No entry or page has this name.")})

    @classmethod
    def of(cls, snapshot: EntrySnapshot, line_ko: str, line_en: str) -> "Announcement":
        """Save and return the line on a snapshot; a second one on the same snapshot takes the place of the first."""
        slug = f"{snapshot.saved_at:%Y%m%d-%H%M%S}-{snapshot.pk}"
        about = snapshot.key if snapshot.key.partition(" ")[0] in KINDS else ""
        values = {"announced_at": snapshot.saved_at, "about": about, "line_ko": line_ko, "line_en": line_en}
        return cls.objects.update_or_create(slug=slug, defaults=values)[0]


def pages_about(announcements: Iterable[Announcement]) -> dict[str, tuple[str, str]]:
    """Return (name, address) by what the lines are about, with one query a kind of entry.

    What has no page of its own, or no longer has one, is left out. Pages of many entries have no name.
    """
    keys = {each.about for each in announcements if each.about}
    found: dict[str, tuple[str, str]] = {key: ("", reverse(f"codes:{key}")) for key in keys if key in PAGES}
    for kind, model in KINDS.items():
        pks = [key.partition(" ")[2] for key in keys if key.startswith(f"{kind} ")]
        if pks:
            entries: Iterable[Any] = model._default_manager.filter(pk__in=pks)
            found |= {each.key: (str(each), each.get_absolute_url()) for each in entries}
    return found
