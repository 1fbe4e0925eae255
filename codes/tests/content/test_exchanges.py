"""Every message of every exchange, read by a real HTTP parser."""

import re
from copy import copy

import h11
import pytest
from django.utils.translation import override

from codes.models import CategoryRule, Content, Diagram, Level, Message, ResponseRule, StatusCode, Topic

pytestmark = pytest.mark.django_db


def raw(message):
    """Return the message as it is sent: CRLF in the head and in multipart content, other content unchanged."""
    head, separator, content = message.text_ko.partition("\n\n")
    if re.fullmatch(r"HTTP/1\.1 \d{3}", message.start_line):
        # The space before an absent reason phrase is mandatory (RFC 9112 section 4); fields strip it from our texts.
        head = head.replace(message.start_line, f"{message.start_line} ", 1)
    data = head.replace("\n", "\r\n").encode("ascii") + b"\r\n\r\n"
    if not separator:
        return data
    if "transfer-encoding: chunked" in head.lower():
        return data + content.replace("\n", "\r\n").encode() + b"\r\n\r\n"
    if "content-type: multipart/" in head.lower():
        # Its delimiters and the header fields of its parts are lines of their own (RFC 2046 section 5.1.1).
        return data + content.replace("\n", "\r\n").encode()
    return data + content.encode()


def events(message, method=b"GET"):
    """Parse a message as its receiver would; return the head and the content. h11 raises for anything but HTTP/1.1."""
    is_response = bool(message.status_class)
    connection = h11.Connection(h11.CLIENT if is_response else h11.SERVER)
    if is_response:
        proposal = [("Upgrade", "x"), ("Connection", "upgrade")] if message.start_line[9:12] == "101" else []
        connection.send(h11.Request(method=method, target="/", headers=[("Host", "example.com"), *proposal]))
    connection.receive_data(raw(message))
    connection.receive_data(b"")
    head = connection.next_event()
    content = b""
    if not isinstance(head, h11.InformationalResponse):
        while isinstance(event := connection.next_event(), h11.Data):
            content += event.data
        # A 2xx to CONNECT ends at once: what follows is the tunnel.
        assert isinstance(event, h11.EndOfMessage) or (event is h11.PAUSED and method == b"CONNECT"), event
    return head, content


def all_messages(**conditions):
    """Every message as Korean pages show it, and those that are different there as English ones do."""
    for message in Message.objects.exclude(text_ko="").filter(**conditions).select_related("exchange__code"):
        yield message
        if message.text_en:
            twin = copy(message)
            twin.text_ko = message.text_en
            yield twin


def method_before(message):
    """The method of the request that this response answers."""
    requests = message.exchange.messages.filter(position__lt=message.position, text_ko__contains=" HTTP/1.")
    methods = [request.text_ko.split()[0] for request in requests if not request.status_class]
    return (methods or ["GET"])[-1].encode()


# What these messages show is the mistake: two Host fields, and a content that never ends.
WRONG_ON_PURPOSE = {(400, "GET / HTTP/1.1"), (408, "POST /orders HTTP/1.1")}
# Drawn without content because the content is a step of its own: it follows after a 100, or never.
CONTENT_COMES_LATER = {100, 104, 413, 417}


def test_every_message_is_correct_http():
    problems = []
    for message in all_messages():
        number = message.exchange.code_id
        try:
            events(message, method_before(message))
        except (h11.ProtocolError, AssertionError, UnicodeEncodeError) as problem:
            later = number in CONTENT_COMES_LATER and "received 0 bytes" in str(problem)
            if not later and (number, message.start_line) not in WRONG_ON_PURPOSE:
                problems.append(f"{number} {message.start_line}: {problem}")
    assert problems == []


def test_every_code_that_travels_shows_itself_in_an_exchange():
    missing = set()
    for code in StatusCode.objects.prefetch_related("exchanges__messages", "vendor_meanings"):
        on_the_wire = not code.is_vendors or any(meaning.visibility == "wire" for meaning in code.vendor_meanings.all())
        lines = [m.start_line for exchange in code.exchanges.all() for m in exchange.messages.all()]
        if on_the_wire and not any(line.startswith(f"HTTP/1.1 {code.label}") for line in lines):
            missing.add(code.number)
    assert missing == {
        208,  # the status of an item inside a 207, never of a response (RFC 5842 section 7.1)
        424,  # likewise (RFC 4918 section 11.4)
        494,  # the story is nginx's, which never sends it; Akamai's is known from one source only
        499,  # the story is nginx's, which never sends it; Google's and Traefik's are rare
        599,  # the story is Tornado's, which never sends it; of EdgeRoutine's no response is documented
    }


