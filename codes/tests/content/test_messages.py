"""The raw messages as a server, a gateway and a linter see them; the texts' citations and words."""

import re
from datetime import datetime, timedelta
from functools import cache

import pytest
from django.conf import settings
from httplint import HttpRequestLinter, HttpResponseLinter, levels

from codes.models import Exchange, Participant
from codes.tests.yaml_files import read_yaml

from .test_editorial import texts
from .test_exchanges import all_messages, method_before

pytestmark = pytest.mark.django_db

IMF_FIXDATE = "%a, %d %b %Y %H:%M:%S GMT"
FORWARDERS = {Participant.CACHE, Participant.PROXY, Participant.GATEWAY}


def name_of(message):
    return f"{message.exchange.code_id} exchange {message.exchange.position} message {message.position}"


def fields_of(message):
    """The header fields as (name in lower case, value), also of messages that are wrong on purpose."""
    head = message.text_ko.partition("\n\n")[0]
    return [
        (name.lower(), value) for name, value in (line.split(": ", 1) for line in head.split("\n")[1:] if ": " in line)
    ]


def status_of(message):
    return int(message.start_line[9:12]) if message.status_class else None


def steps_of(exchange):
    """The messages of an exchange in order, those that only a note tells left out."""
    return [message for message in exchange.messages.all() if message.text_ko]


def exchanges():
    return Exchange.objects.prefetch_related("messages")


# Time


def moment(value):
    return datetime.strptime(value, IMF_FIXDATE)


def test_every_final_response_of_2xx_to_4xx_tells_when_it_was_made():
    """RFC 9110 section 6.6.1: an origin server with a clock sends it; a recipient that forwards a response adds it."""
    without = {
        name_of(message)
        for message in all_messages()
        if 200 <= (status_of(message) or 0) < 500 and "date" not in dict(fields_of(message))
    }
    assert without == set()


def test_dates_are_in_the_one_form_that_may_be_sent():
    wrong = []
    for message in all_messages():
        for name, value in fields_of(message):
            dated = name in {"date", "last-modified", "if-modified-since", "if-unmodified-since", "sunset"}
            if not dated and not (name in {"expires", "retry-after"} and value[:1].isalpha()):
                continue
            try:
                right = moment(value).strftime(IMF_FIXDATE) == value  # strptime believes any day of the week
            except ValueError:
                right = False
            if not right:
                wrong.append(f"{name_of(message)}: {name}: {value}")
    assert wrong == []


def test_time_never_goes_backwards_in_an_exchange():
    """A stored response was made earlier and says by how much (Age)."""
    wrong = []
    for exchange in exchanges():
        before = None
        for message in steps_of(exchange):
            fields = dict(fields_of(message))
            if not message.status_class or "date" not in fields:
                continue
            now = moment(fields["date"]) + timedelta(seconds=int(fields.get("age", 0)))
            if before and now < before:
                wrong.append(name_of(message))
            before = now
    assert wrong == []


def test_nothing_was_modified_after_it_was_sent():
    """RFC 9110 section 8.8.2.1."""
    wrong = []
    for message in all_messages():
        fields = dict(fields_of(message))
        if {"date", "last-modified"} <= fields.keys() and moment(fields["last-modified"]) > moment(fields["date"]):
            wrong.append(name_of(message))
    assert wrong == []


def test_expires_and_max_age_agree():
    """Where a response has both, max-age wins (RFC 9111 section 5.3); an example need not show a quarrel."""
    wrong = []
    for message in all_messages():
        fields = dict(fields_of(message))
        lifetime = re.search(r"max-age=(\d+)", fields.get("cache-control", ""))
        if not lifetime or not {"date", "expires"} <= fields.keys():
            continue
        if moment(fields["expires"]) - moment(fields["date"]) != timedelta(seconds=int(lifetime[1])):
            wrong.append(name_of(message))
    assert wrong == []


# What is forwarded, counted and sent again


def test_every_request_that_is_forwarded_names_the_forwarder():
    """RFC 9110 section 7.6.3: a proxy in every message, a gateway in every request."""
    without = {
        name_of(message)
        for message in all_messages()
        if message.sender in FORWARDERS and not message.status_class and "via" not in dict(fields_of(message))
    }
    assert without == set()


def test_multipart_content_is_counted_with_crlf():
    """Delimiters and the header fields of the parts are lines (RFC 2046 section 5.1.1)."""
    checked = 0
    for message in all_messages(text_ko__icontains="content-type: multipart/"):
        content = message.text_ko.partition("\n\n")[2].replace("\n", "\r\n").encode()
        assert dict(fields_of(message))["content-length"] == str(len(content)), name_of(message)
        checked += 1
    assert checked


# Whatever the story changes when a request is sent again, it comes from the same client.
ABOUT_THE_CLIENT = {"accept", "accept-language", "user-agent", "origin", "referer"}


def test_a_request_sent_again_comes_from_the_same_client():
    wrong = []
    for exchange in exchanges():
        first = {}
        for message in steps_of(exchange):
            if message.status_class:
                continue
            method, target = message.start_line.split()[:2]
            about = {field for field in fields_of(message) if field[0] in ABOUT_THE_CLIENT}
            known = first.setdefault((message.sender, message.receiver, method, target), about)
            if about != known:
                wrong.append(f"{name_of(message)}: {about ^ known}")
    assert wrong == []


# The linter


def any_status(*numbers):
    return lambda message: status_of(message) in numbers


def in_entry(*numbers):
    return lambda message: message.exchange.code_id in numbers


