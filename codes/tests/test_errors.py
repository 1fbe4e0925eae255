"""Error texts: their pages, their place on the page of a code, their files and their admin."""

import re
import shutil
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import fixtures, review
from codes.models import EntrySnapshot, ErrorText, LoadedEntry, StatusCode
from codes.tests.html_forms import form_of, press

pytestmark = pytest.mark.django_db

REFUSED = "nginx-connect-failed-111-connection-refused-while-connecting-to"


@pytest.fixture
def make_error_text(db):
    """Make a valid error text of a product of its own; a test names only what it is about."""

    def make(slug="gadget-broken", codes=(404,), **fields):
        defaults = {"product": "Gadget", "text": f"{slug} … at", "kind": "message", "who": "server"}
        defaults |= {"meaning_ko": "고장 났습니다.", "meaning_en": "It broke.", "source": "the manual"}
        defaults |= {"next_ko": "로그를 봅니다.", "next_en": "Read the log.", "checked_on": localdate()}
        error_text = ErrorText.objects.create(slug=slug, **(defaults | fields))
        for position, number in enumerate(codes, start=1):
            error_text.code_links.create(code_id=number, position=position)
        return error_text

    return make


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/errors/nginx/", ["nginx 오류 메시지", "먼저 확인할 것:", ">잘못된 게이트웨이<", "늘", "대개"]),
        ("/en/errors/nginx/", ["nginx error messages", "Check first:", "Always", "Usually"]),
    ],
)
def test_a_products_page_says_of_each_message_what_happened_what_to_check_and_how_sure_it_is(rendered, path, said):
    page = rendered[path]
    for text in ErrorText.objects.filter(product="nginx").prefetch_related("code_links"):
        assertContains(page, f'<section id="{text.slug}">')
        assertContains(page, f'href="#{text.slug}"')
        for part in (text.text, text.meaning_en if path.startswith("/en/") else text.meaning_ko, text.source):
            assert part in unescape(page.text)
        for number in text.codes:
            assertContains(page, f"<b>{number:03}</b>")
    for each in said:
        assertContains(page, each.strip("<>"))


def test_a_message_is_shared_by_an_address_that_leads_to_it(rendered):
    path, _, anchor = ErrorText.objects.get(slug=REFUSED).get_absolute_url().partition("#")
    assertContains(rendered[path], f'id="{anchor}"')


def test_a_message_in_korean_is_marked_as_korean_on_an_english_page(rendered):
    text = ErrorText.objects.filter(product="Chrome", text__regex="[가-힣]").first()
    assertContains(rendered["/en/errors/chrome/"], f'<samp lang="ko">{text.text}</samp>')


def test_an_uncertain_message_says_so_wherever_it_is_listed(client, make_error_text):
    make_error_text(sure="maybe", codes=[511])
    for path in ("/511/", "/511/errors/", "/errors/gadget/"):
        assertContains(client.get(path), "확실하지 않음")
        assertContains(client.get(f"/en{path}"), "Uncertain")


def listed_of(client, number):
    """Return the addresses of the messages on all pages of a code."""
    listed, address = [], f"/{number}/errors/"
    while address:
        page = client.get(address).text
        listed += re.findall(r'href="(/errors/[^"]*#[^"]*)"', page)
        following = re.search(r'rel="next" href="(\?page=[0-9]+)"', page)
        address = following and f"/{number}/errors/{following[1]}"
    return listed


def test_a_code_lists_few_messages_folded_and_leads_to_all_of_them(rendered, client):
    page = rendered["/502/"].text
    folded = re.search(r'<h2 id="errors">.*?<details class="fold">(.*?)</details>', page, re.DOTALL)[1]
    assert "nginx 29" in folded
    assert f'/errors/nginx/#{REFUSED}"' in folded
    assert folded.count("<li>") < 10
    assert 'href="/502/errors/"' in folded
    assert set(listed_of(client, 502)) == {text.get_absolute_url() for text in ErrorText.objects.meaning(502)}


def test_a_code_with_few_messages_shows_them_all_and_one_without_has_no_page_for_them(client, make_error_text):
    make_error_text(codes=[511])
    assertContains(client.get("/511/"), "#gadget-broken")
    assertNotContains(client.get("/511/"), 'href="/511/errors/"')
    assertNotContains(client.get("/226/"), 'id="errors"')
    for path in ("/226/errors/", "/433/errors/", "/errors/nothing/"):
        assert client.get(path).status_code == 404


def test_the_surest_message_of_a_product_comes_first(client, make_error_text):
    for number, sure in enumerate(("maybe", "usual", "sent"), start=1):
        make_error_text(f"gadget-{sure}", codes=[511], position=number, sure=sure)
    page = client.get("/511/").text
    assert page.index("#gadget-sent") < page.index("#gadget-usual") < page.index("#gadget-maybe")


