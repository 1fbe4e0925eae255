"""Write the database back to the fixtures."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codes.editing import fixtures


class Command(BaseCommand):
    help = "Write the database back to fixtures/, in the same files, order and style."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=fixtures.FIXTURES, help="where the files are")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            changed = fixtures.export(folder)
        except fixtures.CatalogueError as error:
            raise CommandError(f"{error}: nothing was written.") from error
        for path in changed:
            self.stdout.write(f"{path.relative_to(folder).as_posix()}{'' if path.exists() else ' (removed)'}")
        self.stdout.write(f"{len(changed)} files changed")
