"""How well a query matches: match kinds, limits, and the distance between two texts."""

MAX_WORDS_LENGTH = 80  # characters that are matched against texts
MAX_RESULTS = 40
MAX_NEAR = 40  # texts that are compared letter by letter for typing errors
GRAMS_OF_A_SLIP = 4  # trigrams that one slip changes, at most: that of two swapped keys
MAX_WHOLE_INITIALS = 3  # so few initial consonants are in many texts: they count only at the beginning
MAX_SIMILAR = 3  # results that are merely similar to the query

# Match kinds, best first; field weight is added. From LOOSE on, what is found rests on little.
EQUAL, STARTS, PART, WORDS, INITIALS, KEYS, TYPO, LOOSE, SIMILAR = range(0, 90, 10)
NEAR = 75  # a situation of which some words are there
MIN_TEXT_COVERAGE = 0.3  # part of a text's words, weighed by idf, that a query has
WHOLE_TEXT_COVERAGE = 0.85  # the part from which on a phrase counts as all there
HALF_TEXT_COVERAGE = 0.5
HIGH_TEXT_COVERAGE = 0.75
HIGH_QUERY_COVERAGE = 0.6
MIN_QUERY_COVERAGE = 0.34  # part of a query's words, weighed by idf, that a document has
MIN_SENTENCE_COVERAGE = 0.08  # the same where a sentence is told, of which no document has most
MIN_ONE_WORD_COVERAGE = 0.2  # the same where one word is all that is shared
MAIN_WORD_COVERAGE = 0.4  # the part of a query from which on one word is enough, however long the text
MIN_SIMILARITY = 0.32  # part of the query's trigrams, weighed by idf, that must be present


def trigrams(keys: str) -> set[str]:
    """Return the groups of three keys, with the ends marked so that beginnings count."""
    marked = f"^{keys}$"
    return {marked[start : start + 3] for start in range(len(marked) - 2)}


def edit_distance(wanted: str, text: str, limit: int) -> int | None:
    """Return the fewest insertions, deletions, replacements and swaps that turn `wanted` into some part of `text`.

    None if that is more than `limit`. A column of the usual table is one number here, with a bit for each key of
    `wanted` (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances").
    """
    whole, last = (1 << len(wanted)) - 1, 1 << (len(wanted) - 1)
    places: dict[str, int] = {}  # of each key in `wanted`, as bits
    for number, key in enumerate(wanted):
        places[key] = places.get(key, 0) | 1 << number
    larger, smaller, equal, before = whole, 0, 0, 0  # than the row above; no dearer than the cell before both; places
    distance = best = len(wanted)
    for key in text:
        here = places.get(key, 0)
        swapped = ((~equal & here) << 1) & before
        equal = (((here & larger) + larger) ^ larger | here | smaller | swapped) & whole
        up, down = smaller | whole & ~(equal | larger), equal & larger
        distance += 1 if up & last else -1 if down & last else 0
        best = min(best, distance)
        up, down = up << 1, down << 1
        larger, smaller = (down | ~(equal | up)) & whole, equal & up
        before = here
    return best if best <= limit else None
