"""The fixtures against the registry and the specifications' facts (data/iana.csv)."""

import csv
import re
from pathlib import Path

import pytest

from codes.models import Caching, Category, Content, Level, RegistrationStatus, ResponseRule, StatusCode, Topic

pytestmark = pytest.mark.django_db

with (Path(__file__).parent / "data" / "iana.csv").open(newline="", encoding="utf-8") as table:
    REGISTRY = {int(row["number"]): row for row in csv.DictReader(table)}

STANDINGS = {
    "registered": RegistrationStatus.REGISTERED,
    "temporary": RegistrationStatus.TEMPORARY,
    "unused": RegistrationStatus.RESERVED,
    "obsoleted": RegistrationStatus.OBSOLETE,
}

SOURCE_ENTRIES = {
    100: "진행", 101: "프로토콜 전환", 200: "성공", 201: "작성됨", 202: "허용됨", 203: "신뢰할 수 없는 정보",
    204: "콘텐츠 없음", 205: "콘텐츠 재설정", 300: "여러 개의 선택 항목", 301: "영구 이동", 302: "임시 이동",
    304: "수정되지 않음", 400: "잘못된 요청", 401: "권한 없음", 402: "결제 필요", 403: "금지됨", 404: "찾을 수 없음",
    500: "내부 서버 오류", 501: "구현되지 않음", 502: "잘못된 게이트웨이", 503: "서비스를 사용할 수 없음",
}  # fmt: skip


@pytest.fixture(params=REGISTRY, ids=str)
def row(request):
    return REGISTRY[request.param]


@pytest.fixture
def code(row):
    return StatusCode.objects.get(number=row["number"])


def test_every_registered_number_is_in_the_catalogue_and_every_other_is_a_vendors():
    registered = StatusCode.objects.exclude(registration_status=RegistrationStatus.VENDOR)
    assert set(registered.values_list("number", flat=True)) == set(REGISTRY)


def test_the_name_and_registration_status_are_the_registrys(row, code):
    assert code.name_en == row["name"]
    assert code.registration_status == STANDINGS[row["status"]]


def test_the_first_reference_is_the_section_that_defines_the_code(row, code):
    main = code.references.first()
    # The registry cites revision -05 of the draft behind 104; the entry cites the draft, whose page shows the newest.
    assert main.spec == row["rfc"].removesuffix("-05")
    assert main.url.startswith(row["spec_url"].partition("#")[0].removesuffix("/"))
    if row["section"]:
        assert main.section == row["section"]
        assert main.url == row["spec_url"]


# Defined for an item inside a 207 only (RFC 5842 section 7.1): there is no response to state facts about.
NEVER_A_RESPONSE = {208}


def test_content_is_allowed_where_the_specification_allows_it(row, code):
    if code.number in NEVER_A_RESPONSE:
        assert not code.content
        assert not code.caching
    else:
        assert code.content == (Content.ALLOWED if row["content_allowed"] == "yes" else Content.NONE)


def test_what_a_cache_may_keep_by_default_is_the_list_of_rfc_9110(row, code):
    # RFC 7725 section 3 makes 451 cacheable by default; RFC 9110's own list cannot name it.
    expected = row["heuristically_cacheable"] == "yes" or code.number == 451
    assert (code.caching == Caching.HEURISTIC) == expected


def test_codes_that_must_not_be_stored_say_so(row, code):
    if "MUST NOT be stored" in row["cache_note"]:
        assert code.caching == Caching.NEVER


def mandatory(number):
    rules = ResponseRule.objects.filter(code=number, level=Level.MUST, topic=Topic.FIELD)
    return set(rules.values_list("header", flat=True))


@pytest.mark.parametrize(
    ("number", "headers"),
    [(number, row["required_headers"]) for number, row in REGISTRY.items() if row["required_level"] == "MUST"],
)
def test_mandatory_headers_are_the_specifications(number, headers):
    # "if a 200 would carry them", "(single part) | (multiple parts)": the rules have the conditions.
    names = set(re.findall(r"[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+|Allow|Upgrade|Date|ETag|Vary|Expires", headers))
    assert names <= mandatory(number)


def test_the_method_on_redirect_is_the_specifications(row, code):
    expected = {
        "POST may change to GET": "may_change",
        "GET (HEAD stays HEAD)": "get",
        "unchanged": "kept",
    }.get(row["redirect_method"], "")
    assert code.redirect_method == expected


@pytest.mark.parametrize(("number", "name"), SOURCE_ENTRIES.items())
def test_the_21_source_entries_keep_their_korean_names(number, name):
    assert StatusCode.objects.get(number=number).name_ko == name


def test_the_five_classes_keep_their_korean_names():
    names = list(Category.objects.values_list("name_ko", flat=True))
    assert names == ["정보 전달", "성공", "리다이렉션", "실패", "서버 오류"]
