"""No text that an editor wrote is lost: history, restoring, and two editors at once."""

import random
import re
import time
from difflib import SequenceMatcher
from html import unescape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import comparison, fixtures, history
from codes.models import Advice, EntrySnapshot, GroupMember, Reference, StatusCode
from codes.tests.html_forms import fields_of, form_of, press
from codes.texts import markdown
from codes.texts.localized import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_code")]


def snapshots(key="statuscode 433"):
    return EntrySnapshot.objects.filter(key=key)


def restore(client, version):
    page = client.get(reverse("admin:codes_entrysnapshot_change", args=[version.pk]))
    return press(client, page, reverse("admin:codes_entrysnapshot_restore", args=[version.pk]))


def confirmation_of_deleting(client, number):
    """Return the address of the page that asks for confirmation; it names the state of the entry it asks about."""
    return client.get(reverse("admin:codes_statuscode_delete", args=[number])).url


def delete(client, number):
    return client.post(confirmation_of_deleting(client, number), {"post": "yes"})


# History


def test_the_history_records_who_changed_what_and_why(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름", "reason": "더 익숙한 말"})
    newest, first = snapshots()
    assert (newest.editor.username, newest.reason) == ("editor", "더 익숙한 말")
    assert [(c.field, c.before, c.after) for c in history.changes(first.data, newest.data)] == [
        ("한국어 이름", "작은 항목", "고친 이름")
    ]


def test_a_change_of_a_row_is_in_the_history_of_its_entry(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"advice-0-text_ko": "- 새 조언"})
    newest, first = snapshots()
    (change,) = history.changes(first.data, newest.data)
    assert "방문자" in change.row
    assert change.after == "- 새 조언"


def test_a_change_of_a_message_is_in_the_history_of_its_code(editor):
    exchange = StatusCode.objects.get(number=433).exchanges.first()
    path, data = form_of(editor, exchange.pk, "exchange")
    assert editor.post(path, data | {"messages-0-note_ko": "새 설명", "messages-0-note_en": "new"}).status_code == 302
    assert {change.after for change in history.changes(*[v.data for v in snapshots()][::-1])} == {"새 설명", "new"}


def test_saving_without_a_change_adds_no_version(editor, small_form):
    path, data = small_form
    editor.post(path, data)
    assert snapshots().count() == 1


def test_every_version_can_be_viewed_with_what_restoring_it_would_change(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름"})
    first = editor.get(reverse("admin:codes_entrysnapshot_change", args=[snapshots()[1].pk]))
    assert "작은 항목" in [each.after for each in first.context["state"]]
    assert [(each.before, each.after) for each in first.context["restoring"]] == [("고친 이름", "작은 항목")]
    newest = editor.get(reverse("admin:codes_entrysnapshot_change", args=[snapshots()[0].pk]))
    assertNotContains(newest, 'name="token"')


def test_a_version_shows_what_its_save_changed(editor, small_form):
    long_text = "원본 표현을 찾지 못했습니다." + "\n\n다시 요청해도 결과는 같습니다." * 10
    StatusCode.objects.filter(number=433).update(description_ko=long_text)
    path, data = small_form
    editor.post(path, data | {"description_ko": long_text.replace("원본", "<b>원래</b>")})
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[snapshots()[0].pk]))
    assertContains(page, "<del>원본</del>")
    assertContains(page, "<ins>&lt;b&gt;원래&lt;/b&gt;</ins>")


