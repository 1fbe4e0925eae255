"""The stylesheets that a public page contains, so that a first view takes one round trip.

Every page has `base`, and some have one for their own parts. A page states those it needs, and
Content-Security-Policy allows all of them.
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


def stylesheet_sources() -> list[str]:
    """Return the source expressions of all stylesheets for Content-Security-Policy: their digests."""
    return _sources() if settings.DEBUG else _sources_once()


def _sources() -> list[str]:
    sheets = [stylesheet(path.stem) for path in sorted(FOLDER.glob("*.css"))]
    return [f"'sha256-{b64encode(sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets]


_sources_once = lru_cache(_sources)
