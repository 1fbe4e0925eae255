"""What readers leave for the editors: reports, and searches that found nothing."""

from collections import Counter
from datetime import date

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes import search
from codes.models import MissedSearch, ReaderReport, Revision
from codes.search import missed_searches
from codes.tests.html_forms import fields_of
from codes.views import reports
from statuscodes.page_cache.poller import RevisionPoller
from statuscodes.page_cache.wsgi import PageCache
from statuscodes.web.clients import RateLimit

pytestmark = pytest.mark.django_db

ABOUT_FACTS = "/report/?about=%2F404%2F%23facts"


@pytest.fixture
def open_to_reports(settings, monkeypatch):
    settings.READER_REPORTS = True
    monkeypatch.setattr(reports, "limit", RateLimit(tries=2, total=3, window=60))


def send(client, text, address=ABOUT_FACTS, **headers):
    return client.post(address, f"text={text}", content_type="application/x-www-form-urlencoded", **headers)


@pytest.mark.parametrize("path", ["/report/", "/report/thanks/", "/en/report/"])
def test_without_the_setting_there_is_no_form_and_no_link(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code in (404, 405)
    assertNotContains(client.get("/404/"), "/report/")


def test_a_report_without_cookie_or_token_reaches_the_editors_with_its_section(open_to_reports, editor):
    reader = Client(enforce_csrf_checks=True)
    page = reader.get("/404/")
    assertContains(page, f'href="{ABOUT_FACTS}"')
    form = reader.get(ABOUT_FACTS)
    assertContains(form, 'href="/404/#facts"')
    assert form.headers["Cache-Control"].startswith("public,")
    revision = Revision.current()
    answer = send(reader, "%EC%A0%88%201%0D%0A%EC%A0%88%202%00%1B")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store")
    assertRedirects(answer, "/report/thanks/", status_code=303)
    assert not reader.cookies
    report = ReaderReport.objects.get()
    assert (report.text, report.path, report.section, report.language) == ("절 1\n절 2", "/404/", "facts", "ko")
    assert Revision.current() == revision  # no page has changed
    # The editors' side
    assertContains(editor.get(reverse("admin:index")), "/404/#facts")
    listed = editor.get(reverse("admin:codes_readerreport_changelist"), {"state__exact": "open"})
    assertContains(listed, reverse("admin:codes_statuscode_change", args=[404]))
    chosen = {"action": "mark_done", "_selected_action": [report.pk]}
    assertContains(editor.post(reverse("admin:codes_readerreport_changelist"), chosen, follow=True), "의견 1개를")
    assertNotContains(editor.get(reverse("admin:index")), "/404/#facts")
    page = editor.get(reverse("admin:codes_readerreport_change", args=[report.pk]))
    assert fields_of(page, "readerreport_form")["state"] == "done"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "적어 주세요"), ("%20%0D%0A", "적어 주세요"), ("%00", "적어 주세요"), ("x" * 2001, "지금은 2001자입니다")],
)
def test_what_is_no_report_comes_back_with_a_reason_and_the_text(open_to_reports, client, text, said):
    answer = send(client, text)
    assertContains(answer, said, status_code=400)
    assert answer.headers["Cache-Control"] == "no-store"
    assertContains(answer, text[:50] if text.isalpha() else "<textarea", status_code=400)
    assert not ReaderReport.objects.exists()


def test_a_text_of_2000_characters_with_line_ends_is_taken(open_to_reports, client):
    assert send(client, "%EA%B0%80" * 1_998 + "%0D%0A" + "x").status_code == 303
    assert len(ReaderReport.objects.get().text) == 2_000


@pytest.mark.parametrize(
    "about", ["//evil.example/", "https://evil.example/", "/404/?q=1", "404", "", "/" + "x" * 300, "/a b/", "/\u202e/"]
)
def test_a_form_about_no_page_of_this_site_is_not_found(open_to_reports, client, about):
    assert client.get("/report/", {"about": about}).status_code == 404


