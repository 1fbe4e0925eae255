"""Texts are exported for translators as a table, and imported again without losing any."""

import io
import resource
import time
from contextlib import suppress
from functools import cache

import pytest
import tablib
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.asserts import assertContains

from codes.editing import fixtures, spreadsheets, translation_tables
from codes.models import EntrySnapshot, StatusCode
from codes.tests import hostile_tables
from codes.texts.localized import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_code")]


def file_of(client, *numbers, file_format="csv"):
    data = {"action": f"export_{file_format}", "_selected_action": numbers}
    return client.post(reverse("admin:codes_statuscode_changelist"), data).content


def table_of(client, *numbers, file_format="csv"):
    content = file_of(client, *numbers, file_format=file_format)
    content = content.decode("utf-8-sig") if file_format == "csv" else content
    return tablib.Dataset().load(content, format=file_format)


def change(table, number, text, column, value):
    rows = [list(row) for row in table]
    for row in rows:
        if str(row[0]) == str(number) and row[2] == text:
            row[3 if column == "ko" else 4] = value
    return tablib.Dataset(*rows, headers=table.headers)


def upload(client, table, file_format="csv"):
    content = table if isinstance(table, bytes) else table.export(file_format)
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(f"texts.{file_format}", content)
    return client.post(reverse("admin:codes_statuscode_translations"), {"table": file})


def confirm(client, page):
    return client.post(reverse("admin:codes_statuscode_translations"), {"signed": page.context["signed"]})


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_untouched_table_changes_nothing(editor, file_format):
    table = table_of(editor, 404, 401, 503, file_format=file_format)
    page = upload(editor, table, file_format)
    assert page.context["differences"] == []


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_changed_text_is_shown_first_and_saved_when_confirmed(editor, file_format):
    table = table_of(editor, 433, file_format=file_format)
    table = change(table, 433, "summary", "en", "A better line.")
    table = change(table, 433, "advice visitor", "en", "- Look again.")
    before = fixtures.load_entry("statuscode 433").digest
    page = upload(editor, table, file_format)
    assertContains(page, "A better line.")
    assert fixtures.load_entry("statuscode 433").digest == before
    assert confirm(editor, page).status_code == 302
    code = StatusCode.objects.get(number=433)
    assert code.summary_en == "A better line."
    assert code.advice.get(reader="visitor").text_en == "- Look again."
    assert EntrySnapshot.objects.filter(key="statuscode 433")[0].editor.username == "editor"


def test_the_conditions_and_notes_of_rules_are_in_the_table(editor):
    StatusCode.objects.get(number=433).rules.create(
        header="ETag", level="must", source="RFC 9110 §8.8.3", condition_ko="조건", condition_en="if it is", note_en="x"
    )
    table = table_of(editor, 433)
    page = upload(editor, change(table, 433, "rule 1 condition", "en", "when it is"))
    assertContains(page, "응답 규칙 1: 조건 (영어)")
    confirm(editor, page)
    assert StatusCode.objects.get(number=433).rules.get().condition_en == "when it is"


def test_an_updated_translation_is_no_longer_outdated(editor, small_form):
    path, data = small_form
    editor.post(path, data | {"summary_ko": "고친 설명입니다."})
    assert StatusCode.objects.get(number=433).outdated_translations == "summary_en"
    confirm(editor, upload(editor, change(table_of(editor, 433), 433, "summary", "en", "A corrected line.")))
    assert StatusCode.objects.get(number=433).outdated_translations == ""
    confirm(editor, upload(editor, change(table_of(editor, 433), 433, "name", "en", "Lost")))
    assert StatusCode.objects.get(number=433).outdated_translations == "name_ko"


