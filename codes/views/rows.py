"""What lists show of a code, a class or a situation: plain values in the page's language, read once each.

A template looks up a name in a dict in a fraction of the time that a property of a model takes, and a list looks up
hundreds.
"""

from typing import Any

from django.utils.translation import get_language

from codes.models import Category, Situation, StatusCode

Row = dict[str, Any]


def entry_row(entry: StatusCode | Category) -> Row:
    """Return what a list shows of a code or of a class. `lang` and the like are "" for the page's own language."""
    summary, other_name = entry.summary, entry.other_name
    return link_row(entry) | {
        "rare": not entry.is_standard,
        "other_name": other_name,
        "other_lang": other_name.lang,
        "summary": summary,
        "summary_lang": "" if summary.lang == get_language() else summary.lang,
    }


def tile_row(code: StatusCode) -> Row:
    """Return what the list of all codes shows of a code."""
    other_name = code.other_name
    return _apart(code) | {
        "rare": not code.is_standard,
        "common": code.common,
        "other_name": other_name,
        "other_lang": other_name.lang,
    }


def everyday_row(code: StatusCode) -> Row:
    """Return what the home page shows of a code that people meet every day."""
    return entry_row(code) | _apart(code)


def _apart(code: StatusCode) -> Row:
    """Return what a link to a code shows, with the plain name apart from the name."""
    return link_row(code) | {"name": code.name, "gloss": code.plain_name}


def link_row(entry: StatusCode | Category) -> Row:
    """Return what a link to a code or to a class shows."""
    return {
        "url": entry.get_absolute_url(),
        "digit": entry.category_id or "",
        "label": entry.label,
        "name": entry.full_name,
    }


def situation_row(situation: Situation, disputed: set[str] | None = None) -> Row:
    """Return what a list shows of a situation. `disputed` names those on which houses differ."""
    return {
        "url": situation.get_absolute_url(),
        "digit": situation.label[0],
        "label": situation.label,
        "title": situation.title,
        "disputed": situation.pk in (disputed or ()),
    }