def test_the_history_button_leads_to_the_versions_of_the_entry(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름", "reason": "까닭"})
    page = editor.get(reverse("admin:codes_statuscode_history", args=[433]), follow=True)
    assertContains(page, "까닭")


def test_an_earlier_version_can_be_restored_and_that_can_be_undone(editor, small_form):
    before = fixtures.load_entry("statuscode 433").digest
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름", "references-0-DELETE": "on"})
    changed = fixtures.load_entry("statuscode 433").digest
    second, first = snapshots()
    restore(editor, first)
    assert fixtures.load_entry("statuscode 433").digest == before
    assert snapshots().count() == 3
    restore(editor, second)
    assert fixtures.load_entry("statuscode 433").digest == changed


def test_a_deleted_entry_can_be_restored_with_its_rows(admin_client):
    before = fixtures.load_entry("statuscode 433").digest
    delete(admin_client, 433)
    assert not StatusCode.objects.filter(number=433).exists()
    gone, last = snapshots("statuscode 433")
    assert gone.data is None
    restore(admin_client, last)
    assert fixtures.load_entry("statuscode 433").digest == before


def test_deleted_entries_are_listed_by_kind_and_restored_from_there_or_from_their_newest_version(admin_client):
    before = fixtures.load_entry("statuscode 433").digest
    every = reverse("admin:codes_entrysnapshot_deleted")
    assertContains(admin_client.get(every), "지운 항목이 없습니다.")
    for name in ("index", "codes_statuscode_changelist"):
        assertContains(admin_client.get(reverse(f"admin:{name}")), every)
    delete(admin_client, 433)
    last = snapshots()[1]
    page = admin_client.get(every, {"kind": "statuscode"})
    assertContains(page, "작은 항목")
    assertNotContains(admin_client.get(every, {"kind": "situation"}), "작은 항목")
    press(admin_client, page, reverse("admin:codes_entrysnapshot_restore", args=[last.pk]))
    assert fixtures.load_entry("statuscode 433").digest == before
    assertContains(admin_client.get(every), "지운 항목이 없습니다.")
    delete(admin_client, 433)
    page = admin_client.get(reverse("admin:codes_entrysnapshot_change", args=[snapshots()[0].pk]))
    assertContains(page, "항목 되돌리기")
    press(admin_client, page, reverse("admin:codes_entrysnapshot_restore", args=[snapshots()[1].pk]))
    assert fixtures.load_entry("statuscode 433").digest == before


def test_the_list_of_deleted_entries_takes_the_same_queries_for_many(admin_client, make_code):
    def queries(numbers):
        for number in numbers:
            history.record(make_code(number).key)
            StatusCode.objects.get(number=number).delete()
            history.record(f"statuscode {number}")
        with CaptureQueriesContext(connection) as made:
            assertContains(admin_client.get(reverse("admin:codes_entrysnapshot_deleted")), f"코드 {number}")
        return len(made)

    free = sorted(set(range(400, 599)) - set(StatusCode.objects.values_list("number", flat=True)))
    assert queries(free[:1]) == queries(free[1:10])


def test_restoring_is_at_the_top_and_the_first_version_is_folded(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름", "references-0-DELETE": "on", "references-1-DELETE": "on"})
    newest, first = snapshots()
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[first.pk])).text
    assert page.index("이 버전으로 되돌리기") < page.index("그때의 항목 전체")
    assert "이 저장에서 바뀐 내용" not in page
    words = re.sub(r"\s+", " ", strip_tags(page))
    assert words[words.index("되돌리면") :].startswith("되돌리면 바뀌는 것: 한국어 이름, 출처 2개 ")
    # What a save did is told in words, in the language of the reader.
    assert (newest.summary_ko, newest.summary_en) == ("한국어 이름, 출처 2개", "Korean name, 2 references")
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[newest.pk])).text
    assert "이 버전으로 되돌리기" not in page


def test_a_new_exchange_is_compared_in_the_history_and_conflicts_with_open_forms(editor, small_form):
    open_form, typed = small_form
    path, data = form_of(editor, model="exchange")
    added = data | {"code": "433", "position": "9", "title_ko": "새 교환", "title_en": "New"}
    assert editor.post(path, added).status_code == 302
    newest, first = snapshots()
    assert "새 교환" in [change.after for change in history.changes(first.data, newest.data)]
    assertContains(editor.post(open_form, typed | {"name_ko": "고친 이름"}), "새 교환")


def test_an_exchange_cannot_move_to_another_code(editor):
    exchange = StatusCode.objects.get(number=433).exchanges.first()
    path, data = form_of(editor, exchange.pk, "exchange")
    assert "code" not in data
    editor.post(path, data | {"code": "403", "title_ko": "고친 제목"})
    exchange.refresh_from_db()
    assert (exchange.code_id, exchange.title_ko) == (433, "고친 제목")


def test_a_position_that_another_exchange_of_the_code_has_is_refused_at_the_field(editor, small_code):
    exchange = small_code.exchanges.create(position=2, title_ko="둘째 교환")
    path, data = form_of(editor, exchange.pk, "exchange")
    answer = editor.post(path, data | {"position": "1"})
    assert answer.status_code == 200
    assert answer.context["errors"]


def test_restoring_one_text_leaves_another_marked_as_outdated(editor, small_form):
    """The English description is outdated; undoing a change of the name does not change that."""
    path, data = small_form
    editor.post(path, data | {"description_ko": "새 설명"})
    path, data = form_of(editor, 433)
    editor.post(path, data | {"name_ko": "고친 이름"})
    restore(editor, snapshots()[1])
    code = StatusCode.objects.get(number=433)
    assert (code.name_ko, code.outdated_translations) == ("작은 항목", "description_en")


