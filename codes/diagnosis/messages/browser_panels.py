"""Header fields without a status line of HTTP: what browsers' panels show, and header sections alone."""

import re
from collections.abc import Iterator

from .heads import FIELD, Head, content_of, is_known_field, read_head
from .parsed import Repair, Request, Response

# What browsers' panels call the parts of a status line and of a request.
PANEL = {
    "request url": "url",
    "request method": "method",
    "status code": "status",
    "요청 url": "url",
    "요청 메서드": "method",
    "요청 방법": "method",
    "상태 코드": "status",
    "remote address": "",
    "referrer policy": "",
    "원격 주소": "",
    "리퍼러 정책": "",
    "scheme": "",
    "host": "",
    "filename": "",
    "address": "",
    "version": "version",
    "transferred": "",
    "request priority": "",
    "status": "status",
    "상태": "status",
    # Safari
    "url": "url",
    "source": "",
    "initiator": "",
    "소스": "",
    "주소": "",
    "개시자": "",
}
BARE_STATUS = re.compile(r"(?:status(?: code)?:? *)?([1-9][0-9]{2})(?: ([A-Za-z][A-Za-z' -]{1,60}))?", re.IGNORECASE)
ASKED = re.compile(r"([A-Z]{3,10}) (https?://\S{1,2000}?):?(?: [1-5][0-9]{2}\b.{0,40})?")
PANEL_TITLES = {
    "general": "general",
    "일반": "general",
    "response headers": "response",
    "응답 헤더": "response",
    "request headers": "request",
    "요청 헤더": "request",
    # Safari
    "summary": "general",
    "request": "request",
    "response": "response",
    "요약": "general",
    "요청": "request",
    "응답": "response",
}
# What tells a panel: one of the first, or both of a pair.
SURE_LABELS = {"status code", "상태 코드"}
LABELS_BESIDE_STATUS = {"version", "scheme", "source", "소스"}


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values of a panel, whether on one line or on two, and the titles of its parts."""
    waiting = ""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if not waiting and text.rstrip(":").lower() in PANEL_TITLES:
            yield "title", PANEL_TITLES[text.rstrip(":").lower()]
        elif waiting:
            yield waiting, text
            waiting = ""
        else:
            name, colon, value = text[1:].partition(":") if text.startswith(":") else text.partition(":")
            name = f":{name}" if text.startswith(":") else name
            if colon and value.strip():
                yield name, value.strip()
            elif text.lower().rstrip(":") in PANEL or FIELD.fullmatch(f"{text.rstrip(':')}:"):
                waiting = text.rstrip(":")


def read_panel(lines: list[str]) -> list[Response]:
    """Read what is copied from the panel of a browser's developer tools."""
    labels = {line.strip().partition(":")[0].rstrip(":").lower() for line in lines[:60]}
    if not labels & SURE_LABELS and not (labels & {"status", "상태"} and labels & LABELS_BESIDE_STATUS):
        return _read_titled(lines) if "response headers" in labels else []
    response, request = Response(), Request()
    head = Head(response.fields)
    part = "general"
    for name, value in _pairs(lines):
        meaning = PANEL.get(name.lower()) if part == "general" else None
        if name == "title":
            part = value
        elif meaning is not None:
            words = value.split()
            if meaning == "status" and words:
                response.code, response.reason = words[0][:12], " ".join(words[1:])[:200]
            elif meaning == "version":
                response.version = value.upper().removeprefix("HTTP/").removesuffix(".0")[:3]
            elif meaning == "url":
                request.target = value
            elif meaning == "method":
                request.method = value
        elif FIELD.fullmatch(f"{name}:"):
            is_request = name.startswith(":") or name.lower() in ("host", "accept", "user-agent")
            if part != "request" and is_request and name.lower() != ":status":
                part = "request"
            elif part == "general":
                part = "response"
            if name == ":method":
                request.method = request.method or value
            if part == "request":
                Head(request.fields).add(f"{name}: {value}")
                response.version = response.version or ("2" if name == ":authority" else "")
            else:
                head.add(f"{name}: {value}")
    if not response.code or not (response.fields or request.target):
        return []
    request.has_fields = bool(request.fields)
    response.request = request if request.method else None
    response.repaired(Repair.PANEL)
    head.fill(response)
    if not response.version:
        response.repaired(Repair.VERSION)
    return [response]


def _read_titled(lines: list[str]) -> list[Response]:
    """Read Postman's console: the request's method and address, the code, and the fields under titles."""
    first = [line.strip() for line in lines[:12]]
    asked = next((found for line in first if (found := ASKED.fullmatch(line))), None)
    start, status = next(
        ((place, found) for place, line in enumerate(first) if (found := BARE_STATUS.fullmatch(line))), (0, None)
    )
    if not status or not asked:
        return []
    return read_panel(
        [f"Request URL: {asked[2]}", f"Request Method: {asked[1]}", f"Status Code: {status[1]} {status[2] or ''}"]
        + [line for line in lines[start + 1 :] if not re.fullmatch(r"\s{0,9}[0-9.]{1,9} ?m?s\s{0,9}", line)]
    )


def read_bare(lines: list[str]) -> list[Response]:
    """Read a header section that has a status without a version, or none at all."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    beginning = [line for line in lines[first : first + 4] if line.strip()]
    if not beginning:
        return []
    match = BARE_STATUS.fullmatch(beginning[0].strip())
    known = sum(is_known_field(line) for line in beginning[1 if match else 0 :])
    if not known or (not match and (known < 2 or not is_known_field(beginning[0]))):
        return []
    response = Response(match[1], match[2] or "") if match else Response()
    response.repaired(Repair.VERSION if match else Repair.STATUS)
    head = Head(response.fields)
    start = first + (1 if match else 0)
    place = read_head(lines, start, head, response, indented=lines[first][:1].isspace())
    head.fill(response)
    response.content = content_of(lines[place:])
    return [response]
