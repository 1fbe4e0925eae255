"""The JSON log."""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from statuscodes.monitoring.logging import MAX_PENDING, BackgroundHandler, JSONFormatter, LineFormatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """The lines that the site logs during a test, as data."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_without_personal_data(client, lines):
    client.get("/search/?q=my+secret+illness&all=1", REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 somebody")
    (line,) = lines
    assert line["message"] == "GET /search/ 200"
    assert line["milliseconds"] > 0
    assert len(line["request_id"]) == 32
    for personal in ("secret", "203.0.113.9", "somebody"):
        assert personal not in json.dumps(line)


def test_lines_of_one_request_share_an_id_which_its_error_page_shows(client, lines, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("codes.models.StatusCodeQuerySet.linked_from", fail)
    client.raise_request_exception = False
    page = client.get("/404/")
    assert page.status_code == 500
    error, request = lines
    assert "RuntimeError: broken" in error["exception"]
    assert error["request_id"] == request["request_id"] == page["X-Request-ID"]


@pytest.mark.parametrize(
    ("behind", "given", "taken"),
    [
        (True, "0123456789abcdef", True),
        (False, "0123456789abcdef", False),
        (True, "x", False),
        (True, 'a"b\ninjected line', False),
        (True, "a" * 65, False),
    ],
)
def test_only_a_declared_proxy_sets_the_request_id(client, lines, settings, behind, given, taken):
    settings.BEHIND_PROXY = behind
    client.get("/404/", HTTP_X_REQUEST_ID=given)
    assert (lines[0]["request_id"] == given) is taken


def test_control_characters_cannot_forge_a_line(client, lines):
    client.get("/%0a%1b[31mfake/")
    assert len(lines) == 1
    assert "\n" not in json.dumps(lines[0])


UNSAFE = "\x00\x1b\x7f\x85\x9b\u061c\u200e\u2028\u202e\u2066\ufeff\ud800"


@pytest.mark.parametrize("character", UNSAFE, ids=map(ascii, UNSAFE))
def test_what_a_terminal_obeys_is_escaped_in_every_format(character):
    try:
        raise ValueError(f"a{character}b")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": f"GET /{character}x\n", "exc_info": (type(error), error, None)})
    line = JSONFormatter().format(record)
    assert json.loads(line)["message"] == f"GET /{character}x\n"
    text = LineFormatter("{levelname} {message}", style="{").format(record)
    assert text.splitlines()[0].endswith(f"GET /\\u{ord(character):04x}x\\u000a")
    assert len(text.splitlines()) == 2
    for written in (line, text):
        assert character not in written
        assert written.encode().isascii()


@pytest.fixture
def pipe():
    """A pipe into which a page fits, as (descriptor to read, stream to write)."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    stream = os.fdopen(writing, "w")
    yield reading, stream
    for close in (stream.close, lambda: os.close(reading)):
        with suppress(OSError):
            close()


def log_to(stream):
    handler = BackgroundHandler(stream)
    handler.setFormatter(JSONFormatter())
    return handler


def test_no_request_waits_for_a_log_that_is_not_read(pipe):
    reading, stream = pipe
    handler = log_to(stream)
    count = 3 * MAX_PENDING
    began = time.monotonic()
    for number in range(count):
        handler.handle(logging.makeLogRecord({"msg": f"line {number} {'x' * 100}"}))
    assert time.monotonic() - began < 20
    with os.fdopen(os.dup(reading), encoding="utf-8") as log:
        # The handler may report what it dropped more than once.
        written, dropped = [], 0
        while len(written) + dropped < count:
            message = json.loads(log.readline())["message"]
            if "were dropped" in message:
                dropped += int(message.split()[0])
            else:
                written.append(message.split()[1])
    assert written == sorted(written, key=int)
    assert written[0] == "0"
    assert dropped > count - MAX_PENDING - 100


def test_the_site_goes_on_when_nobody_can_read_the_log(pipe):
    reading, stream = pipe
    os.close(reading)
    handler = log_to(stream)
    for _ in range(3):
        handler.handle(logging.makeLogRecord({"msg": "x" * 5000}))
        handler.flush()
    assert handler.lines.unfinished_tasks == 0
    assert handler.thread.is_alive()


def test_the_last_lines_of_a_process_are_written():
    code = "import django; django.setup()\nimport logging; logging.getLogger('statuscodes').error('last words')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["message"] == "last words"


def test_a_process_forked_while_a_line_is_being_queued_can_write_lines_of_its_own(tmp_path):
    with (tmp_path / "log").open("w") as file:
        handler = BackgroundHandler(file)
        with handler.lines.mutex:  # held by the thread that writes, at the moment of the fork
            child = os.fork()
            if not child:
                handler.emit(logging.makeLogRecord({"msg": "from the child"}))
                handler.flush()
                os._exit(0)
        deadline = time.monotonic() + 20
        while not (ended := os.waitpid(child, os.WNOHANG)[0]) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert (tmp_path / "log").read_text() == "from the child\n"
