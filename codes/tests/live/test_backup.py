"""Backing up while editors write, and restoring every row with its history."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from codes.models import Revision
from statuscodes.web.management.commands import backup

from .edits import edit
from .servers import KEEP_LITTLE, ON_POSTGRESQL, make_site


def rows_of(site):
    """Return all rows of the catalogue's tables by table, but for the revision, which a restore does not set back."""
    url = site.env["DATABASE_URL"]
    tables = [model._meta.db_table for model in apps.get_app_config("codes").get_models() if model is not Revision]
    connect = psycopg.connect(url) if ON_POSTGRESQL else sqlite3.connect(url.removeprefix("sqlite:///"))
    with closing(connect) as database:
        return {table: sorted(map(repr, database.execute(f"SELECT * FROM {table}"))) for table in tables}


def test_a_backup_made_while_editors_write_can_be_restored_row_by_row(fresh_site, tmp_path):
    site = fresh_site
    during = []
    with site.start("from codes.tests.live.edits import edit; edit(40)", stdout=subprocess.PIPE) as writer:
        for _ in range(3):
            assert writer.stdout.readline()
            during.append(site.call("backup", str(tmp_path / "during")))
        writer.communicate()
    assert writer.returncode == 0

    before = rows_of(site)
    assert before["codes_version"]
    after = site.call("backup", str(tmp_path / "after"))
    site.call("flush", interactive=False, inhibit_post_migrate=True)
    assert rows_of(site)["codes_statuscode"] == []

    site.call("restore", "--no-input", after)
    assert rows_of(site) == before
    for made in during:
        site.call("restore", "--no-input", made)
        assert len(rows_of(site)["codes_statuscode"]) == len(before["codes_statuscode"])


def test_no_revision_is_used_twice_after_a_restore(small_site, tmp_path):
    """Hosts share pages by the revision's number: pages of the abandoned catalogue would be taken for new ones."""
    backup = small_site.call("backup", str(tmp_path))
    with small_site.connected():
        edit(3)
        before = Revision.current()
    small_site.call("restore", "--no-input", backup)
    with small_site.connected():
        assert Revision.current() > before


def test_only_the_newest_backups_are_kept(small_site, tmp_path):
    folder = tmp_path / "backups"
    made = [small_site.call("backup", str(folder), "--keep", "2") for _ in range(3)]
    assert sorted(map(str, folder.iterdir())) == made[1:]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's database is no file that a test may damage")
def test_a_damaged_database_can_be_replaced(small_site, tmp_path):
    made = small_site.call("backup", str(tmp_path / "backups"))
    before = rows_of(small_site)
    Path(small_site.env["DATABASE_URL"].removeprefix("sqlite:///")).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    small_site.call("restore", "--no-input", made)
    assert rows_of(small_site) == before


def test_a_damaged_backup_replaces_nothing(small_site, tmp_path):
    before = rows_of(small_site)
    backup = tmp_path / "broken"
    backup.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(CommandError, match="Nothing was restored"):
        small_site.call("restore", "--no-input", str(backup))
    assert rows_of(small_site) == before


