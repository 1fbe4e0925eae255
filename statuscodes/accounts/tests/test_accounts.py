"""Who may log in, how often they may try, and what is written down about it."""

import json
import logging
import re
import subprocess
import sys
from base64 import b32decode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import now
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes.tests.html_forms import fields_of
from statuscodes.accounts.second_factor import make_recovery_codes
from statuscodes.web.clients import client_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return User.objects.create_user("editor", password="right-words-in-order", is_staff=True)


def log_in(client, password, address="192.0.2.1", username="editor"):
    data = {"username": username, "password": password}
    return client.post(reverse("admin:login"), data, REMOTE_ADDR=address)


def test_after_five_wrong_passwords_a_login_has_to_wait_and_says_how_long(client, account):
    for _ in range(4):
        assert log_in(client, "wrong").status_code == 200
    answer = log_in(client, "wrong")
    assertContains(answer, "15", status_code=429)
    assert answer["Retry-After"] == "900"
    assert log_in(client, "right-words-in-order").status_code == 429


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client, account):
    known, unknown = log_in(client, "wrong"), log_in(client, "wrong", username="nobody")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors


@pytest.mark.parametrize("odd", ["a\0b", "x" * 5000, "\u202e", "'--", "%00", "가" * 5000])
def test_odd_names_and_passwords_are_wrong_ones(client, account, odd):
    assertContains(log_in(client, odd), 'id="login-form"')
    assertContains(log_in(client, "wrong", username=odd), 'id="login-form"')


@pytest.mark.parametrize(
    "there",
    ["//evil.example/", "/\\evil.example/", "https://evil.example", "https:evil.example", "javascript:alert(1)",
     "http:///evil.example", " //evil.example", "\x1fhttps://evil.example", ""],
)  # fmt: skip
def test_a_login_leads_into_the_admin_and_to_no_other_host(client, account, there):
    data = {"username": "editor", "password": "right-words-in-order", "next": there}
    assertRedirects(client.post(reverse("admin:login"), data), reverse("admin:index"))


def test_guessing_elsewhere_does_not_lock_the_editor_out(client, account):
    for _ in range(6):
        log_in(client, "wrong", address="203.0.113.9")
    assert log_in(client, "right-words-in-order", address="192.0.2.1").status_code == 302


def test_guessing_one_account_does_not_lock_another(client, account):
    User.objects.create_user("other", password="right-words-in-order", is_staff=True)
    for _ in range(6):
        log_in(client, "wrong")
    assert log_in(client, "right-words-in-order", username="other").status_code == 302


def fail(address="192.0.2.1", times=30, ago=timedelta()):
    """Failures under ever new names."""
    failures = [AccessFailureLog(username=f"name {n}", ip_address=address, user_agent="") for n in range(times)]
    pks = [failure.pk for failure in AccessFailureLog.objects.bulk_create(failures)]
    AccessFailureLog.objects.filter(pk__in=pks).update(attempt_time=now() - ago)


def test_an_address_that_fails_thirty_times_in_an_hour_is_locked_whatever_the_names(client, account):
    for number in range(30):
        assert log_in(client, "wrong", username=f"name {number}").status_code == 200
    answer = log_in(client, "right-words-in-order")
    assertContains(answer, "60", status_code=429)
    assert 3590 <= int(answer["Retry-After"]) <= 3600


def test_a_locked_address_does_not_lock_the_editor_elsewhere(client, account):
    fail(address="203.0.113.9")
    assert log_in(client, "right-words-in-order", address="203.0.113.9").status_code == 429
    assert log_in(client, "right-words-in-order", address="192.0.2.1").status_code == 302


def test_a_successful_login_does_not_give_an_address_new_tries(client, account):
    fail(times=29)
    assert log_in(client, "right-words-in-order").status_code == 302
    assert log_in(client, "wrong", username="another").status_code == 200
    assert log_in(client, "right-words-in-order").status_code == 429


def test_an_address_is_free_again_when_its_failures_are_an_hour_old(client, account):
    fail(ago=timedelta(minutes=20))
    assert 2390 <= int(log_in(client, "right-words-in-order")["Retry-After"]) <= 2400
    AccessFailureLog.objects.update(attempt_time=now() - timedelta(minutes=61))
    assert log_in(client, "right-words-in-order").status_code == 302


def test_trying_during_a_lock_does_not_prolong_it(client, account):
    fail()
    log_in(client, "right-words-in-order")
    assert AccessFailureLog.objects.count() == 30


