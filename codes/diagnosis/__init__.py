"""Diagnosis: what a pasted response, log or error message says.

`diagnose` decides what a text is and hands it to its reader. Nothing of the text is stored or logged, and the time is
bounded: every step is linear in the length of the text, which the view limits.
"""

import logging
import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from codes.models import ErrorText, ResponseRule, StatusCode, rules_by_level
from codes.participants import participants
from codes.search import current_index

from .checks import check_message
from .checks.findings import Finding, Severity, in_order
from .checks.linting import lint
from .checks.rules import check_rules, known_code, rules_for_people, rules_of
from .error_lines import Part, Step, marked, next_steps, read_parts
from .logs import LogReport, read_log
from .markdown import error_markdown, masked, report_markdown, response_markdown
from .messages import clean, read_responses
from .messages.parsed import Field, Response

__all__ = ["CheckedResponse", "Diagnosis", "ErrorCard", "Finding", "Kind", "Severity", "diagnose"]

log = logging.getLogger(__name__)
MAX_ERROR_TEXT = 20_000  # characters in which a text of an error is looked for
MAX_TYPED = 1000  # characters of a text that the search may read instead
MAX_CODES = 5
MAX_SHOWN_CONTENT = 1000  # characters of a content
MAX_SHOWN_VALUE = 400  # of a field
MAX_SHOWN_FIELDS = 80


class Kind(TextChoices):
    """What a text was read as."""

    RESPONSE = "response"
    LOG = "log"
    ERROR = "error"
    NOTHING = "nothing"


@dataclass
class CheckedResponse:
    """A response with what was found, as the page shows it."""

    response: Response
    code: StatusCode | None
    findings: list[Finding]
    passed: list[Finding]  # the rules that it follows
    linted: list[Finding]
    unchecked: list[ResponseRule]  # rules that people have to judge
    markdown: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    content: str = ""
    is_cut: bool = False

    @property
    def digit(self) -> str:
        """The first character of the status code, "" without one."""
        return self.response.code[:1]

    @property
    def unchecked_by_level(self) -> list[tuple[Any, list[list[Any]]]]:
        """The rules that people have to judge, as rules_by_level() returns them."""
        return rules_by_level(self.unchecked)

    @property
    def counts(self) -> list[tuple[str, str]]:
        """The number of findings by severity, without the rules that the response follows, as (severity, label)."""
        severities = [each.severity for each in self.findings]
        return [(each.value, f"{each.label} {severities.count(each)}") for each in Severity if each in severities]

    @property
    def heading(self) -> str:
        """What is to be done, as a sentence without the number."""
        to_fix = sum(each.severity in (Severity.BROKEN, Severity.ADVISED) for each in self.findings)
        to_check = sum(each.severity == Severity.UNSURE for each in self.findings)
        code = self.response.code or _("response")
        fix = ngettext("%(n)s thing to fix", "%(n)s things to fix", to_fix) % {"n": to_fix}
        check = ngettext("%(n)s to check", "%(n)s to check", to_check) % {"n": to_check}
        found = ", ".join(part for part, count in ((fix, to_fix), (check, to_check)) if count)
        return _("%(code)s: %(found)s") % {"code": code, "found": found or _("nothing to fix")}


@dataclass
class ErrorCard:
    """A text of an error: who says it, what it means and what to do."""

    entry: ErrorText
    codes: list[StatusCode]
    line: str
    parts: list[Part]
    pieces: list[tuple[str, int]]
    steps: list[Step]
    others: list[ErrorText] = field(default_factory=list)
    markdown: str = ""

    @property
    def heading(self) -> str:
        """The product and its codes."""
        codes = ", ".join(code.label for code in self.codes)
        return f"{self.entry.product}: {codes}"

    @property
    def participants(self) -> list[dict[str, Any]]:
        """The line of participants of the likeliest code, empty for one that nobody sends."""
        return participants(self.codes[0]) if self.codes and self.codes[0].sender else []

    def as_data(self) -> dict[str, Any]:
        """Return the card as plain data, as static/js/log-reading.js makes it. Its Markdown is not masked."""
        code = self.codes[0] if self.codes else None
        return {
            "pieces": [{"text": text, "number": number} for text, number in self.pieces] if self.parts else [],
            "parts": [{"label": part.label, "meaning": part.meaning} for part in self.parts],
            "codes": [_link(each) for each in self.codes],
            "other_name": str(code.other_name) if code else "",
            "participants": [
                {name: value if isinstance(value, bool) else str(value) for name, value in each.items()}
                for each in self.participants
            ],
            "steps": [{"text": step.text, "command": step.command} for step in self.steps],
            "meaning": self.meaning,
            "next": self.next,
            "product": self.entry.product,
            "said": f"{self.entry.product} · {self.entry.get_who_display()} · {self.entry.get_sure_display()}",
            **_text_link(self.entry),
            "others": [{**_text_link(each), "product": each.product} for each in self.others],
            "markdown": error_markdown(self),
        }

    @property
    def meaning(self) -> str:
        """What happened, in the active language."""
        return str(self.entry.meaning)

    @property
    def next(self) -> str:
        """What to check first, in the active language."""
        return str(self.entry.next)


@dataclass
class Diagnosis:
    """What a text says. One of the parts is filled, that of its kind."""

    kind: Kind
    responses: list[CheckedResponse] = field(default_factory=list)
    report: LogReport | None = None
    error: ErrorCard | None = None
    markdown: str = ""  # of a log
    codes: list[StatusCode] = field(default_factory=list)  # that the search finds where nothing could be read


