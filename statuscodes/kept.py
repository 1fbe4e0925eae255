"""Finished public answers, kept in the process and given before Django is asked.

A public page depends on its address and the catalogue's revision, so its bytes are right until the revision grows. What
may be kept is Django's decision: only answers that it marks `Cache-Control: public` are.
"""

import gzip
import hashlib
import re
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

import brotli
from django.conf import settings
from django.core.cache import cache

from .metrics import KEPT

KEPT_STATUSES = (HTTPStatus.OK, HTTPStatus.FOUND)
LONGEST_QUERY = 400  # bytes; a longer one is pasted text that nobody sends twice
MOST_BYTES = 32 * 1024 * 1024  # of all pages without a query, and again of all with one
SHARED_FOR = 24 * 60 * 60  # seconds; by then the catalogue has changed, or the page is wanted again
STALE = {"Cache-Control": "public, max-age=0, stale-if-error=86400", "CDN-Cache-Control": "max-age=0"}
COMPRESSED = {"br": lambda body: brotli.compress(body, quality=7), "gzip": lambda body: gzip.compress(body, 7, mtime=0)}
# What a 304 leaves out, because it describes content that is not sent (RFC 9110 section 15.4.5).
OF_CONTENT = {"content-type", "content-length", "content-encoding", "content-language"}
# What a 412 leaves out: nobody may keep it in the place of the page (RFC 9111 section 3).
OF_PAGE = {"etag", "cache-control", "cdn-cache-control"}


def release():
    """What this release makes pages of, as a short digest: hosts share pages with their like only."""
    paths = [settings.BASE_DIR / "requirements.txt"]
    for folder, pattern in (
        ("codes", "*.py"),
        ("statuscodes", "*.py"),
        ("templates", "*.html"),
        ("static", "*.*"),
        ("locale", "*.mo"),
    ):
        paths += sorted((settings.BASE_DIR / folder).rglob(pattern))
    digest = hashlib.sha256(settings.SITE_URL.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=512)
