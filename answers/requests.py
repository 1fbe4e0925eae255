"""A request, as far as an answer may depend on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

JSON_TYPES = ("application/problem+json", "application/json", "application/*")
TEXT_TYPES = ("text/plain", "text/*")
# Two fields come with a comma between; none comes as an empty text, which is no host either.
HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-fv:.]+\])(?::[0-9]*)?")
QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$")


@dataclass(slots=True)
class Request:
    """What an answer may depend on. No text of it ever comes back in one."""

    method: str
    path: str
    query: str
    fields: Mapping[str, str]  # a WSGI environment
    prefix: str = ""  # under which the answers are mounted
    version: str = ""  # of HTTP, as the proxy in front says
    suffix: str = ""  # .json or .txt behind the code

    @classmethod
    def of(cls, environ: Mapping[str, Any], behind_proxy: bool) -> "Request":
        """Read a WSGI environment."""
        return cls(
            environ["REQUEST_METHOD"],
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            environ,
            environ.get("SCRIPT_NAME", ""),
            environ.get("HTTP_X_FORWARDED_VERSION", "") if behind_proxy else "",
        )

    def field(self, name: str) -> str:
        """Return the value of a header field, "" for none."""
        return self.fields.get(f"HTTP_{name.upper().replace('-', '_')}", "")

    @property
    def has_host(self) -> bool:
        """Whether the request names its host as it must from HTTP/1.1 on (RFC 9112 section 3.2)."""
        host = self.fields.get("HTTP_HOST", "")
        if not host:
            return self.fields.get("SERVER_PROTOCOL") != "HTTP/1.1"
        return HOST.fullmatch(host) is not None

    @property
    def is_read(self) -> bool:
        """Whether the method is GET or HEAD."""
        return self.method in ("GET", "HEAD")

    @property
    def keeps_connection_fields(self) -> bool:
        """Whether fields about the connection, such as Upgrade, can be sent: HTTP/2 and later have none."""
        return not self.version.startswith(("HTTP/2", "HTTP/3"))

    @property
    def wants_json(self) -> bool:
        """Whether Accept prefers JSON; an Accept that takes everything does not."""
        accept: str = self.fields.get("HTTP_ACCEPT", "")
        return accept not in ("", "*/*") and prefers_json(accept)

    @property
    def sends_json(self) -> bool:
        """Whether the answer about a code is JSON."""
        return self.suffix == ".json" or (not self.suffix and self.wants_json)


@lru_cache(maxsize=256)
def prefers_json(accept: str) -> bool:
    """Return whether an Accept field ranks JSON above text (RFC 9110 section 12.5.1)."""
    quality = {}
    for item in accept.lower().split(","):
        stated = QUALITY.search(item)
        quality[item.partition(";")[0].strip()] = float(stated[1]) if stated else 1.0
    others = quality.get("*/*", 0.0)
    json, text = (
        max((quality[name] for name in names if name in quality), default=others) for names in (JSON_TYPES, TEXT_TYPES)
    )
    return json > text
