"""The page cache: pages by address and revision, served by the rules of RFC 9110 and RFC 9111."""

import gzip
import html
import re
import socket
import threading
import time
from io import BytesIO
from urllib.parse import parse_qsl

import brotli
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from codes.models import StatusCode
from codes.tests.live.servers import wait_for
from statuscodes.page_cache.negotiation import accepted_encoding, entity_tags, matches
from statuscodes.page_cache.redis import FailSafeRedisCache
from statuscodes.page_cache.wsgi import MAX_WAITING, PageCache, Store
from statuscodes.web.handler import Handler

pytestmark = pytest.mark.django_db


class Revision:
    """The catalogue's revision as the process knows it; tests set it."""

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
        assert len(self.headers) == len(headers), "a header occurs twice"
        self.body = body


class CachedSite:
    """The page cache in cached_site of Django, and how often Django was called."""

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


def test_the_proxy_in_cached_site_is_told_to_store_a_page_until_the_second_is_over(cached_site):
    assert "X-Accel-Expires" not in cached_site.get("/404/").headers
    cached_site.pages.behind_proxy = True
    etag = cached_site.get("/404/").headers["ETag"]
    for headers in ({}, {"if_none_match": etag}):
        before = int(time.time())
        told = cached_site.get("/404/", **headers).headers["X-Accel-Expires"]
        assert before <= int(told.removeprefix("@")) <= time.time()
    assert "X-Accel-Expires" not in cached_site.get("/admin/login/").headers


def test_a_page_is_rendered_again_when_the_revision_has_grown(cached_site):
    cached_site.get("/404/")
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    assert "고친 이름" not in cached_site.get("/404/").body.decode()
    cached_site.revision.number += 1
    assert "고친 이름" in cached_site.get("/404/").body.decode()


@pytest.mark.parametrize("number", [0, 1, 49])
def test_a_page_is_rendered_again_when_the_revision_went_backwards(cached_site, number):
    """As when an older database is put back while the site runs."""
    cached_site.revision.number = 50
    cached_site.get("/404/")
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    cached_site.revision.number = number
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


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ('"a,b"', ['"a,b"']),
        ('"x,y", W/"a,b"', ['"x,y"', 'W/"a,b"']),
        (',, "a" ,\t"b",', ['"a"', '"b"']),
        ('"a" "b"', []),
        ('"a', []),
        ('"a b"', []),
        ('"x", a, "b"', []),
        ('w/"a"', []),
        ("a" * 30_000, []),
        (" " * 30_000 + "a", []),
    ],
)
def test_an_entity_tag_may_contain_commas(header, tags):
    assert entity_tags(header) == tags


def test_a_part_of_a_tag_does_not_match():
    assert not matches('"before,"a","after"', '"a"')
    assert matches('"a,b", "c"', '"a,b"')


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
    assert cached_site.get("/404/", method).status == 501


