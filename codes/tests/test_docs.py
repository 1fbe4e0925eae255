"""The documentation: links that lead somewhere, the glossary's tables, and pictures of a reasonable size."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = (ROOT, ROOT / "docs", ROOT / "docs" / "decisions", ROOT / "deploy", ROOT / "statuscodes" / "page_cache")
PAGES = [path for folder in FOLDERS for path in sorted(folder.glob("*.md"))]
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
# In a table or a list of syntax, these are what an editor types.
SYNTAX = ("code:", "vs:")
MAX_PICTURE = 80_000  # bytes


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def anchors(path):
    """Return the anchors that GitHub gives the headings of a page."""
    headings = HEADING.findall(FENCED.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_between_files_leads_somewhere(path):
    broken = []
    for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if target.startswith(("https://", *SYNTAX)):
            continue
        name, _hash, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_file_that_a_page_names_exists(path):
    """Names in code style that begin with a folder of the project, such as `codes/urls.py`."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:codes|statuscodes|templates|fixtures|docs|deploy|tools|static)/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("handbook", ["editors.md", "editors.ko.md"])
def test_the_handbooks_table_of_words_is_the_glossary(handbook):
    text = (ROOT / "docs" / handbook).read_text(encoding="utf-8")
    for word in yaml.safe_load((ROOT / "docs" / "glossary.yaml").read_text(encoding="utf-8")):
        columns = [word["term_en"], word["ko"]] if handbook == "editors.md" else [word["ko"], word["term_en"]]
        assert f"| {' | '.join(columns)} | {', '.join(word['avoid'])} |" in text


def test_every_picture_is_small_and_shown_somewhere():
    shown = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size < MAX_PICTURE, picture.name
        assert picture.name in shown, picture.name
