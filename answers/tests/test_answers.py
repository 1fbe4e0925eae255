"""Every answer against the rules of the catalogue, h11 and an HTTP working group's linter."""

import re

import h11
import pytest
from httplint import HttpRequestLinter, HttpResponseLinter, levels

from answers.conditional_requests import example_field
from answers.contents import MAX_CONTENT
from answers.header_fields import NOT_SENT, VALUES, WITH_CONTENT

METHODS = "GET HEAD POST PUT PATCH DELETE OPTIONS QUERY LOCK PROPFIND".split()
DATE = ("Date", "Fri, 27 Nov 2026 09:30:00 GMT")
# Codes that answer only some methods: a Range or a delta needs GET, a 304 GET or HEAD.
ONLY = {206: ["GET"], 226: ["GET"], 304: ["GET", "HEAD"], 416: ["GET"]}


@pytest.fixture(scope="module")
def every(responder, ask):
    """Every code that can be sent, by every method, as (code, method, the request's fields, answer)."""
    found = []
    for code in responder.catalogue.codes.values():
        if code.can_be_sent:
            field = example_field(code)
            fields = [field] if field else []
            for method in ONLY.get(code.number, METHODS):
                sent = {name.replace("-", "_"): value for name, value in fields}
                found.append((code, method, fields, ask(f"/{code.label}", method, **sent)))
    return found


def wire(answer, method):
    """The bytes of an answer, framed as the server frames them."""
    fields = [*answer.fields, DATE]
    if answer.has_content:
        fields.append(("Content-Length", str(len(answer.content))))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n".encode() + (
        b"" if method == "HEAD" else answer.content
    )


def parsed(data, method, target="/", fields=()):
    """Read bytes with h11; return (status, fields, content)."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target=target, headers=[("Host", "a"), *fields]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    response, content = connection.next_event(), b""
    while not isinstance(event := connection.next_event(), h11.EndOfMessage):
        content += bytes(event.data)
    assert connection.trailing_data == (b"", False)
    return response.status_code, [(name.decode(), value.decode()) for name, value in response.headers], content


def test_every_code_is_answered_by_every_method(every):
    wrong = [
        (code.label, method, answer.status)
        for code, method, _fields, answer in every
        if (answer.status, answer.header("Requested-Status")) != (code.number, code.label)
    ]
    assert wrong == []
    assert len({code.number for code, *_ in every}) > 120


def test_h11_reads_every_answer(every):
    for code, method, fields, answer in every:
        status, read, content = parsed(wire(answer, method), method, f"/{code.label}", fields)
        assert status == code.number
        assert len(read) == len(answer.fields) + 1 + answer.has_content
        assert content == (b"" if method == "HEAD" else answer.content)
        assert len(content) <= MAX_CONTENT


# What the linter holds against an answer that is right as it is, and why. The number after it: only for that code.
LEFT = {
    "STATUS_BAD_REQUEST 400": "tells what the code means",
    "STATUS_NONSTANDARD": "vendors' codes are asked for too",
    "STATUS_DEPRECATED 305": "asked for",
    "STATUS_RESERVED 306": "asked for",
    "STATUS_IM_A_TEAPOT 418": "asked for",
    "STATUS_406_WITHOUT_NEGOTIATION 406": "asked for, by a request that accepts anything",
    "STATUS_URI_TOO_LONG 414": "asked for, by a short address",
    "STATUS_VERSION_NOT_SUPPORTED 505": "asked for, by HTTP/1.1",
    "CREATED_SAFE_METHOD 201": "asked for by GET and the like",
    "CHARSET_UNDECODABLE 226": "the content is compressed (IM), which the linter does not undo",
    "REQUEST_HDR_IN_RESPONSE 415": "Accept is defined here (RFC 9110 section 15.5.16)",
}


def notes_in(notes):
    for note in notes:
        yield note
        yield from notes_in(note.subnotes)


def linted(answer, code, method, fields):
    request = HttpRequestLinter()
    request.process_request_topline(method.encode(), f"/{code.label}".encode(), b"1.1")
    request.process_headers([(b"Host", b"a"), *((name.encode(), value.encode()) for name, value in fields)])
    request.finish_content(True)
    response = HttpResponseLinter(no_content=method == "HEAD")
    response.request = request
    response.process_response_topline(b"1.1", str(answer.status).encode(), answer.reason.encode())
    length = [("Content-Length", str(len(answer.content)))] if answer.has_content else []
    response.process_headers([(name.encode(), value.encode()) for name, value in [*answer.fields, *length, DATE]])
    response.feed_content(b"" if method == "HEAD" else answer.content)
    response.finish_content(True)
    return response


def test_a_linter_finds_nothing_that_has_no_reason(every):
    found, used = set(), set()
    for code, method, fields, answer in every:
        for note in notes_in(linted(answer, code, method, fields).notes):
            if note.level in (levels.WARN, levels.BAD):
                name = type(note).__name__
                reason = name if name in LEFT else f"{name} {code.label}"
                used.add(reason)
                if reason not in LEFT:
                    found.add(f"{method} {code.label}: {name}: {note}")
    assert sorted(found) == []
    assert used == set(LEFT)


def test_what_must_and_should_come_with_a_code_comes(every):
    """Rules without a condition; with one, the field's function decides, and the tests below show it."""
    missing = [
        f"{rule.level} {code.label} {method}: {rule.header}"
        for code, method, _fields, answer in every
        for rule in (*code.rules, *code.class_rules)
        if rule.topic == "field" and rule.level in ("must", "should") and not rule.condition
        if rule.header not in NOT_SENT and not answer.header(rule.header)
    ]
    assert missing == []


