"""The baseline for the page cache: one answer, read from a file at start, to every request."""

import json
import os
from pathlib import Path

_saved = json.loads(Path(os.environ["BASELINE_ANSWER"]).read_text())
HEADERS = [tuple(header) for header in _saved["headers"]]
BODY = [_saved["body"].encode("latin-1")]


def application(environ, start_response):
    """Answer every request with the stored page (PEP 3333)."""
    start_response("200 OK", HEADERS)
    return BODY
