"""Finer codes of products on their status code's page, on a page each, and in the search."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django.asserts import assertContains

from codes import search
from codes.editing import fixtures, history, translation_tables
from codes.models import EntrySnapshot, Product, ProductCode
from codes.tests.html_forms import form_of

pytestmark = pytest.mark.django_db


def cells(page, path):
    """Return the texts of a page's table cells, without markup, row by row."""
    rows = re.findall("<tr>(.*?)</tr>", page[path].text, re.DOTALL)
    each = [re.findall("<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub("<.*?>", "", cell).split()) for cell in row] for row in each]


def first(query):
    hit = next(iter(search.search(query).in_order), None)
    if hit and hit.kind == "error":
        return f"{hit.codes[0]:03}"
    return hit and (hit.found.value if hit.kind == "product" else hit.found.label)


def test_a_codes_page_shows_its_products_codes_folded_with_their_source(rendered):
    for path, meaning in (
        ("/403/", "기본 문서가 없고 디렉터리 목록도 꺼져 있음"),
        ("/en/403/", "No default document, and directory listing is off"),
    ):
        page = rendered[path].text
        (iis,) = re.findall(r'<details class="fold">\s*<summary>IIS 26</summary>(.*?)</details>', page, re.DOTALL)
        assert ["403.14", meaning] in cells(rendered, path)
        assert "<code>403.14</code>" in iis
        assert 'href="https://learn.microsoft.com/' in iis
        assert f'href="{path.removesuffix("403/")}iis/"' in iis


def test_a_code_without_products_has_no_such_part(rendered):
    assert 'id="products"' not in rendered["/410/"].text


def test_a_status_code_that_is_not_documented_says_so(rendered):
    assert ["1015", "Rate limited Reported, not documented"] in cells(rendered, "/en/429/")
    assert ["sH--", "응답 헤더가 오기 전에 timeout server가 지남 아마도"] in cells(rendered, "/504/")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_of_grpc_has_both_directions_which_are_not_symmetric(rendered, prefix):
    path = f"{prefix}/grpc/"
    to_http, from_http = re.findall("<table.*?</table>", rendered[path].text, re.DOTALL)
    rows = [re.findall(r'(?:href="([^"#]*)|<code>(.*?)<)', table) for table in (to_http, from_http)]
    pairs = []
    for table in rows:
        address = ""
        for link, value in table:
            address = link or address
            if value:
                pairs.append((address, value))
    assert (f"{prefix}/404/", "NOT_FOUND") in pairs
    assert (f"{prefix}/404/", "UNIMPLEMENTED") in pairs
    assert (f"{prefix}/429/", "RESOURCE_EXHAUSTED") in pairs
    assert (f"{prefix}/429/", "UNAVAILABLE") in pairs
    assert len(pairs) == 26


def test_every_product_has_a_page_in_both_languages(rendered):
    for product in Product:
        for prefix in ("", "/en"):
            page = rendered[f"{prefix}/{product.value}/"]
            assert page.status_code == 200
            for row in ProductCode.objects.filter(product=product):
                assert f"<code>{row.value}</code>" in page.text


@pytest.mark.parametrize("path", ["/nginx/", "/iisx/", "/IIS/"])
def test_a_product_that_is_not_there_has_no_page(client, path):
    assert client.get(path).status_code == 404


def test_a_products_page_runs_two_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/iis/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("403.14", "403"), ("404.13", "404"), ("403.502", "403"), ("iis 500.19", "500"), ("H12", "503"),
        ("heroku h12", "503"), ("H27", "499"), ("dns_timeout", "504"), ("connection_refused", "502"),
        ("RESOURCE_EXHAUSTED", "429"), ("DEADLINE_EXCEEDED", "504"), ("UNAVAILABLE", "503"), ("CANCELLED", "499"),
        ("grpc-status: 8", "429"), ("UF", "503"), ("LR", "503"), ("Envoy NR", "404"), ("UpstreamOverflow", "503"),
        ("1015", "429"), ("error code: 1033", "530"), ("cloudflare error 1020", "403"), ("sH--", "504"), ("SH", "502"),
        ("grpc 상태코드", "grpc"), ("grpc status codes", "grpc"), ("gRPC", "grpc"), ("iis 하위 상태코드", "iis"),
        ("envoy response flags", "envoy"), ("heroku error codes", "heroku"),
    ],
)  # fmt: skip
def test_what_a_product_says_leads_to_its_status_code_or_its_page(query, expected):
    assert first(query) == expected