def test_what_the_loader_changed_is_not_attributed_to_the_next_editor(editor, folder):
    path, data = form_of(editor, 599)
    editor.post(path, data | {"name_ko": "고친 이름"})
    call_command("load_catalogue", "--replace", "599", folder=folder, verbosity=0)
    stale = editor.post(path, data | {"keywords": "낱말"})
    assert stale.context["adminform"].form.conflict_snapshot is None
    assert editor.post(path, fields_of(stale)).status_code == 302
    newest, loaded, _edited, _first = snapshots("statuscode 599")
    assert loaded.editor is None
    assert [change.field for change in history.changes(loaded.data, newest.data)] == ["검색어"]


def test_a_version_that_no_longer_fits_is_shown_but_not_restored(admin_client):
    path, data = form_of(admin_client, 599)
    admin_client.post(path, data | {"name_ko": "고친 이름"})
    _newest, first = snapshots("statuscode 599")
    delete(admin_client, 598)  # to which 599 was related
    answer = restore(admin_client, first)
    assertContains(admin_client.get(answer.url), "더는 사전에 맞지 않습니다")
    assert StatusCode.objects.get(number=599).name_ko == "고친 이름"
    first.data[0]["fields"]["a_field_of_old"] = "옛것"
    first.save()
    assertContains(admin_client.get(reverse("admin:codes_entrysnapshot_change", args=[first.pk])), "옛것")


def test_the_history_uses_the_forms_labels_and_the_sites_time_zone(editor, small_code):
    small_code.vendor_meanings.create(issuer="nginx", visibility="log", meaning_ko="뜻", meaning_en="meaning")
    path, data = form_of(editor, 433)
    editor.post(path, data | {"common": "on", "vendor_meanings-0-visibility": "wire"})
    newest, first = snapshots()
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[newest.pk]))
    assertContains(page, "<ins>예</ins>")
    assertContains(page, "<del>로그에서만 보임</del> <ins>클라이언트에게 전달됨</ins>")
    assertContains(editor.get(reverse("admin:codes_entrysnapshot_changelist")), "상태코드 433")
    restore(editor, first)
    local = timezone.localtime(first.saved_at)
    assert snapshots()[0].reason == f"{local:%Y-%m-%d %H:%M} 버전으로 되돌림"


def test_long_texts_are_compared_word_by_word_and_keep_their_lines():
    lines = [f"symptom number {n}" for n in range(9)]
    change = history.Change("", "keywords", "\n".join(lines), "\n".join([*lines, "a new one"]))
    assert change.as_html == "\n".join(lines) + "<ins>\na new one</ins>"


HOSTILE = {
    "two words": [" ".join(random.Random(seed).choices("ab", k=9_990)) for seed in (1, 2)],
    "one word": ["a " * 9_990, "a " * 9_000],
    "lines": ["\n".join(random.Random(seed).choices("ab", k=9_990)) for seed in (1, 2)],
    "a few words": [" ".join(random.Random(seed).choices("abcdefgh", k=9_990)) for seed in (1, 2)],
    "words that turn": [" ".join(f"{n % 90}" for n in turn) for turn in (range(6_000), range(6_000, 0, -1))],
    "no space": ["a" * 19_990, "a" * 19_000 + "b"],
    "only space": [" " * 19_990, " \n" * 9_000],
}


@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE)
def test_no_two_texts_take_long_to_compare(texts, monkeypatch):
    steps = []

    find = SequenceMatcher.find_longest_match

    def counting(matcher, alo, ahi, blo, bhi):
        # difflib visits every place in the one text of every word of the other.
        steps.append(sum(1 + len(matcher.b2j.get(word, ())) for word in matcher.a[alo:ahi]))
        return find(matcher, alo, ahi, blo, bhi)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counting)
    before, after = texts
    page = comparison.Budget()
    html = str(comparison.difference_html(before, after, page))
    assert sum(steps) <= comparison.MAX_STEPS_PER_TEXT
    assert re.sub("<ins>.*?</ins>|</?del>", "", html, flags=re.DOTALL) == before
    assert re.sub("<del>.*?</del>|</?ins>", "", html, flags=re.DOTALL) == after


def test_all_texts_of_a_page_share_one_bound(monkeypatch):
    monkeypatch.setattr(comparison, "MAX_STEPS", 1_000)
    texts = [" ".join(random.Random(seed).choices("abcdefgh", k=60)) for seed in (1, 2)]
    page = comparison.Budget(1_000)
    shown = [comparison.difference_html(*texts, page) for _ in range(9)]
    assert shown[0].count("<del>") > 1
    assert shown[-1].count("<del>") == 1
    assert 0 <= page.steps < 1_000


