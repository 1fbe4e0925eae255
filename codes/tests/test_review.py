"""Editors learn what needs them."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import review
from codes.models import StatusCode
from codes.tests.html_forms import fields_of, form_of, press

pytestmark = pytest.mark.django_db


def save(client, **change):
    path, data = form_of(client, 404)
    assert client.post(path, data | change).status_code == 302


def outdated():
    return StatusCode.objects.get(number=404).outdated_translations


def test_a_text_changed_in_one_language_asks_for_its_twin_until_that_follows(editor):
    save(editor, summary_ko="고친 설명입니다.")
    assert outdated() == "summary_en"
    assert 404 in review.failing("outdated").values_list("number", flat=True)
    save(editor, name_ko="고친 이름", name_en="New Name")
    assert outdated() == "summary_en"
    save(editor, summary_en="A corrected line.")
    assert outdated() == ""


def test_both_languages_changed_together_ask_for_nothing(editor):
    save(editor, summary_ko="고친 설명입니다.", summary_en="A corrected line.")
    assert outdated() == ""


def test_an_entry_is_due_a_year_after_its_last_check():
    today = localdate()
    StatusCode.objects.filter(number=404).update(checked_on=today - timedelta(days=366))
    StatusCode.objects.filter(number=403).update(checked_on=today - timedelta(days=364))
    StatusCode.objects.filter(number=410).update(checked_on=None)
    due = set(review.failing("unchecked").values_list("number", flat=True))
    assert {404, 410} <= due
    assert 403 not in due


def test_a_temporary_registration_past_its_date_is_shown():
    assert StatusCode.objects.get(number=104).expires_on == date(2026, 11, 13)
    StatusCode.objects.filter(number=104).update(expires_on=localdate() - timedelta(days=1))
    assert list(review.failing("lapsed").values_list("number", flat=True)) == [104]
    StatusCode.objects.filter(number=104).update(expires_on=localdate())
    assert not review.failing("lapsed").exists()


def test_missing_parts_are_shown(make_code):
    assert not review.failing("missing").exists()
    make_code(433)
    assert list(review.failing("missing").values_list("number", flat=True)) == [433]


def test_the_front_page_lists_them_and_one_click_marks_an_entry_as_checked(editor):
    StatusCode.objects.filter(number=404).update(checked_on=date(2020, 1, 1), outdated_translations="summary_en")
    page = editor.get(reverse("admin:index"))
    assertContains(page, "1년 넘게 확인하지 않은 것")
    assertContains(page, "404 찾을 수 없음")
    assertContains(page, "영어 한 줄 설명")
    press(editor, page, reverse("admin:codes_statuscode_checked", args=[404]))
    code = StatusCode.objects.get(number=404)
    assert (code.checked_on, code.outdated_translations) == (localdate(), "")
    assertNotContains(editor.get(reverse("admin:index")), reverse("admin:codes_statuscode_change", args=[404]))


def test_marking_as_checked_is_in_the_history_and_reaches_open_forms(editor):
    StatusCode.objects.filter(number=404).update(checked_on=date(2020, 1, 1))
    path, opened_before = form_of(editor, 404)
    address = reverse("admin:codes_statuscode_changelist")
    drawn = fields_of(editor.get(address), "changelist-form")
    editor.post(address, drawn | {"action": "mark_checked", "_selected_action": [404, 403]})
    assert StatusCode.objects.get(number=404).checked_on == localdate()
    assert editor.post(path, opened_before | {"name_ko": "이름"}).status_code == 200


def test_a_check_does_not_count_for_what_was_saved_after_the_list_was_drawn(editor):
    StatusCode.objects.filter(number=404).update(checked_on=date(2020, 1, 1))
    address = reverse("admin:codes_statuscode_changelist")
    drawn = fields_of(editor.get(address), "changelist-form")
    save(editor, summary_ko="고친 설명입니다.")
    page = editor.post(address, drawn | {"action": "mark_checked", "_selected_action": [404]}, follow=True)
    assertContains(page, "다시 살펴보세요")
    assert StatusCode.objects.get(number=404).checked_on == date(2020, 1, 1)


@pytest.mark.parametrize("kind", review.CHECKS)
def test_the_change_list_filters_by_each_kind(editor, kind):
    assert editor.get(reverse("admin:codes_statuscode_changelist"), {"review": kind}).status_code == 200


def test_marking_needs_the_right_to_change(client):
    client.force_login(User.objects.create_user("reader", is_staff=True))
    assert client.post(reverse("admin:codes_statuscode_checked", args=[404])).status_code == 403


def test_a_form_leads_to_its_section_and_to_the_next_entry_that_waits(editor):
    StatusCode.objects.filter(number__in=[403, 405]).update(checked_on=None)
    page = editor.get(reverse("admin:codes_statuscode_change", args=[404]))
    assertContains(page, "rfc9110.html#section-15.5.5")
    assertContains(page, reverse("admin:codes_statuscode_change", args=[405]))
