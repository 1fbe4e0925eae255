"""The interface's Korean texts are complete, and what is committed is compiled from them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.utils.translation import override
from pytest_django.asserts import assertContains

from codes.tests.tools_needed import needs_gettext
from statuscodes.web.locale_overrides import OVERRIDDEN

LOCALE = settings.BASE_DIR / "locale" / "ko" / "LC_MESSAGES"


def entries(text):
    return set(re.findall(r'^(?:msgctxt|msgid|msgid_plural) (".*")$', text, re.MULTILINE))


@needs_gettext
def test_the_compiled_texts_are_those_of_the_source(tmp_path):
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, LOCALE / "django.po"], check=True)
    assert compiled.read_bytes() == (LOCALE / "django.mo").read_bytes()


@needs_gettext
def test_every_text_of_the_code_is_in_the_source_and_translated(tmp_path):
    shutil.copytree(
        settings.BASE_DIR, tmp_path / "copy", ignore=shutil.ignore_patterns(".*", "staticfiles", "*.sqlite3")
    )
    before = (LOCALE / "django.po").read_text()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "ko", "--no-wrap", "--no-location", "--no-obsolete"],
        cwd=tmp_path / "copy",
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "statuscodes.settings_test"},
        check=True,
        capture_output=True,
    )
    after = (tmp_path / "copy" / "locale" / "ko" / "LC_MESSAGES" / "django.po").read_text()
    assert entries(after) == entries(before)
    untranslated = subprocess.run(
        ["msgattrib", "--untranslated", "--no-obsolete", LOCALE / "django.po"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert untranslated.stdout == ""


@pytest.mark.django_db
def test_pages_speak_both_languages(client):
    assertContains(client.get("/"), "본문으로 건너뛰기")
    assertContains(client.get("/en/"), "Skip to content")


def test_no_text_of_ours_replaces_one_of_djangos_unintentionally():
    """Catalogues are merged: a short word without a context, such as "may", would change Django's own pages."""
    packages = [Path(django.__file__).parent / "conf", *(Path(django.__file__).parent / "contrib").iterdir()]
    installed = [
        app for app in packages if app.name in {"conf", "admin", "auth", "sessions", "contenttypes", "messages"}
    ]
    with override("en"):
        meant = {str(text) for text in OVERRIDDEN}
    ours = {msgid: text for msgid, text in pairs((LOCALE / "django.po").read_text()) if msgid not in meant}
    replaced = [
        (app.name, msgid, text, ours[msgid])
        for app in installed
        if (file := app / "locale" / "ko" / "LC_MESSAGES" / "django.po").exists()
        for msgid, text in pairs(file.read_text())
        if text and ours.get(msgid, text) != text
    ]
    assert replaced == []


def pairs(po):
    """Return the one-line texts without a context, with their translations."""
    return re.findall(r'(?<!")\n(?:#.*\n)*msgid "(.+)"\nmsgstr "(.*)"', re.sub(r"msgctxt .*\nmsgid", "msgctxt", po))