def test_an_ordinary_edit_of_a_long_text_shows_its_words(make_code):
    words = (settings.BASE_DIR / "fixtures" / "codes" / "404.yaml").read_text(encoding="utf-8").split()[:1_500]
    edited = list(words)
    for number in range(0, 1_500, 150):
        edited[number] = "EDITED"
    html = comparison.difference_html(" ".join(words), " ".join(edited), comparison.Budget())
    assert html.count("EDITED</ins>") == 10
    assert html.count("<del>") == 10


def test_the_page_of_a_version_with_hostile_texts_is_drawn(editor):
    code = StatusCode.objects.get(number=418)
    fields = [f"{text}_{language}" for text in ("description", "misunderstanding", "history") for language in LANGUAGES]
    for which in (0, 1):
        for field, texts in zip(fields, HOSTILE.values(), strict=False):
            setattr(code, field, texts[which])
        code.save()
        snapshot = history.record("statuscode 418")
    began = time.process_time()
    assert editor.get(reverse("admin:codes_entrysnapshot_change", args=[snapshot.pk])).status_code == 200
    assert time.process_time() - began < 5


def test_the_list_of_versions_asks_as_much_for_many_as_for_one(editor, django_assert_max_num_queries):
    code = StatusCode.objects.get(number=433)
    address = reverse("admin:codes_entrysnapshot_changelist")

    def queries_of_the_list(rows):
        for number in range(rows):
            code.keywords = f"word {number} of {rows}"
            code.save()
            history.record("statuscode 433")
        with CaptureQueriesContext(connection) as queries:
            assertContains(editor.get(address), "검색어")
        assert not any('"codes_version"."data"' in query["sql"] for query in queries)
        return len(queries)

    assert queries_of_the_list(5) == queries_of_the_list(50)


def test_the_list_of_versions_says_in_the_readers_language_what_changed(admin_client, small_form):
    path, data = small_form
    admin_client.post(path, data | {"keywords": "another"})
    delete(admin_client, 433)
    said = {"ko": ("첫 버전", "검색어", "삭제됨"), "en": ("first version", "Keywords", "deleted")}
    for language, texts in said.items():
        with translation.override(language):
            page = admin_client.get(reverse("admin:codes_entrysnapshot_changelist")).content.decode().lower()
        for text in texts:
            assert text.lower() in page, (language, text)


# What an older or a foreign release may have recorded
ODD = [
    ("statuscode 433", 5),
    ("statuscode 433", "text"),
    ("statuscode 433", {"model": "codes.statuscode"}),
    ("statuscode 433", []),
    ("statuscode 433", [5, None, "x", [], {}]),
    ("statuscode 433", [{"model": "codes.gone", "fields": {}}]),
    ("statuscode 433", [{"model": "auth.user", "pk": 1, "fields": {"is_superuser": True}}]),
    ("statuscode 433", [{"model": 5, "fields": {}}]),
    ("statuscode 433", [{"model": "codes.statuscode", "pk": 433, "fields": "x"}]),
    ("statuscode 433", [{"model": "codes.statuscode", "pk": 433, "fields": {"gone": {"a": [1]}}}]),
    ("statuscode 433", [{"model": "codes.statuscode", "pk": 433, "fields": {"content": ["a"], "common": {}}}]),
    ("statuscode 433", [{"model": "codes.statuscode", "pk": "x", "fields": {}}]),
    ("statuscode 433", [{"model": "codes.message", "fields": {"exchange": []}}]),
    ("statuscode 433", [{"model": "codes.statuscode", "pk": 433, "fields": {"related": [[1], {}]}}]),
    ("statuscode", None),
    ("", []),
    (" ", []),
    ("statuscode abc", []),
    ("statuscode 99999999999999999999999", []),
    ("gone 4", []),
    ("alias 4", []),
    ("user 1", []),
    ("codes.statuscode 433", []),
    ("confusiongroup <b>\x01", []),
]


def test_no_odd_version_closes_a_page_of_the_history(admin_client, small_code):
    list_of_versions = reverse("admin:codes_entrysnapshot_changelist")
    history.record(small_code.key)
    for number, (key, data) in enumerate(ODD):
        odd = EntrySnapshot.objects.create(key=key, data=data)
        small_code.keywords = f"after {number}"
        small_code.save()
        recorded = history.record(small_code.key)
        # The version after it is compared with it, if both are of one entry.
        for snapshot in EntrySnapshot.objects.filter(pk__gte=odd.pk, key=key):
            page = admin_client.get(reverse("admin:codes_entrysnapshot_change", args=[snapshot.pk]))
            assert page.status_code == 200, (key, data)
        token = StatusCode.objects.get(number=433).version_token
        answer = admin_client.post(reverse("admin:codes_entrysnapshot_restore", args=[odd.pk]), {"token": token})
        assert answer.status_code in (302, 403), (key, data)
        assert history.plain(fixtures.load_entry(small_code.key)) == recorded.data, (key, data)
    assert EntrySnapshot.objects.count() == 1 + 2 * len(ODD)
    for query in ({}, *({"key": key} for key in dict.fromkeys(key for key, _data in ODD))):
        assert admin_client.get(list_of_versions, query).status_code == 200, query


