"""The page cache: a WSGI application that answers from finished public pages before Django is asked.

A public page depends on its address and the catalogue's revision, so its bytes are right until the revision grows.
Whether an answer may be stored is Django's decision: only those with `Cache-Control: public` are.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import cache

from statuscodes.monitoring.metrics import CACHE_HITS

from .negotiation import accepted_encoding, matches
from .poller import RevisionPoller
from .store import REPRESENTATION_HEADERS, VALIDATOR_HEADERS, Headers, Page, Store, without

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Answer = tuple[str, Headers, bytes]  # status, headers, body
Key = tuple[Any, ...]

CACHEABLE_STATUSES = (HTTPStatus.OK, HTTPStatus.FOUND)
MAX_QUERY_LENGTH = 400  # bytes; a longer one is pasted text that nobody sends twice
# A file, by its suffix: none reads a query, and the files with all entries take a second to make.
FILE = re.compile(r"\.[a-z]+\Z|\A/\.well-known/")
MAX_READ_QUERY = 12_000  # bytes; nothing longer is stored
MAX_RENDERING_WAIT = 2.0  # seconds for which a request waits while another renders the page that it wants
MAX_REFRESH_WAIT = 0.5  # seconds, if there is an outdated page to answer with
MAX_WAITING = 8  # requests that wait for others' rendering; see statuscodes.web.concurrency
# All pages (72 MB) and all files for programs (71 MB), each counted at twice its bytes for its codings: a robot that
# reads the whole site evicts nothing that readers ask for. In fact they take about 120 MB of each worker.
MAX_PLAIN_BYTES = 160 * 1024 * 1024
MAX_QUERIED_BYTES = 32 * 1024 * 1024  # of pages with a query, of which there is no end
SHARED_MAX_AGE = 24 * 60 * 60  # seconds; by then the catalogue has changed, or the page is wanted again
STALE = {"Cache-Control": "public, max-age=0, stale-if-error=86400", "CDN-Cache-Control": "max-age=0"}


def release_digest() -> str:
    """Return a short digest of what this release renders pages from: hosts share pages only within a release."""
    paths = [settings.BASE_DIR / "requirements.txt"]
    for folder, pattern in (
        ("answers", "*.py"),
        ("codes", "*.py"),
        ("statuscodes", "*.py"),
        ("templates", "*.*"),
        ("static", "*.*"),
        ("locale", "*.mo"),
    ):
        paths += sorted((settings.BASE_DIR / folder).rglob(pattern))
    digest = hashlib.sha256(f"{settings.SITE_URL} {settings.ANSWERS_URL}".encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class PageCache:
    """The WSGI application in front of Django's."""

    def __init__(self, application: Callable[..., Any], poller: RevisionPoller, release: str = "") -> None:
        self.application = application
        self.poller = poller
        self.release = release
        self.plain, self.queried = Store(MAX_PLAIN_BYTES), Store(MAX_QUERIED_BYTES)
        # Under these paths every request reaches Django as it is: the admin reads queries that public pages do not.
        prefixes = ["/", *(f"/{code}/" for code, _name in settings.LANGUAGES)]
        self.passed_on = (f"/{settings.STATIC_URL.strip('/')}/", *(prefix + settings.ADMIN_PATH for prefix in prefixes))
        self.session_cookie = settings.SESSION_COOKIE_NAME
        self.behind_proxy = settings.BEHIND_PROXY
        self.query_names = frozenset(settings.PUBLIC_QUERY_NAMES)
        self.query_lists = frozenset(settings.PUBLIC_QUERY_LISTS)
        self.rendering: dict[Key, threading.Lock] = {}
        self.waiting = threading.BoundedSemaphore(MAX_WAITING)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        store = self.queried if key[-1] else self.plain
        page: Page | Answer | None = store.get(key)
        if isinstance(page, Page) and self._is_current(page):
            CACHE_HITS.inc()
        else:
            page = self._render_once(environ, key, store)
        if isinstance(page, Page):
            return self._answer(page, environ, start_response)
        status, headers, body = page
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _is_current(self, page: Page) -> bool:
        # Not a greater one either: when a database is put back to an older state, its revision goes backwards.
        return page.revision == self.poller.number

    def _render_once(self, environ: Environ, key: Key, store: Store) -> Page | Answer:
        """Render a missing page; requests that come in the meantime wait for it, though not for long."""
        outdated = store.get(key)
        lock = self.rendering.setdefault(key, threading.Lock())
        if not self._acquire(lock, MAX_REFRESH_WAIT if outdated else MAX_RENDERING_WAIT):
            return outdated or self._render_and_store(environ, key, store)
        try:
            page = store.get(key)
            if page and self._is_current(page):
                return page
            return self._render_and_store(environ, key, store)
        finally:
            # Those who wait for this lock find the page stored; those who come later need no lock, or take a new one.
            self.rendering.pop(key, None)
            lock.release()

    def _acquire(self, lock: threading.Lock, max_wait: float) -> bool:
        """Take the lock, perhaps after waiting for it; return False if that takes too long or too many wait."""
        if lock.acquire(blocking=False):
            return True
        if not self.waiting.acquire(blocking=False):
            return False
        try:
            return lock.acquire(timeout=max_wait)
        finally:
            self.waiting.release()

    def _render_and_store(self, environ: Environ, key: Key, store: Store) -> Page | Answer:
        revision = self.poller.number
        made = self._shared(key, revision) or self._render(environ, key, revision)
        if isinstance(made, Page):
            store.store(key, made)
        elif made[0].startswith("503") and (outdated := store.get(key)):
            return outdated
        return made

    def _key(self, environ: Environ) -> Key | None:
        """Return what the answer depends on, the query last; None for a request that has to reach Django."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or len(query) > MAX_READ_QUERY
            or path.startswith(self.passed_on)
            or "charset" in environ.get("CONTENT_TYPE", "").lower()
            # An editor who has just saved sees the page as it is now.
            or self.session_cookie in environ.get("HTTP_COOKIE", "")
        ):
            return None
        if query:
            query = "" if FILE.search(path) else self._canonical(query)
            if len(query) > MAX_QUERY_LENGTH or "%00" in query:
                return None
        scheme = environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO")
        return scheme, environ.get("HTTP_HOST"), path, query

    def _canonical(self, query: str) -> str:
        """Return the part of a query that public pages read, in one spelling.

        Of equal names the last counts, unless pages read all values of the name.
        """
        pairs = parse_qsl(query.encode("latin-1", "replace").decode(errors="replace"), keep_blank_values=True)
        single = {(name, value) for name, value in dict(pairs).items() if name in self.query_names}
        listed = {(name, value) for name, value in pairs if name in self.query_lists}
        return urlencode(sorted(single | listed))

    def _shared(self, key: Key, revision: int) -> Page | None:
        """Return the page that another process rendered from the same release and revision, if there is one."""
        if not self._is_shared(key, revision):
            return None
        try:
            status, headers, body = cache.get(self._shared_key(key, revision))
            return Page(revision, str(status), [(str(name), str(value)) for name, value in headers], body.encode())
        except (AttributeError, TypeError, ValueError):
            return None  # nothing, or what another release stored

    def _is_shared(self, key: Key, revision: int) -> bool:
        """Return whether hosts share the page: queries are endless, and would push everything else out of Redis."""
        # Before the first poll it is unknown which catalogue a page is of.
        return revision > 0 and not key[-1]

    def _shared_key(self, key: Key, revision: int) -> str:
        return f"{self.release}:{revision}:{hashlib.sha256(repr(key).encode()).hexdigest()}"

    def _render(self, environ: Environ, key: Key, revision: int) -> Page | Answer:
        """Ask Django; return a Page if the answer may be stored, else the answer.

        The revision was read before, so the page is at least as new.
        """
        answer: list[Any] = []
        asked = environ | {"REQUEST_METHOD": "GET", "QUERY_STRING": key[-1]}
        response = self.application(asked, lambda status, headers, exc_info=None: answer.extend((status, headers)))
        try:
            body = b"".join(response)
        finally:
            response.close()
        status, headers = answer
        named = {name.lower(): value for name, value in headers}
        public = "public" in named.get("cache-control", "")
        if int(status[:3]) not in CACHEABLE_STATUSES or not public or "set-cookie" in named or "vary" in named:
            return status, headers, body
        page = Page(revision, status, [(n, v) for n, v in headers if n.lower() != "content-length"], body)
        if self._is_shared(key, revision):
            cache.set(self._shared_key(key, revision), [page.status, page.headers, body.decode()], SHARED_MAX_AGE)
        return page

    def _answer(self, page: Page, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer with the page, or with 304 or 412 if a precondition says so."""
        page_in_coding = page.encoded(accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        # Redirects ignore conditional header fields (RFC 9110 section 13.2.1).
        conditions = environ if page.body else {}
        if "HTTP_IF_MATCH" in conditions and not matches(environ["HTTP_IF_MATCH"], page_in_coding.etag):
            headers = without(page_in_coding.headers, REPRESENTATION_HEADERS | VALIDATOR_HEADERS)
            headers += [("Cache-Control", "no-store"), ("Content-Length", "0")]
            start_response("412 Precondition Failed", headers)
            return []
        status, headers, body = page.status, page_in_coding.headers, page_in_coding.body
        if "HTTP_IF_NONE_MATCH" in conditions and matches(
            environ["HTTP_IF_NONE_MATCH"], page_in_coding.etag, weak=True
        ):
            status, headers, body = "304 Not Modified", page_in_coding.unchanged, b""
        is_fresh = self.poller.is_fresh
        if not is_fresh:
            self.poller.ensure_running()
        if not is_fresh or not self._is_current(page):
            headers = [(name, STALE.get(name, value)) for name, value in headers]
        if self.behind_proxy:
            # nginx stores the page until this second is over, and shows this header to nobody.
            headers = [*headers, ("X-Accel-Expires", f"@{int(time.time())}")]
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
