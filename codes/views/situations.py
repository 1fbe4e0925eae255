"""Which code do I return? Situations by topic, one situation, and those of a code."""

from collections import Counter
from difflib import get_close_matches

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, override

from codes import search as finder
from codes.cards import card_of
from codes.example_responses import content_of, raw_response
from codes.models import (
    ConfusionGroup,
    Diagram,
    ExampleContent,
    HouseVerdict,
    Message,
    Norm,
    OtherCode,
    Participant,
    ResponseRule,
    Situation,
    SituationHeader,
    SituationTopic,
    StatusCode,
    Topic,
    by_topic,
)
from codes.snippets import Framework, snippets
from codes.texts.localized import LANGUAGES
from statuscodes.web.decorators import public

from .alternates import with_alternates
from .rows import Row, link_row, situation_row
from .search import typed_query

MAX_COLUMNS = 4  # codes that the houses' table compares
MAX_NEARBY = 6
MAX_NEAREST = 5  # situations offered at an address that nobody has
MAX_SLUG_LENGTH = 60  # letters of an unknown address that are compared
AUTOMATIC_FIELDS = {"Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding"}  # servers add them


@public
@with_alternates()
def situation_list(request: HttpRequest) -> HttpResponse:
    """List all situations by topic."""
    situations = Situation.objects.only("slug", "topic", "title_ko", "title_en", "answer")
    disputed = HouseVerdict.disputed()
    also: dict[str, list[str]] = {}
    others = OtherCode.objects.filter(fit=OtherCode.Fit.ALSO).order_by("position").values_list("situation", "code")
    for slug, number in others:
        also.setdefault(slug, []).append(f"{number:03}")
    topics = [
        {
            "topic": topic,
            "rows": [situation_row(each, disputed) | {"also": " · ".join(also.get(each.pk, []))} for each in of_topic],
        }
        for topic, of_topic in by_topic(situations)
    ]
    count = sum(len(of_topic) for _topic, of_topic in by_topic(situations))
    return render(request, "codes/situation_list.html", {"topics": topics, "count": count})


@public
@with_alternates()
def situation_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the answer to a situation, or the nearest situations if none has this address."""
    # One query gets the situation and its siblings, another the verdicts on all of them.
    topic = Situation.objects.filter(slug=slug).values("topic")
    siblings = list(Situation.objects.filter(topic__in=topic).select_related("answer"))
    situation = next((each for each in siblings if each.pk == slug), None)
    if situation is None:
        return _unknown_situation(request, slug)
    answers = {each.pk: each.answer_id for each in siblings}
    all_verdicts = list(HouseVerdict.objects.filter(situation__in=siblings))
    disputed = {each.situation_id for each in all_verdicts if not each.allows(answers[each.situation_id])}
    verdicts = [each for each in all_verdicts if each.situation_id == slug]
    headers = list(situation.headers.all())
    others = list(situation.other_codes.select_related("code"))
    columns = _columns(situation, verdicts)
    context = {
        "situation": situation,
        "topic": SituationTopic(situation.topic),
        "answer": situation.answer,
        "is_disputed": slug in disputed,
        "fields": fields_to_send(situation, headers),
        "exchange": example_response(situation, headers),
        "snippets": _snippets(situation, headers),
        "columns": [f"{number:03}" for number in columns],
        "verdicts": [_verdict_row(verdict, columns) for verdict in verdicts],
        "also": [_other_row(each) for each in others if each.fit == OtherCode.Fit.ALSO],
        "avoid": [_other_row(each) for each in others if each.fit == OtherCode.Fit.AVOID],
        "nearby": [situation_row(each, disputed) for each in _nearby(siblings, situation)],
        "card": card_of(situation),
        "query": typed_query(request),
    }
    return render(request, "codes/situation_detail.html", context)


def fields_to_send(situation: Situation, headers: list[SituationHeader]) -> list[Row]:
    """Return the header fields to send: those of the situation, then those that its answer always has rules for.

    A rule that applies under a condition is shown only as the source of a field of the situation.
    """
    rules: dict[str, ResponseRule] = {}
    for rule in sorted(situation.answer.rules.all(), key=lambda rule: bool(rule.condition)):
        if rule.topic == Topic.FIELD:
            rules.setdefault(rule.header, rule)
    own = [_field_row(each, rules.pop(each.header, None)) for each in headers]
    return [*own, *(_field_row(rule, rule) for rule in rules.values() if not rule.condition)]


def _field_row(field: SituationHeader | ResponseRule, rule: ResponseRule | None) -> Row:
    """Return what is shown of a header field, with the section of the rule about it."""
    row: Row = {"header": field.header, "level": field.get_level_display(), "note": field.note}
    if rule:
        row["source"], row["url"] = rule.sources[0]
    return row


def example_response(situation: Situation, headers: list[SituationHeader]) -> Diagram | None:
    """Return the response to the situation as a diagram, None where nobody gets one."""
    if situation.example_content == ExampleContent.NOTHING:
        return None
    texts = {}
    for language in LANGUAGES:
        with override(language):
            texts[f"text_{language}"] = raw_response(situation, headers)
    message = Message(sender=Participant.SERVER, receiver=Participant.CLIENT, **texts)
    return Diagram(gettext("The response, as an example"), "m", {}, [message])


def _snippets(situation: Situation, headers: list[SituationHeader]) -> list[tuple[Framework, str]]:
    """Return the response as code by framework, [] for one that frameworks do not return as a whole."""
    if situation.example_content == ExampleContent.NOTHING or situation.answer.category_id == 1:
        return []
    fields = [(each.header, each.value) for each in headers if each.value and each.header not in AUTOMATIC_FIELDS]
    return snippets(situation.answer, fields, *content_of(situation))


def _columns(situation: Situation, verdicts: list[HouseVerdict]) -> list[int]:
    """Return the codes that the houses' table compares: the answer, then those that most houses name."""
    named = Counter(number for verdict in verdicts for number in [*verdict.uses, *verdict.rejects])
    named.pop(situation.answer_id, None)
    return [situation.answer_id, *(number for number, _count in named.most_common(MAX_COLUMNS - 1))]


