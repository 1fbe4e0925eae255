"""The stylesheet that every public page contains, so that a first view takes one round trip."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

PATH = settings.BASE_DIR / "static" / "css" / "site.css"


@lru_cache(maxsize=1)
def _read() -> str:
    return PATH.read_text(encoding="utf-8")


def stylesheet() -> str:
    """Return the stylesheet; re-read on every call while DEBUG is on."""
    return PATH.read_text(encoding="utf-8") if settings.DEBUG else _read()


def stylesheet_source() -> str:
    """Return the stylesheet's source expression for Content-Security-Policy: its digest."""
    return f"'sha256-{b64encode(sha256(stylesheet().encode()).digest()).decode()}'"
