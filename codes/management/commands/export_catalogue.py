from pathlib import Path

from django.core.management.base import BaseCommand

from codes import catalogue


class Command(BaseCommand):
    help = "Write the database back to fixtures/, in the same files, order and style."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=catalogue.FIXTURES, help="where the files are")

    def handle(self, *, folder, **options):
        changed = catalogue.export(folder)
        for path in changed:
            self.stdout.write(path.relative_to(folder).as_posix())
        self.stdout.write(f"{len(changed)} files written")
