"""What every model of the catalogue builds on: entries, the details that belong to them, and clean texts."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from codes.fields import HttpsURLField, PositionField
from codes.texts.particles import resolve_particles

MARKDOWN_HELP = _("Markdown. Link another code as [403](code:403). HTML is shown as text.")
# Control characters except tab and line feed, those that turn the direction of a text, and lone surrogates.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def address(view: str, argument: int | str) -> str:
    """Return the address of an entry's page in the active language.

    The addresses are remembered: a list has hundreds, and reversing one takes longer than all else it shows of a code.
    """
    return _address(view, argument, get_language())


@lru_cache(maxsize=4096)
def _address(view: str, argument: int | str, language: str | None) -> str:
    try:
        return reverse(view, args=[argument])
    except NoReverseMatch:  # a key that the database's own constraints forbid: one such row must not close the list
        return reverse("codes:list")


class PrintableTexts(models.Model):
    """A model whose texts hold no characters that a page cannot show or a database cannot store."""

    class Meta:
        abstract = True

    def unique_error_message(self, model_class: type[models.Model], unique_check: Any) -> ValidationError:
        """Return what an editor reads of a value that may occur once, with the particle that its label takes."""
        error = super().unique_error_message(model_class, unique_check)
        return ValidationError(resolve_particles(" ".join(error.messages)), error.code, error.params)

    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        super().clean_fields(exclude=set(exclude or ()))
        unprintable = {
            field.name: _("This text holds control characters.")
            for field in self._meta.concrete_fields
            if isinstance(value := getattr(self, field.attname), str) and UNPRINTABLE.search(value)
        }
        if unprintable:
            raise ValidationError(unprintable)


class Entry(PrintableTexts):
    """A root object of the catalogue, edited as one form together with its details.

    `lock_version` grows with every save (optimistic locking). A form carries the version it was opened with, and a save
    with an older one is refused.
    """

    # Renamed fields keep their columns, so that the previous release still runs on the same database.
    lock_version = models.PositiveIntegerField(default=0, editable=False, db_column="version")

    class Meta:
        abstract = True

    @property
    def key(self) -> str:
        """The entry's name across models, such as "statuscode 404"."""
        return f"{self._meta.model_name} {self.pk}"

    @property
    def version_token(self) -> str:
        """The key and the lock version, which a form sends back to say which state it was made from."""
        return f"{self.key} {self.lock_version}"


class ReviewedEntry(Entry):
    """An entry of the review queue: it records which texts changed in one language only, and when it was checked.

    `TEXTS` names the texts that have both languages, `REQUIRED_TEXTS` those that may not be empty.
    """

    TEXTS: list[str]
    REQUIRED_TEXTS: list[str]

    label: Any
    outdated_translations: Any
    checked_on: Any

    class Meta:
        abstract = True

    @property
    def outdated_texts(self) -> list[str]:
        """The labels of the texts whose other language has changed since; a field may be gone."""
        labels = {field.name: str(field.verbose_name) for field in self._meta.fields}
        return [labels[name] for name in self.outdated_translations.split() if name in labels]


class NaturalKeyManager(models.Manager):
    """Finds a detail by the values of its model's NATURAL_KEY, as fixtures name it."""

    def get_by_natural_key(self, *key: object) -> models.Model:
        model: Any = self.model
        return self.get(**dict(zip(model.NATURAL_KEY, key, strict=True)))


class Detail(PrintableTexts):
    """A row that belongs to an entry.

    `PARENT` names the foreign key to the entry. `NATURAL_KEY` names the fields that identify the row, so that loading
    a fixture twice changes nothing.
    """

    PARENT = "code"
    NATURAL_KEY: tuple[str, ...]

    objects = NaturalKeyManager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[object, ...]:
        return tuple(getattr(self, field) for field in self.NATURAL_KEY)


class ReferenceBase(Detail):
    """A document, and the section in it, that states what an entry says."""

    position = PositionField(help_text=_("1 is the defining source."))
    spec = models.CharField(_("document"), max_length=80, help_text=_("For example RFC 9110, MDN, nginx."))
    section = models.CharField(_("section"), max_length=80, blank=True)
    url = HttpsURLField(_("address"))

    class Meta:
        abstract = True
        ordering = ["position", "spec", "section"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")

    def __str__(self) -> str:
        if not self.section:
            return self.spec
        return f"{self.spec} §{self.section}" if self.section[0].isdigit() else f"{self.spec} {self.section}"
