"""The stylesheet that every public page contains, so that a first view takes one round trip."""

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

PATH = settings.BASE_DIR / "static" / "css" / "site.css"


def _shortened(css: str) -> str:
    """Return the stylesheet without comments and white space: every page carries it."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};]) ?", r"\1", css)
    return css.replace(": ", ":").replace(", ", ",").replace(";}", "}").strip()


@lru_cache(maxsize=1)
def _read() -> str:
    return _shortened(PATH.read_text(encoding="utf-8"))


def stylesheet() -> str:
    """Return the stylesheet; re-read, and as it was written, on every call while DEBUG is on."""
    return PATH.read_text(encoding="utf-8") if settings.DEBUG else _read()


def stylesheet_source() -> str:
    """Return the stylesheet's source expression for Content-Security-Policy: its digest."""
    return f"'sha256-{b64encode(sha256(stylesheet().encode()).digest()).decode()}'"
