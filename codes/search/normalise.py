"""The forms in which queries and texts are compared."""

import re
import unicodedata

MAX_LENGTH = 20_000  # characters that are read: a transcript may be long
LINE_END = "⏎"  # what the search field, which has one line, shows for a pasted line end
# A line end as a string of a program or of JSON shows it; in C:\\new it is none.
ESCAPED_LINE_END = re.compile(r"(?:\\r)?\\n")
WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
APART = re.compile("[^a-z0-9]+")
UNPRINTABLE = re.compile(r"[^\S \n]|[^\s\w!-/:-@\[-`{-~]")


def clean(text: str) -> str:
    """Return the text in composed Hangul and ASCII digits, without unprintable characters; lines and case stay.

    NFC, not NFKC: that would turn a lone typed ㅊ into another character.
    """
    text = unicodedata.normalize("NFC", text[:MAX_LENGTH])[:MAX_LENGTH].translate(FULL_WIDTH)  # some grow
    text = text.replace(LINE_END, "\n").replace("\r\n", "\n").replace("\r", "\n")
    if "\\n" in text and "\n" not in text and not WINDOWS_PATH.search(text):
        text = ESCAPED_LINE_END.sub("\n", text)
    return UNPRINTABLE.sub(_printable, text)


def _printable(found: re.Match[str]) -> str:
    character = found[0]
    return " " if character.isspace() else "" if unicodedata.category(character)[0] == "C" else character


def normalise(text: str) -> str:
    """Return one form for texts that read the same: cleaned, in lower case, with single spaces."""
    return " ".join(clean(text).casefold().split())


def normalise_lines(text: str) -> str:
    """Return the normalised lines of a text, empty ones left out."""
    lines = (" ".join(line.split()) for line in clean(text).casefold().split("\n"))
    return "\n".join(line for line in lines if line)


def compact(text: str) -> str:
    """Return the normalised text without spaces and punctuation: Korean is typed with any spacing."""
    if text.isascii():
        return APART.sub("", text[:MAX_LENGTH].lower())
    return "".join(filter(str.isalnum, normalise(text)))
