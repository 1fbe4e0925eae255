"""Many short texts in one long string, so that one fast scan finds a query in all of them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from .ranking import EQUAL, PART, STARTS


class Haystack:
    """Texts that are looked through as one."""

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        self.whole = "\n" + "\n".join(texts) + "\n"
        self.starts = []
        position = 1
        for text in texts:
            self.starts.append(position)
            position += len(text) + 1

    def find(self, wanted: str) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the text, EQUAL or STARTS or PART, letters more than wanted)."""
        position = self.whole.find(wanted)
        while position >= 0:
            number = bisect_right(self.starts, position) - 1
            end = self.whole.find("\n", position)
            starts = self.starts[number] == position
            more = end - self.starts[number] - len(wanted)
            yield number, (EQUAL if starts and not more else STARTS if starts else PART), more
            position = self.whole.find(wanted, end)  # once is enough for a text
