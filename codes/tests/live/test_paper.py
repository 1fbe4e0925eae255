"""What Chromium prints: page counts, and the sizes of type in the PDF."""

import re
import zlib
from collections import Counter

import pytest

from codes.tests.tools_needed import needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]

# Operators of a PDF's content: graphics states, transformations, and the size of a font.
OPERATOR = re.compile(
    rb"(?<!\S)(?:(?P<save>q)|(?P<restore>Q)|(?:[-\d.]+ ){3}(?P<scale>[-\d.]+)(?: [-\d.]+){2} cm"
    rb"|/\S+ (?P<size>[-\d.]+) Tf)(?!\S)"
)


def printed(page):
    """Print the page as it asks to be; return the number of sheets, how often each size of type is set, in pt, and the
    sizes of the sheets.
    """
    data = page.pdf(prefer_css_page_size=True, format="A4")
    sizes = Counter()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if b" Tf" not in content:
            continue
        scales = [1.0]
        for operator in OPERATOR.finditer(content):
            if operator["save"]:
                scales.append(scales[-1])
            elif operator["restore"]:
                scales.pop()
            elif operator["scale"]:
                scales[-1] *= abs(float(operator["scale"]))
            else:
                sizes[round(float(operator["size"]) * scales[-1], 1)] += 1
    boxes = set(re.findall(rb"/MediaBox \[[\d. ]+\]", data))
    return len(re.findall(rb"/Type /Page\b", data)), sizes, boxes


@pytest.mark.parametrize(("path", "size"), [("/sheet/", 8.3), ("/en/sheet/", 7.9)])
def test_the_sheet_is_one_page_at_its_size_of_type(site, page, path, size):
    """Chromium makes a page smaller whose columns overflow, so that one page alone says little."""
    page.goto(site.url + path)
    sheets, sizes, boxes = printed(page)
    assert sheets == 1
    assert boxes == {b"/MediaBox [0 0 841.91998 594.95996]"}
    assert sizes[size] > 100
    assert min(sizes) >= 6.5


def test_a_printed_code_hides_nothing_and_says_where_and_when_it_was_read(site, page):
    page.emulate_media(media="print")
    page.goto(f"{site.url}/502/")
    assert page.get_by_text(f"{site.url}/502/ · 20").is_visible()
    for fold in page.locator("main details").all():
        assert fold.evaluate("fold => fold.lastElementChild.checkVisibility({contentVisibilityAuto: true})")
    assert page.locator(".panel").count() == page.locator(".panel:visible").count() > 1
    sheets, sizes, _boxes = printed(page)
    assert sheets <= 4
    assert min(sizes) >= 6.5


@pytest.mark.parametrize("path", ["/206/", "/401/", "/503/", "/en/400/", "/en/502/", "/en/503/"])
def test_the_longest_codes_take_four_sheets(site, page, path):
    page.goto(site.url + path)
    sheets, sizes, _boxes = printed(page)
    assert sheets <= 4
    assert min(sizes) >= 6.5
