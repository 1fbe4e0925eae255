"""The real server: what goes over the wire, and what it does with requests that nobody should send."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import h11
import pytest

from answers.conditional_requests import example_field
from answers.tests.test_answers import parsed
from codes.tests.live.servers import wait_for
from tools.serving import Server, end, free_port


def request(target, *lines, method="GET", version="HTTP/1.1", content=b""):
    head = "\r\n".join([f"{method} {target} {version}", "Host: answers.example", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + content


def status(data):
    return int(data.split(b" ", 2)[1]) if data else None


def test_every_code_arrives(responder, served):
    """One connection each for GET and HEAD, with all codes in a row."""
    codes = [code for code in responder.catalogue.codes.values() if code.can_be_sent]
    for method in ("GET", "HEAD"):
        # 408 closes the connection, and a HEAD is never a part.
        left_out = (408,) if method == "GET" else (206, 226, 408, 416)
        asked = [code for code in codes if code.number not in left_out]
        data = b""
        for code in asked:
            field = example_field(code)
            data += request(f"/{code.label}", *([f"{field[0]}: {field[1]}"] if field else []), method=method)
        received = served.exchange(data, quiet=1)
        for code in asked:
            head, _, received = received.partition(b"\r\n\r\n")
            length = int(next((line[16:] for line in head.split(b"\r\n") if line.startswith(b"content-length: ")), 0))
            content, received = (received[:length], received[length:]) if method == "GET" else (b"", received)
            seen, fields, _content = parsed(head + b"\r\n\r\n" + content, method)
            assert seen == code.number
            fields = dict(fields)
            assert fields["requested-status"] == code.label
            assert "date" in fields
            assert ("content-length" in fields) == (code.number not in (204, 304))
        assert received == b""


def test_fields_about_the_connection_arrive(served):
    assert b"\r\nconnection: Upgrade\r\n" in served.exchange(request("/426"))
    started = time.monotonic()
    assert b"\r\nconnection: close\r\n" in served.exchange(request("/408"), quiet=5)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        (request("/404", "Content-Length: 99999", method="POST", content=b"x"), [413]),
        (request("/404", "Content-Length: 500", method="POST", content=b"x"), [404]),
        (request("/404", "Content-Length: 3", method="POST", content=b"abc") + request("/500"), [404, 500]),
        (request("/404", "Transfer-Encoding: chunked", method="POST", content=b"0\r\n\r\n"), [411]),
        (
            request(
                "/404",
                "Content-Length: 4",
                "Transfer-Encoding: chunked",
                method="POST",
                content=b"0\r\n\r\n" + request("/500"),
            ),
            [411],
        ),
        (request("/404", "Content-Length: 3", "Content-Length: 4", method="POST", content=b"abcd"), [400]),
        (request("/404", "Expect: 100-continue", "Content-Length: 3", method="POST"), [404]),
        (request("/404%0d%0aSet-Cookie:%20a=b"), [400]),
        (request("/301/%0d%0aLocation:%20//evil.example"), [301]),
        (request("http://evil.example/301"), [301]),
        (request("//evil.example/301"), [404]),
        (request("*", method="OPTIONS"), [204]),
        (request("*"), [404]),
        (request("/200", method="TRACE"), [405]),
        (request("/200", method="CONNECT"), [405]),
        (request("evil.example:443", method="CONNECT"), [405]),
        (request("/404", version="HTTP/1.0"), [404]),
        (request("/404?" + "a" * 9000), [431]),
        (request("/404", "A: " + "a" * 9000), [431]),
        (request("/404\xff"), [400]),
        (request("/%ff%fe"), [404]),
        (request("/404?until=%ff"), [400]),
        (request("/404", "Accept: \xff"), [404]),
        (b"GET /404 HTTP/9.9\r\n\r\n", [400]),
        (b"GET /404 HTTP/1.1\r\n\r\n" + request("/500"), [400]),
        (b"GET /404 HTTP/1.0\r\n\r\n", [404]),
        (request("/404", "Host: b"), [400]),
        (b"GET /404 HTTP/1.1\r\nHost: a@evil.example\r\n\r\n", [400]),
        (b"GET /404 HTTP/1.1\r\nHost: [2001:db8::1]:8090\r\n\r\n", [404]),
        (b"GET /404 HTTP/1.1\r\nHost:\r\n\r\n", [400]),
    ],
)
def test_odd_requests_are_answered_and_carry_nothing_over(served, data, statuses):
    received = served.exchange(data)
    assert [int(part[2:5]) for part in received.split(b"HTTP/1.")[1:]] == statuses
    assert b"evil.example" not in received
    assert b"set-cookie" not in received.lower()
    assert received.count(b"location: ") == statuses.count(301)


def test_half_sent_requests_hold_nobody(served):
    """They wait for 2 seconds at most; meanwhile others are answered at once."""
    beginnings = [b"", b"GET /404 HTT", b"GET /404 HTTP/1.1\r\nHost: a\r\nA: "] * 30
    held = [socket.create_connection(("127.0.0.1", served.port), timeout=6) for _ in beginnings]
    content = request("/404", "Content-Length: 900", method="POST", content=b"x" * 10)
    try:
        for connection, beginning in zip(held, beginnings, strict=True):
            connection.sendall(beginning)
        started = time.monotonic()
        for _ in range(20):
            assert status(served.exchange(request("/503", "Connection: close"))) == 503
            assert status(served.exchange(content)) == 404
        assert time.monotonic() - started < 2
        assert {connection.recv(100)[:12] for connection in held} <= {b"", b"HTTP/1.1 408"}
        assert time.monotonic() - started < 5
    finally:
        for connection in held:
            connection.close()


def test_h11_agrees_on_a_refusal(served):
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/499", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(served.exchange(request("/499")))
    assert connection.next_event().status_code == 400


def test_a_server_whose_log_nobody_reads_replaces_its_worker_and_ends_when_it_is_told(document, tmp_path, full_pipe):
    (tmp_path / "answers.json").write_text(json.dumps(document))
    port = free_port()
    command = [sys.executable, "-m", "answers", "--file", tmp_path / "answers.json", "--port", str(port)]
    process = subprocess.Popen(command, stdout=full_pipe, stderr=full_pipe, start_new_session=True)
    server = Server(port, process)
    try:
        wait_for(lambda: server.get("/healthz").status == 200)
        (worker,) = server.children
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.get("/healthz").status == 200)
        process.terminate()
        assert process.wait(30) == 0
    finally:
        end(process)
