"""What a browser needs to read logs as the server does: formats, codes, error texts and words, in both languages."""

import re
from typing import Any

from django.utils.translation import gettext, override, pgettext

from codes import search
from codes.diagnosis import CONSOLE, LOG_BEGINS, MAX_ERROR_TEXT, MAX_SHOWN_CONTENT, error_lines
from codes.diagnosis.markdown import MAX_HEAD, SPECIAL
from codes.diagnosis.messages import ANSI, CONTROL
from codes.models import ErrorText, StatusCode
from codes.participants import participants
from codes.search import error_texts
from codes.texts.localized import LANGUAGES

from . import code_facts, formats, reports, with_facts
from .wording import words

LIMITS = [name for name in vars(formats) if name.startswith(("MAX_", "MIN_"))]
REPORT_LIMITS = [name for name in vars(reports) if name.isupper() and isinstance(getattr(reports, name), int)]


def document() -> dict[str, Any]:
    """Return the document, which changes with the catalogue only."""
    return {
        "reading": reading(),
        "codes": _codes(),
        **_errors(),
        "error_lines": _error_lines(),
        "card": _card(),
        "words": {language: _words(language) for language in LANGUAGES},
    }


def reading() -> dict[str, Any]:
    """Return the table of formats, its patterns as JavaScript writes them."""
    return {
        "formats": [
            {"label": form.label, "pattern": _in_script(form.pattern), "kind": form.kind} for form in formats.FORMATS
        ],
        "fields": formats.FIELDS,
        "named_by": formats.NAMED_BY,
        "pair": _in_script(formats.PAIR),
        "prefix": _in_script(formats.PREFIX),
        "colours": _in_script(formats.COLOURS),
        "clocks": [_in_script(clock) for clock in formats.CLOCKS],
        "epoch": _in_script(formats.EPOCH),
        "months": formats.MONTHS,
        "identifier": _in_script(formats.IDENTIFIER),
        "origin": _in_script(formats.ORIGIN),
        "probe": _in_script(formats.PROBE),
        "quiet": formats.QUIET,
        "message_end": formats.MESSAGE_END,
        "varying": _in_script(formats.VARYING),
        "units": formats.UNITS,
        "limits": {name: getattr(formats, name) for name in LIMITS}
        | {name: getattr(reports, name) for name in REPORT_LIMITS},
    }


def _in_script(pattern: str) -> str:
    """Return a pattern as JavaScript writes it: groups have their names without a P."""
    return pattern.replace("(?P<", "(?<")


def _error_lines() -> dict[str, Any]:
    """Return how the parts of an error log's line are found, and what is said of them."""
    patterns = {name: getattr(error_lines, name).pattern for name in ("TIME", "ERRNO", "PHASE", "REQUEST", "UPSTREAM")}
    patterns |= {name: f"^(?:{getattr(error_lines, name).pattern})" for name in ("ADDRESS", "PLAIN_ADDRESS")}
    says = {}
    for language in LANGUAGES:
        with override(language):
            says[language] = {
                "reasons": {number: gettext(text) for number, text in error_lines.REASONS.items()},
                "phases": {words: [gettext(text) for text in texts] for words, texts in error_lines.PHASES.items()},
                **{name: gettext(text) for name, text in error_lines.SAYS.items()},
            }
    return {"patterns": patterns, "safe": sorted(error_lines.SAFE_METHODS), "max": error_lines.MAX_LINE, **says}


def _card() -> dict[str, Any]:
    """Return what the card of an error text needs besides: how a text is cleaned, and what it says."""
    return {
        "ansi": ANSI.pattern,
        "control": CONTROL.pattern,
        "special": SPECIAL.pattern,
        "log_begins": f"^(?:{LOG_BEGINS.pattern})",
        "max_text": MAX_ERROR_TEXT,
        "max_line": MAX_SHOWN_CONTENT,
        "max_head": MAX_HEAD,
        "participants": _participants(),
        **{language: _said(language) for language in LANGUAGES},
    }


def _said(language: str) -> dict[str, Any]:
    with override(language):
        choices = {"who": ErrorText.Who.choices, "sure": ErrorText.Sure.choices}
        said = {name: {value: str(label) for value, label in each} for name, each in choices.items()}
        return {**said, "also": pgettext("codes", "also:")}


def _words(language: str) -> dict[str, str]:
    with override(language):
        return words()


def _codes() -> dict[str, Any]:
    """Return what a report says of each code. The address is that of Korean; English has /en before it."""
    codes = {}
    for code in with_facts():
        facts = {}
        for language in LANGUAGES:
            with override(language):
                facts[language] = code_facts(code)
        boxes, url = facts["ko"]["boxes"], facts["ko"]["url"]
        others = {}
        for language in LANGUAGES:
            with override(language):
                others[language] = str(code.other_name)
        texts = {
            lang: [each["name"], each["summary"], each["step"], each["finer"], others[lang]]
            for lang, each in facts.items()
        }
        codes[str(code.number)] = {"url": url, "boxes": boxes, "line": _line(code), **texts}
    return codes


def _line(code: StatusCode) -> str:
    """Return the key of a code's line of participants, "" for a code that nobody sends."""
    return f"{code.sender}>{code.fixer}" if code.sender else ""


def _participants() -> dict[str, Any]:
    """Return the lines of participants by their keys."""
    lines: dict[str, Any] = {}
    for code in StatusCode.objects.all():
        if _line(code) and _line(code) not in lines:
            said = {}
            for language in LANGUAGES:
                with override(language):
                    said[language] = [
                        {name: value if isinstance(value, bool) else str(value) for name, value in each.items()}
                        for each in participants(code)
                    ]
            lines[_line(code)] = said
    return lines


def _errors() -> dict[str, Any]:
    """Return the error texts, and the fragments by which they are found."""
    matcher = search.current_index().errors
    places: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    patterns: list[list[Any]] = []
    for word, group in matcher.by_word.items():
        for pattern in group:
            text: Any = pattern.found
            if text.slug not in places:
                places[text.slug] = len(errors)
                errors.append(_error(text))
            flags = pattern.starts + 2 * pattern.ends
            patterns.append([word, places[text.slug], list(pattern.fragments), pattern.exact, flags])
    matching = {
        "max_gap": error_texts.MAX_GAP,
        "max_places": error_texts.MAX_PLACES,
        "same": {chr(number): sign for number, sign in error_texts.SAME.items()},
        "console": CONSOLE.pattern,
        "spaces": error_texts.SPACES.pattern,
        "case_matters": f"^(?:{error_texts.CASE_MATTERS.pattern})$",
        "in_path": error_texts.IN_PATH.pattern,
        "word": re.sub(r"\\w", r"\\p{L}\\p{N}_", error_texts.WORD.pattern),
    }
    return {"errors": errors, "patterns": patterns, "matching": matching}


def _error(text: Any) -> dict[str, Any]:
    with override("ko"):
        url = text.get_absolute_url()
    return {
        "product": text.product,
        "text": text.text,
        "url": url,
        "match": text.match,
        "sure": text.sure,
        "who": text.who,
        "lang": text.text_language,
        "codes": list(text.codes),
        "ko": [text.meaning_ko or text.meaning_en, text.next_ko or text.next_en],
        "en": [text.meaning_en or text.meaning_ko, text.next_en or text.next_ko],
    }
