"""The admin for editors and administrators."""

import re

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from codes.editing import drafts, fixtures
from codes.models import Category, GroupMember, MissedSearch, ReaderReport, StatusCode
from codes.tests.html_forms import empty_form, form_of
from codes.texts.particles import resolve_particles

pytestmark = pytest.mark.django_db


def test_an_editors_change_shows_on_the_site_at_once(editor, small_form):
    path, data = small_form
    assertRedirects(editor.post(path, data | {"name_ko": "고친 이름"}), reverse("admin:codes_statuscode_changelist"))
    assertContains(editor.get("/433/"), "고친 이름")


def test_saving_an_untouched_form_changes_nothing(editor):
    for number in (404, 401, 104):
        before = fixtures.load_entry(f"statuscode {number}").digest
        path, data = form_of(editor, number)
        assert editor.post(path, data).status_code == 302
        assert fixtures.load_entry(f"statuscode {number}").digest == before


def test_editors_edit_codes_exchanges_and_groups_only(editor):
    assert editor.get(reverse("admin:codes_statuscode_changelist")).status_code == 200
    assert editor.get(reverse("admin:codes_statuscode_add")).status_code == 200
    assert editor.get(reverse("admin:codes_exchange_changelist")).status_code == 200
    assert editor.get(reverse("admin:codes_confusiongroup_changelist")).status_code == 200
    for name in ("auth_user", "auth_group", "codes_category"):
        assert editor.get(reverse(f"admin:{name}_changelist")).status_code == 403
    assert editor.post(reverse("admin:codes_statuscode_delete", args=[404]), {"post": "yes"}).status_code == 403
    assert StatusCode.objects.filter(number=404).exists()


def test_no_change_list_edits_or_deletes_entries_without_a_conflict_check(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    for model, each in site._registry.items():
        assert not each.list_editable
        if model._meta.app_label == "codes" and model not in (ReaderReport, MissedSearch):
            assert "delete_selected" not in each.get_actions(request)


def test_visitors_are_redirected_to_the_login(client):
    assert client.get("/admin/codes/statuscode/").url == "/admin/login/?next=/admin/codes/statuscode/"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "600"}, "number"),
        ({"number": "99"}, "number"),
        ({"number": "404"}, "number"),
        ({"number": "-5"}, "number"),
        ({"number": "99999999999999999999"}, "number"),
        ({"number": "abc"}, "number"),
        ({"number": "٤٣٣"}, "number"),
        ({"number": "433", "name_ko": ""}, "name_ko"),
        ({"number": "433", "name_en": "  "}, "name_en"),
        ({"number": "433", "name_en": "a\0b"}, "name_en"),
        ({"number": "433", "summary_ko": "가" * 61}, "summary_ko"),
        ({"number": "433", "caching_source": "section 15"}, "caching_source"),
    ],
)
def test_invalid_input_gets_an_error_at_its_field(editor, change, field):
    path, data = empty_form(editor)
    page = editor.post(path, data | {"name_ko": "이름", "name_en": "Name"} | change)
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors


def test_a_vendors_number_outside_the_range_cannot_become_registered(editor):
    path, data = form_of(editor, 600)
    page = editor.post(path, data | {"registration_status": "registered"})
    assert "registration_status" in page.context["adminform"].form.errors


def test_a_message_needs_a_valid_start_line(editor, small_code):
    exchange = small_code.exchanges.get()
    path, data = form_of(editor, exchange.pk, "exchange")
    page = editor.post(path, data | {"messages-1-text_ko": "HTTP/1.1"})
    assert page.status_code == 200
    assert page.context["errors"]
    assert exchange.messages.last().text_ko == data["messages-1-text_ko"]


def test_two_messages_can_change_places(editor, small_code):
    exchange = small_code.exchanges.get()
    first, second = [message.text_ko for message in exchange.messages.all()[:2]]
    path, data = form_of(editor, exchange.pk, "exchange")
    assert editor.post(path, data | {"messages-0-position": 2, "messages-1-position": 1}).status_code == 302
    assert [message.text_ko for message in exchange.messages.all()[:2]] == [second, first]


@pytest.mark.parametrize(("number", "digit"), [("433", 4), ("788", None)])
def test_the_class_of_a_new_code_follows_from_its_number(editor, number, digit):
    path, data = empty_form(editor)
    code = {"number": number, "registration_status": "vendor", "name_ko": "새 코드", "name_en": "New Code"}
    assert editor.post(path, data | code | {"category": "5"}).status_code == 302
    assert drafts.current(f"statuscode {number}").data[0]["fields"].get("category") == digit


def test_a_number_that_exists_leads_to_its_entry(editor):
    path, data = empty_form(editor)
    page = editor.post(path, data | {"number": "404", "name_ko": "이름", "name_en": "Name"})
    address = reverse("admin:codes_statuscode_change", args=[404])
    assertContains(page, f'이 번호는 이미 항목이 있습니다. <a href="{address}">404 찾을 수 없음</a>')


def test_a_value_that_exists_is_refused_with_the_particle_of_its_label(admin_client):
    path, data = empty_form(admin_client, "confusiongroup")
    page = admin_client.post(path, data | {"slug": "401-403", "question_ko": "물음", "question_en": "Question"})
    (said,) = page.context["adminform"].form.errors["slug"]
    assert re.search("이름[은을] ", said)
    assert "(" not in said


