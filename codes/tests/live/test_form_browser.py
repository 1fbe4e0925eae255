"""The form of a code in a real browser: what an editor types, sees at once, and saves with few pages."""

import re

import pytest
from playwright.sync_api import expect

from codes.tests.test_exchange_form import PASTED
from codes.tests.tools_needed import needs_chromium

from .test_browser import complaints, log_in  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, needs_chromium]

ADD = "/admin/codes/statuscode/add/"


def tab_to(page, selector):
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _ in range(150):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def type_into(page, **texts):
    for name, text in texts.items():
        tab_to(page, f"#id_{name}")
        page.keyboard.insert_text(text)


@pytest.fixture
def loads(page):
    """The pages that the browser loads, by address."""
    addresses = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    return addresses


def test_a_new_code_with_an_exchange_takes_two_pages_by_keyboard_on_a_phone(site_to_edit, page, loads, complaints):  # noqa: F811
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    log_in(site_to_edit, page, "editor", "/admin/password_change/")
    loads.clear()
    page.goto(site_to_edit.url + ADD)
    expect(page.locator("#id_number")).to_be_focused()
    page.keyboard.type("571")
    tab_to(page, "#id_registration_status")
    page.keyboard.press("End")
    expect(page.locator("#id_registration_status")).to_have_value("vendor")
    type_into(page, name_ko="새 코드", name_en="New Code", summary_ko="새로운 코드입니다.", summary_en="A new code.")
    type_into(page, description_ko="뜻", description_en="Meaning")
    tab_to(page, "#references-group summary")
    page.keyboard.press("Enter")
    tab_to(page, "#references-group .add-row a")
    page.keyboard.press("Enter")
    type_into(page, **{"references-0-spec": "nginx", "references-0-url": "https://nginx.example/"})
    tab_to(page, "#exchanges-group summary")
    page.keyboard.press("Enter")
    type_into(page, **{"exchanges-0-title_ko": "끊긴 연결", "exchanges-0-raw_ko": PASTED})
    drawn = page.locator("#exchanges-0 [data-drawn]")
    expect(drawn.locator(".flow > li")).to_have_count(4)
    expect(page.get_by_label("메시지 4: 보내는 쪽")).to_have_value("gateway")
    tab_to(page, "[name$=correct_lengths]")
    page.keyboard.press("Space")
    expect(page.locator("#id_exchanges-0-raw_ko")).to_have_value(re.compile("Content-Length: 27"))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tab_to(page, "[name=_publish]")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert len(loads) == 2  # the form, and where its save leads
    page.goto(f"{site_to_edit.url}/571/")
    expect(page.locator(".flow > li")).to_have_count(4)
    assert complaints == []


def test_messages_are_moved_with_the_mouse_and_with_arrows(site, page, complaints):  # noqa: F811
    log_in(site, page, "editor", ADD)
    page.locator("#exchanges-group summary").click()
    page.locator("#id_exchanges-0-raw_ko").fill("\n---\n".join(f"GET /{n} HTTP/1.1" for n in range(3)))
    heads = page.locator("#exchanges-0 .steps .head")
    expect(heads).to_have_count(3)
    rows = page.locator("#exchanges-0 .steps > li")
    rows.nth(1).evaluate("row => row.scrollIntoView({block: 'center'})")
    rows.nth(0).locator(".handle").drag_to(rows.nth(2))
    expect(heads).to_have_text(["GET /1 HTTP/1.1", "GET /2 HTTP/1.1", "GET /0 HTTP/1.1"])
    rows.nth(2).locator(".handle").press("ArrowUp")
    expect(heads).to_have_text(["GET /1 HTTP/1.1", "GET /0 HTTP/1.1", "GET /2 HTTP/1.1"])
    expect(rows.nth(1).locator(".handle")).to_be_focused()
    expect(page.locator("#id_exchanges-0-raw_ko")).to_have_value(re.compile(r"^GET /1.*\n---\nGET /0"))
    page.locator("#exchanges-group .add-row a").click()
    page.locator("#id_exchanges-1-title_ko").fill("둘째")
    page.locator("#id_exchanges-1-raw_ko").fill("GET / HTTP/1.1")
    expect(page.locator("#exchanges-1 .flow > li")).to_have_count(1)
    expect(page.locator("#exchanges-1 .field-title_ko .length").first).to_have_text("2/120")
    assert complaints == []


def test_a_message_that_is_no_message_is_told_while_it_is_typed(site, page):
    log_in(site, page, "editor", ADD)
    page.locator("#exchanges-group summary").click()
    page.locator("#id_exchanges-0-raw_ko").fill("GET / HTTP/1.1\n---\nHTTP/1.1")
    error = page.locator("#exchanges-0 .errorlist", has_text="메시지 2:")
    expect(error).to_be_visible()
    assert error.bounding_box()["y"] > page.locator("#id_exchanges-0-raw_ko").bounding_box()["y"]


def test_the_error_of_a_table_s_field_stands_below_it(site, page):
    log_in(site, page, "editor", "/admin/codes/statuscode/415/change/")
    page.locator("#references-group summary").click()
    url = page.locator("#id_references-0-url")
    url.fill("http://www.rfc-editor.org/")
    page.locator("[name=_continue]").first.click()
    error = page.locator("#references-0 .errorlist")
    expect(error).to_be_visible()
    assert error.bounding_box()["y"] > url.bounding_box()["y"]


def test_the_form_counts_previews_and_keeps_its_sections_open(site_to_edit, page, complaints):  # noqa: F811
    log_in(site_to_edit, page, "editor", "/admin/codes/statuscode/415/change/")
    page.get_by_label("한국어 한 줄 설명").fill("가" * 58)
    said = page.locator(".fieldBox.field-summary_ko .length")
    expect(said).to_have_text("58/60")
    page.get_by_label("한국어 한 줄 설명").fill("가" * 61)
    expect(said).to_have_class(re.compile("over"))
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_label("한국어 한 줄 설명")).to_be_focused()
    page.get_by_label("한국어 한 줄 설명").fill("짧은 설명입니다.")

    page.locator("#id_description_ko").fill("## 제목\n\n**굵게** [403](code:403)")
    preview = page.locator(".field-description_ko .markdown-preview").first
    expect(preview).to_contain_text("입력한 그대로 보입니다: 제목.")
    expect(preview.locator("strong")).to_have_text("굵게")

    page.locator("#advice-group summary").click()
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator("#id_advice-0-text_ko")).to_be_visible()
    assert complaints == []


def test_without_script_an_exchange_is_pasted_and_read_on_saving(site_to_edit, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(site_to_edit, page, "editor", "/admin/codes/statuscode/415/change/")
    page.locator("#exchanges-group summary").click()
    new = page.locator("#exchanges-group .inline-related:not(.empty-form)").last
    new.get_by_label("제목 (한국어)").fill("붙여 넣은 예시")
    new.get_by_label("메시지 (한국어)").fill(PASTED)
    page.locator("[name=_continue]").last.click()
    expect(page.get_by_text("본문은 27바이트입니다").first).to_be_visible()
    page.locator("#exchanges-group summary").click()
    expect(page.get_by_label("메시지 4: 보내는 쪽").last).to_have_value("gateway")
    context.close()
