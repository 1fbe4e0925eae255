import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .citations import CITATION

# Characters that no text means: controls but for tab and line end, and halves of surrogate pairs.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LONGEST_TEXT = 20_000  # characters; the longest entry has a tenth of it


class PrintableTexts(models.Model):
    """Refuses characters that would be invisible on a page or break a store."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        unprintable = {
            field.name: _("This text holds control characters.")
            for field in self._meta.concrete_fields
            if isinstance(value := getattr(self, field.attname), str) and UNPRINTABLE.search(value)
        }
        if unprintable:
            raise ValidationError(unprintable)


class MarkdownField(models.TextField):
    """A text with plain line ends and no blank edges, whatever form or file it came from.

    Browsers send CRLF from a textarea; without this an untouched text would differ from its fixture.
    """

    default_validators = [MaxLengthValidator(LONGEST_TEXT)]

    def to_python(self, value):
        value = super().to_python(value)
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() if value else value


class LinesField(MarkdownField):
    """Several short entries, one a line."""


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


class CitationField(models.CharField):
    """The section that says so, as "RFC 9110 §15.5.5"."""

    def __init__(self, *args, **kwargs):
        kwargs = {
            "max_length": 80,
            "blank": True,
            "validators": [RegexValidator(CITATION, _("Write the section as “RFC 9110 §15.5.5”."))],
        } | kwargs
        super().__init__(*args, **kwargs)


class HttpsURLField(models.URLField):
    """An https address: what is typed without a scheme becomes one, and no other scheme is taken."""

    default_validators = [URLValidator(schemes=["https"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 300} | kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https"} | kwargs)
