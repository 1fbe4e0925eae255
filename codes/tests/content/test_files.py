"""All files of the catalogue: loaded, loaded again, exported, and read by Django's own loaddata."""

import shutil

import pytest
from django.core.management import call_command

from codes.editing import fixtures
from codes.editing.invalidation import single_advance
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
from codes.tests.html_forms import form_of

pytestmark = pytest.mark.django_db


def counts():
    models = [model for root, details in fixtures.DETAILS_OF.items() for model in (root, *details)]
    return {model.__name__: model.objects.count() for model in models}


def test_an_empty_database_gets_everything():
    before = counts()
    roots = (QuestionChoice, Question, Situation, ConfusionGroup, ErrorText, StatusCode, Category, RuleSet)
    for model in (*roots, Announcement, LoadedEntry):
        model.objects.all().delete()
    report = fixtures.load()
    assert set(report.counts) == {"added"}
    assert counts() == before


def test_loading_again_changes_nothing():
    before = counts()
    report = fixtures.load()
    assert set(report.counts) == {"unchanged"}
    assert counts() == before


def test_djangos_loaddata_reads_the_same_files():
    before = counts()
    with single_advance():
        call_command("loaddata", *map(str, fixtures.files()), verbosity=0)
    assert counts() == before


def test_an_export_writes_missing_files_removes_those_of_deleted_entries_and_changes_no_other(tmp_path):
    folder = tmp_path / "fixtures"
    shutil.copytree(fixtures.FIXTURES, folder)
    missing, deleted = folder / "codes" / "404.yaml", folder / "codes" / "999.yaml"
    original = missing.read_text()
    missing.unlink()
    StatusCode.objects.get(number=999).delete()
    assert sorted(fixtures.export(folder).changed) == [missing, deleted]
    assert missing.read_text() == original
    assert not deleted.exists()


def test_an_export_changes_only_the_line_that_was_edited(editor, tmp_path):
    path, data = form_of(editor, 404)
    editor.post(path, data | {"name_ko": "고친 이름"})
    changed = fixtures.export(tmp_path).changed
    original = (fixtures.FIXTURES / "codes" / "404.yaml").read_text().splitlines()
    written = (tmp_path / "codes" / "404.yaml").read_text().splitlines()
    assert len(changed) > 100  # an empty folder: every file is new
    assert [line for line in written if line not in original] == ["    name_ko: 고친 이름"]
    assert len(written) == len(original)
