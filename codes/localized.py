"""Texts that exist in two languages, one column each, and are read in the language of the page."""

from django.utils.translation import get_language

LANGUAGES = ("ko", "en")
OTHER = {"ko": "en", "en": "ko"}


class LocalizedText(str):
    """A text that knows its language, so that a page in the other one can mark it with `lang`."""

    lang: str


def localized(field):
    """Return a property that reads `<field>_ko` or `<field>_en`: the active language's, else the other's."""

    def read(self):
        active = _active()
        for language in (active, OTHER[active]):
            if value := getattr(self, f"{field}_{language}"):
                return _marked(value, language)
        return _marked("", active)

    return property(read)


def in_other_language(field):
    """Return a property that reads the column of the language in which the page is not."""

    def read(self):
        language = OTHER[_active()]
        return _marked(getattr(self, f"{field}_{language}"), language)

    return property(read)


def _active():
    return "en" if get_language() == "en" else "ko"


def _marked(text, language):
    text = LocalizedText(text)
    text.lang = language
    return text
