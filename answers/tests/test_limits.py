"""How many requests are answered, and what a server under attack keeps."""

import pytest

from answers import limits
from answers.app import Application
from answers.limits import Limits, client_of


def test_a_client_has_a_burst_and_then_a_rate():
    allowance = Limits()
    waits = [allowance.wait("a", 100.0) for _ in range(30)]
    assert waits[:20] == [0.0] * 20
    assert all(wait == pytest.approx(0.2) for wait in waits[20:])
    assert allowance.wait("b", 100.0) == 0.0
    assert [allowance.wait("a", 100.0 + second / 10) > 0 for second in range(1, 11)] == [True, False] * 5


def test_all_clients_together_have_a_limit_too():
    allowance = Limits()
    waits = [allowance.wait(str(number), 5.0) for number in range(500)]
    assert waits.count(0.0) == 400
    assert allowance.wait("another", 6.0) == 0.0


def test_the_table_of_clients_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MAX_CLIENTS", 50)
    allowance = Limits(total=1e9, total_burst=10**9)
    for number in range(10_000):
        allowance.wait(str(number), 1.0)
        assert len(allowance.recent) + len(allowance.before) <= 100


def test_a_client_who_keeps_asking_is_not_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "MAX_CLIENTS", 50)
    allowance = Limits(total=1e9, total_burst=10**9)
    answered = 0
    for number in range(1000):
        allowance.wait(f"other {number}", 1.0)
        answered += not allowance.wait("a", 1.0)
    assert answered <= 20 * (1 + 1000 // 50)


def test_an_ipv6_network_is_one_client():
    assert client_of("2001:db8::1") == client_of("2001:db8:0:0:ffff::9") != client_of("2001:db8:0:1::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1")
    assert client_of("[2001:db8::1]:443") == client_of("2001:db8::1")
    assert client_of("192.0.2.1:4711") == client_of("192.0.2.1")
    assert {client_of(odd) for odd in ("", "x" * 9000, ":" * 9000, "192.0.2.999", "[", "１.2.3.4")} == {"unknown"}


def called(application, **environ):
    seen = {}

    def start_response(status, fields):
        seen.update(status=status, fields=dict(fields))

    content = b"".join(
        application(
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/404", "REMOTE_ADDR": "192.0.2.1"} | environ, start_response
        )
    )
    return seen["status"], seen["fields"], content


def test_too_many_requests_are_told_from_a_429_that_was_asked_for(responder):
    application = Application(responder, Limits(rate=0.001, burst=1))
    assert called(application)[0] == "404 Not Found"
    status, fields, content = called(application)
    assert status == "429 Too Many Requests"
    assert fields["Retry-After"] == "1000"
    assert "Requested-Status" not in fields
    assert b"429" in content
    assert called(application, PATH_INFO="/healthz")[0] == "200 OK"


def test_behind_a_proxy_the_last_address_counts(responder):
    application = Application(responder, Limits(rate=0.001, burst=1), behind_proxy=True)
    assert called(application, HTTP_X_FORWARDED_FOR="1.1.1.1, 192.0.2.7")[0] == "404 Not Found"
    assert called(application, HTTP_X_FORWARDED_FOR="2.2.2.2, 192.0.2.7")[0] == "429 Too Many Requests"
    assert called(application, HTTP_X_FORWARDED_FOR="2.2.2.2, 192.0.2.8")[0] == "404 Not Found"


def test_content_is_refused_unread(responder):
    application = Application(responder)
    assert called(application, REQUEST_METHOD="POST", CONTENT_LENGTH="1024")[0] == "404 Not Found"
    for length in ("1025", "99999999999999999999", "-1", "1e3", "１"):
        status, fields, _content = called(application, REQUEST_METHOD="POST", CONTENT_LENGTH=length)
        assert (status, fields["Connection"]) == ("413 Request Entity Too Large", "close")
        assert "Requested-Status" not in fields
    assert called(application, REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="chunked")[0] == "411 Length Required"
