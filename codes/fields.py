"""Model fields: Markdown, lines, citations, https addresses and points in time."""

import datetime
from typing import Any

from django.core.validators import MaxLengthValidator, MaxValueValidator, RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from codes.texts.citations import CITATION
from codes.texts.localized import LANGUAGES

MAX_TEXT_LENGTH = 20_000  # characters; the longest entry has a tenth of it
MAX_POSITION = 9_999  # of a row among its siblings; the column holds three times as much, for rows that are moved


class MarkdownField(models.TextField):
    """A text with LF line ends and no surrounding white space, from whichever form or file it came.

    Browsers send CRLF from a textarea; without this an unchanged text would differ from its fixture.
    """

    default_validators = [MaxLengthValidator(MAX_TEXT_LENGTH)]
    is_rendered = True

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() if value else value

    def formfield(self, **kwargs: Any) -> Any:
        """Mark the form's field with the language of its Markdown, so that a script can preview it."""
        field: Any = super().formfield(**kwargs)
        language = self.name.rpartition("_")[2]
        if self.is_rendered and language in LANGUAGES:
            field.widget.attrs["data-markdown"] = language
        return field


class LinesField(MarkdownField):
    """Several short texts, one a line."""

    is_rendered = False


def lines_of(text: str) -> list[str]:
    """Return the lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def field_label(model: type[models.Model], name: str) -> Any:
    """Return the label of a field, translated when it is shown."""
    field: Any = model._meta.get_field(name)
    return field.verbose_name


class PositionField(models.PositiveSmallIntegerField):
    """The place of a row among its siblings, counted from 1."""

    default_validators = [MaxValueValidator(MAX_POSITION)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        options: dict[str, Any] = {"verbose_name": _("position"), "default": 1}
        super().__init__(*args, **options | kwargs)


class PlainNameField(models.CharField):
    """What an entry means in plain words, shown after its name in parentheses; empty where the name is good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "max_length": 60,
            "blank": True,
            "default": "",
            "db_default": "",
            "help_text": _("Only where the name misleads: shown after it in parentheses, and found like it."),
        }
        super().__init__(*args, **options | kwargs)


class CitationField(models.CharField):
    """The section that states a fact, as "RFC 9110 §15.5.5"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "max_length": 80,
            "blank": True,
            "validators": [RegexValidator(CITATION, _("Write the section as “RFC 9110 §15.5.5”."))],
        }
        super().__init__(*args, **options | kwargs)


def https_or_nothing(url: str) -> str:
    """Return an https address, "" for any other: a page links to what is in the database, however it got there."""
    return url if url[:8].lower() == "https://" else ""


class HttpsURLField(models.URLField):
    """An https address. The form adds a missing scheme and accepts no other; no other is read from the database."""

    default_validators = [URLValidator(schemes=["https"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 300} | kwargs)

    def from_db_value(self, value: str, expression: Any, connection: Any) -> str:
        return https_or_nothing(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https"} | kwargs)


class MomentField(models.DateTimeField):
    """A point in time to the second, in UTC: from a form, a file or a database, equal moments are equally written."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value and value.astimezone(datetime.UTC).replace(microsecond=0)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(self.to_python(value))
