"""The content of an answer: a few fixed lines about the code, as text or JSON, and what some codes must say besides."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

from .catalogue import Code

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
PROBLEM = "application/problem+json"
XML = "application/xml"
MAX_CONTENT = 1024  # bytes

# What the rules say that the content of a code should tell, as far as it is true of a server that only pretends.
NOTES = {
    202: "State: pretended. There will be no outcome to look for.",
    300: "Choices: /200.txt, /200.json",
    303: "See: /200",
    406: "Available: text/plain at /406.txt, application/problem+json at /406.json",
    409: "The conflict is pretended: whatever you send, the answer stays the same.",
    423: "The lock is pretended. A WebDAV server would name lock-token-submitted or no-conflicting-lock.",
    428: "A real server would take the request again with If-Match, here it stays at 428.",
    429: "The limit is pretended. If one of this server's own had been reached, Requested-Status would be missing.",
    431: "No field is really too large.",
    451: "Nobody demanded it, no law does, and it applies to nobody: the block is pretended.",
    505: "This server does speak HTTP/1.1.",
    511: "There is no network to log in to. A real answer links to its login page.",
}
MULTISTATUS = """<?xml version="1.0" encoding="utf-8"?>
<d:multistatus xmlns:d="DAV:">
  <d:response><d:href>{prefix}/200</d:href><d:status>HTTP/1.1 200 OK</d:status></d:response>
  <d:response><d:href>{prefix}/423</d:href><d:status>HTTP/1.1 423 Locked</d:status></d:response>
  <d:responsedescription>{name}: {summary}</d:responsedescription>
</d:multistatus>
"""


def has_xml(code: Code) -> bool:
    """Return whether a rule asks for XML as the content of a code."""
    return any(rule.header == "Content-Type" and XML in rule.note for rule in code.rules)


def as_text(code: Code, note: str = "") -> bytes:
    """Return the lines of an answer."""
    lines = [f"{code.label} {code.name['en']}", code.summary["en"], note or NOTES.get(code.number, "")]
    lines += [f"{code.name['ko']}: {code.summary['ko']}", code.url["en"], code.url["ko"]]
    return _encoded("".join(f"{line}\n" for line in lines if line))


def as_json(code: Code, note: str = "") -> bytes:
    """Return the same lines as the members of a problem (RFC 9457)."""
    detail = " ".join(text for text in (code.summary["en"], note or NOTES.get(code.number, "")) if text)
    return dumped(
        {
            "type": code.url["en"],
            "title": code.name["en"],
            "status": code.number,
            "detail": detail,
            "title_ko": code.name["ko"],
            "detail_ko": code.summary["ko"],
        }
    )


def as_multistatus(code: Code, prefix: str) -> bytes:
    """Return the XML of a 207."""
    return _encoded(MULTISTATUS.format(prefix=prefix, name=code.name["en"], summary=code.summary["en"]))


def json_type(status: int) -> str:
    """Return the media type of JSON about a status: only errors are problems."""
    return PROBLEM if status >= 400 else JSON


def compressed(content: bytes) -> bytes:
    """Return the content in gzip, the same bytes at each call."""
    return gzip.compress(content, mtime=0)


def dumped(members: Mapping[str, Any]) -> bytes:
    """Return an object as JSON with a line's end."""
    return _encoded(json.dumps(members, ensure_ascii=False) + "\n")


def _encoded(text: str) -> bytes:
    content = text.encode()
    if len(content) > MAX_CONTENT:
        raise ValueError(f"An answer of {len(content)} bytes: {content[:40]!r}")
    return content