def test_many_messages_of_a_code_are_split_into_pages_with_one_address_each(client):
    first, second = client.get("/400/errors/"), client.get("/400/errors/?page=2")
    listed = listed_of(client, 400)
    assert len(set(listed)) == ErrorText.objects.meaning(400).count() == len(listed)
    assertContains(first, 'rel="next" href="?page=2"')
    assertContains(second, 'rel="prev" href="/400/errors/"')
    for page in ("1x", "0", "9", "01", "-1", "٢", "9" * 5000):
        assert client.get("/400/errors/", {"page": page}).status_code == 404


def test_what_has_no_http_response_leads_to_000_and_says_so(rendered):
    assertContains(rendered["/000/errors/"], "HTTP 응답이 없었던 경우입니다.")
    assertContains(rendered["/en/000/errors/"], "there was no HTTP response")
    without_response = ["ERR_CONNECTION_REFUSED", "TypeError: Failed to fetch", "blocked by CORS policy"]
    for text in without_response:
        found = ErrorText.objects.filter(text__contains=text)
        assert {error_text.codes[0] for error_text in found} == {0}, text


def test_the_list_has_every_product_and_code_with_its_number(rendered):
    page = rendered["/errors/"]
    products = ErrorText.objects.order_by().values_list("product", flat=True).distinct()
    for product in products:
        count = ErrorText.objects.filter(product=product).count()
        assert re.search(rf">{re.escape(product)}</a> <small>{count}</small>", unescape(page.text)), product
    name, count = StatusCode.objects.get(number=502).full_name, ErrorText.objects.meaning(502).count()
    assertContains(page, f'href="/502/errors/"><b>502</b> {name}</a> <small>{count}</small>')


# Files


def test_a_new_message_needs_one_entry_in_its_products_file(tmp_path):
    path = tmp_path / "errors" / "gadget.yaml"
    path.parent.mkdir()
    shutil.copy(fixtures.FIXTURES / "categories.yaml", tmp_path)
    path.write_text(
        "- model: codes.errortext\n  pk: gadget-broken\n  fields: {product: Gadget, text: 'broken: …', kind: message,"
        " who: server, meaning_ko: 고장, meaning_en: Broken, next_ko: 로그, next_en: The log, source: the manual}\n"
        "- {model: codes.errortextcode, fields: {error_text: gadget-broken, code: 502}}\n"
        "- {model: codes.errortextcode, fields: {error_text: gadget-broken, code: 500, position: 2}}\n"
    )
    assert fixtures.load(tmp_path).counts["added"] == 1
    assert ErrorText.objects.get(slug="gadget-broken").codes == [502, 500]
    assert fixtures.load(tmp_path).counts == {"unchanged": 6}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("product: Gunicorn", "product: Unicorn", "the file's name and the product differ"),
        ("kind: message", "kind: rumour", "kind"),
        ("who: server", "who: nobody", "who"),
        ("code: 502}", "code: 998}", "there is no code 998"),
        ("meaning_en: ", "meaning_en: ''  # ", "meaning_en"),
    ],
)
def test_a_broken_file_names_the_entry_and_changes_nothing(tmp_path, old, new, reason):
    path = tmp_path / "errors" / "gunicorn.yaml"
    path.parent.mkdir()
    shutil.copy(fixtures.FIXTURES / "categories.yaml", tmp_path)
    text = (fixtures.FIXTURES / "errors" / "gunicorn.yaml").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    ErrorText.objects.filter(product="Gunicorn").delete()
    LoadedEntry.objects.filter(key__startswith="errortext gunicorn").delete()
    with pytest.raises(CommandError, match=rf"gunicorn\.yaml: errortext gunicorn-.*{re.escape(reason)}"):
        call_command("load_catalogue", folder=tmp_path, verbosity=0)
    assert not ErrorText.objects.filter(product="Gunicorn").exists()


def test_two_entries_with_the_same_text_are_refused_by_name(tmp_path):
    path = tmp_path / "errors" / "gunicorn.yaml"
    path.parent.mkdir()
    shutil.copy(fixtures.FIXTURES / "categories.yaml", tmp_path)
    entries = fixtures.read(fixtures.FIXTURES / "errors" / "gunicorn.yaml")
    twin = fixtures.to_yaml(entries[0]).replace(entries[0].objects[0]["pk"], "gunicorn-twin")
    path.write_text(twin)
    with pytest.raises(fixtures.CatalogueError, match="errortext gunicorn-twin"):
        fixtures.load(tmp_path)


# Admin


