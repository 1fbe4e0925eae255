from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .citations import CITATION


class MarkdownField(models.TextField):
    """A text with plain line ends and no blank edges, whatever form or file it came from.

    Browsers send CRLF from a textarea; without this an untouched text would differ from its fixture.
    """

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