def test_an_outdated_translation_of_a_field_that_is_gone_closes_no_page(editor):
    StatusCode.objects.filter(number=404).update(outdated_translations="gone_ko name_ko")
    assertContains(editor.get(reverse("admin:index")), "한국어 이름")


def test_restoring_needs_permission_to_change(editor):
    admin = User.objects.create_superuser("chief")
    history.record("category 4", admin)
    version = EntrySnapshot.objects.get(key="category 4")
    assert editor.post(reverse("admin:codes_entrysnapshot_restore", args=[version.pk])).status_code == 403


def test_history_itself_cannot_be_changed(admin_client):
    history.record("statuscode 433")
    version = snapshots()[0]
    assert admin_client.get(reverse("admin:codes_entrysnapshot_delete", args=[version.pk])).status_code == 403
    assert admin_client.get(reverse("admin:codes_entrysnapshot_add")).status_code == 403
    assert admin_client.get(reverse("admin:codes_entrysnapshot_restore", args=[version.pk])).status_code == 405


# Two editors at once


def test_a_form_opened_before_another_save_comes_back_with_both_texts(editor, small_form, django_user_model):
    path, mine = small_form
    other = type(editor)()
    other.force_login(django_user_model.objects.create_superuser("other"))
    other.post(path, mine | {"name_ko": "남의 이름"})

    page = editor.post(path, mine | {"summary_ko": "내가 쓴 설명입니다."})
    assert page.status_code == 200
    assertContains(page, "내가 쓴 설명입니다.")
    assertContains(page, "남의 이름")
    assertContains(page, "other")
    assert StatusCode.objects.get(number=433).name_ko == "남의 이름"

    mine["lock_version"] = fields_of(page)["lock_version"]
    assert editor.post(path, mine | {"summary_ko": "내가 쓴 설명입니다."}).status_code == 302
    assert StatusCode.objects.get(number=433).summary_ko == "내가 쓴 설명입니다."


def test_a_conflict_shows_only_what_changed_since_the_form_was_opened(editor, small_form):
    path, data = small_form
    editor.post(path, data)  # a save that changes nothing
    _, opened = form_of(editor, 433)
    editor.post(path, opened | {"name_ko": "남의 이름"})
    page = editor.post(path, opened | {"name_ko": "내 이름"})
    assert [(c.before, c.after) for c in page.context["adminform"].form.conflict] == [("작은 항목", "남의 이름")]


def test_a_refused_save_does_not_make_the_next_one_stale(editor, small_form):
    path, data = small_form
    page = editor.post(path, data | {"name_ko": ""})
    assert page.status_code == 200
    assert editor.post(path, data | {"name_ko": "이름"}).status_code == 302


def test_changes_of_rows_conflict_too(editor, small_form):
    path, opened = small_form
    editor.post(path, opened | {"advice-0-text_ko": "- 남의 조언"})
    page = editor.post(path, opened | {"advice-0-text_ko": "- 내 조언"})
    assert page.status_code == 200
    assertContains(page, "- 내 조언")
    assert Advice.objects.get(code=433, reader="visitor").text_ko == "- 남의 조언"


def test_an_editor_adds_a_rule_and_the_history_tells_which(editor, small_form):
    path, data = small_form
    rule = {"level": "must-not", "topic": "field", "header": "ETag", "source": "RFC 9110 §8.8.3", "position": "1"}
    rule |= {"check_needs": "knowledge", "condition_ko": "조건일 때", "condition_en": "if so"}
    editor.post(path, data | {"rules-TOTAL_FORMS": "1"} | {f"rules-0-{name}": value for name, value in rule.items()})
    assertContains(editor.get("/433/"), "<dt>규칙 (금지)</dt>", html=True)
    before, after = reversed(snapshots()[:2])
    changed = {(change.row, change.field): change.after for change in history.changes(before.data, after.data)}
    assert changed["응답 규칙 ETag 금지 RFC 9110 §8.8.3 서버 사정", "조건 (한국어)"] == "조건일 때"


