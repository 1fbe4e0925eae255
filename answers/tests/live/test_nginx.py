"""The shipped nginx in front of live answers: what was asked for passes, and it adds its own limits."""

import http.client

import pytest

from answers.tests.conftest import serving
from tools.serving import connect, post_by_http2, shipped_nginx


@pytest.fixture(scope="module")
def server(document, tmp_path_factory):
    with serving(document, tmp_path_factory.mktemp("answers"), "--behind-proxy", "--unlimited") as server:
        yield server


@pytest.fixture
def nginx(server, tmp_path):
    """The port of an nginx that has counted no request yet.

    The site's place is taken by the answers too, because nginx is asked for its /healthz.
    """
    with shipped_nginx(tmp_path / "nginx", server.port, answers_port=server.port) as (_plain, port):
        yield port


@pytest.fixture
def ask(nginx):
    def ask(path, method="GET", body=None, **fields):
        connection = http.client.HTTPConnection("answers.example")
        connection.sock = connect(nginx, name="answers.example")
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in fields.items()})
            response = connection.getresponse()
            response.read()
            return response
        finally:
            connection.close()

    return ask


def test_nginx_passes_on_what_was_asked_for_and_marks_nothing_of_its_own(ask):
    upgrade = ask("/426")
    assert upgrade.status == 426
    assert upgrade.headers["Upgrade"] == "websocket"
    assert "Upgrade" in upgrade.headers.get_all("Connection")
    assert ask("/417", Expect="something").headers["Requested-Status"] == "417"
    redirect = ask("/308/any", "PUT", body=b"x")
    assert (redirect.status, redirect.headers["Location"]) == (308, "/200")
    part = ask("/206", Range="bytes=0-3")
    assert (part.status, part.headers["Content-Range"][:10]) == (206, "bytes 0-3/")
    assert ask("/304", If_None_Match='"304"').status == 304
    failure = ask("/503")
    assert (failure.status, failure.headers["Retry-After"]) == (503, "5")
    for own, status in ((ask("/404", "POST", body=b"x" * 2000), 413), (ask("/404", "TRACE"), 405)):
        assert (own.status, own.headers["Requested-Status"]) == (status, None)
        assert own.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in ask("/404", "TRACE").headers["Allow"]
    assert ask("/404", A="x" * 3000).status == 400


def test_content_that_is_too_large_is_refused_over_http2_in_plain_text(nginx):
    answer = post_by_http2(nginx, "/503", bytes(2000), name="answers.example").decode()
    assert answer.startswith("More than 1,024 bytes")


def test_one_address_gets_five_answers_a_second(ask):
    seen = [ask("/503") for _ in range(40)]
    refused = [answer for answer in seen if answer.status == 429]
    assert refused
    for answer in refused:
        assert answer.headers["Retry-After"]
        assert answer.headers["Requested-Status"] is None
