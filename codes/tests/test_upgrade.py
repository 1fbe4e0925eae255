"""Upgrading from before migrations 0004 and 0010: edits are kept, and two releases can run on one database."""

import shutil
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from codes.editing import fixtures, history
from codes.models import EntrySnapshot, LoadedEntry, StatusCode
from codes.tests.html_forms import press

pytestmark = pytest.mark.django_db
migration = import_module("codes.migrations.0004_standard_names")
rules_migration = import_module("codes.migrations.0010_response_rules")


@pytest.fixture(params=[0, 1], ids=["before 0010", "before 0004"])
def release_before(request, folder):
    """Record the digests as a release before did; return which of the former digests those are."""
    for path in fixtures.files(folder):
        for entry in fixtures.read(path):
            LoadedEntry.objects.filter(key=entry.key).update(digest=entry.former_digests[request.param])
    return request.param


def test_an_edit_of_the_release_before_is_kept_without_a_conflict(release_before, folder):
    StatusCode.objects.filter(number=499).update(name_ko="고친 이름")
    report = fixtures.load(folder)
    assert [entry.key for entry in report.edited] == ["statuscode 499"]
    assert report.conflicts == []
    assert StatusCode.objects.get(number=499).name_ko == "고친 이름"


def test_an_entry_that_the_release_before_deleted_does_not_come_back(release_before, folder):
    StatusCode.objects.get(number=599).delete()
    assert "statuscode 599" in [entry.key for entry in fixtures.load(folder).edited]
    assert not StatusCode.objects.filter(number=599).exists()


def test_an_unedited_entry_takes_the_changes_of_its_file(release_before, folder):
    former = LoadedEntry.objects.get(key="statuscode 499")
    StatusCode.objects.filter(number=499).update(name_ko="옛 파일의 이름")
    LoadedEntry.objects.filter(pk=former.pk).update(
        digest=fixtures.load_entry(former.key).former_digests[release_before]
    )
    assert fixtures.load(folder).counts["changed"] == 1
    assert StatusCode.objects.get(number=499).name_ko != "옛 파일의 이름"


def test_a_snapshot_of_the_release_before_can_be_restored(admin_client):
    code = StatusCode.objects.get(number=499)
    snapshot = history.record(code.key)
    migration.backwards(apps, None)
    fields = [item["fields"] for item in EntrySnapshot.objects.get(pk=snapshot.pk).data]
    assert "standing" in fields[0]
    assert any("text" in each for each in fields)
    code.name_ko = "다른 이름"
    code.save()
    migration.forwards(apps, None)
    page = admin_client.get(reverse("admin:codes_entrysnapshot_change", args=[snapshot.pk]))
    press(admin_client, page, reverse("admin:codes_entrysnapshot_restore", args=[snapshot.pk]))
    assert history.plain(fixtures.load_entry(code.key)) == snapshot.data


@pytest.fixture
def former_rules(db):
    """A code with a rule as the release before 0010 had it: in its file's digest, and in a snapshot."""
    code = StatusCode.objects.get(number=405)
    code.rules.exclude(position=1).delete()
    code.rules.update(second_source="")
    snapshot = history.record(code.key)
    rules_migration.backwards(apps, None)
    return code, EntrySnapshot.objects.get(pk=snapshot.pk)


def test_header_rules_of_the_release_before_become_rules(former_rules):
    code, snapshot = former_rules
    rules = [item["fields"] for item in snapshot.data if item["model"] == "codes.headerrule"]
    assert [set(rule) for rule in rules] == [{"code", "header", "level", "source", "note_ko", "note_en"}]
    rules_migration.forwards(apps, None)
    assert EntrySnapshot.objects.get(pk=snapshot.pk).data == history.plain(fixtures.load_entry(code.key))


def test_unedited_header_rules_of_the_release_before_are_replaced_by_the_files(former_rules, folder):
    code, snapshot = former_rules
    LoadedEntry.objects.filter(key=code.key).update(digest=fixtures.digest_of(snapshot.data))
    shutil.copy(fixtures.FIXTURES / "codes" / "405.yaml", folder / "codes")
    assert fixtures.load(folder).counts["changed"] == 1
    assert code.rules.filter(level="should-not", header="Allow").exists()


def test_editors_and_administrators_may_edit_rules_after_the_upgrade(db):
    Permission.objects.filter(content_type__model__in=["categoryrule", "ruleset", "generalrule"]).delete()
    rules_migration.backwards(apps, None)
    rules_migration.forwards(apps, None)
    allowed = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    assert {"add_responserule", "delete_responserule"} <= allowed["편집자"]
    assert {"change_responserule", "add_categoryrule", "change_ruleset", "delete_generalrule"} <= allowed["관리자"]


def test_editors_of_the_release_before_still_see_the_history(editor):
    migration.backwards(apps, None)
    migration.forwards(apps, None)
    assert Group.objects.get(name="편집자").permissions.filter(codename="view_entrysnapshot").exists()
    assert editor.get(reverse("admin:codes_entrysnapshot_changelist")).status_code == 200


def test_editors_of_an_existing_site_may_edit_groups_unless_codes_were_taken_from_them():
    names = import_module("codes.migrations.0009_plain_names")
    editors = Group.objects.get(name="편집자")
    everything = set(editors.permissions.all())
    editors.permissions.remove(*editors.permissions.filter(codename__in=names.EDITOR_PERMISSIONS))
    names.grant_groups_to_editors(apps, None)
    assert set(editors.permissions.all()) == everything
    editors.permissions.clear()
    names.grant_groups_to_editors(apps, None)
    assert not editors.permissions.exists()


def test_editors_of_an_existing_site_may_edit_error_texts_unless_codes_were_taken_from_them():
    migration = import_module("codes.migrations.0012_error_texts")
    editors = Group.objects.get(name="편집자")
    everything = set(editors.permissions.all())
    editors.permissions.remove(*editors.permissions.filter(codename__contains="errortext"))
    migration.grant_permissions(apps, None)
    assert set(editors.permissions.all()) == everything
    editors.permissions.clear()
    migration.grant_permissions(apps, None)
    assert not editors.permissions.exists()


def test_the_release_before_can_write_to_this_schema():
    """During an upgrade one host has the new release while another still runs the one before."""
    loader = MigrationLoader(connection)
    (newest,) = loader.graph.leaf_nodes("codes")
    (before,) = (parent.key for parent in loader.graph.node_map[newest].parents if parent.key[0] == "codes")
    written = set()
    for model in loader.project_state(before).apps.get_app_config("codes").get_models(include_auto_created=True):
        rows = model._base_manager
        if row := rows.first():
            rows.filter(pk=row.pk)._raw_delete(connection.alias)
            row.save(force_insert=True)
            written.add(model.__name__)
    assert written >= {"StatusCode", "Exchange", "Message", "Reference", "StatusCode_related", "Revision"}
