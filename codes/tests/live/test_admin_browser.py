"""An editor's errands beside the forms, on a phone, in the dark and by keyboard, and a reader who writes back."""

import json
import re

import pytest
from playwright.sync_api import expect

from codes.tests.tools_needed import needs_chromium

from .servers import ADD_ACCOUNTS, PASSWORD, make_site
from .test_browser import assert_accessible

pytestmark = [pytest.mark.browser, needs_chromium]

PREPARE = """
import json
from django.contrib.auth.models import User
from django_otp.plugins.otp_totp.models import TOTPDevice
from codes.editing import history
from codes.models import StatusCode
from statuscodes.accounts.second_factor import make_recovery_codes
editor = User.objects.get(username="editor")
TOTPDevice.objects.create(user=editor, name="phone", confirmed=True)
history.record("statuscode 598")
StatusCode.objects.get(number=598).delete()
history.record("statuscode 598", User.objects.get(username="chief"))
print(json.dumps(make_recovery_codes(editor)))
"""


@pytest.fixture(scope="module")
def admin_site(tmp_path_factory):
    """A served site that takes reports, an editor with a second factor, and the editor's recovery codes."""
    site = make_site(tmp_path_factory.mktemp("admin"), changed=ADD_ACCOUNTS)
    # Lines of the log, written by another thread, may stand around them.
    (codes,) = (json.loads(line) for line in site.shell(PREPARE).splitlines() if line.startswith("["))
    with site.serving(env={"READER_REPORTS": "true"}) as server:
        site.url = server.url
        yield site, codes


@pytest.fixture
def phone(page, admin_site):
    """A page of 360 pixels in the dark, and how many pages it has loaded."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    page.loads = []
    page.on("framenavigated", lambda frame: page.loads.append(frame.url))
    return page


def assert_fits(page):
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def log_in(phone, admin_site):
    """Log in by keyboard alone: name, password, and on the next page a recovery code."""
    site, codes = admin_site
    phone.goto(f"{site.url}/admin/")
    expect(phone.get_by_label("사용자 이름")).to_be_focused()
    phone.keyboard.type("editor")
    phone.keyboard.press("Tab")
    phone.keyboard.type(PASSWORD)
    expect(phone.get_by_label("비밀번호:", exact=True)).to_have_value(PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/admin/login/code/")
    assert_fits(phone)
    expect(phone.get_by_label("일회용 비밀번호")).to_be_focused()
    phone.keyboard.type(codes.pop())
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("복구 코드로 로그인했습니다")).to_be_visible()


def test_an_editor_logs_in_in_two_steps_with_a_recovery_code(admin_site, phone):
    site, _codes = admin_site
    log_in(phone, admin_site)
    assert phone.url == f"{site.url}/admin/"
    assert len(phone.loads) == 3
    assert_fits(phone)
    phone.context.clear_cookies()
    phone.goto(f"{site.url}/admin/login/code/")
    expect(phone.get_by_text("처음부터 다시")).to_be_visible()


def test_an_editor_finds_a_deleted_entry_and_restores_it(admin_site, phone):
    site, _codes = admin_site
    log_in(phone, admin_site)
    phone.loads.clear()
    phone.get_by_role("link", name="지운 항목", exact=True).press("Enter")
    expect(phone.get_by_text("상태코드 598", exact=True)).to_be_visible()
    assert_fits(phone)
    phone.get_by_role("button", name=re.compile("^되돌리기.*상태코드 598$")).press("Enter")
    expect(phone.get_by_text("항목을 그 버전으로 되돌렸습니다")).to_be_visible()
    assert phone.url == f"{site.url}/admin/codes/statuscode/598/change/"
    assert len(phone.loads) == 2
    assert phone.goto(f"{site.url}/598/").status == 200


def test_a_reader_reports_a_mistake_and_an_editor_handles_it(admin_site, phone):
    site, _codes = admin_site
    phone.goto(f"{site.url}/404/")
    phone.get_by_role("link", name="고칠 곳 알리기: 사실").press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("고칠 곳 알리기")
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_label("무엇이 틀렸거나 빠졌나요?").fill("캐시 줄의 절이\n다릅니다.")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("고맙습니다")
    assert phone.context.cookies() == []

    log_in(phone, admin_site)
    phone.get_by_role("link", name="/404/#facts").press("Enter")
    expect(phone.get_by_text("캐시 줄의 절이")).to_be_visible()
    form = phone.get_by_role("link", name="항목의 양식")
    expect(form).to_have_attribute("href", "/admin/codes/statuscode/404/change/")
    phone.get_by_label("상태").select_option("done")
    phone.get_by_role("button", name="저장", exact=True).press("Enter")
    expect(phone.get_by_text("독자의 의견 저장함")).to_be_visible()
    phone.goto(f"{site.url}/admin/")
    expect(phone.get_by_text("처리 전 의견")).to_have_count(0)


def test_the_page_of_changes_leads_to_the_entries_and_to_the_feed(admin_site, phone):
    site, _codes = admin_site
    phone.goto(f"{site.url}/changes/")
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_role("link", name="208 ").press("Enter")
    phone.wait_for_url("**/208/")
    phone.go_back()
    with phone.expect_response("**/feed.atom") as got:
        phone.evaluate("fetch(document.querySelector('link[type=\"application/atom+xml\"]').href)")
    assert got.value.headers["content-type"] == "application/atom+xml; charset=utf-8"
