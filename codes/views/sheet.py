"""All codes on one sheet of paper: A4, landscape."""

import re
from itertools import groupby
from typing import Any

from django.db.models import Max, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext, pgettext_lazy

from codes.models import (
    Category,
    CheckNeeds,
    ConfusionGroup,
    Level,
    RegistrationStatus,
    ResponseRule,
    StatusCode,
    Topic,
    VendorMeaning,
)
from statuscodes.web.decorators import public

from .answer_strip import CACHING_MARKS, RETRY_MARKS
from .rows import Row, link_row

# The groups at the foot: their questions are short, and their answers begin with a short sentence.
QUESTIONS = ["401-403", "400-422", "404-410", "406-415", "429-503", "301-302"]
# What the marks say, in the order of the legend.
RETRY_LEGEND = {
    "yes": pgettext_lazy("legend", "at once"),
    "half": pgettext_lazy("legend", "after waiting"),
    "no": pgettext_lazy("legend", "changed or authenticated"),
    "never": pgettext_lazy("legend", "no"),
}
CACHING_LEGEND = {
    "yes": pgettext_lazy("legend", "by default"),
    "half": pgettext_lazy("legend", "only if stated"),
    "no": pgettext_lazy("legend", "never"),
}
SENTENCE_END = re.compile(r"(?<=[.?!]) ")
VISIBLE = [VendorMeaning.Visibility.WIRE, VendorMeaning.Visibility.LOG, VendorMeaning.Visibility.BODY]


@public
def sheet(request: HttpRequest) -> HttpResponse:
    """Show every code that a reader may meet with its marks, and six questions that tell codes apart."""
    categories = Category.objects.for_lists().in_bulk()
    # Those that come without a condition, in every version of HTTP.
    must = ResponseRule.objects.filter(level=Level.MUST, topic=Topic.FIELD, condition_ko="")
    must = must.exclude(check_needs=CheckNeeds.VERSION)
    codes = StatusCode.objects.registered().order_by("number")
    registered = codes.prefetch_related(Prefetch("rules", must, to_attr="must_rules"))
    context = {
        "bands": [
            {"category": categories[digit], "codes": [_row(code) for code in band]}
            for digit, band in groupby(registered, key=lambda code: code.category_id)
            if digit
        ],
        "issuers": _issuers(),
        "questions": _questions(),
        "retry_legend": RETRY_LEGEND.items(),
        "caching_legend": CACHING_LEGEND.items(),
        "checked_on": StatusCode.objects.aggregate(day=Max("checked_on"))["day"],
    }
    return render(request, "codes/sheet.html", context)


def _row(code: Any) -> Row:
    return link_row(code) | {
        "common": code.common,
        "name": code.name,
        "plain_name": code.plain_name,
        "other_name": code.other_name,
        "header": code.must_rules[0].header if code.must_rules else "",
        "more_headers": len(code.must_rules) > 1,
        "retry": (mark := RETRY_MARKS.get(code.retry, "")),
        "retry_words": RETRY_LEGEND.get(mark, ""),
        "caching": (mark := CACHING_MARKS.get(code.caching, "")),
        "caching_words": CACHING_LEGEND.get(mark, ""),
    }


def _issuers() -> list[tuple[str, list[Row]]]:
    """Return the codes of vendors that are sent or logged, by issuer: first the issuers with several."""
    meanings = VendorMeaning.objects.filter(
        position=1, visibility__in=VISIBLE, code__registration_status=RegistrationStatus.VENDOR
    )
    rows = [
        (meaning.issuer, link_row(meaning.code) | {"name": meaning.code.name})
        for meaning in meanings.select_related("code").order_by("issuer", "code")
    ]
    several, single = [], []
    for issuer, of_issuer in groupby(rows, key=lambda each: each[0]):
        listed = [row for _issuer, row in of_issuer]
        if len(listed) > 1:
            several.append((issuer, listed))
        else:
            single.append(listed[0] | {"issuer": issuer})
    single.sort(key=lambda row: row["label"])
    others = [(pgettext("issuers", "Others"), single)] if single else []
    return sorted(several, key=lambda each: each[0].casefold()) + others


def _questions() -> list[Row]:
    """Return the groups at the foot, each with its question and the beginnings of its answers."""
    groups = ConfusionGroup.objects.prefetch_related("members__code").in_bulk(QUESTIONS)
    return [
        {
            "question": group.question,
            "url": group.get_absolute_url(),
            "answers": [
                link_row(member.code) | {"answer": SENTENCE_END.split(member.answer)[0]}
                for member in group.members.all()
            ],
        }
        for slug in QUESTIONS
        if (group := groups.get(slug))
    ]