# What the linter (httplint, by an author of RFC 9110) holds against a message that is right as it is: the note's id,
# which messages it is about, and why it stays.
LEFT = {
    "MISSING_USER_AGENT": (
        lambda message: not message.status_class,
        "left out as any field that the story does not need",
    ),
    "DATE_CLOCKLESS": (
        lambda message: message.status_class in ("1", "5", "6", "7", "9"),
        "Date is the server's choice outside 2xx to 4xx (RFC 9110 section 6.6.1)",
    ),
    "FRESHNESS_HEURISTIC": (lambda message: True, "an entry tells of caching where it matters; this is the default"),
    "STATUS_BAD_REQUEST": (
        any_status(400),
        "the linter tells what the code means; the page does too",
    ),
    "STATUS_NONSTANDARD": (lambda message: True, "the entry says whose code it is"),
    "STATUS_DEPRECATED": (any_status(305), "the entry says so"),
    "STATUS_RESERVED": (any_status(306), "the entry says so"),
    "STATUS_IM_A_TEAPOT": (any_status(418), "the entry says so"),
    "STATUS_URI_TOO_LONG": (any_status(414), "the long address is shortened on the page"),
    "STATUS_VERSION_NOT_SUPPORTED": (any_status(505), "the story of the entry"),
    "LOCATION_UNDEFINED": (any_status(104), "defined by the draft (section 4.2.2), which the linter does not know"),
    "CREATED_WITHOUT_LOCATION": (in_entry(201), "what a PUT made is at its target (RFC 9110 section 15.3.2)"),
    "PARTIAL_WITHOUT_RANGE": (
        in_entry(206),
        "with several parts each of them has it (RFC 9110 section 15.3.7.2)",
    ),
    "CC_CONFLICTING": (
        in_entry(226),
        "no-store together with im, as RFC 3229 section 5.5 suggests",
    ),
    "REQUEST_HDR_IN_RESPONSE": (
        any_status(415),
        "Accept and Accept-Encoding are defined here (RFC 9110 section 15.5.16)",
    ),
    "SINGLE_HEADER_REPEAT": (in_entry(400), "the mistake that the story shows"),
    "CL_INCORRECT": (
        lambda message: not message.text_ko.partition("\n\n")[1],
        "content that comes as a step of its own, or never, or is too long to show",
    ),
    "BAD_BROTLI": (in_entry(415), "compressed bytes cannot be shown as text"),
}


def request_before(message):
    """The request that a response belongs to; None where it comes unasked, as some 408 do."""
    steps = message.exchange.messages.filter(position__lt=message.position, text_ko__contains=" HTTP/1.")
    return next((step for step in reversed(steps) if not step.status_class), None)


def linted(message):
    """Feed a message to the linter as it goes over the wire; return its linter."""
    head, content = message.text_ko.partition("\n\n")[::2]
    if "content-type: multipart/" in head.lower():
        content = content.replace("\n", "\r\n")
    start = message.start_line.split(" ", 2)
    if message.status_class:
        linter = HttpResponseLinter(no_content=method_before(message) == b"HEAD")
        if request := request_before(message):
            linter.request = linted(request)
        linter.process_response_topline(b"1.1", start[1].encode(), "".join(start[2:]).encode())
    else:
        linter = HttpRequestLinter()
        linter.process_request_topline(start[0].encode(), start[1].encode(), b"1.1")
    linter.process_headers([(name.encode(), value.encode()) for name, value in fields_of(message)])
    linter.feed_content(content.encode())
    linter.finish_content(True)
    return linter


def notes_in(notes):
    for note in notes:
        yield note
        yield from notes_in(note.subnotes)


def test_a_linter_finds_nothing_that_is_not_meant():
    found, used = set(), set()
    for message in all_messages():
        for note in notes_in(linted(message).notes):
            if note.level not in (levels.WARN, levels.BAD):
                continue
            identifier = type(note).__name__
            if identifier in LEFT and LEFT[identifier][0](message):
                used.add(identifier)
            else:
                found.add(f"{name_of(message)}: {identifier}: {note}")
    assert sorted(found) == []
    assert used == set(LEFT)


# Citations and words

GLOSSARY = read_yaml(settings.BASE_DIR / "docs" / "glossary.yaml")
QUOTED = re.compile("“[^”]*”")


def test_a_space_precedes_a_citation_in_english_only():
    wrong = []
    for where, language, text in texts():
        pattern = r"\s\((?:(?:MUST|SHOULD|MAY)(?: NOT)?, )?RFC" if language == "ko" else r"[^\s]\(RFC"
        if re.search(pattern, text):
            wrong.append(where)
    assert wrong == []


def test_both_languages_name_the_same_strengths():
    strengths = {
        where: sorted(re.findall(r"\b(?:MUST|SHOULD|MAY)(?: NOT)?\b", text)) for where, _language, text in texts()
    }
    assert [
        where for where in strengths if where.endswith("_ko") and strengths[where] != strengths[where[:-2] + "en"]
    ] == []


@cache
def korean_texts():
    """Return the Korean texts by their places, without what is quoted and what the glossary allows."""
    allowed = sorted({word for each in GLOSSARY for word in each.get("allow", [])}, key=len, reverse=True)
    found = {}
    for where, language, text in texts():
        if language == "ko":
            found[where] = QUOTED.sub("", text)
            for word in allowed:
                found[where] = found[where].replace(word, "")
    return found


@pytest.mark.parametrize("entry", GLOSSARY, ids=lambda entry: entry["term_en"])
def test_one_thing_has_one_korean_word(entry):
    found = {f"{where}: {word}" for where, text in korean_texts().items() for word in entry["avoid"] if word in text}
    assert sorted(found) == []
