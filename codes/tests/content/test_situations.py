"""The situations against the rules of their answers, the RFC's verdict on them, and each other."""

import pytest

from codes.models import HouseVerdict, Norm, OtherCode, ResponseRule, Situation, SituationHeader, Topic

pytestmark = pytest.mark.django_db


def test_a_field_to_send_is_as_binding_as_the_rule_about_it():
    """The page links the rule's section beside the level."""
    levels = {}
    for rule in ResponseRule.objects.filter(topic=Topic.FIELD):
        levels.setdefault((rule.code_id, rule.header), {SituationHeader.Level.ADVICE}).add(rule.level)
    wrong = [
        f"{each.situation_id} {each.header}: {each.level}"
        for each in SituationHeader.objects.select_related("situation")
        if each.level not in levels.get((each.situation.answer_id, each.header), {each.level})
    ]
    assert wrong == []


def test_what_a_specification_requires_or_recommends_is_its_own_verdict():
    verdicts = {each.situation_id: each for each in HouseVerdict.objects.filter(house="RFC")}
    wrong = []
    for situation in Situation.objects.filter(norm__in=[Norm.MUST, Norm.SHOULD], source__startswith="RFC"):
        verdict = verdicts.get(situation.pk)
        if not verdict or verdict.strength != situation.norm or verdict.uses[0] != situation.answer_id:
            wrong.append(situation.pk)
    assert wrong == []


@pytest.mark.parametrize("slug", ["unknown-field", "unknown-query-parameter", "read-only-field-sent"])
def test_a_success_that_ignores_input_says_so(slug):
    for verdict in HouseVerdict.objects.filter(situation=slug):
        if verdict.uses[0] < 300:
            assert "무시" in verdict.note_ko, verdict
            assert "ignored" in verdict.note_en.lower(), verdict


def test_other_codes_fit_under_a_condition_or_are_ruled_out_by_a_sentence():
    wrong = [
        f"{each.situation_id} {each.code_id}: {each.reason_en}"
        for each in OtherCode.objects.all()
        if each.reason_en.endswith(".") is (each.fit == OtherCode.Fit.ALSO)
    ]
    assert wrong == []