def test_reason_phrases_of_registered_codes_are_the_registrys():
    names = dict(StatusCode.objects.exclude(registration_status="vendor").values_list("number", "name_en"))
    names[306] = "Switch Proxy"  # the old draft's: the registry has none
    wrong = []
    for message in all_messages(text_ko__startswith="HTTP/1.1"):
        number, _, phrase = message.start_line.removeprefix("HTTP/1.1 ").partition(" ")
        tunnel = method_before(message) == b"CONNECT" and phrase == "Connection Established"  # what proxies say
        if int(number) in names and phrase != names[int(number)] and not tunnel:
            wrong.append(f"{message.exchange.code_id}: {message.start_line}")
    assert wrong == []


def responses_with_fields():
    """Yield each response as (where, number, names of its header fields)."""
    for message in all_messages(text_ko__startswith="HTTP/1.1"):
        if (message.exchange.code_id, message.start_line) in WRONG_ON_PURPOSE:
            continue
        head = message.text_ko.partition("\n\n")[0].splitlines()[1:]
        fields = {line.partition(":")[0].lower() for line in head}
        yield f"{message.exchange.code_id}: {message.start_line}", int(message.start_line[9:12]), fields


def fields_with(level):
    """Return (number, header field) of the rules that hold without a condition, those of a class for each code."""
    always = {"topic": Topic.FIELD, "level": level, "condition_ko": ""}
    rules = set(ResponseRule.objects.filter(**always).values_list("code", "header"))
    of_class = CategoryRule.objects.filter(**always).values_list("category__codes", "header")
    return {(number, header.lower()) for number, header in rules.union(of_class)}


def test_mandatory_header_fields_are_there():
    mandatory = fields_with(Level.MUST)
    responses = list(responses_with_fields())
    missing = [
        (where, field)
        for where, number, sent in responses
        for code, field in mandatory
        if code == number and field not in sent
    ]
    assert {101, 401, 405, 407, 426} <= {number for number, _field in mandatory}
    assert missing == []


def test_forbidden_header_fields_are_not_there():
    forbidden = fields_with(Level.MUST_NOT)
    responses = list(responses_with_fields())
    there = [(where, field) for where, number, sent in responses for field in sent if (number, field) in forbidden]
    assert {(103, "content-length"), (204, "content-length")} <= forbidden
    assert there == []


def test_a_response_that_cannot_have_content_has_none():
    without = set(StatusCode.objects.filter(content=Content.NONE).values_list("number", flat=True))
    for message in all_messages(text_ko__startswith="HTTP/1.1"):
        if int(message.start_line[9:12]) in without:
            assert "\n\n" not in message.text_ko, message.start_line


def test_content_is_named_and_counted():
    for message in all_messages():
        head, separator, _content = message.text_ko.partition("\n\n")
        if separator and "multipart/byteranges" not in head:
            assert "content-type:" in head.lower(), f"{message.exchange.code_id}: {message.start_line}"


LENGTH = re.compile(r"^Content-Length: .*$", re.MULTILINE)
HANGUL = re.compile("[가-힣]")


def test_a_message_on_an_english_page_differs_from_the_korean_in_its_content_only():
    for message in Message.objects.exclude(text_en=""):
        heads = {LENGTH.sub("", text).partition("\n\n")[0] for text in (message.text_ko, message.text_en)}
        assert len(heads) == 1, f"{message.exchange.code_id}: {message.text_en}"


def test_the_messages_of_an_english_page_are_in_english():
    with override("en"):
        korean = {message.exchange.code_id for message in all_messages() if HANGUL.search(message.raw)}
    assert korean == {304}  # the Korean page for which Accept-Language asks


@pytest.mark.parametrize("number", [100, 101, 103, 301, 302, 303, 307, 308, 304, 401, 407, 412, 425])
def test_codes_whose_story_has_several_steps_show_them(number):
    code = StatusCode.objects.get(number=number)
    assert any(exchange.messages.count() >= 3 for exchange in code.exchanges.all())


@pytest.mark.parametrize("number", [502, 503, 504, 499, 520, 521, 522, 523, 524, 525, 526])
def test_faults_between_machines_show_the_machine_between(number):
    assert any(len(diagram.participants) >= 3 for diagram in Diagram.all_of(number))


@pytest.mark.parametrize(("number", "kept"), [(301, False), (302, False), (303, False), (307, True), (308, True)])
def test_the_second_request_of_a_redirect_has_the_method_that_the_facts_state(number, kept):
    stories = []
    for exchange in StatusCode.objects.get(number=number).exchanges.all():
        requests = [m.text_ko.split()[0] for m in exchange.messages.all() if m.text_ko and not m.status_class]
        stories.append(requests[:2])
    if kept:
        assert ["POST", "POST"] in stories or ["PUT", "PUT"] in stories
    else:
        assert all(second in ("GET", "HEAD") for _, second in [s for s in stories if len(s) == 2])
