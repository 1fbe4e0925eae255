"""Reading a pasted log: which codes it has, what stands out, and what its error lines say."""

import re
from typing import Any

from django.urls import reverse

from codes import search
from codes.models import Advice, Product, StatusCode, StatusCodeQuerySet, VendorMeaning

from .reports import LogReport, build
from .tallies import Tally
from .wording import words

# Who reads a log, and whose advice stands in for it.
READERS = [Advice.Reader.OPERATOR, Advice.Reader.SERVER, Advice.Reader.CLIENT, Advice.Reader.VISITOR]
# Products whose finer codes are in lines of logs.
FINER = {Product.IIS, Product.ENVOY, Product.HAPROXY, Product.HEROKU}
LEAD = re.compile(r"^ *(?:-|[0-9]+\.) \*\*(.+?)\*\*", re.MULTILINE)


def read_log(text: str) -> LogReport | None:
    """Return the report on a log in the active language, None when no line is a line of a log."""
    tally = Tally()
    for line in text.split("\n"):
        tally.add(line)
    if not tally.labels:
        return None
    return build(tally, _codes, _error_text, words())


def code_facts(code: StatusCode) -> dict[str, Any]:
    """Return what a report says of a code in the active language. See with_facts()."""
    meanings = [each for each in code.vendor_meanings.all() if each.visibility == VendorMeaning.Visibility.LOG]
    is_log_only = len(meanings) > 0 and not any(
        each.visibility == VendorMeaning.Visibility.WIRE and each.position < meanings[0].position
        for each in code.vendor_meanings.all()
    )
    return {
        "name": str(code.full_name),
        "summary": str(code.summary),
        "step": _first_step(code),
        "url": code.get_absolute_url(),
        "boxes": list(dict.fromkeys(each.issuer for each in meanings)) if is_log_only else [],
        "finer": {each.value: str(each.meaning) for each in code.product_codes.all() if each.product in FINER},
    }


def facts_without_entry(number: int) -> dict[str, Any]:
    """Return what a report says of a number that has no entry."""
    return {
        "name": "",
        "summary": "",
        "step": "",
        "url": reverse("codes:detail", args=[number]),
        "boxes": [],
        "finer": {},
    }


def with_facts() -> StatusCodeQuerySet:
    """Return all codes with what code_facts() needs."""
    return StatusCode.objects.prefetch_related("advice", "vendor_meanings", "product_codes")


def _codes(numbers: list[int]) -> dict[int, dict[str, Any]]:
    facts = {entry.number: code_facts(entry) for entry in with_facts().filter(number__in=set(numbers))}
    return {number: facts.get(number) or facts_without_entry(number) for number in numbers}


def _first_step(code: StatusCode) -> str:
    """Return the lead of the first thing to do: the operator's, else the next reader's."""
    advice = {each.reader: each for each in code.advice.all()}
    for reader in READERS:
        if reader in advice and (lead := LEAD.search(str(advice[reader].text))):
            return lead[1].replace("`", "")
    return ""


def _error_text(message: str) -> dict[str, Any] | None:
    match = next(iter(search.current_index().errors.find(message)), None)
    return error_facts(match.found) if match else None


def error_facts(text: Any) -> dict[str, Any]:
    """Return what a report says of an error text in the active language."""
    return {
        "product": text.product,
        "text": text.text,
        "url": text.get_absolute_url(),
        "meaning": str(text.meaning),
        "next": str(text.next),
        "codes": list(text.codes),
    }
