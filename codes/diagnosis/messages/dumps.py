"""Responses that a program printed: an object with a code and fields, or the message as a quoted string.

axios, fetch, Node's http, k6 and serverless platforms print such objects, as JSON or as JavaScript writes them.
"""

import json
import re
from typing import Any

from .heads import KNOWN, MAX_FIELDS, MAX_VALUE, Head, content_of
from .parsed import Repair, Request, Response

MAX_DUMP = 64_000  # characters
MAX_BLOCKS = 6
STATUS_KEYS = ("status", "statusCode", "status_code")
HEADER_KEYS = ("headers", "responseHeaders", "response_headers", "multiValueHeaders")
CONTENT_KEYS = ("body", "data")
# What only lines of a log have, whose status is counted instead.
LOG_KEYS = {"level", "ts", "time", "@timestamp", "timestamp", "msg", "severity"}
OF_REQUESTS = set(
    "cache-control connection content-disposition content-encoding content-language content-length content-type date"
    " keep-alive link pragma trailer transfer-encoding upgrade via warning x-request-id".split()
)
OF_RESPONSES = KNOWN - OF_REQUESTS
STATUS = re.compile(
    r"^[ \t]{0,40}[\"']?(?:status|statusCode|status_code)[\"']?[ \t]{0,4}:[ \t]{0,4}([1-5][0-9]{2}),?$", re.MULTILINE
)
REASON = re.compile(
    r"^[ \t]{0,40}[\"']?(?:statusText|statusMessage)[\"']?[ \t]{0,4}:[ \t]{0,4}([\"'])(.{0,60}?)\1", re.MULTILINE
)
HEADERS = re.compile(
    r"^[ \t]{0,40}[\"']?(?:headers|responseHeaders|response_headers)[\"']?[ \t]{0,4}:[ \t]{0,4}"
    r"(?:(?:Object )?\[?\w{1,30}\]?[ \t]{0,2}(?:\([0-9]{1,3}\) )?)?\{",
    re.MULTILINE,
)
PAIR = re.compile(
    r"[\"']?([A-Za-z][A-Za-z0-9-]{1,80})[\"']?[ \t]{0,4}:\s{0,20}(?:\[\s{0,20})?"
    r"(?:\"((?:[^\"\\\n]|\\.){0,8000})\"|'((?:[^'\\\n]|\\.){0,8000})'|([0-9]{1,15}))"
)
METHOD = re.compile(r"^[ \t]{0,40}[\"']?method[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']([A-Za-z]{3,10})[\"']", re.MULTILINE)
ADDRESS = re.compile(
    r"^[ \t]{0,40}[\"']?url[\"']?[ \t]{0,4}:[ \t]{0,4}[\"'](https?://[^\"'\s]{1,2000})[\"']", re.MULTILINE
)
QUOTED = re.compile(r"(?:[\"']|\\n)HTTP/[0-9](?:\.[0-9])? [0-9]{3}[^\n\"'\\]{0,80}(?:\\r)?\\n")
UNESCAPED = {"\\r": "", "\\n": "\n", "\\t": "\t", '\\"': '"', "\\'": "'", "\\\\": "\\"}


def read_quoted(text: str) -> list[str]:
    """Return the lines of a message that stands in a string with escapes, none without one."""
    found = QUOTED.search(text)
    if not found:
        return []
    # The string may begin with words of its own.
    before = text[max(0, found.start() - 500) : found.start() + 1]
    quote = '"' if before.rfind('"') > before.rfind("'") else "'"
    start = text.index("HTTP", found.start())
    inner = re.match(rf"(?:[^\\{quote}\n]|\\.){{0,250000}}", text[start:])
    unescaped = re.sub(r"\\[rnt\"'\\]", lambda sign: UNESCAPED[sign[0]], inner[0] if inner else "")
    return unescaped.split("\n")


def read_dump(text: str) -> list[Response]:
    """Read a printed object; none if the text is none, or a line of a log."""
    if len(text) > MAX_DUMP:
        return []
    stripped = text.strip()
    if stripped[:1] == "{":
        try:
            data = json.loads(stripped)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            return _from_json(data)
    return _from_print(text)


def _from_json(data: dict[str, Any]) -> list[Response]:
    inner = data.get("response")
    holder: dict[str, Any] = inner if isinstance(inner, dict) else data
    if LOG_KEYS & data.keys():
        return []
    status = next((holder[key] for key in STATUS_KEYS if isinstance(holder.get(key), int)), None)
    headers = next((holder[key] for key in HEADER_KEYS if isinstance(holder.get(key), dict)), None)
    if status is None or headers is None or isinstance(status, bool) or not 100 <= status <= 999:
        return []
    pairs = []
    for name, value in list(headers.items())[:MAX_FIELDS]:
        pairs += [(str(name), str(each)) for each in (value if isinstance(value, list) else [value])[:20]]
    response = _response(str(status), str(holder.get("statusText") or "")[:60], pairs)
    if response:
        body = next((holder[key] for key in CONTENT_KEYS if holder.get(key)), None)
        response.content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) if body else None
        response.content = content_of(response.content.split("\n")) if response.content else None
    return [response] if response else []


def _from_print(text: str) -> list[Response]:
    status = STATUS.search(text)
    if not status:
        return []
    best: Response | None = None
    reason = REASON.search(text)
    for found in [*HEADERS.finditer(text)][:MAX_BLOCKS]:
        block = text[found.end() : found.end() + MAX_VALUE].partition("}")[0]
        pairs = [(pair[1], pair[2] or pair[3] or pair[4] or "") for pair in PAIR.finditer(block)][:MAX_FIELDS]
        response = _response(status[1], reason[2] if reason else "", pairs)
        if response and (best is None or len(response.fields) > len(best.fields)):
            best = response
    if best is None:
        return []
    method, address = METHOD.search(text), ADDRESS.search(text)
    if method:
        best.request = Request(method[1].upper(), address[1] if address else "", has_fields=False)
    return [best]


def _response(code: str, reason: str, pairs: list[tuple[str, str]]) -> Response | None:
    """Return a response with these fields; None if they are those of a request."""
    if not any(name.lower() in OF_RESPONSES for name, _value in pairs):
        return None
    response = Response(code, reason)
    head = Head(response.fields)
    for name, value in pairs:
        head.add(f"{name}: {' '.join(value[:MAX_VALUE].split())}")
    head.fill(response)
    response.repaired(Repair.DUMP)
    response.repaired(Repair.VERSION)
    return response
