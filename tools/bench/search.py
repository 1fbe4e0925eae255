"""Compare search with alternatives on the same catalogue, and hold it against its goals: `make bench-search`.

The alternatives are icontains, PostgreSQL's trigrams (on PostgreSQL), SQLite's FTS5, Fuse.js and MiniSearch. Every
query has the answers that count as right; the tables hold success and the milliseconds of a query.
"""

import argparse
import copy
import csv
import json
import os
import sqlite3
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace

import django

from tools.serving import ROOT

DATA = ROOT / "codes" / "tests" / "content" / "data"
QUERIES = [DATA / name for name in ("queries.csv", "queries_heldout.csv", "queries_reported.csv", "queries_fresh.csv")]
QUESTIONS = DATA / "questions.csv"
WITHOUT_HTTP = DATA / "inputs_without_http.csv"
NOTHING = "∅"  # accepted where finding nothing is right too
SIZES = (100, 300, 900)
ERRORS = 2000
LONG_INPUTS = [  # 20,000 characters each
    "가" * 20_000,
    "HTTP/1.1 200 " * 1538,
    "a: b\n" * 4000,
    "connection refused while connecting to upstream\n" * 416,
    "".join(f"{number:x} " for number in range(5000))[:20_000],
]


def main():
    """Ask every alternative every query, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queries", type=Path, nargs="*", default=QUERIES)
    parser.add_argument("--every", type=int, default=6, help="the alternatives, some of them slow, get each Nth query")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
    django.setup()
    from django.db import connection

    from codes.search import Index

    rows = [(row["kind"], row["query"], row["accepted"].split("|")) for path in options.queries for row in read(path)]
    texts = [query for _, query, _ in rows]
    index = Index()
    docs = documents_of(index)
    ours = timed(lambda query: labels_of(index.search(query)), texts)
    shared = texts[:: options.every]
    answers = {"ours": ours[:: options.every], "icontains": timed(icontains, shared)}
    if connection.vendor == "postgresql":
        make_trigrams(docs)
        answers["pg_trgm"] = timed(trigrams, shared)
    answers["FTS5"] = timed(full_text(docs), shared)
    answers |= javascript(docs, shared)
    print_quality(rows[:: options.every], answers)
    print_speed(answers)
    print_growth(texts)
    print_goals(index, rows, ours)


def read(path):
    """Return the rows of a CSV file, each as a dict."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def kinds_of(rows):
    """Return the numbers of the rows of each kind, and of all."""
    kinds = defaultdict(list)
    for number, (kind, _, _) in enumerate(rows):
        kinds[kind].append(number)
    return [*sorted(kinds.items()), ("all", list(range(len(rows))))]


def print_quality(rows, answers):
    """Print how often each alternative has a right answer first, among the first three, and how far up."""
    print(f"{len(rows)} queries; success at 1 / success at 3 / mean reciprocal rank\n")
    print(f"| kind | queries | {' | '.join(answers)} |")
    print("| --- | --- |" + " --- |" * len(answers))
    for kind, numbers in kinds_of(rows):
        cells = []
        for found in answers.values():
            ranks = [rank(found[number][0], rows[number][2]) for number in numbers]
            reciprocal = sum(1 / each for each in ranks if each) / len(ranks)
            cells.append(f"{success(ranks, 1):.3f} / {success(ranks, 3):.3f} / {reciprocal:.3f}")
        print(f"| {kind} | {len(numbers)} | {' | '.join(cells)} |")


def print_goals(index, rows, ours):
    """Print what the search is to reach and what it reaches."""
    at_one = {
        kind: success([rank(ours[number][0], rows[number][2]) for number in numbers], 1)
        for kind, numbers in kinds_of(rows)
    }
    all_of_them = at_one.pop("all")
    worst = min(at_one, key=at_one.__getitem__)
    times = [ms for _, ms in ours]
    longest = [ms for _, ms in timed(index.search, LONG_INPUTS)]
    alarms = [bool(labels_of(index.search(row["input"]))) for row in read(WITHOUT_HTTP)]
    asked = [
        rank(situations_of(index.search(row["question"])), row["situations"].split("|"))
        for row in read(QUESTIONS)
        if row["origin"] == "written"
    ]
    goals = [
        ("success at 1, all queries", all_of_them, 0.98, True),
        (f"success at 1, worst kind ({worst})", at_one[worst], 0.93, True),
        (f"right situation at 1, {len(asked)} questions", success(asked, 1), 0.9, True),
        ("right situation at 3", success(asked, 3), 0.97, True),
        (f"false alarms of {len(alarms)} inputs without HTTP", sum(alarms) / len(alarms), 0.05, False),
        ("median, ms", median(times), 1, False),
        ("99th percentile, ms", quantiles(times, n=100)[98], 10, False),
        ("slowest input, of 20,000 characters too, ms", max(times + longest), 50, False),
    ]
    print("\n| what | reached | goal | |\n| --- | --- | --- | --- |")
    for what, reached, goal, at_least in goals:
        met = reached >= goal if at_least else reached <= goal
        print(f"| {what} | {reached:.3f} | {'≥' if at_least else '≤'} {goal} | {'met' if met else 'not met'} |")


def print_speed(answers):
    """Print the milliseconds of a query by alternative."""
    print("\n| milliseconds a query | median | 99th percentile |\n| --- | --- | --- |")
    for name, found in answers.items():
        times = [ms for _, ms in found]
        print(f"| {name} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} |")