@pytest.mark.parametrize("key", ["category 4", "ruleset any"])
def test_an_administrator_changes_a_rule_of_many_codes(admin_client, key):
    path, data = form_of(admin_client, key.split()[1], key.split()[0])
    assert (
        admin_client.post(path, data | {"rules-0-note_ko": "새 설명", "rules-0-note_en": "a new note"}).status_code
        == 302
    )
    before, after = reversed(snapshots(key)[:2])
    assert {change.after for change in history.changes(before.data, after.data)} == {"새 설명", "a new note"}


@pytest.mark.parametrize("gone", [0, -1])
def test_text_in_a_row_that_another_editor_deleted_is_shown_to_copy(editor, small_form, gone):
    path, opened = small_form
    rows = int(opened["references-TOTAL_FORMS"])
    row = range(rows)[gone]
    editor.post(path, opened | {f"references-{row}-DELETE": "on"})
    page = editor.post(path, opened | {f"references-{row}-section": "§99", f"references-{rows - 2}-section": "§98"})
    assert page.status_code == 200
    assertContains(page, "§99</textarea>")
    now = fields_of(page)
    assert now["references-INITIAL_FORMS"] == str(rows - 1)
    assert editor.post(path, now).status_code == 302
    sections = list(Reference.objects.filter(code=433).values_list("section", flat=True))
    assert len(sections) == rows - 1
    assert "§98" in sections


def test_a_message_and_its_code_are_one_entry(editor, small_form):
    exchange = StatusCode.objects.get(number=433).exchanges.first()
    path, mine = form_of(editor, exchange.pk, "exchange")
    code_path, theirs = small_form
    editor.post(code_path, theirs | {"name_ko": "남의 이름"})
    assert editor.post(path, mine | {"title_ko": "내 제목"}).status_code == 200


def test_two_rows_that_trade_their_readers_are_told_to_do_it_in_two_saves(editor, small_form):
    path, data = small_form
    visitor, client = (data["advice-0-reader"], data["advice-1-reader"])
    texts = dict(Advice.objects.filter(code=433).values_list("reader", "text_ko"))
    page = editor.post(path, data | {"advice-0-reader": client, "advice-1-reader": visitor, "name_ko": "고친 이름"})
    assertContains(page, "한 줄을 먼저 저장하세요")
    assert fields_of(page)["name_ko"] == "고친 이름"
    assert dict(Advice.objects.filter(code=433).values_list("reader", "text_ko")) == texts


def test_two_members_of_a_group_that_trade_codes_are_told_to_do_it_in_two_saves(admin_client):
    path, data = form_of(admin_client, "401-403", "confusiongroup")
    first, second = data["members-0-code"], data["members-1-code"]
    page = admin_client.post(path, data | {"members-0-code": second, "members-1-code": first})
    assertContains(page, "한 줄을 먼저 저장하세요")
    assert GroupMember.objects.get(group="401-403", code=first).answer_ko == data["members-0-answer_ko"]


@pytest.mark.parametrize(
    ("model", "pk", "field"),
    [("category", 4, "summary_ko"), ("confusiongroup", "401-403", "question_ko"), ("statuscode", 433, "summary_ko")],
)
def test_every_kind_of_entry_is_saved_from_its_form_with_a_reason(admin_client, model, pk, field):
    path, data = form_of(admin_client, pk, model)
    assert admin_client.post(path, data | {field: "새로 쓴 말입니다.", "reason": "까닭"}).status_code == 302
    assert snapshots(f"{model} {pk}")[0].reason == "까닭"


def test_the_confirmation_of_a_deletion_lists_rows_by_their_names(admin_client):
    page = admin_client.get(confirmation_of_deleting(admin_client, 433))
    assertContains(page, "출처: RFC 9110 §15")
    assertNotContains(page, "statuscode-to")
    assertNotContains(page, "object (")


def test_an_entry_saved_after_the_confirmation_was_opened_is_not_deleted(admin_client, small_form):
    asked = confirmation_of_deleting(admin_client, 433)
    path, data = small_form
    admin_client.post(path, data | {"name_ko": "남의 이름"})
    page = admin_client.post(asked, {"post": "yes"}, follow=True)
    assertContains(page, "다른 사람이 이 항목을 저장했습니다")
    assert StatusCode.objects.get(number=433).name_ko == "남의 이름"


def test_a_restore_does_not_overwrite_a_save_made_after_its_page_was_opened(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"name_ko": "고친 이름"})
    first = snapshots().last()
    address = reverse("admin:codes_entrysnapshot_change", args=[first.pk])
    drawn = editor.get(address)
    path, data = form_of(editor, 433)
    editor.post(path, data | {"name_ko": "남의 이름"})
    page = press(editor, drawn, reverse("admin:codes_entrysnapshot_restore", args=[first.pk]))
    assert page.url == address
    assert StatusCode.objects.get(number=433).name_ko == "남의 이름"