def test_other_sites_and_other_content_are_refused(open_to_reports, client):
    assert send(client, "x", HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert send(client, "x", HTTP_ORIGIN="https://evil.example").status_code == 403
    for origin in ("null", "", "http://[", "http://\u2100/", "http://testserver@evil.example"):
        assert send(client, "x", HTTP_ORIGIN=origin).status_code == 403
    assert client.post("/report/", {"text": "multipart"}).status_code == 400
    assert send(client, "x" * 30_000).status_code == 400
    assert client.put("/report/").status_code == 405
    assert not ReaderReport.objects.exists()
    own = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}
    assert send(client, "x", **own).status_code == 303


def test_a_client_may_send_a_few_and_all_clients_together_some_more(open_to_reports, client):
    assert [send(client, "x", REMOTE_ADDR="192.0.2.1").status_code for _ in range(3)] == [303, 303, 429]
    # A form that was refused does not count.
    assert send(client, "", REMOTE_ADDR="192.0.2.2").status_code == 400
    assert send(client, "x", REMOTE_ADDR="192.0.2.2").status_code == 303
    answer = send(client, "x", REMOTE_ADDR="192.0.2.3")
    assertContains(answer, "1분 뒤에", status_code=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_the_limit_forgets_clients_and_holds_a_bounded_number(rf, monkeypatch):
    limit = RateLimit(tries=1, total=10**6, window=60)
    monkeypatch.setattr(RateLimit, "MAX_CLIENTS", 10)
    for number in range(50):
        assert limit.wait(rf.get("/", REMOTE_ADDR=f"192.0.2.{number}")) == 0
    assert len(limit.seen) == 10
    assert limit.wait(rf.get("/", REMOTE_ADDR="192.0.2.49")) > 0
    assert b"192.0.2" not in b"".join(limit.seen)


def test_when_too_many_wait_a_reader_is_told_so_and_the_oldest_done_ones_go(open_to_reports, client, monkeypatch):
    monkeypatch.setattr(ReaderReport, "MAX_OPEN", 1)
    assert send(client, "first").status_code == 303
    answer = send(client, "second")
    assertContains(answer, "며칠 뒤에", status_code=503)
    assert "Retry-After" in answer.headers
    monkeypatch.setattr(ReaderReport, "MAX_DONE", 2)
    for text in "abc":
        ReaderReport.objects.create(text=text, path="/", language="ko", state="done")
    ReaderReport.drop_oldest_done()
    assert set(ReaderReport.objects.values_list("text", flat=True)) == {"first", "b", "c"}


def test_the_page_cache_knows_the_query_of_the_form(open_to_reports):
    cache = PageCache(lambda *_: [], RevisionPoller())
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/report/", "wsgi.url_scheme": "https"}
    queries = ("about=/404/", "about=/500/", "about=/404/&tracking=1")
    keys = {cache._key(environ | {"QUERY_STRING": query}) for query in queries}
    assert len(keys) == 2


def test_readers_reports_lead_to_the_form_of_whatever_they_are_about(editor):
    for path, section, form in (
        ("/en/401/code/", "", "statuscode/401"),
        ("/4xx/", "rules", "category/4"),
        ("/vs/401-403/", "", "confusiongroup/401-403"),
        ("/choose/unique-taken/", "", "situation/unique-taken"),
        ("/errors/nginx/", "some-text", "errortext/some-text"),
        ("/about/", "licence", ""),
        ("/nowhere/", "", ""),
    ):
        report = ReaderReport.objects.create(text="<b>text</b>", path=path, section=section, language="ko")
        page = editor.get(reverse("admin:codes_readerreport_change", args=[report.pk]))
        assertContains(page, "&lt;b&gt;text&lt;/b&gt;")
        assert ("항목의 양식" in page.text) == bool(form)
        if form:
            assertContains(page, f"/admin/codes/{form}/change/")


# Searches that found nothing


@pytest.fixture
def counted(settings, monkeypatch):
    """The texts that were counted, in place of the thread that writes them down."""
    settings.COUNT_MISSED_SEARCHES = True
    texts = []
    monkeypatch.setattr(missed_searches._counter, "count", texts.append)
    return texts


def test_a_short_typed_search_without_result_is_counted_each_time(client, counted):
    for path in ("/search/", "/en/search/"):
        answer = client.get(path, {"q": " Zzqx  Qwvzj "})
        assert answer.headers["Cache-Control"] == "no-store"  # the next one counts too
    client.get("/search/", {"q": "404 not found"})
    client.get("/search/suggest/", {"q": "zzqx q"})  # typing is no search
    assert counted == ["zzqx qwvzj"] * 2


@pytest.mark.parametrize(
    "query",
    [
        "zzqx\nqwvzj",
        "zzqx⏎qwvzj",
        "zzqx " * 9,
        "zzqx" * 11,
        "zzqx@qwvzj.example",
        "zzqx 203.0.113.7",
        "zzqx=qwvzj",
        "/zzqx/qwvzj",
        "zzqx 12345",
        "zzqx8qwvzj",
        "q",
        "12345",
        "//////",
    ],
)
def test_nothing_that_may_be_pasted_or_private_is_counted(client, counted, query):
    assert client.get("/search/", {"q": query, "all": "1"}).status_code in (200, 302, 404)
    assert counted == []


def test_without_the_setting_nothing_is_counted(client, counted, settings):
    settings.COUNT_MISSED_SEARCHES = False
    assert client.get("/search/", {"q": "zzqx qwvzj"}).headers["Cache-Control"].startswith("public,")
    assert counted == []


def test_counts_add_up_and_the_least_used_make_room(monkeypatch, editor):
    monkeypatch.setattr(MissedSearch, "MAX_ROWS", 3)
    revision = Revision.current()
    missed_searches.add(Counter({"often": 5, "twice": 2, "once": 1}))
    missed_searches.add(Counter({"often": 1, "newer": 3}))
    assert dict(MissedSearch.objects.values_list("text", "count")) == {"often": 6, "newer": 3, "twice": 2}
    assert Revision.current() == revision
    assert MissedSearch.objects.get(text="often").last_on <= date.today()
    assertContains(editor.get(reverse("admin:index")), "often (6)")
    page = editor.get(reverse("admin:codes_missedsearch_changelist"))
    assertContains(page, "/search/?all=1&amp;q=often")
    chosen = {"action": "delete_selected", "_selected_action": ["often"], "post": "yes"}
    editor.post(reverse("admin:codes_missedsearch_changelist"), chosen)
    assert not MissedSearch.objects.filter(text="often").exists()


def test_a_database_that_cannot_be_written_makes_no_search_fail(client, settings, monkeypatch):
    settings.COUNT_MISSED_SEARCHES = True
    counter = missed_searches._Counter()
    monkeypatch.setattr(missed_searches, "_counter", counter)
    monkeypatch.setattr(missed_searches, "WRITE_EVERY", 3600)

    def locked(counts):
        raise OperationalError("database is locked")

    monkeypatch.setattr(missed_searches, "add", locked)
    search.current_index()
    revision = Revision.current()
    monkeypatch.setattr(search.current._cache, "read_revision", lambda: revision)  # as in production
    with connection.execute_wrapper(lambda *_: pytest.fail("a search asked the database")):
        assert client.get("/search/", {"q": "zzqx qwvzj"}).status_code == 200
    assert counter.counts == {"zzqx qwvzj": 1}
    counter.timer.cancel()
    counter.write()
    assert not counter.counts
    assert not MissedSearch.objects.exists()
    for number in range(missed_searches.MAX_BUFFERED + 10):
        counter.count(f"text {number}")
    counter.timer.cancel()
    assert len(counter.counts) == missed_searches.MAX_BUFFERED
