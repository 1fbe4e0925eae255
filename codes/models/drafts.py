"""Drafts: states of entries that are not published."""

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Max
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .history import OfEntry

NAME_FIELDS = ["name", "title", "text", "question"]  # of the kinds of entries: which one says what an entry is


class DraftQuerySet(models.QuerySet["Draft"]):
    """The named filters of drafts."""

    def of(self, key: str) -> Self:
        """Keep the saves of an entry's draft, the newest first."""
        return self.filter(key=key)

    def newest(self) -> Self:
        """Keep the newest save of each entry's draft."""
        newest = Draft.objects.order_by().values("key").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest).select_related("editor")


class Draft(OfEntry, models.Model):
    """A state of an entry that is not published, as the plain data of its fixture.

    An entry that was never published is here and nowhere else, so that no public page can know of it. Each save of a
    draft is a row, and the newest row is the draft. `number` counts them: of two saves of the same draft only one can
    take the next number.
    """

    MAX_SAVES = 20  # that are kept, to tell what changed

    key = models.CharField(pgettext_lazy("of the catalogue", "entry"), max_length=80)
    number = models.PositiveIntegerField()
    # The lock version of the published entry that the editor had seen; None if there was none.
    base_version = models.PositiveIntegerField(null=True, blank=True)
    data = models.JSONField(encoder=DjangoJSONEncoder)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("editor"), related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    announcement_ko = models.CharField(_("line for readers (Korean)"), max_length=160, blank=True)
    announcement_en = models.CharField(_("line for readers (English)"), max_length=160, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "-pk"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        default_permissions = ["delete"]
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="draft_number_once_an_entry")]

    def __str__(self) -> str:
        return f"{self.entry} {self.title}".rstrip()

    @property
    def model_name(self) -> str:
        """The kind of the entry: statuscode."""
        return self.key.partition(" ")[0]

    @property
    def pk_of_entry(self) -> str:
        """The primary key of the entry, as a text."""
        return self.key.partition(" ")[2]

    @property
    def is_new(self) -> bool:
        """Whether the entry was not published when the draft was saved."""
        return self.base_version is None

    @property
    def title(self) -> str:
        """What the entry is called in the active language."""
        fields: dict[str, Any] = self.data[0]["fields"]
        names = [f"{name}_{get_language()}" for name in NAME_FIELDS] + NAME_FIELDS
        return next((str(fields[name]) for name in names if fields.get(name)), "")
