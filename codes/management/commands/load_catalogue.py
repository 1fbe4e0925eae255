"""Load the fixtures into the database."""

import difflib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codes.editing import fixtures


class Command(BaseCommand):
    help = "Load fixtures/ into the database in one transaction. What an editor changed is kept and reported."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=fixtures.FIXTURES, help="where the files are")
        parser.add_argument(
            "--replace",
            nargs="+",
            default=[],
            metavar="CODE",
            help="take these from the files even if edited: 404, or 'confusiongroup 401-403'",
        )

    def handle(self, *, folder: Path, replace: list[str], verbosity: int, **options: Any) -> None:
        on_terminal = verbosity and self.stderr.isatty()

        def progress(done: int, total: int, key: str) -> None:
            if on_terminal:
                self.stderr.write(f"\r{done}/{total} {key:<40}", ending="\n" if done == total else "")

        keys = {fixtures.key_of(name) for name in replace}
        try:
            known = {entry.key for entry in fixtures.read_all(folder)} if keys else set()
            if unknown := keys - known:
                raise CommandError(f"There is no entry {sorted(unknown)[0]} in the files.")
            report = fixtures.load(folder, replace=keys, progress=progress)
        except fixtures.CatalogueError as error:
            raise CommandError(f"{error}\nNothing was loaded.") from error
        for entry in report.conflicts:
            self.stderr.write(f"{entry.key} was changed by an editor and in the file. The editor's version stays:")
            self.stderr.write(_difference(entry))
            self.stderr.write(f"To take the file's: load_catalogue --replace '{entry.key}'")
        if verbosity and report.edited:
            self.stdout.write(f"edited or deleted here, kept: {', '.join(entry.key for entry in report.edited)}")
        if verbosity:
            counts = ", ".join(
                f"{report.counts[outcome]} {outcome}"
                for outcome in ("added", "changed", "unchanged", "kept as edited")
                if report.counts[outcome] or outcome != "kept as edited"
            )
            self.stdout.write(f"{report.counts.total()} entries: {counts}")


def _difference(entry: fixtures.FixtureEntry) -> str:
    """Return a unified diff from the editor's version to the file's."""
    stored = fixtures.load_entry(entry.key)
    ours = fixtures.to_yaml(stored).splitlines() if stored else []
    theirs = fixtures.to_yaml(entry).splitlines()
    return "\n".join(difflib.unified_diff(ours, theirs, "editor's", "file's", lineterm="", n=1))
