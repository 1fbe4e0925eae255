"""What the cards say: one for each entry with a page of its own, and one for the site."""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from codes.models import Category, ConfusionGroup, Situation, StatusCode
from codes.participants import participants

SITE_CARD = "card.png"


class CardParticipant(NamedTuple):
    """A participant on the line from the client to the server."""

    label: str
    role: str  # "sends", "fixes" or ""
    is_cut: bool  # the link to the next participant is


@dataclass(frozen=True)
class Card:
    """The texts of a card. `digit` chooses the colour; a card without a number shows the numbers in `labels`."""

    url: str
    title: str
    text: str
    gloss: str = ""
    other_title: str = ""
    number: str = ""
    digit: int | None = None
    participants: tuple[CardParticipant, ...] = ()
    labels: tuple[tuple[str, int | None], ...] = ()
    site: str = ""

    @property
    def digest(self) -> str:
        """A name for the picture, which changes with its texts and with how cards are drawn."""
        return sha256(f"{_drawing_digest()}{astuple(self)}".encode()).hexdigest()[:24]

    @property
    def alt(self) -> str:
        """What the picture says, for those who do not see it."""
        return f"{self.number or ' / '.join(label for label, _digit in self.labels)} {self.title}: {self.text}".strip()


@lru_cache
def _drawing_digest() -> str:
    return sha256(Path(__file__).with_name("drawing.py").read_bytes()).hexdigest()


class Kind(NamedTuple):
    """A kind of entries that have cards: where the cards are, the entries, and what a card shows of one."""

    pattern: str
    entries: Callable[[], QuerySet[Any]]
    card: Callable[[Any], dict[str, Any]]


def _category(category: Category) -> dict[str, Any]:
    return _names(category) | {"number": category.label, "digit": category.digit, "text": category.summary}


def _code(code: StatusCode) -> dict[str, Any]:
    line = tuple(CardParticipant(str(each["label"]), each["role"], each["cut"]) for each in participants(code))
    return _names(code) | {
        "number": code.label,
        "digit": code.category_id,
        "text": code.summary,
        "participants": line if any(each.role for each in line) else (),
    }


def _group(group: ConfusionGroup) -> dict[str, Any]:
    labels = tuple((member.code.label, member.code.category_id) for member in group.members.all())
    return {"title": group.title, "text": group.question, "labels": labels}


def _situation(situation: Situation) -> dict[str, Any]:
    answer = situation.answer
    return {
        "number": answer.label,
        "digit": answer.category_id,
        "title": situation.title,
        "other_title": answer.name_en,
        "text": situation.reason,
    }


def _names(entry: Category | StatusCode) -> dict[str, Any]:
    return {"title": entry.name, "gloss": entry.plain_name, "other_title": entry.other_name}


# The entries with a card. Another kind needs its line here, and a function that says what its card shows.
KINDS: dict[type, Kind] = {
    Category: Kind("<class:pk>.png", Category.objects.all, _category),
    StatusCode: Kind("<code:pk>.png", lambda: StatusCode.objects.select_related("category"), _code),
    ConfusionGroup: Kind("vs/<slug:pk>.png", lambda: ConfusionGroup.objects.prefetch_related("members__code"), _group),
    Situation: Kind("choose/<slug:pk>.png", lambda: Situation.objects.select_related("answer"), _situation),
}


def card_of(entry: Any) -> Card:
    """Return the card of an entry in the active language, at the address of its page with `.png` for the last slash."""
    shown = KINDS[type(entry)].card(entry)
    return Card(url=f"{entry.get_absolute_url().rstrip('/')}.png", site=_brand(), **shown)


def site_card() -> Card:
    """Return the card of every page that has none of its own."""
    return Card(
        url=f"{reverse('codes:list')}{SITE_CARD}",
        title=_("HTTP status codes"),
        text=_("What they mean, who fixes it and what to do next, with sources"),
        labels=tuple((f"{digit}xx", digit) for digit in range(1, 6)),
    )


def _brand() -> str:
    return pgettext("brand", "Status codes")


def all_cards() -> Iterator[Card]:
    """Yield every card in every language."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield site_card()
        for entry in chain.from_iterable(kind.entries() for kind in KINDS.values()):
            with override(language):
                yield card_of(entry)
