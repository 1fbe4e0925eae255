"""Take the pictures of the editors' handbook again, in both languages.

They are taken from a running site with a database of its own, because the entries are edited on the way:

    export DATABASE_URL=sqlite:////tmp/handbook.sqlite3 DJANGO_SUPERUSER_PASSWORD=four-random-words-here
    .venv/bin/python manage.py migrate && .venv/bin/python manage.py load_catalogue
    .venv/bin/python manage.py shell -c "$(.venv/bin/python -m tools.handbook_pictures --editors)"
    make run PORT=8123
    .venv/bin/python -m tools.handbook_pictures http://127.0.0.1:8123     # in another terminal

Needs Debian's chromium.
"""

import argparse
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH = 1100  # pixels
MAX_COLOURS = 48
EDITORS = ("mina", "juno")
TOLD = {"ko": "한 줄 설명을 더 짧게 고쳤습니다.", "en": "Shortened the summary."}
MAKE_EDITORS = f"""
import os
from collections import Counter
from codes.editing import history
from codes.models import ReaderReport, StatusCode
from codes.search import missed_searches
from django.contrib.auth.models import Group, User
for name in {EDITORS}:
    user = User.objects.create_user(name, password=os.environ["DJANGO_SUPERUSER_PASSWORD"], is_staff=True)
    user.groups.add(Group.objects.get(name="편집자"))
history.record("statuscode 598")
StatusCode.objects.get(number=598).delete()
history.record("statuscode 598", user, "599와 같은 뜻")
ReaderReport.objects.create(text="캐시 줄의 절 번호를 다시 봐 주세요.", path="/404/", section="facts", language="ko")
text = "The example lacks Retry-After."
ReaderReport.objects.create(text=text, path="/en/429/", section="exchange", language="en")
missed_searches.add(Counter({{"웹소켓 끊김": 12, "graphql 오류": 7, "cookie expired": 3}}))
"""


@dataclass
class Story:
    """What is edited for the pictures in one language."""

    language: str
    prefix: str  # of addresses
    number: int
    summary: str
    summary_reason: str
    other_language_was: str  # a part of the summary in the other language
    other_language_is: str
    misunderstanding: tuple[str, str]  # a part of it, and what takes its place
    misunderstanding_reason: str
    history_addition: str
    draft: dict[str, str]  # of a new code: texts by their fields
    markdown: str  # with a heading, which pages do not have


STORIES = [
    Story(
        language="ko",
        prefix="",
        number=404,
        summary="요청한 주소에 보여 줄 것이 없거나, 있어도 알려 주지 않습니다.",
        summary_reason="더 짧게",
        other_language_was="the server will not say whether there is",
        other_language_is="the server keeps it to itself",
        misunderstanding=("지금 찾지 못했다는 뜻이며", "지금 찾지 못했다는 뜻일 뿐이며"),
        misunderstanding_reason="뜻을 더 분명히",
        history_addition=" RFC 2616을 거쳤습니다.",
        draft={"number": "472", "name_ko": "예시 항목", "name_en": "Example Entry"},
        markdown="## 뜻\n\n요청한 것을 **찾지 못했습니다**. 영영 사라졌다면 [410](code:410)입니다.",
    ),
    Story(
        language="en",
        prefix="/en",
        number=403,
        summary="The server understood the request but refuses it.",
        summary_reason="Shorter",
        other_language_was="허락하지 않아 거부했습니다",
        other_language_is="받아들이지 않았습니다",
        misunderstanding=("does not always mean", "need not mean"),
        misunderstanding_reason="Say it more clearly",
        history_addition=" Also in RFC 2616.",
        draft={"number": "473", "name_ko": "예시 항목", "name_en": "Example Entry"},
        markdown="## Meaning\n\nThe server **refuses** the request. Without a login it is [401](code:401).",
    ),
]


