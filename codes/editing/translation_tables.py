"""The texts of chosen codes as a table for translators, and the table back: first as a list of differences, then saved.

A row is one text in both languages. A table that would lose something is refused whole: a text emptied, a row that does
not exist or occurs twice, an entry that was saved since the table was exported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import tablib
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from codes.fields import MAX_TEXT_LENGTH, field_label
from codes.models import Advice, Product, ProductCode, ResponseRule, StatusCode
from codes.texts.localized import LANGUAGES

from . import drafts, fixtures, history, review, spreadsheets
from .comparison import Budget

HEADERS = ["number", "version", "text", "ko", "en"]
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_REASONS = 20  # that are told; a table of another kind has one a line
FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

WITH_TEXTS = ("advice", "product_codes", "rules")  # the details whose texts are in the table
RULE_TEXTS = ("condition", "note")

TextHolder = StatusCode | Advice | ProductCode | ResponseRule


class InvalidTable(Exception):
    """A table that is refused, with a sentence for each reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass
class Difference:
    """A text of the table that differs from the catalogue's."""

    number: int
    version: int
    text: str
    language: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """The text's label in the form; "advice operator" is the operator's advice, "rule 2 note" that of a rule."""
        match self.text.split(" "):
            case ["advice", reader]:
                return f"{Advice.Reader(reader).label}: {field_label(Advice, f'text_{self.language}')}"
            case ["product", product, *value]:
                named = " ".join([Product(product).label, *value])
                return f"{named}: {field_label(ProductCode, f'meaning_{self.language}')}"
            case ["rule", number, text]:
                label = field_label(ResponseRule, f"{text}_{self.language}")
                return f"{ResponseRule._meta.verbose_name} {number}: {label}"
        return str(field_label(StatusCode, f"{self.text}_{self.language}"))


def changes(differences: Iterable[Difference]) -> list[history.Change]:
    """Return the differences as a page shows them."""
    budget = Budget()
    return [history.Change(str(each.number), each.label, each.before, each.after, budget) for each in differences]


def export_table(codes: Iterable[StatusCode], file_format: str) -> bytes:
    """Return the table of the codes' texts as the bytes of a file in a format of FORMATS."""
    rows: list[list[Any]] = []
    for code in codes:
        for text, holder, field in _text_slots(code):
            row = [getattr(holder, f"{field}_{language}") for language in LANGUAGES]
            if any(row):
                rows.append([code.number, code.lock_version, text, *row])
    if file_format == "xlsx":
        return spreadsheets.xlsx(HEADERS, rows, _is_formula)
    table = tablib.Dataset(*([*row[:3], *map(_escape_formula, row[3:])] for row in rows), headers=HEADERS)
    # The byte order mark tells Excel that a CSV file is UTF-8; without it Korean is garbled there.
    return ("\ufeff" + table.export(file_format)).encode()


def _text_slots(code: StatusCode) -> Iterator[tuple[str, TextHolder, str]]:
    """Yield (name in the table, row that holds the text, field) for every text of a code."""
    for field in [*StatusCode.TEXTS, *StatusCode.MONOLINGUAL_TEXTS]:
        yield field, code, field
    for advice in code.advice.all():
        yield f"advice {advice.reader}", advice, "text"
    for row in code.product_codes.all():
        yield " ".join(filter(None, ["product", row.product, row.value, row.direction])), row, "meaning"
    # Their order cannot change unnoticed: the table has the version of the entry.
    for number, rule in enumerate(code.rules.all(), start=1):
        for field in RULE_TEXTS:
            yield f"rule {number} {field}", rule, field


def _escape_formula(text: str) -> str:
    """Prefix an apostrophe to a text that a spreadsheet would run as a formula, or that looks prefixed already."""
    return f"'{text}" if _is_formula(text) else text


