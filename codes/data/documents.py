"""Entries as plain data: one function a kind makes the dictionary from which all alternates of a page are made.

A text in both languages is {"ko": …, "en": …}, with None for a language that lacks it, or None if both do. Long texts
are Markdown whose links are full addresses. Fields may be added; none is renamed or removed (see /data/).
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from codes.example_responses import raw_response
from codes.models import (
    Category,
    ConfusionGroup,
    ErrorText,
    ErrorTextCode,
    ErrorTextQuerySet,
    ExampleContent,
    Exchange,
    GroupMember,
    HouseVerdict,
    Message,
    OtherCode,
    ProductCode,
    RuleBase,
    Situation,
    StatusCode,
    VendorMeaning,
)
from codes.models.base import ReferenceBase, address
from codes.texts.citations import citation_url
from codes.texts.localized import LANGUAGES
from codes.texts.markdown import list_items

Data = dict[str, Any]
Entry = TypeVar("Entry")
Entries = TypeVar("Entries", bound=QuerySet[Any])

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
FACTS = ["content", "caching", "redirect_method", "retry"]
OWN_LINK = re.compile(r"\]\((code|vs):([-a-z0-9]+)\)")


def site_address(path: str) -> str:
    """Return the full address of a path."""
    return f"{settings.SITE_URL}{path}"


def schema_address(name: str) -> str:
    """Return the address of the JSON Schema of a kind of document."""
    return site_address(reverse("data:schema", args=[name]))


def with_schema(name: str) -> Callable[[Callable[[Entry], Data]], Callable[[Entry], Data]]:
    """Let the documents that a function makes begin with the address of their schema, and end with the licence."""

    def decorate(make: Callable[[Entry], Data]) -> Callable[[Entry], Data]:
        @wraps(make)
        def document(entry: Entry) -> Data:
            return {"$schema": schema_address(name)} | make(entry) | {"license": LICENCE}

        return document

    return decorate


def in_both(made: Callable[[], Any]) -> Data:
    """Return what a function without arguments returns in each language."""
    both = {}
    for language in LANGUAGES:
        with override(language):
            both[language] = made()
    return both


def chosen(entries: Entries, key: int | str | None) -> Entries:
    """Return the entries, or if a key is given only the one that has it."""
    return entries if key is None else entries.filter(pk=key)


def labels(label: str | Promise) -> Data:
    """Return a label in both languages."""
    return in_both(lambda: str(label))


def page_urls(entry: Any) -> Data:
    """Return the addresses of an entry's page."""
    return in_both(lambda: site_address(entry.get_absolute_url()))


def bilingual(entry: Any, field: str) -> Data | None:
    """Return a text in both languages, None if it is empty in both."""
    texts = {language: getattr(entry, f"{field}_{language}") or None for language in LANGUAGES}
    return texts if any(texts.values()) else None


def _markdown(entry: Any, field: str) -> Data | None:
    """Return a Markdown text in both languages, with full addresses in place of code: and vs:."""
    texts = bilingual(entry, field) or {}
    for language, text in texts.items():
        if text and ("code:" in text or "vs:" in text):
            with override(language):
                texts[language] = OWN_LINK.sub(_full_link, text)
    return texts or None


def _full_link(match: re.Match[str]) -> str:
    kind, name = match.groups()
    if kind == "code" and name.isdigit():
        return f"]({site_address(address('codes:detail', int(name)))})"
    return f"]({site_address(address('codes:group', name))})" if kind == "vs" else match[0]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _references(rows: Iterable[ReferenceBase]) -> list[Data]:
    return [{"spec": row.spec, "section": row.section or None, "url": row.url} for row in rows]


def rule_rows(rows: Iterable[RuleBase]) -> list[Data]:
    """Return what a document says of rules about responses."""
    return [
        {
            "level": row.level,
            "topic": row.topic,
            "header": row.header or None,
            "condition": bilingual(row, "condition"),
            "note": bilingual(row, "note"),
            "basis": row.basis or None,
            "check_needs": row.check_needs,
            "sources": [{"source": source, "url": url} for source, url in row.sources],
        }
        for row in rows
    ]


def code_link(code: StatusCode) -> Data:
    """Return what a document says of a code that it links to."""
    return {"number": code.number, "label": code.label, "name": bilingual(code, "name"), "url": page_urls(code)}


# Codes


def codes(key: int | None = None) -> QuerySet[StatusCode]:
    """Return all codes, or this one, with what their documents say, in a fixed number of queries."""
    every = (
        StatusCode.objects.select_related("category")
        .prefetch_related(
            *("references", "rules", "aliases", "advice", "vendor_meanings", "identifiers", "product_codes"),
            "exchanges__messages",
            Prefetch("error_text_links", ErrorTextCode.objects.select_related("error_text")),
            Prefetch("related", StatusCode.objects.for_lists()),
            Prefetch("memberships", GroupMember.objects.select_related("group").order_by("group__position", "group")),
            "memberships__group__members",
            "answers",
            wrong_uses(),
        )
        .order_by("number")
    )
    return chosen(every, key)


