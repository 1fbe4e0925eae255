"""Write a checked copy of the database."""

import fcntl
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.utils.timezone import localtime

# What a backup can fail with: the database, the disk, or one of PostgreSQL's programs.
FAILURES = (Error, sqlite3.Error, OSError, subprocess.CalledProcessError)
NAME = re.compile(r"statuscodes-\d{8}-\d{6}-\d{6}\.(?P<suffix>sqlite3|dump|partial(-journal)?)")


class Command(BaseCommand):
    help = "Write a consistent, checked copy of the database, even while it is written to, and keep the newest few."
    # A site that cannot serve can still be backed up.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=14, help="how many backups stay (default 14)")

    def handle(self, *, folder: Path, keep: int, **options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep must be 1 or more.")
        suffix = "sqlite3" if connection.vendor == "sqlite" else "dump"
        target = folder / f"statuscodes-{localtime():%Y%m%d-%H%M%S-%f}.{suffix}"
        partial = target.with_suffix(".partial")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder):
                remove_partials(folder)
                try:
                    copy_sqlite(partial) if suffix == "sqlite3" else dump_postgresql(partial)
                    partial.rename(target)
                finally:
                    remove_partials(folder)
        except FAILURES as error:
            raise CommandError(f"No backup was made: {reason_of(error)}") from error
        self.stdout.write(str(target))
        try:
            for old in older_backups(target)[: 1 - keep or None]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise CommandError(f"The backup was made, but an old one cannot be removed: {error}") from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time write into the folder. Raise OSError while another does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OSError(f"another backup is being written into {folder}") from error
        yield
    finally:
        os.close(descriptor)


def remove_partials(folder: Path) -> None:
    """Remove what a failed or killed backup left behind."""
    for path in folder.glob("statuscodes-*.partial*"):
        if NAME.fullmatch(path.name):
            path.unlink()


def older_backups(newest: Path) -> list[Path]:
    """Return the other backups of the folder, the oldest first.

    A name that is later than the newest backup's was given while the clock was ahead: it counts as the oldest.
    """
    backups = [path for path in newest.parent.glob(f"statuscodes-*{newest.suffix}") if NAME.fullmatch(path.name)]
    return sorted((path for path in backups if path != newest), key=lambda path: (path.name < newest.name, path.name))


def reason_of(error: Exception) -> str:
    """Return what an error of FAILURES says, in one line."""
    if isinstance(error, FileNotFoundError) and error.filename in ("pg_dump", "pg_restore", "psql"):
        return f"{error.filename} is not installed"
    return " ".join(str(getattr(error, "stderr", "") or error).split())


def copy_sqlite(target: Path) -> None:
    """Copy the SQLite database in one consistent state, and check the copy.

    Raise sqlite3.DatabaseError for a copy that is damaged.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    check_sqlite(target)
    with target.open("rb") as copy:
        os.fsync(copy.fileno())  # SQLite does not, for a copy


def check_sqlite(path: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that is damaged or breaks a foreign key."""
    copy = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
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
    list_dump(target)


def list_dump(path: Path) -> str:
    """Return the table of contents of a dump. Raise subprocess.CalledProcessError for another file."""
    command = ["pg_restore", "--list", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


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
