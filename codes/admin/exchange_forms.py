"""The form of an exchange inside the form of its code: the messages as one text a language, and a row for each step."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from codes.editing import raw_messages
from codes.editing.raw_messages import Length, Participants, Step
from codes.fields import MAX_POSITION
from codes.models import Diagram, Exchange, Message, Participant, StatusCode
from codes.texts.localized import LANGUAGES

from .base import POSITION_OFFSET
from .details import DetailForm, DetailFormSet

MAX_MESSAGES = 30  # of an exchange; the longest has seven
MAX_LENGTH = 60_000  # characters of all messages in one language; the longest exchange has a thirtieth of it
MAX_LANES = 3  # that a diagram has room for
FIELD_OF = {"text_ko": "raw_ko", "note_ko": "raw_ko", "text_en": "raw_en", "note_en": "raw_en"}


class Row(NamedTuple):
    """What the form says of a step beside its texts. `order` is where the editor wants it, counted from 1."""

    order: str
    head: str
    sender: str
    receiver: str
    guess: str  # "sender receiver" if nobody has chosen them
    lost: bool

    @property
    def chosen(self) -> Participants | None:
        """The participants, if they are not guessed."""
        if {self.sender, self.receiver} - set(Participant.values) or f"{self.sender} {self.receiver}" == self.guess:
            return None
        return self.sender, self.receiver


class StepsWidget(forms.Widget):
    """The rows of the steps. The form, which knows more than their values, sets itself as `exchange_form`."""

    exchange_form: "ExchangeInlineForm"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        rows: list[Row] = []
        while len(rows) < MAX_MESSAGES and (prefix := f"{name}-{len(rows)}-") + "sender" in data:
            order, head, sender, receiver, guess = (data.get(prefix + field, "") for field in Row._fields[:-1])
            rows.append(Row(order, head, sender, receiver, guess, prefix + "lost" in data))
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {"name": name, "form": self.exchange_form, "participants": Participant.choices}
        return render_to_string("admin/codes/includes/exchange_steps.html", context)


class StepsField(forms.Field):
    """The rows of an exchange's steps, whose number may differ from that of the messages in the text."""

    widget = StepsWidget

    def has_changed(self, initial: Any, data: Any) -> bool:
        def said(rows: list[Row] | None) -> list[tuple[Any, ...]]:
            return [(row.order, row.sender, row.receiver, row.lost) for row in rows or []]

        return said(initial) != said(data)


