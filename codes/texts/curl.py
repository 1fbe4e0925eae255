"""A raw request as a curl command."""

import re
from shlex import quote

FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.1
# In a terminal, what follows some of them in a pasted command would run.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
GLOB = re.compile(r"[][{}]")  # curl makes several addresses of one that has them
REQUEST_LINE = re.compile(r"([A-Z-]+) (/\S*) HTTP/1\.[01]\Z")
# curl writes these itself, from the address and from the content.
WRITTEN_BY_CURL = {"host", "content-length"}


def curl_command(message: str) -> str:
    """Return the command that sends a request to its Host over https, or "" for what is no request to an address."""
    head, _, content = message.partition("\n\n")
    request_line, *lines = head.split("\n")
    fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    host = next((value for name, value in fields if name.lower() == "host"), "")
    match = REQUEST_LINE.match(request_line)
    if not (match and host and all(FIELD_NAME.fullmatch(name) for name, _value in fields)) or CONTROL.search(message):
        return ""
    method, target = match.groups()
    words = ["curl", "-I" if method == "HEAD" else "-i", *(["-g"] if GLOB.search(target) else [])]
    if method not in ("HEAD", "POST" if content else "GET"):
        words += ["-X", method]
    for name, value in fields:
        if name.lower() not in WRITTEN_BY_CURL:
            words += ["-H", quote(f"{name}: {value}")]
    if content:
        words += ["--data-raw", quote(content)]
    return " ".join([*words, quote(f"https://{host}{target}")])
