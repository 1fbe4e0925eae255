"""The site in a real browser, served as in production."""

import re
from base64 import b32decode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django_otp.oath import totp
from playwright.sync_api import expect

from codes.tests.tools_needed import needs_chromium

from .servers import PASSWORD

pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = [
    "/",
    "/?issuer=nginx",
    "/about/",
    "/4xx/",
    "/401/",
    "/404/code/",
    "/504/",
    "/search/",
    "/search/?q=not+found",
    "/search/?q=zzzz",
    "/vs/",
    "/grpc/",
    "/rules/any/",
    "/errors/",
    "/errors/nginx/",
    "/502/errors/",
    "/choose/",
    "/choose/value-breaks-rule/",
    "/choose/400/",
    "/choose/ask/",
    "/choose/table/?s=unique-taken&house=RFC",
    "/choose/ask/request/",
    "/sheet/",
    "/diagnose/?example=response",
    "/diagnose/?example=nginx-error",
    "/vs/gateway/",
    "/nope/",
    "/433/",
]
# One of each kind: a list of codes, a code, search results, situations, a situation.
DARK_PAGES = ["/", "/504/", "/search/?q=not+found", "/choose/", "/choose/value-breaks-rule/"]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # of the other results, which are long, one element each
}


@pytest.fixture
def complaints(page):
    """Errors that the browser logs about a page, from scripts or from the Content-Security-Policy."""
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