def test_an_editor_corrects_a_message_and_its_codes(editor, make_error_text):
    make_error_text()
    path, data = form_of(editor, "gadget-broken", "errortext")
    change = {"meaning_ko": "고쳤습니다.", "meaning_en": "Fixed.", "code_links-0-code": "410"}
    assert editor.post(path, data | change).status_code == 302
    page = editor.get("/errors/gadget/")
    assertContains(page, "고쳤습니다.")
    assertContains(page, "<b>410</b>")
    snapshot = EntrySnapshot.objects.filter(key="errortext gadget-broken").first()
    assert "일어난 일 (한국어)" in snapshot.summary_ko


def test_an_editor_adds_a_message_but_does_not_delete_one(editor):
    path, data = form_of(editor, model="errortext")
    new = {"slug": "gadget-new", "product": "Gadget", "text": "new", "kind": "message", "who": "server"}
    new |= {"meaning_ko": "가", "meaning_en": "a", "next_ko": "나", "next_en": "b", "source": "the manual"}
    new |= {"_publish": ""}
    without_code = editor.post(path, data | new)
    assert without_code.status_code == 200
    assert not ErrorText.objects.filter(slug="gadget-new").exists()
    assert editor.post(path, data | new | {"code_links-0-code": "500"}).status_code == 302
    assert ErrorText.objects.get(slug="gadget-new").codes == [500]
    assert editor.get(reverse("admin:codes_errortext_delete", args=["gadget-new"]), follow=True).status_code == 403


def test_one_product_has_one_spelling(editor, make_error_text):
    make_error_text()
    path, data = form_of(editor, "gadget-broken", "errortext")
    page = editor.post(path, data | {"product": "nginx "})
    assert page.status_code == 302
    page = editor.post(path, form_of(editor, "gadget-broken", "errortext")[1] | {"product": "NGINX"})
    assert "product" in page.context["adminform"].form.errors
    page = editor.post(path, form_of(editor, "gadget-broken", "errortext")[1] | {"product": "엔진엑스"})
    assert "product" in page.context["adminform"].form.errors


def test_a_form_that_was_opened_before_another_save_does_not_overwrite_it(editor, make_error_text):
    make_error_text()
    path, data = form_of(editor, "gadget-broken", "errortext")
    editor.post(path, data | {"next_ko": "먼저 저장한 글입니다."})
    page = editor.post(path, data | {"next_ko": "나중에 저장한 글입니다."})
    assertContains(page, "다른 사람이 이 항목을 저장했습니다")
    assert ErrorText.objects.get(slug="gadget-broken").next_ko == "먼저 저장한 글입니다."


def test_a_preview_shows_the_products_page_and_saves_nothing(editor, make_error_text):
    make_error_text()
    _path, data = form_of(editor, "gadget-broken", "errortext")
    address = reverse("admin:codes_errortext_preview", args=["gadget-broken"])
    assertContains(editor.post(address, data | {"next_en": "Not saved.", "_preview": "en"}), "Not saved.")
    assert ErrorText.objects.get(slug="gadget-broken").next_en == "Read the log."


def test_a_message_changed_in_one_language_waits_in_the_queue_until_it_is_checked(editor, make_error_text):
    make_error_text()
    path, data = form_of(editor, "gadget-broken", "errortext")
    editor.post(path, data | {"meaning_ko": "달라졌습니다."})
    assert [text.slug for text in review.failing("outdated", ErrorText)] == ["gadget-broken"]
    page = editor.get(reverse("admin:index"))
    assertContains(page, "Gadget: gadget-broken")
    assertContains(page, "일어난 일 (영어)")
    press(editor, page, reverse("admin:codes_errortext_checked", args=["gadget-broken"]))
    assert not review.failing("outdated", ErrorText).exists()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"q": "no live upstreams"}, {"text": "no live upstreams while connecting to upstream"}),
        ({"product": "Gunicorn"}, {"product": "Gunicorn"}),
        ({"kind__exact": "errno"}, {"kind": "errno"}),
        ({"sure__exact": "maybe"}, {"sure": "maybe"}),
        ({"code": "521"}, {"code_links__code": 521}),
        ({"code": "0"}, {"code_links__code": 0}),
    ],
)
def test_the_change_list_is_searched_and_filtered(editor, query, wanted):
    page = editor.get(reverse("admin:codes_errortext_changelist"), query)
    listed = set(page.context["cl"].queryset.values_list("slug", flat=True))
    assert listed == set(ErrorText.objects.filter(**wanted).values_list("slug", flat=True)) != set()


def test_a_code_that_messages_stand_for_cannot_be_deleted(admin_client):
    address = reverse("admin:codes_statuscode_delete", args=[521])
    assertContains(admin_client.get(address, follow=True), "cloudflare-521-web-server-is-down: 521")
    assert StatusCode.objects.filter(number=521).exists()
