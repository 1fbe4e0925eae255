"""Finding a code from what people type."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes import search
from codes.models import Category, StatusCode

pytestmark = pytest.mark.django_db


def found(query):
    return [hit.found.label for hit in search.search(query).codes]


@pytest.mark.parametrize(
    "query",
    ["404", " 404 ", "４０４", "HTTP 404", "http/1.1 404", "HTTP/2 404", "status code: 404", "error 404", "404 에러",
     "상태코드 404", "404번", "#404"],
)  # fmt: skip
def test_an_exact_number_goes_straight_to_its_page(client, query):
    assertRedirects(client.get("/search/", {"q": query}), "/404/")
    assertRedirects(client.get("/en/search/", {"q": query}), "/en/404/")


def test_a_number_that_nobody_assigned_goes_to_the_page_that_says_so(client):
    assertRedirects(client.get("/search/", {"q": "433"}), "/433/", target_status_code=404)


@pytest.mark.parametrize("query", ["²⁰⁴", "٤٠٤", "4040", "40 4", "4_0_4", "-404", "404.5"])
def test_what_is_not_a_three_digit_number_is_not_taken_for_one(client, query):
    assert client.get("/search/", {"q": query}).status_code == 200


@pytest.mark.parametrize("query", ["4xx", "4XX", " 4Xx ", "４ｘｘ", "400번대", "400 번대"])
def test_a_class_gives_the_class_and_its_codes(client, query):
    page = client.get("/search/", {"q": query})
    assertContains(page, 'href="/4xx/"')
    assertContains(page, 'href="/451/"')
    assertNotContains(page, 'href="/500/"')


def test_the_beginning_of_a_number_gives_the_codes_that_begin_so():
    assert set(found("41")) == {
        str(n) for n in StatusCode.objects.filter(number__range=(410, 419)).values_list("number", flat=True)
    }
    assert found("40")[0] == "400"


def test_every_name_finds_its_code_first():
    for code in StatusCode.objects.exclude(standing="vendor"):
        for name in (code.name_ko, code.name_en):
            first = search.search(name).codes[0].found
            assert name in (first.name_ko, first.name_en), name


def test_every_class_is_found_by_its_name():
    for category in Category.objects.all():
        assert category in [hit.found for hit in search.search(category.name_ko).categories]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("찾을수없음", "404"),
        ("NOT FOUND", "404"),
        ("not-found", "404"),
        ("인증 필요", "401"),
        ("권한 없음", "401"),
        ("Payload Too Large", "413"),
        ("Moved Temporarily", "302"),
        ("i'm a teapot", "418"),
        ("im a teapot", "418"),
        ("Switching Protocol", "101"),
        ("Multiple Choice", "300"),
    ],
)
def test_names_keywords_and_former_names_find_their_code_first(query, label):
    assert found(query)[0] == label


def test_the_other_wording_of_a_class_finds_it():
    assert search.search("클라이언트 오류").categories[0].found.digit == 4


def test_composed_and_decomposed_hangul_find_the_same():
    import unicodedata

    assert found(unicodedata.normalize("NFD", "찾을 수 없음")) == found("찾을 수 없음") != []


def test_words_of_a_summary_find_the_code():
    code = StatusCode.objects.get(number=404)
    assert "404" in found(" ".join(code.summary_en.split()[-3:]))


def test_what_matched_is_marked_and_the_keyword_is_named(client):
    assertContains(client.get("/search/", {"q": "찾을 수"}), "<mark>찾을 수</mark>")
    assertContains(client.get("/search/", {"q": "찾을수"}), "<mark>찾을 수</mark>")
    assertContains(client.get("/search/", {"q": "payload too"}), "<mark>Payload Too</mark> Large")


def test_what_is_typed_is_shown_as_text(client):
    page = client.get("/search/", {"q": '<script>alert("1")</script>'})
    assertNotContains(page, "<script>alert")
    assertContains(page, "&lt;script&gt;")


@pytest.mark.parametrize("query", ["", " ", "zzzzqqq", "!!!", "\u202e", "가" * 200, "ㅤ", "%", "\ud7ff"])
def test_nothing_found_still_offers_a_way_on(client, query):
    page = client.get("/search/", {"q": query})
    for digit in range(1, 6):
        assertContains(page, f'href="/{digit}xx/"')


@pytest.mark.parametrize("query", ["%FF", "%ED%A0%80", "%zz", "%", "q=%E2%80%AE404"])
def test_broken_encoding_is_no_error(client, query):
    assert client.get(f"/search/?q={query}").status_code == 200


def test_the_query_stays_in_the_field(client):
    assertContains(client.get("/search/", {"q": "없음"}), 'value="없음"')
