"""The folder of drawn cards. A file is named after what it shows, so each state of the texts is drawn once."""

import tempfile
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from .content import Card
from .drawing import can_draw, draw


def _path(card: Card) -> Path:
    return Path(settings.CARDS_ROOT) / f"{card.digest}.png"


def is_stored(card: Card) -> bool:
    return _path(card).is_file()


def is_available(card: Card) -> bool:
    """Return whether `image_of` has the card: it can be drawn here, or was drawn before."""
    return can_draw() or is_stored(card)


def image_of(card: Card) -> bytes:
    """Return a card as a PNG: the stored one, else draw and store it. Raise FontMissing if neither is possible."""
    path = _path(card)
    try:
        return path.read_bytes()
    except OSError:
        data = draw(card)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError:
        pass  # drawn again for the next reader: a full or read-only disk takes nothing from this one
    return data


def prune(cards: Collection[Card]) -> int:
    """Remove the stored cards that are none of these; return how many."""
    kept = {_path(card) for card in cards}
    outdated = [path for path in Path(settings.CARDS_ROOT).glob("*.png") if path not in kept]
    for path in outdated:
        path.unlink(missing_ok=True)
    return len(outdated)