def test_a_reload_of_the_fixtures_counts_as_a_save(editor):
    path, mine = form_of(editor, 599)
    fixtures.save_entry(fixtures.read(fixtures.FIXTURES / "codes" / "599.yaml")[0])
    assert editor.post(path, mine | {"name_ko": "내 이름"}).status_code == 200


@pytest.mark.parametrize("forged", ["", "-1", "99999999999999999999999", "abc", "0x1", "\0"])
def test_a_forged_version_saves_nothing(editor, small_form, forged):
    path, data = small_form
    assert editor.post(path, data | {"lock_version": forged, "name_ko": "몰래"}).status_code == 200
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"


@pytest.mark.parametrize(
    ("forged", "status"),
    [
        ({"references-0-id": "999999"}, 200),
        ({"references-0-id": "x"}, 200),
        ({"references-0-code": "403"}, 200),
        ({"references-TOTAL_FORMS": "99999"}, 200),
        ({"references-INITIAL_FORMS": "-1"}, 400),
    ],
)
def test_a_tampered_inline_moves_no_row(editor, small_form, forged, status):
    path, data = small_form
    before = {number: list(Reference.objects.filter(code=number)) for number in (403, 433)}
    assert editor.post(path, data | forged).status_code == status
    assert {number: list(Reference.objects.filter(code=number)) for number in (403, 433)} == before


@pytest.fixture
def full_disk(editor):
    """A database that can be read but not written, as one whose disk is full."""
    on_sqlite = connection.vendor == "sqlite"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if on_sqlite else "SET TRANSACTION READ ONLY")
        yield
        if on_sqlite:
            cursor.execute("PRAGMA query_only = OFF")
        transaction.set_rollback(True)


def test_a_read_only_database_serves_pages_and_reports_that_nothing_was_saved(editor, small_form, full_disk):
    path, data = small_form
    editor.raise_request_exception = False
    assertContains(editor.get("/433/"), "작은 항목")
    page = editor.post(path, data | {"name_ko": "고친 이름"})
    assertContains(page, "저장할 수 없습니다", status_code=503)
    assert page["Retry-After"]


# Fixtures and edits


def test_a_deployment_keeps_the_editors_text_and_its_history(editor, folder):
    path, data = form_of(editor, 599)
    editor.post(path, data | {"name_ko": "고친 이름"})
    call_command("load_catalogue", folder=folder, verbosity=0)
    assert StatusCode.objects.get(number=599).name_ko == "고친 이름"
    assert snapshots("statuscode 599").count() == 2


def test_script_is_shown_as_text_in_the_history(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"keywords": "<script>alert(1)</script>"})
    page = editor.get(reverse("admin:codes_entrysnapshot_change", args=[snapshots()[0].pk]))
    assertNotContains(page, "<script>alert(1)")


def test_text_typed_into_a_deleted_entry_is_shown_with_a_link_to_restore_it(editor, small_form):
    path, data = small_form
    StatusCode.objects.get(number=433).delete()
    page = editor.post(path, data | {"description_ko": "한참 동안 쓴 긴 글입니다."})
    assertContains(page, "한참 동안 쓴 긴 글입니다.", status_code=409)
    assertContains(page, "key=statuscode+433", status_code=409)
    assertContains(page, "의미 (한국어)", status_code=409)
    assert data["csrfmiddlewaretoken"] not in [text for _label, text in page.context["typed"]]


def test_forged_field_names_do_not_break_the_page_of_a_deleted_entry(editor, small_form):
    path, data = small_form
    StatusCode.objects.get(number=433).delete()
    forged = dict.fromkeys(["nothing", "a-b-c", "number-1-x", "references-x-url", "references-0-x"], "long enough text")
    assertContains(editor.post(path, data | forged), "references-x-url", status_code=409)


# Preview


@pytest.mark.parametrize(
    ("model", "pk", "field"), [("category", 4, "name_ko"), ("confusiongroup", "401-403", "question_ko")]
)
def test_classes_and_groups_have_a_preview_too(admin_client, model, pk, field):
    _path, data = form_of(admin_client, pk, model)
    address = reverse(f"admin:codes_{model}_preview", args=[pk])
    page = admin_client.post(address, data | {field: "미리 본 말", "_preview": "ko"})
    assertContains(page, "미리 본 말")
    assertNotContains(admin_client.get(reverse(f"admin:codes_{model}_changelist")), "성공적으로 변경되었습니다")
    assert not snapshots(f"{model} {pk}").exists()