def _unescape_formula(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def _text_of_cell(value: str, before: str, file_format: str) -> str:
    """Return the text that a cell holds. In an XLSX file only one of an older release has an apostrophe prefixed."""
    text = value.replace("\r\n", "\n").strip()
    is_as_typed = file_format == "xlsx" and before.startswith("'") and _unescape_formula(text) != before
    return text if is_as_typed else _unescape_formula(text)


def _is_formula(text: str) -> bool:
    return text.lstrip("'").startswith(FORMULA_PREFIXES)


def parse_table(content: bytes, file_format: str) -> list[Difference]:
    """Return the differences between a table and the catalogue.

    Raise InvalidTable for a table that cannot be read or would lose something.
    """
    rows = _read_rows(content, file_format)
    codes = {str(code.number): code for code in StatusCode.objects.prefetch_related(*WITH_TEXTS)}
    reasons: list[str] = []
    differences: list[Difference] = []
    known: set[tuple[Any, str]] = set()
    for line, (number, version, text, *values) in enumerate(rows, start=2):
        if len(reasons) >= MAX_REASONS:
            reasons.append(_("There may be more."))
            break
        code = codes.get(number.strip())
        slot = {name: (holder, field) for name, holder, field in _text_slots(code)}.get(text) if code else None
        where = {"where": _("Line %(line)d") % {"line": line}, "number": number[:20], "text": text[:40]}
        if code is None or slot is None:
            reasons.append(_("%(where)s: there is no text %(text)s of %(number)s.") % where)
        elif (code.number, text) in known:
            reasons.append(_("%(where)s occurs twice.") % where)
        elif version.strip() != str(code.lock_version):
            reasons.append(_("%(where)s: %(number)s was saved after this table was exported.") % where)
        else:
            for language, value in zip(LANGUAGES, values, strict=True):
                before = getattr(slot[0], f"{slot[1]}_{language}")
                after = _text_of_cell(value, before, file_format)
                if problem := _problem_of(before, after):
                    reasons.append(problem % (where | {"limit": MAX_TEXT_LENGTH}))
                elif before != after:
                    differences.append(Difference(code.number, code.lock_version, text, language, before, after))
        known.add((code and code.number, text))
    if reasons:
        raise InvalidTable(reasons)
    return differences


def _read_rows(content: bytes, file_format: str) -> list[list[str]]:
    """Return the rows below the headers. Raise InvalidTable for a file without these columns."""
    if file_format not in FORMATS:
        raise InvalidTable([_("Only CSV and XLSX files can be read.")])
    try:
        headers, *rows = spreadsheets.read_rows(content, file_format, len(HEADERS)) or [[]]
    except spreadsheets.TooLarge as error:
        raise InvalidTable([_("The file is too large.")]) from error
    except spreadsheets.Unreadable as error:
        raise InvalidTable([_("The file cannot be read as a table.")]) from error
    if any(len(row) != len(HEADERS) for row in [headers, *rows]) or headers != HEADERS:
        raise InvalidTable([_("The columns must be: %(columns)s.") % {"columns": ", ".join(HEADERS)}])
    return rows


def _problem_of(before: str, after: str) -> str:
    """Return why a text cannot be replaced by another, with places for where and the limit; "" if it can."""
    if len(after) > MAX_TEXT_LENGTH:
        return _("%(where)s: the text is longer than %(limit)d characters.")
    return _("%(where)s: the text would be lost.") if before and not after else ""


@transaction.atomic
def apply(differences: list[Difference], editor: Any, reason: str) -> None:
    """Save the differences, one snapshot an entry; with REQUIRE_FOUR_EYES, one draft an entry.

    Raise InvalidTable, with nothing saved, if an entry has been saved since or refuses a text.
    """
    for number in dict.fromkeys(each.number for each in differences):
        own = [each for each in differences if each.number == number]
        if not settings.REQUIRE_FOUR_EYES:
            _apply_to_code(number, own)
            history.record(f"statuscode {number}", editor, reason)
            continue
        with drafts.rolled_back():
            _apply_to_code(number, own)
            data = history.plain(fixtures.load_entry(f"statuscode {number}")) or []
        try:
            drafts.begin(f"statuscode {number}", data, editor, reason, base_version=own[0].version)
        except history.EditConflict as error:
            raise InvalidTable([_("%(number)s has a draft already.") % {"number": f"{number:03}"}]) from error


def _apply_to_code(number: int, own: list[Difference]) -> None:
    """Save the differences of one code."""
    code = StatusCode.objects.prefetch_related(*WITH_TEXTS).filter(pk=number).first()
    if code is None:
        raise InvalidTable([_("%(number)s was deleted in the meantime.") % {"number": f"{number:03}"}])
    history.record(code.key)
    if not history.bump_version(code, own[0].version):
        raise InvalidTable([_("%(number)s was saved by somebody else in the meantime.") % {"number": code.label}])
    slots = {name: (holder, field) for name, holder, field in _text_slots(code)}
    before = review.texts_of(code)
    for each in own:
        holder, field = slots[each.text]
        setattr(holder, f"{field}_{each.language}", each.after)
    outdated = review.outdated_after(before, review.texts_of(code), code.outdated_translations.split())
    code.outdated_translations = " ".join(outdated)
    for holder in dict.fromkeys(slots[each.text][0] for each in own):
        try:
            relations = [each.name for each in holder._meta.fields if each.is_relation]
            holder.clean_fields(exclude=relations)
        except ValidationError as error:
            raise InvalidTable([f"{code.label}: {' '.join(error.messages)}"]) from error
        holder.save()
