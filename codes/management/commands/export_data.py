"""Write everything for programs as files, for a file server or a CDN."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codes.data import files


class Command(BaseCommand):
    help = "Write the documents, texts and descriptions for programs into a folder, each at its address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="A folder that is empty or not there yet.")

    def handle(self, *, folder: Path, **options: Any) -> None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder.")
        count = 0
        for address, text in files.tree():
            file = folder / address.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            count += 1
        self.stdout.write(f"{count} files")
