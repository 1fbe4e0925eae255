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
        active = "en" if get_language() == "en" else "ko"
        for language in (active, OTHER[active]):
            if value := getattr(self, f"{field}_{language}"):
                break
        text = LocalizedText(value)
        text.lang = language if value else active
        return text

    return property(read)
