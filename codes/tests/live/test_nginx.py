"""The shipped nginx in front of the site: its cache, its own errors, and what it passes on."""

import http.client
import itertools
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import responses as RESPONSES

import pytest
from jsonschema import Draft202012Validator

from codes.data import schemas
from codes.models import StatusCode
from codes.tests.live.servers import KEEP_LITTLE, make_site
from tools.serving import BEHIND_NGINX, connect, post_by_http2, shipped_nginx

EDITOR = {"Cookie": "theme=dark; __Host-sessionid=" + "a" * 32}
SECURITY_HEADERS = [
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
]


class Answer:
    """A whole answer of nginx."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def name(self):
        return self.body.decode().partition("<h1>")[2].partition("</h1>")[0]


def ask(port, path="/404/", method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("status.example")
    connection.sock = connect(port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def timed(port, path):
    """Return (the answer, the seconds until it was there)."""
    began = time.monotonic()
    return ask(port, path), time.monotonic() - began


def ask_raw(port, request):
    with connect(port) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Answer(response)


def edit(site, name):
    """Change 404 in this process, which is none of the server's; return the time just after it was saved."""
    with site.connected():
        code = StatusCode.objects.get(number=404)
        code.name_ko = name
        code.save()
        return time.time()


@pytest.fixture(scope="module")
def own_site(tmp_path_factory, django_db_blocker):
    """A site for the tests of this module; nothing serves it yet."""
    return make_site(tmp_path_factory.mktemp("own"), django_db_blocker, KEEP_LITTLE)


@pytest.fixture(scope="module")
def server(own_site):
    """A server of the site for the tests that leave it as it was."""
    with own_site.serving(env=BEHIND_NGINX) as server:
        yield server


@pytest.fixture
def unused_nginx(server, tmp_path):
    """The port of an nginx that has stored nothing and counted no request yet."""
    with shipped_nginx(tmp_path, server.port) as (_plain, port):
        yield port


@pytest.fixture(scope="module")
def nginx(server, tmp_path_factory):
    """The port of an nginx for the tests that change nothing."""
    with shipped_nginx(tmp_path_factory.mktemp("nginx"), server.port) as (_plain, port):
        yield port


@pytest.fixture
def edited(small_site, tmp_path):
    """A site to edit, and the port of an nginx in front of it. What other tests share stays as they have read it."""
    with small_site.serving(env=BEHIND_NGINX) as server, shipped_nginx(tmp_path / "nginx", server.port) as (_, port):
        yield small_site, port


def processes_of(server):
    return [server.process.pid, *server.children]


def tell(processes, number):
    for process in processes:
        os.kill(process, number)


def test_a_stored_page_is_served_while_the_application_is_dead(own_site, tmp_path):
    with own_site.serving(env=BEHIND_NGINX) as server, shipped_nginx(tmp_path, server.port) as (_plain, port):
        visited = ["/404/", "/en/404/", "/", "/search/?q=gateway&all=1"]
        before = [ask(port, path, Accept_Encoding="br") for path in visited]
        assert [answer.status for answer in before] == [200] * len(visited)
        tell(processes_of(server), signal.SIGKILL)
        time.sleep(2.1)  # nothing is fresh any more
        for path, answer in zip(visited, before, strict=True):
            now = ask(port, path, Accept_Encoding="br")
            assert (now.status, now.body) == (200, answer.body)
        check_error(ask(port, "/405/"), 502)
        check_problem(ask(port, "/405.json"), 502, "/405.json")
        check_error(ask(port, "/404/", **EDITOR), 502)