def test_an_iis_error_title_goes_straight_to_the_code(client):
    assert client.get("/search/", {"q": "HTTP Error 403.14 - Forbidden"}).url.startswith("/403/")


def test_short_codes_are_not_found_inside_words():
    for query in ("buffer", "already", "surfing", "ultra"):
        reasons = {hit.text for hit in search.search(query).hits}
        assert not reasons & set(ProductCode.objects.values_list("value", flat=True)), query


def test_the_results_and_the_suggestions_name_a_products_page(client):
    assertContains(client.get("/search/", {"q": "grpc 상태코드"}), '<a href="/grpc/"><b>gRPC 상태코드</b></a>')
    suggested = client.get("/en/search/suggest/", {"q": "grpc"}).json()["results"][0]
    assert (suggested["url"], suggested["label"], suggested["name"]) == ("/en/grpc/", "gRPC", "gRPC status codes")
    assert client.get("/search/completions/", {"q": "grpc"}).json()[1][0] == "gRPC gRPC 상태코드"


def add_row(code, **fields):
    values = {"product": "heroku", "value": "H98", "meaning_ko": "뜻", "source": "문서", "url": "https://example.com/"}
    return code.product_codes.create(**(values | fields))


@pytest.mark.parametrize(
    "fields", [{"direction": "to-http"}, {"product": "grpc"}, {"url": "http://example.com/"}], ids=str
)
def test_the_database_refuses_what_the_form_refuses(small_code, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        add_row(small_code, **fields)
    values = {"product": "heroku", "value": "H98", "meaning_ko": "뜻", "source": "문서", "url": "https://example.com/"}
    with pytest.raises(ValidationError):
        ProductCode(code=small_code, **(values | fields)).full_clean()


def test_an_editor_corrects_a_row_and_the_history_tells_it(editor, small_code):
    add_row(small_code)
    path, data = form_of(editor, 433)
    assert editor.post(path, data | {"product_codes-0-meaning_ko": "고친 뜻"}).status_code == 302
    assertContains(editor.get("/433/"), "고친 뜻")
    snapshot = EntrySnapshot.objects.filter(key="statuscode 433")[0]
    assert "Heroku H98" in snapshot.summary_en
    before = EntrySnapshot.objects.filter(key="statuscode 433")[1]
    history.restore(before, None, "", small_code._meta.model.objects.get(pk=433).version_token)
    assert small_code.product_codes.get().meaning_ko == "뜻"


def test_translators_get_the_meanings_and_give_them_back(admin_user, small_code):
    add_row(small_code)
    table = translation_tables.export_table([small_code], "csv").decode("utf-8-sig")
    differences = translation_tables.parse_table(
        table.replace("product heroku H98,뜻,", "product heroku H98,뜻,Sense").encode(), "csv"
    )
    assert [(each.text, each.after) for each in differences] == [("product heroku H98", "Sense")]
    assert differences[0].label == "Heroku H98: 의미 (영어)"
    translation_tables.apply(differences, admin_user, "")
    assert small_code.product_codes.get().meaning_en == "Sense"


def test_the_longest_form_can_be_saved(editor):
    before = fixtures.load_entry("statuscode 503").digest
    path, data = form_of(editor, 503)
    assert 2 * len(data) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert editor.post(path, data).status_code == 302
    assert fixtures.load_entry("statuscode 503").digest == before


def test_who_edits_vendor_meanings_on_a_site_in_use_may_edit_the_rows():
    Permission.objects.filter(content_type__model="productcode").delete()
    import_module("codes.migrations.0011_product_codes").grant(apps, None)
    codenames = {f"{action}_productcode" for action in ("view", "add", "change", "delete")}
    assert codenames == set(
        Permission.objects.filter(
            group=Group.objects.get(name="편집자"), content_type__model="productcode"
        ).values_list("codename", flat=True)
    )