@pytest.mark.parametrize("times", [6, 31])
def test_failures_under_a_clock_that_was_ahead_lock_nobody_when_it_is_right(client, account, times):
    with time_machine.travel(now() + timedelta(days=1)):
        for number in range(times):
            log_in(client, "wrong", username="editor" if times == 6 else f"name {number}")
        assert log_in(client, "right-words-in-order").status_code == 429
    assert log_in(client, "right-words-in-order").status_code == 302


def test_names_and_addresses_of_failures_are_forgotten_after_ninety_days(client, account):
    fail(times=1, ago=timedelta(days=91))
    fail(times=1, ago=timedelta(days=89))
    log_in(client, "right-words-in-order")
    assert AccessFailureLog.objects.count() == 1


ODD_ADDRESSES = ["unknown", "_hidden", "1.2.3.4\0", "x" * 500, "[]", "[", "[1.2.3.4", ":80", "1.2.3.4:", "1.2.3.4:port",
                 "1.2.3.4:123456", "1.2.3", "01.2.3.4", "1.2.3.4 5.6.7.8", "2001:db8::1::2", "[2001:db8::1]443",
                 "2001:db8:0:0:0:0:0:0:1", '"[2001:db8::1]:443"', "١.٢.٣.٤", "\x80"]  # fmt: skip