@pytest.mark.parametrize(("language", "name"), [("ko", "미리 본 이름"), ("en", "Name in preview")])
def test_a_preview_shows_the_real_page_and_saves_nothing(editor, small_form, language, name):
    _path, data = small_form
    change = {"name_ko": "미리 본 이름", "name_en": "Name in preview", "_preview": language}
    page = editor.post(reverse("admin:codes_statuscode_preview", args=[433]), data | change)
    assertContains(page, f'<html lang="{language}">')
    assertContains(page, name)
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
    assert not snapshots().exists()


@pytest.mark.parametrize("unit", ["[", "![", "a*_", "[[]", "**a** ", "a\n\n", "1. a\n", "<", "`a", "\\["])
def test_a_text_of_nothing_but_marks_is_shown_as_it_was_typed(unit, monkeypatch):
    """The parser takes half a second for each such text, and a form may have a hundred."""
    parsed = []
    monkeypatch.setattr(markdown._parser, "render", parsed.append)
    text = (unit * 20_000)[:20_000]
    shown = unescape(strip_tags(markdown.render(text)))
    assert "".join(shown.split()) == "".join(text.split())
    assert parsed == []


def test_texts_of_the_catalogue_are_far_from_that_bound(db):
    for code in StatusCode.objects.all():
        for text in (code.description_ko, code.description_en, code.misunderstanding_en, code.history_en):
            assert markdown._is_bounded(text * 2)


def test_long_texts_of_previews_are_not_kept_in_memory():
    before = markdown._render.cache_info().currsize
    markdown.render("long " * 4_000)
    assert markdown._render.cache_info().currsize == before


def test_a_form_with_more_text_than_any_entry_has_is_refused(editor):
    path, data = form_of(editor, 410)
    long = {f"{text}_{language}": "가 " * 9_990 for text in StatusCode.TEXTS[2:] for language in LANGUAGES}
    for address in (path, reverse("admin:codes_statuscode_preview", args=[410])):
        assertContains(editor.post(address, data | long), "200000자", status_code=400)


def test_a_preview_of_an_invalid_form_shows_the_error(editor, small_form):
    _path, data = small_form
    page = editor.post(reverse("admin:codes_statuscode_preview", args=[433]), data | {"name_ko": ""})
    assert "name_ko" in page.context["adminform"].form.errors


# Bad input


@pytest.mark.parametrize(
    "texts",
    [
        {"description_ko": "a\0b", "description_en": "\x1b[31m\x07", "when_to_use_ko": "\u202e404"},
        {"description_ko": "x" * 100_000},
    ],
    ids=["NUL, control, right-to-left", "100kB"],
)
def test_unprintable_and_huge_texts_are_refused(editor, small_form, texts):
    path, data = small_form
    page = editor.post(path, data | texts)
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == set(texts)
    code = StatusCode.objects.get(number=433)
    assert {name: getattr(code, name) for name in texts} == {name: data[name] for name in texts}


@pytest.mark.parametrize(
    "text",
    ["> " * 10_000, "[" * 10_000, "- " * 10_000, "<script>alert(1)</script>", "[x](javascript:alert(1))"],
    ids="quotes brackets lists script javascript".split(),
)
def test_odd_texts_are_saved_and_shown_as_text(editor, small_form, text):
    path, data = small_form
    assert editor.post(path, data | {"description_ko": text}).status_code == 302
    assert StatusCode.objects.get(number=433).description_ko == text.strip()
    page = editor.get("/433/")
    assert page.status_code == 200
    assertNotContains(page, "<script>alert")
    assertNotContains(page, 'href="javascript:')


def test_a_lone_surrogate_is_replaced(editor, small_form):
    """UTF-8 has no lone surrogates: a client can only send their three bytes."""
    path, data = small_form
    content = urlencode(data, doseq=True) + "&description_ko=a%ED%A0%80b"
    assert editor.post(path, content, content_type="application/x-www-form-urlencoded").status_code == 302
    assert StatusCode.objects.get(number=433).description_ko == "a\ufffd\ufffd\ufffdb"
    assert editor.get("/433/").status_code == 200


@pytest.mark.parametrize(("typed", "accepted"), [("9999", True), ("10000", False), ("32767", False)])
def test_a_position_that_could_not_be_moved_any_more_is_refused_at_its_field(admin_client, typed, accepted):
    path, data = form_of(admin_client, "401-403", "confusiongroup")
    for name in ("position", "members-0-position"):
        page = admin_client.post(path, data | {name: typed})
        assert page.status_code == (302 if accepted else 200)
        if accepted:
            _, data = form_of(admin_client, "401-403", "confusiongroup")
        else:
            assertContains(page, 'aria-invalid="true"', count=1)
