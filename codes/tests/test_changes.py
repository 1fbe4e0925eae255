"""The page of changes and its feed: lines that editors write with a save."""

import datetime
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import fixtures
from codes.models import Announcement, EntrySnapshot, Revision, StatusCode
from codes.tests.html_forms import fields_of, form_of, press

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LINES = {"announcement_ko": "이름을 바로잡았습니다.", "announcement_en": "Corrected the <name>."}


@pytest.fixture
def saved(editor, small_form):
    """Save a change of a code together with its line."""
    path, data = small_form
    assert editor.post(path, data | {"name_ko": "고친 이름"} | LINES).status_code == 302
    return Announcement.objects.get(about="statuscode 433")


def test_a_save_that_is_told_stands_on_the_page_in_both_languages_with_its_date_from_the_history(saved):
    reader = Client()
    assert saved.announced_at == EntrySnapshot.objects.first().saved_at.replace(microsecond=0)
    for path, name, line in (
        ("/changes/", "433 고친 이름", "이름을 바로잡았습니다."),
        ("/en/changes/", "433 Small Entry", "Corrected the &lt;name&gt;."),
    ):
        page = reader.get(path)
        assertContains(page, name)
        assertContains(page, line)
        assert page.context["days"][0][1][0]["slug"] == saved.slug
        first, *_older = feed(reader, path.replace("changes/", "feed.atom")).iter(f"{ATOM}entry")
        assert first.find(f"{ATOM}title").text.startswith(name)


def test_a_line_in_one_language_only_is_refused_and_nothing_is_saved(editor, small_form):
    path, data = small_form
    page = editor.post(path, data | {"name_ko": "고친 이름", "announcement_ko": "한 언어만"})
    assertContains(page, "두 언어로 모두 적거나, 둘 다 비워 둡니다.")
    assert not StatusCode.objects.filter(name_ko="고친 이름").exists()
    page = editor.post(path, data | LINES | {"announcement_en": "x" * 161})
    assert page.context["errors"]


def test_a_preview_tells_nobody(editor, small_form):
    before = Announcement.objects.count()
    _path, data = small_form
    preview = reverse("admin:codes_statuscode_preview", args=[433])
    assertContains(editor.post(preview, data | LINES | {"_preview": "ko"}), "작은 항목")
    assert Announcement.objects.count() == before


def test_a_line_written_afterwards_is_of_the_same_save_and_takes_the_place_of_the_first(saved, editor):
    path, data = form_of(editor, 433)
    editor.post(path, data | {"announcement_ko": "더 나은 글", "announcement_en": "A better line"})
    assert Announcement.objects.get(about="statuscode 433").pk == saved.pk
    assert Announcement.objects.get(pk=saved.pk).line_en == "A better line"


def test_a_line_outlives_restoring_and_its_entry_and_can_be_taken_back(saved, editor, client):
    first = EntrySnapshot.objects.filter(key="statuscode 433").last()
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[first.pk]))
    press(editor, page, reverse("admin:codes_entrysnapshot_restore", args=[first.pk]))
    assertContains(client.get("/changes/"), "433 작은 항목")
    StatusCode.objects.get(number=433).delete()
    page = client.get("/changes/")
    assertContains(page, saved.line_ko)
    assertNotContains(page, "/433/")
    address = editor.get(reverse("admin:codes_announcement_delete", args=[saved.pk])).url
    editor.post(address, {"post": "yes"})
    assertNotContains(client.get("/changes/"), saved.line_ko)


def test_an_export_keeps_the_lines_for_a_new_installation(saved, tmp_path, monkeypatch):
    kinds = {Announcement: fixtures.DETAILS_OF[Announcement]}  # no other file is looked at here
    monkeypatch.setattr("codes.editing.fixtures.exporting.DETAILS_OF", kinds)
    fixtures.export(tmp_path)
    (tmp_path / "changes.yaml").rename(tmp_path / "kept.yaml")
    entries = fixtures.read(tmp_path / "kept.yaml")
    assert f"announcement {saved.pk}" in [entry.key for entry in entries]
    Announcement.objects.all().delete()
    for entry in entries:
        fixtures.save_entry(entry)
    again = Announcement.objects.get(pk=saved.pk)
    assert (again.announced_at, again.line_ko, again.about) == (saved.announced_at, saved.line_ko, saved.about)


def test_a_line_about_many_entries_is_added_by_itself(editor, client):
    path = reverse("admin:codes_announcement_add")
    data = fields_of(editor.get(path), "announcement_form")
    assert "announcement_ko" not in data
    data |= {"slug": "new-errors", "announced_at_0": "2026-11-27", "announced_at_1": "10:00:00"}
    data |= {"line_ko": "여러 메시지를 더했습니다.", "line_en": "Added messages."}
    assertContains(editor.post(path, data | {"about": "nowhere"}), "이 이름의 항목이나 페이지가 없습니다.")
    assert editor.post(path, data | {"about": "errors"}).status_code == 302
    assertContains(client.get("/en/changes/"), '<a href="/en/errors/">Added messages.</a>')


def test_the_pages_of_changes_have_one_address_each(client, django_assert_num_queries):
    at = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    Announcement.objects.bulk_create(
        Announcement(slug=f"line-{number}", announced_at=at, about=f"statuscode {400 + number % 10}", line_ko="글")
        for number in range(60)
    )
    Revision.advance()
    with django_assert_num_queries(3):  # how many, the lines, the codes
        assertContains(client.get("/changes/"), 'href="?page=2"')
    assertContains(client.get("/changes/?page=2"), 'href="/changes/"')
    for page in ("1.0", "0", "3", "x"):
        assert client.get("/changes/", {"page": page}).status_code == 404


def feed(client, path):
    response = client.get(path)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response.headers["Cache-Control"].startswith("public,")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return ElementTree.fromstring(response.content)


@pytest.mark.parametrize(("path", "language"), [("/feed.atom", "ko"), ("/en/feed.atom", "en")])
def test_the_feed_is_what_rfc_4287_requires(client, path, language):
    root = feed(client, path)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == Announcement.objects.count() > 5
    for element in (root, *entries):
        # Exactly one of each (sections 4.1.1 and 4.1.2), and a time with an offset (section 3.3).
        title, updated, guid = (element.findall(f"{ATOM}{name}") for name in ("title", "updated", "id"))
        assert (len(title), len(updated), len(guid)) == (1, 1, 1)
        assert title[0].text.strip()
        assert datetime.datetime.fromisoformat(updated[0].text).tzinfo
        assert guid[0].text.startswith(f"tag:status.example,2026:{language}/changes")
        (alternate,) = (link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate")
        assert alternate.get("href").startswith("https://status.example/")
    ids = [each.text for each in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    assert root.find(f"{ATOM}author/{ATOM}name").text
    (own,) = (link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert own.get("href") == f"https://status.example{path}"
    assert root.find(f"{ATOM}updated").text == max(each.find(f"{ATOM}updated").text for each in entries)


def test_the_home_page_and_the_page_of_changes_name_the_feed_and_no_other(client):
    for path in ("/", "/changes/"):
        assertContains(client.get(path), 'type="application/atom+xml" href="/feed.atom"')
    assertNotContains(client.get("/404/"), "atom")
    assert client.get("/feed.atom/").headers["Content-Type"] == "application/problem+json"
