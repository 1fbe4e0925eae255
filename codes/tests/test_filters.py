"""The list's filters: plain links that combine."""

import re

import pytest
from pytest_django.asserts import assertContains

from codes.models import StatusCode

pytestmark = pytest.mark.django_db


def shown(client, query):
    return set(re.findall(r'<a href="/(\d{3})/">\s*<b>', client.get(f"/?{query}").content.decode()))


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("fact=cacheable", {"200", "404", "451"}, {"201", "500"}),
        ("fact=no-content", {"100", "204", "304"}, {"200"}),
        ("fact=needs-header", {"401", "405", "407", "426"}, {"403"}),
        ("fact=retry", {"429", "503", "408"}, {"404"}),
        ("standing=vendor", {"499", "520", "000"}, {"404"}),
        ("standing=reserved", {"306", "418"}, {"404"}),
        ("issuer=nginx", {"444", "494", "499"}, {"520"}),
        ("issuer=Cloudflare", {"520", "526"}, {"444"}),
        ("fact=cacheable&standing=registered", {"404"}, {"499"}),
    ],
)
def test_a_filter_shows_the_codes_that_match(client, query, inside, outside):
    codes = shown(client, query)
    assert inside <= codes
    assert not outside & codes


def test_without_a_filter_every_code_is_shown(client):
    assert len(shown(client, "")) == StatusCode.objects.count()


def test_links_keep_the_other_filters_and_the_current_one_switches_itself_off(client):
    page = client.get("/?fact=cacheable&standing=registered").content.decode()
    assert 'href="/?standing=registered&amp;fact=no-content"' in page
    assert re.search(r'href="/\?standing=registered"\s+aria-current="true"', page)


def test_filters_without_a_result_offer_a_way_out(client):
    page = client.get("/?fact=cacheable&standing=vendor&issuer=nginx")
    assertContains(page, "모두 맞는 코드가 없습니다")
    assertContains(page, 'href="/"')


@pytest.mark.parametrize("query", ["standing=nonsense", "fact=%00x", "issuer=<script>"])
def test_a_filter_that_does_not_exist_gets_400(client, query):
    page = client.get(f"/?{query}")
    assert page.status_code == 400
    assert page.content.count(b"<script>") == 1  # the page's own


def test_an_unknown_parameter_is_ignored(client):
    assert client.get("/?utm_source=x").status_code == 200


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "HTTP 상태코드"),
        ("/?fact=cacheable", "기본 캐시 가능 · HTTP 상태코드"),
        ("/en/?fact=retry&standing=vendor", "Vendor-specific · worth retrying · HTTP status codes"),
        ("/?issuer=nginx", "nginx · HTTP 상태코드"),
    ],
)
def test_the_title_names_the_filters(client, path, title):
    assertContains(client.get(path), f"<title>{title}</title>", html=True)


def test_a_filtered_list_shows_what_it_lists_and_unfolds_the_codes_of_vendors(client):
    page = client.get("/?issuer=nginx").text
    assert "<h1>nginx</h1>" in page
    assert "자주 보는" not in page
    assert '<details class="vendors" open>' in page
    assert '<details class="vendors">' in client.get("/").text