def test_a_stored_page_is_served_while_the_application_hangs(server, unused_nginx):
    page = ask(unused_nginx).body
    time.sleep(2.1)
    processes = processes_of(server)
    tell(processes, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor() as clients:
            (answer, seconds), (error, seconds_of_error) = clients.map(timed, [unused_nginx] * 2, ["/404/", "/405/"])
        assert (answer.status, answer.body) == (200, page)
        assert seconds < 4
        check_error(error, 504)
        assert seconds_of_error < 12
    finally:
        tell(processes, signal.SIGCONT)


def test_an_edit_shows_to_readers_within_two_seconds_and_to_its_editor_at_once(edited):
    site, port = edited
    seen, stopped = [], threading.Event()

    def read():
        while not stopped.is_set():
            seen.append((time.time(), ask(port).name))
            time.sleep(0.05)

    reader = threading.Thread(target=read)
    reader.start()
    saved = []
    for name in ("하나", "둘", "셋"):
        saved.append((edit(site, name), name))
        assert ask(port, **EDITOR).name == name
        time.sleep(2.5)
    stopped.set()
    reader.join()
    for (when, name), (until, _) in itertools.pairwise([*saved, (time.time(), "")]):
        late = [shown for began, shown in seen if when + 2 < began < until]
        assert set(late) <= {name}, name
        assert name in [shown for _, shown in seen]


def test_an_edit_shows_to_the_first_reader_after_a_quiet_time(edited):
    site, port = edited
    ask(port)
    edit(site, "조용")
    time.sleep(2)
    assert ask(port).name == "조용"


def test_each_content_coding_is_stored_once_and_sent_to_those_who_accept_it(nginx):
    sent = {
        "": ["", "identity", "br;q=0, gzip;q=0.0", "deflate", "brotli"],
        "gzip": ["gzip", "gzip, deflate", "GZIP;q=0.5", "br;q=0, gzip"],
        "br": ["br", "gzip, deflate, br, zstd", "gzip;q=1.0, br;q=0.5"],
    }
    for coding, accepted in sent.items():
        answers = [ask(nginx, "/406/", Accept_Encoding=each) for each in accepted]
        assert {answer.headers.get("Content-Encoding", "") for answer in answers} == {coding}
        assert len({answer.body for answer in answers}) == 1
        assert {answer.headers["Vary"] for answer in answers} == {"Accept-Encoding"}


def test_conditional_requests_are_answered_from_the_cache_too(nginx):
    page = ask(nginx)
    etag = page.headers["ETag"]
    for pause in (0, 2.1):  # the second time nothing is fresh, and nginx has to ask
        time.sleep(pause)
        unchanged = ask(nginx, If_None_Match=f'"x", W/{etag}')
        assert (unchanged.status, unchanged.body, unchanged.headers["ETag"]) == (304, b"", etag)
        assert ask(nginx, If_None_Match='"x"').body == page.body
        assert ask(nginx, If_Match=etag).status == 200
        assert ask(nginx, If_Match='"x"').status == 412
        for condition in ({}, {"If_Range": etag}, {"If_Range": '"x"'}):
            whole = ask(nginx, Range="bytes=0-9", **condition)
            assert (whole.status, whole.body) == (200, page.body)
        head = ask(nginx, method="HEAD")
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(page.body)))


def test_only_public_pages_are_stored_and_nobody_gets_anothers_cookie(nginx):
    cookies = {ask(nginx, "/admin/login/").headers["Set-Cookie"].partition(";")[0] for _ in range(3)}
    assert len(cookies) == 3
    first, second = ask(nginx, "/healthz"), ask(nginx, "/nothing-here/")
    assert first.headers["Cache-Control"] == "no-store"
    assert second.status == 404
    numbers = {ask(nginx, "/nothing-here/").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3
    editors = ask(nginx, **EDITOR)
    assert editors.headers["Cache-Control"] == "private, no-cache"
    assert ask(nginx).headers["Cache-Control"].startswith("public")


def test_readers_are_not_told_how_pages_are_stored(nginx):
    for _ in range(2):
        names = {name.lower() for name in ask(nginx).headers}
        assert not [name for name in names if name.startswith(("x-accel", "x-cache", "age", "via"))]


HEAD = b"Host: status.example\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"GET /404/ HTTP/1.1\r\nX-Long: " + b"x" * 60_000 + b"\r\n" + HEAD + b"\r\n"),
        (400, b"no request at all\r\n\r\n"),
        (404, b"GET /metrics HTTP/1.1\r\n" + HEAD + b"\r\n"),
        (405, b"TRACE /404/ HTTP/1.1\r\n" + HEAD + b"\r\n"),
        (412, b'GET /404/ HTTP/1.1\r\nIf-Match: "x"\r\n' + HEAD + b"\r\n"),
        (413, b"POST /admin/login/ HTTP/1.1\r\nContent-Length: 9000000\r\n" + HEAD + b"\r\n"),
        (414, b"GET /" + b"x" * 60_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n"),
        (505, b"GET /404/ HTTP/3.0\r\n" + HEAD + b"\r\n"),
    ],
)
def test_errors_of_nginx_itself_carry_the_headers_of_the_site(nginx, status, request_):
    ask(nginx)
    check_error(ask_raw(nginx, request_), status)


@pytest.mark.parametrize(
    ("path", "size"), [("/admin/login/", 7_000_000), ("/diagnose/", 7_000_000), ("/diagnose/", 2_000_000)]
)
def test_a_form_that_is_too_large_is_refused_over_http2_in_the_same_words(nginx, path, size):
    over_http1 = ask(nginx, path, "POST", Content_Length=str(size))
    check_error(over_http1, 413)
    assert post_by_http2(nginx, path, bytes(size)) == over_http1.body


def test_a_request_to_a_program_address_that_is_too_large_is_refused_over_http2_with_problem_details(nginx):
    assert json.loads(post_by_http2(nginx, "/404.json", bytes(7_000_000)))["status"] == 413


