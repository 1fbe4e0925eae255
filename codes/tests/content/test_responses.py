"""The diagnosis against responses that people pasted, half of them with faults, and against the catalogue's own."""

from functools import cache
from pathlib import Path

import pytest

from codes.diagnosis import Severity, diagnose
from codes.models import Message
from codes.tests.yaml_files import read_yaml

pytestmark = pytest.mark.django_db

SETS = [f"{kind}{which}" for kind in ("wrong", "right") for which in ("", "_second", "_third", "_fourth", "_fifth")]
RESPONSES = Path(__file__).parent / "data" / "responses"


@cache
def read(name):
    return read_yaml(RESPONSES / f"{name}.yaml")


@cache
def responses_in(text):
    return diagnose(text, "en").responses


def findings(text):
    """What is said against the responses in a text, the linter's notes included."""
    said = [each for checked in responses_in(text) for each in (*checked.findings, *checked.linted)]
    return [each for each in said if each.severity != Severity.PASSED]


@pytest.mark.parametrize("name", ["wrong", "wrong_second", "wrong_third", "wrong_fourth", "wrong_fifth"])
def test_at_least_95_in_100_faults_are_found(name):
    faults, missed = 0, []
    for response in read(name):
        places = {place for finding in findings(response["text"]) for place in finding.places}
        for fault in response["faults"]:
            faults += 1
            if fault["field"].lower() not in places:
                missed.append(f"{response['name']}: {fault['field']}")
    assert faults > 30
    assert len(missed) <= faults * 0.05, missed


@pytest.mark.parametrize("name", ["right", "right_second", "right_third", "right_fourth", "right_fifth"])
def test_at_most_2_in_100_right_responses_are_called_broken(name):
    right = read(name)
    alarms = [
        f"{response['name']}: {finding.title}"
        for response in right
        for finding in findings(response["text"])
        if finding.severity == Severity.BROKEN
    ]
    assert len(right) >= 30
    assert len(alarms) <= len(right) * 0.02, alarms


def test_every_response_is_read():
    unread = [each["name"] for name in SETS for each in read(name) if not responses_in(each["text"])]
    assert unread == []


# Vendors send these numbers, and no response may have them.
MEANT = {"HTTP/1.1 783 Unexpected Token", "HTTP/1.1 999 Request denied"}


def test_the_catalogues_own_responses_are_not_called_broken():
    alarms = {}
    for text in Message.objects.filter(text_ko__startswith="HTTP/1.").values_list("text_ko", flat=True):
        broken = [each.title for each in findings(text) if each.severity == Severity.BROKEN]
        if broken and text.partition("\n")[0] not in MEANT:
            alarms[text.partition("\n")[0]] = broken
    assert alarms == {}
