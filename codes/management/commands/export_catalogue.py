"""Write the database back to the fixtures."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codes.editing import fixtures


class Command(BaseCommand):
    help = (
        "Write the database back to fixtures/, in the same files, order and style. A file that was changed and not "
        "loaded stays and is reported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=fixtures.FIXTURES, help="where the files are")
        parser.add_argument(
            "--replace",
            nargs="+",
            default=[],
            metavar="CODE",
            help="take these from the database even if their file was not loaded: 404, or 'confusiongroup 401-403'",
        )

    def handle(self, *, folder: Path, replace: list[str], **options: Any) -> None:
        try:
            report = fixtures.export(folder, replace={fixtures.key_of(name) for name in replace})
        except fixtures.CatalogueError as error:
            raise CommandError(f"{error}: nothing was written.") from error
        for path in report.changed:
            self.stdout.write(f"{path.relative_to(folder).as_posix()}{'' if path.exists() else ' (removed)'}")
        self.stdout.write(f"{len(report.changed)} files changed")
        for path, reason in report.left.items():
            self.stderr.write(f"{path.relative_to(folder).as_posix()} stays: {reason}")
        if report.left:
            self.stderr.write("Load these files first, or take the database's: export_catalogue --replace CODE")