@with_schema("code")
def code_document(code: StatusCode) -> Data:
    """Return what the site knows of a code. `code` is one of codes()."""
    return {
        "number": code.number,
        "label": code.label,
        "class": code.category.label if code.category else None,
        "url": page_urls(code),
        "name": bilingual(code, "name"),
        "plain_name": bilingual(code, "plain_name"),
        "summary": bilingual(code, "summary"),
        "registration": code.registration_status,
        "expires_on": _day(code.temporary_until),
        "common": code.common,
        "webdav": code.webdav,
        "sent_by": code.sender,
        "fixed_by": code.fixer,
        "facts": {field: _fact(code, field) for field in FACTS},
        "request_headers": code.request_header_list,
        "rules": rule_rows(code.rules.all()),
        "advice": [{"reader": row.reader, "steps": _steps(row)} for row in code.advice.all()],
        "meaning": _markdown(code, "description"),
        "when_to_use": _markdown(code, "when_to_use"),
        "when_not_to_use": _markdown(code, "when_not_to_use"),
        "misunderstanding": _markdown(code, "misunderstanding"),
        "history": _markdown(code, "history"),
        "exchanges": [_exchange(row) for row in code.exchanges.all()],
        "vendor_meanings": [_vendor_meaning(row) for row in code.vendor_meanings.all()],
        "product_codes": [product_code(row) for row in code.product_codes.all()],
        "identifiers": [
            {"ecosystem": row.ecosystem, "identifier": row.identifier, "former": row.former}
            for row in code.identifiers.all()
        ],
        "aliases": [{"phrase": row.phrase, "used_by": row.used_by} for row in code.aliases.all()],
        "error_texts": _error_texts(code),
        "situations": situation_links(code),
        "groups": [group_link(row.group) for row in code.memberships.all()],
        "related": [code_link(each) for each in code.related.all()],
        "references": _references(code.references.all()),
        "checked_on": _day(code.checked_on),
    }


def _fact(code: StatusCode, field: str) -> Data | None:
    """Return a stated fact, None if nothing is stated. Without a source it is the editors' advice."""
    value = getattr(code, field)
    if not value:
        return None
    source = getattr(code, f"{field}_source")
    fact = {
        "value": value,
        "label": in_both(getattr(code, f"get_{field}_display")),
        "source": source or None,
        "url": citation_url(source) or None,
    }
    if field == "retry":
        condition_source = code.retry_condition_source
        fact |= {
            "condition": bilingual(code, "retry_condition"),
            "condition_source": condition_source or None,
            "condition_url": citation_url(condition_source) or None,
        }
    return fact


def _steps(advice: Any) -> Data:
    texts = _markdown(advice, "text") or {}
    return {language: list_items(texts.get(language) or "") for language in LANGUAGES}


def _exchange(exchange: Exchange) -> Data:
    return {
        "title": bilingual(exchange, "title"),
        "products": exchange.product_of,
        "messages": [_message(row) for row in exchange.messages.all()],
    }


def _message(message: Message) -> Data:
    """Return a step of an exchange. A raw message that is the same in both languages is there twice."""
    raw = {"ko": message.text_ko, "en": message.text_en or message.text_ko} if message.text_ko else None
    return {
        "sender": message.sender,
        "receiver": message.receiver,
        "lost": message.lost,
        "raw": raw,
        "note": bilingual(message, "note"),
    }


def _vendor_meaning(row: VendorMeaning) -> Data:
    return {
        "issuer": row.issuer,
        "product": row.product or None,
        "phrase": row.phrase or None,
        "visibility": row.visibility,
        "meaning": _markdown(row, "meaning"),
        "source": row.source or None,
        "url": row.url or None,
    }


def product_code(row: ProductCode) -> Data:
    """Return what a document says of a product's own code."""
    return {
        "product": row.product,
        "value": row.value,
        "direction": row.direction or None,
        "phrase": row.phrase or None,
        "meaning": bilingual(row, "meaning"),
        "basis": row.basis,
        "source": row.source,
        "url": row.url,
    }


def _error_texts(code: StatusCode) -> list[Data]:
    """Return the error texts that stand for a code, the surest first, as its page has them."""
    certainty = ErrorText.Sure.values
    texts = [link.error_text for link in code.error_text_links.all()]
    texts.sort(key=lambda text: (certainty.index(text.sure), text.position, text.product, text.slug))
    return [
        {"slug": text.slug, "product": text.product, "text": text.text, "certainty": text.sure, "url": page_urls(text)}
        for text in texts
    ]


def wrong_uses() -> "Prefetch[Any]":
    """Return the Prefetch of the situations in which codes are often used wrongly."""
    return Prefetch("named_in", OtherCode.objects.filter(fit=OtherCode.Fit.AVOID).select_related("situation"))


def situation_links(code: StatusCode) -> list[Data]:
    """Return the situations that a code answers, then those of wrong_uses(), which has to be prefetched."""
    return [
        *(_situation_link(each, "answer") for each in code.answers.all()),
        *(_situation_link(row.situation, "avoid") for row in code.named_in.all()),
    ]