def test_a_section_says_how_many_rows_it_has(editor, small_code):
    page = editor.get(reverse("admin:codes_statuscode_change", args=[433]))
    assertContains(page, "출처 (3)")
    assertContains(page, 'class="inline-heading">\n  \n    식별자\n', count=1)


def test_a_section_with_an_error_is_not_folded(editor, small_form):
    path, data = small_form
    twice = {"references-1-section": "15.5.5"}
    heading = re.compile(r"<details><summary>\s*<h2 id=\"references-heading")
    assert heading.search(editor.get(path).text)
    assert not heading.search(editor.post(path, data | twice).text)


def test_the_hops_of_a_member_are_ticked(admin_client):
    path, data = form_of(admin_client, "gateway", "confusiongroup")
    assert data["members-0-said_by"] == ["cdn", "balancer", "nginx"]
    assert admin_client.post(path, data | {"members-0-said_by": ["client", "nginx"]}).status_code == 302
    member = GroupMember.objects.filter(group="gateway").first()
    assert member.said_by == "client nginx"


PREVIEW = reverse("admin:codes_statuscode_markdown")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("**굵게** `GET`\n\n- [403](code:403)", ""),
        ("## 제목", "제목"),
        ("제목\n===", "제목"),
        ("<b>굵게</b> ![x](y)", "그림, HTML"),
        ("~~옛말~~\n\n| a |\n|---|\n| b |", "표, 취소선"),
        ("`<b>` 400 < 500", ""),
        ("[" * 20_000, "글 전체(기호가 너무 많음)"),
    ],
)
def test_the_preview_of_a_text_warns_of_what_stays_as_it_is_typed(editor, text, named):
    said = editor.post(PREVIEW, {"text": text, "language": "ko"}).json()
    assert said["warning"] == (f"입력한 그대로 보입니다: {named}." if named else "")


def test_the_preview_links_in_the_language_of_its_text_and_counts_leads(editor):
    text = "- **Look & see.** Then wait.\n- See [403](code:403)"
    said = editor.post(PREVIEW, {"text": text, "language": "en"}).json()
    assert 'href="/en/403/"' in said["html"]
    assert said["leads"] == [[11, 60]]
    assert editor.post(PREVIEW, {}).json() == {"html": "", "warning": "", "leads": []}
    editor.logout()
    assert editor.post(PREVIEW).status_code == 302


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("번호은/는 이미", "번호는 이미"),
        ("“GET”을/를", "“GET”를"),
        ("503 이/가 없음", "503이 없음"),
        ("길(으)로, 집(으)로", "길로, 집으로"),
        ("?와/과", "?와/과"),
    ],
)
def test_particles_follow_the_sound_before_them(typed, shown):
    assert resolve_particles(typed) == shown


def test_the_number_of_an_existing_code_cannot_be_changed(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"number": "434"})
    assert StatusCode.objects.filter(number=433).exists()
    assert not StatusCode.objects.filter(number=434).exists()


@pytest.mark.parametrize("query", ["404", "찾을 수", "not found", "Not"])
def test_the_change_list_finds_by_number_and_both_names(editor, query):
    assertContains(editor.get(reverse("admin:codes_statuscode_changelist"), {"q": query}), "찾을 수 없음")


def listed(page):
    return {code.number for code in page.context["cl"].queryset}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("category__digit__exact=4", {"category__digit": 4}),
        ("registration_status__exact=reserved", {"registration_status": "reserved"}),
    ],
)
def test_the_change_list_filters(editor, query, wanted):
    page = editor.get(reverse("admin:codes_statuscode_changelist") + f"?{query}")
    assert listed(page) == set(StatusCode.objects.filter(**wanted).values_list("number", flat=True)) != set()


def test_the_change_list_filters_by_missing_language(editor, make_code):
    make_code(433, summary_ko="한국어만", description_ko="한국어만")
    change_list = reverse("admin:codes_statuscode_changelist")
    assert listed(editor.get(change_list, {"lacking": "en"})) == {433}
    unknown = editor.get(change_list, {"lacking": "xx"})
    assert listed(unknown) == set(StatusCode.objects.values_list("number", flat=True))


def test_a_form_links_to_its_page_on_the_site(editor, small_code):
    page = editor.get(reverse("admin:codes_statuscode_change", args=[433]))
    assertContains(page, "사이트에서 보기")
    link = page.context["absolute_url"]
    assert editor.get(link).url.endswith("/433/")


@pytest.mark.parametrize(("path", "text"), [("/admin/", "사전과 계정"), ("/en/admin/", "Catalogue and accounts")])
def test_the_admin_is_in_the_language_of_its_address(editor, path, text):
    assertContains(editor.get(path), text)


def test_every_admin_page_opens_for_an_administrator(admin_client):
    for model in ("statuscode", "category", "exchange", "confusiongroup", "errortext"):
        assert admin_client.get(reverse(f"admin:codes_{model}_changelist")).status_code == 200
        assert admin_client.get(reverse(f"admin:codes_{model}_add")).status_code == 200
    assert admin_client.get(reverse("admin:codes_category_change", args=[4])).status_code == 200


def test_a_category_can_be_corrected(admin_client):
    path, data = form_of(admin_client, 4, "category")
    assert admin_client.post(path, data | {"name_ko": "클라이언트 오류"}).status_code == 302
    assert Category.objects.get(digit=4).name_ko == "클라이언트 오류"


def test_the_editors_group_keeps_what_administrators_took_from_it(db):
    group = Group.objects.get(name="편집자")
    group.permissions.clear()
    call_command("migrate", verbosity=0)
    assert not group.permissions.exists()
