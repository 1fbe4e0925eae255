"""The JSON log."""

import json
import logging

import pytest

from statuscodes.monitoring.logging import JSONFormatter

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
