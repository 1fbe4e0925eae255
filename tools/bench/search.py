"""Compare search with alternatives on the same catalogue: `make bench-search`.

The alternatives are icontains, PostgreSQL's trigrams (on PostgreSQL), Fuse.js and MiniSearch. Every query has the
answers that count as right; the tables hold success and the milliseconds of a query.
"""

import argparse
import copy
import csv
import json
import os
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

import django

from tools.serving import ROOT

QUERIES = ROOT / "codes" / "tests" / "content" / "data" / "queries.csv"
SIZES = (100, 300, 900)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queries", type=Path, nargs="?", default=QUERIES)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
    django.setup()
    from django.db import connection

    from codes.search import Index

    with options.queries.open(newline="", encoding="utf-8") as file:
        rows = [(row["kind"], row["query"], row["accepted"].split("|")) for row in csv.DictReader(file)]
    texts = [query for _, query, _ in rows]
    index = Index()
    docs = documents_of(index)
    answers = {"ours": timed(lambda query: labels_of(index.search(query).in_order), texts)}
    answers["icontains"] = timed(icontains, texts)
    if connection.vendor == "postgresql":
        make_trigrams(docs)
        answers["pg_trgm"] = timed(trigrams, texts)
    answers |= javascript(docs, texts)
    print_quality(rows, answers)
    print_speed(answers)
    print_growth(texts)


def print_quality(rows, answers):
    print(f"{len(rows)} queries; success at 1 / success at 3 / mean reciprocal rank\n")
    print(f"| kind | {' | '.join(answers)} |")
    print("| --- |" + " --- |" * len(answers))
    kinds = defaultdict(list)
    for number, (kind, _, _) in enumerate(rows):
        kinds[kind].append(number)
    for kind, numbers in [*sorted(kinds.items()), ("all", range(len(rows)))]:
        cells = []
        for found in answers.values():
            ranks = [rank(found[number][0], rows[number][2]) for number in numbers]
            reciprocal = sum(1 / each for each in ranks if each) / len(ranks)
            cells.append(f"{success(ranks, 1):.2f} / {success(ranks, 3):.2f} / {reciprocal:.2f}")
        print(f"| {kind} | {' | '.join(cells)} |")


def print_speed(answers):
    print("\n| milliseconds a query | median | 99th percentile |\n| --- | --- | --- |")
    for name, found in answers.items():
        times = [ms for _, ms in found]
        print(f"| {name} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} |")


def print_growth(texts):
    from codes.search import Index

    print("\n| entries | median ms | 99th percentile | index built in ms |\n| --- | --- | --- | --- |")
    for size in SIZES:
        start = time.perf_counter()
        index = Index([("code", many_codes(size))])
        built = (time.perf_counter() - start) * 1000
        times = [ms for _, ms in timed(index.search, texts)]
        print(f"| {size} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} | {built:.0f} |")


def rank(labels, accepted):
    return next((rank for rank, label in enumerate(labels, start=1) if label in accepted), 0)


def success(ranks, most):
    return sum(0 < rank <= most for rank in ranks) / len(ranks)


def timed(find, queries):
    for query in queries:
        find(query)
    answers = []
    for query in queries:
        start = time.perf_counter()
        labels = find(query)
        answers.append((labels, (time.perf_counter() - start) * 1000))
    return answers


def labels_of(hits):
    return [hit.found.slug if hit.kind == "group" else hit.found.label for hit in hits[:10]]


def documents_of(index):
    """Return the documents with their texts, so that every alternative searches the same ones."""
    from codes.search.index import penalty
    from codes.search.ranking import ALIAS, NAME, SENTENCE

    documents = []
    for kind, instance, _tie in index.documents:
        label = instance.slug if kind == "group" else instance.label
        documents.append({"label": label, "names": [], "aliases": [], "keywords": [], "summaries": []})
    fields = {NAME: "names", ALIAS: "aliases", SENTENCE: "summaries"}
    for text in index.texts:
        weight = text.weight - penalty(index.documents[text.document].instance)
        documents[text.document][fields.get(weight, "keywords")].append(text.original)
    return documents


def icontains(query):
    from django.db.models import Q

    from codes.models import StatusCode

    query = query.strip()
    fields = ["name_ko", "name_en", "keywords", "summary_ko", "summary_en"]
    fields += ["aliases__phrase", "identifiers__identifier"]
    condition = Q(number=query) if query.isascii() and query.isdigit() and len(query) < 5 else Q()
    for each in fields:
        condition |= Q(**{f"{each}__icontains": query})
    return [code.label for code in StatusCode.objects.filter(condition).distinct()[:10]]


def make_trigrams(docs):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TEMPORARY TABLE trigrams (label text, text text)")
        for doc in docs:
            for text in [doc["label"], *doc["names"], *doc["aliases"], *doc["keywords"], *doc["summaries"]]:
                cursor.execute("INSERT INTO trigrams VALUES (%s, %s)", [doc["label"], text])
        cursor.execute("CREATE INDEX ON trigrams USING gist (text gist_trgm_ops)")


def trigrams(query):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT label, max(similarity(text, %s)) AS similarity FROM trigrams"
            " GROUP BY label HAVING max(similarity(text, %s)) > 0 ORDER BY similarity DESC, label LIMIT 10",
            [query, query],
        )
        return [label for label, _similarity in cursor.fetchall()]


def javascript(docs, queries):
    script = Path(__file__).with_suffix(".mjs")
    done = subprocess.run(
        ["node", str(script)],
        input=json.dumps({"docs": docs, "queries": queries}),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found = json.loads(done.stdout)
    return {name: [(each["labels"], each["ms"]) for each in answers] for name, answers in found.items()}


def many_codes(size):
    """Return this many codes: the catalogue's, then copies with names of their own."""
    from codes.search.index import read_catalogue

    codes = list(dict(read_catalogue())["code"])
    many = codes[:size]
    for number in range(size - len(many)):
        twin = copy.copy(codes[number % len(codes)])
        twin.number = number
        twin.name_ko, twin.name_en = f"{twin.name_ko} {number}", f"{twin.name_en} {number}"
        many.append(twin)
    return many


if __name__ == "__main__":
    main()
