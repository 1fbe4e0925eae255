"""Files of the catalogue that are hostile, slovenly, or newer than the database."""

import os
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from codes.editing import fixtures
from codes.models import (
    Announcement,
    Category,
    ConfusionGroup,
    ErrorText,
    LoadedEntry,
    Question,
    QuestionChoice,
    RuleSet,
    Situation,
    StatusCode,
)

CODE = "- model: codes.statuscode\n  pk: 433\n  fields: {category: 4, name_ko: 새 코드, name_en: New Code}\n"


@pytest.fixture
def folder(tmp_path):
    """Three of the files: the other entries are in the database only."""
    for name in ("categories.yaml", "codes/404.yaml", "codes/403.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(fixtures.FIXTURES / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def small_catalogue(django_db_setup, django_db_blocker):
    """Leave classes, rules and a few codes in the database: to write the others takes most of the time."""
    with django_db_blocker.unblock():
        transaction_of_module = transaction.atomic()
        transaction_of_module.__enter__()
        for model in (Announcement, QuestionChoice, Question, Situation, ConfusionGroup, ErrorText):
            model.objects.all().delete()
        related = StatusCode.objects.filter(number__in=(403, 404)).values_list("related", flat=True)
        StatusCode.objects.exclude(number__in={403, 404, 410, 598, *related}).delete()
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        transaction_of_module.__exit__(None, None, None)


@pytest.fixture
def few_codes(small_catalogue, db):
    """A database with a few codes that a test may change."""


def with_fields(fields):
    return CODE.replace("category: 4,", f"category: 4, {fields},")


BOMB = "".join(f"  {name}: &{name} [*{former}, *{former}]\n" for former, name in ("ab", "bc", "cd"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"a: &a [1]\n{BOMB}", "line 1: anchors, aliases and tags"),
        (f"- &x {CODE[2:]}- <<: *x\n", "line 1: anchors"),
        (CODE + "  other: *x\n", "line 4: anchors"),
        (CODE.replace("New Code", "!!python/name:os.system x"), "line 3: anchors"),
        (CODE.replace("New Code", "!!binary aGk="), "line 3: anchors"),
        (CODE + "  pk: 434\n", "line 4: pk occurs twice"),
        (with_fields("name_en: Old Code"), "line 3: name_en occurs twice"),
        (CODE + "  ~: 1\n  null: 2\n", "line 5: null occurs twice"),
        (CODE + "  0: 1\n  -0: 2\n", "line 5: -0 occurs twice"),
        (CODE + "  1: 1\n  true: 2\n", "line 5: true occurs twice"),
        (CODE + "".join(f"  a{n}: 1\n" for n in range(70_000)) + "  a9: 1\n", "a9 occurs twice"),
        ("[" * 100_000, "line 1: nested too deeply"),
        ("- " * 5000 + "x", "line 1: nested too deeply"),
        ("{a: " * 5000, "line 1: nested too deeply"),
        (CODE.replace("New", "N\0w"), "control characters are not allowed"),
        (CODE.encode("utf-16"), "codec can't decode"),
        (CODE.encode("cp949"), "codec can't decode"),
        ("x" * 1_000_001, "longer than 1,000,000 bytes"),
        ("{}", "expected a list"),
        ("- {", "line 2: did not find"),
        (CODE.replace("pk: 433", "pk: 6:44"), "pk number: must be a number"),
        (CODE.replace("pk: 433", "pk: .inf"), "pk number: must be a number"),
        (CODE.replace("pk: 433", "pk: true"), "pk number: must be a number"),
        (CODE.replace("pk: 433", "pk: [433]"), "pk number: must be a number"),
        (CODE.replace("  pk: 433\n", "  pk: 433\n  filds: {}\n"), "not an object of the catalogue"),
        (CODE.replace("name_en: New Code", "name_en: 2026-11-26"), "name_en: must be a text"),
        (CODE.replace("name_en: New Code", "name_en: 5"), "name_en: must be a text"),
        (CODE.replace("name_en: New Code", "name_en: {a: 1}"), "name_en: must be a text"),
        (CODE.replace("category: 4", "category: [4]"), "category: must be a number"),
        (with_fields("common: 1"), "common: must be true or false"),
        (with_fields("common: yes"), "common: must be true or false"),
        (with_fields("checked_on: 20261126"), "checked_on: must be a date"),
        (with_fields("checked_on: 2026-99-99"), "month must be in 1..12"),
        (with_fields("related: 5"), "related: must be a list of numbers"),
        (with_fields("related: null"), "related: must be a list of numbers"),
        (with_fields("related: [[1]]"), "related: must be a list of numbers"),
        (with_fields("related: [{a: 1}]"), "related: must be a list of numbers"),
        (with_fields("related: ['x', 403]"), "related: must be a list of numbers"),
        (with_fields("related: [433]"), "related: is the entry itself"),
        (with_fields("advice: 1"), "advice: is no field"),
        (with_fields("statuscode: []"), "statuscode: is no field"),
        (
            CODE + "- model: codes.reference\n  fields: {code: 433, spec: x, url: 'https://x', position: true}\n",
            "position: must be a number",
        ),
        (
            CODE + "- model: codes.message\n  fields: {exchange: [433, [1]], sender: client}\n",
            "exchange: must be a list of numbers",
        ),
    ],
)
def test_a_file_that_is_no_plain_fixture_is_refused_in_one_line(tmp_path, content, reason):
    path = tmp_path / "codes" / "433.yaml"
    path.parent.mkdir()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(fixtures.CatalogueError) as refusal:
        fixtures.read(path)
    assert "433.yaml" in str(refusal.value)
    assert reason in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    fifo, endless = tmp_path / "fifo.yaml", tmp_path / "endless.yaml"
    os.mkfifo(fifo)
    endless.symlink_to("/dev/zero")
    for path in (fifo, endless):
        with pytest.raises(fixtures.CatalogueError, match="not a regular file"):
            fixtures.read(path)
    for path in (tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(fixtures.CatalogueError, match=path.name):
            fixtures.read(path)


def test_files_are_read_before_the_database_is_asked(folder, few_codes, django_assert_num_queries):
    (folder / "codes" / "433.yaml").write_text("- {")
    with django_assert_num_queries(0), pytest.raises(fixtures.CatalogueError):
        fixtures.load(folder)


@pytest.mark.parametrize("name", ["0404.yaml", "４０４.yaml", "404.YAML", "404.yml"])
def test_a_code_has_one_file_with_one_name(folder, name):
    shutil.copy(folder / "codes" / "404.yaml", folder / "codes" / name)
    with pytest.raises(fixtures.CatalogueError, match=name):
        fixtures.read_all(folder)


def test_a_group_in_two_files_is_refused(folder):
    (folder / "groups").mkdir()
    for name in ("401-403.yaml", "copy.yaml"):
        shutil.copy(fixtures.FIXTURES / "groups" / "401-403.yaml", folder / "groups" / name)
    with pytest.raises(fixtures.CatalogueError, match=r"is in 401-403\.yaml too"):
        fixtures.read_all(folder)


def test_characters_that_turn_the_direction_of_a_text_are_refused(folder, few_codes):
    (folder / "codes" / "433.yaml").write_text(CODE.replace("New", "N\u202eew"))
    with pytest.raises(fixtures.CatalogueError, match="name_en"):
        fixtures.load(folder)


REFERENCE = "- model: codes.reference\n  fields: {code: 433, spec: RFC 1, position: 1, url: 'https://x.example/'}\n"
MESSAGE = "- model: codes.message\n  fields: {exchange: [433, 1], position: 1, sender: client, receiver: server}\n"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (REFERENCE + REFERENCE, "statuscode 433: two rows have the same key"),
        (MESSAGE, "statuscode 433: codes.message: Exchange matching query does not exist"),
        (REFERENCE.replace("position: 1", "position: -1"), "statuscode 433: codes.reference: position"),
    ],
)
def test_of_several_new_entries_the_one_that_cannot_be_saved_is_named(folder, few_codes, rows, reason):
    for number in (432, 434):
        (folder / "codes" / f"{number}.yaml").write_text(CODE.replace("433", str(number)))
    (folder / "codes" / "433.yaml").write_text(CODE + rows)
    with pytest.raises(fixtures.CatalogueError, match=f"codes/433.yaml: {reason}"):
        fixtures.load(folder)
    assert not StatusCode.objects.filter(number__in=(432, 433, 434)).exists()


