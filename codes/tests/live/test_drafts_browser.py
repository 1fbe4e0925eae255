"""From a public page to its form, and through a draft back to the page, as an editor does it."""

import re

import pytest
from playwright.sync_api import expect

from codes.tests.tools_needed import needs_chromium

from .servers import PASSWORD, wait_for

pytestmark = [pytest.mark.browser, needs_chromium]


def log_in(site, page):
    page.goto(f"{site.url}/admin/login/")
    page.locator("#id_username").fill("editor")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.locator("#logout-form")).to_be_visible()


def edit_links(page):
    return page.locator("a.edit")


def test_an_editor_goes_from_a_section_to_its_field_and_publishes_a_draft_of_it(site_to_edit, page):
    site, said = site_to_edit, []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/415/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(edit_links(page)).to_have_count(0)

    log_in(site, page)
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.goto(f"{site.url}/en/415/")
    expect(page.get_by_role("link", name="Edit this entry")).to_have_attribute(
        "href", "/en/admin/codes/statuscode/415/change/"
    )
    page.goto(f"{site.url}/415/")
    expect(page.get_by_role("link", name="이 항목 편집")).to_be_in_viewport()
    page.locator("h2#vendors a.edit, h2#sources a.edit").last.click()
    expect(page.locator("#references-group details")).to_have_attribute("open", "")
    page.go_back()
    page.locator("h2#meaning a.edit").click()
    meaning = page.locator("#id_description_ko")
    expect(meaning).to_be_focused()
    expect(meaning).to_be_in_viewport()
    loads.clear()

    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n초안에 덧붙인 문장입니다.")
    page.get_by_role("button", name="초안으로 저장").last.click()
    expect(page.locator(".draft-notice ins")).to_contain_text("초안에 덧붙인 문장입니다.")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="한국어로 미리 보기").click()
    preview = opened.value
    expect(preview.get_by_role("note")).to_contain_text("초안 미리 보기")
    expect(preview.get_by_role("note")).to_be_in_viewport()
    assert preview.get_by_role("note").evaluate("each => getComputedStyle(each).position") == "fixed"
    expect(preview.get_by_text("초안에 덧붙인 문장입니다.")).to_be_visible()
    preview.close()
    page.get_by_role("button", name="게시", exact=True).first.click()
    page.locator(".messagelist .success").get_by_role("link", name=re.compile("^415")).click()
    expect(page).to_have_url(f"{site.url}/415/")
    assert len(loads) == 3, "the draft, the list with its message, the page"
    # Until each process has noticed, for a quarter of a second, it may answer with the page before.
    wait_for(lambda: page.reload() and page.get_by_text("초안에 덧붙인 문장입니다.").count())

    page.goto(f"{site.url}/admin/")
    page.get_by_role("button", name="로그아웃").click()
    expect(page.locator("#logout-form")).to_have_count(0)
    page.goto(f"{site.url}/415/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(edit_links(page)).to_have_count(0)
    assert said == []