def _situation_link(situation: Situation, fit: str) -> Data:
    """Return what a document says of a situation for which it has a code."""
    return {"slug": situation.slug, "fit": fit, "title": bilingual(situation, "title"), "url": page_urls(situation)}


def group_link(group: ConfusionGroup) -> Data:
    """Return what a document says of a group that it links to."""
    return {
        "slug": group.slug,
        "name": bilingual(group, "name"),
        "question": bilingual(group, "question"),
        "members": [{"number": row.code_id, "answer": bilingual(row, "answer")} for row in group.members.all()],
        "url": page_urls(group),
    }


# Classes


def classes(key: int | None = None) -> QuerySet[Category]:
    """Return all classes, or the one with this digit, with what their documents say."""
    in_order = Prefetch("codes", StatusCode.objects.in_list_order().for_lists())
    return chosen(Category.objects.prefetch_related("rules", in_order), key)


@with_schema("class")
def class_document(category: Category) -> Data:
    """Return what the site knows of a class. `category` is one of classes()."""
    return {
        "digit": category.digit,
        "label": category.label,
        "url": page_urls(category),
        "name": bilingual(category, "name"),
        "plain_name": bilingual(category, "plain_name"),
        "summary": bilingual(category, "summary"),
        "meaning": _markdown(category, "description"),
        "sent_by": category.sent_by or None,
        "fixed_by": category.fixed_by or None,
        "rules": rule_rows(category.rules.all()),
        "codes": [code_link(code) | {"summary": bilingual(code, "summary")} for code in category.codes.all()],
    }


# Groups


def groups(key: str | None = None) -> QuerySet[ConfusionGroup]:
    """Return all groups, or the one with this slug, with what their documents say."""
    return chosen(ConfusionGroup.objects.prefetch_related("members__code", "references"), key)


@with_schema("group")
def group_document(group: ConfusionGroup) -> Data:
    """Return what the site knows of a group of codes that people confuse. `group` is one of groups()."""
    return {
        "slug": group.slug,
        "url": page_urls(group),
        "name": bilingual(group, "name"),
        "question": bilingual(group, "question"),
        "meaning": _markdown(group, "description"),
        "members": [
            code_link(row.code)
            | {"answer": bilingual(row, "answer"), "example": _markdown(row, "example"), "said_by": row.said_by.split()}
            for row in group.members.all()
        ],
        "references": _references(group.references.all()),
        "checked_on": _day(group.checked_on),
    }


# Situations


def situations(key: str | None = None) -> QuerySet[Situation]:
    """Return all situations, or the one with this slug, with what their documents say."""
    others = Prefetch("other_codes", OtherCode.objects.select_related("code"))
    every = Situation.objects.select_related("answer").prefetch_related("headers", others, "verdicts")
    return chosen(every, key)


@with_schema("situation")
def situation_document(situation: Situation) -> Data:
    """Return what the site knows of a situation. `situation` is one of situations()."""
    verdicts = list(situation.verdicts.all())
    headers = list(situation.headers.all())
    has_response = situation.example_content != ExampleContent.NOTHING
    return {
        "slug": situation.slug,
        "url": page_urls(situation),
        "topic": situation.topic,
        "title": bilingual(situation, "title"),
        "answer": code_link(situation.answer),
        "norm": situation.norm,
        "reason": bilingual(situation, "reason"),
        "source": situation.source,
        "source_url": situation.url,
        "disputed": not all(verdict.allows(situation.answer_id) for verdict in verdicts),
        "headers": [
            {"header": row.header, "level": row.level, "value": row.value or None, "note": bilingual(row, "note")}
            for row in headers
        ],
        "example": in_both(lambda: raw_response(situation, headers)) if has_response else None,
        "other_codes": [
            code_link(row.code) | {"fit": row.fit, "reason": bilingual(row, "reason")}
            for row in situation.other_codes.all()
        ],
        "verdicts": [_verdict(row) for row in verdicts],
        "checked_on": _day(situation.checked_on),
    }


def _verdict(row: HouseVerdict) -> Data:
    return {
        "house": row.house,
        "version": row.version or None,
        "uses": row.uses,
        "rejects": row.rejects,
        "strength": row.strength,
        "note": bilingual(row, "note"),
        "evidence": row.evidence,
        "url": row.url,
    }


# Error texts


def error_texts(key: str | None = None) -> ErrorTextQuerySet:
    """Return all error texts, or the one with this slug, with what their documents say."""
    return chosen(ErrorText.objects.prefetch_related("code_links"), key)


@with_schema("error")
def error_document(text: ErrorText) -> Data:
    """Return what the site knows of an error text. `text` is one of error_texts()."""
    return {
        "slug": text.slug,
        "url": page_urls(text),
        "product": text.product,
        "text": text.text,
        "kind": text.kind,
        "written_by": text.who,
        "codes": text.codes,
        "certainty": text.sure,
        "meaning": bilingual(text, "meaning"),
        "next": bilingual(text, "next"),
        "source": text.source,
        "source_url": text.url or None,
        "checked_on": _day(text.checked_on),
    }
