"""Replace the database with a backup."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.timezone import localtime

from statuscodes.web.database_lock import DatabaseInUse, exclusive_use
from statuscodes.web.signals import database_restored

from .backup import FAILURES, check_sqlite, list_dump, reason_of, run_postgresql

# The backups of every release have these, whatever tables are added or removed later.
SITE_TABLES = {"auth_user", "codes_revision", "codes_statuscode", "django_migrations"}
SQLITE_FILES = ("", "-wal", "-shm", "-journal")  # a database's file and those that SQLite keeps beside it
# What the dump does not have must go too, or `migrate` would find the tables of a later release. One statement, because
# tables depend on each other.
DROP_TABLES = """
DO $$
DECLARE tables text;
BEGIN
    SELECT string_agg(format('%I.%I', relnamespace::regnamespace, relname), ', ') INTO tables FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace AND pg_has_role(relowner, 'USAGE');
    IF tables IS NOT NULL THEN EXECUTE 'DROP TABLE ' || tables || ' CASCADE'; END IF;
END
$$
"""


class Command(BaseCommand):
    help = (
        "Replace the whole database by a backup of this site, and migrate it to this release. Stop the site first; the "
        "present SQLite file is set aside."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="do not ask before replacing"
        )

    def handle(self, *, backup: Path, interactive: bool, **options: Any) -> None:
        if not backup.is_file():
            raise CommandError(f"There is no file {backup}.")
        try:
            tables = sqlite_tables(backup) if connection.vendor == "sqlite" else dumped_tables(backup)
            if missing := SITE_TABLES - tables:
                raise CommandError(
                    f"Nothing was restored: {backup} is no backup of this site, it has no table {sorted(missing)[0]}."
                )
            if interactive:
                self._ask(backup)
            with exclusive_use():
                self._restore_sqlite(backup) if connection.vendor == "sqlite" else self._restore_postgresql(backup)
        except DatabaseInUse as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        except FAILURES as error:
            raise CommandError(f"Nothing was restored: {reason_of(error)}") from error
        self.stdout.write(f"restored {backup}")

    def _ask(self, backup: Path) -> None:
        """Raise CommandError unless somebody at the terminal agrees."""
        if not sys.stdin.isatty():
            raise CommandError("Nothing was restored: without a terminal to ask at, add --no-input.")
        database = connection.settings_dict["NAME"]
        if input(f"Replace everything in the database {database} by {backup}? Type 'yes': ") != "yes":
            raise CommandError("Nothing was restored.")

    def _restore_sqlite(self, backup: Path) -> None:
        """Complete the new database in a file of its own, then exchange the files."""
        database = Path(connection.settings_dict["NAME"])
        connection.close()
        fresh = database.with_name(f"{database.name}.restoring")
        try:
            shutil.copyfile(backup, fresh)
            if database.exists():
                shutil.copymode(database, fresh)
            with connected_to(fresh):
                self._bring_up_to_date("Nothing was restored: the backup cannot be migrated")
            with fresh.open("rb") as file:
                os.fsync(file.fileno())
            exchange(database, fresh)
        finally:
            for suffix in SQLITE_FILES:
                Path(f"{fresh}{suffix}").unlink(missing_ok=True)

    def _restore_postgresql(self, backup: Path) -> None:
        """Drop what is there and restore the dump in one transaction."""
        connection.close()
        with TemporaryDirectory() as folder:
            script = Path(folder) / "restore.sql"
            subprocess.run(  # noqa: S603 - the program and its arguments are ours
                ["pg_restore", "--no-owner", f"--file={script}", str(backup)],  # noqa: S607
                check=True,
                capture_output=True,
                text=True,
            )
            run_postgresql(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--single-transaction",
                f"--command={DROP_TABLES}",
                f"--file={script}",
            )
        self._bring_up_to_date(f"{backup} was restored, but cannot be migrated")

    def _bring_up_to_date(self, failure: str) -> None:
        """Migrate a backup of an earlier release, then renew what was derived from the former database.

        Raise CommandError, beginning with `failure`, if a migration fails.
        """
        try:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            database_restored.send(sender=type(self))
        except Exception as error:  # migrations raise whatever they meet
            raise CommandError(f"{failure}: {error}") from error


def sqlite_tables(path: Path) -> set[str]:
    """Return the names of a SQLite file's tables. Raise sqlite3.DatabaseError for a damaged or another file."""
    check_sqlite(path)
    file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        file.close()


def dumped_tables(path: Path) -> set[str]:
    """Return the names of the tables whose rows a dump of PostgreSQL holds.

    Raise subprocess.CalledProcessError for another file.
    """
    # A line is like "3921; 0 16402 TABLE DATA public codes_revision owner".
    lines = (line.partition(" TABLE DATA ")[2].split() for line in list_dump(path).splitlines())
    return {words[1] for words in lines if len(words) > 1}


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    """Let Django use another SQLite file during the block."""
    present = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = present


def exchange(database: Path, fresh: Path) -> None:
    """Set the database aside and put the fresh file in its place. Raise OSError, with nothing moved, if one fails.

    SQLite's side files go with the old database: they would damage the new one.
    """
    aside = f"{database}.before-restore-{localtime():%Y%m%d-%H%M%S-%f}"
    moved: list[tuple[Path, Path]] = []
    try:
        for suffix in SQLITE_FILES:
            if (present := Path(f"{database}{suffix}")).exists():
                present.rename(f"{aside}{suffix}")
                moved.append((present, Path(f"{aside}{suffix}")))
        fresh.rename(database)
    except OSError:
        for present, kept in reversed(moved):
            kept.rename(present)
        raise