def test_what_must_not_come_with_a_code_does_not(every):
    for code, _method, _fields, answer in every:
        for rule in code.rules:
            if rule.condition or rule.level not in ("must-not", "should-not"):
                continue
            if rule.topic == "content":
                assert answer.content == b""
            if rule.topic == "field" and rule.header not in ("Allow", "Content-Length"):
                assert not answer.header(rule.header), (code.label, rule.header)
    assert {answer.status for *_, answer in every if not answer.content} == {204, 205, 304}
    assert {answer.status for *_, answer in every if not answer.has_content} == {204, 304}


def test_every_field_that_a_rule_names_has_a_value_or_a_reason(responder):
    named = {
        rule.header
        for code in responder.catalogue.codes.values()
        if code.can_be_sent
        for rule in (*code.rules, *(rule for rule in code.class_rules if rule.level != "may"))
        if rule.topic == "field" and rule.level in ("must", "should", "may")
    }
    known = [set(VALUES), set(NOT_SENT), WITH_CONTENT]
    assert named - set.union(*known) == set()
    assert sum(map(len, known)) == len(set.union(*known))


@pytest.mark.parametrize(
    ("path", "method", "fields", "expected"),
    [
        ("/401", "GET", {}, {"WWW-Authenticate": 'Bearer realm="answers"'}),
        ("/405", "GET", {}, {"Allow": "POST"}),
        ("/405", "DELETE", {}, {"Allow": "GET, HEAD"}),
        ("/204", "OPTIONS", {}, {"Allow": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}),
        ("/407", "GET", {}, {"Proxy-Authenticate": 'Bearer realm="answers"'}),
        ("/408", "GET", {}, {"Connection": "close"}),
        ("/413", "GET", {}, {"Retry-After": "5"}),
        ("/415", "POST", {}, {"Accept": "application/json", "Accept-Encoding": "", "Accept-Patch": ""}),
        ("/415", "POST", {"Content_Encoding": "br"}, {"Accept": "", "Accept-Encoding": "identity"}),
        ("/415", "PATCH", {}, {"Accept-Patch": "application/merge-patch+json"}),
        ("/416", "GET", {"Range": "bytes=0-"}, {"Content-Range": "bytes */0"}),
        ("/426", "GET", {}, {"Upgrade": "websocket", "Connection": "Upgrade"}),
        ("/451", "GET", {}, {"Link": '</>; rel="blocked-by"'}),
        ("/304", "GET", {"If_None_Match": '"x", W/"304"'}, {"ETag": '"304"', "Content-Type": ""}),
        ("/201", "POST", {}, {"Location": "/200"}),
        ("/308/any/path", "PUT", {}, {"Location": "/200"}),
        ("/207", "PROPFIND", {}, {"Content-Type": "application/xml"}),
        ("/503", "GET", {"Accept": "application/json"}, {"Content-Type": "application/problem+json", "Vary": "Accept"}),
        ("/503", "GET", {"Accept": "text/html,*/*;q=0.8"}, {"Content-Type": "text/plain; charset=utf-8"}),
        ("/503.json/any", "GET", {}, {"Content-Type": "application/problem+json", "Vary": ""}),
        ("/200.json", "GET", {}, {"Content-Type": "application/json"}),
    ],
)
def test_the_fields_of_an_answer(ask, path, method, fields, expected):
    answer = ask(path, method, **fields)
    assert answer.is_requested
    assert {name: answer.header(name) for name in expected} == expected


