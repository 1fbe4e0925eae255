"""The error texts against the table that they were made from."""

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from codes.models import ErrorText, product_slug

pytestmark = pytest.mark.django_db

with (Path(__file__).parent / "data" / "error_texts.csv").open(newline="", encoding="utf-8") as file:
    TABLE = {row.pop("slug"): row for row in csv.DictReader(file)}


@pytest.fixture
def entries():
    return {entry.slug: entry for entry in ErrorText.objects.prefetch_related("code_links")}


def test_every_row_of_the_table_is_an_entry_with_its_values_and_codes_in_order(entries):
    columns = ["text", "kind", "product", "who", "sure", "match", "source"]
    different = {
        slug
        for slug, row in TABLE.items()
        if slug not in entries
        or any(getattr(entries[slug], column) != row[column] for column in columns)
        or "|".join(f"{number:03}" for number in entries[slug].codes) != row["code"]
    }
    assert different == set()
    assert entries.keys() == TABLE.keys()


def test_every_entry_has_a_code_and_a_source(entries):
    assert [slug for slug, entry in entries.items() if not entry.codes or not entry.source] == []


def test_what_was_read_in_an_excerpt_only_waits_to_be_checked(entries):
    assert {slug for slug, entry in entries.items() if entry.checked_on is None} == {
        slug for slug, row in TABLE.items() if row["checked"] == "excerpt"
    }


def test_a_product_has_one_spelling_and_one_place_for_each_text(entries):
    spellings, places = defaultdict(set), defaultdict(list)
    for entry in entries.values():
        spellings[product_slug(entry.product)].add(entry.product)
        places[entry.product].append(entry.position)
    assert [names for names in spellings.values() if len(names) > 1] == []
    assert [product for product, taken in places.items() if len(taken) != len(set(taken))] == []


def test_meanings_and_next_steps_are_sentences_in_both_languages(entries):
    for entry in entries.values():
        for text in (entry.meaning_en, entry.next_en):
            assert re.fullmatch("[^가-힣]+[.]", text), f"{entry.slug}: {text}"
        for text in (entry.meaning_ko, entry.next_ko):
            assert re.search(r"니다(?:\([^)]*\))?\.\Z", text), f"{entry.slug}: {text}"