def accepted_encoding(header):
    """The best of br and gzip that an Accept-Encoding allows, "" for neither (RFC 9110 section 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        match = re.search(r"\bq\s*=\s*([01](?:\.[0-9]{0,3})?)\s*$", parameters)
        weights[coding.strip()] = float(match[1]) if match else 1.0
    any_other = weights.get("*", 0.0)
    best = max(COMPRESSED, key=lambda coding: weights.get(coding, any_other))
    return best if weights.get(best, any_other) else ""


def matches(header, etag, *, weak=False):
    """Whether an If-Match (or, weak, an If-None-Match) names our strong tag (RFC 9110 sections 13.1.1 and 13.1.2)."""
    tags = [item.strip() for item in header.split(",")]
    return tags == ["*"] or etag in tags or (weak and f"W/{etag}" in tags)


class Form(NamedTuple):
    """A page in one content coding. `unchanged` are the headers of its 304."""

    etag: str
    headers: list
    unchanged: list
    body: bytes


@dataclass
class Page:
    """A finished answer, and the forms in which it has been sent so far."""

    revision: int
    status: str
    headers: list
    body: bytes
    forms: dict = field(default_factory=dict)

    @property
    def size(self):
        # The compressed forms are together smaller than the plain one; the headers do not depend on the page.
        return 2 * len(self.body) + 6_000

    def form(self, coding):
        """Return the page as a Form in this content coding."""
        if coding not in self.forms:
            body = COMPRESSED[coding](self.body) if coding and self.body else self.body
            etag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}{coding and "-"}{coding}"'
            headers = [*self.headers, ("Content-Length", str(len(body)))]
            if self.body:
                headers += [("ETag", etag), ("Vary", "Accept-Encoding")]
            if coding and self.body:
                headers.append(("Content-Encoding", coding))
            self.forms[coding] = Form(etag, headers, _without(headers, OF_CONTENT), body)
        return self.forms[coding]


class Store(dict):
    """Pages by key; the oldest make room when there are too many bytes."""

    def __init__(self, most_bytes):
        self.most_bytes = most_bytes
        self.bytes = 0
        self.lock = threading.Lock()

    def keep(self, key, page):
        with self.lock:
            if old := self.pop(key, None):
                self.bytes -= old.size
            while self and self.bytes + page.size > self.most_bytes:
                self.bytes -= self.pop(next(iter(self))).size
            if page.size <= self.most_bytes:
                self[key] = page
                self.bytes += page.size


class KeptPages:
    """The WSGI application in front of Django's."""

    def __init__(self, application, revision, release=""):
        self.application = application
        self.revision = revision
        self.release = release
        self.plain, self.queried = Store(MOST_BYTES), Store(MOST_BYTES)
        self.static = f"/{settings.STATIC_URL.strip('/')}/"
        self.session_cookie = settings.SESSION_COOKIE_NAME
        self.rendering = [threading.Lock() for _ in range(64)]

    def __call__(self, environ, start_response):
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        store = self.queried if key[-1] else self.plain
        page = store.get(key)
        if page and self._holds(page):
            KEPT.count()
        else:
            page = self._make(environ, key, store)
        if isinstance(page, Page):
            return self._answer(page, environ, start_response)
        status, headers, body = page
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _holds(self, page):
        return page.revision >= self.revision.number

    def _make(self, environ, key, store):
        """One rendering at a time for a missing page: whoever comes meanwhile waits for it."""
        with self.rendering[hash(key) % len(self.rendering)]:
            page = store.get(key)
            if page and self._holds(page):
                return page
            revision = self.revision.number
            made = self._shared(key, revision) or self._render(environ, key, revision)
            if isinstance(made, Page):
                store.keep(key, made)
            elif page and made[0].startswith("503"):
                return page
            return made

    def _key(self, environ):
        """What the answer depends on, the query last; None if it is not for this class to answer."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or len(query) > LONGEST_QUERY
            or path.startswith(self.static)
            or "charset" in environ.get("CONTENT_TYPE", "").lower()
            # An editor who has just saved sees the page as it is in this very moment.
            or self.session_cookie in environ.get("HTTP_COOKIE", "")
        ):
            return None
        if "&" in query:
            # By name, and stable: of a name that stands twice the later value counts.
            query = "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]))
        scheme = environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO")
        return scheme, environ.get("HTTP_HOST"), path, query

    def _shared(self, key, revision):
        """The Page as another process has made it from the same release and revision, or None."""
        # Before the first look at the database nobody knows which catalogue a page is of.
        found = revision and cache.get(self._shared_key(key, revision))
        if not found:
            return None
        status, headers, body = found
        return Page(revision, status, [tuple(header) for header in headers], body.encode())

    def _shared_key(self, key, revision):
        return f"{self.release}:{revision}:{hashlib.sha256(repr(key).encode()).hexdigest()}"

    def _render(self, environ, key, revision):
        """Ask Django; return a Page if it may be kept, else (status, headers, body).

        The revision was read before: the page is at least as new.
        """
        answer = []
        asked = environ | {"REQUEST_METHOD": "GET", "QUERY_STRING": key[-1]}
        response = self.application(asked, lambda status, headers, exc_info=None: answer.extend((status, headers)))
        try:
            body = b"".join(response)
        finally:
            response.close()
        status, headers = answer
        named = {name.lower(): value for name, value in headers}
        public = "public" in named.get("cache-control", "")
        if int(status[:3]) not in KEPT_STATUSES or not public or "set-cookie" in named or "vary" in named:
            return status, headers, body
        page = Page(revision, status, [(n, v) for n, v in headers if n.lower() != "content-length"], body)
        if revision:
            cache.set(self._shared_key(key, revision), [page.status, page.headers, body.decode()], SHARED_FOR)
        return page

    def _answer(self, page, environ, start_response):
        coding = accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        form = page.form(coding)
        # A condition is about a page, not about the way to one (RFC 9110 section 13.2.1).
        conditions = environ if page.body else {}
        if "HTTP_IF_MATCH" in conditions and not matches(environ["HTTP_IF_MATCH"], form.etag):
            headers = [*_without(form.headers, OF_CONTENT | OF_PAGE), ("Cache-Control", "no-store")]
            start_response("412 Precondition Failed", [*headers, ("Content-Length", "0")])
            return []
        status, headers, body = page.status, form.headers, form.body
        if "HTTP_IF_NONE_MATCH" in conditions and matches(environ["HTTP_IF_NONE_MATCH"], form.etag, weak=True):
            status, headers, body = "304 Not Modified", form.unchanged, b""
        if not self.revision.is_fresh:
            headers = [(name, STALE.get(name, value)) for name, value in headers]
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _without(headers, names):
    return [(name, value) for name, value in headers if name.lower() not in names]
