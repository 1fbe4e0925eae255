"""The addresses of a page's alternates."""

from django.conf import settings

from codes.texts.localized import in_language

MEDIA_TYPES = {"json": "application/json", "txt": "text/plain", "md": "text/markdown"}


def alternate_addresses(page: str, stem: str = "") -> dict[str, str]:
    """Return the addresses of a page's alternates by suffix. `stem` names those of the home page, which has no name."""
    document = in_language(page, settings.LANGUAGE_CODE)
    return {
        "json": f"{document.rstrip('/')}{stem and f'/{stem}'}.json",
        **{suffix: f"{page.rstrip('/')}{stem and f'/{stem}'}.{suffix}" for suffix in ("txt", "md")},
    }
