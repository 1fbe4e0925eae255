"""The rules about responses against the table of what the specifications say (data/required_fields.csv)."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from codes.models import CategoryRule, CheckNeeds, GeneralRule, Level, ResponseRule, RuleBase, StatusCode, Topic

pytestmark = pytest.mark.django_db

NO_RULE = "(none of its own)"
with (Path(__file__).parent / "data" / "required_fields.csv").open(newline="", encoding="utf-8") as table:
    TABLE = list(csv.DictReader(table))


def basis(row):
    """Return how the section words the level; most of the table's words say how the row was verified."""
    if "(ought)" in row["basis"]:
        return "ought"
    unsaid = ("no keyword", "deprecated", "worded as", "derived")
    return "none" if any(words in row["basis"] for words in unsaid) else ""


def rules():
    """Yield every rule as (status, rule)."""
    yield from (("any", rule) for rule in GeneralRule.objects.all())
    yield from ((f"{rule.category_id}xx", rule) for rule in CategoryRule.objects.all())
    yield from ((f"{rule.code_id:03}", rule) for rule in ResponseRule.objects.all())


def test_the_rules_are_those_of_the_table():
    wanted = Counter(
        (row["status"], row["field"], row["level"], row["section"], row["check_needs"], basis(row))
        for row in TABLE
        if row["field"] != NO_RULE
    )
    found = Counter(
        (status, rule.header or f"({rule.topic})", rule.level, sections(rule), rule.check_needs, rule.basis)
        for status, rule in rules()
    )
    assert found - wanted == Counter()
    assert wanted - found == Counter()


def sections(rule):
    return "; ".join(source for source, _url in rule.sources)


def test_a_code_without_a_rule_of_its_own_has_none():
    without = [int(row["status"]) for row in TABLE if row["field"] == NO_RULE]
    assert without
    assert not ResponseRule.objects.filter(code__in=without).exists()


def test_every_rule_leads_to_its_sections():
    assert [str(rule) for _status, rule in rules() if not all(url for _source, url in rule.sources)] == []


def test_a_rule_about_something_else_than_a_field_says_what():
    """The facts say what caching and content without a note mean."""
    silent = [f"{status} {rule}" for status, rule in rules() if not rule.header and not rule.note]
    caching = [f"{status} {rule}" for status, rule in rules() if rule.topic == Topic.CACHING and not rule.condition]
    assert set(silent) <= set(caching)


def test_no_condition_begins_like_a_sentence():
    """It follows the name of a field: "ETag in responses to GET"."""
    wrong = [rule.condition_en for _status, rule in rules() if rule.condition_en[:1].isupper()]
    assert wrong == []


@pytest.mark.parametrize("caching", [("heuristic", Level.MAY), ("never", Level.MUST_NOT)])
def test_rules_about_caching_agree_with_the_fact(caching):
    fact, level = caching
    by_rule = set(
        ResponseRule.objects.filter(topic=Topic.CACHING, level=level, condition_ko="").values_list("code", flat=True)
    )
    by_fact = StatusCode.objects.filter(caching=fact).exclude(category=1)
    assert by_rule == set(by_fact.values_list("number", flat=True)) - set(
        StatusCode.objects.filter(registration_status="vendor").values_list("number", flat=True)
    )


def test_positions_put_the_strongest_rules_first():
    order = Level.values
    for model, parent in ((GeneralRule, "rule_set"), (CategoryRule, "category"), (ResponseRule, "code")):
        of_parent: dict[object, list[RuleBase]] = {}
        for rule in model.objects.all():
            of_parent.setdefault(getattr(rule, f"{parent}_id"), []).append(rule)
        for key, group in of_parent.items():
            levels = [order.index(rule.level) for rule in group]
            assert levels == sorted(levels), key
            assert [rule.position for rule in group] == list(range(1, len(group) + 1)), key


def test_rules_for_caches_clients_and_whole_exchanges_are_not_about_a_field():
    elsewhere = {CheckNeeds.CACHE, CheckNeeds.CLIENT, CheckNeeds.EXCHANGE}
    assert [str(rule) for _status, rule in rules() if rule.check_needs in elsewhere and rule.header] == []
