"""A team's own table of situations, as Markdown for its guide."""

import re
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from codes.models import HouseVerdict, Situation, by_topic
from statuscodes.web.decorators import public

from .rows import situation_row

DISPUTED = "disputed"  # instead of a topic: the situations on which houses differ
MARKDOWN_MARK = re.compile(r"[\\`*_\[\]<|&]")
SAFE_IN_URL = "%/:?#[]@!$&'*+,;=~"  # all that an address may have but parentheses, which end a link


@public
def convention(request: HttpRequest) -> HttpResponse:
    """Make a Markdown table of chosen situations for a team's own guide, with a house as a column.

    `s` names situations, several in one value or several values; `topic` takes all of a topic, or all on which houses
    differ; `house` adds the column. What nobody has is ignored.
    """
    situations = list(Situation.objects.select_related("answer"))
    disputed = HouseVerdict.disputed()
    houses = list(HouseVerdict.objects.order_by("house").values_list("house", flat=True).distinct())
    house = next((each for each in houses if each == request.GET.get("house")), "")
    chosen = _chosen(request.GET, situations, disputed)
    slugs = {each.pk for each in chosen}
    context = {
        "topics": [
            {
                "topic": topic,
                "rows": [
                    situation_row(each, disputed) | {"slug": each.pk, "chosen": each.pk in slugs} for each in of_topic
                ],
            }
            for topic, of_topic in by_topic(situations)
        ],
        "houses": houses,
        "house": house,
        "markdown": _markdown_table(chosen, house),
        "count": len(chosen),
    }
    return render(request, "codes/convention.html", context)


def _chosen(query: QueryDict, situations: list[Situation], disputed: set[str]) -> list[Situation]:
    """Return the situations that a query names or whose topic it takes, in the order of their list."""
    named = {slug for value in query.getlist("s") for slug in value.split(",")}
    chosen_topic = query.get("topic", "")
    return [
        each
        for _topic, of_topic in by_topic(situations)
        for each in of_topic
        if each.pk in named or each.topic == chosen_topic or (chosen_topic == DISPUTED and each.pk in disputed)
    ]


def _markdown_table(situations: list[Situation], house: str) -> str:
    """Return the table, "" for no situations, with a column for what a house says unless that is ""."""
    if not situations:
        return ""
    verdicts = HouseVerdict.objects.filter(house=house, situation__in=situations) if house else []
    codes = {each.situation_id: ", ".join(each.codes.split()) for each in verdicts}
    head = [gettext("Situation"), gettext("Our API answers"), *([_plain(house)] if house else []), gettext("Source")]
    rows = [head, ["---"] * len(head)]
    for each in situations:
        answer = _plain(f"{each.label} {each.answer.name_en}")
        link = f"[{_plain(each.title)}]({settings.SITE_URL}{each.get_absolute_url()})"
        source = f"[{_plain(each.source)}]({quote(each.url, safe=SAFE_IN_URL)})"
        rows.append([link, answer, *([_plain(codes.get(each.pk, "–"))] if house else []), source])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is, on one line."""
    return MARKDOWN_MARK.sub(r"\\\g<0>", " ".join(text.split()))
