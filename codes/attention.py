"""What in the catalogue needs an editor: texts whose twin lags behind, old checks, lapsed registrations, gaps."""

from datetime import timedelta

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from .localized import LANGUAGES, OTHER
from .models import RegistrationStatus, StatusCode

CHECK_HOLDS = timedelta(days=365)


def _lagging():
    return ~Q(outdated_translations="")


def _unchecked():
    return Q(checked_on=None) | Q(checked_on__lt=localdate() - CHECK_HOLDS)


def _lapsed():
    return Q(registration_status=RegistrationStatus.TEMPORARY, expires_on__lt=localdate())


def _missing():
    missing = Q(references=None)
    for field in StatusCode.REQUIRED_TEXTS:
        for language in LANGUAGES:
            missing |= Q(**{f"{field}_{language}": ""})
    return missing


# Name in an address -> what an editor reads, and the condition (asked anew each time: some depend on today).
KINDS = {
    "lagging": (_("changed in one language only"), _lagging),
    "unchecked": (_("not checked for a year"), _unchecked),
    "lapsed": (_("temporary registration past its date"), _lapsed),
    "missing": (_("parts missing"), _missing),
}


def needing(kind):
    return StatusCode.objects.filter(KINDS[kind][1]()).distinct()


def everything():
    """Every entry that needs an editor, whatever for."""
    condition = Q()
    for _label, needs in KINDS.values():
        condition |= needs()
    return StatusCode.objects.filter(condition).distinct()


def report():
    """Return (name, label, codes) for each kind, for the admin's front page."""
    return [(name, label, list(needing(name))) for name, (label, _condition) in KINDS.items()]


def texts_of(code):
    """The values of the text fields, by their names."""
    return {
        f"{text}_{language}": getattr(code, f"{text}_{language}") for text in StatusCode.TEXTS for language in LANGUAGES
    }


def outdated_after(before, after, already):
    """Return the texts whose other language has not followed, as "description_en", after a save.

    `before` and `after` are the values of the text fields; `already` is what lagged before this save.
    """
    lagging = set(already)
    for field in StatusCode.TEXTS:
        changed = {language for language in LANGUAGES if before[f"{field}_{language}"] != after[f"{field}_{language}"]}
        if changed == {"ko"} or changed == {"en"}:
            (language,) = changed
            twin = OTHER[language]
            lagging.discard(f"{field}_{language}")
            # Following a twin that had changed before closes the gap; changing first opens one.
            if f"{field}_{language}" not in already:
                lagging.add(f"{field}_{twin}")
        elif len(changed) == 2:
            lagging -= {f"{field}_ko", f"{field}_en"}
    return sorted(lagging)


def still_outdated(before, after):
    """Return what lagged in one state of a code and is the same text in another, for it to lag there too."""
    old, new = texts_of(before), texts_of(after)
    changed = {text.rpartition("_")[0] for text in old if old[text] != new[text]}
    return [text for text in before.outdated_translations.split() if text.rpartition("_")[0] not in changed]
