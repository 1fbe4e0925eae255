"""Requests as the curl commands that make them."""

import re
import shlex

from .heads import MAX_FIELDS
from .parsed import Field, Request

MAX_COMMAND = 8000  # characters of a curl command that are read
VALUES = {
    "-X": "method",
    "--request": "method",
    "-H": "header",
    "--header": "header",
    "-d": "data",
    "--data": "data",
    "--data-raw": "data",
    "--data-binary": "data",
    "--data-urlencode": "data",
    "--json": "data",
    "-F": "data",
    "--form": "data",
    "--url": "url",
    "-r": "range",
    "--range": "range",
    **dict.fromkeys(
        "-u --user -A --user-agent -b --cookie -o --output -e --referer -x --proxy -m --max-time --connect-timeout"
        " --resolve --cacert --cert -E --key -w --write-out -T --upload-file --retry -c --cookie-jar -D --dump-header"
        " --connect-to --interface --ciphers -C --limit-rate --max-redirs --noproxy".split(),
        "",
    ),
}


def read_command(lines: list[str], place: int) -> tuple[Request | None, int]:
    """Return the request that a curl command makes, and the line after it."""
    parts = []
    while place < len(lines):
        line = lines[place].rstrip()
        parts.append(line.removesuffix("\\"))
        place += 1
        if not line.endswith("\\") or sum(map(len, parts)) > MAX_COMMAND:
            break
    try:
        words = shlex.split(" ".join(parts)[:MAX_COMMAND])
    except ValueError:
        return None, place
    request = Request(has_fields=False)
    given: dict[str, list[str]] = {"method": [], "header": [], "data": [], "url": [], "range": []}
    words = words[next((n for n, word in enumerate(words) if word.startswith("curl")), 0) + 1 :]
    is_head = False
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if word[:2] in VALUES and len(word) > 2 and word[1] != "-":
            name, equals, value = word[:2], "=", word[2:]
        if name in VALUES:
            value = value if equals else next(following, "")
            if VALUES[name]:
                given[VALUES[name]].append(value)
            request.method = "PUT" if name in ("-T", "--upload-file") else request.method
        elif word in ("--head",) or (re.fullmatch("-[A-Za-z]+", word) and "I" in word):
            is_head = True
        elif not word.startswith("-"):
            given["url"].append(word)
        if re.fullmatch("-[A-Za-z]+[XHdFomw]", word) and word[-1] in "XHdF":
            given[VALUES[f"-{word[-1]}"]].append(next(following, ""))
    for header in given["header"][:MAX_FIELDS]:
        header_name, colon, header_value = header.partition(":")
        if colon and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", header_name):
            request.fields.append(Field(header_name, header_value.strip()))
    if given["range"]:
        request.fields.append(Field("Range", f"bytes={given['range'][-1]}"))
    implied = "HEAD" if is_head else "POST" if given["data"] else request.method or "GET"
    request.method = (given["method"] or [implied])[-1] or implied
    request.target = (given["url"] or [""])[-1]
    if request.target and "://" not in request.target:
        request.target = f"http://{request.target}"
    request.content = "&".join(given["data"])
    return request, place