def test_a_redirect_stays_under_the_address_that_it_is_mounted_at(ask):
    assert ask("/301", prefix="/status").header("Location") == "/status/200"


def test_parts_of_the_content(ask):
    length = int(ask("/206", Range="bytes=0-9").header("Content-Range").rpartition("/")[2])
    assert ask("/206", Range="bytes=0-2").content == b"206"
    assert ask("/206", Range="Bytes=0-2").content == b"206"
    assert ask("/206", Range="bytes=-5").content.endswith(b"206/\n")
    assert ask("/206", Range=f"bytes=3-{length * 2}").header("Content-Range") == f"bytes 3-{length - 1}/{length}"
    late = ask("/206", Range="bytes=9999-")
    assert (late.status, late.header("Content-Range"), late.is_requested) == (416, f"bytes */{length}", False)


def test_text_and_json_have_tags_of_their_own(ask):
    """Else a client would put parts of both together."""
    text, json = ask("/206", Range="bytes=0-2"), ask("/206", Range="bytes=0-2", Accept="application/json")
    assert text.header("ETag") != json.header("ETag")
    assert ask("/206.json", Range="bytes=0-2").header("ETag") == json.header("ETag")
    tag = text.header("ETag")
    assert ask("/206", Range="bytes=0-2", If_Range=tag).status == 206
    assert ask("/206", Range="bytes=0-2", If_Range=tag, Accept="application/json").status == 400
    assert ask("/304", If_None_Match='"304"', Accept="application/json").header("ETag") == '"304"'


@pytest.mark.parametrize(
    ("path", "method", "fields"),
    [
        ("/206", "GET", {}),
        ("/206", "HEAD", {"Range": "bytes=0-1"}),
        ("/206", "GET", {"Range": "bytes=0-1,3-4"}),
        ("/206", "GET", {"Range": "bytes=0-1", "If_Range": '"old"'}),
        ("/226", "GET", {"A_IM": "vcdiff"}),
        ("/226", "GET", {"A_IM": "vcdiff, gzip;q=0"}),
        ("/304", "GET", {"If_None_Match": '"old"'}),
        ("/304", "POST", {"If_None_Match": "*"}),
        ("/304", "GET", {"If_Modified_Since": "yesterday"}),
        ("/412", "GET", {"If_Match": "*"}),
        ("/416", "GET", {}),
        ("/417", "POST", {}),
    ],
)
def test_a_code_that_answers_a_condition_needs_one(ask, path, method, fields):
    answer = ask(path, method, **fields)
    assert (answer.status, answer.is_requested) == (400, False)
    assert b"only answers certain requests" in answer.content


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/100", 400, "1xx"),
        ("/103", 400, "1xx"),
        ("/000", 400, "outside"),
        ("/099", 400, "outside"),
        ("/600", 400, "outside"),
        ("/999", 400, "outside"),
        ("/444", 400, "log"),
        ("/460", 400, "log"),
        ("/499", 400, "log"),
        ("/471", 404, "Clients treat it as 400"),
        ("/200,499:0.5?n=1", 400, "log"),
        ("/nothing", 404, "nothing here"),
        ("/40", 404, "nothing here"),
        ("/4040", 404, "nothing here"),
        ("/4xx", 404, "nothing here"),
        ("/404.html", 404, "nothing here"),
        ("/４０４", 404, "nothing here"),
        ("*", 404, "nothing here"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(ask, path, status, word):
    for accept in ("", "application/json"):
        answer = ask(path, Accept=accept)
        assert (answer.status, answer.is_requested, answer.header("Requested-Status")) == (status, False, "")
        assert word in answer.content.decode()
        assert "https://status.example/en/" in answer.content.decode()


def test_a_refusal_names_the_page_of_the_code(ask):
    assert "https://status.example/en/499/" in ask("/499").content.decode()
    assert '"type": "https://status.example/en/103/"' in ask("/103.json").content.decode()


def test_a_script_of_any_site_may_ask(ask):
    preflight = ask("/503", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="PUT")
    assert (preflight.status, preflight.header("Requested-Status")) == (204, "")
    assert preflight.header("Access-Control-Allow-Methods") == "*"
    assert ask("/503", "OPTIONS").status == 503
    assert ask("/503").header("Access-Control-Expose-Headers") == "*"


def test_what_is_no_code_takes_the_methods_that_it_names(ask):
    for path in ("/", "/robots.txt", "/healthz"):
        for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204), ("POST", 405), ("DELETE", 405)):
            answer = ask(path, method)
            assert (answer.status, answer.is_requested) == (status, False)
            assert answer.header("Allow") == ("" if status == 200 else "GET, HEAD, OPTIONS")
    assert "TRACE" not in ask("/200", "TRACE").header("Allow")
    assert "DELETE" in ask("*", "OPTIONS").header("Allow")


