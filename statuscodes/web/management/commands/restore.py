"""Replace the database by a backup."""

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.timezone import localtime

from statuscodes.web.signals import database_restored

from .backup import check_sqlite, run_postgresql


class Command(BaseCommand):
    help = "Replace the database by a backup. Stop the site first; the present SQLite file is set aside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path)

    def handle(self, *, backup: Path, **options: Any) -> None:
        if not backup.is_file():
            raise CommandError(f"There is no file {backup}.")
        try:
            self._restore_sqlite(backup) if connection.vendor == "sqlite" else self._restore_postgresql(backup)
        except (sqlite3.Error, OSError, subprocess.CalledProcessError) as error:
            raise CommandError(f"Nothing was restored: {getattr(error, 'stderr', '') or error}") from error
        database_restored.send(sender=type(self))
        self.stdout.write(f"restored {backup}")

    def _restore_sqlite(self, backup: Path) -> None:
        check_sqlite(backup)
        database = Path(connection.settings_dict["NAME"])
        connection.close()
        fresh = database.with_name(f"{database.name}.restoring")
        fresh.write_bytes(backup.read_bytes())
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        # Together with SQLite's side files: they belong to the old database and would damage the new one.
        aside = f"{database}.before-restore-{localtime():%Y%m%d-%H%M%S-%f}"
        for suffix in ("", "-wal", "-shm", "-journal"):
            if (present := Path(f"{database}{suffix}")).exists():
                present.rename(f"{aside}{suffix}")
        fresh.rename(database)

    def _restore_postgresql(self, backup: Path) -> None:
        connection.close()
        run_postgresql("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(backup))
