"""How to try a code, on its page, and the page about live answers."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from answers.preview import preview
from codes import live_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_answers(settings, monkeypatch):
    settings.ANSWERS_URL = "https://answers.example"
    monkeypatch.setattr(live_answers._Handed, "preview", staticmethod(preview))


def live_answer_on(client, number):
    page = client.get(reverse("codes:detail", args=[number]))
    return page.context["live_answer"], page.text


def test_a_page_shows_the_request_and_what_comes_back(client, with_answers):
    shown, page = live_answer_on(client, 503)
    assert shown.command == "curl -i https://answers.example/503"
    assert shown.response.startswith("HTTP/2 503\nRequested-Status: 503\nRetry-After: 5\n")
    assert '<a href="#try">해 보기</a>' in page
    assert shown.command in page
    assert live_answer_on(client, 304)[0].command == "curl -i -H 'If-None-Match: \"304\"' https://answers.example/304"
    assert live_answer_on(client, 426)[0].command == "curl -i --http1.1 https://answers.example/426"


@pytest.mark.parametrize("number", [103, 444, 999])
def test_what_cannot_be_sent_is_not_shown(client, with_answers, number):
    shown, page = live_answer_on(client, number)
    assert shown is None
    assert 'id="try"' not in page


def test_without_a_server_nothing_is_shown(client, monkeypatch):
    monkeypatch.setattr(live_answers._Handed, "preview", staticmethod(preview))
    shown, page = live_answer_on(client, 503)
    assert shown is None
    assert "#try" not in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_about_live_answers_names_the_server_or_ones_own(client, settings, language):
    with override(language):
        path = reverse("codes:live")
    assert "http://127.0.0.1:8090/503" in client.get(path).text
    settings.ANSWERS_URL = "https://answers.example"
    page = client.get(path).text
    assert "curl -i https://answers.example/503" in page
    assert "make answers PORT=8090" in page
