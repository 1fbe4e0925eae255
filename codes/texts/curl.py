"""A raw request as a curl command."""

import re
from shlex import quote

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
    if not (match and host):
        return ""
    method, target = match.groups()
    words = ["curl", "-i"]
    if method == "HEAD":
        words = ["curl", "-I"]
    elif method != ("POST" if content else "GET"):
        words += ["-X", method]
    for name, value in fields:
        if name.lower() not in WRITTEN_BY_CURL:
            words += ["-H", quote(f"{name}: {value}")]
    if content:
        words += ["--data-raw", quote(content)]
    return " ".join([*words, quote(f"https://{host}{target}")])
