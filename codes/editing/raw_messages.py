"""An exchange as one text: its messages as they are sent, with a line of three dashes between two of them.

Lines at the beginning of a message that start with "#" are its note, as in the files of HTTP clients. A step that has a
note and no message is an event, or a message that got lost.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from codes.models import Participant
from codes.models.exchanges import START_LINE, STATUS_LINE

SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
# A line of a message that looks like a separator gets a backslash, one that has some already gets one more.
LOOKS_LIKE_SEPARATOR = re.compile(r"^(\\*---[ \t]*)$", re.MULTILINE)
ESCAPED_SEPARATOR = re.compile(r"^\\(\\*---[ \t]*)$", re.MULTILINE)
NOTE_LINES = re.compile(r"(?:#.*(?:\n|\Z))*")
CONTENT_LENGTH = re.compile(r"^Content-Length:[ \t]*([0-9]+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
MULTIPART = re.compile(r"^Content-Type:[ \t]*multipart/", re.MULTILINE | re.IGNORECASE)
CHUNKED = re.compile(r"^Transfer-Encoding:", re.MULTILINE | re.IGNORECASE)

RELAYED_REQUEST = {"via", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "cdn-loop"}
FROM_CACHE = {"age", "cache-status", "x-cache"}
FROM_GATEWAY = {"via", "proxy-status"}
GATEWAY_ERRORS = {"502", "504"}
LAST_SERVER_ERROR = "511"  # a higher number comes from a proxy in front of the server

Participants = tuple[str, str]  # sender and receiver


class Step(NamedTuple):
    """A step of an exchange in one language: its note, and the raw message."""

    note: str
    raw: str

    @property
    def head(self) -> str:
        """The line that tells this step from its siblings."""
        return self.raw.partition("\n")[0] or self.note


def split(text: str, limit: int = 0) -> list[Step]:
    """Return the steps of a text; [] for an empty one. A step may be empty.

    With a limit, what follows after so many is one more step.
    """
    return [_step(part) for part in SEPARATOR.split(text, limit)] if text.strip() else []


def _step(part: str) -> Step:
    part = part.strip()
    lines = NOTE_LINES.match(part)
    notes = lines[0] if lines else ""
    note = " ".join(filter(None, (line.removeprefix("#").strip() for line in notes.split("\n"))))
    return Step(note, ESCAPED_SEPARATOR.sub(r"\1", part.removeprefix(notes).strip()))


def join(steps: Sequence[Step]) -> str:
    """Return the text of steps, which split() takes apart again; "" if all are empty."""
    if not any(step.note or step.raw for step in steps):
        return ""
    parts = []
    for note, raw in steps:
        lines = [f"# {' '.join(note.split())}"] if note else []
        parts.append("\n".join([*lines, *([LOOKS_LIKE_SEPARATOR.sub(r"\\\1", raw)] if raw else [])]))
    return "\n---\n".join(parts).strip("\n")


def align(heads: Sequence[str], steps: Sequence[Step]) -> list[int | None]:
    """Return for each step the place of the one that it was before, None for a new one.

    `heads` are the heads of the steps before. What is between steps that did not change is matched in order.
    """
    places: list[int | None] = [None] * len(steps)
    matcher = SequenceMatcher(None, list(heads), [step.head for step in steps], autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind in ("equal", "replace"):
            for place, was in zip(range(new, new_end), range(old, old_end), strict=False):
                places[place] = was
    return places


class _Head(NamedTuple):
    """What the head of a raw message says of its way."""

    method: str  # "" for a response
    target: str
    status: str  # "" for a request
    fields: set[str]
    sender: str = ""  # of the status code, if it has a usual one

    @property
    def is_of_gateway(self) -> bool:
        """Whether a gateway sent the response, as its status code or a field tells."""
        if self.sender:
            return self.sender not in (Participant.CLIENT, Participant.SERVER)
        return self.status in GATEWAY_ERRORS or self.status > LAST_SERVER_ERROR or "proxy-status" in self.fields


def _head(raw: str, senders: Mapping[str, str]) -> _Head | None:
    """Return the head of a message, None for a step without one."""
    start, *lines = raw.partition("\n\n")[0].split("\n")
    if not START_LINE.match(start):
        return None
    fields = {line.partition(":")[0].strip().lower() for line in lines}
    if STATUS_LINE.match(start):
        status = start.split(" ")[1]
        return _Head("", "", status, fields, senders.get(status, ""))
    method, target, _version = start.split(" ")
    return _Head(method, target, "", fields)


def guess_participants(
    steps: Sequence[Step], known: Sequence[Participants | None], senders: Mapping[str, str] | None = None
) -> list[Participants]:
    """Return who sends each step to whom: as known, or else as the start lines and the fields of the way suggest.

    Requests wait for their responses as on a stack: a request that is relayed before it is answered has a gateway
    between client and server. `senders` says of status codes who usually sends them.
    """
    heads = [_head(step.raw, senders or {}) for step in steps]
    middle = _intermediary(heads, known)
    waiting: list[Participants] = []
    found: list[Participants] = []
    for place, head in enumerate(heads):
        participants = known[place] or _participants_of(heads, place, middle, waiting, found)
        found.append(participants)
        if head and head.method:
            waiting.append(participants)
        elif head and (head.status[0] != "1" or head.status == "101"):
            answered = [number for number, each in enumerate(waiting) if each == participants[::-1]]
            del waiting[answered[-1] if answered else len(waiting) :]
    return found


def _intermediary(heads: Sequence[_Head | None], known: Sequence[Participants | None]) -> str:
    """Return who is between client and server, if anybody is."""
    named = [each for participants in known if participants for each in participants]
    between = [each for each in named if each not in (Participant.CLIENT, Participant.SERVER)]
    if between:
        return between[0]
    for head in filter(None, heads):
        if head.sender in (Participant.PROXY, Participant.CACHE):
            return head.sender  # others are drawn as gateways, with the product beside the name
        if head.method == "CONNECT" or "://" in head.target or head.status == "407":
            return Participant.PROXY.value
        if head.status and head.fields & FROM_CACHE:
            return Participant.CACHE.value
    return Participant.GATEWAY.value


def _participants_of(
    heads: Sequence[_Head | None], place: int, middle: str, waiting: list[Participants], found: list[Participants]
) -> Participants:
    """Return the likely participants of one step."""
    client, server = Participant.CLIENT.value, Participant.SERVER.value
    head = heads[place]
    if head is None:
        if not found:
            return client, server
        sender, receiver = found[-1]
        return receiver, server if receiver not in (client, server) else sender
    if head.method:
        if waiting and waiting[-1][1] == middle:
            return middle, server
        return client, middle if _passes_intermediary(head, heads[place + 1 :]) else server
    if not waiting:
        return (middle if head.is_of_gateway else server), client
    sender, receiver = waiting[-1]
    if receiver == server and len(waiting) > 1 and head.is_of_gateway:
        sender, receiver = waiting[-2]
    return receiver, sender


def _passes_intermediary(request: _Head, following: Sequence[_Head | None]) -> bool:
    """Return whether an intermediary gets a request."""
    if request.method == "CONNECT" or "://" in request.target or "proxy-authorization" in request.fields:
        return True
    for head in filter(None, following):
        if head.method:
            return bool(head.fields & RELAYED_REQUEST) or (head.method, head.target) == (request.method, request.target)
        if head.status[0] != "1":
            return head.is_of_gateway or bool(head.fields & (FROM_GATEWAY | FROM_CACHE)) or head.status == "407"
    return False


class Length(NamedTuple):
    """A Content-Length, and the bytes that there are."""

    stated: int
    counted: int


def content_length(raw: str) -> Length | None:
    """Return the Content-Length of a message whose content is shown, None for one that has neither or is chunked.

    Bytes are counted as they are sent: lines of multipart content end with CRLF (RFC 2046 section 5.1.1).
    """
    head, separator, content = raw.partition("\n\n")
    match = CONTENT_LENGTH.search(head)
    if not (separator and match) or CHUNKED.search(head):
        return None
    if MULTIPART.search(head):
        content = content.replace("\n", "\r\n")
    return Length(int(match[1][:15]), len(content.encode()))


def with_counted_length(raw: str) -> str:
    """Return the message with the Content-Length that its content has."""
    length = content_length(raw)
    if length is None or length.stated == length.counted:
        return raw
    head, separator, content = raw.partition("\n\n")
    return CONTENT_LENGTH.sub(f"Content-Length: {length.counted}", head, count=1) + separator + content
