"""The first answers about a code: who sends and fixes it, whether to send it again, what is cached, what must come."""

from typing import Any

from django.utils.translation import pgettext_lazy

from codes.models import Advice, Caching, CheckNeeds, Level, ResponseRule, Retry, StatusCode
from codes.participants import participants
from codes.texts.citations import citation_url
from codes.texts.markdown import steps

Answer = dict[str, Any]

# How full a mark is drawn.
RETRY_MARKS = {Retry.AS_IS: "yes", Retry.WAIT: "half", Retry.CHANGE: "no", Retry.AUTH: "no", Retry.NO: "never"}
CACHING_MARKS = {Caching.HEURISTIC: "yes", Caching.EXPLICIT: "half", Caching.NEVER: "no"}
# Answers that are too long for the strip on a phone.
SHORT_ANSWERS = {
    Caching.EXPLICIT: pgettext_lazy("answer", "Only if stated"),
    Retry.CHANGE: pgettext_lazy("answer", "After a change"),
    Retry.AUTH: pgettext_lazy("answer", "With credentials"),
}
SHORT_READERS = {
    Advice.Reader.VISITOR: pgettext_lazy("reader", "Visitor"),
    Advice.Reader.CLIENT: pgettext_lazy("reader", "Client"),
    Advice.Reader.SERVER: pgettext_lazy("reader", "Server"),
    Advice.Reader.OPERATOR: pgettext_lazy("reader", "Operator"),
}
# Kinds of readers of a code's advice, the likeliest first.
OPERATOR_FIRST = [Advice.Reader.OPERATOR, Advice.Reader.SERVER, Advice.Reader.CLIENT, Advice.Reader.VISITOR]
DEVELOPER_FIRST = [Advice.Reader.SERVER, Advice.Reader.CLIENT, Advice.Reader.OPERATOR, Advice.Reader.VISITOR]


def answers(code: StatusCode, rules: list[ResponseRule]) -> Answer:
    """Return what the strip below a code's name shows. Each answer has its mark, its words and its section."""
    return {
        "participants": participants(code),
        "fixed": code.fixer is not None,
        "retry": _fact(code, "retry", RETRY_MARKS),
        "caching": _fact(code, "caching", CACHING_MARKS),
        "headers": _headers(rules),
        "content": code.get_content_display() if code.content else "",
    }


def _fact(code: StatusCode, field: str, marks: dict[Any, str]) -> Answer | None:
    """Return a stated fact with the mark for it, None if nothing is stated."""
    value = getattr(code, field)
    if not value:
        return None
    source = getattr(code, f"{field}_source")
    condition = getattr(code, f"{field}_condition", "")
    return {
        "condition": condition,
        "mark": marks[value],
        "answer": SHORT_ANSWERS.get(value) or getattr(code, f"get_{field}_display")(),
        "source": source,
        "url": citation_url(source),
    }


def _headers(rules: list[ResponseRule]) -> Answer | None:
    """Return the header fields of the strongest level that asks for any, None if none has to or should come."""
    for level in (Level.MUST, Level.SHOULD):
        asked = [
            rule for rule in rules if rule.header and rule.level == level and rule.check_needs != CheckNeeds.VERSION
        ]
        # Those that always come are told before those that come under a condition.
        if chosen := [rule for rule in asked if not rule.condition] or asked:
            (source, url), *_more = chosen[0].sources
            names = list(dict.fromkeys(rule.header for rule in chosen))
            return {
                "names": names,
                "level": level.label,
                "condition": chosen[0].condition,
                "source": source,
                "url": url,
            }
    return None


def advice_by_reader(code: StatusCode, advice: list[Advice]) -> list[Answer]:
    """Return a code's advice for each kind of reader as steps, the likeliest kind first."""
    order = OPERATOR_FIRST if code.category_id == 5 or code.is_vendors else DEVELOPER_FIRST
    rows = sorted(advice, key=lambda each: order.index(Advice.Reader(each.reader)))
    return [
        {
            "reader": row.reader,
            "label": row.get_reader_display(),
            "tab": SHORT_READERS[Advice.Reader(row.reader)],
            "lang": row.text.lang,
            "steps": steps(str(row.text)),
        }
        for row in rows
    ]