def log_in(site, page, name, path):
    page.goto(f"{site.url}/admin/login/?next={path}")
    page.get_by_label("사용자 이름").fill(name)
    page.get_by_label("비밀번호:", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(site.url + path)


def assert_accessible(page):
    page.wait_for_load_state()
    result = Axe().run(page, options=RULES)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("path", PAGES + [f"/en{path}" for path in PAGES])
def test_axe_finds_no_violation(site, page, path):
    page.emulate_media(color_scheme="light")
    page.goto(site.url + path)
    assert_accessible(page)


@pytest.mark.parametrize("path", DARK_PAGES)
def test_axe_finds_no_violation_in_the_dark_theme(site, page, path):
    page.emulate_media(color_scheme="dark")
    page.goto(site.url + path)
    assert_accessible(page)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_at_any_width(site, page, path):
    page.goto(site.url + path)
    for width in (320, 390, 768, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_reader_types_a_number_and_lands_on_its_page(site, page, complaints):
    page.goto(site.url)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("404")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/404/")
    expect(page.get_by_role("heading", level=1)).to_have_text("찾을 수 없음")
    assert complaints == []


def test_a_slash_typed_into_the_field_is_a_slash(site, page):
    page.goto(site.url)
    page.get_by_role("combobox").click()
    page.keyboard.type("http/2")
    expect(page.get_by_role("combobox")).to_have_value("http/2")


def test_a_reader_browses_from_the_list_to_a_code_and_changes_the_language(site, page, complaints):
    page.goto(site.url)
    page.get_by_role("link", name="403 금지됨 Forbidden").click()
    expect(page).to_have_url(f"{site.url}/403/")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{site.url}/en/403/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Forbidden")
    page.get_by_role("link", name="404 Not Found").last.click()
    expect(page).to_have_url(f"{site.url}/en/404/")
    assert complaints == []


def test_the_keyboard_reaches_the_content_and_focus_is_visible(site, page):
    page.goto(f"{site.url}/404/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="본문으로 건너뛰기")
    expect(skip).to_be_focused()
    assert skip.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))


def test_messages_commands_and_identifiers_are_copied_as_they_are_stored(site, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.url}/en/404/")
    copied = page.get_by_role("status").filter(has_text="Copied")
    for button, text in (
        ("Copy the message", "GET /articles/9999 HTTP/1.1\nHost: api.example.com\nAccept: application/json"),
        ("Copy as a curl command", "curl -i -H 'Accept: application/json' https://api.example.com/articles/9999"),
        ("Spring Copy", "HttpStatus.NOT_FOUND"),
    ):
        page.get_by_role("button", name=button).first.click()
        page.wait_for_function("async text => await navigator.clipboard.readText() === text", arg=text)
        expect(copied).to_have_count(1)
    context.close()


def test_a_refused_clipboard_leaves_the_text_selected(site, page):
    page.goto(f"{site.url}/en/404/")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.get_by_role("button", name="Spring Copy").click()
    expect(page.get_by_role("status").filter(has_text="Selected")).to_have_count(1)
    assert page.evaluate("getSelection().toString()") == "HttpStatus.NOT_FOUND"


def test_the_chosen_reader_and_language_are_chosen_on_the_next_page(site, page):
    page.goto(f"{site.url}/en/502/")
    expect(page.get_by_role("radio", name="Operator")).to_be_checked()
    page.locator("label", has_text="Visitor").click()
    page.get_by_role("button", name="Go: My language", exact=True).click()
    page.goto(f"{site.url}/en/404/")
    expect(page.get_by_role("radio", name="Visitor")).to_be_checked()
    expect(page.locator(".idents > li").first).to_contain_text("http.StatusNotFound")


def test_the_lines_of_ones_own_language_stand_below_its_names_on_every_page(site, page, complaints):
    page.goto(f"{site.url}/404/")
    page.locator(".idents > li", has_text="Spring").locator(".pin").click()
    expect(page.locator(".idents .snippet").last).to_contain_text("ResponseStatusException(HttpStatus.NOT_FOUND)")
    page.goto(f"{site.url}/en/429/")
    row = page.locator(".idents > li").first
    expect(row.locator(".snippet").first).to_contain_text("ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)")
    expect(row.locator(".snippet").first.get_by_role("button")).to_have_accessible_name("Spring Copy")
    assert not complaints


def test_the_code_in_ones_own_language_is_open_on_the_page_of_a_situation(site, page):
    page.goto(f"{site.url}/404/")
    page.locator(".idents > li", has_text="Spring").locator(".pin").click()
    page.goto(f"{site.url}/en/choose/unique-taken/")
    expect(page.locator(".snippets [open] summary")).to_have_text(["Spring"])
    expect(page.locator(".snippets [open] pre")).to_contain_text("HttpStatus.CONFLICT")


def test_everything_works_without_javascript(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    page.get_by_role("searchbox").fill("결제")
    page.get_by_role("button", name="검색").click()
    page.get_by_role("link", name="402 결제 필요").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("결제 필요")
    expect(page.get_by_role("button", name="복사")).to_be_hidden()
    expect(page.get_by_role("button", name="화면")).to_be_hidden()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payment Required")
    context.close()


def test_what_a_page_tells_to_machines_meets_the_policy(site, page, complaints):
    page.goto(f"{site.url}/en/404/")
    data = page.locator("script[type='application/ld+json']").evaluate("block => JSON.parse(block.textContent)")
    assert [thing["@type"] for thing in data["@graph"]] == ["DefinedTerm", "BreadcrumbList"]
    for _ in range(2):  # drawn, and then from the folder
        card = page.request.get(page.locator("meta[property='og:image']").get_attribute("content"))
        assert card.headers["content-type"] == "image/png"
        assert card.body().startswith(b"\x89PNG")
    assert complaints == []


def test_print_shows_the_text_without_the_controls(site, page):
    page.goto(f"{site.url}/404/")
    page.emulate_media(media="print")
    expect(page.get_by_role("combobox")).to_be_hidden()
    expect(page.get_by_role("heading", name="의미")).to_be_visible()


def test_an_editor_changes_a_korean_name_and_sees_it_on_the_site(site_to_edit, page, complaints):
    log_in(site_to_edit, page, "editor", "/admin/")
    page.get_by_role("link", name="상태코드", exact=True).first.click()
    page.get_by_role("searchbox").fill("417")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="417", exact=True).click()
    page.get_by_label("한국어 이름:", exact=True).fill("기대를 만족할 수 없음")
    page.get_by_role("button", name="저장", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(f"{site_to_edit.url}/417/")
    expect(page.get_by_role("heading", level=1)).to_have_text("기대를 만족할 수 없음")
    assert complaints == []


def test_the_languages_of_a_text_are_side_by_side_where_there_is_room(site, page):
    log_in(site, page, "chief", "/admin/codes/statuscode/404/change/")
    boxes = {}
    for width in (1500, 400):
        page.set_viewport_size({"width": width, "height": 800})
        boxes[width] = [page.locator(f"#id_description_{language}").bounding_box() for language in ("ko", "en")]
    korean, english = boxes[1500]
    assert korean["y"] == english["y"]
    assert korean["x"] + korean["width"] <= english["x"]
    korean, english = boxes[400]
    assert korean["y"] + korean["height"] <= english["y"]


def suggestions_for(page, text):
    field = page.get_by_role("combobox")
    field.click()
    with page.expect_response(re.compile("/search/suggest/")):
        field.press_sequentially(text)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return field, options


def test_arrows_move_through_the_suggestions_and_enter_opens_one(site, page, complaints):
    page.goto(site.url)
    field, options = suggestions_for(page, "gateway")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    address = options.first.get_attribute("data-url")
    field.press("Enter")
    expect(page).to_have_url(site.url + address)
    assert complaints == []


def test_what_arrives_later_does_not_replace_the_list_that_is_moved_through(site, page):
    page.goto(site.url)
    field, options = suggestions_for(page, "gatewa")
    page.route("**/search/suggest/**", lambda route: None)  # is never answered
    with page.expect_request("**/search/suggest/**"):
        field.press("y")
    with page.expect_event("requestfailed"):
        field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(site, page):
    page.goto(site.url)
    field, options = suggestions_for(page, "gateway")
    field.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("gateway")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_choice_searches(site, page):
    page.goto(site.url)
    field, _options = suggestions_for(page, "gateway")
    field.press("Enter")
    expect(page).to_have_url(f"{site.url}/search/?q=gateway")


def test_a_suggestion_can_be_clicked(site, page):
    page.goto(f"{site.url}/en/")
    _field, options = suggestions_for(page, "teapot")
    options.first.click()
    expect(page).to_have_url(f"{site.url}/en/418/")


def test_the_number_of_suggestions_is_announced(site, page):
    page.goto(site.url)
    suggestions_for(page, "찾을 수")
    expect(page.get_by_role("status").filter(has_text="추천 결과 수")).to_have_count(1)


def test_a_syllable_being_composed_is_searched_and_its_enter_stays_with_the_input_method(site, page):
    page.goto(site.url)
    field = page.get_by_role("combobox")
    field.click()
    session = page.context.new_cdp_session(page)
    with page.expect_response(re.compile("/search/suggest/")):
        for half in ("ㅊ", "차", "찾", "찾으"):
            session.send(
                "Input.imeSetComposition", {"text": half, "selectionStart": len(half), "selectionEnd": len(half)}
            )
    option = page.get_by_role("option").first
    expect(option).to_contain_text("404")
    page.evaluate(
        "document.getElementById('q').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ArrowDown', isComposing: true, bubbles: true}))"
    )
    expect(option).to_have_attribute("aria-selected", "false")
    expect(page).to_have_url(f"{site.url}/")
    session.send("Input.insertText", {"text": "찾을"})
    expect(field).to_have_value("찾을")


def test_the_only_shortcut_is_a_slash_and_escape_brings_the_place_back(site, page, complaints):
    page.goto(f"{site.url}/404/")
    link = page.get_by_role("link", name="410").last
    link.focus()
    place = page.evaluate("scrollY")
    assert place > 0
    page.keyboard.type("503")
    expect(page.get_by_role("combobox")).to_have_value("")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("gateway")
    expect(page.get_by_role("option").first).to_be_in_viewport()
    assert page.evaluate("scrollY") == place
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == place
    assert complaints == []


def test_the_shortcut_can_be_switched_off_for_good(site, page):
    page.goto(f"{site.url}/404/")
    page.get_by_role("button", name="단축키").click()
    page.goto(f"{site.url}/410/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).not_to_be_focused()
    page.get_by_role("button", name="단축키").click()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_an_arrow_opens_closed_suggestions_and_a_second_escape_keeps_the_text(site, page):
    page.goto(site.url)
    field, options = suggestions_for(page, "gateway")
    field.press("Escape")
    field.press("Escape")
    expect(field).to_have_value("gateway")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")


def test_back_brings_what_was_typed(site, page):
    page.goto(site.url)
    _field, options = suggestions_for(page, "gateway")
    options.first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("combobox")).to_have_value("gateway")


PASTED = """2026/11/27 kim@example.com session=abcdef0123456789
GET /users/kim from 192.0.2.77
HTTP/1.1 429 Too Many Requests
Authorization: Bearer abcdef0123456789
"""


def test_a_pasted_text_keeps_its_lines_and_no_address_has_it(site, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url)
    field = page.get_by_role("combobox")
    field.focus()
    with page.expect_response(re.compile("/search/suggest/")):
        page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
                document.getElementById("q").dispatchEvent(event);
            }""",
            PASTED,
        )
    expect(field).to_have_value(re.compile("77⏎HTTP/1.1 429 Too Many Requests⏎"))
    expect(page.get_by_role("option").first).to_contain_text("429")
    field.press("Enter")
    expect(page).to_have_url(f"{site.url}/429/")  # and nothing more
    page.go_back()
    expect(field).to_have_value(re.compile("HTTP/1.1 429"))
    assert [url for url in asked if re.search(r"kim|abcdef|192\.", url)] == []


LOG_LINE = (
    '192.0.2.77 - kim [27/Nov/2026:10:00:00 +0900] "GET /users/kim?token=abcdef HTTP/1.1" 502 157 "-" "curl/8.5.0"'
)


@pytest.mark.parametrize(
    ("prefix", "read", "all_results", "close"),
    [
        ("", "접속 로그에서 502번을 읽었습니다.", "전체 결과", "닫기"),
        ("/en", "Read 502 from an access log.", "All results", "Close"),
    ],
)
def test_how_a_pasted_line_was_read_is_told_once(site, page, complaints, prefix, read, all_results, close):
    def paste_log_line():
        with page.expect_response("**/search/suggest/**"):  # a busy server would get too little time for the note
            page.get_by_role("combobox").fill(LOG_LINE)
        page.get_by_role("combobox").press("Enter")

    page.goto(f"{site.url}{prefix}/")
    paste_log_line()
    expect(page).to_have_url(f"{site.url}{prefix}/502/")
    note = page.get_by_role("status").filter(has_text=read)
    expect(note).to_be_visible()
    assert_accessible(page)
    assert "kim" not in page.evaluate("JSON.stringify(sessionStorage)")
    note.get_by_role("button", name=close).click()
    expect(note).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(note).to_have_count(0)
    paste_log_line()
    note.get_by_role("link", name=all_results).click()
    expect(page).to_have_url(f"{site.url}{prefix}/search/?all=1&q=502")
    assert complaints == []


def test_what_was_typed_comes_without_a_note(site, page):
    page.goto(site.url)
    page.get_by_role("combobox").fill("nginx 502 에러가 나는데 왜 그런지 알고 싶어요 제발")
    page.get_by_role("combobox").press("Enter")
    expect(page).to_have_url(re.compile("/502/"))
    expect(page.get_by_role("link", name="검색 결과 더 보기")).to_be_visible()
    expect(page.locator(".read")).to_have_count(0)


def test_a_long_paste_does_not_hold_up_the_browser(site, page):
    page.goto(site.url)
    milliseconds = page.evaluate(
        """() => {
            const began = performance.now();
            for (const part of ["a-", "1-", "a/", "x"]) reduce(part.repeat(20000 / part.length));
            return performance.now() - began;
        }"""
    )
    assert milliseconds < 500


def test_open_suggestions_are_accessible(site, page):
    page.goto(site.url)
    suggestions_for(page, "인증")
    assert_accessible(page)


FIRST_SCREEN = """() => {
    const shown = selector => [...document.querySelectorAll(selector)].filter(it => it.checkVisibility());
    const parts = [".hero h1", ".hero .plain", ".answers", ".toc"].map(it => shown(it)[0]);
    const leads = shown(".todo .panel:not([hidden]) .do > li").slice(0, 3).map(it => it.querySelector("span, .lead"));
    return Math.max(...[...parts, ...leads].map(it => it.getBoundingClientRect().bottom));
}"""


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_first_screen_of_every_code_has_the_answer_and_three_steps(site, page, prefix):
    """The steps are those of the reader who most likely came; of each, its lead."""
    below = []
    screens = [(1280, 800), (360, 740)]
    for name in sorted(path.stem for path in (settings.BASE_DIR / "fixtures" / "codes").glob("*.yaml")):
        page.goto(f"{site.url}{prefix}/{name}/", wait_until="domcontentloaded")
        for width, height in screens:
            page.set_viewport_size({"width": width, "height": height})
            end = page.evaluate(FIRST_SCREEN)
            if end > height:
                below.append((name, width, end))
        screens.reverse()  # another size of the window costs as much as another page
    assert not below


def test_what_changes_on_a_page_is_announced_in_a_few_words(site, page):
    page.goto(f"{site.url}/choose/")
    page.get_by_role("searchbox", name="상황으로 찾기").fill("휴지통")
    expect(page.get_by_role("status").filter(has_text="찾은 상황: 1")).to_be_visible()
    page.goto(f"{site.url}/diagnose/")
    page.get_by_role("textbox").fill("HTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n")
    page.get_by_role("button", name="읽기", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="401 권한 없음")).to_have_text(re.compile("어김 1.*확인 2$"))


def test_signs_that_only_decorate_are_not_read_aloud(site, page):
    page.goto(f"{site.url}/502/")
    expect(page.get_by_role("heading", name="의미", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="쓰지 않는 때", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_on_a_phone_the_server_errors_begin_within_four_screens(site, page, path):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.url + path)
    assert page.locator("#class-5").bounding_box()["y"] < 4 * 740
    expect(page.locator(".vendors a").first).to_be_hidden()


def test_what_is_never_folded_on_a_wide_screen_takes_no_focus(site, page):
    page.goto(site.url)
    expect(page.locator(".vendors a").first).to_be_visible()
    summary = page.locator(".vendors > summary").first
    for width, takes_focus in ((1280, False), (360, True)):
        page.set_viewport_size({"width": width, "height": 800})
        assert summary.evaluate("it => (it.focus(), document.activeElement === it)") is takes_focus


def test_the_theme_is_chosen_in_three_steps_and_remembered_before_the_next_page_is_drawn(site, page, complaints):
    def colour():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.emulate_media(color_scheme="light")
    page.goto(site.url)
    light = colour()
    page.get_by_role("button", name="화면: 시스템 설정").click()
    page.get_by_role("button", name="화면: 밝게").click()
    expect(page.get_by_role("button", name="화면: 어둡게")).to_be_visible()
    dark = colour()
    assert dark != light
    # Without the script that names the button, what sets the theme is the one in the head.
    page.route(re.compile("js/site"), lambda route: route.abort())
    page.goto(f"{site.url}/404/")
    assert colour() == dark
    page.unroute_all()
    page.goto(f"{site.url}/404/")
    page.get_by_role("button", name="화면: 어둡게").click()
    assert colour() == light
    page.emulate_media(color_scheme="dark")
    assert colour() == dark


def test_the_whole_admin_works_under_the_content_security_policy(site, page, complaints):
    log_in(site, page, "chief", "/admin/")
    for path in (
        "/admin/", "/admin/codes/statuscode/", "/admin/codes/statuscode/?review=lapsed",
        "/admin/codes/statuscode/add/",
        "/admin/codes/statuscode/404/change/", "/admin/codes/category/4/change/", "/admin/codes/exchange/",
        "/admin/codes/confusiongroup/401-403/change/", "/admin/codes/errortext/",
        "/admin/codes/entrysnapshot/", "/admin/auth/user/add/",
        "/en/admin/codes/statuscode/404/change/", "/admin/codes/statuscode/404/delete/", "/admin/password_change/",
    ):  # fmt: skip
        page.goto(site.url + path)
        expect(page.locator("#content")).to_be_visible()
    page.goto(f"{site.url}/admin/codes/statuscode/404/change/")
    page.locator("#references-group summary").click()
    page.locator(".datetimeshortcuts a").first.click()
    assert complaints == []


def test_text_typed_survives_a_lost_session(site, page):
    log_in(site, page, "editor", "/admin/codes/statuscode/415/change/")
    page.locator("#id_description_ko").fill("한참 동안 쓴 글")
    page.context.clear_cookies()
    page.get_by_role("button", name="저장", exact=True).first.click()
    log_in(site, page, "editor", "/admin/codes/statuscode/415/change/")
    expect(page.locator("#id_description_ko")).not_to_have_value("한참 동안 쓴 글")
    page.get_by_role("button", name="글 되살리기").click()
    expect(page.locator("#id_description_ko")).to_have_value("한참 동안 쓴 글")


def test_a_saved_text_is_not_offered_again(site_to_edit, page):
    log_in(site_to_edit, page, "editor", "/admin/codes/statuscode/415/change/")
    page.locator("#id_keywords").fill("저장한 말")
    page.get_by_label("변경 사유").fill("사유")
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator("#draft")).to_be_hidden()


def log_out(page):
    page.get_by_role("button", name="로그아웃").click()
    expect(page.locator("#logout-form")).to_have_count(0)


def test_logging_out_removes_drafts_and_an_ended_session_hides_them_from_others(site, page):
    def drafts():
        return page.evaluate("Object.entries(sessionStorage).map(String).join()")

    log_in(site, page, "editor", "/admin/codes/statuscode/410/change/")
    page.locator("#id_description_ko").fill("남이 읽으면 안 되는 글")
    assert "남이 읽으면" in drafts()
    log_out(page)
    assert "남이 읽으면" not in drafts()

    log_in(site, page, "editor", "/admin/codes/statuscode/410/change/")
    page.locator("#id_description_ko").fill("끊긴 세션의 글")
    page.context.clear_cookies()
    log_in(site, page, "chief", "/admin/codes/statuscode/410/change/")
    expect(page.locator("#draft")).to_be_hidden()
    assert "끊긴 세션" not in drafts()


def test_a_new_entry_begins_at_its_first_field_and_leaves_no_draft_once_saved(site_to_edit, page):
    log_in(site_to_edit, page, "chief", "/admin/codes/category/add/")
    page.goto(f"{site_to_edit.url}/admin/codes/statuscode/add/")
    expect(page.locator("#id_number")).to_be_focused()
    page.keyboard.type("433")
    page.get_by_label("한국어 이름:", exact=True).fill("새 이름")
    page.get_by_label("영어 이름:", exact=True).fill("New Name")
    page.get_by_role("button", name="초안으로 저장").last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(f"{site_to_edit.url}/admin/codes/statuscode/add/")
    expect(page.locator("#draft")).to_be_hidden()


def test_an_editor_opens_a_preview_beside_the_form(site, page, complaints):
    log_in(site, page, "editor", "/admin/codes/statuscode/415/change/")
    page.get_by_label("영어 이름:", exact=True).fill("A Name Not Saved")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="영어로 미리 보기").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("A Name Not Saved")
    assert complaints == []


def test_a_second_factor_is_set_up_and_switched_off_in_the_admin(site_to_edit, page, complaints):
    log_in(site_to_edit, page, "editor", "/admin/")
    page.get_by_role("link", name="2단계 인증").click()
    code = page.get_by_role("img", name="아래 키의 QR 코드")
    expect(code).to_be_visible()
    code.evaluate("image => image.decode()")  # fails on what is no picture
    key = page.locator("#content-main code").inner_text().replace(" ", "")
    for number, (action, said) in enumerate({"on": "2단계 인증을 켰습니다", "off": "2단계 인증을 껐습니다"}.items()):
        page.goto(f"{site_to_edit.url}/admin/second-factor/")
        form = page.locator("form", has=page.locator(f"#id_{action}_one_time_password"))
        form.get_by_label("일회용 비밀번호").fill(f"{totp(b32decode(key), drift=number):06}")
        form.locator("[type=submit]").click()
        expect(page.get_by_text(said)).to_be_visible()
    assert complaints == []