LEAVE = """
import os, sqlite3, sys
site = sqlite3.connect(sys.argv[1])
site.execute("PRAGMA journal_mode=WAL")
site.execute("UPDATE codes_statuscode SET name_en = 'Last Words' WHERE number = 404")
site.commit()
os._exit(1)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone keeps files beside the database")
def test_what_a_killed_site_left_beside_its_file_is_set_aside_with_it(small_site, tmp_path):
    backup = small_site.call("backup", str(tmp_path / "backups"))
    before = rows_of(small_site)
    database = small_site.env["DATABASE_URL"].removeprefix("sqlite:///")
    subprocess.run([sys.executable, "-c", LEAVE, database], check=False)
    assert Path(f"{database}-wal").stat().st_size

    small_site.call("restore", "--no-input", backup)
    assert not Path(f"{database}-wal").exists()
    assert rows_of(small_site) == before
    small_site.call("restore", "--no-input", backup)
    first, _second = sorted(tmp_path.glob("*.before-restore-*[0-9]"))
    with closing(sqlite3.connect(first)) as aside:
        last_words = aside.execute("SELECT name_en FROM codes_statuscode WHERE number = 404").fetchone()
    assert last_words == ("Last Words",)


def test_a_backup_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", "no-such-file")


def refusal(site, *arguments):
    """Return what a command says that fails without a traceback."""
    with pytest.raises(subprocess.CalledProcessError) as failure:
        site.manage(*arguments)
    assert "Traceback" not in failure.value.stderr
    return failure.value.stderr


def empty_database(site, tmp_path):
    """Return (the site with another, empty database, a function that runs SQL in it)."""
    if connection.vendor == "sqlite":
        path = tmp_path / "foreign.sqlite3"

        def execute(sql):
            with closing(sqlite3.connect(path)) as database:
                database.execute(sql)
                database.commit()

        return replace(site, env=site.env | {"DATABASE_URL": f"sqlite:///{path}"}), execute
    server = site.env["DATABASE_URL"]
    name = f"foreign_{os.getpid()}_{len(tmp_path.name)}"
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {name}")
        database.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = f"{server.rpartition('/')[0]}/{name}"

    def execute(sql):
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(sql)

    return replace(site, env=site.env | {"DATABASE_URL": url}), execute


@pytest.mark.parametrize("tables", [0, 1], ids=["empty", "foreign"])
def test_what_is_no_backup_of_this_site_replaces_nothing(small_site, tmp_path, tables):
    foreign, execute = empty_database(small_site, tmp_path)
    execute("CREATE TABLE somebody (name text)" if tables else "SELECT 1")
    made = foreign.call("backup", str(tmp_path / "backups"))
    before = rows_of(small_site)
    said = refusal(small_site, "restore", "--no-input", made)
    assert "Nothing was restored" in said
    assert "no backup of this site" in said
    assert rows_of(small_site) == before


def test_a_running_site_is_not_replaced(small_site, tmp_path):
    made = small_site.call("backup", str(tmp_path / "backups"))
    with small_site.serving():
        said = refusal(small_site, "restore", "--no-input", made)
        assert "Nothing was restored" in said
        assert "systemctl stop statuscodes" in said
    small_site.call("restore", "--no-input", made)


def test_nobody_replaces_the_database_by_mistake(small_site, tmp_path):
    made = small_site.call("backup", str(tmp_path / "backups"))
    assert "--no-input" in refusal(small_site, "restore", made)


LATER = """
CREATE TABLE codes_later (
    id integer PRIMARY KEY,
    code_id smallint REFERENCES codes_statuscode (number) {deferred}
)
"""


def test_a_backup_from_before_a_migration_can_be_restored(small_site, tmp_path):
    """A table of a later release refers to ours; the backup lacks what the newest migration made."""
    made = small_site.call("backup", str(tmp_path / "backups"))
    before = rows_of(small_site)
    deferred = "" if connection.vendor == "sqlite" else "DEFERRABLE INITIALLY DEFERRED"

    def add_later_table():
        with small_site.connected(), connection.cursor() as cursor:
            cursor.execute(LATER.format(deferred=deferred))

    add_later_table()
    small_site.call("restore", "--no-input", made)
    assert rows_of(small_site) == before
    add_later_table()  # the table is gone

    (tmp_path / "earlier").mkdir()
    earlier_site = make_site(tmp_path / "earlier", small_site.blocker, KEEP_LITTLE)
    earlier_site.call("migrate", "codes", "0003", "--verbosity", "0")
    old = earlier_site.call("backup", str(tmp_path / "old"))
    small_site.call("restore", "--no-input", old)
    assert "[ ]" not in small_site.call("showmigrations")
    with small_site.connected():
        assert Revision.current() > 10**15


# A backup that fails leaves the folder as it was


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


OLD = "statuscodes-20200101-000000-000000"


def test_a_backup_that_fails_leaves_nothing_behind(small_site, tmp_path):
    """Neither its own unfinished files nor those of one that was killed."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in (f"{OLD}.partial", f"{OLD}.partial-journal", "statuscodes-notes.partial"):
        (folder / name).write_text("x")
    limited = ["sh", "-c", 'ulimit -f 64; exec "$@"', "sh", sys.executable, "manage.py", "backup", str(folder)]
    for _ in range(2):
        failed = subprocess.run(
            limited, cwd=settings.BASE_DIR, env=small_site.env, capture_output=True, text=True, check=False
        )
        assert failed.returncode == 1
        assert failed.stderr.startswith("CommandError: No backup was made: ")
        assert len(failed.stderr.splitlines()) == 1
        assert names_in(folder) == ["statuscodes-notes.partial"]


def test_a_database_that_does_not_answer_is_said_in_one_line(small_site, tmp_path):
    url = "sqlite:////nowhere/db.sqlite3" if connection.vendor == "sqlite" else "postgres://codes@127.0.0.1:1/x"
    absent = replace(small_site, env=small_site.env | {"DATABASE_URL": url})
    assert "No backup was made" in refusal(absent, "backup", str(tmp_path / "backups"))
    assert names_in(tmp_path / "backups") == []


@pytest.mark.parametrize("keep", [1, 3])
def test_a_backup_just_made_stays_though_the_clock_was_ahead_before(small_site, tmp_path, keep):
    suffix = "sqlite3" if connection.vendor == "sqlite" else "dump"
    foreign = [f"statuscodes-notes.{suffix}", "db.sqlite3"]
    for name in [*foreign, *(f"statuscodes-2999010{day}-000000-000000.{suffix}" for day in range(1, 5))]:
        (tmp_path / "backups").mkdir(exist_ok=True)
        (tmp_path / "backups" / name).write_text("x")
    made = []
    for _ in range(4):
        made.append(Path(small_site.call("backup", str(tmp_path / "backups"), "--keep", str(keep))).name)
        found = set(names_in(tmp_path / "backups")) - set(foreign)
        assert found >= set(made[-keep:])
        assert len(found) == keep
    assert found == set(made[-keep:])


def test_two_backups_do_not_remove_each_others_files(tmp_path):
    with backup.locked(tmp_path), pytest.raises(CommandError, match="another backup is being written"):
        call_command("backup", str(tmp_path))