def _verdict_row(verdict: HouseVerdict, columns: list[int]) -> Row:
    uses, rejects = verdict.uses, verdict.rejects
    marks = [
        "yes" if uses[:1] == [number] else "may" if number in uses else "no" if number in rejects else ""
        for number in columns
    ]
    return {
        "house": verdict.house,
        "version": verdict.version,
        "strength": verdict.get_strength_display(),
        "marks": [(f"{number:03}", mark) for number, mark in zip(columns, marks, strict=True)],
        "more": [f"{number:03}" for number in [*uses, *rejects] if number not in columns],
        "note": verdict.note,
        "url": verdict.url,
    }


def _other_row(other: OtherCode) -> Row:
    return link_row(other.code) | {"reason": other.reason}


def _nearby(siblings: list[Situation], situation: Situation) -> list[Situation]:
    """Return the situations next to this one in its topic, in their order."""
    place = siblings.index(situation)
    start = max(0, min(place - MAX_NEARBY // 2, len(siblings) - MAX_NEARBY - 1))
    return [each for each in siblings[start : start + MAX_NEARBY + 1] if each is not situation]


def _unknown_situation(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the situations whose addresses or texts are nearest to an address that nobody has."""
    index = finder.current_index()
    wanted = slug[:MAX_SLUG_LENGTH]
    situations = {each.instance.pk: each.instance for each in index.documents if each.kind == "situation"}
    near = [situations[each] for each in get_close_matches(wanted, situations, MAX_NEAREST, 0.6)]
    found = [hit.found for hit in index.search(wanted.replace("-", " ")).hits if hit.kind == "situation"]
    nearest = list(dict.fromkeys([*near, *found]))[:MAX_NEAREST]
    context = {"slug": wanted, "rows": [situation_row(each) for each in nearest]}
    return render(request, "codes/situation_unknown.html", context, status=404)


@public
@with_alternates()
def code_situations(request: HttpRequest, number: int) -> HttpResponse:
    """List the situations that a code answers, and those in which it is often used wrongly."""
    code = get_object_or_404(StatusCode, number=number)
    answered, avoided = situations_of(number)
    if not answered and not avoided:
        raise Http404
    context = {
        "code": code,
        "answered": [situation_row(each) for each in answered],
        "avoided": [situation_row(each) for each in avoided],
    }
    return render(request, "codes/situations_of.html", context)


def situations_of(number: int) -> tuple[list[Situation], list[Situation]]:
    """Return the situations that a code answers, and those in which it is often used wrongly, in one query.

    Those that no norm decides come last: another code may be as good.
    """
    shown = Situation.objects.naming(number).only("slug", "topic", "title_ko", "title_en", "answer", "norm")
    situations = [each for _topic, of_topic in by_topic(shown) for each in of_topic]
    answered = [each for each in situations if each.answer_id == number]
    answered.sort(key=lambda each: each.norm == Norm.OPEN)
    return answered, [each for each in situations if each.answer_id != number]


def situations_between(group: ConfusionGroup) -> list[Row]:
    """Return the situations that one code of a group answers and for which another is named, in one query."""
    numbers = [member.code_id for member in group.members.all()]
    return [situation_row(each) for each in Situation.objects.between(numbers)]
