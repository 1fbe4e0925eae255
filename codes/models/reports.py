"""What readers leave for the editors: corrections, and searches that found nothing. Never who they are."""

from typing import Any

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import PrintableTexts


class ReportState(models.TextChoices):
    """Whether a report waits for an editor."""

    OPEN = "open", pgettext_lazy("report", "open")
    DONE = "done", pgettext_lazy("report", "done")


class ReaderReport(PrintableTexts):
    """What a reader says is wrong or missing, and on which page."""

    MAX_LENGTH = 2_000  # characters
    MAX_OPEN = 500  # reports that wait for an editor; further ones are refused
    MAX_DONE = 1_000  # the oldest make room

    text = models.TextField(pgettext_lazy("of a report", "text"), max_length=MAX_LENGTH)
    path = models.CharField(_("page"), max_length=200)
    section = models.CharField(pgettext_lazy("of a report", "section"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=2)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    state = models.CharField(
        pgettext_lazy("of a report", "state"), max_length=4, choices=ReportState, default=ReportState.OPEN
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("reader's report")
        verbose_name_plural = _("readers' reports")
        default_permissions = ["view", "change", "delete"]
        indexes = [models.Index(fields=["state"], name="report_state")]

    def __str__(self) -> str:
        return f"{self.address} · {localtime(self.received_at):%Y-%m-%d %H:%M}"

    @property
    def address(self) -> str:
        """The address of the section."""
        return f"{self.path}#{self.section}" if self.section else self.path

    @classmethod
    def receive(cls, **values: Any) -> "ReaderReport | None":
        """Save and return a report; return None if too many are open."""
        if cls.objects.filter(state=ReportState.OPEN).count() >= cls.MAX_OPEN:
            return None
        return cls.objects.create(**values)

    @classmethod
    def drop_oldest_done(cls) -> None:
        """Delete the oldest of the reports that are done, if there are more than may stay."""
        done = cls.objects.filter(state=ReportState.DONE).order_by("-pk").values_list("pk", flat=True)
        if last := done[cls.MAX_DONE - 1 :].first():
            cls.objects.filter(state=ReportState.DONE, pk__lt=last).delete()


class MissedSearch(models.Model):
    """A search that found nothing, by its normalised text, and how often."""

    MAX_LENGTH = 40  # characters
    MAX_ROWS = 1_000  # those that were searched least make room

    text = models.CharField(pgettext_lazy("of a search", "text"), primary_key=True, max_length=MAX_LENGTH)
    count = models.PositiveIntegerField(_("times"), default=0)
    last_on = models.DateField(_("last on"))

    class Meta:
        ordering = ["-count", "-last_on", "text"]
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        default_permissions = ["view", "delete"]

    def __str__(self) -> str:
        return self.text
