"""What a strict parser (h11) makes of a message of HTTP/1.x."""

import re

import h11

from .parsed import Repair, Response


def parse_strictly(response: Response) -> None:
    """Ask the strict parser, and undo the transfer coding of a content that still has it."""
    response.repairs = list(dict.fromkeys(response.repairs))
    response.fields[:] = [each for each in response.fields if not each.name.startswith(":")]
    if response.version not in ("1.0", "1.1"):
        return
    head = _raw_head(response)
    response.refusal = _refusal(head, response)
    coding = (response.fields.get("Transfer-Encoding") or "").lower()
    first = (response.content or "").partition("\n")[0].strip()
    if "chunked" in coding and re.fullmatch("[0-9a-fA-F]{1,8}(?:;.{0,200})?", first):
        response.is_framed = True
        lines = response.content or ""
        content = _dechunked(head, (lines + "\n\n").replace("\n", "\r\n").encode("utf-8", "replace"))
        content = _with_line_feeds(lines) if content is None else content
        if content is not None:
            response.content = content.decode("utf-8", "replace").replace("\r\n", "\n") or None
            response.is_framed = False
            response.had_chunks = True
            response.repaired(Repair.CHUNKED)


def _raw_head(response: Response) -> bytes:
    """Return the header section as it goes over the wire."""
    line = f"HTTP/{response.version} {response.code} {response.reason}".rstrip(" ") + (" " * (not response.reason))
    return "\r\n".join([line, *response.head.split("\n"), "", ""]).encode("utf-8", "replace")


def _connection(response: Response | None = None) -> h11.Connection:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=512 * 1024)
    method = response.method if response and re.fullmatch("[A-Z]{1,20}", response.method) else "GET"
    proposal = [("Upgrade", "x"), ("Connection", "upgrade")] if response and response.code == "101" else []
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "x"), *proposal]))
    return connection


def _refusal(head: bytes, response: Response) -> str:
    """Return why a strict parser does not take the header section, "" if it does."""
    try:
        connection = _connection(response)
        connection.receive_data(head)
        connection.next_event()
    except h11.ProtocolError as problem:
        return str(problem)[:200]
    return ""


def _with_line_feeds(text: str) -> bytes | None:
    """Return the content without its chunks where it has line feeds alone, None if a size does not fit."""
    pieces: list[bytes] = []
    data, place = (text + "\n").encode("utf-8", "replace"), 0
    while True:
        end = data.find(b"\n", place)
        size = (
            re.fullmatch(rb"([0-9a-fA-F]{1,8})[ \t]{0,5}(?:;.{0,200})?", data[place:end].strip()) if end >= 0 else None
        )
        if not size:
            return None
        place, count = end + 1, int(size[1], 16)
        if not count:
            return b"".join(pieces)
        pieces.append(data[place : place + count])
        place += count
        if data[place : place + 1] != b"\n":
            return None
        place += 1


def _dechunked(head: bytes, content: bytes) -> bytes | None:
    """Return the content without its chunks, None if they are broken."""
    pieces = []
    try:
        connection = _connection()
        connection.receive_data(head + content)
        connection.next_event()
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                pieces.append(bytes(event.data))
            else:
                return b"".join(pieces) if isinstance(event, h11.EndOfMessage) else None
    except h11.ProtocolError:
        return None