def print_growth(texts):
    """Print how the milliseconds of a query grow with the catalogue."""
    from codes.search import Index

    print(
        "\n| entries | error texts | median ms | 99th percentile | index built in ms |\n| --- | --- | --- | --- | --- |"
    )
    for size, errors in [*((size, 0) for size in SIZES), (SIZES[-1], ERRORS)]:
        catalogue = [("code", many_codes(size)), ("error", many_errors(errors))]
        start = time.process_time()
        index = Index(catalogue)
        built = (time.process_time() - start) * 1000
        times = [ms for _, ms in timed(index.search, texts)]
        print(f"| {size} | {errors} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} | {built:.0f} |")


def rank(labels, accepted):
    """Return the place of the first accepted label, from 1 on; 0 if there is none."""
    if not labels and NOTHING in accepted:
        return 1
    return next((rank for rank, label in enumerate(labels, start=1) if label in accepted), 0)


def success(ranks, most):
    """Return the share of queries with a right answer among the first `most`, 0 to 1."""
    return sum(0 < rank <= most for rank in ranks) / len(ranks)


def timed(find, queries):
    """Return what is found for each query and the milliseconds it takes, the best of three on a shared machine."""
    answers = []
    for query in queries:
        times = []
        for _turn in range(3):
            start = time.perf_counter()
            labels = find(query)
            times.append((time.perf_counter() - start) * 1000)
        answers.append((labels, min(times)))
    return answers


def labels_of(results):
    """Return the labels of the first results; for a text of an error, that of the code it means."""
    if results.unassigned is not None:
        return [f"{results.unassigned:03}"]
    return [label_of(hit.kind, hit.found, hit.codes) for hit in results.in_order[:10]]


def situations_of(results):
    """Return the slugs of the situations that were found, best first."""
    return [hit.found.slug for hit in results.in_order if hit.kind == "situation"]


def label_of(kind, instance, codes=()):
    """Return the label by which an entry counts as found; for a text of an error, that of its likeliest code."""
    if kind == "error":
        return f"{(codes or instance.codes)[0]:03}"
    return instance.slug if kind == "group" else instance.label


def documents_of(index):
    """Return the documents with their texts, so that every alternative searches the same ones."""
    from codes.search.documents import ALIAS, NAME, SENTENCE

    documents = []
    for number, (kind, instance, *_) in enumerate(index.documents):
        label = label_of(kind, instance)
        documents.append({"id": number, "label": label, "names": [], "aliases": [], "keywords": [], "summaries": []})
    fields = {NAME: "names", ALIAS: "aliases", SENTENCE: "summaries"}
    for text in index.texts:
        documents[text.document][fields.get(text.weight, "keywords")].append(text.original)
    return documents


def full_text(docs):
    """Return a search by SQLite's FTS5 over trigrams, any word, ranked by its BM25 with weights."""
    database = sqlite3.connect(":memory:")
    fields = ["label", "names", "aliases", "keywords", "summaries"]
    database.execute(f"CREATE VIRTUAL TABLE texts USING fts5 ({', '.join(fields)}, tokenize = 'trigram')")
    rows = [[doc["label"], *("\n".join(doc[name]) for name in fields[1:])] for doc in docs]
    database.executemany("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", rows)

    def find(query):
        words = " OR ".join(f'"{word}"' for word in query.replace('"', " ").split() if len(word) > 2)
        if not words:
            return []
        order = "bm25(texts, 3, 3, 2, 2, 1)"
        found = database.execute(f"SELECT label FROM texts WHERE texts MATCH ? ORDER BY {order} LIMIT 10", [words])
        return [label for (label,) in found]

    return find


def icontains(query):
    """Return the labels of the codes in which the query occurs, as Django's icontains finds them."""
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
    """Put the texts of the documents into a table of PostgreSQL with an index of trigrams."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TEMPORARY TABLE trigrams (label text, text text)")
        for doc in docs:
            for text in [doc["label"], *doc["names"], *doc["aliases"], *doc["keywords"], *doc["summaries"]]:
                cursor.execute("INSERT INTO trigrams VALUES (%s, %s)", [doc["label"], text])
        cursor.execute("CREATE INDEX ON trigrams USING gist (text gist_trgm_ops)")


def trigrams(query):
    """Return the labels of the codes whose texts are most similar to the query, by PostgreSQL's pg_trgm."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT label, max(similarity(text, %s)) AS similarity FROM trigrams"
            " GROUP BY label HAVING max(similarity(text, %s)) > 0 ORDER BY similarity DESC, label LIMIT 10",
            [query, query],
        )
        return [label for label, _similarity in cursor.fetchall()]


def javascript(docs, queries):
    """Return what Fuse.js and MiniSearch find for each query, and the milliseconds it takes."""
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
    from codes.search.documents import read_catalogue

    codes = list(dict(read_catalogue())["code"])
    many = codes[:size]
    for number in range(size - len(many)):
        twin = copy.copy(codes[number % len(codes)])
        twin.number = number
        twin.name_ko, twin.name_en = f"{twin.name_ko} {number}", f"{twin.name_en} {number}"
        many.append(twin)
    return many


def many_errors(size):
    """Return this many texts of errors: the catalogue's, then copies with a number."""
    from codes.search.documents import read_catalogue

    errors = list(dict(read_catalogue())["error"]) or [made_up_error("service refused … for reason")]
    return errors[:size] + [made_up_error(f"{errors[n % len(errors)].text} {n}") for n in range(size - len(errors))]


def made_up_error(text):
    """Return an error text that has only what the search reads."""
    return SimpleNamespace(slug=text, text=text, product="service", sure="sent", match="phrase", codes=[503])


if __name__ == "__main__":
    main()
