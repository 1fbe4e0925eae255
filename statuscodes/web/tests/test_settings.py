"""Settings from the environment: safe defaults, and one clear line when a value is wrong."""

import os
import runpy
import sqlite3
import subprocess
import sys
from contextlib import closing
from unittest import mock

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.utils import ConnectionHandler
from django.test import RequestFactory, override_settings

from codes.tests.artifacts import collected_static
from statuscodes.settings import sqlite_journal

PRODUCTION = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "".join(map(chr, range(48, 123))),
    "SITE_URL": "https://status.example",
    "DEBUG": "false",
    "ALLOWED_HOSTS": "",
    "BEHIND_PROXY": "true",
    "DATABASE_URL": "sqlite://:memory:",
    "CACHE_URL": "",
}


def evaluate(**environment):
    """Return the settings, by name, that the module makes of an environment."""
    with mock.patch.dict(os.environ, PRODUCTION | environment, clear=True):
        return runpy.run_path(str(settings.BASE_DIR / "statuscodes" / "settings.py"))


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=PRODUCTION | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("key", ["", "short", "django-insecure-" + "x" * 50, "$" + "x" * 60])
def test_a_start_without_a_good_key_stops_with_one_line_that_says_what_to_do(key):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY") as refusal:
        evaluate(SECRET_KEY=key)
    assert len(str(refusal.value).splitlines()) == 1


def test_a_misspelt_boolean_stops_the_start():
    result = manage("check", DEBUG="ture")
    assert result.returncode == 1
    assert result.stderr.strip() == "'ture' in the environment is neither true nor false."


@pytest.mark.parametrize(
    "wrong",
    [
        {"SITE_URL": "status.example"},
        {"SITE_URL": "ftp://status.example"},
        {"ANSWERS_URL": "answers.example"},
        {"ANSWERS_URL": "https://status.example/status"},
        {"ADMIN_PATH": "/"},
        {"DATABASE_URL": "nonsense"},
        {"DATABASE_URL": "foo://x"},
        {"CACHE_URL": "nonsense"},
        {"FEEDBACK_URL": "javascript:alert(1)//{page}"},
        {"FEEDBACK_URL": "https://tracker.example/new"},
    ],
)
def test_an_invalid_address_stops_the_start_with_one_line(wrong):
    with pytest.raises(ImproperlyConfigured) as refusal:
        evaluate(**wrong)
    assert len(str(refusal.value).splitlines()) == 1


def test_debug_with_a_public_address_stops_the_start():
    result = manage("check", DEBUG="true")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "DEBUG" in result.stderr


def test_a_command_that_cannot_start_says_that_line_only():
    result = manage("check", SECRET_KEY="short")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "SECRET_KEY" in result.stderr


@pytest.mark.parametrize(("behind", "believed"), [("true", True), ("false", False)])
def test_only_a_declared_proxy_may_say_that_a_request_came_over_https(behind, believed):
    trusted = evaluate(BEHIND_PROXY=behind).get("SECURE_PROXY_SSL_HEADER")
    with override_settings(SECURE_PROXY_SSL_HEADER=trusted):
        assert RequestFactory().get("/", HTTP_X_FORWARDED_PROTO="https").is_secure() == believed


@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 40, 1), "DELETE"), ((3, 51, 2), "DELETE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "WAL")],
)
def test_sqlite_writes_ahead_only_where_that_cannot_damage_the_file(version, journal):
    assert sqlite_journal(version) == journal


@pytest.mark.django_db
def test_a_live_sqlite_database_is_opened_as_its_version_calls_for(tmp_path):
    connections = ConnectionHandler(evaluate(DATABASE_URL=f"sqlite:///{tmp_path / 'site.sqlite3'}")["DATABASES"])
    with closing(connections["default"]) as site, site.cursor() as cursor:
        opened = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert opened == [sqlite_journal(sqlite3.sqlite_version_info).lower(), 2]  # 2 is FULL


def test_host_names_may_be_listed_with_spaces():
    assert evaluate()["ALLOWED_HOSTS"] == ["status.example", "localhost", "127.0.0.1", "[::1]"]
    assert evaluate(ALLOWED_HOSTS="a.example, b.example")["ALLOWED_HOSTS"] == ["a.example", "b.example"]


def test_the_production_settings_pass_the_deployment_check_without_a_warning():
    result = manage("check", "--deploy", "--fail-level", "WARNING", STATIC_ROOT=str(collected_static()))
    assert result.returncode == 0, result.stderr


def test_the_example_environment_lists_every_variable_that_the_settings_read():
    example = (settings.BASE_DIR / ".env.example").read_text()
    from statuscodes.settings import env

    assert all(f"{name}=" in example for name in env.scheme)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
