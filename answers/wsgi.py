"""The application as a process of its own, set up from the environment by `python -m answers`."""

import os
from pathlib import Path

from .app import Application
from .catalogue import Catalogue
from .limits import Limits
from .responses import Responder

application = Application(
    Responder(Catalogue.from_file(Path(os.environ["ANSWERS_FILE"]))),
    None if os.environ.get("ANSWERS_UNLIMITED") else Limits(),
    behind_proxy=bool(os.environ.get("ANSWERS_BEHIND_PROXY")),
)
