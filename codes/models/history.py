"""Records about entries: saved states, the catalogue's revision, and what was last loaded."""

import time
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from codes.texts.localized import OTHER, localized


class EntrySnapshotQuerySet(models.QuerySet["EntrySnapshot"]):
    """Named conditions on snapshots."""

    def of_deleted_entries(self) -> Self:
        """Return the snapshots that record a deletion and are their entry's newest."""
        newer = EntrySnapshot.objects.filter(key=OuterRef("key"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer), data__isnull=True)


class OfEntry:
    """What a recorded state says of its entry and its time. The entry itself may be gone."""

    key: Any
    saved_at: Any

    @property
    def entry(self) -> str:
        """The entry's name for people."""
        model_name, _space, pk = self.key.partition(" ")
        try:
            model = apps.get_model("codes", model_name)
        except LookupError:
            return self.key  # of a model that is gone
        return f"{capfirst(model._meta.verbose_name)} {pk}"

    @property
    def when(self) -> str:
        """The local time of the save, to the minute."""
        return f"{localtime(self.saved_at):%Y-%m-%d %H:%M}"


class EntrySnapshot(OfEntry, models.Model):
    """A saved state of an entry, as the plain data of its fixture. `data` is None if the entry was deleted."""

    MAX_SUMMARY_LENGTH = 250  # characters

    key = models.CharField(pgettext_lazy("of the catalogue", "entry"), max_length=80, db_index=True)
    lock_version = models.PositiveIntegerField(_("lock version"), null=True, db_column="number")
    data = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("editor"), related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), auto_now_add=True)
    # Who wrote the draft that this save published; None for a save that was no draft.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("author"), related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Recorded with the snapshot, so that a list of snapshots need not read them. Older ones have none.
    summary_ko = models.CharField(_("what changed"), max_length=MAX_SUMMARY_LENGTH, blank=True, db_default="")
    summary_en = models.CharField(_("what changed"), max_length=MAX_SUMMARY_LENGTH, blank=True, db_default="")
    summary = localized("summary")

    objects = EntrySnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = pgettext_lazy("of an entry", "version")
        verbose_name_plural = pgettext_lazy("of an entry", "versions")
        default_permissions = ["view"]
        db_table = "codes_version"

    def __str__(self) -> str:
        return f"{self.entry} · {self.when}"

    @property
    def previous(self) -> "EntrySnapshot | None":
        """The snapshot before this one, None for the first."""
        return EntrySnapshot.objects.filter(key=self.key, pk__lt=self.pk).first()

    @property
    def name(self) -> str:
        """What the entry was called in this state, "" if that is not to be seen from its data."""
        fields = self.data[0].get("fields") if isinstance(self.data, list) and isinstance(self.data[0], dict) else None
        for name in ("name", "title", "question", "line"):
            for language in (get_language(), *OTHER):
                text = (fields or {}).get(f"{name}_{language}")
                if isinstance(text, str) and text:
                    return text
        return ""


class Revision(models.Model):
    """A number that grows with every change of the catalogue, in the transaction that makes the change.

    Caches store the revision they were built from and rebuild when it differs. A number names one state of the
    catalogue for good: an older backup may bring an old number back, but never a new state under it.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="revision_has_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """Return the newest committed revision, 0 if its row is gone."""
        return cls.objects.values_list("number", flat=True).first() or 0

    @classmethod
    def advance(cls) -> None:
        """Advance the revision within the current transaction, to a number that was never used before."""
        now = time.time_ns() // 1000  # microseconds: more than there were changes, whatever happened to the row
        if not cls.objects.update(number=Greatest(F("number") + 1, now)):
            # A migration creates the row; `flush` removes it.
            cls.objects.create(pk=1, number=now)


class LoadedEntry(models.Model):
    """The digest of an entry as last loaded, which tells an editor's change from a change of the fixture.

    `exported_digest` is that of the entry as last written back: a file with it holds nothing that the database lacks.
    """

    key = models.CharField(primary_key=True, max_length=80)
    digest = models.CharField(max_length=64)
    exported_digest = models.CharField(max_length=64, default="", db_default="")

    def __str__(self) -> str:
        return self.key
