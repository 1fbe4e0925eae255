"""The review queue: codes with outdated translations, old checks, lapsed registrations or missing parts."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from codes.models import RegistrationStatus, StatusCode, StatusCodeQuerySet
from codes.texts.localized import LANGUAGES, OTHER

REVIEW_INTERVAL = timedelta(days=365)


def _has_outdated_translation() -> Q:
    return ~Q(outdated_translations="")


def _is_unchecked() -> Q:
    return Q(checked_on=None) | Q(checked_on__lt=localdate() - REVIEW_INTERVAL)


def _has_lapsed() -> Q:
    return Q(registration_status=RegistrationStatus.TEMPORARY, expires_on__lt=localdate())


def _lacks_parts() -> Q:
    missing = Q(references=None)
    for field in StatusCode.REQUIRED_TEXTS:
        for language in LANGUAGES:
            missing |= Q(**{f"{field}_{language}": ""})
    return missing


class Check(NamedTuple):
    """A reason for which a code needs an editor. The condition is a function because some depend on today."""

    label: str | Promise
    condition: Callable[[], Q]


# By the name in an address.
CHECKS = {
    "outdated": Check(_("changed in one language only"), _has_outdated_translation),
    "unchecked": Check(_("not checked for a year"), _is_unchecked),
    "lapsed": Check(_("temporary registration past its date"), _has_lapsed),
    "missing": Check(_("parts missing"), _lacks_parts),
}


def failing(check: str) -> StatusCodeQuerySet:
    """Return the codes that fail a check."""
    return StatusCode.objects.filter(CHECKS[check].condition()).distinct()


def failing_any() -> StatusCodeQuerySet:
    """Return the codes that fail at least one check."""
    condition = Q()
    for check in CHECKS.values():
        condition |= check.condition()
    return StatusCode.objects.filter(condition).distinct()


def queue() -> list[tuple[str, str | Promise, list[StatusCode]]]:
    """Return (name, label, failing codes) of each check, for the admin's front page."""
    return [(name, check.label, list(failing(name))) for name, check in CHECKS.items()]


def texts_of(code: StatusCode) -> dict[str, str]:
    """Return the values of the text fields, by their names."""
    return {
        f"{text}_{language}": getattr(code, f"{text}_{language}") for text in StatusCode.TEXTS for language in LANGUAGES
    }


def outdated_after(before: dict[str, str], after: dict[str, str], already: Iterable[str]) -> list[str]:
    """Return the text fields that are outdated after a save, such as "description_en".

    `before` and `after` are the values of the text fields; `already` names what was outdated before this save.
    """
    already = set(already)
    outdated = set(already)
    for field in StatusCode.TEXTS:
        changed = {language for language in LANGUAGES if before[f"{field}_{language}"] != after[f"{field}_{language}"]}
        if len(changed) == 1:
            (language,) = changed
            outdated.discard(f"{field}_{language}")
            # Following a translation that had changed before closes the gap; changing first opens one.
            if f"{field}_{language}" not in already:
                outdated.add(f"{field}_{OTHER[language]}")
        elif len(changed) == 2:
            outdated -= {f"{field}_ko", f"{field}_en"}
    return sorted(outdated)


def still_outdated(before: StatusCode, after: StatusCode) -> list[str]:
    """Return the text fields that were outdated in one state of a code and have the same text in another."""
    old, new = texts_of(before), texts_of(after)
    changed = {text.rpartition("_")[0] for text in old if old[text] != new[text]}
    return [text for text in before.outdated_translations.split() if text.rpartition("_")[0] not in changed]
