"""Finished pages in memory, within a budget of bytes."""

import hashlib
import threading
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .negotiation import COMPRESS

Headers = list[tuple[str, str]]

# What a 304 leaves out, because it describes content that is not sent (RFC 9110 section 15.4.5).
REPRESENTATION_HEADERS = {"content-type", "content-length", "content-encoding", "content-language"}
# What a 412 leaves out besides: no cache may store it in place of the page (RFC 9111 section 3).
VALIDATOR_HEADERS = {"etag", "cache-control", "cdn-cache-control"}


class Representation(NamedTuple):
    """A page in one content coding. `unchanged` are the headers of its 304."""

    etag: str
    headers: Headers
    unchanged: Headers
    body: bytes


@dataclass
class Page:
    """A finished answer, and the representations in which it has been sent so far."""

    revision: int
    status: str
    headers: Headers
    body: bytes
    representations: dict[str, Representation] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes that the page may take with all its representations."""
        # The compressed bodies are together smaller than the plain one; the headers do not depend on the page.
        return 2 * len(self.body) + 6_000

    def encoded(self, coding: str) -> Representation:
        """Return the page in a content coding of COMPRESS, or as it is for ""."""
        if coding not in self.representations:
            body = COMPRESS[coding](self.body) if coding and self.body else self.body
            etag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}{coding and "-"}{coding}"'
            headers = [*self.headers, ("Content-Length", str(len(body)))]
            if self.body:
                headers += [("ETag", etag), ("Vary", "Accept-Encoding")]
            if coding and self.body:
                headers.append(("Content-Encoding", coding))
            self.representations[coding] = Representation(etag, headers, without(headers, REPRESENTATION_HEADERS), body)
        return self.representations[coding]


def without(headers: Headers, names: set[str]) -> Headers:
    """Return the headers but for those with these lower-case names."""
    return [(name, value) for name, value in headers if name.lower() not in names]


class Store(dict[Any, Page]):
    """Pages by key. The oldest make room when there are more than `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.lock = threading.Lock()

    def store(self, key: Any, page: Page) -> None:
        """Add or replace a page. A page larger than the whole budget is not stored."""
        with self.lock:
            if old := self.pop(key, None):
                self.bytes -= old.size
            while self and self.bytes + page.size > self.max_bytes:
                self.bytes -= self.pop(next(iter(self))).size
            if page.size <= self.max_bytes:
                self[key] = page
                self.bytes += page.size
