"""Several processes save the same entry at the same time."""

import json
import subprocess
import sys

from django.conf import settings

from .servers import add_accounts

EDITORS, ROUNDS = 3, 10
KEYWORDS = "from codes.models import StatusCode; print(StatusCode.objects.get(pk=210).keywords)"


def test_30_concurrent_saves_lose_no_text(fresh_site):
    """Three processes save one entry ten times each: every save is stored, every refused text is on the page."""
    add_accounts(fresh_site)
    editors = [
        subprocess.Popen(
            [sys.executable, "-m", "codes.tests.live.concurrent_editor", f"editor{number}", str(ROUNDS)],
            cwd=settings.BASE_DIR,
            env=fresh_site.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(EDITORS)
    ]
    # The last line: a process logs to the same stdout.
    results = [json.loads(editor.communicate(timeout=300)[0].splitlines()[-1]) for editor in editors]
    saved = [word for result in results for word in result["saved"]]
    assert len(saved) + sum(result["refused"] for result in results) == EDITORS * ROUNDS
    assert sum(result["failed"] for result in results) == 0
    assert sum(result["lost"] for result in results) == 0
    stored = fresh_site.shell(KEYWORDS).splitlines()
    assert sorted(saved) == sorted(line for line in stored if line.startswith("editor"))
    assert len(saved) >= EDITORS
