"""The folder of drawn cards. A file is named after what it shows, so each state of the texts is drawn once."""

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from .content import Card
from .drawing import can_draw, draw

UNFINISHED = "unfinished-"
END_OF_PNG = b"IEND\xaeB`\x82"


def _path(card: Card) -> Path:
    return Path(settings.CARDS_ROOT) / f"{card.digest}.png"


def is_stored(card: Card) -> bool:
    """Return whether the card was drawn before, as it would be drawn today."""
    return _path(card).is_file()


def is_available(card: Card) -> bool:
    """Return whether `image_of` has the card: it can be drawn here, or was drawn before."""
    return can_draw() or is_stored(card)


def image_of(card: Card) -> bytes:
    """Return a card as a PNG: the stored one, else draw and store it. Raise FontMissing if neither is possible."""
    path = _path(card)
    try:
        data = path.read_bytes()
        if data.endswith(END_OF_PNG):
            return data
    except OSError:
        pass
    data = draw(card)
    with suppress(OSError):  # drawn again for the next reader: a full or read-only disk takes nothing from this one
        _store(path, data)
    return data


def _store(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raise OSError, and leave nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(file, "wb") as unfinished:
            unfinished.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def prune(cards: Collection[Card]) -> int:
    """Remove all stored cards but these, and files that a killed process left; return how many."""
    kept = {_path(card) for card in cards}
    folder = Path(settings.CARDS_ROOT)
    # Who is writing an unfinished one now draws its card again for the next reader.
    outdated = [path for path in folder.glob("*.png") if path not in kept] + list(folder.glob(f"{UNFINISHED}*"))
    for path in outdated:
        path.unlink(missing_ok=True)
    return len(outdated)
