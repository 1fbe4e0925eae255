"""What can be found, and by which texts: the one place to add a kind of document or a text.

A new kind gets a line in KINDS and a function that returns its weighted texts.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import override

from codes.fields import lines_of
from codes.models import Category, CheckNeeds, ConfusionGroup, Level, Product, ProductCode, Situation, StatusCode
from codes.texts.localized import LANGUAGES

from .error_texts import read_error_texts

# Field weights, from the most specific field to the least.
NAME, ALIAS, KEYWORD, REQUEST_HEADER, HEADER, SENTENCE = 0, 1, 2, 3, 4, 8
HEADERS = {REQUEST_HEADER, HEADER}
SHOWN = {NAME, SENTENCE}  # fields that a list of results shows anyway; for others the reason is told
# Added for vendors' numbers and for groups: words alone rarely mean them.
VENDOR_PENALTY, GROUP_PENALTY = 11, 15

WeightedText = tuple[int, str]


class Document(NamedTuple):
    """What can be found. `tie` orders documents that match equally well, `penalty` is added to all their weights."""

    kind: str
    instance: Any
    tie: tuple[Any, ...]
    penalty: int


class Text(NamedTuple):
    """A text by which a document is found, and its field weight: small for a specific text."""

    document: int
    weight: int
    original: str


class Kind(NamedTuple):
    """A kind of document: how its instances are read, by what they are found, and how equals are ordered."""

    read: Callable[[], Iterable[Any]]
    texts: Callable[[Any], list[WeightedText]]
    tie: Callable[[Any], tuple[Any, ...]]
    penalty: Callable[[Any], int] = lambda _instance: 0


def _keywords(instance: Any) -> list[WeightedText]:
    return [(KEYWORD, line) for line in lines_of(instance.keywords)]


def _entry_texts(entry: Any) -> list[WeightedText]:
    names = [(NAME, name) for name in (entry.name_ko, entry.name_en, entry.plain_name_ko, entry.plain_name_en)]
    return [*names, *_keywords(entry), (SENTENCE, entry.summary_ko), (SENTENCE, entry.summary_en)]


def _code_texts(code: StatusCode) -> list[WeightedText]:
    texts = _entry_texts(code)
    texts += [(ALIAS, alias.phrase) for alias in code.aliases.all()]
    names = [identifier.identifier for identifier in code.identifiers.all()]
    texts += [(ALIAS, name) for name in names if "(" not in name]  # an idiom with arguments is not a name
    texts += [(REQUEST_HEADER, header) for header in code.request_header_list]
    texts += [(HEADER, header) for header in dict.fromkeys(_headers_sent_with(code))]
    for meaning in code.vendor_meanings.all():
        texts += [(ALIAS, f"{meaning.issuer} {meaning.phrase}"), (KEYWORD, meaning.phrase)]
    for each in code.product_codes.all():
        if each.direction != ProductCode.Direction.FROM_HTTP:
            name = each.get_product_display()
            texts += [(KEYWORD, each.value), (KEYWORD, f"{name} {each.value}"), (KEYWORD, each.phrase)]
    return texts


def _headers_sent_with(code: StatusCode) -> Iterator[str]:
    """Yield the header fields that a response with this code must, should or may have.

    A field that depends on the HTTP version tells nothing about the code: Connection at 408.
    """
    for rule in code.rules.all():
        if rule.level in (Level.MUST, Level.SHOULD, Level.MAY) and rule.check_needs != CheckNeeds.VERSION:
            yield rule.header


def _group_texts(group: ConfusionGroup) -> list[WeightedText]:
    names = [(NAME, group.name_ko), (NAME, group.name_en), *_keywords(group)]
    return [*names, (SENTENCE, group.question_ko), (SENTENCE, group.question_en)]


def _situation_texts(situation: Situation) -> list[WeightedText]:
    return [(KEYWORD, situation.title_ko), (KEYWORD, situation.title_en), *_keywords(situation)]


def _product_texts(product: Product) -> list[WeightedText]:
    """Return the product's name, alone and with what people call its codes."""
    texts = [product.label]
    for words in ("상태코드", "에러 코드", "오류", "status codes", "error codes"):
        texts.append(f"{product.label} {words}")
    for language in LANGUAGES:
        with override(language):
            texts.append(str(product.heading))
    return [(KEYWORD, text) for text in texts]


def _code_tie(code: StatusCode) -> tuple[Any, ...]:
    """Order equals: common codes first, vendors' last, then by number."""
    return (code.is_vendors, not code.common, code.number)


KINDS = {
    "class": Kind(
        read=Category.objects.all,
        texts=_entry_texts,
        tie=lambda category: (False, False, category.digit),
    ),
    "group": Kind(
        read=lambda: ConfusionGroup.objects.prefetch_related("members__code"),
        texts=_group_texts,
        tie=lambda group: (False, False, group.position),
        penalty=lambda _group: GROUP_PENALTY,
    ),
    "code": Kind(
        read=lambda: StatusCode.objects.select_related("category").prefetch_related(
            "aliases", "rules", "identifiers", "vendor_meanings", "product_codes"
        ),
        texts=_code_texts,
        tie=_code_tie,
        penalty=lambda code: VENDOR_PENALTY if code.is_vendors else 0,
    ),
    # A product with codes of its own.
    "product": Kind(
        read=lambda: Product,
        texts=_product_texts,
        tie=lambda product: (False, False, product.position),
    ),
    "situation": Kind(
        read=Situation.objects.all,
        texts=_situation_texts,
        tie=lambda situation: (False, False, situation.position),
        penalty=lambda _situation: GROUP_PENALTY,
    ),
    # A text of an error is found as a whole (see error_texts.py), or by most of its words.
    "error": Kind(
        read=read_error_texts,
        texts=lambda error: [(SENTENCE, error.text)],
        tie=lambda error: (True, error.sure != "sent", error.slug),
    ),
}
WORDS_ONLY = {"error"}  # kinds that are not compared letter by letter: too many, too long

Catalogue = Iterable[tuple[str, Iterable[Any]]]


def read_catalogue() -> list[tuple[str, Iterable[Any]]]:
    """Return everything that can be found, as (kind, model instances), with the details whose texts count."""
    return [(name, kind.read()) for name, kind in KINDS.items()]


def documents_of(catalogue: Catalogue) -> tuple[list[Document], list[Text]]:
    """Return the documents of a catalogue and their texts, each text with the number of its document."""
    documents: list[Document] = []
    texts: list[Text] = []
    for name, instances in catalogue:
        kind = KINDS[name]
        for instance in instances:
            number = len(documents)
            documents.append(Document(name, instance, kind.tie(instance), kind.penalty(instance)))
            texts += [Text(number, weight, text) for weight, text in kind.texts(instance) if text]
    return documents, texts
