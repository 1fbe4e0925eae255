"""The page cache: pages by address and revision, served by the rules of RFC 9110 and RFC 9111."""

import gzip
import socket
import threading
from io import BytesIO

import brotli
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from codes.models import StatusCode
from statuscodes.page_cache.redis import FailSafeRedisCache
from statuscodes.page_cache.wsgi import PageCache, Store, accepted_encoding
from statuscodes.web.handler import Handler

pytestmark = pytest.mark.django_db


class Revision:
    """The catalogue's revision as the process knows it; tests set it."""

    number = 1
    is_fresh = True


class Answer:
    def __init__(self, status, headers, body):
        self.status = int(status[:3])
        self.headers = dict(headers)
        assert len(self.headers) == len(headers), "a header occurs twice"
        self.body = body


class CachedSite:
    """The page cache in front of Django, and how often Django was called."""

    def __init__(self, application):
        self.revision = Revision()
        self.asked = 0
        self.application = application
        self.pages = PageCache(self.count, self.revision)

    def count(self, environ, start_response):
        self.asked += 1
        return self.application(environ, start_response)

    def get(self, address, method="GET", content_type="", **headers):
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "CONTENT_TYPE": content_type,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": None,
        } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said = []
        body = b"".join(self.pages(environ, lambda status, headers, exc_info=None: said.extend((status, headers))))
        return Answer(*said, body)


