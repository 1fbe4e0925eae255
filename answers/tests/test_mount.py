"""Live answers below a path of another application, as `make run` and `make dev` have them."""

import io
import sys
from wsgiref.handlers import SimpleHandler

import pytest

from answers.app import Application
from answers.mount import Mount


def others(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


@pytest.fixture
def get(responder):
    mount = Mount("/status", lambda: Application(responder), others)

    def get(path):
        """Answer as runserver does, which rests on wsgiref."""
        output = io.BytesIO()
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "a"}
        handler = SimpleHandler(io.BytesIO(), output, sys.stderr, environ)
        handler.origin_server = True
        handler.http_version = "1.1"
        handler.run(mount)
        return output.getvalue().decode()

    return get


def test_only_what_is_below_the_path_is_answered(get):
    assert get("/status/503").startswith("HTTP/1.1 503 Service Unavailable")
    assert get("/status/599/any").startswith("HTTP/1.1 599 ")
    assert "Ask for a status code" in get("/status")
    for path in ("/404/", "/statuses/404", "/en/status/404"):
        assert get(path).endswith(path)


def test_links_stay_below_the_path(get):
    assert "\r\nLocation: /status/200\r\n" in get("/status/307")
    assert '\r\nLink: </status>; rel="blocked-by"\r\n' in get("/status/451")


def test_fields_that_wsgi_leaves_to_the_server_are_sent_all_the_same(get):
    assert "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" in get("/status/426")
    assert '\r\nProxy-Authenticate: Bearer realm="answers"\r\n' in get("/status/407")
