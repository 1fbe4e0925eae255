"""Documents of pages that put entries together: rule sets, products, questions, and lists of entries."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from codes.models import (
    ConfusionGroup,
    ErrorText,
    HouseVerdict,
    OtherCode,
    Product,
    ProductCode,
    Question,
    RuleSet,
    Situation,
    StatusCode,
    by_topic,
    product_slug,
)
from codes.snippets import lines

from .documents import (
    Data,
    bilingual,
    chosen,
    code_link,
    error_document,
    error_texts,
    group_link,
    in_both,
    labels,
    page_urls,
    product_code,
    rule_rows,
    site_address,
    situation_links,
    with_schema,
    wrong_uses,
)


def _page(view: str, *arguments: int | str) -> Data:
    """Return the addresses of a page that is not an entry's."""
    return in_both(lambda: site_address(reverse(view, args=arguments)))


# Rule sets


def rule_sets(key: str | None = None) -> QuerySet[RuleSet]:
    """Return all rule sets, or the one with this slug, with what their documents say."""
    return chosen(RuleSet.objects.prefetch_related("rules"), key)


@with_schema("rule-set")
def rule_set_document(rule_set: RuleSet) -> Data:
    """Return the rules that belong to no class. `rule_set` is one of rule_sets()."""
    return {
        "slug": rule_set.slug,
        "url": page_urls(rule_set),
        "name": bilingual(rule_set, "name"),
        "summary": bilingual(rule_set, "summary"),
        "rules": rule_rows(rule_set.rules.all()),
    }


# Products with codes of their own


class ProductCodes(NamedTuple):
    """A product with its codes."""

    product: Product
    rows: list[ProductCode]


def products(key: Product | None = None) -> list[ProductCodes]:
    """Return all products, or this one, with what their documents say."""
    rows = ProductCode.objects.select_related("code").order_by("code", "position")
    of_product: defaultdict[str, list[ProductCode]] = defaultdict(list)
    for row in rows.filter(product=key) if key else rows:
        of_product[row.product].append(row)
    return [ProductCodes(each, of_product[each]) for each in Product if key in (None, each)]


@with_schema("product")
def product_document(entry: ProductCodes) -> Data:
    """Return the codes of a product by status code. `entry` is one of products()."""
    product, rows = entry
    return {
        "slug": product.value,
        "url": page_urls(product),
        "product": product.label,
        "name": labels(product.heading),
        "introduction": labels(product.introduction),
        "codes": [{"code": code_link(row.code)} | product_code(row) for row in rows],
    }


# Lines of code


def code_lines(key: int | None = None) -> QuerySet[StatusCode]:
    """Return all codes that there are lines of code for, or this one."""
    return chosen(StatusCode.objects.with_lines().order_by("number"), key)


@with_schema("code-lines")
def code_lines_document(code: StatusCode) -> Data:
    """Return the lines that send a code, by framework. `code` is one of code_lines()."""
    return {
        "url": _page("codes:code_lines", code.number),
        "code": code_link(code),
        "frameworks": lines(code),
    }


# Questions that lead to situations


def questions(key: str | None = None) -> QuerySet[Question]:
    """Return all questions, or the one with this slug, with what their documents say."""
    return chosen(Question.objects.prefetch_related("choices__next", "choices__situations"), key)


@with_schema("question")
def question_document(question: Question) -> Data:
    """Return a question and where its answers lead. `question` is one of questions()."""
    return {
        "slug": question.slug,
        "url": page_urls(question),
        "question": bilingual(question, "question"),
        "choices": [
            {
                "answer": bilingual(choice, "answer"),
                "next": choice.next and _question_link(choice.next),
                "situations": [_situation_row(each) for each in choice.situations.all()],
            }
            for choice in question.choices.all()
        ],
    }


def _question_link(question: Question) -> Data:
    return {"slug": question.slug, "question": bilingual(question, "question"), "url": page_urls(question)}


def _situation_row(situation: Situation) -> Data:
    """Return what a list says of a situation."""
    return {
        "slug": situation.slug,
        "title": bilingual(situation, "title"),
        "answer": situation.answer_id,
        "url": page_urls(situation),
    }


def question_lists(key: None = None) -> list[list[Question]]:
    """Return the one list of all questions."""
    return [list(questions())]


@with_schema("question-list")
def question_list_document(every: list[Question]) -> Data:
    """Return all questions, the first one first."""
    return {
        "url": _page("codes:questions"),
        "questions": [question_document(each) for each in every],
    }


# Situations


def situation_lists(key: None = None) -> list[list[Situation]]:
    """Return the one list of all situations."""
    also = Prefetch("other_codes", OtherCode.objects.filter(fit=OtherCode.Fit.ALSO))
    return [list(Situation.objects.prefetch_related(also))]


