"""HTTP messages as they were read: requests, responses, and what had to be repaired."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAX_RESPONSES = 6  # that are read of one text


class Repair(TextChoices):
    """What had to be put right before a message could be read."""

    ANSI = "ansi", _("Removed the colours of the terminal (ANSI codes).")
    CONTROL = "control", _("Replaced control characters, which no message may contain, with �.")
    MARKS = "marks", _("Removed curl's marks (*, >, <) from the beginnings of lines.")
    INDENT = "indent", _("Removed the indentation of the header section.")
    PANEL = "panel", _("Joined names and values that a browser's panel shows on lines of their own.")
    VERSION = "version", _("The status line has no HTTP version, so rules about versions were left out.")
    STATUS = "status", _("There is no status line, so only rules about every response were checked.")
    BLANK = "blank", _("Skipped empty lines inside the header section.")
    NO_BLANK = "no-blank", _("Found no empty line before the content; it begins where the header fields end.")
    WRAPPED = "wrapped", _("Joined a line without a colon to the header field before it.")
    FOLDED = "folded", _("Joined a header field that goes on in an indented line.")
    SPACE = "space", _("Removed a space between a field's name and its colon.")
    CHUNKED = "chunked", _("Removed the chunked transfer coding from the content.")
    COMMAND = "command", _("Took the request from the command above the response.")
    QUOTED = "quoted", _("Took the message out of a quoted string.")
    DUMP = "dump", _("Took the code and the fields from an object that a program printed.")
    MANY = "many", _("There is more than can be read: the rest was left out.")


@dataclass(frozen=True)
class Field:
    """A header field line."""

    name: str
    value: str


class Fields(list[Field]):
    """The header section of a message."""

    def all(self, name: str) -> list[str]:
        """Return the values of all lines of a field."""
        return [each.value for each in self if each.name.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """Return the value of a field, several lines joined as RFC 9110 section 5.3 says; None without one."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def __contains__(self, name: object) -> bool:
        return any(each.name.lower() == str(name).lower() for each in self)


@dataclass
class Request:
    """A request, as far as it is known."""

    method: str = ""
    target: str = ""
    version: str = ""
    fields: Fields = field(default_factory=Fields)
    content: str = ""
    has_fields: bool = True  # whether a field that is not here was not sent
    seen_scheme: str = ""  # of a connection that a transcript tells of
    is_raw: bool = False  # its tool shows the content as it came, without undoing its coding

    @property
    def scheme(self) -> str:
        """http or https, "" if the text does not tell."""
        named = self.target.partition("://")[0] if "://" in self.target else self.fields.get(":scheme")
        return (named or self.seen_scheme).lower()

    @property
    def address(self) -> str:
        """The full address that was asked for, taken for https if nothing tells; "" if the host is not known."""
        if "://" in self.target:
            return self.target
        host = self.fields.get("Host") or self.fields.get(":authority")
        return f"{self.scheme or 'https'}://{host}{self.target}" if host and self.target.startswith("/") else ""


@dataclass
class Response:
    """A response, and the request that it answers if that was pasted too.

    `number` is None without a status line, or for one whose code is no number. `content` is None where nothing follows
    the header section: it may be empty, or not have been copied.
    """

    code: str = ""
    reason: str = ""
    version: str = ""
    fields: Fields = field(default_factory=Fields)
    content: str | None = None
    request: Request | None = None
    repairs: list[Repair] = field(default_factory=list)
    head: str = ""  # the header section as it was pasted, repaired
    refusal: str = ""  # what a strict parser says of it, in English
    is_framed: bool = False  # the content still has the chunks of its transfer coding
    had_chunks: bool = False  # the content had the chunks of its transfer coding, and be it the last one only
    is_cut_off: bool = False  # a transcript tells that the connection ended before the message
    has_excess: bool = False  # a transcript tells of bytes behind the end of the message
    spaced: list[str] = field(default_factory=list)  # fields with a space before the colon
    folded: list[str] = field(default_factory=list)  # fields that went on in the next line
    without_colon: list[str] = field(default_factory=list)  # lines with nothing but the name of a field
    misnamed: list[str] = field(default_factory=list)  # lines that would be fields but for their names
    leads_back: bool = False  # a redirect to an address that was asked for before it, in the same text
    twin: "Response | None" = None  # to a HEAD, the response to a GET of the same address in the same text
    full: "Response | None" = None  # a 200 to the same request, in the same text

    @property
    def number(self) -> int | None:
        """The status code, None for one that is not three digits."""
        return int(self.code) if re.fullmatch("[0-9]{3}", self.code, re.ASCII) else None

    @property
    def is_interim(self) -> bool:
        """Whether a final response to the same request is still to come (RFC 9110 section 15.2)."""
        return self.code[:1] == "1"

    @property
    def status_line(self) -> str:
        """The status line as far as its parts are known."""
        protocol = f"HTTP/{self.version}" if self.version else ""
        return " ".join(part for part in (protocol, self.code, self.reason) if part)

    @property
    def method(self) -> str:
        """The method of the request, "" if it is not known."""
        return self.request.method if self.request else ""

    def repaired(self, repair: Repair) -> None:
        """Name a repair, once."""
        if repair not in self.repairs:
            self.repairs.append(repair)


def host_of(address: str) -> str:
    """Return the host of an address, "" if it has none or is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
