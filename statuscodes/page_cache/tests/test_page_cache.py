"""Finished pages: kept by address and revision, and right to RFC 9110 and 9111 for whoever asks."""

import gzip
import html
import re
import socket
import threading
from io import BytesIO
from urllib.parse import parse_qsl

import brotli
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from codes.models import StatusCode
from conftest import wait_for
from statuscodes.page_cache.redis import FailSafeRedisCache
from statuscodes.page_cache.wsgi import MAX_WAITING, PageCache, Store, accepted_encoding
from statuscodes.web.handler import Handler

pytestmark = pytest.mark.django_db


class Revision:
    """What the process knows of the catalogue's revision; tests set it."""

    number = 1
    is_fresh = True

    def __init__(self):
        self.asked_to_run = 0

    def ensure_running(self):
        self.asked_to_run += 1


class Body(list):
    """The content of an answer of a WSGI application."""

    def close(self):
        pass


class Answer:
    def __init__(self, status, headers, body):
        self.status = int(status[:3])
        self.headers = dict(headers)
        assert len(self.headers) == len(headers), "a header stands twice"
        self.body = body


class Front:
    """Finished pages in front of Django, and how often Django was asked."""

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
def front():
    """Without the ends of requests that would close the connection of the test, and its transaction with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Front(Handler())
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
def test_a_public_page_is_made_once(front, address, client):
    first, second = front.get(address), front.get(address)
    assert front.asked == 1
    assert (first.status, first.headers, first.body) == (second.status, second.headers, second.body)
    assert first.body == client.get(address).content


@pytest.mark.parametrize("address", ["/nope/", "/433/", "/404", "/admin/login/", "/healthz", "/search/?q=%00"])
def test_nothing_else_is_kept(front, address):
    front.get(address)
    front.get(address)
    assert front.asked == 2


def test_a_kept_page_carries_the_same_headers_as_one_of_djangos(front, client):
    answer = front.get("/404/")
    for name, value in client.get("/404/").items():
        assert answer.headers[name] == value
    assert "Content-Security-Policy" in answer.headers


def test_a_page_is_made_anew_when_the_revision_has_grown(front):
    front.get("/404/")
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    assert "고친 이름" not in front.get("/404/").body.decode()
    front.revision.number += 1
    assert "고친 이름" in front.get("/404/").body.decode()


@pytest.mark.parametrize("number", [0, 1, 49])
def test_a_page_is_made_anew_when_the_revision_went_backwards(front, number):
    """As when an older database is put back while the site runs."""
    front.revision.number = 50
    front.get("/404/")
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    front.revision.number = number
    assert "고친 이름" in front.get("/404/").body.decode()


def test_a_page_that_was_overtaken_while_it_was_made_is_made_again(front):
    def edit_meanwhile(environ, start_response):
        body = list(Front.count(front, environ, start_response))
        front.revision.number += 1
        return Body(body)

    front.pages.application = edit_meanwhile
    front.get("/404/")
    front.pages.application = front.count
    front.get("/404/")
    assert front.asked == 2


def test_the_order_of_the_query_makes_no_second_page(front):
    first = front.get("/?standing=vendor&fact=retry")
    assert front.get("/?fact=retry&standing=vendor").body == first.body
    assert front.asked == 1
    front.get("/?standing=obsolete&standing=vendor")
    assert b"aria-current" in front.get("/?standing=vendor&standing=obsolete").body
    assert front.asked == 3


def test_an_editor_is_answered_by_django_and_told_to_ask_again(front):
    for _ in range(2):
        answer = front.get("/404/", cookie="a=1; __Host-sessionid=abc")
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert front.asked == 2


@pytest.mark.parametrize("kind", [{"host": "status.example"}, {"x_forwarded_proto": "https"}])
def test_what_may_change_the_answer_makes_a_page_of_its_own(front, kind):
    front.get("/404/")
    front.get("/404/", **kind)
    assert front.asked == 2


def test_other_cookies_make_no_difference(front):
    answer = front.get("/404/", cookie="csrftoken=x; theme=dark")
    assert "Set-Cookie" not in answer.headers
    front.get("/404/")
    assert front.asked == 1


def test_a_foreign_host_gets_no_kept_page(front):
    front.get("/404/")
    assert front.get("/404/", host="evil.example").status == 400


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
def test_each_coding_is_the_same_page_with_a_tag_of_its_own(front, coding, decode):
    plain, coded = front.get("/404/"), front.get("/404/", accept_encoding=coding)
    assert decode(coded.body) == plain.body
    assert coded.headers["Content-Length"] == str(len(coded.body))
    assert coded.headers["Vary"] == "Accept-Encoding"
    assert coded.headers.get("Content-Encoding", "") == coding
    assert (coded.headers["ETag"] == plain.headers["ETag"]) == (coding == "")
    assert front.asked == 1


def test_head_is_get_without_content(front):
    for accept in ("", "br"):
        head = front.get("/404/", "HEAD", accept_encoding=accept)
        get = front.get("/404/", accept_encoding=accept)
        assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert front.asked == 1


@pytest.mark.parametrize("condition", ["{}", "W/{}", '"other", {}', '"a",W/{},"b"', "*"])
def test_a_browser_that_has_the_page_gets_304(front, condition):
    page = front.get("/404/", accept_encoding="br")
    answer = front.get("/404/", accept_encoding="br", if_none_match=condition.format(page.headers["ETag"]))
    assert (answer.status, answer.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert answer.headers[name] == page.headers[name]
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(answer.headers)


@pytest.mark.parametrize("condition", ['"other"', "W/", "", '""', "{}x", "garbage, *"])
def test_a_browser_that_has_another_page_gets_this_one(front, condition):
    tag = front.get("/404/").headers["ETag"]
    assert front.get("/404/", if_none_match=condition.format(tag)).status == 200


def test_a_tag_of_another_coding_does_not_match(front):
    tag = front.get("/404/", accept_encoding="br").headers["ETag"]
    assert front.get("/404/", accept_encoding="gzip", if_none_match=tag).status == 200


@pytest.mark.parametrize(("condition", "status"), [("{}", 200), ("*", 200), ('"other"', 412), ("W/{}", 412)])
def test_if_match_compares_strongly(front, condition, status):
    tag = front.get("/404/").headers["ETag"]
    assert front.get("/404/", if_match=condition.format(tag)).status == status


def test_nobody_keeps_a_refusal_in_the_place_of_the_page(front):
    front.get("/404/")
    refused = front.get("/404/", if_match='"other"')
    assert refused.headers["Cache-Control"] == "no-store"
    assert {"ETag", "CDN-Cache-Control"}.isdisjoint(refused.headers)


@pytest.mark.parametrize("condition", [{"if_none_match": "*"}, {"if_match": '"other"'}])
def test_a_redirect_is_not_conditional(front, condition):
    for _ in range(2):
        answer = front.get("/search/?q=404", **condition)
        assert (answer.status, answer.headers["Location"]) == (302, "/404/")
        assert "ETag" not in answer.headers


def test_a_range_is_answered_with_the_whole_page(front):
    assert front.get("/404/", range="bytes=0-10").status == 200


@pytest.mark.parametrize("method", ["head", "Get", "post"])
def test_a_method_in_other_letters_is_another_method(front, method):
    assert front.get("/404/", method).status == 405


def test_other_methods_are_djangos(front):
    front.get("/404/")
    answer = front.get("/404/", "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "charset", ["zip", "hex", "rot13", "us-ascii", "punycode", "idna", "utf-7", "undefined", "nope", ""]
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(("method", "address"), [("POST", "/admin/login/"), ("GET", "/404/?q=%FF")])
def test_a_charset_that_is_not_utf8_gets_400(front, method, address, kind, charset):
    for parameter in ("charset", "Charset"):
        answer = front.get(address, method, content_type=f"{kind}; {parameter}={charset}")
        assert answer.status == 400
        assert b"UTF-8" in answer.body


def test_a_log_in_page_opened_twice_is_one_form_in_both_tabs(front):
    cookie = front.get("/admin/login/").headers["Set-Cookie"].partition(";")[0]
    again = front.get("/admin/login/", cookie=cookie)
    assert again.headers["Set-Cookie"].startswith(cookie)


def test_many_readers_of_a_missing_page_wait_for_one_rendering(front):
    inside, go_on = threading.Event(), threading.Event()

    def slow(environ, start_response):
        front.asked += 1
        inside.set()
        go_on.wait(timeout=10)
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Type", "text/plain")])
        return Body([b"page"])

    front.pages.application = slow
    got = []
    readers = [threading.Thread(target=lambda: got.append(front.get("/404/").body)) for _ in range(1 + MAX_WAITING)]
    for reader in readers:
        reader.start()
    assert inside.wait(timeout=10)
    go_on.set()
    for reader in readers:
        reader.join(timeout=10)
    assert got == [b"page"] * (1 + MAX_WAITING)
    assert front.asked == 1


def test_pages_of_an_unknown_catalogue_are_not_shared(front, monkeypatch):
    shared = {}
    monkeypatch.setattr(
        "statuscodes.page_cache.wsgi.cache.set", lambda key, value, timeout: shared.update({key: value})
    )
    front.revision.number = 0
    front.get("/404/")
    assert shared == {}
    front.revision.number = 1
    front.get("/404/")
    assert len(shared) == 1


def test_while_the_database_is_away_kept_pages_are_served_and_called_stale(front, monkeypatch):
    fresh = front.get("/404/")
    front.revision.is_fresh = False
    stale = front.get("/404/")
    assert stale.body == fresh.body
    assert stale.headers["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    assert stale.headers["CDN-Cache-Control"] == "max-age=0"
    assert front.asked == 1
    assert front.revision.asked_to_run == 1


def test_a_page_that_cannot_be_made_anew_stays_as_it_was(front, monkeypatch):
    from django.db import OperationalError

    fresh = front.get("/404/")

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("codes.models.StatusCodeQuerySet.with_details", fail)
    front.revision.number += 1
    assert front.get("/404/").body == fresh.body
    assert front.get("/en/404/").status == 503


def test_a_shared_cache_that_hangs_is_asked_once_and_then_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shared = FailSafeRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        assert [shared.get("page") for _ in range(20)] == [None] * 20
        silent.settimeout(5)
        silent.accept()
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()


@pytest.mark.parametrize("address", ["/search/?q=word{}", "/search/?q=HTTP+404+{}", "/search/suggest/?q=&fact={}"])
def test_queries_cannot_fill_the_memory(front, address):
    """Neither by long pages nor by many short ones: a redirect costs its headers and its key."""
    front.pages.queried = Store(max_bytes=200_000)
    front.get("/404/")
    for number in range(40):
        front.get(address.format(number))
    kept = front.pages.queried
    assert kept.bytes == sum(page.size for page in kept.values()) <= 200_000
    assert 0 < len(kept) < 40
    asked = front.asked
    front.get("/404/")
    assert front.asked == asked


# What belongs to a page's address


@pytest.mark.parametrize(
    "query", ["x=1", "utm_source=mail&fbclid=abc", "x", "=", "&&", "Q=1", "%00x=1", "x=%FF", "x" * 900]
)
def test_what_no_page_reads_of_a_query_makes_no_page_of_its_own(front, query):
    page = front.get("/404/")
    assert front.get(f"/404/?{query}").body == page.body
    assert front.asked == 1


def test_a_query_that_is_spelt_otherwise_is_the_same_query(front):
    first = front.get("/search/?all=1&q=bad+gateway")
    for query in ("q=bad%20gateway&all=1", "%71=bad+gateway&x=y&all=1", "q=other&q=bad+gateway&all=1"):
        assert front.get(f"/search/?{query}").body == first.body
    assert front.asked == 1


def test_the_last_of_equal_names_counts_as_it_does_for_django(front, client):
    for query in ("q=404&%71=500", "%71=404&q=500", "q=500"):
        assert front.get(f"/search/?{query}").headers["Location"] == client.get(f"/search/?{query}").headers["Location"]


def test_every_query_that_a_public_page_links_to_is_known_to_the_cache(client, settings):
    linked = set()
    for address in ("/", "/404/?q=not+found", "/search/?all=1&q=gateway", "/?standing=vendor", "/opensearch.xml"):
        text = html.unescape(client.get(address).content.decode())
        for found in re.findall(r'(?:href|template)="[^"]*[?]([^"#]*)"', text):
            linked |= {name for name, _value in parse_qsl(found, keep_blank_values=True)}
        linked |= set(re.findall(r'<input[^>]* name="(\w+)"', text))
    assert linked == set(settings.PUBLIC_QUERY_NAMES)


# A rendering that hangs


@pytest.fixture
def hanging(front, monkeypatch):
    """The cached site while every rendering hangs until the event is set."""
    go_on = threading.Event()

    def hang(environ, start_response):
        front.asked += 1
        go_on.wait(timeout=20)
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Type", "text/plain")])
        return Body([b"new page"])

    monkeypatch.setattr("statuscodes.page_cache.wsgi.MAX_REFRESH_WAIT", 0.05)
    monkeypatch.setattr("statuscodes.page_cache.wsgi.MAX_RENDERING_WAIT", 0.05)
    front.go_on, front.hang = go_on, hang
    yield front
    go_on.set()


def start(call):
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


def test_who_can_get_an_outdated_page_does_not_wait_for_a_rendering_that_hangs(hanging):
    old = hanging.get("/404/")
    hanging.pages.application = hanging.hang
    hanging.revision.number += 1
    first = start(lambda: hanging.get("/404/"))
    wait_for(lambda: hanging.asked == 2 or None)
    page = hanging.get("/404/")
    assert page.body == old.body
    assert page.headers["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    hanging.go_on.set()
    first.join(timeout=10)
    assert hanging.get("/404/").body == b"new page"


def test_other_pages_do_not_wait_for_a_rendering_that_hangs(hanging):
    application = hanging.pages.application
    hanging.pages.application = hanging.hang
    start(lambda: hanging.get("/404/"))
    wait_for(lambda: hanging.asked == 1 or None)
    hanging.pages.application = application
    for number in range(100):
        assert hanging.get(f"/{number}-nope/").status == 404
    assert hanging.get("/healthz").status == 200


def test_few_wait_for_a_rendering_that_hangs_and_the_others_ask_django(hanging, monkeypatch):
    monkeypatch.setattr("statuscodes.page_cache.wsgi.MAX_RENDERING_WAIT", 20)
    hanging.pages.application = hanging.hang
    readers = [start(lambda: hanging.get("/404/")) for _ in range(MAX_WAITING + 4)]
    wait_for(lambda: hanging.asked == 4 or None)
    hanging.go_on.set()
    for reader in readers:
        reader.join(timeout=10)
    assert hanging.asked == 4
    assert hanging.pages.rendering == {}
