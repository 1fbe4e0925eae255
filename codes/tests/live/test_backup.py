"""Backing up while editors write, and restoring every row with its history."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

EDIT = """
from codes.editing import history
from codes.models import StatusCode
for number in range({rounds}):
    code = StatusCode.objects.get(pk={pk})
    history.record(code.key)
    code.keywords += f"\\nword {{number}}"
    history.bump_version(code, code.lock_version)
    code.save()
    history.record(code.key, reason=f"round {{number}}")
"""
ALL_ROWS = """
import hashlib, json
from django.apps import apps
for model in sorted(apps.get_app_config("codes").get_models(), key=lambda m: m.__name__):
    if model.__name__ == "Revision":
        continue  # a restore does not set it back
    rows = sorted(map(repr, model.objects.values_list()))
    print(model.__name__, len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
"""

DELETE_ALL = """
from codes.models import ConfusionGroup, EntrySnapshot, StatusCode
for model in (ConfusionGroup, StatusCode, EntrySnapshot):
    model.objects.all().delete()
"""


def test_a_backup_made_while_editors_write_can_be_restored_row_by_row(fresh_site, tmp_path):
    site = fresh_site
    with site.start(EDIT.format(rounds=40, pk=299)) as writer:
        during = [site.manage("backup", str(tmp_path / "during")) for _ in range(3)]
    assert writer.returncode == 0

    before = site.shell(ALL_ROWS)
    assert "EntrySnapshot 0 " not in before
    after = site.manage("backup", str(tmp_path / "after"))
    emptied = site.shell(DELETE_ALL + ALL_ROWS)
    assert "StatusCode 0 " in emptied

    site.manage("restore", after)
    assert site.shell(ALL_ROWS) == before
    codes = re.search(r"^StatusCode \d+", before, re.MULTILINE)[0]
    for backup in during:
        site.manage("restore", backup)
        assert codes in site.shell(ALL_ROWS)


def test_no_revision_is_used_twice_after_a_restore(fresh_site, tmp_path):
    """Hosts share pages by the revision's number: pages of the abandoned catalogue would be taken for new ones."""
    revision = "from codes.models import Revision\nprint(Revision.current())"
    backup = fresh_site.manage("backup", str(tmp_path))
    fresh_site.shell(EDIT.format(rounds=3, pk=299))
    before = int(fresh_site.shell(revision))
    fresh_site.manage("restore", backup)
    assert int(fresh_site.shell(revision)) > before


def test_only_the_newest_backups_are_kept(fresh_site, tmp_path):
    folder = tmp_path / "backups"
    made = [fresh_site.manage("backup", str(folder), "--keep", "2") for _ in range(3)]
    assert sorted(map(str, folder.iterdir())) == made[1:]


def test_a_damaged_backup_replaces_nothing(fresh_site, tmp_path):
    before = fresh_site.shell(ALL_ROWS)
    backup = tmp_path / "broken"
    backup.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(subprocess.CalledProcessError) as failure:
        fresh_site.manage("restore", str(backup))
    assert "Nothing was restored" in failure.value.stderr
    assert fresh_site.shell(ALL_ROWS) == before


LEAVE = """
import os, sqlite3, sys
site = sqlite3.connect(sys.argv[1])
site.execute("PRAGMA journal_mode=WAL")
site.execute("UPDATE codes_statuscode SET name_en = 'Last Words' WHERE number = 404")
site.commit()
os._exit(1)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone keeps files beside the database")
def test_what_a_killed_site_left_beside_its_file_is_set_aside_with_it(fresh_site, tmp_path):
    backup = fresh_site.manage("backup", str(tmp_path / "backups"))
    before = fresh_site.shell(ALL_ROWS)
    database = fresh_site.env["DATABASE_URL"].removeprefix("sqlite:///")
    subprocess.run([sys.executable, "-c", LEAVE, database], check=False)
    assert Path(f"{database}-wal").stat().st_size

    fresh_site.manage("restore", backup)
    assert not Path(f"{database}-wal").exists()
    assert fresh_site.shell(ALL_ROWS) == before
    fresh_site.manage("restore", backup)
    first, _second = sorted(tmp_path.glob("*.before-restore-*[0-9]"))
    with closing(sqlite3.connect(first)) as aside:
        last_words = aside.execute("SELECT name_en FROM codes_statuscode WHERE number = 404").fetchone()
    assert last_words == ("Last Words",)


def test_a_backup_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", "no-such-file")
