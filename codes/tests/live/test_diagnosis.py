"""Logs and files in a real browser: they are read beside the page, and nothing of them is sent."""

import gzip
import json

import pytest
from playwright.sync_api import expect

from codes.tests.test_logs import REFUSED, access
from codes.tests.tools_needed import needs_chromium

from .test_browser import assert_accessible

pytestmark = [pytest.mark.browser, needs_chromium]

LOG = "\n".join(
    [
        *(access(minute, path=f"/products/{minute}") for minute in range(60)),
        *(access(minute, 502, f"/products/{number}") for minute in (31, 32) for number in range(20)),
        access(40, 404, "/<img src=x onerror=document.title='run'>"),
        "no line of a log",
    ]
)
# Press the button that stops as soon as it is there, and count the frames that are drawn meanwhile.
WATCH = """() => {
    window.frames_drawn = 0;
    const count = () => { window.frames_drawn += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    window.stops = (press) => new MutationObserver((_changes, observer) => {
        const button = document.querySelector("#diagnosis progress ~ button");
        if (!button) return;
        observer.disconnect();
        if (press) button.click();
    }).observe(document.getElementById("diagnosis"), { childList: true });
}"""


@pytest.fixture
def sent(page):
    """What the page has sent: content, and addresses with a query."""
    contents = []
    page.on("request", lambda request: contents.append(request) if request.post_data or "?" in request.url else None)
    return contents


@pytest.fixture
def diagnose(site, page):
    """The page for pasting, at rest."""
    page.goto(f"{site.url}/diagnose/")
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    return page


def paste(page, text):
    page.locator("#text").fill(text)
    page.locator("#diagnose [type=submit]").click()


def answer_without_script(site, browser, text, selector):
    """Return the text of one part of the answer that a browser without script gets to this text."""
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{site.url}/diagnose/")
    with page.expect_navigation():
        paste(page, text)
    answer = page.locator("#diagnosis").locator(selector).inner_text()
    context.close()
    return answer


def large_file(folder, megabytes):
    """Write a log of about this size, and return its path and the number of its lines."""
    lines = [access(number % 60, 502 if number % 100 == 0 else 200, f"/products/{number}") for number in range(10_000)]
    block = "\n".join(lines) + "\n"
    path, blocks = folder / "access.log", megabytes * 1_000_000 // len(block)
    with path.open("w") as file:
        for _block in range(blocks):
            file.write(block)
    return path, blocks * len(lines)


def test_a_pasted_log_is_read_and_nothing_of_it_is_sent(diagnose, sent):
    paste(diagnose, LOG)
    report = diagnose.locator("#diagnosis .log")
    expect(report.get_by_role("heading", level=2)).to_have_text("102줄 가운데 41줄을 살펴보세요")
    expect(report.get_by_role("row", name="502")).to_contain_text("10:31–10:32에 40줄이 몰렸습니다")
    expect(report).to_contain_text("no line of a log")
    assert sent == []
    assert diagnose.title() != "run"
    assert_accessible(diagnose)
    diagnose.set_viewport_size({"width": 320, "height": 800})
    assert diagnose.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_report_says_the_same_without_script(site, diagnose, browser):
    paste(diagnose, LOG)
    diagnose.locator("#diagnosis .log h2").wait_for()
    with_script = diagnose.locator("#diagnosis .log").inner_text()
    assert with_script.split() == answer_without_script(site, browser, LOG, ".log").split()


@pytest.mark.parametrize("text", [REFUSED, "net::ERR_CONNECTION_REFUSED"])
def test_an_error_line_gets_the_same_card_with_and_without_script(site, diagnose, browser, sent, text):
    paste(diagnose, text)
    card = diagnose.locator("#diagnosis .state")
    card.locator(".verdict .number").wait_for()
    assert sent == []
    assert_accessible(diagnose)
    assert card.inner_text().split() == answer_without_script(site, browser, text, ".state").split()


def test_a_packed_recording_with_many_hosts_is_read_while_the_page_answers(diagnose, sent, tmp_path):
    entry = {"startedDateTime": "2026-11-25T10:01:22.123Z", "time": 5, "response": {"status": 502}}
    entries = [entry | {"request": {"url": f"https://h{number}.example/"}} for number in range(100_000)]
    path = tmp_path / "page.har.gz"
    path.write_bytes(gzip.compress(json.dumps({"log": {"entries": entries}}).encode()))
    diagnose.evaluate("window.frames_drawn = 0")
    diagnose.locator("input[type=file]").set_input_files(path)
    report = diagnose.locator("#diagnosis .log")
    expect(report.locator("h2")).to_have_text("100,000줄 가운데 100,000줄을 살펴보세요")
    expect(report).to_contain_text("묶어서 센 요청: 99,800")
    assert diagnose.evaluate("window.frames_drawn") >= 3
    assert sent == []


def test_a_large_file_is_counted_while_the_page_answers_and_nothing_of_it_is_sent(diagnose, sent, tmp_path):
    path, lines = large_file(tmp_path, 20)
    diagnose.evaluate("window.frames_drawn = 0")
    diagnose.locator("input[type=file]").set_input_files(path)
    expect(diagnose.locator("#diagnosis .log h2")).to_have_text(f"{lines:,}줄 가운데 {lines // 100:,}줄을 살펴보세요")
    assert sent == []
    assert diagnose.evaluate("window.frames_drawn") >= 3


def test_reading_a_file_can_be_stopped_and_what_was_read_is_shown(diagnose, sent, tmp_path):
    path, lines = large_file(tmp_path, 120)
    diagnose.evaluate("window.stops(true)")
    diagnose.locator("input[type=file]").set_input_files(path)
    expect(diagnose.locator("#diagnosis")).to_contain_text("여기까지 읽은 결과입니다")
    read = int(diagnose.locator("#diagnosis .log h2").inner_text().partition("줄")[0].replace(",", ""))
    assert 0 < read < lines
    assert sent == []


def test_a_response_is_sent_to_be_checked_without_its_credentials(diagnose, sent):
    paste(
        diagnose,
        "GET /x HTTP/1.1\nAuthorization: Bearer very-secret\n\nHTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n",
    )
    expect(diagnose.locator("#diagnosis")).to_contain_text("WWW-Authenticate")
    (request,) = sent
    assert "very-secret" not in request.post_data
    assert "401 Unauthorized" in request.post_data


def test_the_page_and_its_worker_may_connect_to_nothing_else(site, page):
    policy = page.request.get(f"{site.url}/diagnose/").headers["content-security-policy"]
    paths = ("diagnose/", "diagnose/patterns.json", "search/suggest/")
    assert f"connect-src {' '.join(f'{site.url}/{path}' for path in paths)};" in policy
    page.goto(f"{site.url}/diagnose/")
    worker = page.locator("script[data-worker]").get_attribute("data-worker")
    assert "connect-src 'none';" in page.request.get(site.url + worker).headers["content-security-policy"]


def test_what_was_asked_for_last_is_shown_though_the_one_before_takes_longer(site, page):
    waiting = []
    page.route("**/diagnose/patterns.json", lambda route: waiting.append(route))
    page.goto(f"{site.url}/diagnose/")
    paste(page, LOG)
    paste(page, "HTTP/1.1 405 Method Not Allowed\nServer: nginx\n\n")
    result = page.locator("#diagnosis")
    expect(result).to_contain_text("Allow")
    for route in waiting:
        route.continue_()
    page.wait_for_load_state("networkidle")
    expect(result).to_contain_text("Allow")
    expect(result).not_to_contain_text("/products/")
