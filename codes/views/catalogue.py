"""The home page with all codes, a class, a code, the groups of codes that people confuse, and the about page."""

from collections import Counter
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, pgettext

from codes.cards import card_of
from codes.filters import list_filters
from codes.live_answers import live_answer_of
from codes.models import (
    Category,
    ConfusionGroup,
    Diagram,
    GroupMember,
    PageDetails,
    RuleSet,
    StatusCode,
    VendorMeaning,
    rules_by_level,
    treated_as,
)
from codes.models.base import address
from statuscodes.web.decorators import public, without_database

from .alternates import with_alternates
from .answer_strip import advice_by_reader, answers
from .errors import brief_errors
from .linked_data import breadcrumbs, defined_term, group_breadcrumbs
from .products import products_of
from .rows import Row, entry_row, everyday_row, link_row, situation_row, tile_row
from .search import typed_query
from .situations import situations_between, situations_of

# What newcomers meet first. A number that has no entry is left out.
EVERYDAY = [200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503]
# What can be pasted into the search field; examples in words are in the template.
EXAMPLES = ["404", "HttpStatus.BAD_GATEWAY", "connect() failed (111: Connection refused)", '"GET / HTTP/1.1" 499 0']
MAX_ISSUERS = 3  # named beside a class's vendor-specific codes
MAX_BOXES = 2  # groups shown with their answers on a code's page; the others are links
MAX_BOX_MEMBERS = 9  # of a group shown with its answers


@public
@with_alternates("codes")
def code_list(request: HttpRequest) -> HttpResponse:
    """List all codes by class below what the site is and has, or those that meet the filters in the address."""
    meanings = list(VendorMeaning.objects.order_by("issuer").values_list("code_id", "issuer"))
    filters = list_filters(request.GET, [issuer for _number, issuer in meanings])
    codes = list(StatusCode.objects.matching(filters).in_list_order().for_lists())
    chosen = [each.chosen_label for each in filters if each.chosen]
    context = {
        "count": len(codes),
        "bands": _bands(codes, meanings),
        "filters": filters,
        "filtered": bool(chosen),
        "chosen": chosen,
        "examples": EXAMPLES,
        "everyday": [] if chosen else [everyday_row(code) for code in codes if code.number in EVERYDAY],
    }
    return render(request, "codes/statuscode_list.html", context)


