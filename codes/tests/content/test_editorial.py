"""The rules of writing that a program can check, on every entry."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from codes.models import (
    Advice,
    Category,
    CategoryRule,
    ConfusionGroup,
    Detail,
    ErrorText,
    Exchange,
    GeneralRule,
    GroupMember,
    HouseVerdict,
    Message,
    OtherCode,
    ProductCode,
    Question,
    QuestionChoice,
    Reference,
    ResponseRule,
    RuleSet,
    Situation,
    SituationHeader,
    StatusCode,
    VendorMeaning,
)
from codes.texts.citations import citation_url
from codes.texts.localized import LANGUAGES

pytestmark = pytest.mark.django_db

BILINGUAL = {
    Category: ["name", "summary", "description"],
    StatusCode: StatusCode.TEXTS,
    ResponseRule: ["condition", "note"],
    CategoryRule: ["condition", "note"],
    RuleSet: ["name", "summary"],
    GeneralRule: ["condition", "note"],
    Advice: ["text"],
    VendorMeaning: ["meaning"],
    ProductCode: ["meaning"],
    Exchange: ["title"],
    Message: ["note"],
    ConfusionGroup: ["name", "question", "description"],
    GroupMember: ["answer", "example"],
    ErrorText: ErrorText.TEXTS,
    Situation: Situation.TEXTS,
    OtherCode: ["reason"],
    SituationHeader: ["note"],
    HouseVerdict: ["note"],
    Question: ["question"],
    QuestionChoice: ["answer"],
}

# Korean that reads like a translation.
TRANSLATIONESE = (
    "에 의해(?!지)|에 의하여|되어지|당신|함에 있어|[을를] 가지고 있습니다|그것[은이을]|에도 불구하고|로부터의"
)

# How the last digits of a number are read decides the particle after it.
ENDS_IN_VOWEL = {"2", "4", "5", "9"}  # 이 사 오 구


@cache
def texts():
    """Return every text of the catalogue as (where, language, text)."""
    found = []
    for model, fields in BILINGUAL.items():
        for row in model.objects.all():
            key = " ".join(map(str, row.natural_key())) if isinstance(row, Detail) else row.pk
            for field in fields:
                for language in LANGUAGES:
                    where = f"{model.__name__} {key} {field}_{language}"
                    found.append((where, language, getattr(row, f"{field}_{language}")))
    return found


def korean():
    return [(where, text) for where, language, text in texts() if language == "ko" and text]


def test_every_text_exists_in_both_languages():
    present = {where: bool(text) for where, _, text in texts()}
    alone = [
        where
        for where, there in present.items()
        if there and not present[where[:-2] + {"ko": "en", "en": "ko"}[where[-2:]]]
    ]
    assert alone == []


def test_every_entry_has_its_names_summary_and_description():
    for language in LANGUAGES:
        assert not StatusCode.objects.lacking(language).exists()


def test_every_registered_code_says_when_to_use_it_and_has_advice_and_exchanges():
    for code in StatusCode.objects.exclude(registration_status="vendor").prefetch_related("advice", "exchanges"):
        for field in ("when_to_use_ko", "when_not_to_use_ko", "history_ko"):
            assert getattr(code, field), f"{code.number} {field}"
        assert bool(code.content) == bool(code.content_source), code.number
        assert code.advice.all(), code.number
        assert code.exchanges.all(), code.number


def test_every_entry_has_a_source_and_a_date():
    without = StatusCode.objects.filter(references=None) | StatusCode.objects.filter(checked_on=None)
    assert list(without) == []
    assert not ConfusionGroup.objects.filter(references=None).exists()
    assert not ConfusionGroup.objects.filter(checked_on=None).exists()


def test_summaries_are_one_short_line():
    for code in StatusCode.objects.all():
        for text, longest in ((code.summary_ko, 60), (code.summary_en, 110)):
            assert len(text) <= longest
            assert "\n" not in text
            assert text.endswith("."), text


def test_korean_summaries_are_sentences_in_the_polite_form():
    for code in StatusCode.objects.all():
        assert code.summary_ko.endswith("니다."), f"{code.number}: {code.summary_ko}"


def test_no_text_holds_html():
    found = [
        where for where, _, text in texts() if re.search(r"<(?!https?:)/?[a-zA-Z][^>]*>", re.sub(r"`[^`]*`", "", text))
    ]
    assert found == []


def test_no_translationese():
    found = [(where, match[0]) for where, text in korean() if (match := re.search(TRANSLATIONESE, text))]
    assert found == []


def test_links_between_entries_lead_to_existing_entries():
    codes = set(StatusCode.objects.values_list("number", flat=True))
    groups = set(ConfusionGroup.objects.values_list("slug", flat=True))
    for where, _, text in texts():
        for target in re.findall(r"\]\(([^)]*)\)", text):
            kind, _, name = target.partition(":")
            assert (
                (kind == "code" and int(name) in codes)
                or (kind == "vs" and name in groups)
                or target.startswith("https://")
            ), f"{where}: {target}"


def test_both_languages_link_to_the_same_codes():
    links = {where: sorted(set(re.findall(r"\]\((code:\d+|vs:[-\w]+)\)", text))) for where, _, text in texts()}
    different = [where for where in links if where.endswith("_ko") and links[where] != links[where[:-2] + "en"]]
    assert different == []


def test_both_languages_cite_the_same_sections():
    cited = {where: sorted(set(re.findall(r"RFC \d+ §[A-Z0-9.]*[A-Z0-9]", text))) for where, _, text in texts()}
    different = [where for where in cited if where.endswith("_ko") and cited[where] != cited[where[:-2] + "en"]]
    assert different == []


@pytest.mark.parametrize(
    ("after_vowel", "after_consonant"), [("는", "은"), ("가", "이"), ("를", "을"), ("와", "과"), ("로", "으로")]
)
def test_the_particle_after_a_number_follows_its_reading(after_vowel, after_consonant):
    wrong = []
    for where, text in korean():
        for number, particle in re.findall(
            r"(?<![\d.])([1-9]\d\d)(?:\]\(code:\d+\))?(은|는|이|가|을|를|과|와|으로|로)(?=[\s,.)])", text
        ):
            vowel = number[-1] in ENDS_IN_VOWEL
            if particle == after_vowel and not vowel and not (particle == "로" and number[-1] in "178"):
                wrong.append(f"{where}: {number}{particle}")
            if particle == after_consonant and (vowel or (particle == "으로" and number[-1] in "178")):
                wrong.append(f"{where}: {number}{particle}")
    assert wrong == []


def test_citations_lead_to_their_section():
    for code in StatusCode.objects.all():
        for fact in code.facts:
            assert not fact["source"] or fact["url"], f"{code.number} {fact['source']}"
            assert not fact["condition_source"] or fact["condition_url"], f"{code.number} {fact['condition_source']}"
    for reference in Reference.objects.filter(spec__startswith="RFC").exclude(section=""):
        assert reference.url == citation_url(f"{reference.spec} §{reference.section}"), reference


def test_the_condition_of_a_retry_follows_an_answer_and_has_a_section():
    for code in StatusCode.objects.exclude(retry_condition_ko=""):
        assert code.retry, code.number
        assert code.retry_source or code.retry_condition_source, code.number
    assert not StatusCode.objects.filter(retry_condition_ko="").exclude(retry_condition_source="").exists()


def test_a_plain_name_is_short_and_says_something_else_than_the_names():
    names = {name for code in StatusCode.objects.all() for name in (code.name_ko, code.name_en)}
    for entry in [*StatusCode.objects.all(), *Category.objects.all()]:
        for plain in filter(None, (entry.plain_name_ko, entry.plain_name_en)):
            assert len(plain) <= 30, plain
            assert not re.search(r"[().]", plain), plain
            assert plain not in names, plain


def test_every_row_of_the_vendor_table_is_in_the_catalogue():
    with (Path(__file__).parent / "data" / "vendor.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(StatusCode.objects.filter(registration_status="vendor").values_list("number", flat=True)) <= {
        int(row["number"]) for row in rows
    }
    for number in {int(row["number"]) for row in rows}:
        wanted = sum(int(row["number"]) == number for row in rows)
        assert VendorMeaning.objects.filter(code=number).count() >= wanted, number


@pytest.mark.parametrize("number", [0, 444, 460, 499])
def test_numbers_that_never_travel_say_so(number):
    code = StatusCode.objects.get(number=number)
    assert code.vendor_meanings.filter(visibility__in=["log", "body"]).exists()
    assert re.search("로그|전송|나가지|네트워크", code.description_ko)


def test_groups_have_a_name_a_question_and_an_answer_for_each_member():
    assert ConfusionGroup.objects.count() >= 25
    names = ConfusionGroup.objects.values_list("name_ko", flat=True)
    assert len(set(names)) == len(names)
    for group in ConfusionGroup.objects.prefetch_related("members"):
        assert group.name_ko, group
        assert group.question_ko.endswith("?"), group
        assert group.question_en.endswith("?"), group
        assert len(group.members.all()) >= 2
