"""Who may log in, how often they may try, and what is written down about it."""

import logging
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import RequestFactory
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.asserts import assertContains

from statuscodes.accounts import client_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return User.objects.create_user("editor", password="right-words-in-order", is_staff=True)


def log_in(client, password, address="192.0.2.1", username="editor"):
    data = {"username": username, "password": password}
    return client.post(reverse("admin:login"), data, REMOTE_ADDR=address)


def test_whoever_guesses_five_times_has_to_wait_and_is_told_how_long(client, account):
    for _ in range(4):
        assert log_in(client, "wrong").status_code == 200
    answer = log_in(client, "wrong")
    assertContains(answer, "15", status_code=429)
    assert answer["Retry-After"] == "900"
    assert log_in(client, "right-words-in-order").status_code == 429


def test_guessing_elsewhere_does_not_lock_the_editor_out(client, account):
    for _ in range(6):
        log_in(client, "wrong", address="203.0.113.9")
    assert log_in(client, "right-words-in-order", address="192.0.2.1").status_code == 302


def test_guessing_one_account_does_not_lock_another(client, account):
    User.objects.create_user("other", password="right-words-in-order", is_staff=True)
    for _ in range(6):
        log_in(client, "wrong")
    assert log_in(client, "right-words-in-order", username="other").status_code == 302


@pytest.mark.parametrize(
    ("behind", "header", "expected"),
    [
        (False, "198.51.100.7", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
    ],
)
def test_only_a_declared_proxy_is_believed_about_addresses(settings, behind, header, expected):
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == expected


def test_log_ins_failures_and_changed_rights_are_logged_without_passwords(client, account, caplog):
    caplog.set_level(logging.INFO, "statuscodes.accounts")
    log_in(client, "my-secret-guess")
    log_in(client, "right-words-in-order")
    account.groups.add(Group.objects.get(name="편집자"))
    said = caplog.text
    assert "failed to log in: 'editor' from 192.0.2.1" in said
    assert "logged in: 'editor'" in said
    assert "User_groups of 'editor': add" in said
    assert "my-secret-guess" not in said


def test_a_name_with_a_line_break_cannot_forge_a_line_of_the_log(client, caplog):
    caplog.set_level(logging.INFO, "statuscodes.accounts")
    log_in(client, "x", username="a\nlogged in: 'chief'")
    assert "\nlogged in" not in caplog.text


def test_administrators_may_also_manage_users(client):
    user = User.objects.create_user("boss", is_staff=True)
    user.groups.add(Group.objects.get(name="관리자"))
    client.force_login(user)
    for name in ("auth_user", "auth_group", "codes_category", "codes_statuscode", "codes_confusiongroup"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200


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


# The second factor


def one_time_password(device):
    return f"{totp(device.bin_key, step=device.step, t0=device.t0, digits=device.digits):06}"


@pytest.fixture
def device(account):
    return TOTPDevice.objects.create(user=account, name="phone", confirmed=True)


def test_whoever_has_a_device_is_asked_for_its_password(client, account, device):
    assert log_in(client, "right-words-in-order").status_code == 200
    data = {"username": "editor", "password": "right-words-in-order", "one_time_password": one_time_password(device)}
    assert client.post(reverse("admin:login"), data).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_password_of_a_device_works_once(client, account, device):
    data = {"username": "editor", "password": "right-words-in-order", "one_time_password": one_time_password(device)}
    assert client.post(reverse("admin:login"), data).status_code == 302
    client.logout()
    assert client.post(reverse("admin:login"), data).status_code == 200


def test_a_session_without_the_second_factor_does_not_open_the_admin(client, account, device):
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:index")).status_code == 302


def test_the_second_factor_can_be_required_of_everybody(client, account, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    assert log_in(client, "right-words-in-order").status_code == 200
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:index")).status_code == 302


def test_without_a_device_and_not_required_nobody_is_asked(client, account):
    assert log_in(client, "right-words-in-order").status_code == 302
