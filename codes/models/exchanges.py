"""Exchanges of HTTP messages between the participants of a story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from codes.fields import LinesField, MarkdownField, PositionField, lines_of
from codes.texts.curl import curl_command
from codes.texts.localized import localized

from .base import Detail
from .codes import StatusCode
from .participants import Participant

products_name_participants = RegexValidator(
    rf"\A(?:(?:{'|'.join(Participant.values)}): *\S.*(?:\n|\Z))+\Z",
    _("Write each line as “gateway: nginx”. The participants are %s.") % ", ".join(Participant.values),
)


class Exchange(Detail):
    """A realistic exchange of messages, drawn as a sequence diagram."""

    NATURAL_KEY = ("code_id", "position")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="exchanges", verbose_name=_("status code"))
    position = PositionField()
    title_ko = models.CharField(_("title (Korean)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)
    products = LinesField(
        _("products"),
        blank=True,
        default="",
        db_default="",
        help_text=_("What the participants are in this exchange, one a line: gateway: nginx"),
        validators=[products_name_participants],
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [models.UniqueConstraint(fields=["code", "position"], name="exchange_position_once")]

    def __str__(self) -> str:
        return self.title

    title = localized("title")

    @property
    def product_of(self) -> dict[str, str]:
        """The product that each participant is, for those that have one."""
        return {
            name.strip(): product.strip()
            for name, _, product in (line.partition(":") for line in lines_of(self.products))
        }


STATUS_LINE = re.compile(r"HTTP/1\.[01] ([1-9])[0-9]{2}(?: |$)")
START_LINE = re.compile(r"\A(?:HTTP/1\.[01] [0-9]{3}(?: .*)?|[A-Z-]+ \S+ HTTP/1\.[01])$", re.MULTILINE)
begins_as_message = RegexValidator(START_LINE, _("The first line must be a request line or a status line."))


class Message(Detail):
    """One step of an exchange: a raw HTTP/1.1 message (RFC 9112), or an event that only its note describes."""

    NATURAL_KEY = ("exchange__code_id", "exchange__position", "position")

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="messages", verbose_name=_("exchange"))
    position = PositionField()
    sender = models.CharField(_("from"), max_length=8, choices=Participant)
    receiver = models.CharField(_("to"), max_length=8, choices=Participant)
    text_ko = MarkdownField(
        _("raw message"),
        blank=True,
        db_column="text",
        help_text=_("Start line, header fields, an empty line, content."),
        validators=[begins_as_message],
    )
    text_en = MarkdownField(
        _("raw message (English)"),
        blank=True,
        default="",
        db_default="",  # for the version before, which does not know of this column
        help_text=_("The same message for English pages, where its content is in Korean."),
        validators=[begins_as_message],
    )
    note_ko = models.CharField(_("note (Korean)"), max_length=160, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=200, blank=True)
    lost = models.BooleanField(_("never arrives"), default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "position"], name="message_position_once"),
            models.CheckConstraint(
                condition=~Q(text_ko="") | ~Q(note_ko=""),
                name="message_has_text_or_note",
                violation_error_message=_("A step needs a raw message or a note."),
            ),
            models.CheckConstraint(
                condition=Q(text_en="") | ~Q(text_ko=""),
                name="message_in_english_has_a_twin",
                violation_error_message=_("An English message needs the message that it translates."),
            ),
        ]

    def __str__(self) -> str:
        return self.start_line or self.note_ko

    def natural_key(self) -> tuple[object, ...]:
        return (*self.exchange.natural_key(), self.position)

    natural_key.dependencies = ["codes.exchange"]  # type: ignore[attr-defined]

    note = localized("note")

    @property
    def raw(self) -> str:
        """The message in the active language. Most messages are the same in both."""
        return self.text_en if self.text_en and get_language() == "en" else self.text_ko

    @property
    def start_line(self) -> str:
        """The request line or the status line, "" for an event."""
        return self.raw.partition("\n")[0]

    @property
    def status_class(self) -> str:
        """The first digit of a response's status code, or "" for a request or an event."""
        match = STATUS_LINE.match(self.start_line)
        return match[1] if match else ""


@dataclass
class Diagram:
    """An exchange as a page draws it: lifelines next to each other, and messages between them, time downwards."""

    title: str
    prefix: str  # of the steps' anchors
    products: dict[str, str]
    messages: list[Message]

    @classmethod
    def all_of(cls, number: int) -> "list[Diagram]":
        """Return the diagrams of a code's exchanges, in one query."""
        messages = (
            Message.objects.filter(exchange__code=number)
            .select_related("exchange")
            .order_by("exchange__position", "position")
        )
        exchanges = [list(steps) for _, steps in groupby(messages, key=lambda message: message.exchange_id)]
        return [
            cls(steps[0].exchange.title, "m" if number == 1 else f"m{number}-", steps[0].exchange.product_of, steps)
            for number, steps in enumerate(exchanges, start=1)
        ]

    @cached_property
    def participants(self) -> list[Participant]:
        """Who takes part, from the client's side to the server's."""
        present = {each for message in self.messages for each in (message.sender, message.receiver)}
        return [participant for participant in Participant if participant in present]

    @property
    def lanes(self) -> list[tuple[str, str]]:
        """The lifelines from left to right: the product's name and the participant's, "" where it has no product."""
        products = self.products
        names = [(products.get(participant, ""), str(participant.label)) for participant in self.participants]
        return [(product, name) if product else (name, "") for product, name in names]

    @property
    def steps(self) -> Iterator[dict[str, object]]:
        """Yield what is drawn of each step: its texts, and the lifelines, counted from 1 on the left, that it runs
        between. What happens at a participant without a message is an event; messages are numbered."""
        places: dict[str, int] = {participant: place for place, participant in enumerate(self.participants, start=1)}
        names = {participant: name for participant, (name, _role) in zip(self.participants, self.lanes, strict=True)}
        number = 0
        for message in self.messages:
            sender, receiver = places[message.sender], places[message.receiver]
            is_event = not message.raw and not message.lost
            number += not is_event
            start_line, _, rest = message.raw.partition("\n")
            yield {
                "number": number,
                "is_event": is_event,
                "at": sender,
                "sender": names[Participant(message.sender)],
                "receiver": names[Participant(message.receiver)],
                "start_line": start_line,
                "rest": rest,
                "curl": curl_command(message.raw) if message.sender == Participant.CLIENT else "",
                "status_class": message.status_class,
                "note": message.note,
                "lost": message.lost,
                "span": f"{min(sender, receiver)}-{max(sender, receiver)}",
                "direction": "go" if sender < receiver else "back",
            }