class Photographer:
    """Two editors at work, and a camera behind the first."""

    def __init__(self, browser: Browser, site: str, story: Story) -> None:
        self.site, self.story = site, story
        self.mina, self.juno = (self._log_in(browser, name) for name in EDITORS)
        self.form = f"/codes/statuscode/{story.number}/change/"

    def _log_in(self, browser: Browser, name: str) -> Page:
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        self.open(page, "/")
        page.fill("#id_username", name)
        page.fill("#id_password", os.environ["DJANGO_SUPERUSER_PASSWORD"])
        page.click("input[type=submit]")
        page.wait_for_selector("#user-tools")
        return page

    def open(self, page: Page, path: str) -> None:
        """Open a page of the admin."""
        page.goto(f"{self.site}{self.story.prefix}/admin{path}")

    def save(self, page: Page, reason: str = "") -> None:
        """Save the form, and wait for the message about it."""
        page.fill("#id_reason", reason)
        page.locator("input[name=_continue]").last.click()
        page.wait_for_selector(".messagelist .success, .conflict")

    def take(self, name: str, height: int, top: Locator | None = None) -> None:
        """Take a picture of the page from its top, or from somewhat above an element."""
        from PIL import Image

        self.mina.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
        begins = (top.bounding_box() or {"y": 0})["y"] - 60 if top else 0
        clip = {"x": 0, "y": begins, "width": WIDTH, "height": height}
        picture = Image.open(io.BytesIO(self.mina.screenshot(clip=clip, full_page=True))).convert("RGB")
        path = PICTURES / f"{name}-{self.story.language}.png"
        picture.quantize(MAX_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path.name, path.stat().st_size)

    def take_draft(self) -> None:
        """Begin a new code as a draft."""
        mina = self.mina
        self.open(mina, "/codes/statuscode/add/")
        for field, text in self.story.draft.items():
            mina.fill(f"#id_{field}", text)
        mina.select_option("#id_registration_status", "vendor")
        mina.locator("button[name=_draft]").last.click()
        mina.wait_for_selector(".draft-notice")
        self.take("draft", 760)

    def take_admin_pages(self) -> None:
        """Take what is beside the forms. What was deleted and what readers sent is in the database already."""
        mina = self.mina
        self.open(mina, self.form)
        for language, line in TOLD.items():
            mina.fill(f"#id_announcement_{language}", line)
        self.take("announcement", 330, mina.locator(".reason"))
        self.open(mina, "/codes/entrysnapshot/deleted/")
        self.take("deleted", 260)
        self.open(mina, "/")
        self.take("from-readers", 330, mina.locator(".from-readers"))

    def take_all(self) -> None:
        """Do what the handbook tells, and take a picture at each step."""
        self.open(self.mina, self.form)
        self.take("form", 860)
        self.take_review_queue()
        self.take_conflict()
        self.take_restore()
        self.take_table()
        self.take_draft()
        self.take_admin_pages()
        self.take_previews()

    def take_review_queue(self) -> None:
        """Change the summary in one language, so that the other is outdated."""
        story, mina = self.story, self.mina
        mina.fill(f"#id_summary_{story.language}", story.summary)
        self.save(mina, story.summary_reason)
        self.open(mina, "/")
        self.take("review-queue", 620)

    def take_conflict(self) -> None:
        """Let both editors open the form, and the first save after the second."""
        story, mina, juno = self.story, self.mina, self.juno
        self.open(mina, self.form)
        self.open(juno, self.form)
        field = f"#id_misunderstanding_{story.language}"
        juno.fill(field, juno.input_value(field).replace(*story.misunderstanding, 1))
        self.save(juno, story.misunderstanding_reason)
        field = f"#id_history_{story.language}"
        mina.fill(field, mina.input_value(field) + story.history_addition)
        self.save(mina)
        self.take("conflict", 660)

    def take_restore(self) -> None:
        """Open the snapshot before the newest."""
        story, mina = self.story, self.mina
        self.open(mina, f"/codes/entrysnapshot/?key=statuscode+{story.number}")
        mina.locator("#result_list tbody tr").nth(1).locator("a").first.click()
        self.take("restore", 650)

    def take_table(self) -> None:
        """Download a translators' table, change a text, and upload it."""
        story, mina = self.story, self.mina
        self.open(mina, f"/codes/statuscode/?q={story.number}")
        mina.check("input.action-select >> nth=0")
        mina.select_option("select[name=action]", "export_csv")
        with mina.expect_download() as download:
            mina.click("button[name=index] >> nth=0")
        table = download.value.path().read_text(encoding="utf-8")
        table = table.replace(story.other_language_was, story.other_language_is, 1)
        self.open(mina, "/codes/statuscode/texts/")
        mina.set_input_files("#table", {"name": "table.csv", "mimeType": "text/csv", "buffer": table.encode()})
        mina.locator("input[type=submit]").last.click()
        mina.wait_for_selector("table.changes")
        self.take("table", 440)

    def take_previews(self) -> None:
        """Type Markdown, and open an exchange."""
        story, mina = self.story, self.mina
        self.open(mina, self.form)
        text = mina.locator(f"#id_description_{story.language}")
        text.fill(story.markdown)
        mina.wait_for_selector(".markdown-preview .warning:not(:empty)")
        self.take("markdown", 400, text)

        self.open(mina, "/codes/statuscode/502/change/")
        mina.locator("#exchanges-group summary").click()
        mina.locator(f"#id_exchanges-0-raw_{story.language}").focus()
        mina.wait_for_selector("#exchanges-0 .flow > li >> nth=2")
        self.take("exchange", 980, mina.locator("#exchanges-0 h3"))


def main() -> None:
    """Take all pictures, or print the code that makes the editors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", help="address of the running site")
    parser.add_argument("--editors", action="store_true", help="print the code that makes the two editors")
    options = parser.parse_args()
    if options.editors:
        print(MAKE_EDITORS)
        return
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for story in STORIES:
            Photographer(chromium, options.site, story).take_all()


if __name__ == "__main__":
    main()
