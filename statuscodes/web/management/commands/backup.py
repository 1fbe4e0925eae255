"""Write a checked copy of the database."""

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.timezone import localtime


class Command(BaseCommand):
    help = "Write a consistent, checked copy of the database, even while it is written to, and keep the newest few."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=14, help="how many backups stay (default 14)")

    def handle(self, *, folder: Path, keep: int, **options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep must be 1 or more.")
        folder.mkdir(parents=True, exist_ok=True)
        suffix = "sqlite3" if connection.vendor == "sqlite" else "dump"
        target = folder / f"statuscodes-{localtime():%Y%m%d-%H%M%S-%f}.{suffix}"
        partial = target.with_suffix(".partial")
        try:
            copy_sqlite(partial) if suffix == "sqlite3" else dump_postgresql(partial)
        except (sqlite3.Error, OSError, subprocess.CalledProcessError) as error:
            partial.unlink(missing_ok=True)
            raise CommandError(f"No backup was made: {getattr(error, 'stderr', '') or error}") from error
        partial.rename(target)
        for old in sorted(folder.glob(f"statuscodes-*.{suffix}"))[:-keep]:
            old.unlink()
        self.stdout.write(str(target))


def copy_sqlite(target: Path) -> None:
    """Copy the SQLite database in one consistent state, and check the copy.

    Raise sqlite3.DatabaseError for a copy that is damaged.
    """
    target.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    check_sqlite(target)
    with target.open("rb") as copy:
        os.fsync(copy.fileno())  # SQLite does not, for a copy


def check_sqlite(path: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that is damaged or breaks a foreign key."""
    copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError(f"{path} is damaged")
        if copy.execute("PRAGMA foreign_key_check").fetchall():
            raise sqlite3.DatabaseError(f"{path} has rows that refer to nothing")
    finally:
        copy.close()


def dump_postgresql(target: Path) -> None:
    """Dump the PostgreSQL database, and check that the dump can be listed."""
    run_postgresql("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    subprocess.run(["pg_restore", "--list", str(target)], check=True, capture_output=True, text=True)  # noqa: S603, S607


def run_postgresql(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the site's database. The password is passed in the environment.

    Raise subprocess.CalledProcessError if the program fails.
    """
    (_psql, *where, name), environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    subprocess.run(  # noqa: S603 - the program and its arguments are ours
        [program, *where, f"--dbname={name}", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
    )