def test_new_entries_may_name_each_other(folder, few_codes):
    for number, other in ((432, 433), (433, 432)):
        text = CODE.replace("433", str(number)).replace("category: 4,", f"category: 4, related: [{other}, 404],")
        (folder / "codes" / f"{number}.yaml").write_text(text)
    assert fixtures.load(folder).counts["added"] == 2
    assert set(StatusCode.objects.get(number=433).related.values_list("pk", flat=True)) == {404, 432}


# Writing back


def export(folder, *arguments):
    out, err = StringIO(), StringIO()
    call_command("export_catalogue", *arguments, folder=folder, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def edit_file(folder, name="codes/404.yaml"):
    path = folder / name
    path.write_text(path.read_text().replace("name_ko: 찾을 수 없음", "name_ko: 파일의 이름"))
    return path


def test_what_was_not_loaded_is_neither_overwritten_nor_removed(folder, few_codes):
    new, broken = folder / "codes" / "433.yaml", folder / "codes" / "403.yaml"
    new.write_text(CODE)
    broken.write_text("- {")
    edited = edit_file(folder)
    StatusCode.objects.filter(number=404).update(name_en="Edited Here")
    out, err = export(folder)
    assert new.read_text() == CODE
    assert broken.read_text() == "- {"
    assert "파일의 이름" in edited.read_text()
    for line in ("codes/433.yaml stays: statuscode 433 was not loaded", "codes/404.yaml stays", "codes/403.yaml stays"):
        assert line in err
    assert "codes/404.yaml" not in out

    export(folder, "--replace", "404", "403", "433")
    assert "Edited Here" in edited.read_text()
    assert broken.read_text() == (fixtures.FIXTURES / "codes" / "403.yaml").read_text()
    assert not new.exists()


def test_what_was_written_back_is_known_and_counts_as_unchanged(folder, few_codes):
    path = folder / "codes" / "404.yaml"
    for name in ("First", "Second"):
        StatusCode.objects.filter(number=404).update(name_en=name)
        _, err = export(folder)
        assert err == ""
        assert f"name_en: {name}" in path.read_text()
    StatusCode.objects.get(number=598).delete()
    export(folder)
    assert not (folder / "codes" / "598.yaml").exists()
    report = fixtures.load(folder)
    assert (report.counts["added"], report.counts["changed"], report.counts["kept as edited"]) == (0, 0, 0)


def test_files_that_are_thrown_away_after_writing_back_do_not_undo_the_edit(folder, few_codes):
    before = (folder / "codes" / "404.yaml").read_text()
    StatusCode.objects.filter(number=404).update(name_en="Edited Here")
    export(folder)
    (folder / "codes" / "404.yaml").write_text(before)
    assert fixtures.load(folder).counts["kept as edited"] == 1
    assert StatusCode.objects.get(number=404).name_en == "Edited Here"


def test_a_new_entry_is_written_back_and_edited_again(folder, few_codes, make_code):
    code = make_code(433)
    export(folder)
    StatusCode.objects.filter(pk=code.pk).update(name_en="Other")
    assert export(folder)[1] == ""
    assert "name_en: Other" in (folder / "codes" / "433.yaml").read_text()
    fixtures.load(folder)
    assert LoadedEntry.objects.get(key="statuscode 433").digest == fixtures.load_entry("statuscode 433").digest


def test_a_write_that_fails_leaves_every_file_whole(folder, few_codes, monkeypatch):
    StatusCode.objects.filter(number__in=(403, 404)).update(name_en="Edited Here")
    names = sorted(path.relative_to(folder) for path in folder.rglob("*.yaml"))
    before = {name: (folder / name).read_text() for name in names}

    def fail(self, text, **kwargs):
        if "410" in self.name:
            raise OSError(28, "No space left on device", str(self))
        with open(self, "w") as file:
            return file.write(text)

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(CommandError, match="No space left"):
        export(folder)
    assert {path.relative_to(folder): path.read_text() for path in folder.rglob("*.yaml")} == before
    assert not list(folder.rglob("*.partial"))


def test_a_link_is_replaced_and_what_it_points_to_stays(folder, few_codes, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "404.yaml"
    path = folder / "codes" / "404.yaml"
    before = path.read_text()
    path.rename(outside)
    path.symlink_to(outside)
    StatusCode.objects.filter(number=404).update(name_en="Edited Here")
    export(folder)
    assert "Edited Here" in path.read_text()
    assert outside.read_text() == before


def test_a_link_in_the_place_of_a_file_that_is_being_written_is_not_followed(folder, few_codes, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "notes"
    outside.write_text("mine")
    (folder / "codes" / ".404.yaml.partial").symlink_to(outside)
    StatusCode.objects.filter(number=404).update(name_en="Edited Here")
    export(folder)
    assert not (folder / "codes" / "404.yaml").is_symlink()
    assert outside.read_text() == "mine"


def test_an_empty_database_removes_no_file(folder, few_codes):
    for model in (StatusCode, Category, RuleSet):
        model.objects.all().delete()
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("export_catalogue", folder=folder)
    assert (folder / "codes" / "404.yaml").exists()


def test_a_folder_that_is_none_is_named(tmp_path, few_codes):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="file"):
        export(tmp_path / "file")