@pytest.fixture
def cached_site():
    """A cached site whose requests do not close the connection of the test, and end its transaction with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield CachedSite(Handler())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


PUBLIC = [
    "/",
    "/en/",
    "/4xx/",
    "/404/",
    "/search/?q=gateway",
    "/search/suggest/?q=4",
    "/vs/",
    "/sitemap.xml",
    "/robots.txt",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_is_rendered_once(cached_site, address, client):
    first, second = cached_site.get(address), cached_site.get(address)
    assert cached_site.asked == 1
    assert (first.status, first.headers, first.body) == (second.status, second.headers, second.body)
    assert first.body == client.get(address).content


@pytest.mark.parametrize("address", ["/nope/", "/433/", "/404", "/admin/login/", "/healthz", "/search/?q=%00"])
def test_nothing_else_is_cached(cached_site, address):
    cached_site.get(address)
    cached_site.get(address)
    assert cached_site.asked == 2


def test_a_cached_page_has_the_same_headers_as_a_rendered_one(cached_site, client):
    answer = cached_site.get("/404/")
    for name, value in client.get("/404/").items():
        assert answer.headers[name] == value
    assert "Content-Security-Policy" in answer.headers


def test_a_page_is_rendered_again_when_the_revision_has_grown(cached_site):
    cached_site.get("/404/")
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    assert "고친 이름" not in cached_site.get("/404/").body.decode()
    cached_site.revision.number += 1
    assert "고친 이름" in cached_site.get("/404/").body.decode()


def test_a_page_that_became_stale_while_it_was_rendered_is_rendered_again(cached_site):
    def edit_meanwhile(environ, start_response):
        body = list(CachedSite.count(cached_site, environ, start_response))
        cached_site.revision.number += 1
        return Body(body)

    class Body(list):
        def close(self):
            pass

    cached_site.pages.application = edit_meanwhile
    cached_site.get("/404/")
    cached_site.pages.application = cached_site.count
    cached_site.get("/404/")
    assert cached_site.asked == 2


def test_the_order_of_query_parameters_makes_no_second_page(cached_site):
    first = cached_site.get("/?standing=vendor&fact=retry")
    assert cached_site.get("/?fact=retry&standing=vendor").body == first.body
    assert cached_site.asked == 1
    cached_site.get("/?standing=obsolete&standing=vendor")
    assert b"aria-current" in cached_site.get("/?standing=vendor&standing=obsolete").body
    assert cached_site.asked == 3


def test_an_editor_is_answered_by_django_and_told_to_ask_again(cached_site):
    for _ in range(2):
        answer = cached_site.get("/404/", cookie="a=1; __Host-sessionid=abc")
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert cached_site.asked == 2


@pytest.mark.parametrize("kind", [{"host": "status.example"}, {"x_forwarded_proto": "https"}])
def test_what_may_change_the_answer_makes_a_page_of_its_own(cached_site, kind):
    cached_site.get("/404/")
    cached_site.get("/404/", **kind)
    assert cached_site.asked == 2


def test_other_cookies_make_no_difference(cached_site):
    answer = cached_site.get("/404/", cookie="csrftoken=x; theme=dark")
    assert "Set-Cookie" not in answer.headers
    cached_site.get("/404/")
    assert cached_site.asked == 1


def test_a_foreign_host_gets_no_cached_page(cached_site):
    cached_site.get("/404/")
    assert cached_site.get("/404/", host="evil.example").status == 400


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.9", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.5", "gzip"),
        ("*;q=0", ""),
        ("identity", ""),
        ("GZIP", "gzip"),
        ("zbr, gzipped", ""),
        (";;,,;q=,br;q=zz;q=1", "br"),
        ("gzip; q = 0", ""),
    ],
)
def test_the_coding_is_one_that_the_client_accepts(header, coding):
    assert accepted_encoding(header) == coding


@pytest.mark.parametrize(("coding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
def test_each_coding_is_the_same_page_with_a_tag_of_its_own(cached_site, coding, decode):
    plain, coded = cached_site.get("/404/"), cached_site.get("/404/", accept_encoding=coding)
    assert decode(coded.body) == plain.body
    assert coded.headers["Content-Length"] == str(len(coded.body))
    assert coded.headers["Vary"] == "Accept-Encoding"
    assert coded.headers.get("Content-Encoding", "") == coding
    assert (coded.headers["ETag"] == plain.headers["ETag"]) == (coding == "")
    assert cached_site.asked == 1


def test_head_is_get_without_content(cached_site):
    for accept in ("", "br"):
        head = cached_site.get("/404/", "HEAD", accept_encoding=accept)
        get = cached_site.get("/404/", accept_encoding=accept)
        assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert cached_site.asked == 1


@pytest.mark.parametrize("condition", ["{}", "W/{}", '"other", {}', '"a",W/{},"b"', "*"])
def test_a_browser_that_has_the_page_gets_304(cached_site, condition):
    page = cached_site.get("/404/", accept_encoding="br")
    answer = cached_site.get("/404/", accept_encoding="br", if_none_match=condition.format(page.headers["ETag"]))
    assert (answer.status, answer.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert answer.headers[name] == page.headers[name]
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(answer.headers)


@pytest.mark.parametrize("condition", ['"other"', "W/", "", '""', "{}x", "garbage, *"])
def test_a_browser_that_has_another_page_gets_this_one(cached_site, condition):
    tag = cached_site.get("/404/").headers["ETag"]
    assert cached_site.get("/404/", if_none_match=condition.format(tag)).status == 200


def test_a_tag_of_another_coding_does_not_match(cached_site):
    tag = cached_site.get("/404/", accept_encoding="br").headers["ETag"]
    assert cached_site.get("/404/", accept_encoding="gzip", if_none_match=tag).status == 200


@pytest.mark.parametrize(("condition", "status"), [("{}", 200), ("*", 200), ('"other"', 412), ("W/{}", 412)])
def test_if_match_compares_strongly(cached_site, condition, status):
    tag = cached_site.get("/404/").headers["ETag"]
    assert cached_site.get("/404/", if_match=condition.format(tag)).status == status


def test_no_cache_stores_a_412_in_place_of_the_page(cached_site):
    cached_site.get("/404/")
    refused = cached_site.get("/404/", if_match='"other"')
    assert refused.headers["Cache-Control"] == "no-store"
    assert {"ETag", "CDN-Cache-Control"}.isdisjoint(refused.headers)


@pytest.mark.parametrize("condition", [{"if_none_match": "*"}, {"if_match": '"other"'}])
def test_a_redirect_is_not_conditional(cached_site, condition):
    for _ in range(2):
        answer = cached_site.get("/search/?q=404", **condition)
        assert (answer.status, answer.headers["Location"]) == (302, "/404/")
        assert "ETag" not in answer.headers


def test_a_range_is_answered_with_the_whole_page(cached_site):
    assert cached_site.get("/404/", range="bytes=0-10").status == 200


@pytest.mark.parametrize("method", ["head", "Get", "post"])
def test_a_method_in_other_letters_is_another_method(cached_site, method):
    assert cached_site.get("/404/", method).status == 405


def test_other_methods_are_djangos(cached_site):
    cached_site.get("/404/")
    answer = cached_site.get("/404/", "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "charset", ["zip", "hex", "rot13", "us-ascii", "punycode", "idna", "utf-7", "undefined", "nope", ""]
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(("method", "address"), [("POST", "/admin/login/"), ("GET", "/404/?q=%FF")])
def test_a_charset_that_is_not_utf8_gets_400(cached_site, method, address, kind, charset):
    for parameter in ("charset", "Charset"):
        answer = cached_site.get(address, method, content_type=f"{kind}; {parameter}={charset}")
        assert answer.status == 400
        assert b"UTF-8" in answer.body


def test_a_login_page_opened_in_two_tabs_has_one_token(cached_site):
    cookie = cached_site.get("/admin/login/").headers["Set-Cookie"].partition(";")[0]
    again = cached_site.get("/admin/login/", cookie=cookie)
    assert again.headers["Set-Cookie"].startswith(cookie)


def test_many_readers_of_a_missing_page_wait_for_one_rendering(cached_site):
    inside, go_on = threading.Event(), threading.Event()

    class Body(list):
        def close(self):
            pass

    def slow(environ, start_response):
        cached_site.asked += 1
        inside.set()
        go_on.wait(timeout=10)
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Type", "text/plain")])
        return Body([b"page"])

    cached_site.pages.application = slow
    got = []
    readers = [threading.Thread(target=lambda: got.append(cached_site.get("/404/").body)) for _ in range(20)]
    for reader in readers:
        reader.start()
    assert inside.wait(timeout=10)
    go_on.set()
    for reader in readers:
        reader.join(timeout=10)
    assert got == [b"page"] * 20
    assert cached_site.asked == 1


def test_pages_of_an_unknown_catalogue_are_not_shared(cached_site, monkeypatch):
    shared = {}
    monkeypatch.setattr(
        "statuscodes.page_cache.wsgi.cache.set", lambda key, value, timeout: shared.update({key: value})
    )
    cached_site.revision.number = 0
    cached_site.get("/404/")
    assert shared == {}
    cached_site.revision.number = 1
    cached_site.get("/404/")
    assert len(shared) == 1


def test_while_the_database_is_unavailable_cached_pages_are_served_as_stale(cached_site, monkeypatch):
    fresh = cached_site.get("/404/")
    cached_site.revision.is_fresh = False
    stale = cached_site.get("/404/")
    assert stale.body == fresh.body
    assert stale.headers["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    assert stale.headers["CDN-Cache-Control"] == "max-age=0"
    assert cached_site.asked == 1


def test_a_page_that_cannot_be_rendered_again_stays_as_it_was(cached_site, monkeypatch):
    from django.db import OperationalError

    fresh = cached_site.get("/404/")

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("codes.models.StatusCodeQuerySet.with_details", fail)
    cached_site.revision.number += 1
    assert cached_site.get("/404/").body == fresh.body
    assert cached_site.get("/en/404/").status == 503


def test_a_shared_cache_that_hangs_is_asked_once_and_then_skipped():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shared = FailSafeRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        assert [shared.get("page") for _ in range(20)] == [None] * 20
        silent.settimeout(5)
        silent.accept()
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()


@pytest.mark.parametrize("address", ["/search/?q=word{}", "/search/?q=404&x={}", "/search/suggest/?q=&x={}"])
def test_queries_cannot_fill_the_memory(cached_site, address):
    """Neither by long pages nor by many short ones: a redirect costs its headers and its key."""
    cached_site.pages.queried = Store(max_bytes=200_000)
    cached_site.get("/404/")
    for number in range(40):
        cached_site.get(address.format(number))
    stored = cached_site.pages.queried
    assert stored.bytes == sum(page.size for page in stored.values()) <= 200_000
    assert 0 < len(stored) < 40
    asked = cached_site.asked
    cached_site.get("/404/")
    assert cached_site.asked == asked
