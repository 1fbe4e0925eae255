"""The review queue: which entries need an editor, and marking them as checked."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import review
from codes.models import StatusCode
from codes.tests.html_forms import fields_of, form_of, press

pytestmark = pytest.mark.django_db


def noon(day):
    """Stop the clock at noon in Seoul on this day."""
    return time_machine.travel(f"{day}T03:00:00+00:00", tick=False)


@pytest.fixture(autouse=True)
def today():
    with noon("2026-06-01"):
        yield date(2026, 6, 1)


@pytest.fixture
def save(editor, small_form):
    """Save the small code's form with a change, each time as the save before left it."""
    path, data = small_form

    def save(**change):
        data.update(change)
        assert editor.post(path, data).status_code == 302
        data["lock_version"] = StatusCode.objects.get(number=433).lock_version

    return save


def failing(check):
    return set(review.failing(check).values_list("number", flat=True))


def outdated():
    return StatusCode.objects.get(number=433).outdated_translations


def test_a_text_changed_in_one_language_is_outdated_in_the_other_until_that_is_changed(save):
    save(summary_ko="고친 설명입니다.")
    assert outdated() == "summary_en"
    assert 433 in failing("outdated")
    save(name_ko="고친 이름", name_en="New Name")
    assert outdated() == "summary_en"
    save(summary_en="A corrected line.")
    assert outdated() == ""


def test_both_languages_changed_together_are_not_outdated(save):
    save(summary_ko="고친 설명입니다.", summary_en="A corrected line.")
    assert outdated() == ""


def test_an_entry_is_due_a_year_after_its_last_check(make_code):
    make_code(433, checked_on=date(2025, 6, 1))
    make_code(434, checked_on=None)
    with noon("2026-06-01"):
        assert 433 not in failing("unchecked")
    with noon("2026-06-02"):
        assert 433 in failing("unchecked")
        # One that was never checked is not told to be a year old.
        assert 434 not in failing("unchecked")
    assert 434 in failing("never")


def test_a_temporary_registration_past_its_date_is_shown(make_code):
    make_code(433, registration_status="temporary", expires_on=date(2026, 6, 1))
    with noon("2026-06-01"):
        assert 433 not in failing("lapsed")
    with noon("2026-06-02"):
        assert 433 in failing("lapsed")


def test_an_editor_who_writes_the_extended_date_in_the_form_settles_it(editor, small_code):
    StatusCode.objects.filter(number=433).update(registration_status="temporary", expires_on=date(2026, 5, 1))
    assert 433 in failing("lapsed")
    path, data = form_of(editor, 433)
    assert editor.post(path, data | {"expires_on": "2027-05-01"}).status_code == 302
    assert 433 not in failing("lapsed")


def test_missing_parts_are_shown(make_code):
    before = failing("missing")
    make_code(433)
    assert failing("missing") == before | {433}


def test_the_admins_index_lists_them_and_one_click_marks_an_entry_as_checked(editor, small_code, today):
    StatusCode.objects.filter(number=433).update(checked_on=date(2020, 1, 1), outdated_translations="summary_en")
    page = editor.get(reverse("admin:index"))
    assertContains(page, "1년 넘게 확인하지 않은 것")
    assertContains(page, "433 작은 항목")
    assertContains(page, "영어 한 줄 설명")
    press(editor, page, reverse("admin:codes_statuscode_checked", args=[433]))
    code = StatusCode.objects.get(number=433)
    assert (code.checked_on, code.outdated_translations) == (today, "")
    assertNotContains(editor.get(reverse("admin:index")), reverse("admin:codes_statuscode_change", args=[433]))


def test_marking_as_checked_is_in_the_history_and_conflicts_with_open_forms(editor, small_code, today):
    StatusCode.objects.filter(number=433).update(checked_on=date(2020, 1, 1))
    path, opened_before = form_of(editor, 433)
    address = reverse("admin:codes_statuscode_changelist")
    drawn = fields_of(editor.get(address), "changelist-form")
    editor.post(address, drawn | {"action": "mark_checked", "_selected_action": [433, 403]})
    assert StatusCode.objects.get(number=433).checked_on == today
    assert editor.post(path, opened_before | {"name_ko": "이름"}).status_code == 200


def test_an_entry_saved_after_the_list_was_opened_is_not_marked_as_checked(editor, save):
    StatusCode.objects.filter(number=433).update(checked_on=date(2020, 1, 1))
    address = reverse("admin:codes_statuscode_changelist")
    drawn = fields_of(editor.get(address), "changelist-form")
    save(summary_ko="고친 설명입니다.", checked_on="2020-01-01")
    page = editor.post(address, drawn | {"action": "mark_checked", "_selected_action": [433]}, follow=True)
    assertContains(page, "다시 살펴보세요")
    assert StatusCode.objects.get(number=433).checked_on == date(2020, 1, 1)


@pytest.mark.parametrize("check", review.CHECKS)
def test_the_change_list_filters_by_each_check(editor, make_code, check):
    checked = None if check == "never" else date(2020, 1, 1)
    lapsed = {"registration_status": "temporary", "expires_on": date(2026, 5, 1)}
    make_code(433, outdated_translations="summary_en", checked_on=checked, **lapsed)
    page = editor.get(reverse("admin:codes_statuscode_changelist"), {"review": check})
    listed = {code.number for code in page.context["cl"].queryset}
    assert 433 in listed
    assert listed == failing(check)


def test_marking_needs_permission_to_change(client):
    client.force_login(User.objects.create_user("reader", is_staff=True))
    assert client.post(reverse("admin:codes_statuscode_checked", args=[404])).status_code == 403


def test_marking_what_does_not_exist_is_answered_with_404(editor):
    for model, pk in (("statuscode", "433"), ("errortext", "nothing")):
        assert editor.post(reverse(f"admin:codes_{model}_checked", args=[pk])).status_code == 404


def test_a_form_links_to_its_section_and_to_the_next_entry_that_fails_a_check(editor, small_code):
    StatusCode.objects.filter(number__in=[403, 451]).update(checked_on=None)
    page = editor.get(reverse("admin:codes_statuscode_change", args=[433]))
    assertContains(page, "rfc9110.html#section-15.5.5")
    assertContains(page, reverse("admin:codes_statuscode_change", args=[451]))