def _bands(codes: list[StatusCode], meanings: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """Return the classes with their codes, in the order given; those of vendors are a part of their own."""
    categories = Category.objects.for_lists().in_bulk()
    return [
        {
            "category": categories.get(digit),
            "parts": [
                _part(is_vendors, list(part), meanings)
                for is_vendors, part in groupby(band, key=lambda code: code.is_vendors)
            ],
        }
        for digit, band in groupby(codes, key=lambda code: code.category_id)
    ]


def _part(is_vendors: bool, codes: list[StatusCode], meanings: list[tuple[int, str]]) -> dict[str, Any]:
    """Return a class's codes, registered or of vendors, and who issues most of the latter."""
    numbers = {code.number for code in codes}
    issuers = Counter(issuer for number, issuer in meanings if number in numbers) if is_vendors else Counter()
    return {
        "is_vendors": is_vendors,
        "codes": [tile_row(code) for code in codes],
        "issuers": [issuer for issuer, _count in issuers.most_common(MAX_ISSUERS)],
        "more_issuers": len(issuers) > MAX_ISSUERS,
    }


@public
@with_alternates()
def category_detail(request: HttpRequest, digit: int) -> HttpResponse:
    """Show a class and its codes."""
    category = get_object_or_404(Category, digit=digit)
    codes = StatusCode.objects.in_class(digit).in_list_order().for_lists()
    context = {
        "category": category,
        "rows": [entry_row(code) for code in codes],
        "rules": rules_by_level(category.rules.all()),
        "card": card_of(category),
        "linked_data": [defined_term(category), breadcrumbs(category)],
    }
    return render(request, "codes/category_detail.html", context)


@public
@with_alternates()
def rule_set(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rules that belong to no class."""
    rules = get_object_or_404(RuleSet, slug=slug)
    context = {
        "rule_set": rules,
        "rules": rules_by_level(rules.rules.all()),
        "categories": Category.objects.for_lists(),
    }
    return render(request, "codes/ruleset_detail.html", context)


@public
def code_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show a code, or what is known about a number that nobody registered."""
    codes: list[Any] = list(StatusCode.objects.linked_from(number))
    code = next((each for each in codes if each.number == number), None)
    # They are in order, and the two next to the number are among them.
    previous = next((each for each in reversed(codes) if each.number < number), None)
    following = next((each for each in codes if each.number > number), None)
    context: dict[str, Any] = {
        "previous": previous and link_row(previous),
        "next": following and link_row(following),
        "query": typed_query(request),
    }
    if code is None:
        return _unassigned(request, number, context)
    boxes, more_groups = _groups(number)
    rules = list(code.rules.all())
    details = PageDetails.of(number)
    answered, avoided = situations_of(number)
    context |= {
        "code": code,
        "references": details.references,
        "rules": rules_by_level(rule for rule in rules if not rule.repeats_fact),
        "answers": answers(code, rules),
        "aliases": details.aliases,
        "advice": advice_by_reader(code, details.advice),
        "vendor_meanings": list(code.vendor_meanings.all()),
        "products": products_of(code),
        "ecosystems": _ecosystems(details.identifiers),
        "exchanges": Diagram.all_of(number),
        "live_answer": live_answer_of(code),
        "errors": brief_errors(number),
        "boxes": boxes,
        "more_groups": more_groups,
        "answered": [situation_row(each) for each in answered],
        "avoided": avoided,
        "related": [link_row(each) for each in codes if each.is_related],
        "card": card_of(code),
        "linked_data": [defined_term(code), breadcrumbs(*([code.category] if code.category else []), code)],
    }
    context["contents"] = _contents(context)
    return render(request, "codes/statuscode_detail.html", context)


def _contents(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the sections of a code's page that are not empty, as (anchor, label), in their order."""
    code = context["code"]
    sections = [
        ("next", gettext("What to do next"), context["advice"]),
        ("meaning", gettext("Meaning"), code.description),
        ("exchange", gettext("On the wire"), context["exchanges"]),
        ("try", gettext("Try it"), context["live_answer"]),
        ("errors", pgettext("of a code", "Error messages"), context["errors"]["count"]),
        ("mixed-up", gettext("Commonly confused"), context["boxes"] or context["more_groups"]),
        ("use", gettext("When to use it"), code.when_to_use),
        ("misunderstanding", gettext("A common misunderstanding"), code.misunderstanding),
        ("code", gettext("In code"), context["ecosystems"]),
        ("vendors", gettext("What vendors mean by it"), context["vendor_meanings"]),
        ("products", gettext("Products' own codes"), context["products"]),
        ("facts", gettext("Facts"), True),
        ("history", pgettext("of a code", "History"), code.history),
        ("sources", gettext("Sources"), context["references"]),
    ]
    return [(anchor, label) for anchor, label, content in sections if content]


def _ecosystems(identifiers: list[tuple[str, str, bool]]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the identifiers, (ecosystem, identifier, whether it is a former one), by ecosystem."""
    return [(ecosystem, list(names)) for ecosystem, names in groupby(identifiers, key=lambda each: each[0])]


def _groups(number: int) -> tuple[list[Row], list[Row]]:
    """Return the groups of a code: those that are shown with their answers, and the others."""
    boxes: list[Row] = []
    others: list[Row] = []
    members = GroupMember.beside(number)
    for _slug, rows in groupby(members, key=lambda member: member.group_id):
        of_group = list(rows)
        group = of_group[0].group
        if len(of_group) <= MAX_BOX_MEMBERS and len(boxes) < MAX_BOXES:
            boxes.append(_box(group, of_group))
        else:
            others.append(_link(group, of_group))
    return boxes, others


def _link(group: ConfusionGroup, members: list[GroupMember]) -> Row:
    """Return what a link to a group shows."""
    label = " / ".join(member.label for member in members)
    return {"url": group.get_absolute_url(), "name": group.name, "label": label}


def _box(group: ConfusionGroup, members: list[GroupMember]) -> Row:
    """Return what a box shows of a group and its members."""
    return _link(group, members) | {
        "question": group.question,
        "members": [
            {
                "url": address("codes:detail", member.code_id),
                "digit": member.digit or "",
                "label": member.label,
                "number": member.code_id,
                "answer": member.answer,
            }
            for member in members
        ],
    }


def _unassigned(request: HttpRequest, number: int, context: dict[str, Any]) -> HttpResponse:
    """Say how to treat a number without an entry (RFC 9110 section 15), and which codes are next to it."""
    context |= {
        "label": f"{number:03}",
        "category": Category.objects.filter(digit=number // 100).first(),
        "base": StatusCode.objects.filter(number=treated_as(number)).first(),
    }
    return render(request, "codes/unassigned.html", context, status=404)


@public
@with_alternates()
def group_list(request: HttpRequest) -> HttpResponse:
    """List the groups, each with its question and answers."""
    groups = ConfusionGroup.objects.prefetch_related(Prefetch("members", GroupMember.for_boxes()))
    boxes = [_box(group, list(group.members.all())) for group in groups]
    return render(request, "codes/confusiongroup_list.html", {"boxes": boxes})


@public
@with_alternates()
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the codes of a group side by side."""
    group = get_object_or_404(ConfusionGroup.objects.prefetch_related("members__code", "references"), slug=slug)
    context = {
        "group": group,
        "situations": situations_between(group),
        "query": typed_query(request),
        "card": card_of(group),
        "linked_data": [group_breadcrumbs(group)],
    }
    return render(request, "codes/confusiongroup_detail.html", context)


@public
@without_database
def about(request: HttpRequest) -> HttpResponse:
    """Say what the site is, where its facts are from and how its entries are made."""
    return render(request, "codes/about.html")
