import copy
import csv
import json
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Q

from codes import search
from codes.models import StatusCode

QUERIES = Path(settings.BASE_DIR) / "codes" / "tests" / "data" / "queries.csv"


class Command(BaseCommand):
    help = "Compare search with icontains, PostgreSQL trigrams, Fuse.js and MiniSearch on the same catalogue."

    def add_arguments(self, parser):
        parser.add_argument("queries", type=Path, nargs="?", default=QUERIES)

    def handle(self, *, queries, **options):
        with queries.open(newline="", encoding="utf-8") as file:
            rows = [(row["kind"], row["query"], row["accepted"].split("|")) for row in csv.DictReader(file)]
        texts = [query for _, query, _ in rows]
        index = search.Index()
        docs = list(_documents(index))
        answers = {"ours": _timed(lambda query: _labels(index.search(query).in_order), texts)}
        answers["icontains"] = _timed(_icontains, texts)
        if connection.vendor == "postgresql":
            _make_trigrams(docs)
            answers["pg_trgm"] = _timed(_trigrams, texts)
        answers |= _javascript(docs, texts)
        self._quality(rows, answers)
        self._speed(answers)
        self._growth(texts)

    def _quality(self, rows, answers):
        self.stdout.write(f"{len(rows)} queries; success at 1 / success at 3 / mean reciprocal rank\n\n")
        self.stdout.write(f"| kind | {' | '.join(answers)} |")
        self.stdout.write("| --- |" + " --- |" * len(answers))
        kinds = defaultdict(list)
        for number, (kind, _, _) in enumerate(rows):
            kinds[kind].append(number)
        for kind, numbers in [*sorted(kinds.items()), ("all", range(len(rows)))]:
            cells = []
            for found in answers.values():
                ranks = [_rank(found[number][0], rows[number][2]) for number in numbers]
                reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
                cells.append(f"{_share(ranks, 1):.2f} / {_share(ranks, 3):.2f} / {reciprocal:.2f}")
            self.stdout.write(f"| {kind} | {' | '.join(cells)} |")

    def _speed(self, answers):
        self.stdout.write("\n| milliseconds a query | median | 99th percentile |\n| --- | --- | --- |")
        for name, found in answers.items():
            times = [ms for _, ms in found]
            self.stdout.write(f"| {name} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} |")

    def _growth(self, texts):
        self.stdout.write("\n| entries | median ms | 99th percentile | index built in ms |\n| --- | --- | --- | --- |")
        for size in (100, 300, 900):
            start = time.perf_counter()
            index = search.Index([("code", _many_codes(size))])
            built = (time.perf_counter() - start) * 1000
            times = [ms for _, ms in _timed(index.search, texts)]
            self.stdout.write(f"| {size} | {median(times):.2f} | {quantiles(times, n=100)[98]:.2f} | {built:.0f} |")


def _rank(labels, accepted):
    return next((rank for rank, label in enumerate(labels, start=1) if label in accepted), 0)


def _share(ranks, most):
    return sum(0 < rank <= most for rank in ranks) / len(ranks)


def _timed(find, queries):
    for query in queries:
        find(query)
    answers = []
    for query in queries:
        start = time.perf_counter()
        labels = find(query)
        answers.append((labels, (time.perf_counter() - start) * 1000))
    return answers


def _labels(hits):
    return [hit.found.slug if hit.kind == "group" else hit.found.label for hit in hits[:10]]


def _documents(index):
    """The same things and texts for everybody."""
    documents = []
    for kind, thing, _key in index.things:
        label = thing.slug if kind == "group" else thing.label
        documents.append({"label": label, "names": [], "aliases": [], "keywords": [], "summaries": []})
    fields = {search.NAME: "names", search.ALIAS: "aliases", search.SENTENCE: "summaries"}
    for text in index.texts:
        weight = text.weight - search.handicap(index.things[text.thing][1])
        documents[text.thing][fields.get(weight, "keywords")].append(text.original)
    return documents


def _icontains(query):
    query = query.strip()
    fields = ["name_ko", "name_en", "keywords", "summary_ko", "summary_en"]
    fields += ["aliases__phrase", "identifiers__identifier"]
    condition = Q(number=query) if query.isascii() and query.isdigit() and len(query) < 5 else Q()
    for each in fields:
        condition |= Q(**{f"{each}__icontains": query})
    return [code.label for code in StatusCode.objects.filter(condition).distinct()[:10]]


def _make_trigrams(docs):
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TEMPORARY TABLE trigrams (label text, text text)")
        for doc in docs:
            for text in [doc["label"], *doc["names"], *doc["aliases"], *doc["keywords"], *doc["summaries"]]:
                cursor.execute("INSERT INTO trigrams VALUES (%s, %s)", [doc["label"], text])
        cursor.execute("CREATE INDEX ON trigrams USING gist (text gist_trgm_ops)")


def _trigrams(query):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT label, max(similarity(text, %s)) AS likeness FROM trigrams"
            " GROUP BY label HAVING max(similarity(text, %s)) > 0 ORDER BY likeness DESC, label LIMIT 10",
            [query, query],
        )
        return [label for label, _likeness in cursor.fetchall()]


def _javascript(docs, queries):
    script = Path(__file__).with_suffix(".mjs")
    done = subprocess.run(
        ["node", str(script)],
        input=json.dumps({"docs": docs, "queries": queries}),
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
    )
    found = json.loads(done.stdout)
    return {name: [(each["labels"], each["ms"]) for each in answers] for name, answers in found.items()}


def _many_codes(size):
    """As many codes as asked for: the catalogue's, and then copies with names of their own."""
    codes = list(dict(search.read_catalogue())["code"])
    many = codes[:size]
    for number in range(size - len(many)):
        twin = copy.copy(codes[number % len(codes)])
        twin.number = number
        twin.name_ko, twin.name_en = f"{twin.name_ko} {number}", f"{twin.name_en} {number}"
        many.append(twin)
    return many
