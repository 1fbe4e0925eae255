"""Drafts: what an editor has not published is seen by editors only, and nobody's text is lost on the way."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes.editing import drafts, fixtures, history, translation_tables
from codes.models import (
    Announcement,
    ConfusionGroup,
    Draft,
    EntrySnapshot,
    ErrorText,
    Message,
    Revision,
    Situation,
    StatusCode,
)
from codes.tests.html_forms import empty_form, fields_of, form_of

pytestmark = pytest.mark.django_db

WORD, WORD_KO = "Iridescentheron", "무지개왜가리"
NEW = {
    "statuscode": {
        "number": "497", "category": "4", "registration_status": "vendor", "name_ko": WORD_KO, "name_en": WORD,
        "related": ["404"],
    },
    "confusiongroup": {
        "slug": "heron-404", "position": "1", "name_ko": WORD_KO, "name_en": WORD, "members-TOTAL_FORMS": "2",
        "members-0-code": "404", "members-0-position": "1", "members-0-answer_ko": WORD_KO,
        "members-0-answer_en": WORD, "members-1-code": "410", "members-1-position": "2",
    },
    "errortext": {
        "slug": "heron-error", "product": "nginx", "text": f"{WORD} {WORD_KO}", "kind": "message", "who": "server",
        "code_links-0-code": "404", "code_links-0-position": "1",
    },
    "situation": {
        "slug": "heron-situation", "topic": "read", "title_ko": WORD_KO, "title_en": WORD, "answer": "404",
        "norm": "usual", "url": "https://status.example/heron", "other_codes-TOTAL_FORMS": "1",
        "other_codes-0-code": "410", "other_codes-0-fit": "avoid", "other_codes-0-reason_en": WORD,
        "other_codes-0-position": "1",
    },
}  # fmt: skip
MODELS = {"statuscode": StatusCode, "confusiongroup": ConfusionGroup, "errortext": ErrorText, "situation": Situation}
PKS = {"statuscode": 497, "confusiongroup": "heron-404", "errortext": "heron-error", "situation": "heron-situation"}


@pytest.fixture
def colleague(db):
    """Another client, logged in as another editor."""
    user = User.objects.create_user("colleague", is_staff=True)
    user.groups.add(Group.objects.get(name="편집자"))
    client = Client()
    client.force_login(user)
    return client


def draft_path(pk, model="statuscode"):
    """Return the address of the form that shows a draft."""
    return f"{reverse(f'admin:codes_{model}_change', args=[pk])}?draft=1"


def draft_form(client, pk, model="statuscode"):
    """Return the address of the form that shows a draft, and its fields as a browser would send them back."""
    path = draft_path(pk, model)
    return path, fields_of(client.get(path), f"{model}_form")


def add_draft(client, model="statuscode", **fields):
    StatusCode.objects.filter(number=497).delete()
    path, data = empty_form(client, model)
    return client.post(path, data | NEW[model] | fields)


@pytest.fixture
def save_draft(editor, small_form):
    """Save the form of the small code, as it was before anybody saved it, as a draft."""
    path, data = small_form
    return lambda **fields: editor.post(path, data | {"_draft": ""} | fields)


@pytest.mark.parametrize("model", NEW)
def test_a_new_entry_is_a_draft_that_its_form_shows_again_as_it_was_typed(editor, model):
    answer = add_draft(editor, model)
    path, data = draft_form(editor, PKS[model], model)
    assertRedirects(answer, path, fetch_redirect_response=False)
    assert not MODELS[model].objects.filter(pk=PKS[model]).exists()
    typed = {name: value for name, value in NEW[model].items() if name in data and not name.endswith("FORMS")}
    assert {name: data[name] for name in typed} == {
        name: value[0] if isinstance(value, list) else value for name, value in typed.items()
    }
    assert editor.post(path, data).status_code == 302
    assert Draft.objects.count() == 1, "a save without a change is no save"


def files():
    return {path: path.read_bytes() for path in fixtures.files(fixtures.FIXTURES)}


@pytest.mark.content
def test_no_public_page_or_document_has_a_trace_of_a_draft(editor, settings):
    StatusCode.objects.filter(number=497).delete()
    reader = Client()
    before = files()
    assert len(before) > 100
    revision = Revision.current()
    for model in NEW:
        assert add_draft(editor, model).status_code == 302
    assert Draft.objects.count() == len(NEW)
    assert Revision.current() == revision, "cached pages stay as they are"
    sitemap = reader.get("/sitemap.xml").text
    places = re.findall(r"<loc>https://status\.example(.*?)</loc>", sitemap)
    # One address of each pattern, those of the entries nearby and of what the drafts name, and all that lists entries.
    one_of_each = {resolve(path).view_name: path for path in places if not path.startswith("/en/")}
    paths = {*one_of_each.values(), "/496/", "/499/", "/404/", "/410/", "/en/404/", "/choose/404/", "/errors/nginx/"}
    paths |= {f"/{path}" for path in ("404.json", "404.md", "codes.json", "codes.csv", "codes.ndjson", "groups.json")}
    paths |= {f"/{path}" for path in ("situations.json", "errors.json", "classes.json", "llms.txt", "vs/404-410.json")}
    paths |= {f"/search/?q={word}" for word in (WORD, WORD_KO, "497", "heron")}
    paths |= {f"/search/suggest/?q={WORD}", "/search/completions/?q=Iri", "/?standing=vendor", "/sitemap.xml"}
    paths |= {"/497/", "/497.json", "/497.png", "/497/errors/", "/choose/497/", "/status/497", "/vs/heron-404/"}
    paths |= {"/vs/heron-404.png", "/vs/heron-404.json", "/choose/heron-situation/", "/choose/heron-situation.json"}
    assert len(one_of_each) > 15
    for path in sorted(paths):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = reader.get(path)
        content = page.content.decode(errors="replace")
        # A page repeats what it was asked for.
        shown = content.replace(path, "")
        shown = re.sub(f"{WORD}|{WORD_KO}|heron", "", shown, flags=re.I) if "/search/" in path else shown
        for trace in (WORD, WORD_KO, "heron-404", "heron-error", "heron-situation"):
            assert trace not in shown, path
        assert not any("codes_draft" in query["sql"] for query in queries), path
        if "heron-" in path or path in ("/497/", "/497.json", "/497.png", "/497/errors/", "/status/497"):
            assert page.status_code == 404, path
    assert files() == before


def test_files_and_drafts_leave_each_other_alone(editor, folder, monkeypatch):
    add_draft(editor, "situation")
    path, data = form_of(editor, 599)
    editor.post(path, data | {"name_ko": WORD_KO, "_draft": ""})
    call_command("load_catalogue", folder=folder, verbosity=0)
    kinds = {model: fixtures.DETAILS_OF[model] for model in (StatusCode, Situation)}
    monkeypatch.setattr("codes.editing.fixtures.exporting.DETAILS_OF", kinds)
    fixtures.export(folder)
    texts = [path.read_text() for path in Path(folder).glob("**/*.yaml")]
    assert len(texts) > 100
    assert not [text for text in texts if WORD_KO in text or "heron" in text]
    assert {draft.key for draft in Draft.objects.newest()} == {"situation heron-situation", "statuscode 599"}
    assert not Situation.objects.filter(pk="heron-situation").exists()
    assert StatusCode.objects.get(number=599).name_ko != WORD_KO


def test_publishing_asks_beside_the_fields_for_what_is_missing(editor):
    add_draft(editor)
    path = draft_path(497)
    page = editor.get(path)
    data = fields_of(page)
    assertContains(page, "<li>한국어 한 줄 설명</li>", html=True)
    page = editor.post(path, data | {"summary_ko": "짧은 설명입니다.", "_publish": ""})
    form = page.context["adminform"].form
    assert set(form.errors) == {"summary_en", "description_ko", "description_en"}
    assertContains(page, "짧은 설명입니다.")
    assertContains(page, "출처")
    assert [str(each) for each in page.context["errors"]]
    assert not StatusCode.objects.filter(number=497).exists()

    texts = {"summary_en": "A short line.", "description_ko": "뜻.", "description_en": "Meaning."}
    source = {"references-TOTAL_FORMS": "1", "references-0-position": "1", "references-0-spec": "nginx"}
    source |= {"references-0-url": "https://nginx.example/"}
    complete = data | texts | {"summary_ko": "짧은 설명입니다."} | source
    assert editor.post(path, complete).status_code == 302
    page = editor.get(path)
    assertContains(page, "빠진 것이 없습니다")
    assert editor.post(path, fields_of(page) | {"_publish": ""}).status_code == 302
    assertContains(Client().get("/497/"), WORD_KO)
    assert not Draft.objects.exists()
    assert EntrySnapshot.objects.get(key="statuscode 497").reason == "게시함"


@pytest.mark.parametrize(("model", "pk", "field"), [("errortext", "heron-error", "meaning_ko"),
                                                    ("situation", "heron-situation", "reason_ko"),
                                                    ("confusiongroup", "heron-404", "question_ko")])  # fmt: skip
def test_a_draft_may_lack_texts_that_a_published_entry_needs(editor, model, pk, field):
    add_draft(editor, model)
    path, data = draft_form(editor, pk, model)
    page = editor.post(path, data | {"_publish": ""})
    assert field in page.context["adminform"].form.errors
    assert not MODELS[model].objects.filter(pk=pk).exists()


def test_a_preview_of_a_draft_is_its_page_with_a_banner_that_says_so(editor):
    add_draft(editor)
    _path, data = draft_form(editor, 497)
    address = reverse("admin:codes_statuscode_preview", args=[497]) + "?draft=1"
    page = editor.post(address, data | {"name_ko": "다시 고친 이름", "_preview": "ko"})
    assertContains(page, "다시 고친 이름")
    assertContains(page, "초안 미리 보기")
    assertContains(page, "[미리 보기] 497")
    assertContains(editor.post(address, data | {"_preview": "en"}), "Preview of a draft: nothing of this is published.")
    style = re.search(r"sha256-[^']+", page.headers["Content-Security-Policy"])
    assert style, "the banner's style is allowed"
    assert editor.get("/497/").status_code == 404
    assert draft_form(editor, 497)[1]["name_ko"] == WORD_KO


def test_a_published_entry_keeps_its_draft_beside_it_until_it_is_published(editor, save_draft, colleague):
    lines = {"announcement_ko": "이름을 고쳤습니다.", "announcement_en": "A better name."}
    assert save_draft(name_ko="초안의 이름", reason="더 나은 이름", **lines).status_code == 302
    assertNotContains(editor.get("/changes/"), "이름을 고쳤습니다.")
    page = editor.get("/433/")
    assertContains(page, "작은 항목")
    assertNotContains(page, "초안의 이름")

    published = colleague.get(reverse("admin:codes_statuscode_change", args=[433]))
    assertContains(published, "editor")
    assertContains(published, "?draft=1")
    assertNotContains(published, "초안의 이름")
    path = draft_path(433)
    page = colleague.get(path)
    data = fields_of(page)
    assert data["name_ko"] == "초안의 이름"
    assertContains(page, "<del>작은 항목</del> <ins>초안의 이름</ins>", html=True)
    assert colleague.post(path, data | {"_publish": ""}).status_code == 302
    assertContains(editor.get("/433/"), "초안의 이름")
    assertContains(editor.get("/changes/"), "이름을 고쳤습니다.")
    newest = EntrySnapshot.objects.filter(key="statuscode 433").first()
    assert (newest.editor.username, newest.author.username, newest.reason) == ("colleague", "editor", "더 나은 이름")
    # Only the Korean name has changed.
    assert StatusCode.objects.get(number=433).outdated_translations == "name_en"
    assert not Draft.objects.exists()


def test_a_draft_holds_new_changed_and_removed_details(editor, small_form, small_code):
    path, data = small_form
    change = {
        "references-0-spec": "RFC 9999", "references-1-DELETE": "on", "references-TOTAL_FORMS": "4",
        "references-3-position": "9", "references-3-spec": "MDN", "references-3-url": "https://mdn.example/",
        "advice-0-text_ko": "- 고친 조언", "_draft": "",
    }  # fmt: skip
    assert editor.post(path, data | change).status_code == 302
    assert [row.spec for row in small_code.references.all()] == ["RFC 9110"] * 3
    for intent in ("_draft", "_publish"):
        path, data = draft_form(editor, 433)
        rows = [data[f"references-{number}-spec"] for number in range(3)]
        assert rows == ["RFC 9999", "RFC 9110", "MDN"]
        assert data["advice-0-text_ko"] == "- 고친 조언"
        assert editor.post(path, data | {intent: "", "references-2-section": intent}).status_code == 302
    assert [(row.spec, row.section) for row in small_code.references.all()] == [
        ("RFC 9999", "15.5.5"), ("RFC 9110", "15"), ("MDN", "_publish"),
    ]  # fmt: skip
    assert all(row.pk > 0 for row in small_code.references.all())
    assert small_code.exchanges.get().messages.count() == 2


def test_a_draft_holds_exchanges_with_their_messages(editor):
    raw = "GET / HTTP/1.1\nHost: status.example\n---\n# 답\nHTTP/1.1 497 Heron"
    assert add_draft(editor, **{"exchanges-0-title_ko": "새 교환", "exchanges-0-raw_ko": raw}).status_code == 302
    path, data = draft_form(editor, 497)
    assert data["exchanges-0-raw_ko"] == raw
    assert editor.post(path, data | {"exchanges-0-raw_ko": f"{raw}\n---\n# 끝"}).status_code == 302
    assert draft_form(editor, 497)[1]["exchanges-0-raw_ko"].endswith("# 끝")
    assert not Message.objects.filter(exchange__code=497).exists()


def test_of_two_editors_who_save_one_draft_the_second_sees_what_the_first_wrote(editor, save_draft, colleague):
    save_draft(name_ko="초안의 이름")
    path, opened = draft_form(editor, 433)
    assert colleague.post(path, opened | {"summary_ko": "동료의 요약"}).status_code == 302
    page = editor.post(path, opened | {"name_ko": "나의 이름"})
    assert page.status_code == 200
    assertContains(page, "동료의 요약")
    assertContains(page, 'value="나의 이름"')
    assert draft_form(editor, 433)[1]["summary_ko"] == "동료의 요약"
    assert editor.post(path, fields_of(page)).status_code == 302
    assert draft_form(editor, 433)[1]["name_ko"] == "나의 이름"


def test_a_second_draft_is_not_begun_beside_the_first(editor, small_form, save_draft, colleague):
    path, data = small_form
    save_draft(name_ko="초안의 이름")
    page = colleague.post(path, data | {"name_ko": "동료의 이름", "_draft": ""})
    assert page.status_code == 200
    assertContains(page, "동료의 이름")
    assertContains(page, f'href="{path}?draft=1"')
    assert add_draft(editor).status_code == 302
    path, data = empty_form(colleague)
    page = colleague.post(path, data | NEW["statuscode"])
    assertContains(page, "/statuscode/497/change/?draft=1")
    assert Draft.objects.of("statuscode 497").count() == 1


def test_a_save_of_the_published_entry_is_told_before_a_draft_replaces_it(editor, small_form, save_draft, colleague):
    save_draft(name_ko="초안의 이름")
    path, opened = draft_form(editor, 433)
    live, data = small_form
    assert colleague.post(live, data | {"summary_ko": "그사이의 요약"}).status_code == 302
    page = editor.post(path, opened | {"_publish": ""})
    assert page.status_code == 200
    assertContains(page, "그사이의 요약")
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
    assertContains(editor.get(path), "그사이의 요약")
    assert editor.post(path, fields_of(page) | {"_publish": ""}).status_code == 302
    assert StatusCode.objects.get(number=433).name_ko == "초안의 이름"


def test_what_was_typed_into_a_draft_that_is_gone_is_given_back(editor, save_draft, colleague):
    save_draft(name_ko="초안의 이름")
    path, data = draft_form(editor, 433)
    colleague.post(path, data | {"_publish": ""})
    page = editor.post(path, data | {"summary_ko": "이 글은 사라지지 않아야 합니다."})
    assertContains(page, "이 글은 사라지지 않아야 합니다.", status_code=409)
    assertRedirects(editor.get(path), path.partition("?")[0])


def test_a_draft_that_names_a_code_that_is_gone_is_shown_as_text(editor, make_code):
    code = make_code(433)
    add_draft(editor, "situation", answer="433")
    code.delete()
    path = reverse("admin:codes_situation_change", args=["heron-situation"]) + "?draft=1"
    page = editor.get(path)
    assertContains(page, WORD_KO, status_code=409)
    typed = {"title_ko": "이 글은 사라지지 않아야 합니다."}
    assertContains(editor.post(path, typed), typed["title_ko"], status_code=409)


def test_an_editor_discards_a_draft_after_seeing_it_and_never_a_published_entry(editor, save_draft, colleague):
    save_draft(name_ko="초안의 이름")
    address = reverse("admin:codes_statuscode_discard", args=[433])
    page = editor.get(address)
    assertContains(page, "초안의 이름")
    path, data = draft_form(colleague, 433)
    colleague.post(path, data | {"name_ko": "동료의 이름"})
    assertContains(editor.post(address, {"number": "1"}, follow=True), "동료의 이름")
    assert editor.post(address, {"number": "2"}).status_code == 302
    assert not Draft.objects.exists()
    assert editor.get(address).status_code == 404
    assert editor.post(reverse("admin:codes_statuscode_delete", args=[433]), {"post": "yes"}).status_code == 403
    assert StatusCode.objects.filter(number=433).exists()
    User.objects.get(username="colleague").groups.clear()
    save_draft(name_ko="초안의 이름")
    assert colleague.post(address, {"number": "1"}).status_code == 403
    assert colleague.get(path).status_code == 403


def test_lists_and_the_front_page_show_the_drafts_first(editor, save_draft):
    add_draft(editor)
    save_draft(summary_ko="초안의 요약")
    for address in ("admin:codes_statuscode_changelist", "admin:index"):
        page = editor.get(reverse(address))
        assertContains(page, "497/change/?draft=1")
        assertContains(page, "433/change/?draft=1")
        assertContains(page, WORD_KO)
    assertNotContains(editor.get(reverse("admin:codes_situation_changelist")), "?draft=1")
    assertRedirects(
        editor.get(reverse("admin:codes_statuscode_change", args=[497])),
        reverse("admin:codes_statuscode_change", args=[497]) + "?draft=1",
    )


def test_with_four_eyes_somebody_else_publishes(editor, colleague, small_code, settings):
    settings.REQUIRE_FOUR_EYES = True
    path = reverse("admin:codes_statuscode_change", args=[433])
    page = editor.get(path)
    data = fields_of(page)
    assertNotContains(page, 'name="_save"')
    assertContains(page, "다른 편집자가 게시합니다")
    assert editor.post(path, data | {"name_ko": "초안의 이름", "_save": ""}).status_code == 302
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
    path = draft_path(433)
    own = editor.get(path)
    assertNotContains(own, 'name="_publish"')
    assertContains(editor.post(path, fields_of(own) | {"_publish": ""}, follow=True), "다른 편집자가 게시해야 합니다")
    # Who changes it on the way becomes its author.
    path, data = draft_form(colleague, 433)
    colleague.post(path, data | {"name_ko": "동료의 이름", "_publish": ""})
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
    assert drafts.current("statuscode 433").editor.username == "colleague"
    path, data = draft_form(editor, 433)
    assert editor.post(path, data | {"_publish": ""}).status_code == 302
    assert StatusCode.objects.get(number=433).name_ko == "동료의 이름"
    exchange = small_code.exchanges.get()
    path, data = form_of(editor, exchange.pk, "exchange")
    assert editor.post(path, data | {"title_ko": "고친 교환"}).status_code == 302
    exchange.refresh_from_db()
    assert exchange.title_ko == "교환"
    assert drafts.current("statuscode 433").data[-3]["fields"]["title_ko"] == "고친 교환"


def test_with_four_eyes_nobody_adds_a_line_of_changes_while_publishing(editor, small_form, colleague, settings):
    settings.REQUIRE_FOUR_EYES = True
    path, data = small_form
    editor.post(path, data | {"name_ko": "초안의 이름", "_save": ""})
    line = {"announcement_ko": "혼자 쓴 소식", "announcement_en": "A line of one."}
    path, data = draft_form(colleague, 433)
    answer = colleague.post(path, data | line | {"_publish": ""}, follow=True)
    assertContains(answer, "다른 편집자가 게시해야 합니다")
    assert not Announcement.objects.filter(line_ko="혼자 쓴 소식").exists()
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
    path, data = draft_form(editor, 433)
    assert data["announcement_ko"] == "혼자 쓴 소식"
    editor.post(path, data | {"_publish": ""})
    assert Announcement.objects.filter(line_ko="혼자 쓴 소식").exists()
    assert StatusCode.objects.get(number=433).name_ko == "초안의 이름"


def test_with_four_eyes_a_superuser_needs_another_pair_too(admin_client, small_form, settings):
    settings.REQUIRE_FOUR_EYES = True
    path, data = empty_form(admin_client)
    code = {"number": "434", "category": "4", "name_ko": "이름", "name_en": "Name"}
    admin_client.post(path, data | code | {"_publish": ""})
    path, data = small_form
    admin_client.post(path, data | {"name_ko": "초안의 이름"})
    path, data = draft_form(admin_client, 433)
    admin_client.post(path, data | {"_publish": ""})
    assert not StatusCode.objects.filter(number=434).exists()
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"


def test_with_four_eyes_a_restored_version_and_a_table_of_translations_are_drafts_too(editor, small_code, settings):
    history.record(small_code.key)
    StatusCode.objects.filter(number=433).update(name_ko="새 이름")
    history.record(small_code.key)
    settings.REQUIRE_FOUR_EYES = True
    first = EntrySnapshot.objects.filter(key=small_code.key).last()
    answer = editor.post(reverse("admin:codes_entrysnapshot_restore", args=[first.pk]))
    assertRedirects(answer, reverse("admin:codes_statuscode_change", args=[433]) + "?draft=1")
    assert StatusCode.objects.get(number=433).name_ko == "새 이름"
    assert draft_form(editor, 433)[1]["name_ko"] == "작은 항목"
    change = translation_tables.Difference(433, 0, "summary", "en", "A short line.", "Another line.")
    with pytest.raises(translation_tables.InvalidTable):
        translation_tables.apply([change], User.objects.get(), "")
    drafts.discard("statuscode 433", "1")
    translation_tables.apply([change], User.objects.get(), "표에서")
    assert StatusCode.objects.get(number=433).summary_en == "A short line."
    assert draft_form(editor, 433)[1]["summary_en"] == "Another line."


@pytest.mark.parametrize("kind", ["exchange", "announcement"])
def test_with_four_eyes_an_editor_takes_nothing_away_alone(editor, admin_client, small_code, settings, kind):
    settings.REQUIRE_FOUR_EYES = True
    row = small_code.exchanges.get() if kind == "exchange" else Announcement.objects.first()
    path = reverse(f"admin:codes_{kind}_delete", args=[row.pk])
    token = "statuscode 433 0" if kind == "exchange" else row.version_token
    answer = editor.post(f"{path}?{urlencode({'token': token})}", {"post": "yes"})
    assert answer.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()
    admin_client.post(f"{path}?{urlencode({'token': token})}", {"post": "yes"})
    assert not type(row).objects.filter(pk=row.pk).exists()
