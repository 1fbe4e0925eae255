"""Links from public pages to the forms, which a note of the admin makes in an editor's browser."""

import html
import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

PAGES = {
    "statuscode": (404, ["/404/", "/401/", "/413/", "/499/"]),
    "situation": ("unique-taken", ["/choose/unique-taken/"]),
}


def note_of(client):
    note = html.unescape(re.search(r'data-editor="([^"]*)"', client.get(reverse("admin:index")).text)[1])
    return json.loads(note) if note else None


@pytest.mark.parametrize("kind", PAGES)
def test_each_section_that_is_linked_is_on_a_page_and_its_field_in_the_form(editor, kind):
    pk, pages = PAGES[kind]
    shown = "".join(Client().get(page).text for page in pages)
    form = editor.get(reverse(f"admin:codes_{kind}_change", args=[pk])).text
    note = note_of(editor)
    for anchor, field in note["kinds"][kind]["sections"].items():
        assert f'<h2 id="{anchor}"' in shown, anchor
        assert f'id="{field.replace("{}", "ko")}"' in form, field
    for page in pages:
        assert re.match(note["kinds"][kind]["page"], page)


def test_pages_name_the_forms_of_their_own_entries_only(editor):
    note = note_of(editor)
    assert note["root"] == "/admin/codes/"
    found = {
        path: [kind for kind, each in note["kinds"].items() if re.match(each["page"], path)]
        for path in ("/404/", "/choose/404/", "/vs/401-403/", "/choose/ask/start/", "/choose/table/", "/errors/", "/")
    }
    assert list(found.values()) == [["statuscode"], ["statuscode"], ["confusiongroup"], ["question"], [], [], []]


def test_only_those_who_may_change_a_kind_of_entry_get_its_links(editor, client, admin_user):
    assert "category" not in note_of(editor)["kinds"]
    client.force_login(admin_user)
    assert "category" in note_of(client)["kinds"]
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert note_of(client) is None


def test_no_public_page_names_the_admin():
    for page in ("/404/", "/", "/vs/401-403/", "/choose/unique-taken/", "/errors/nginx/"):
        assert "admin/" not in Client().get(page).text
