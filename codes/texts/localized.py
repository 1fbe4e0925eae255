"""Texts in two languages, one column each, read in the language of the page.

Both languages of an entry are edited, searched and compared side by side, and a page has to mark a text that is missing
in its own language with `lang`. django-modeltranslation returns plain strings, which do not know their language.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

LANGUAGES = ("ko", "en")
OTHER = {"ko": "en", "en": "ko"}


class LocalizedText(str):
    """A text that knows its language."""

    lang: str


def localized(field: str) -> property:
    """Return a property that reads `<field>_ko` or `<field>_en`: the active language's, else the other's."""

    def read(instance: Any) -> LocalizedText:
        active = _active()
        for language in (active, OTHER[active]):
            if value := getattr(instance, f"{field}_{language}"):
                return _in_language(value, language)
        return _in_language("", active)

    return property(read)


def in_other_language(field: str) -> property:
    """Return a property that reads the column of the language that is not active."""

    def read(instance: Any) -> LocalizedText:
        language = OTHER[_active()]
        return _in_language(getattr(instance, f"{field}_{language}"), language)

    return property(read)


def gloss(field: str, of: str) -> property:
    """Return a property that reads `<field>` in the language in which the text `<of>` is read, "" if it is empty."""
    read_text = localized(of)

    def read(instance: Any) -> LocalizedText:
        language = read_text.__get__(instance).lang
        return _in_language(getattr(instance, f"{field}_{language}"), language)

    return property(read)


def glossed(field: str, gloss_field: str) -> property:
    """Return a property that reads `<field>`, with its gloss in parentheses if it has one."""
    read_field, read_gloss = localized(field), gloss(gloss_field, of=field)

    def read(instance: Any) -> LocalizedText:
        text: LocalizedText = read_field.__get__(instance)
        addition = read_gloss.__get__(instance)
        return _in_language(f"{text} ({addition})", text.lang) if addition else text

    return property(read)


def _active() -> str:
    return "en" if get_language() == "en" else "ko"


def _in_language(text: str, language: str) -> LocalizedText:
    localized_text = LocalizedText(text)
    localized_text.lang = language
    return localized_text


def in_language(path: str, language: str) -> str:
    """Return the address of the same page in another language: `/404/` and `/en/404/`."""
    for code, _name in settings.LANGUAGES:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            # Two slashes at the beginning would name another host.
            path = f"/{path.removeprefix(f'/{code}').lstrip('/')}"
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"