def check_problem(answer, status, instance):
    """An error of nginx at an address for programs: problem details that scripts of any site may read."""
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [name for name in SECURITY_HEADERS if len(answer.headers.get_all(name, [])) != 1] == []
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    problem = json.loads(answer.body)
    Draft202012Validator(schemas.schema("problem")).validate(problem)
    assert problem["type"] == f"https://status.example/{status}/"
    assert (problem["status"], problem["title"]) == (status, RESPONSES[status])
    assert problem["instance"] == instance


PROBLEMS = [
    (405, b"TRACE", b"/404.json", b"/404.json"),
    (405, b"TRACE", b"/.well-known/api-catalog", b"/.well-known/api-catalog"),
    (405, b"TRACE", b"/en/404.TXT/?a=b", b"/en/404.TXT/"),
    (412, b"GET", b"/404.json", b"/404.json"),
    (414, b"GET", b"/404.json?" + b"x" * 60_000, None),
    (405, b"TRACE", b'/a"b.json', None),
    (405, b"TRACE", b"/robots.txt", None),
    (405, b"TRACE", b"/static/x.json", None),
    (405, b"TRACE", b"/404/?x=.json", None),
]


@pytest.mark.parametrize(("status", "method", "target", "instance"), PROBLEMS)
def test_errors_of_nginx_at_addresses_for_programs_are_problem_details(nginx, status, method, target, instance):
    ask(nginx, "/404.json")
    answer = ask_raw(nginx, method + b" " + target + b' HTTP/1.1\r\nIf-Match: "x"\r\n' + HEAD + b"\r\n")
    if instance is None:
        check_error(answer, status)
        assert "Access-Control-Allow-Origin" not in answer.headers
    else:
        check_problem(answer, status, instance.decode())


def check_error(answer, status):
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Server"] == "nginx"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [name for name in SECURITY_HEADERS if len(answer.headers.get_all(name, [])) != 1] == []
    assert f"<h1>{status}</h1>" in answer.body.decode()


def test_pages_of_the_site_carry_each_header_once(nginx):
    for path in ("/404/", "/404/", "/nothing-here/", "/static/js/site.js", "/admin/login/"):
        headers = ask(nginx, path).headers
        repeated = [name for name in headers if len(headers.get_all(name)) > 1 and name.lower() != "vary"]
        assert repeated == []


def test_documents_for_programs_pass_through(nginx):
    document = ask(nginx, "/404.json", Origin="https://other.example")
    assert (document.status, document.headers.get_all("Access-Control-Allow-Origin")) == (200, ["*"])
    assert document.headers.get_all("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert ask(nginx, "/404.json", If_None_Match=document.headers["ETag"]).status == 304
    preflight = ask(nginx, "/404.json", "OPTIONS", Origin="https://other.example")
    assert (preflight.status, preflight.headers["Access-Control-Max-Age"]) == (204, "86400")
    problem = ask(nginx, "/471.json")
    assert (problem.status, problem.headers["Content-Type"]) == (404, "application/problem+json")
    everything = ask(nginx, "/codes.json", Accept_Encoding="br")
    assert (everything.status, everything.headers["Content-Encoding"]) == (200, "br")


def test_a_client_that_asks_too_often_is_told_when_to_ask_again(unused_nginx):
    answers = [ask(unused_nginx, "/admin/login/", "POST", b"") for _ in range(14)]
    check_error(answers[-1], 429)
    assert answers[-1].headers["Retry-After"] == "5"
    check_error(ask(unused_nginx, "/admin/login/code/", "POST", b""), 429)  # of one account with the first step
    reports = [ask(unused_nginx, "/en/report/", "POST", b"").status for _ in range(7)]
    assert reports[0] == 404  # switched off
    assert reports[-1] == 429
    assert ask(unused_nginx, "/en/report/").status == 404  # reading is not limited


def test_a_client_that_sends_long_texts_one_after_another_still_gets_pages(unused_nginx):
    path = f"/search/?q={'404+' * 1000}"  # the shortest that is limited: sixty arrive in time on a busy machine too
    answers = [ask(unused_nginx, path) for _ in range(60)]
    assert {answer.status for answer in answers[:20]} == {302}
    check_error(answers[-1], 429)
    assert ask(unused_nginx, "/search/?q=gateway").status == 200


def test_header_names_with_underscores_are_not_passed_on(nginx):
    request = b"GET /404/ HTTP/1.1\r\nX_Forwarded_Proto: http\r\nX-Forwarded-Proto: http\r\n"
    # The site redirects what did not come by https.
    for cookie in (b"", b"Cookie: __Host-sessionid=a\r\n"):
        assert ask_raw(nginx, request + cookie + HEAD + b"\r\n").status == 200
