from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from codes import catalogue


class Command(BaseCommand):
    help = "Write the database back to fixtures/, in the same files, order and style."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=catalogue.FIXTURES, help="where the files are")

    def handle(self, *, folder, **options):
        try:
            changed = catalogue.export(folder)
        except catalogue.CatalogueError as error:
            raise CommandError(f"{error}: nothing was written.") from error
        for path in changed:
            self.stdout.write(f"{path.relative_to(folder).as_posix()}{'' if path.exists() else ' (removed)'}")
        self.stdout.write(f"{len(changed)} files changed")