def diagnose(text: str, language: str, *, unmasked: bool = False) -> Diagnosis:
    """Return what a text says, in a language. Its results for copying are masked unless `unmasked`.

    Raise django.db.Error if the catalogue cannot be read.
    """
    with override(language):
        cleaned, repairs = clean(text)
        responses = read_responses(cleaned)
        if responses:
            for each in responses:
                each.repairs[:0] = repairs
            return Diagnosis(Kind.RESPONSE, [_checked(each, unmasked) for each in responses])
        lines = [line for line in cleaned.split("\n") if line.strip()]
        card = _error_card(cleaned, lines, unmasked)
        if card and (len(lines) < 3 or not _is_log(lines)):
            return Diagnosis(Kind.ERROR, error=card)
        if report := read_log(cleaned):
            return Diagnosis(Kind.LOG, report=report, markdown=report_markdown(report, unmasked=unmasked))
        return Diagnosis(Kind.ERROR, error=card) if card else Diagnosis(Kind.NOTHING, codes=_codes_named(cleaned))


CONSOLE = re.compile(r"\bnet::(?=ERR_)")  # what Chrome's console puts before the name that its error pages have
LOG_BEGINS = re.compile(r"[\[{]|[0-9]{1,4}[/.: -]|\S{1,80} \S{1,80} \S{1,80} \[")


def _is_log(lines: list[str]) -> bool:
    """Return whether most lines begin as those of a log: a trace of an error is no log."""
    sample = lines[:50]
    return sum(bool(LOG_BEGINS.match(line)) for line in sample) * 2 > len(sample)


def _checked(response: Response, unmasked: bool) -> CheckedResponse:
    code = known_code(response.number)
    found = in_order([*check_rules(response, rules_of(response)), *check_message(response, code)])
    findings = [each for each in found if each.severity != Severity.PASSED]
    try:
        linted = lint(response, findings)
    except Exception as problem:  # the linter is not ours, and reads what anybody pastes
        # Its message may quote the text, which belongs in no log.
        log.error("httplint failed: %s", type(problem).__name__)
        linted = []
    findings = in_order([*findings, *(each for each in linted if each.severity == Severity.BROKEN)])
    linted = [each for each in linted if each.severity != Severity.BROKEN]
    spoken = {each.field.lower() for each in findings}
    passed = [each for each in found if each.severity == Severity.PASSED and each.field.lower() not in spoken - {""}]
    passed_once = list({each.title: each for each in passed}.values())
    checked = CheckedResponse(response, code, findings, passed_once, linted, rules_for_people(response))
    checked.lines = _lines(response, findings)
    content = response.content or ""
    checked.content, checked.is_cut = content[:MAX_SHOWN_CONTENT], len(content) > MAX_SHOWN_CONTENT
    checked.markdown = response_markdown(checked, unmasked=unmasked)
    return checked


def _lines(response: Response, findings: list[Finding]) -> list[dict[str, Any]]:
    """Return the header section as the page draws it: each field, whether a finding is about it, and missing fields."""
    about = {place for each in findings for place in each.places}
    fields: list[Field] = list(response.fields)[:MAX_SHOWN_FIELDS]
    lines: list[dict[str, Any]] = [
        {
            "name": each.name,
            "value": each.value[:MAX_SHOWN_VALUE] + ("…" if len(each.value) > MAX_SHOWN_VALUE else ""),
            "is_marked": each.name.lower() in about,
        }
        for each in fields
    ]
    missing = [each.field for each in findings if each.kind == "missing-field" and each.severity != Severity.UNSURE]
    return lines + [{"name": name, "is_missing": True} for name in dict.fromkeys(missing)]


def _error_card(text: str, lines: list[str], unmasked: bool) -> ErrorCard | None:
    """Return the card of the text of an error that occurs in the text, None if none does."""
    slugs = _error_slugs(text)
    if not slugs:
        return None
    entries = ErrorText.objects.prefetch_related("code_links__code__category").in_bulk(slugs)
    found = [entries[slug] for slug in slugs if slug in entries]
    if not found:
        return None
    line = _line_of(lines)
    parts = read_parts(line)
    parts = parts if len(parts) > 1 else []
    codes = [link.code for link in found[0].code_links.all()]
    card = ErrorCard(found[0], codes, line, parts, marked(line, parts), next_steps(parts), found[1:4])
    card.markdown = masked(error_markdown(card), unmasked=unmasked)
    return card


def _link(code: StatusCode) -> dict[str, str]:
    digit = str(code.category_id or "")
    return {"label": code.label, "digit": digit, "url": code.get_absolute_url(), "name": str(code.full_name)}


def _text_link(entry: ErrorText) -> dict[str, str]:
    return {"text": entry.text, "lang": entry.text_language, "url": entry.get_absolute_url()}


def _codes_named(text: str) -> list[StatusCode]:
    """Return the codes that a short text names, as the search reads it."""
    if len(text) > MAX_TYPED:
        return []
    results = current_index().search(text)
    return [hit.found for hit in results.in_order if hit.kind == "code"][:MAX_CODES] if results.is_sure else []


def _error_slugs(text: str) -> list[str]:
    """Return the texts of errors that occur in the text, the longest first."""
    matches = current_index().errors.find(CONSOLE.sub("", text[:MAX_ERROR_TEXT]))
    return [match.found.slug for match in matches]


def _line_of(lines: list[str]) -> str:
    """Return the one of the first lines that has most of the parts of an error log's line."""
    return max(lines[:20], key=lambda line: len(read_parts(line)), default="")[:MAX_SHOWN_CONTENT]
