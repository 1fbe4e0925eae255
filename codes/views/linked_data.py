"""What search engines read of a page: JSON-LD in the terms of schema.org."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codes.models import Category, ConfusionGroup, StatusCode

LinkedData = dict[str, Any]


def defined_term(entry: StatusCode | Category) -> LinkedData:
    """Return a code or a class as a term, with its names in both languages."""
    return {
        "@type": "DefinedTerm",
        "termCode": entry.label,
        "name": entry.full_name,
        "alternateName": entry.other_name,
        "description": entry.summary,
        "inLanguage": get_language(),
        "url": f"{settings.SITE_URL}{entry.get_absolute_url()}",
        "inDefinedTermSet": f"{settings.SITE_URL}{reverse('codes:list')}",
    }


def breadcrumbs(*entries: StatusCode | Category) -> LinkedData:
    """Return the way from the list of codes to the last of these entries."""
    steps = [(_("HTTP status codes"), reverse("codes:list"))]
    return _breadcrumbs([*steps, *((str(entry), entry.get_absolute_url()) for entry in entries)])


def group_breadcrumbs(group: ConfusionGroup) -> LinkedData:
    """Return the way from the list of codes to a group."""
    return _breadcrumbs(
        [
            (_("HTTP status codes"), reverse("codes:list")),
            (_("Codes that people confuse"), reverse("codes:groups")),
            (group.title, group.get_absolute_url()),
        ]
    )


def _breadcrumbs(steps: list[tuple[str, str]]) -> LinkedData:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": f"{settings.SITE_URL}{path}"}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }
