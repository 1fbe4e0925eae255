"""The review queue: entries with outdated translations, old checks, lapsed registrations or missing parts."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from codes.models import ErrorText, RegistrationStatus, ReviewedEntry, Situation, StatusCode
from codes.texts.localized import LANGUAGES, OTHER

REVIEW_INTERVAL = timedelta(days=365)


def _has_outdated_translation() -> Q:
    return ~Q(outdated_translations="")


def _was_never_checked() -> Q:
    return Q(checked_on=None)


def _is_unchecked() -> Q:
    return Q(checked_on__lt=localdate() - REVIEW_INTERVAL)


def _has_lapsed() -> Q:
    return Q(registration_status=RegistrationStatus.TEMPORARY, expires_on__lt=localdate())


def _lacks_parts() -> Q:
    missing = Q(references=None)
    for field in StatusCode.REQUIRED_TEXTS:
        for language in LANGUAGES:
            missing |= Q(**{f"{field}_{language}": ""})
    return missing


class Check(NamedTuple):
    """A reason for which an entry needs an editor. The condition is a function because some depend on today."""

    label: str | Promise
    condition: Callable[[], Q]


# By the name in an address. Those of a code; error texts and situations always have their parts, and no registration.
CHECKS = {
    "outdated": Check(_("changed in one language only"), _has_outdated_translation),
    "never": Check(_("never checked"), _was_never_checked),
    "unchecked": Check(_("not checked for a year"), _is_unchecked),
    "lapsed": Check(_("temporary registration past its date"), _has_lapsed),
    "missing": Check(_("parts missing"), _lacks_parts),
}
CHECKS_OF: dict[type[ReviewedEntry], dict[str, Check]] = {
    StatusCode: CHECKS,
    ErrorText: {name: CHECKS[name] for name in ("outdated", "never", "unchecked")},
    Situation: {name: CHECKS[name] for name in ("outdated", "never", "unchecked")},
}


def failing(check: str, model: type[ReviewedEntry] = StatusCode) -> QuerySet[Any]:
    """Return the entries of a model that fail a check."""
    return model._default_manager.filter(CHECKS_OF[model][check].condition()).distinct()


def failing_any(model: type[ReviewedEntry] = StatusCode) -> QuerySet[Any]:
    """Return the entries of a model that fail at least one check."""
    condition = Q()
    for check in CHECKS_OF[model].values():
        condition |= check.condition()
    return model._default_manager.filter(condition).distinct()


def queue(model: type[ReviewedEntry] = StatusCode) -> list[tuple[str, str | Promise, list[Any]]]:
    """Return (name, label, failing entries) of each check, for the admin's front page."""
    return [(name, check.label, list(failing(name, model))) for name, check in CHECKS_OF[model].items()]


def texts_of(entry: ReviewedEntry) -> dict[str, str]:
    """Return the values of the text fields, by their names."""
    return {
        f"{text}_{language}": getattr(entry, f"{text}_{language}") for text in entry.TEXTS for language in LANGUAGES
    }


def outdated_after(before: dict[str, str], after: dict[str, str], already: Iterable[str]) -> list[str]:
    """Return the text fields that are outdated after a save, such as "description_en".

    `before` and `after` are the values of the text fields; `already` names what was outdated before this save.
    """
    already = set(already)
    outdated = set(already)
    for field in dict.fromkeys(name.rpartition("_")[0] for name in before):
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


def still_outdated(before: ReviewedEntry, after: ReviewedEntry) -> list[str]:
    """Return the text fields that were outdated in one state of an entry and have the same text in another."""
    old, new = texts_of(before), texts_of(after)
    changed = {text.rpartition("_")[0] for text in old if old[text] != new[text]}
    return [text for text in before.outdated_translations.split() if text.rpartition("_")[0] not in changed]
