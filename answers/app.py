"""The WSGI application: limits, then an answer."""

import math
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from .contents import MAX_CONTENT
from .limits import Limits, client_of
from .requests import Request
from .responses import Answer, Responder

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """Answer every request with what it asks for.

    Without `limits` everything is answered, which is for development. `behind_proxy` believes two fields that a
    proxy must set: X-Forwarded-For, its last address, and X-Forwarded-Version.
    """

    def __init__(self, responder: Responder, limits: Limits | None = None, *, behind_proxy: bool = False) -> None:
        self.responder = responder
        self.limits = limits
        self.behind_proxy = behind_proxy

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        status, fields = answer.head
        start_response(status, [*fields])  # a copy, because servers add to it
        return [answer.content] if answer.content and environ["REQUEST_METHOD"] != "HEAD" else []

    def _answer(self, environ: dict[str, Any]) -> Answer:
        request = Request.of(environ, self.behind_proxy)
        if self.limits and request.path != "/healthz":
            client = client_of(self._address(environ))
            if wait := self.limits.wait(client, time.monotonic()):
                return self.responder.refuse(request, "limit", [("Retry-After", str(math.ceil(wait)))])
        if not request.has_host:
            return self.responder.refuse(request, "host", self._closing(request))
        # Content is never read; the server drops what is short, and closes the connection for what is long.
        if "HTTP_TRANSFER_ENCODING" in environ:
            return self.responder.refuse(request, "length", self._closing(request))
        if (length := environ.get("CONTENT_LENGTH")) and not _is_short(length):
            return self.responder.refuse(request, "content", self._closing(request))
        return self.responder.answer(request, time.time())

    def _closing(self, request: Request) -> list[tuple[str, str]]:
        return [("Connection", "close")] if request.keeps_connection_fields else []

    def _address(self, environ: dict[str, Any]) -> str:
        if self.behind_proxy and (forwarded := environ.get("HTTP_X_FORWARDED_FOR", "")):
            return forwarded.rpartition(",")[2].strip()
        return environ.get("REMOTE_ADDR") or ""


def _is_short(length: str) -> bool:
    return re.fullmatch("[0-9]{1,4}", length) is not None and int(length) <= MAX_CONTENT
