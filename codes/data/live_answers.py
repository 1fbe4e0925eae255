"""What the server of live answers knows of the catalogue: codes and the rules about their responses."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import override

from codes.models import Category, Content, RuleBase, StatusCode, VendorMeaning
from codes.texts.localized import LANGUAGES

from .documents import Data, site_address


def answers_document(codes: Iterable[StatusCode] | None = None) -> Data:
    """Return the document that the server reads, of these codes or of all."""
    if codes is None:
        codes = StatusCode.objects.prefetch_related("rules", "vendor_meanings").order_by("number")
    classes = Category.objects.prefetch_related("rules")
    return {
        "site": settings.SITE_URL,
        "codes": [_code(code) for code in codes],
        "classes": {category.digit: _rules(category.rules.all()) for category in classes},
    }


def _code(code: StatusCode) -> Data:
    meanings = list(code.vendor_meanings.all())
    url = {}
    for language in LANGUAGES:
        with override(language):
            url[language] = site_address(code.get_absolute_url())
    return {
        "number": code.number,
        "name": {language: getattr(code, f"name_{language}") for language in LANGUAGES},
        "summary": {language: getattr(code, f"summary_{language}") for language in LANGUAGES},
        "url": url,
        "has_content": code.content != Content.NONE,
        # The first meaning is the best known: 499 is nginx's, though others do send that number.
        "only_in_logs": code.is_vendors and meanings[:1] != [] and _is_logged(meanings[0]),
        "request_headers": code.request_header_list,
        "rules": _rules(code.rules.all()),
    }


def _is_logged(meaning: VendorMeaning) -> bool:
    return meaning.visibility == VendorMeaning.Visibility.LOG


def _rules(rules: Iterable[RuleBase]) -> list[Data]:
    return [
        {
            "level": rule.level,
            "topic": rule.topic,
            "header": rule.header,
            "condition": rule.condition_en,
            "note": rule.note_en,
        }
        for rule in rules
    ]