def test_other_methods_are_djangos(cached_site):
    cached_site.get("/404/")
    answer = cached_site.get("/404/", "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


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

    def slow(environ, start_response):
        cached_site.asked += 1
        inside.set()
        go_on.wait(timeout=10)
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Type", "text/plain")])
        return Body([b"page"])

    cached_site.pages.application = slow
    got = []
    readers = [
        threading.Thread(target=lambda: got.append(cached_site.get("/404/").body)) for _ in range(1 + MAX_WAITING)
    ]
    for reader in readers:
        reader.start()
    assert inside.wait(timeout=10)
    go_on.set()
    for reader in readers:
        reader.join(timeout=10)
    assert got == [b"page"] * (1 + MAX_WAITING)
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
    assert cached_site.revision.asked_to_run == 1


def test_a_page_that_cannot_be_rendered_again_stays_as_it_was(cached_site, monkeypatch):
    from django.db import OperationalError

    fresh = cached_site.get("/404/")

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("codes.models.StatusCodeQuerySet.linked_from", fail)
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


@pytest.fixture
def redis(monkeypatch):
    """What a Redis server holds, shared by all caches of the test."""
    stored = {}

    class Client:
        def get(self, key, default):
            return stored.get(key, default)

        def set(self, key, value, timeout):
            stored[key] = value

    monkeypatch.setattr(FailSafeRedisCache, "_cache", Client())
    monkeypatch.setattr("statuscodes.page_cache.wsgi.cache", FailSafeRedisCache("redis://127.0.0.1:1/0", {}))
    return stored


def other_process(cached_site):
    """A process of another host that has rendered nothing yet."""
    return CachedSite(cached_site.application)


def test_hosts_share_pages_without_a_query(cached_site, redis):
    first = cached_site.get("/404/")
    other = other_process(cached_site)
    assert other.get("/404/").body == first.body
    assert other.asked == 0
    for address in ("/404/?x=1", "/search/?q=gateway", "/search/suggest/?q=4"):
        cached_site.get(address)
    assert len(redis) == 1


SHAPES = [
    "",
    "5",
    "null",
    '"abc"',
    "[1,2,3]",
    "[" * 100_000,
    '["200 OK",[["a"]],"x"]',
    '["200 OK",[],"<h1>planted</h1>"]',
]


@pytest.mark.parametrize("planted", [shape.encode() for shape in SHAPES] + [b"\xff\n{}", b"0" * 64 + b"\n[]", 7])
def test_what_others_put_into_redis_is_no_page(cached_site, redis, planted):
    right = cached_site.get("/404/")
    (key,) = redis
    redis[key] = planted
    other = other_process(cached_site)
    answer = other.get("/404/")
    assert (answer.status, answer.body) == (200, right.body)
    assert other.asked == 1


def test_a_shared_page_is_none_under_another_key(cached_site, redis):
    cached_site.get("/404/")
    cached_site.get("/403/")
    first, second = redis
    redis[first], redis[second] = redis[second], redis[first]
    other = other_process(cached_site)
    other.get("/404/")
    assert other.asked == 1


@pytest.mark.parametrize("value", [5, "abc", [1, 2, 3], ["200 OK", [["a"]], "x"], ["200 OK", [], 5], {"a": 1}])
def test_a_shape_of_another_release_is_no_page(cached_site, redis, value, monkeypatch):
    monkeypatch.setattr("statuscodes.page_cache.wsgi.cache.get", lambda key: value)
    assert cached_site.get("/404/").status == 200
    assert cached_site.asked == 1


@pytest.mark.parametrize("address", ["/search/?q=word{}", "/search/?q=HTTP+404+{}", "/search/suggest/?q=&fact={}"])
def test_queries_cannot_fill_the_memory(cached_site, address):
    """Neither by long pages nor by many short ones: a redirect costs its headers and its key."""
    cached_site.pages.queried = Store(max_bytes=200_000)
    cached_site.get("/404/")
    for number in range(40):
        cached_site.get(address.format(number))
    kept = cached_site.pages.queried
    assert kept.bytes == sum(page.size for page in kept.values()) <= 200_000
    assert 0 < len(kept) < 40
    asked = cached_site.asked
    cached_site.get("/404/")
    assert cached_site.asked == asked


# What belongs to a page's address


@pytest.mark.parametrize(
    "query", ["x=1", "utm_source=mail&fbclid=abc", "x", "=", "&&", "Q=1", "%00x=1", "x=%FF", "x" * 900]
)
def test_what_no_page_reads_of_a_query_makes_no_page_of_its_own(cached_site, query):
    page = cached_site.get("/404/")
    assert cached_site.get(f"/404/?{query}").body == page.body
    assert cached_site.asked == 1


@pytest.mark.parametrize("address", ["/404.json", "/en/404.txt", "/sitemap.xml", "/.well-known/api-catalog"])
def test_a_file_is_made_once_whatever_query_comes_with_it(cached_site, address):
    """The files with all entries take a second: a client that invents queries would keep the site busy."""
    file = cached_site.get(address)
    for query in ("q=1", "q=2&page=7", "s=x", "topic=y&x=1"):
        answer = cached_site.get(f"{address}?{query}")
        assert (answer.status, answer.body) == (file.status, file.body)
    assert cached_site.asked == 1


def test_a_query_that_is_spelt_otherwise_is_the_same_query(cached_site):
    first = cached_site.get("/search/?all=1&q=bad+gateway")
    for query in ("q=bad%20gateway&all=1", "%71=bad+gateway&x=y&all=1", "q=other&q=bad+gateway&all=1"):
        assert cached_site.get(f"/search/?{query}").body == first.body
    assert cached_site.asked == 1


def test_the_last_of_equal_names_counts_as_it_does_for_django(cached_site, client):
    for query in ("q=404&%71=500", "%71=404&q=500", "q=500"):
        assert (
            cached_site.get(f"/search/?{query}").headers["Location"]
            == client.get(f"/search/?{query}").headers["Location"]
        )


def test_every_query_that_a_public_page_links_to_is_known_to_the_cache(client, rendered, settings):
    linked = set()
    settings.READER_REPORTS = True
    further = ("/404/?q=not+found", "/search/?all=1&q=gateway", "/?standing=vendor", "/opensearch.xml")
    for page in [*rendered.values(), *map(client.get, further)]:
        text = page.content.decode()
        for found in re.findall(r'(?:href="(?!https:)|template=")[^"]*[?]([^"#]*)"', text):
            linked |= {name for name, _value in parse_qsl(html.unescape(found), keep_blank_values=True)}
        in_address = re.sub('<form[^>]* method="post".*?</form>', "", text, flags=re.DOTALL)
        linked |= set(re.findall(r'<(?:input(?! type="radio")|select)[^>]* name="(\w+)"', in_address))
    assert linked == {*settings.PUBLIC_QUERY_NAMES, *settings.PUBLIC_QUERY_LISTS}


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("/404/errors/?page=2", "/404/errors/"),
        ("/choose/table/?topic=disputed", "/choose/table/?topic=read"),
        ("/choose/table/?house=GitHub&s=unique-taken", "/choose/table/?s=unique-taken"),
        ("/choose/table/?s=json-broken&s=unique-taken", "/choose/table/?s=unique-taken"),
    ],
)
def test_a_query_that_a_page_reads_makes_a_page_of_its_own(cached_site, client, address, other):
    page = cached_site.get(address)
    assert page.body == client.get(address).content
    assert page.body != cached_site.get(other).body


def test_all_values_of_a_list_count_in_any_order(cached_site):
    page = cached_site.get("/choose/table/?s=unique-taken&s=json-broken")
    assert cached_site.get("/choose/table/?s=json-broken&s=unique-taken&s=json-broken&x=y").body == page.body
    assert cached_site.asked == 1


# A rendering that hangs


@pytest.fixture
def hanging(cached_site, monkeypatch):
    """The cached site while every rendering hangs until the event is set."""
    go_on = threading.Event()

    def hang(environ, start_response):
        cached_site.asked += 1
        go_on.wait(timeout=20)
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Type", "text/plain")])
        return Body([b"new page"])

    monkeypatch.setattr("statuscodes.page_cache.wsgi.MAX_REFRESH_WAIT", 0.05)
    monkeypatch.setattr("statuscodes.page_cache.wsgi.MAX_RENDERING_WAIT", 0.05)
    cached_site.go_on, cached_site.hang = go_on, hang
    yield cached_site
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


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_admin_reads_the_whole_query(cached_site, prefix):
    page = cached_site.get(f"{prefix}/admin/login/?next={prefix}/admin/codes/statuscode/415/change/")
    assert f'name="next" value="{prefix}/admin/codes/statuscode/415/change/"' in page.body.decode()
