"""Several processes save the same entry at the same time."""

import json
import subprocess
import sys

from django.conf import settings

from codes.models import StatusCode

EDITORS, ROUNDS = 3, 10


def test_30_concurrent_saves_lose_no_text(small_site):
    """Three processes save one entry ten times each: every save is stored, every refused text is on the page."""
    command = [sys.executable, "-m", "codes.tests.live.concurrent_editor", str(EDITORS), str(ROUNDS)]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=small_site.env, stdout=subprocess.PIPE, text=True, timeout=300, check=True
    )
    # The processes log to the same stdout, objects of JSON.
    (results,) = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))
    saved = [word for result in results for word in result["saved"]]
    assert len(saved) + sum(result["refused"] for result in results) == EDITORS * ROUNDS
    assert sum(result["failed"] for result in results) == 0
    assert sum(result["lost"] for result in results) == 0
    with small_site.connected():
        stored = StatusCode.objects.get(pk=210).keywords.splitlines()
    assert sorted(saved) == sorted(line for line in stored if line.startswith("editor"))
    assert len(saved) >= EDITORS
