"""The stylesheets that a public page contains, so that a first view takes one round trip.

Every page has `base`, and some have one for their own parts. `{% site_style %}` writes one down and notes it on the
request, so that the page's Content-Security-Policy allows those that the page contains.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

import rcssmin
from django.conf import settings

FOLDER = settings.BASE_DIR / "static" / "css" / "site"


def _read(name: str) -> str:
    return rcssmin.cssmin((FOLDER / f"{name}.css").read_text(encoding="utf-8"))


_read_once = lru_cache(_read)


def stylesheet(name: str) -> str:
    """Return a stylesheet without comments and white space. Raise OSError if there is none.

    While DEBUG is on, it is re-read on every call.
    """
    return _read(name) if settings.DEBUG else _read_once(name)


def stylesheet_source(name: str) -> str:
    """Return the source expression of a stylesheet for Content-Security-Policy: its digest."""
    return f"'sha256-{b64encode(sha256(stylesheet(name).encode()).digest()).decode()}'"
