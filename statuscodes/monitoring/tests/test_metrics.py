"""The metrics that Prometheus reads."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.django_db


def metrics_of(client):
    page = client.get("/metrics", HTTP_AUTHORIZATION="Bearer only-for-tests")
    return dict(line.rsplit(" ", 1) for line in page.content.decode().splitlines() if not line.startswith("#"))


def test_metrics_count_answers(client, settings):
    settings.METRICS_TOKEN = "only-for-tests"
    before = metrics_of(client)
    client.get("/404/")
    client.get("/nope/")
    after = metrics_of(client)
    for status in ("200", "404"):
        name = f'statuscodes_django_answers_total{{status="{status}"}}'
        assert float(after[name]) > float(before.get(name, 0))
    assert float(after["statuscodes_django_seconds_count"]) > float(before["statuscodes_django_seconds_count"])
    for name in ("statuscodes_revision", "statuscodes_database_up", "statuscodes_page_cache_hits_total"):
        assert name in after


@pytest.mark.parametrize(
    ("token", "given"),
    [
        ("", ""),
        ("", "Bearer "),
        ("secret", ""),
        ("secret", "Bearer wrong"),
        ("secret", "secret"),
        ("secret", "Bearer é"),
    ],
)
def test_metrics_need_the_token(client, settings, token, given):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", HTTP_AUTHORIZATION=given).status_code == 404


COUNT = """
import sys
from statuscodes.monitoring import metrics
exec(sys.argv[1])
metrics.CACHE_HITS.inc()
text = metrics.render(revision=7, database_up=True).decode()
assert "statuscodes_page_cache_hits_total 1.0" in text, text
assert "statuscodes_revision 7.0" in text, text
"""


def count_into(folder, *, limit="unlimited", meanwhile=""):
    """Count one hit and read it back in a process that has this folder of metrics; return what it said."""
    command = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", sys.executable, "-c", COUNT, meanwhile]
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_metrics_of_all_processes_are_counted_in_a_folder_that_is_made(tmp_path):
    assert count_into(tmp_path / "new" / "folder") == ""
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 3


def test_a_process_counts_for_itself_where_the_folder_is_unavailable(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "counts its metrics for itself" in count_into(tmp_path / "file" / "folder")
    # As on a full disk: not a byte more than 8 kB.
    assert "counts its metrics for itself" in count_into(tmp_path / "full", limit=16)
    assert list((tmp_path / "full").iterdir()) == []


def test_a_folder_of_metrics_that_goes_away_later_does_no_harm(tmp_path):
    folder = tmp_path / "folder"
    said = count_into(folder, meanwhile=f"import shutil; shutil.rmtree({str(folder)!r})")
    assert "only the metrics of this process" in said
