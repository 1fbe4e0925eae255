"""The forms in which queries and texts are compared."""

import unicodedata

MAX_LENGTH = 1000  # characters that are searched for a code: a pasted line may be long
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normalise(text: str) -> str:
    """Return one form for texts that read the same: composed Hangul, ASCII digits, lower case, single spaces.

    NFC, not NFKC: that would turn a lone typed ㅊ into another character.
    """
    text = unicodedata.normalize("NFC", text[:MAX_LENGTH]).translate(FULL_WIDTH).casefold()
    text = "".join(" " if character.isspace() else character for character in text if _is_text(character))
    return " ".join(text.split())


def _is_text(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] != "C"


def compact(text: str) -> str:
    """Return the normalised text without spaces and punctuation: Korean is typed with any spacing."""
    return "".join(character for character in normalise(text) if character.isalnum())