BEGINNINGS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "''=", "'"]
TEXTS = [f"{text}_{language}" for text in StatusCode.TEXTS for language in LANGUAGES][: len(BEGINNINGS)]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_texts_that_look_like_formulas_are_escaped_and_read_back_unchanged(editor, file_format):
    formulas = [f'{beginning}HYPERLINK("https://evil.example")' for beginning in BEGINNINGS]
    StatusCode.objects.filter(number=433).update(**dict(zip(TEXTS, formulas, strict=True)))
    file = file_of(editor, 433, file_format=file_format)
    if file_format == "csv":
        table = tablib.Dataset().load(file.decode("utf-8-sig"), format="csv")
        assert len([cell for row in table for cell in row if "HYPERLINK" in cell]) == len(BEGINNINGS)
        assert not [row for row in table if any(str(cell).startswith(tuple("=-+@＝＋－＠")) for cell in row)]
    assert upload(editor, file, file_format).context["differences"] == []


def test_what_looks_like_a_formula_is_text_in_excel_and_stays_text_when_edited(editor):
    StatusCode.objects.filter(number=433).update(summary_en="=1+1")
    answer = editor.get(reverse("admin:codes_statuscode_xlsx"), {"q": "433"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    (cell,) = (row[4] for row in sheet if row[2].value == "summary")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert {row[0].value for row in sheet} == {"number", 433}  # the list's filter holds for its table


def test_a_table_of_an_older_release_with_apostrophes_is_read_as_it_was_meant(editor):
    StatusCode.objects.filter(number=433).update(summary_en="=1+1", summary_ko="'=1+1")
    table = change(table_of(editor, 433, file_format="xlsx"), 433, "summary", "en", "'=1+1")
    table = change(table, 433, "summary", "ko", "''=1+1")
    assert upload(editor, table, "xlsx").context["differences"] == []
    (edited,) = upload(editor, change(table, 433, "summary", "en", "'=1+2"), "xlsx").context["differences"]
    assert edited.after == "=1+2"


def test_a_filter_that_the_list_does_not_know_gives_no_table(editor):
    assert editor.get(reverse("admin:codes_statuscode_csv"), {"nonsense": "1"}).status_code == 400


@pytest.mark.parametrize("beginning", ["\t", "\r", "\n"])
def test_white_space_that_a_spreadsheet_skips_does_not_hide_a_formula(beginning):
    """Forms strip it; a text from elsewhere may begin with it."""
    code = StatusCode.objects.get(number=433)
    code.summary_en = f"{beginning}=1+1"
    exported = translation_tables.export_table([code], "csv").decode()
    assert f"'{beginning}=1+1" in exported


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda table: change(table, 433, "summary", "en", ""), "글이 사라지게"),
        (lambda table: tablib.Dataset(*table, table[0], headers=table.headers), "두 번"),
        (
            lambda table: tablib.Dataset(["433", table[0][1], "nonsense", "a", "b"], headers=table.headers),
            ">2번째 줄: 433에는 nonsense",
        ),
        (lambda table: tablib.Dataset(["998", "0", "name", "a", "b"], headers=table.headers), ">2번째 줄: 998"),
        (
            lambda table: tablib.Dataset(["433", "77", "name", "a", "b"], headers=table.headers),
            ">2번째 줄: 이 표를 만든 뒤에 433번이 저장되었습니다",
        ),
        (lambda table: tablib.Dataset(["433", "a"], headers=["number", "ko"]), "열은"),
        (lambda table: b"\xff\xfe\x00\x00broken", "표로 읽을 수 없습니다"),
    ],
)
def test_a_table_that_would_lose_text_is_refused_as_a_whole(editor, spoil, reason):
    before = fixtures.load_entry("statuscode 433").digest
    page = upload(editor, spoil(table_of(editor, 433)))
    assertContains(page, reason)
    assert "signed" not in page.context
    assert fixtures.load_entry("statuscode 433").digest == before


def test_an_unknown_kind_of_file_is_refused(editor):
    file = SimpleUploadedFile("texts.exe", b"MZ")
    assertContains(editor.post(reverse("admin:codes_statuscode_translations"), {"table": file}), "CSV")