def test_fields_about_the_connection_are_not_sent_by_http2(ask):
    assert ask("/426", version="HTTP/2.0").status == 400
    assert ask("/408", version="HTTP/2.0").header("Connection") == ""
    assert ask("/426", version="HTTP/1.1").status == 426


# Choices and outages


def statuses(ask, path, count):
    return [ask(f"{path}&n={number}").status for number in range(count)]


def test_a_choice_depends_on_the_query_alone(ask):
    first = statuses(ask, "/200,503:0.2?seed=7", 300)
    assert first == statuses(ask, "/200,503:0.2?seed=7", 300)
    assert first != statuses(ask, "/200,503:0.2?seed=8", 300)
    assert 40 <= first.count(503) <= 80
    assert set(statuses(ask, "/200:0.5,429:0.25,503:0.25?", 60)) == {200, 429, 503}
    assert set(statuses(ask, "/200,204,404?", 60)) == {200, 204, 404}
    assert set(statuses(ask, "/200:0,503:1?", 20)) == {503}


@pytest.mark.parametrize(
    "path",
    [
        "/200,503",
        "/200,503?n=-1",
        "/200,503?n=1e9",
        "/200,503?n=99999999999",
        "/200,503?n=1&n=2",
        "/200,503?n=1&seed=%00",
        "/200,503:nan?n=1",
        "/200,503:-0.1?n=1",
        "/200,503:1.5?n=1",
        "/200:0.9,503:0.2?n=1",
        "/200:0.1,503:0.2?n=1",
        "/200,,503?n=1",
        "/200:,503?n=1",
        "/" + ",".join(["200"] * 9) + "?n=1",
        "/503?until=nan",
        "/503?until=1e99",
        "/503?until=-1",
        "/503?until=+0s",
        "/503?until=+3601s",
        "/503?until=99999999999",
        "/503?until=",
        "/503?until=1764183601",
        "/503?until=1&until=2",
        "/404?until=1764180030",
    ],
)
def test_a_choice_or_outage_that_cannot_be_read_is_refused(ask, path):
    answer = ask(path)
    assert (answer.status, answer.is_requested) == (400, False)


@pytest.mark.parametrize("number", [429, 503])
def test_an_outage_ends_at_the_time_that_retry_after_names(ask, number):
    path = f"/{number}?until=1764180030"
    during = ask(path, now=1764180000.25)
    assert (during.status, during.header("Retry-After")) == (number, "30")
    assert "2025-11-26T18:00:30Z" in during.content.decode()
    after = ask(path, now=1764180000.25 + 30)
    assert (after.status, after.header("Requested-Status"), after.header("Retry-After")) == (200, "200", "")


def test_an_outage_by_the_clock_comes_and_goes(ask):
    for plus in ("+", "%2B", "%2b"):
        path = f"/503?until={plus}20s"
        seen = [ask(path, now=1764180000 + second).status for second in range(80)]
        assert seen.count(503) == seen.count(200) == 40
    for second in range(80):
        answer = ask("/503?until=+20s", now=1764180000.5 + second)
        if answer.status == 503:
            wait = int(answer.header("Retry-After"))
            assert 1 <= wait <= 20
            assert ask("/503?until=+20s", now=1764180000.5 + second + wait).status == 200


def test_nothing_of_a_request_comes_back(ask):
    for path in ("/404/zzz", "/zzz", "/503?until=zzz", "/200,503?n=zzz", "/200,zzz", "/301//zzz.example/", "/404?zzz"):
        for accept in ("zzz", "application/json;zzz"):
            answer = ask(path, "POST", Accept=accept, Host="zzz", Referer="zzz", X_Zzz="zzz", If_Match="zzz")
            assert "zzz" not in str(answer.fields) + answer.content.decode()


def test_every_text_of_a_field_is_ascii_without_line_breaks(every):
    for *_, answer in every:
        for name, value in answer.fields:
            assert re.fullmatch(r"[ -~]+", value), (answer.status, name)
