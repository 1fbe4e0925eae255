"""Files of the catalogue that are hostile, slovenly, or newer than the database."""

import os
import shutil

import pytest

from codes.editing import fixtures

CODE = "- model: codes.statuscode\n  pk: 433\n  fields: {category: 4, name_ko: 새 코드, name_en: New Code}\n"


@pytest.fixture
def folder(tmp_path):
    """Three of the files: the other entries are in the database only."""
    for name in ("categories.yaml", "codes/404.yaml", "codes/403.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(fixtures.FIXTURES / name, tmp_path / name)
    return tmp_path


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
        (with_fields("related: [[1]]"), "related: must be a list of numbers"),
        (with_fields("related: [{a: 1}]"), "related: must be a list of numbers"),
        (with_fields("related: ['x', 403]"), "related: must be a list of numbers"),
        (with_fields("related: [433]"), "related: is the entry itself"),
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


def test_files_are_read_before_the_database_is_asked(folder, db, django_assert_num_queries):
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


def test_characters_that_turn_the_direction_of_a_text_are_refused(folder, db):
    (folder / "codes" / "433.yaml").write_text(CODE.replace("New", "N\u202eew"))
    with pytest.raises(fixtures.CatalogueError, match="name_en"):
        fixtures.load(folder)
