"""Loading fixtures, and keeping what editors changed."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from codes.models import Reference, Revision, StatusCode

pytestmark = pytest.mark.django_db


def load(folder, *arguments):
    out, err = StringIO(), StringIO()
    call_command("load_catalogue", *arguments, folder=folder, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_load_advances_the_revision_only_if_it_changed_something(folder, monkeypatch):
    advances = []
    advance = Revision.advance
    monkeypatch.setattr(Revision, "advance", lambda: [advances.append(1), advance()])
    seen = [Revision.current()]
    load(folder)
    assert advances == []
    edit(folder / "codes" / "404.yaml", "name_ko: 찾을 수 없음", "name_ko: 없는 페이지")
    load(folder)
    assert len(advances) == 1
    seen.append(Revision.current())
    StatusCode.objects.get(number=404).save()
    assert len(advances) == 2
    seen.append(Revision.current())
    assert seen == sorted(set(seen))


def test_a_corrected_file_is_loaded_and_rows_removed_from_it_are_deleted(folder):
    path = folder / "codes" / "404.yaml"
    edit(path, "name_ko: 찾을 수 없음", "name_ko: 없는 페이지")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "spec: MDN" not in line))
    out, _ = load(folder)
    assert "1 changed" in out
    assert StatusCode.objects.get(number=404).name_ko == "없는 페이지"
    assert not Reference.objects.filter(code=404, spec="MDN").exists()


def test_a_new_code_needs_one_new_file(folder):
    (folder / "codes" / "433.yaml").write_text(
        "- model: codes.statuscode\n  pk: 433\n  fields: {category: 4, name_ko: 새 코드, name_en: New Code}\n"
    )
    out, _ = load(folder)
    assert "1 added" in out
    assert StatusCode.objects.get(number=433).name_en == "New Code"


def test_what_an_editor_changed_survives_a_reload(folder):
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    out, _ = load(folder)
    assert "1 kept as edited" in out
    assert StatusCode.objects.get(number=404).name_ko == "고친 이름"


def test_when_editor_and_file_both_changed_the_editors_version_is_kept_and_both_are_shown(folder):
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    edit(folder / "codes" / "404.yaml", "name_ko: 찾을 수 없음", "name_ko: 파일의 이름")
    _, err = load(folder)
    assert StatusCode.objects.get(number=404).name_ko == "고친 이름"
    assert "고친 이름" in err
    assert "파일의 이름" in err
    load(folder, "--replace", "404")
    assert StatusCode.objects.get(number=404).name_ko == "파일의 이름"


def test_what_an_editor_deleted_stays_deleted(folder):
    StatusCode.objects.get(number=783).delete()
    out, _ = load(folder)
    assert "statuscode 783" in out
    assert not StatusCode.objects.filter(number=783).exists()
    load(folder, "--replace", "783")
    assert StatusCode.objects.filter(number=783).exists()


def test_what_an_editor_deleted_stays_deleted_when_its_file_changes(folder):
    StatusCode.objects.get(number=783).delete()
    path = folder / "codes" / "783.yaml"
    path.write_text(path.read_text().replace("name_ko: ", "name_ko: 새 ", 1))
    _, errors = load(folder)
    assert "load_catalogue --replace 'statuscode 783'" in errors
    assert not StatusCode.objects.filter(number=783).exists()


def test_the_order_in_which_a_file_lists_related_codes_does_not_matter(folder):
    edit(folder / "codes" / "404.yaml", "related: [301, 403", "related: [403, 301")
    load(folder)
    out, _ = load(folder)
    assert "kept as edited" not in out


def test_only_entries_that_exist_can_be_replaced(folder):
    with pytest.raises(CommandError, match="998"):
        load(folder, "--replace", "998")
    load(folder, "--replace", "confusiongroup 401-403")


def test_a_broken_file_is_named_when_an_entry_is_to_be_replaced_too(folder):
    (folder / "codes" / "404.yaml").write_text("- {")
    with pytest.raises(CommandError, match=r"404\.yaml"):
        load(folder, "--replace", "403")


def test_a_copied_file_with_the_old_number_left_in_is_refused(folder):
    shutil.copy(folder / "codes" / "404.yaml", folder / "codes" / "433.yaml")
    with pytest.raises(CommandError, match=r"433\.yaml.*differ"):
        load(folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("category: 4", "category: 5", "404.yaml: statuscode 404: codes.statuscode: category"),
        ("name_ko: 찾을 수 없음", "name_ko: ''", "404.yaml: statuscode 404: codes.statuscode: name_ko"),
        ("name_en: Not Found", 'name_en: "\\ud800"', "404.yaml"),
        ("name_en: Not Found", 'name_en: "a\\0b"', "404.yaml: statuscode 404: codes.statuscode: name_en"),
        ("name_en: Not Found", f"name_en: {'x' * 500}", "404.yaml: statuscode 404: codes.statuscode: name_en"),
        ("name_en: Not Found", f"name_en: {'[' * 5000}{']' * 5000}", "404.yaml"),
        ("category: 4", f"category: {2**63}", "404.yaml"),
        ("category: 4", f"category: {'9' * 5000}", "404.yaml"),
        ("pk: 404", "pk: four", "404.yaml"),
        ("common: true", "comon: true", "404.yaml: statuscode 404: codes.statuscode"),
        ("related: [", "related: [998, ", "404.yaml: statuscode 404: codes.statuscode: there is no code 998"),
        ("related: [301, 403, 405, 410, 421]", "related: 5", "404.yaml"),
        ("related: [", "related: [404, ", "404.yaml: statuscode 404: codes.statuscode: related: is the entry itself"),
        ("exchange: [404, 1]", "exchange: 404", "404.yaml"),
        ("reader: visitor", "reader: nobody", "404.yaml: statuscode 404: codes.advice: reader"),
        ("{code: 404, spec: RFC 9110,", "{code: 403, spec: RFC 9110,", "404.yaml: statuscode 404"),
        ("- model: codes.statuscode", "- model: auth.user", "404.yaml"),
        ("- model: codes.statuscode", "- model: [", "404.yaml"),
    ],
)
def test_a_broken_file_stops_the_load_with_file_code_and_reason_and_changes_nothing(folder, old, new, reason):
    edit(folder / "codes" / "200.yaml", "name_en: OK", "name_en: Okay")
    edit(folder / "codes" / "404.yaml", old, new)
    with pytest.raises(CommandError) as failure:
        load(folder)
    assert reason in str(failure.value)
    assert "Nothing was loaded." in str(failure.value)
    assert StatusCode.objects.get(number=200).name_en == "OK"