@pytest.mark.parametrize(
    ("behind", "header", "expected"),
    [
        (False, "198.51.100.7", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
        (True, "203.0.113.9:5678", "203.0.113.9"),
        (True, "::ffff:203.0.113.9", "203.0.113.9"),
        (True, "[::ffff:203.0.113.9]:5678", "203.0.113.9"),
        # A client with one such address has all that begin with it.
        (True, "2001:db8:1:2:a:b:c:d", "2001:db8:1:2::"),
        (True, "2001:db8:1:2::9", "2001:db8:1:2::"),
        (True, "[2001:db8:1:2::9]", "2001:db8:1:2::"),
        (True, "[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        (True, "2001:db8:1:2::9%eth0", "2001:db8:1:2::"),
        *[(True, odd, None) for odd in ODD_ADDRESSES],
    ],
)
def test_only_a_declared_proxy_is_believed_about_addresses(settings, behind, header, expected):
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == expected


@pytest.mark.parametrize("header", [*ODD_ADDRESSES, "fe80::1%" + "x" * 500, "", ",", "203.0.113.9, "])
def test_a_login_behind_any_balancer_succeeds_fails_and_is_throttled(client, account, settings, header):
    settings.BEHIND_PROXY = True
    client.defaults["HTTP_X_FORWARDED_FOR"] = header
    assert log_in(client, "right-words-in-order").status_code == 302
    client.logout()
    assert [log_in(client, "wrong").status_code for _ in range(5)] == [200, 200, 200, 200, 429]


def test_an_unknown_address_that_fails_thirty_times_is_locked_too(client, account, settings):
    settings.BEHIND_PROXY = True
    client.defaults["HTTP_X_FORWARDED_FOR"] = "unknown"
    fail(address=None)
    assert log_in(client, "right-words-in-order").status_code == 429


def test_administrators_may_also_manage_users(client):
    user = User.objects.create_user("boss", is_staff=True)
    user.groups.add(Group.objects.get(name="관리자"))
    client.force_login(user)
    for name in ("auth_user", "auth_group", "codes_category", "codes_statuscode", "codes_confusiongroup"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_administrators_do_not_make_themselves_superusers(client, admin_user):
    boss = User.objects.create_user("boss", is_staff=True)
    boss.groups.add(Group.objects.get(name="관리자"))
    client.force_login(boss)
    path = f"/admin/auth/user/{boss.pk}/change/"
    fields = fields_of(client.get(path), "user_form")
    assert client.post(path, fields | {"is_superuser": "on", "first_name": "B"}).status_code == 302
    boss.refresh_from_db()
    assert (boss.first_name, boss.is_superuser) == ("B", False)
    for page in ("change/", "password/", "delete/"):
        assert client.post(f"/admin/auth/user/{admin_user.pk}/{page}", {"is_active": ""}).status_code == 403
    admin_user.refresh_from_db()
    assert admin_user.is_active


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_weak_passwords_are_refused(admin_client, password):
    data = {"username": "new", "usable_password": "true", "password1": password, "password2": password}
    page = admin_client.post(reverse("admin:auth_user_add"), data)
    assert page.status_code == 200
    assert not User.objects.filter(username="new").exists()


def test_the_admins_address_comes_from_the_environment():
    code = "from django.urls import reverse; print(reverse('admin:index'))"
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=settings.BASE_DIR,
        env={"SECRET_KEY": "k3y-" * 20, "ADMIN_PATH": "/back-room", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "/back-room/"


# Sessions


def test_those_who_may_change_users_end_all_their_sessions(admin_client, account):
    at_home, at_work = Client(), Client()
    for client in (at_home, at_work):
        log_in(client, "right-words-in-order")
        assert client.get(reverse("admin:index")).status_code == 200
    page = admin_client.post(
        reverse("admin:auth_user_changelist"), {"action": "end_sessions", "_selected_action": [account.pk]}, follow=True
    )
    assertContains(page, "세션 2개를 끝냈습니다.")
    for client in (at_home, at_work):
        assert client.get(reverse("admin:index")).status_code == 302
    assert admin_client.get(reverse("admin:index")).status_code == 200


def test_ending_ones_own_sessions_leads_to_the_login(admin_client, admin_user):
    chosen = {"action": "end_sessions", "_selected_action": [admin_user.pk]}
    page = admin_client.post(reverse("admin:auth_user_changelist"), chosen, follow=True)
    assertContains(page, 'id="login-form"')


def test_those_who_may_only_view_users_cannot_end_their_sessions(client):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    chosen = {"action": "end_sessions", "_selected_action": [viewer.pk]}
    client.post(reverse("admin:auth_user_changelist"), chosen)
    assert client.get(reverse("admin:index")).status_code == 200


# The second factor


SECOND_FACTOR = "/admin/second-factor/"


def one_time_password(device, later=0):
    """The digits that the app shows now, or will show some half minutes later: each works once."""
    return f"{totp(device.bin_key, step=device.step, t0=device.t0, digits=device.digits, drift=later):06}"


def give(client, action, password, path=SECOND_FACTOR):
    """Send one of the page's forms: on, renew or off."""
    return client.post(path, {"action": action, "one_time_password": password})


@pytest.fixture
def device(account):
    return TOTPDevice.objects.create(user=account, name="phone", confirmed=True)


CODE = "/admin/login/code/"


def log_in_with(client, password):
    """Take both steps; return the answer to the second."""
    answer = log_in(client, "right-words-in-order")
    return give_code(client, password) if answer.status_code == 302 else answer


def give_code(client, password, address="192.0.2.1"):
    return client.post(CODE, {"one_time_password": password}, REMOTE_ADDR=address)


def test_a_user_with_a_device_is_asked_for_its_password_on_a_second_page(client, account, device):
    assertNotContains(client.get(reverse("admin:login")), "one_time_password")
    inside = reverse("admin:password_change")
    data = {"username": "editor", "password": "right-words-in-order", "next": inside}
    assertRedirects(client.post(reverse("admin:login"), data), CODE)
    assertContains(client.get(CODE), 'autocomplete="one-time-code"')
    assert client.get(reverse("admin:index")).status_code == 302
    assertContains(give_code(client, ""), "필수")
    assertRedirects(give_code(client, one_time_password(device)), inside)
    assert client.get(reverse("admin:index")).status_code == 200
    assertRedirects(client.get(CODE), reverse("admin:login"), target_status_code=302)


def test_the_second_step_is_open_only_to_those_who_took_the_first_within_five_minutes(client, account, device):
    password = one_time_password(device)
    assertRedirects(give_code(client, password), reverse("admin:login"))
    log_in(client, "wrong")
    assert give_code(client, password).url == reverse("admin:login")
    with time_machine.travel(now() - timedelta(minutes=6)):
        log_in(client, "right-words-in-order")
    assert give_code(client, password).url == reverse("admin:login")
    assertContains(client.get(reverse("admin:login")), "처음부터 다시")


def test_a_changed_account_has_to_start_again(client, account, device):
    for change in ({"is_active": False}, {"is_staff": False}, {"password": make_password("other-words-in-order")}):
        before = {name: getattr(account, name) for name in change}
        log_in(client, "right-words-in-order")
        User.objects.update(**change)
        assert give_code(client, one_time_password(device)).url == reverse("admin:login")
        User.objects.update(**before)
    assert log_in_with(client, one_time_password(device)).url == reverse("admin:index")


def test_each_step_begins_a_new_session(client, account, device):
    client.get(reverse("admin:login"))
    session = client.session  # one that somebody planted
    session["planted"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    log_in(client, "right-words-in-order")
    between = client.session.session_key
    give_code(client, one_time_password(device))
    assert len({planted, between, client.session.session_key}) == 3
    other = Client()
    for stolen in (planted, between):
        other.cookies[settings.SESSION_COOKIE_NAME] = stolen
        assert other.get(reverse("admin:index")).status_code == 302
        assert other.get(CODE).status_code == 302


def test_the_second_step_cannot_be_forged_and_needs_its_token(account, device):
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("admin:login"))
    data = {"username": "editor", "password": "right-words-in-order"} | fields_of(page, "login-form")
    data |= {"username": "editor", "password": "right-words-in-order"}
    assert client.post(reverse("admin:login"), data).status_code == 302
    assert give_code(client, one_time_password(device)).status_code == 403
    data = fields_of(client.get(CODE), "login-form") | {"one_time_password": one_time_password(device)}
    assert client.post(CODE, data).status_code == 302


def test_wrong_passwords_and_wrong_codes_are_counted_together(client, account, device):
    for _ in range(3):
        log_in(client, "wrong")
    assert log_in_with(client, "918273").status_code == 200
    assert log_in_with(client, "918273").status_code == 429
    assert give_code(client, one_time_password(device)).status_code == 429
    assert client.get(reverse("admin:index")).status_code == 302


def test_an_address_that_failed_too_often_is_locked_at_the_second_step_too(client, account, device):
    log_in(client, "right-words-in-order")
    fail(times=30)
    assert give_code(client, one_time_password(device)).status_code == 429


def test_a_one_time_password_may_be_typed_as_the_app_shows_it(client, account, device):
    digits = one_time_password(device)
    assert log_in_with(client, f"{digits[:3]} {digits[3:]}").status_code == 302


def test_a_password_of_a_device_works_once(client, account, device):
    password = one_time_password(device)
    assert log_in_with(client, password).status_code == 302
    client.logout()
    assert log_in_with(client, password).status_code == 200


def test_a_password_given_while_the_clock_was_ahead_refuses_no_later_one(client, account, device):
    with time_machine.travel(now() + timedelta(days=1)):
        assert log_in_with(client, one_time_password(device)).url == reverse("admin:index")
    password = one_time_password(device)
    assert log_in_with(Client(), password).url == reverse("admin:index")
    assertContains(log_in_with(Client(), password), "이미 쓴 것입니다")


def test_one_time_passwords_cannot_be_guessed_at_leisure_nor_found_in_the_records(client, account, device):
    for _ in range(4):
        assert log_in_with(client, "918273").status_code == 200
    assert log_in_with(client, "918273").status_code == 429
    assert "918273" not in AccessAttempt.objects.get().post_data


def test_a_session_without_the_second_factor_does_not_open_the_admin(client, account, device):
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(SECOND_FACTOR).status_code == 302


def test_without_a_device_and_not_required_nobody_is_asked(client, account):
    assert log_in(client, "right-words-in-order").status_code == 302


def test_an_editor_switches_the_second_factor_on_and_off(editor):
    assertContains(editor.get(reverse("admin:index")), SECOND_FACTOR)
    key = editor.get(SECOND_FACTOR).context["key"]
    device = TOTPDevice.objects.get()
    assert b32decode(key.replace(" ", "")) == device.bin_key
    assertContains(give(editor, "on", one_time_password(device)), "2단계 인증을 켰습니다.")
    assertNotContains(editor.get(SECOND_FACTOR), key)
    assert editor.get(f"{SECOND_FACTOR}qr.svg").status_code == 404
    page = editor.get(give(editor, "off", one_time_password(device, later=1))["Location"])
    assertContains(page, "2단계 인증을 껐습니다.")
    assert not StaticDevice.objects.exists()
    assert not TOTPDevice.objects.exists()


def test_switching_on_shuts_out_the_sessions_that_did_not_give_it(client, editor):
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    editor.get(SECOND_FACTOR)
    give(editor, "on", one_time_password(TOTPDevice.objects.get()))
    assert editor.get(reverse("admin:index")).status_code == 200
    assert elsewhere.get(reverse("admin:index")).status_code == 302


def test_the_qr_code_is_a_picture_that_no_cache_keeps_and_stays_the_same_until_confirmed(editor):
    first, second = (editor.get(SECOND_FACTOR).context["key"] for _ in range(2))
    assert first == second
    picture = editor.get(f"{SECOND_FACTOR}qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert picture.content == editor.get(f"{SECOND_FACTOR}qr.svg").content


@pytest.mark.parametrize("wrong", ["000000", "abc", "12"])
def test_wrong_digits_switch_nothing_on_and_are_answered_at_the_field(editor, wrong):
    editor.get(SECOND_FACTOR)
    page = give(editor, "on", wrong)
    assert list(page.context["forms"]["on"].errors) == ["one_time_password"]
    assertContains(page, "일회용 비밀번호가 맞지 않거나")
    assert not TOTPDevice.objects.get().confirmed


def test_after_wrong_digits_even_right_ones_have_to_wait_and_the_page_says_so(editor):
    editor.get(SECOND_FACTOR)
    device = TOTPDevice.objects.get()
    device.throttling_failure_count, device.throttling_failure_timestamp = 6, now()
    device.save()
    page = give(editor, "on", one_time_password(device), path=f"/en{SECOND_FACTOR}")
    assertContains(page, "Try again in 32 seconds.")
    assert not TOTPDevice.objects.get().confirmed


def test_the_second_factor_is_not_switched_off_by_wrong_digits(client, account, device):
    log_in_with(client, one_time_password(device))
    for action in ("off", "renew"):
        assert give(client, action, "000000").status_code == 200
    assert not StaticToken.objects.exists()
    assert TOTPDevice.objects.get().confirmed


def test_everybody_handles_their_own_device_only(editor, admin_user):
    other = TOTPDevice.objects.create(user=admin_user, name="phone", confirmed=False)
    assert editor.get(SECOND_FACTOR).context["device"] != other
    give(editor, "on", one_time_password(other))
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


@pytest.mark.parametrize("path", [SECOND_FACTOR, f"{SECOND_FACTOR}qr.svg"])
def test_the_page_of_the_second_factor_is_for_active_staff(client, path):
    assert client.get(path).status_code == 302
    client.force_login(User.objects.create_user("reader"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 302
    assert not TOTPDevice.objects.exists()


# The second factor, required of everybody


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def test_without_a_device_a_password_opens_the_page_to_set_one_up_and_nothing_else(client, account, required):
    log_in(client, "right-words-in-order")
    for name in ("index", "password_change", "codes_statuscode_changelist", "jsi18n"):
        page = client.get(reverse(f"admin:{name}"), follow=True)
        assertRedirects(page, SECOND_FACTOR)
        assertNotContains(page, reverse("admin:password_change"))
        assertNotContains(page, reverse("admin:codes_statuscode_changelist"))
    assert client.get(f"{SECOND_FACTOR}qr.svg").status_code == 200


def test_a_user_who_set_up_the_required_device_is_in(client, account, required):
    log_in(client, "right-words-in-order")
    client.get(SECOND_FACTOR)
    page = give(client, "on", one_time_password(TOTPDevice.objects.get()))
    assertContains(page, reverse("admin:password_change"))
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_user_who_does_not_want_to_set_it_up_can_log_out(client, account, required):
    log_in(client, "right-words-in-order")
    client.post(reverse("admin:logout"))
    assertContains(client.get(SECOND_FACTOR, follow=True), 'id="login-form"')


def test_a_password_without_the_device_opens_nothing(client, account, device, required):
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assertContains(client.get(SECOND_FACTOR, follow=True), 'id="login-form"')


def test_what_is_required_cannot_be_switched_off(client, account, device, required):
    log_in_with(client, one_time_password(device))
    assertContains(give(client, "off", one_time_password(device, later=1)), "끌 수 없습니다")
    assert TOTPDevice.objects.get().confirmed


# Devices in the admin


def test_superusers_see_who_has_a_device_and_remove_a_lost_one_but_see_no_secret(admin_client, account, device):
    TOTPDevice.objects.create(user=User.objects.create_user("half-way"), name="phone", confirmed=False)
    page = admin_client.get(reverse("admin:otp_totp_totpdevice_changelist"))
    assertContains(page, "editor")
    assertNotContains(page, "half-way")
    assertNotContains(admin_client.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk])), device.key)
    admin_client.post(reverse("admin:otp_totp_totpdevice_delete", args=[device.pk]), {"post": "yes"})
    assert not TOTPDevice.objects.filter(user=account).exists()


def test_the_admin_writes_times_as_koreans_do(admin_client, device):
    device.created_at = datetime(2026, 11, 26, 13, 51, tzinfo=UTC)
    device.save()
    assertContains(admin_client.get(reverse("admin:otp_totp_totpdevice_changelist")), "2026-11-26 22:51")


def test_superusers_neither_add_nor_change_devices(admin_client, device):
    assert admin_client.get(reverse("admin:otp_totp_totpdevice_add")).status_code == 403
    page = reverse("admin:otp_totp_totpdevice_change", args=[device.pk])
    assert admin_client.post(page, {"confirmed": ""}).status_code == 403


@pytest.fixture
def boss():
    """A client, logged in as an administrator who is no superuser."""
    user = User.objects.create_user("boss", is_staff=True)
    user.groups.add(Group.objects.get(name="관리자"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def chief_device(admin_user):
    return TOTPDevice.objects.create(user=admin_user, name="phone", confirmed=True)


DEVICES = "/admin/otp_totp/totpdevice/"


def test_administrators_remove_the_lost_device_of_anybody_but_superusers(boss, account, device, chief_device):
    assertContains(boss.get(reverse("admin:index")), DEVICES)
    page = boss.get(DEVICES)
    assertContains(page, "editor")
    assertNotContains(page, "admin<")
    assert boss.post(f"{DEVICES}{device.pk}/delete/", {"post": "yes"}).status_code == 302
    for tail in ("change/", "delete/", "history/"):
        answer = boss.post(f"{DEVICES}{chief_device.pk}/{tail}", {"post": "yes"})
        assert answer.status_code in (302, 403, 404)
    boss.post(DEVICES, {"action": "delete_selected", "_selected_action": [chief_device.pk], "post": "yes"})
    assert list(TOTPDevice.objects.all()) == [chief_device]


def test_administrators_delete_users_who_have_a_second_factor(boss, account, device):
    make_recovery_codes(account)
    page = boss.get(f"/admin/auth/user/{account.pk}/delete/")
    for secret in (device.key, *StaticToken.objects.values_list("token", flat=True)):
        assertNotContains(page, secret)
    assert boss.post(f"/admin/auth/user/{account.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=account.pk).exists()
    assert not StaticToken.objects.exists()


def test_users_with_a_second_factor_are_deleted_from_the_list_but_no_superusers(boss, account, device, admin_user):
    chosen = {"action": "delete_selected", "_selected_action": [account.pk, admin_user.pk], "post": "yes"}
    assert boss.post("/admin/auth/user/", chosen).status_code == 403
    boss.post("/admin/auth/user/", chosen | {"_selected_action": [account.pk]})
    assert list(User.objects.exclude(username="boss")) == [admin_user]


def test_administrators_do_not_end_the_sessions_of_superusers(boss, admin_client, admin_user, account):
    chosen = {"action": "end_sessions", "_selected_action": [account.pk, admin_user.pk]}
    assert boss.post("/admin/auth/user/", chosen).status_code == 403
    assert admin_client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("name", ["superusers", "others"])
def test_administrators_delete_no_group_that_superusers_are_in(boss, admin_user, account, name):
    group = Group.objects.create(name=name)
    group.user_set.add(admin_user if name == "superusers" else account)
    boss.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    boss.post("/admin/auth/group/", {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"})
    assert Group.objects.filter(name=name).exists() == (name == "superusers")


def test_administrators_reach_superusers_through_no_page(boss, admin_user, chief_device):
    before = User.objects.filter(pk=admin_user.pk).values().get()
    make_recovery_codes(admin_user)
    for path in ("change/", "delete/", "password/"):
        data = {
            "post": "yes",
            "username": "x",
            "password1": "other-words-in-order",
            "password2": "other-words-in-order",
        }
        assert boss.post(f"/admin/auth/user/{admin_user.pk}/{path}", data).status_code == 403
    assert User.objects.filter(pk=admin_user.pk).values().get() == before
    assert StaticToken.objects.count() == 10


def test_editors_see_no_devices(editor, chief_device):
    for path in (DEVICES, f"{DEVICES}{chief_device.pk}/change/"):
        assert editor.get(path).status_code == 403
    assert editor.post(f"{DEVICES}{chief_device.pk}/delete/", {"post": "yes"}).status_code == 403
    assertNotContains(editor.get(reverse("admin:index")), DEVICES)


@pytest.mark.parametrize(
    "lookup",
    [f"{DEVICES}?key__startswith=a", f"{DEVICES}?user__password__startswith=a", f"{DEVICES}?last_t__gt=1",
     "/admin/auth/user/?totpdevice__key__startswith=a", "/admin/auth/user/?password__startswith=a",
     "/admin/auth/user/?staticdevice__token_set__token__startswith=1"],
)  # fmt: skip
def test_nobody_guesses_secrets_by_filtering(admin_client, device, lookup):
    assert admin_client.get(lookup).status_code == 400


def test_the_list_of_recovery_codes_is_no_page_of_the_admin(admin_client):
    assert admin_client.get("/admin/otp_static/staticdevice/").status_code == 404


# Recovery codes


def shown(page):
    """The recovery codes that a page shows."""
    return re.findall(r"[0-9]{4} [0-9]{4} [0-9]{4}", page.content.decode())


@pytest.fixture
def codes(account, device):
    return make_recovery_codes(account)


def test_switching_on_shows_ten_codes_once(editor):
    editor.get(SECOND_FACTOR)
    page = give(editor, "on", one_time_password(TOTPDevice.objects.get()))
    assert len(set(shown(page))) == 10
    assert "no-store" in page["Cache-Control"]
    assertNotContains(page, "이전에 받은 코드")
    assert sorted(code.replace(" ", "") for code in shown(page)) == sorted(
        StaticToken.objects.values_list("token", flat=True)
    )
    page = editor.get(SECOND_FACTOR)
    assert shown(page) == []
    assertContains(page, "복구 코드가 10개 남아 있습니다.")


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize("spaces", [" ", "", "-"])
@pytest.mark.parametrize("digits", [{}, FULL_WIDTH])
def test_a_recovery_code_logs_in_once(client, account, codes, spaces, digits):
    typed = codes[3].replace(" ", spaces).translate(digits)
    page = client.get(log_in_with(client, typed)["Location"])
    assertContains(page, "남은 복구 코드는 9개이며")
    client.logout()
    assertContains(log_in_with(client, typed), "쓰지 않은 복구 코드도 아닙니다.")
    assert StaticToken.objects.count() == 9


def test_the_last_code_keeps_its_session(client, account, codes):
    StaticToken.objects.exclude(token=codes[0].replace(" ", "")).delete()
    assert log_in_with(client, codes[0]).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assertContains(client.get(SECOND_FACTOR), "복구 코드가 0개 남아 있습니다.")


def test_recovery_codes_cannot_be_guessed_at_leisure(client, account, codes):
    assert [log_in_with(client, f"{n:012}").status_code for n in range(5)] == [200] * 4 + [429]
    assert "000000000001" not in AccessAttempt.objects.get().post_data


def test_a_code_of_somebody_else_opens_nothing(client, account, codes):
    other = User.objects.create_user("other")
    foreign = make_recovery_codes(other)
    assert log_in_with(client, foreign[0]).status_code == 200
    assert StaticToken.objects.filter(device__user=other).count() == 10


@pytest.mark.parametrize("by", ["one-time password", "recovery code"])
def test_codes_are_renewed_by_a_one_time_password_or_a_code(client, account, device, codes, by):
    log_in_with(client, codes[0])
    page = give(client, "renew", codes[1] if by == "recovery code" else one_time_password(device))
    assert len(shown(page)) == 10
    assertContains(page, "이전에 받은 코드는 이제 쓸 수 없습니다.")
    assert set(shown(page)).isdisjoint(codes)
    assert StaticToken.objects.count() == 10
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_form_that_is_sent_again_makes_no_codes(client, account, device):
    log_in_with(client, one_time_password(device))
    password = one_time_password(device, later=1)
    assert len(shown(give(client, "renew", password))) == 10
    assert shown(give(client, "renew", password)) == []
    assert shown(give(client, "on", password)) == []


def test_a_lost_phone_is_replaced_with_a_recovery_code(client, account, codes):
    log_in_with(client, codes[0])
    assert give(client, "off", codes[1]).status_code == 302
    assert not StaticDevice.objects.exists()
    client.get(SECOND_FACTOR)
    assert len(shown(give(client, "on", one_time_password(TOTPDevice.objects.get())))) == 10


def test_a_code_does_not_confirm_a_new_device(editor):
    make_recovery_codes(User.objects.get())
    StaticDevice.objects.update(confirmed=False)
    editor.get(SECOND_FACTOR)
    give(editor, "on", StaticToken.objects.first().token)
    assert not TOTPDevice.objects.get().confirmed


def test_codes_go_with_the_device_that_they_stand_in_for(admin_client, account, device, codes):
    admin_client.post(f"{DEVICES}{device.pk}/delete/", {"post": "yes"})
    assert not StaticDevice.objects.exists()


def test_a_sole_superuser_gets_in_again_by_a_command(client, account, device, codes, capsys):
    call_command("remove_second_factor", "editor")
    assert capsys.readouterr().out == "The second factor is off.\n"
    assert log_in(client, "right-words-in-order").status_code == 302
    for wrong in ("editor", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", wrong)


def test_a_code_that_an_operator_adds_is_accepted(client, account, device, capsys):
    call_command("addstatictoken", "editor")
    assert log_in_with(client, capsys.readouterr().out.strip().upper()).status_code == 302


# The log


@pytest.fixture
def lines(caplog):
    """What has been written since the last look."""
    caplog.set_level(logging.INFO)

    def look():
        said = [record.getMessage() for record in caplog.records if record.name == "statuscodes.accounts"]
        caplog.clear()
        return said

    return look


def test_logins_logouts_failures_and_lockouts_are_logged_by_number(client, account, lines):
    log_in(client, "right-words-in-order")
    client.post(reverse("admin:logout"))
    assert lines() == [f"logged in: user {account.pk}", f"logged out: user {account.pk}"]
    log_in(client, "wrong", username="nobody")
    assert lines() == ["failed to log in: unknown account"]
    for _ in range(5):
        log_in(client, "wrong")
    assert lines().count(f"failed to log in: user {account.pk}") == 5
    log_in(client, "right-words-in-order")
    assert f"locked out: user {account.pk}" in lines()


def test_a_wrong_one_time_password_is_logged_as_a_failure(client, account, device, lines):
    log_in_with(client, "000000")
    assert lines() == [f"failed to log in: user {account.pk}"]


def test_changes_of_rights_and_passwords_are_logged_by_number(admin_client, account, lines):
    group = Group.objects.get(name="편집자")
    account.groups.add(group)
    assert lines() == [f"rights changed: user {account.pk}, User_groups_add [{group.pk}]"]
    permission = Permission.objects.get(codename="view_user")
    group.permissions.add(permission)
    assert lines() == [f"rights changed: group {group.pk}, Group_permissions_add [{permission.pk}]"]
    account.is_active, account.is_superuser = False, True
    account.save()
    assert lines() == [f"rights changed: user {account.pk}, is_active False, is_superuser True"]
    new = {"password1": "other-words-in-order", "password2": "other-words-in-order", "usable_password": "true"}
    admin_client.post(reverse("admin:auth_user_password_change", args=[account.pk]), new)
    assert lines() == [f"password changed: user {account.pk}"]


def test_a_new_superuser_is_logged(lines):
    chief = User.objects.create_superuser("chief", password="right-words-in-order")
    assert f"rights changed: user {chief.pk}, is_staff True, is_superuser True" in lines()


def test_an_old_hash_that_is_renewed_at_a_login_is_no_changed_password(client, account, settings, lines):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
    assert log_in(client, "right-words-in-order").status_code == 302
    assert lines() == [f"logged in: user {account.pk}"]


def test_the_second_factor_and_ended_sessions_are_logged_by_number(editor, admin_client, admin_user, lines):
    user = User.objects.get(username="editor")
    editor.get(SECOND_FACTOR)
    device = TOTPDevice.objects.get()
    give(editor, "on", one_time_password(device))
    assert lines() == [f"second factor on: user {user.pk}", f"recovery codes made: user {user.pk}"]
    admin_client.post(reverse("admin:otp_totp_totpdevice_delete", args=[device.pk]), {"post": "yes"})
    assert lines() == [f"second factor off: user {user.pk}"]
    chosen = {"action": "end_sessions", "_selected_action": [user.pk]}
    admin_client.post(reverse("admin:auth_user_changelist"), chosen)
    assert lines() == [f"sessions ended: user {user.pk}, sessions 1"]


def test_the_use_of_a_recovery_code_is_logged_by_number(client, account, codes, lines):
    log_in_with(client, codes[0])
    assert f"recovery code used: user {account.pk}, left 9" in lines()


def test_records_have_fields_for_a_json_formatter(client, account, caplog):
    caplog.set_level(logging.INFO, "statuscodes.accounts")
    log_in(client, "right-words-in-order")
    log_in(client, "wrong", username="nobody")
    fields = [(record.event, record.user) for record in caplog.records if record.name == "statuscodes.accounts"]
    assert fields == [("logged in", account.pk), ("failed to log in", None)]
    assert json.dumps(fields)


def test_nothing_that_was_typed_and_no_address_reaches_the_log(client, account, caplog):
    caplog.set_level(logging.INFO)
    account.email = "editor@example.com"
    account.save()
    log_in(client, "my-secret-guess")
    log_in(client, "x", username="a\nlogged in: chief")
    for _ in range(5):
        log_in(client, "right-words-in-order")
    for typed in ("editor", "chief", "my-secret-guess", "right-words", "example.com", "192.0.2.1"):
        assert typed not in caplog.text