class RawMessagesField(forms.CharField):
    """Raw messages with LF line ends. Browsers send CRLF, and an unchanged text has not changed."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 8, "class": "vLargeTextField raw-message", "spellcheck": "false", "wrap": "off"}
        super().__init__(required=False, max_length=MAX_LENGTH, widget=forms.Textarea(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python((value or "").replace("\r\n", "\n").replace("\r", "\n")) or ""


class LengthProblem(NamedTuple):
    """A message whose Content-Length is not what its content has."""

    number: int
    length: Length
    language: str

    def __str__(self) -> str:
        text = gettext("Message %(number)d: Content-Length is %(stated)d, the content has %(counted)d bytes.")
        return text % {"number": self.number, "stated": self.length.stated, "counted": self.length.counted}


class ExchangeInlineForm(DetailForm):
    """An exchange and its messages. What nobody chose of a message's participants is guessed from its start line."""

    position = forms.IntegerField(
        label=_("Position"),
        required=False,
        min_value=0,
        max_value=MAX_POSITION,
        help_text=_("Empty: after the others."),
    )
    raw_ko = RawMessagesField(
        label=_("Messages (Korean)"),
        help_text=_(
            "Paste the messages as they are sent, with a line --- between two. "
            "Lines that begin with # before a message are its note; a note alone is an event."
        ),
    )
    raw_en = RawMessagesField(
        label=_("Messages (English)"),
        help_text=_(
            "The notes in English, and those messages whose content is in Korean. "
            "Leave the others empty between two ---."
        ),
    )
    steps = StepsField(label=_("Who sends what"), required=False)
    correct_lengths = forms.BooleanField(label=_("Correct Content-Length"), required=False)

    class Meta:
        model = Exchange
        fields = ["title_ko", "title_en", "position", "products"]

    def __init__(self, *args: Any, code: StatusCode, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        messages = list(instance.messages.all()) if instance and instance.pk else []
        stored = {f"raw_{language}": _text_of(messages, language) for language in LANGUAGES}
        heads = [Step(each.note_ko, each.text_ko).head for each in messages]
        rows = [
            Row(str(number), head, each.sender, each.receiver, "", each.lost)
            for number, (head, each) in enumerate(zip(heads, messages, strict=True), start=1)
        ]
        kwargs["initial"] = stored | {"steps": rows} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if "steps" in self.fields:  # a form to look at has no fields
            self.fields["steps"].widget.exchange_form = self
        self.code = code
        self.messages = messages
        self.rows: list[Row] = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        korean, english = (
            raw_messages.split(data.get(f"raw_{language}") or "", limit=MAX_MESSAGES) for language in LANGUAGES
        )
        while korean and not any(korean[-1]):
            korean.pop()  # a line of dashes at the end
        if len(korean) > MAX_MESSAGES:
            self.add_error("raw_ko", gettext("At most %(limit)d messages.") % {"limit": MAX_MESSAGES})
            korean = korean[:MAX_MESSAGES]
        if english and len(english) != len(korean):
            counts = {"english": len(english), "korean": len(korean)}
            text = gettext(
                "Messages in English: %(english)d, in Korean: %(korean)d. "
                "A message that is the same in both stays empty between two lines of ---."
            )
            self.add_error("raw_en", text % counts)
        english = (english + [Step("", "")] * len(korean))[: len(korean)]
        self._arrange(korean, english, data.get("steps") or [])
        if data.get("correct_lengths"):
            self._correct_lengths()
        self._check_messages()
        self._show_arranged(data)
        return data

    def _arrange(self, korean: list[Step], english: list[Step], rows: list[Row]) -> None:
        """Set the messages and their rows, in the order that the rows ask for."""
        was = raw_messages.align([row.head for row in rows], korean)
        known = [None if place is None else rows[place].chosen for place in was]
        senders = {self.code.label: self.code.sent_by} if self.code.number is not None and self.code.sent_by else {}
        participants = raw_messages.guess_participants(korean, known, senders)
        found = []
        for place, (step, twin, (sender, receiver)) in enumerate(zip(korean, english, participants, strict=True)):
            row = None if was[place] is None else rows[was[place] or 0]
            message = Message(
                sender=sender,
                receiver=receiver,
                text_ko=step.raw,
                note_ko=step.note,
                text_en="" if twin.raw == step.raw else twin.raw,
                note_en=twin.note,
                lost=bool(row and row.lost),
            )
            guess = "" if known[place] else f"{sender} {receiver}"
            found.append((message, Row("", step.head, sender, receiver, guess, message.lost)))
        found = _in_order(found, [_wanted_place(rows, place) for place in was])
        self.messages = [message for message, _row in found]
        for number, message in enumerate(self.messages, start=1):
            message.position = number
        self.rows = [row._replace(order=str(number)) for number, (_message, row) in enumerate(found, start=1)]

    def _correct_lengths(self) -> None:
        for message in self.messages:
            for language in LANGUAGES:
                field = f"text_{language}"
                setattr(message, field, raw_messages.with_counted_length(getattr(message, field)))

    def _check_messages(self) -> None:
        """Add what the models refuse of a message to the field that it is typed in, with its number."""
        for number, message in enumerate(self.messages, start=1):
            try:
                message.full_clean(exclude=["exchange"], validate_unique=False)
            except ValidationError as error:
                self._add_message_errors(number, message, error)

    def _add_message_errors(self, number: int, message: Message, error: ValidationError) -> None:
        for name, texts in error.message_dict.items():
            field = FIELD_OF.get(name, "steps")
            if name == NON_FIELD_ERRORS:
                field = "raw_en" if message.text_en and not message.text_ko else "raw_ko"
            for text in texts:
                self.add_error(field, gettext("Message %(number)d: %(error)s") % {"number": number, "error": text})

    def _show_arranged(self, data: dict[str, Any]) -> None:
        """Put what was arranged and corrected into the fields, in case the form is shown again."""
        for language in LANGUAGES:
            name = f"raw_{language}"
            text = _text_of(self.messages, language)
            if name not in self.errors and text != data.get(name) and len(self.messages) <= MAX_MESSAGES:
                sent: Any = self.data.copy()  # type: ignore[attr-defined]
                sent[self.add_prefix(name)] = text
                self.data = sent

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        if not {"raw_ko", "raw_en", "steps", "correct_lengths"} & set(self.changed_data):
            return
        stored = list(self.instance.messages.order_by("position"))
        self.instance.messages.update(position=F("position") + POSITION_OFFSET)
        for place, message in enumerate(self.messages):
            message.pk = stored[place].pk if place < len(stored) else None
            message._state.adding = message.pk is None
            message.exchange = self.instance
            message.save()
        for surplus in stored[len(self.messages) :]:
            surplus.delete()

    @cached_property
    def length_problems(self) -> list[LengthProblem]:
        """The messages whose Content-Length is not what their content has, each once."""
        return [
            LengthProblem(number, length, language)
            for number, message in enumerate(self.messages, start=1)
            for language in LANGUAGES
            if (length := raw_messages.content_length(getattr(message, f"text_{language}")))
            and length.stated != length.counted
        ]

    @property
    def has_too_many_lanes(self) -> bool:
        """Whether more participants take part than a diagram has room for."""
        return len({participant for each in self.messages for participant in (each.sender, each.receiver)}) > MAX_LANES

    def diagram_html(self, language: str) -> str:
        """Return the diagram as the public page in a language draws it, "" without a message."""
        if not self.messages:
            return ""
        exchange = Exchange(**{name: self[name].value() or "" for name in ("title_ko", "title_en", "products")})
        with override(language):
            diagram = Diagram(exchange.title, "m", exchange.product_of, self.messages)
            return render_to_string("codes/includes/exchange.html", {"diagram": diagram, "prefix": "m"})


def _text_of(messages: Sequence[Message], language: str) -> str:
    return raw_messages.join(
        [Step(getattr(each, f"note_{language}"), getattr(each, f"text_{language}")) for each in messages]
    )


def _wanted_place(rows: Sequence[Row], place: int | None) -> int | None:
    """Return the place that an editor wrote for a row, counted from 0, None if it is to stay."""
    if place is None or not rows[place].order.isascii() or not rows[place].order.isdecimal():
        return None
    wanted = int(rows[place].order[:4]) - 1
    return None if wanted == place else max(wanted, 0)


def _in_order(items: list[Any], wanted: list[int | None]) -> list[Any]:
    """Return the items with those moved that are wanted elsewhere; the others keep their order."""
    ordered = [item for item, place in zip(items, wanted, strict=True) if place is None]
    moved = [(place, item) for item, place in zip(items, wanted, strict=True) if place is not None]
    for place, item in sorted(moved, key=lambda each: each[0]):
        ordered.insert(place, item)
    return ordered


class ExchangeFormSet(DetailFormSet):
    """The exchanges of a code. One without a position comes after the others."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"code": self.instance}

    def clean(self) -> None:
        kept = [form for form in self.forms if not form.cleaned_data.get("DELETE")]
        taken = [form.instance.position or 0 for form in kept if form.cleaned_data.get("position") is not None]
        following = max(taken, default=0) + 1
        for form in kept:
            if form.has_changed() and form.is_valid() and form.cleaned_data.get("position") is None:
                form.instance.position = form.cleaned_data["position"] = following
                following += 1
        super().clean()