@with_schema("situation-list")
def situation_list_document(every: list[Situation]) -> Data:
    """Return the situations by topic, with what a list says of each."""
    disputed = HouseVerdict.disputed()
    return {
        "url": _page("codes:situations"),
        "count": len(every),
        "topics": [
            {
                "topic": topic.value,
                "name": labels(topic.label),
                "situations": [
                    _situation_row(each)
                    | {"also": [other.code_id for other in each.other_codes.all()], "disputed": each.pk in disputed}
                    for each in of_topic
                ],
            }
            for topic, of_topic in by_topic(every)
        ],
    }


def code_situations(key: int | None = None) -> QuerySet[StatusCode]:
    """Return all codes that are named in situations, or this one, with the situations."""
    named = Q(answers__isnull=False) | Q(named_in__fit=OtherCode.Fit.AVOID)
    codes = StatusCode.objects.filter(named).distinct().order_by("number").prefetch_related("answers", wrong_uses())
    return chosen(codes, key)


@with_schema("code-situations")
def code_situations_document(code: StatusCode) -> Data:
    """Return the situations that a code answers, and those in which it is often used wrongly.

    `code` is one of code_situations().
    """
    return {
        "url": _page("codes:situations_of", code.number),
        "code": code_link(code),
        "situations": situation_links(code),
    }


# Groups


def group_lists(key: None = None) -> list[list[ConfusionGroup]]:
    """Return the one list of all groups."""
    return [list(ConfusionGroup.objects.prefetch_related("members"))]


@with_schema("group-list")
def group_list_document(every: list[ConfusionGroup]) -> Data:
    """Return the groups, each with its question and answers."""
    return {
        "url": _page("codes:groups"),
        "groups": [group_link(each) for each in every],
    }


# Error texts


class ProductErrors(NamedTuple):
    """A product with its error texts."""

    product: str
    texts: list[ErrorText]


def product_errors(key: str | None = None) -> list[ProductErrors]:
    """Return all products that have error texts, or the one with this slug, with the texts."""
    texts = error_texts()
    if key is not None:
        names = ErrorText.objects.order_by().values_list("product", flat=True).distinct()
        texts = texts.filter(product__in=[name for name in names if product_slug(name) == key])
    of_product: defaultdict[str, list[ErrorText]] = defaultdict(list)
    for each in texts:
        of_product[each.product].append(each)
    return [ProductErrors(*entry) for entry in of_product.items()]


@with_schema("product-errors")
def product_errors_document(entry: ProductErrors) -> Data:
    """Return the error texts of a product. `entry` is one of product_errors()."""
    slug = product_slug(entry.product)
    return {
        "slug": slug,
        "url": _page("codes:product_errors", slug),
        "product": entry.product,
        **_errors(entry.texts),
    }


class CodeErrors(NamedTuple):
    """A code with the error texts that stand for it."""

    code: StatusCode
    texts: list[ErrorText]


def code_errors(key: int | None = None) -> list[CodeErrors]:
    """Return all codes that error texts stand for, or this one, with the texts by product."""
    texts = error_texts().order_by(Lower("product"), "product", "position", "slug")
    of_code: defaultdict[int, list[ErrorText]] = defaultdict(list)
    for each in texts if key is None else texts.meaning(key):
        for number in each.codes:
            of_code[number].append(each)
    codes = StatusCode.objects.filter(number__in=of_code if key is None else [key] if of_code else [])
    return [CodeErrors(code, of_code[code.number]) for code in codes.order_by("number")]


@with_schema("code-errors")
def code_errors_document(entry: CodeErrors) -> Data:
    """Return the error texts that stand for a code. `entry` is one of code_errors()."""
    return {
        "url": _page("codes:code_errors", entry.code.number),
        "code": code_link(entry.code),
        **_errors(entry.texts),
    }


def _errors(texts: Iterable[ErrorText]) -> Data:
    errors = [error_document(each) for each in texts]
    return {"count": len(errors), "errors": errors}


# What the files with all codes and all error texts say as text


def code_lists(key: None = None) -> list[list[StatusCode]]:
    """Return the one list of all codes."""
    return [list(StatusCode.objects.select_related("category").order_by("number"))]


def code_list_document(every: list[StatusCode]) -> Data:
    """Return what a list says of each code."""
    return {
        "url": _page("codes:list"),
        "codes": [
            code_link(code)
            | {
                "plain_name": bilingual(code, "plain_name"),
                "summary": bilingual(code, "summary"),
                "class": code.category and {"label": code.category.label, "name": bilingual(code.category, "name")},
            }
            for code in every
        ],
    }


def error_lists(key: None = None) -> list[list[ProductErrors]]:
    """Return the one list of all error texts by product."""
    return [sorted(product_errors(), key=lambda entry: entry.product.lower())]


def error_list_document(every: list[ProductErrors]) -> Data:
    """Return what a list says of each error text."""
    return {
        "url": _page("codes:errors"),
        "products": [
            {
                "product": entry.product,
                "url": _page("codes:product_errors", product_slug(entry.product)),
                "errors": [{"text": each.text, "codes": each.codes, "certainty": each.sure} for each in entry.texts],
            }
            for entry in every
        ],
    }