def test_a_save_between_the_list_and_the_confirmation_is_not_overwritten(editor, small_form):
    page = upload(editor, change(table_of(editor, 433), 433, "name", "ko", "번역한 이름"))
    path, data = small_form
    editor.post(path, data | {"name_ko": "그사이 고친 이름"})
    assertContains(confirm(editor, page), "433")
    assert StatusCode.objects.get(number=433).name_ko == "그사이 고친 이름"


def test_a_table_of_a_code_that_was_deleted_in_the_meantime_is_refused(editor):
    page = upload(editor, change(table_of(editor, 598), 598, "name", "ko", "번역한 이름"))
    StatusCode.objects.get(number=598).delete()
    assertContains(confirm(editor, page), "598번은 그사이 삭제되었습니다.")


def test_a_forged_confirmation_saves_nothing(editor):
    answer = editor.post(reverse("admin:codes_statuscode_translations"), {"signed": "forged:stuff"})
    assertContains(answer, "다시 올려 주세요")


def test_translation_tables_need_permission_to_change(client):
    client.force_login(User.objects.create_user("reader", is_staff=True))
    assert client.get(reverse("admin:codes_statuscode_translations")).status_code == 403


def test_the_excel_file_is_a_zip_archive(editor):
    answer = editor.post(
        reverse("admin:codes_statuscode_changelist"), {"action": "export_xlsx", "_selected_action": [433]}
    )
    assert io.BytesIO(answer.content).read(2) == b"PK"


# Some are made for two tests.
TABLES = {name: cache(make) for name, make in hostile_tables.XLSX.items()}
HOSTILE = [(name, "xlsx", make) for name, make in TABLES.items()]
HOSTILE += [(name, "csv", make) for name, make in hostile_tables.CSV.items()]


@pytest.mark.parametrize(("file_format", "make"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_no_file_takes_long_to_read_or_much_memory(file_format, make):
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with suppress(translation_tables.InvalidTable):
        assert translation_tables.parse_table(content, file_format) == []
    assert time.process_time() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kilobytes


@pytest.mark.parametrize("name", ["27 MB unpacked", "many rows", "attributes", "rows without cells", "many parts"])
def test_a_file_beyond_the_bounds_is_not_given_to_the_reader(name, monkeypatch):
    monkeypatch.setattr("openpyxl.load_workbook", lambda *args, **kwargs: pytest.fail("it was read"))
    with pytest.raises(spreadsheets.TooLarge):
        spreadsheets.read_rows(TABLES[name](), "xlsx", 5)


@pytest.mark.content
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_table_of_the_whole_catalogue_is_within_half_of_every_bound(file_format, monkeypatch):
    codes = StatusCode.objects.prefetch_related(*translation_tables.WITH_TEXTS)
    content = translation_tables.export_table(codes, file_format)
    for name in ("MAX_BYTES", "MAX_UNPACKED_BYTES", "MAX_NODES", "MAX_COMMAS", "MAX_ROWS", "MAX_GAP"):
        monkeypatch.setattr(spreadsheets, name, getattr(spreadsheets, name) // 2)
    assert translation_tables.parse_table(content, file_format) == []


def test_a_sheet_with_a_remark_beside_the_table_is_refused():
    with pytest.raises(translation_tables.InvalidTable, match="열은"):
        translation_tables.parse_table(b"number,version,text,ko,en\n404,0,name,a,b,remark", "csv")


def test_a_table_of_another_kind_gets_some_reasons_and_not_thousands(editor):
    rows = b"".join(b"%d,0,name,a,b\n" % number for number in range(1000, 4000))
    page = upload(editor, b"number,version,text,ko,en\n" + rows)
    assert len(page.context["reasons"]) == translation_tables.MAX_REASONS + 1


def test_all_differences_of_a_table_share_one_bound(monkeypatch):
    differences = [translation_tables.Difference(404, 0, "name", "ko", "a", "b") for _ in range(2)]
    first, second = translation_tables.changes(differences)
    assert first.budget is second.budget
