"""Transcripts of tools that put marks of their own before each line, rewritten with those of curl -v.

They are curl --trace-ascii, nghttp -v, R's curl and httr, Python's http.client with its debug level, OkHttp's logging
on Android and in Java, and PowerShell's Invoke-WebRequest.
"""

import re
from collections.abc import Callable, Iterator

TRACE = re.compile(r"(<=|=>|==) (Recv|Send|Info)(?: (header|data|SSL data))?\b.*")
TRACE_LINE = re.compile(r"[0-9a-f]{4,8}: (.*)")
NGHTTP = re.compile(r"\[ {0,6}[0-9.]{1,12}\] recv \([^)]{1,40}\) (:?[\w-]{1,100}: .*)")
PYTHON = re.compile(r"(send|reply|header): (.*)")
PYTHON_BYTES = re.compile(r"b?['\"](.*?)['\"]?$")
OKHTTP_REQUEST = re.compile(r"(?:.{0,80} )?--> ([A-Z]{3,10}) (https?://\S{1,2000})(?: (http/1\.1|h2))?.*")
OKHTTP_RESPONSE = re.compile(r"(?:.{0,80} )?<-- ([1-5][0-9]{2}) (.{0,60}?) ?(https?://\S{1,2000}) \([0-9]{1,9}ms.*")
OKHTTP_END = re.compile(r"(?:.{0,80} )?(?:-->|<--) END\b.*")
R_RESPONSE = re.compile("<- HTTP/[0-9].*")
R_MARKS = re.compile("^(?:<-|(->)) ?")
POWERSHELL = re.compile(r"RawContent {1,20}: (HTTP/[0-9.]{1,3} .*)")


def with_curl_marks(lines: list[str]) -> list[str] | None:
    """Return the transcript with curl's marks, None if it is of none of these tools."""
    readers: list[tuple[re.Pattern[str], Callable[[list[str]], Iterator[str]]]] = [
        (TRACE, _trace),
        (NGHTTP, _nghttp),
        (R_RESPONSE, _r),
        (re.compile(r"reply: ['\"]HTTP/.*"), _python),
        (OKHTTP_RESPONSE, _okhttp),
        (POWERSHELL, _powershell),
    ]
    for pattern, read in readers:
        if any(pattern.fullmatch(line) for line in lines[:400] if len(line) < 4000):
            return list(read(lines))
    return None


def _trace(lines: list[str]) -> Iterator[str]:
    mark = ""
    for line in lines:
        if found := TRACE.fullmatch(line):
            kinds = {("<=", "header"): "< ", ("=>", "header"): "> ", ("<=", "data"): ""}
            mark = kinds.get((found[1], found[3] or ""), "* ")
        elif (part := TRACE_LINE.fullmatch(line)) and mark != "* ":
            yield f"{mark}{part[1]}"


def _nghttp(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if found := NGHTTP.fullmatch(line):
            yield f"< {found[1]}"


def _r(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield R_MARKS.sub(lambda found: "> " if found[1] else "< ", line)


def _python(lines: list[str]) -> Iterator[str]:
    is_content = False
    for line in lines:
        found = PYTHON.fullmatch(line)
        if found and found[1] == "send":
            sent = PYTHON_BYTES.match(found[2])
            yield from (f"> {part}" for part in (sent[1] if sent else "").split("\\r\\n")[:200])
        elif found and found[1] == "reply":
            is_content = False
            yield "< " + found[2].strip("'\"").replace("\\r\\n", "").strip()
        elif found:
            yield f"< {found[2]}"
        elif line.strip():
            if not is_content:
                yield "<"
            is_content = True
            yield line


def _okhttp(lines: list[str]) -> Iterator[str]:
    protocol, mark = "HTTP/1.1", ""
    for line in lines:
        if found := OKHTTP_REQUEST.fullmatch(line):
            protocol, mark = "HTTP/2" if found[3] == "h2" else "HTTP/1.1", "> "
            yield f"> {found[1]} {found[2]} {protocol}"
        elif answer := OKHTTP_RESPONSE.fullmatch(line):
            mark = "< "
            yield f"< {protocol} {answer[1]} {answer[2]}".rstrip()
        elif OKHTTP_END.fullmatch(line):
            mark = "* "
        else:
            # Android's log puts its own words before each line.
            text = re.sub(r"^.{0,80}?\b(?:okhttp\.OkHttpClient|OkHttp): ", "", line[:4000])
            if mark == "< " and not text.strip():
                mark = ""
                yield "<"
            else:
                yield f"{mark}{text}"


def _powershell(lines: list[str]) -> Iterator[str]:
    mark = "* "
    for line in lines:
        if found := POWERSHELL.fullmatch(line):
            mark = "< "
            yield f"< {found[1]}"
        elif mark == "< " and (not line.strip() or not line[:1].isspace()):
            mark = "" if not line.strip() else "* "
            yield "<"
        elif mark != "* " and re.match(r"[A-Z]\w{2,30} {1,20}: ", line):
            mark = "* "
        elif mark != "* ":
            yield f"{mark}{line.strip()}"
