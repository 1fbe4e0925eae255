"""Texts of chosen codes as a table for translators, and the table back: first as a list of differences, then saved.

A row is one text in both languages. A table that would lose something is refused whole: a text emptied, a row that is
not there or stands twice, an entry that was saved since the table was written.
"""

from dataclasses import dataclass

import tablib
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import attention, versions
from .localized import LANGUAGES
from .models import Advice, StatusCode

HEADERS = ["number", "version", "text", "ko", "en"]
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_BYTES = 5_000_000
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t")


class Refused(Exception):
    """A table that cannot be taken, with a sentence for each reason."""

    def __init__(self, reasons):
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass
class Difference:
    number: int
    version: int
    text: str
    language: str
    before: str
    after: str

    @property
    def label(self):
        """What the form calls the text; "advice operator" is the operator's."""
        _kind, _space, reader = self.text.partition(" ")
        if reader:
            return f"{Advice.Reader(reader).label}: {Advice._meta.get_field(f'text_{self.language}').verbose_name}"
        return StatusCode._meta.get_field(f"{self.text}_{self.language}").verbose_name

    @property
    def as_html(self):
        return versions.Change("", self.text, self.before, self.after).as_html


def write(codes, file_format):
    """Return the table of the codes' texts as the bytes of a CSV or XLSX file."""
    table = tablib.Dataset(headers=HEADERS)
    for code in codes:
        for text, holder, field in _places(code):
            row = [getattr(holder, f"{field}_{language}") for language in LANGUAGES]
            if any(row):
                table.append([code.number, code.lock_version, text, *map(_shielded, row)])
    exported = table.export(file_format)
    # The mark tells Excel that a CSV file is UTF-8; without it Korean is garbled there.
    return ("\ufeff" + exported).encode() if file_format == "csv" else exported


def _places(code):
    """Yield (name in the table, row that holds the text, field) for every text of a code."""
    for field in StatusCode.TEXTS:
        yield field, code, field
    for advice in code.advice.all():
        yield f"advice {advice.reader}", advice, "text"


def _shielded(text):
    """A spreadsheet would run a text that begins like a formula; a leading apostrophe tells it not to."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _unshielded(text):
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS_A_FORMULA) else text


def read(content, file_format):
    """Return the Differences between a table and the catalogue. Raise Refused for a table that would lose something."""
    if file_format not in FORMATS:
        raise Refused([_("Only CSV and XLSX files can be read.")])
    try:
        data = content.decode("utf-8-sig") if file_format == "csv" else content
        table = tablib.Dataset().load(data, format=file_format)
    except Exception as error:  # tablib's readers raise whatever their parsers raise
        raise Refused([_("The file cannot be read as a table.")]) from error
    if table.headers != HEADERS:
        raise Refused([_("The columns must be: %(columns)s.") % {"columns": ", ".join(HEADERS)}])
    codes = {str(code.number): code for code in StatusCode.objects.prefetch_related("advice")}
    reasons, differences, seen = [], [], set()
    for line, (number, version, text, *values) in enumerate(table, start=2):
        code = codes.get(str(number).strip())
        place = {name: (holder, field) for name, holder, field in _places(code)}.get(text) if code else None
        where = {"where": _("Line %(line)d") % {"line": line}, "number": number, "text": text}
        if place is None:
            reasons.append(_("%(where)s: there is no text %(text)s of %(number)s.") % where)
        elif (code.number, text) in seen:
            reasons.append(_("%(where)s stands twice.") % where)
        elif str(version).strip() != str(code.lock_version):
            reasons.append(_("%(where)s: %(number)s was saved after this table was written.") % where)
        else:
            for language, value in zip(LANGUAGES, values, strict=True):
                before = getattr(place[0], f"{place[1]}_{language}")
                after = _unshielded(str(value or "").replace("\r\n", "\n").strip())
                if before and not after:
                    reasons.append(_("%(where)s: the text would be lost.") % where)
                elif before != after:
                    differences.append(Difference(code.number, code.lock_version, text, language, before, after))
        seen.add((code and code.number, text))
    if reasons:
        raise Refused(reasons)
    return differences


@transaction.atomic
def save(differences, editor, reason):
    """Write the differences, one version an entry. Raise Refused, with nothing written, if one has been saved since."""
    for number in dict.fromkeys(each.number for each in differences):
        own = [each for each in differences if each.number == number]
        code = StatusCode.objects.prefetch_related("advice").get(pk=number)
        versions.keep(code.key)
        if not versions.claim(code, own[0].version):
            raise Refused([_("%(number)s was saved by somebody else meanwhile.") % {"number": code.label}])
        places = {name: (holder, field) for name, holder, field in _places(code)}
        before = attention.texts_of(code)
        for each in own:
            holder, field = places[each.text]
            setattr(holder, f"{field}_{each.language}", each.after)
        code.outdated_translations = " ".join(
            attention.outdated_after(before, attention.texts_of(code), code.outdated_translations.split())
        )
        for holder in dict.fromkeys(places[each.text][0] for each in own):
            try:
                relations = [each.name for each in holder._meta.fields if each.is_relation]
                holder.clean_fields(exclude=relations)
            except ValidationError as error:
                raise Refused([f"{code.label}: {' '.join(error.messages)}"]) from error
            holder.save()
        versions.keep(code.key, editor, reason)
