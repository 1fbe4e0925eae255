"""Write what the server of live answers needs to know."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from codes.data.live_answers import answers_document


class Command(BaseCommand):
    help = "Write the codes and the rules about their responses to a file, for `python -m answers`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        document = answers_document()
        # A server that starts meanwhile reads the file before or the file after, and never half of one.
        part = file.with_name(f"{file.name}.part")
        part.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(part, file)
        if verbosity:
            self.stdout.write(f"{len(document['codes'])} codes in {file}")
