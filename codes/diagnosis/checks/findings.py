"""What a check says of a message."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from codes.texts.citations import citation_url

MAX_SHOWN = 120  # characters of a pasted value in a sentence


class Severity(TextChoices):
    """How much a finding matters, the worst first.

    BROKEN: a specification forbids it. ADVISED: a specification or good practice advises otherwise. UNSURE: pasting
    may have caused it, or the answer depends on what was not pasted. PASSED: a rule that the message follows.
    """

    BROKEN = "broken", pgettext_lazy("severity", "Broken")
    ADVISED = "advised", pgettext_lazy("severity", "Advised")
    UNSURE = "unsure", pgettext_lazy("severity", "Check")
    PASSED = "passed", pgettext_lazy("severity", "Fine")


ORDER = list(Severity)


@dataclass(frozen=True)
class Finding:
    """One thing that a check found. `kind` names the check, `send` is the line to send instead, if there is one.

    `also` names other fields that it is about.
    `lang` is the language of `title` and `why` where it is not the page's.
    """

    severity: Severity
    kind: str
    title: str
    why: str = ""
    field: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    send: str = ""
    lang: str = ""
    also: tuple[str, ...] = ()

    @property
    def places(self) -> set[str]:
        """The fields that it is about, in small letters."""
        return {each.lower() for each in (self.field, *self.also) if each}


def cited(*citations: str) -> tuple[tuple[str, str], ...]:
    """Return citations, each with its address."""
    return tuple((citation, citation_url(citation)) for citation in citations if citation)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, the worst first; of several about one thing the worst only."""
    unique: dict[tuple[str, str, str], Finding] = {}
    for each in sorted(findings, key=lambda finding: ORDER.index(finding.severity)):
        unique.setdefault((each.kind, each.field.lower(), each.title), each)
    return list(unique.values())


def shown(value: str) -> str:
    """Return a pasted value as a sentence names it: shortened, and never empty."""
    value = " ".join(value.split())
    if not value:
        return _("(empty)")
    return value if len(value) <= MAX_SHOWN else f"{value[: MAX_SHOWN - 1]}…"


def wrong_value(
    name: str, value: str, why: str, section: str, send: str, severity: Severity = Severity.BROKEN
) -> Finding:
    """Return a finding about a value that its grammar or its meaning forbids."""
    title = _("The value of %(field)s is wrong: %(value)s") % {"field": name, "value": shown(value)}
    return Finding(severity, "field-value", title, why, name, cited(section), send)
