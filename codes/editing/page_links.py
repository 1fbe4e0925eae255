"""Links from public pages to the forms, for editors only.

A public page is the same for everybody, so it cannot know who is logged in. The admin leaves a note in the editor's
browser: its own address, and which pages and sections belong to which forms. The script of the public pages follows it.
"""

import json
from collections.abc import Container
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, override

from codes.texts.localized import LANGUAGES

# By kind of entry: which addresses are its pages, with the primary key as a group, and the fields of their sections by
# the anchors of these. "{}" is the page's language.
PAGES: dict[str, dict[str, Any]] = {
    "statuscode": {
        "page": r"^/(?:choose/)?([0-9]{3})/",
        "sections": {
            "next": "advice-group",
            "meaning": "id_description_{}",
            "exchange": "exchanges-group",
            "use": "id_when_to_use_{}",
            "not-use": "id_when_not_to_use_{}",
            "misunderstanding": "id_misunderstanding_{}",
            "code": "identifiers-group",
            "vendors": "vendor_meanings-group",
            "products": "product_codes-group",
            "facts": "id_content",
            "history": "id_history_{}",
            "names": "aliases-group",
            "sources": "references-group",
        },
    },
    "category": {"page": "^/([1-5])xx/", "sections": {"rules": "rules-group"}},
    "ruleset": {"page": r"^/rules/([\w-]+)/", "sections": {}},
    "confusiongroup": {"page": r"^/vs/([\w-]+)/", "sections": {}},
    "question": {"page": r"^/choose/ask/([\w-]+)/", "sections": {}},
    "situation": {
        "page": r"^/choose/(?!ask/|table/|[0-9]{3}/)([\w-]+)/",
        "sections": {
            "send": "headers-group",
            "houses": "verdicts-group",
            "also": "other_codes-group",
            "not": "other_codes-group",
            "along": "headers-group",
        },
    },
    # A page of many entries, each in a section with the primary key as its id.
    "errortext": {"page": r"^/errors/[\w-]+/", "rows": "main section[id]"},
}


def note_for_browser(permissions: Container[str]) -> str:
    """Return the note for an editor with these permissions as JSON, "" for somebody who may change no entry."""
    kinds = {name: page for name, page in PAGES.items() if f"codes.change_{name}" in permissions}
    if not kinds:
        return ""
    labels = {}
    for language in LANGUAGES:
        with override(language):
            labels[language] = {"page": gettext("Edit this entry"), "section": gettext("Edit")}
    with override("ko"):
        root = reverse("admin:app_list", args=["codes"])
    return json.dumps({"root": root, "labels": labels, "kinds": kinds}, ensure_ascii=False)
