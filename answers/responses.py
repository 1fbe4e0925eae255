"""The answer to a request: the code that it asks for, or a refusal in words. A pure function, except for the clock."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

from . import contents
from .catalogue import Catalogue, Code
from .conditional_requests import example_field, is_answered, span
from .header_fields import COMMON, METHODS, PREFLIGHT, depends_on_fields, own_fields
from .refusals import REFUSALS
from .requests import Request
from .scenarios import BadAddress, Outage, chosen, outage, parameters, shares

ADDRESS = re.compile(r"/([0-9][^/]{0,199}?)(\.json|\.txt)?(?:/.*)?", re.DOTALL)
ONE_CODE = re.compile(r"[0-9]{3}")
TEMPORARY = (429, 503)  # codes that can be over at some time
MARK = "Requested-Status"
USAGE = """Ask for a status code: /503, /404/any/path, /401.json, by any method.
/503?until=UNIX-TIME, /429?until=+30s: until then, and 200 after that.
/200,503:0.2?n=1: one of them, chosen by n and seed.
Requested-Status marks the answers that were asked for. Limits and reasons: {site}/en/live/
/503 같은 주소로 요청하면 그 상태 코드로 응답합니다. 자세한 설명: {site}/live/
"""
PAGES = {
    "/robots.txt": b"User-agent: *\nDisallow: /\n",
    "/healthz": b"ok\n",
}


@dataclass
class Answer:
    """A response without Date and the fields about the connection."""

    status: int
    reason: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    is_requested: bool = False

    @property
    def has_content(self) -> bool:
        """Whether HTTP lets the response have content (RFC 9110 section 6.4.1); a 205 says that it has none."""
        return self.status not in (204, 304)

    @cached_property
    def head(self) -> tuple[str, list[tuple[str, str]]]:
        """The status line without the version, and the fields with the length of the content."""
        length = [("Content-Length", str(len(self.content)))] if self.has_content else []
        return f"{self.status} {self.reason}", [*self.fields, *length]

    def header(self, name: str) -> str:
        """Return the values of a field, as one list."""
        return ", ".join(value for each, value in self.fields if each.lower() == name.lower())


class Responder:
    """Make answers from a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Prepare the contents. Raise ValueError if one would be too long."""
        self.catalogue = catalogue
        self.known_methods = METHODS.split(", ")
        # Answers to ordinary requests, by all that they depend on. Every part of the key has few values.
        self.made: dict[tuple[object, ...], Answer] = {}
        self.usage = USAGE.format(site=catalogue.site).encode()
        self.texts = {number: contents.as_text(code) for number, code in catalogue.codes.items()}
        self.problems = {number: contents.as_json(code) for number, code in catalogue.codes.items()}

    def answer(self, request: Request, now: float) -> Answer:
        """Return the answer to a request at a time in seconds since 1970."""
        if request.method in ("CONNECT", "TRACE"):
            return self.refuse(request, request.method.lower(), [("Allow", METHODS)])
        if request.method == "OPTIONS" and request.path == "*":
            return Answer(204, "No Content", [*COMMON, ("Allow", METHODS)])
        asked = ADDRESS.fullmatch(request.path)
        if not asked:
            return self._page(request)
        if request.method == "OPTIONS" and request.field("Access-Control-Request-Method"):
            return Answer(204, "No Content", [*COMMON, *PREFLIGHT])
        try:
            request.suffix = asked[2] or ""
            return self._requested(request, asked[1], now)
        except BadAddress as bad:
            return self.refuse(request, str(bad))

    def _page(self, request: Request) -> Answer:
        content = self.usage if request.path in ("", "/") else PAGES.get(request.path)
        if content is None:
            return self.refuse(request, "address")
        if request.is_read:
            return Answer(200, "OK", [*COMMON, ("Content-Type", contents.TEXT)], content)
        allow = ("Allow", "GET, HEAD, OPTIONS")
        if request.method == "OPTIONS":
            return Answer(204, "No Content", [*COMMON, allow])
        return self.refuse(request, "method", [allow])

    def _requested(self, request: Request, text: str, now: float) -> Answer:
        note, lasting = "", None
        if ONE_CODE.fullmatch(text):
            number = int(text)
            if not request.query and request.method in self.known_methods:
                return self._ordinary(request, number)
            if "until=" in request.query and (until := parameters(request.query, "until")):
                if number not in TEMPORARY:
                    raise BadAddress("no-until")
                lasting = outage(until["until"], now)
                number = number if lasting.seconds else 200
                note = f"{'Until' if lasting.seconds else 'The outage is over since'} {lasting.shown}."
        elif "," not in text and ":" not in text:
            return self.refuse(request, "address")
        else:
            among = shares(text)
            for share in among:
                if refused := self._unsendable(request, share.number):
                    return refused
            number = chosen(among, request.query)
        if refused := self._unsendable(request, number):
            return refused
        return self.deliberate(request, self.catalogue.codes[number], note, lasting)

    def _ordinary(self, request: Request, number: int) -> Answer:
        """Return the answer to a request without a query, made once if it depends on nothing but the key."""
        form = (request.suffix, request.sends_json)
        key = (number, form, request.method, request.prefix, request.keeps_connection_fields)
        if answer := self.made.get(key):
            return answer
        if refused := self._unsendable(request, number):
            return refused
        code = self.catalogue.codes[number]
        answer = self.deliberate(request, code)
        if answer.is_requested and not depends_on_fields(code):
            self.made[key] = answer
        return answer

    def _unsendable(self, request: Request, number: int) -> Answer | None:
        """Return the refusal of a number that cannot be sent, with the page of the code; None if it can."""
        code = self.catalogue.codes.get(number)
        if code and code.can_be_sent:
            return None
        why = (
            "interim" if 100 <= number <= 199 else "range" if not 200 <= number <= 599 else "log" if code else "unknown"
        )
        page = code.url["en"] if code else f"{self.catalogue.site}/en/{number:03}/"
        return self.refuse(request, why, label=f"{number:03}", page=page)

    def deliberate(self, request: Request, code: Code, note: str = "", lasting: Outage | None = None) -> Answer:
        """Return the answer with a code that can be sent, or a refusal if the request is not one that it answers."""
        if "Upgrade" in code.demanded and not request.keeps_connection_fields:
            return self.refuse(request, "version", label=code.label, page=code.url["en"])
        if not is_answered(request, code):
            example = example_field(code)
            shown = f"{example[0]}: {example[1]}" if example else ""
            return self.refuse(request, "condition", label=code.label, page=code.url["en"], field=shown)
        answer = Answer(code.number, _reason(code), [*COMMON, (MARK, code.label)], is_requested=True)
        if not request.suffix:
            answer.fields.append(("Vary", "Accept"))
        for name, value in own_fields(request, code):
            answer.fields.append((name, str(lasting.seconds) if lasting and name == "Retry-After" else value))
        if code.has_content:
            return self._with_content(request, answer, code, note)
        return answer

    def _with_content(self, request: Request, answer: Answer, code: Code, note: str) -> Answer:
        """Add the content, or the range or the coding of it that a code is about."""
        if contents.has_xml(code) and not request.suffix:
            kind, content = contents.XML, contents.as_multistatus(code, request.prefix)
        elif request.sends_json:
            kind = contents.json_type(code.number)
            content = contents.as_json(code, note) if note else self.problems[code.number]
        else:
            kind, content = contents.TEXT, contents.as_text(code, note) if note else self.texts[code.number]
        if "Content-Range" in code.demanded:
            if code.number < 300:
                part = span(request, len(content))
                if part is None:
                    return self.refuse(request, "range-unsatisfiable", [("Content-Range", f"bytes */{len(content)}")])
                answer.fields.append(("Content-Range", f"bytes {part.first}-{part.last}/{len(content)}"))
                content = content[part.first : part.last + 1]
            else:
                answer.fields.append(("Content-Range", "bytes */0"))
        if "IM" in code.demanded:
            content = contents.compressed(content)
        # With If-Range the client has the other fields already (RFC 9110 section 15.3.7).
        if not (code.number == 206 and request.field("If-Range")):
            answer.fields.append(("Content-Type", kind))
        answer.content = content
        return answer

    def refuse(
        self, request: Request, why: str, fields: list[tuple[str, str]] | None = None, page: str = "", **known: str
    ) -> Answer:
        """Return an answer that was not asked for, with the reason in words. `page` explains it further."""
        refusal = REFUSALS[why]
        code = self.catalogue.codes.get(refusal.status)
        page = page or (code.url["en"] if code else self.catalogue.site)
        texts = (refusal.en.format(**known), refusal.ko.format(**known))
        phrase = HTTPStatus(refusal.status).phrase
        if request.wants_json or request.path.endswith(".json"):
            kind = contents.PROBLEM
            members = {
                "type": page,
                "title": phrase,
                "status": refusal.status,
                "detail": texts[0],
                "detail_ko": texts[1],
            }
            content = contents.dumped(members)
        else:
            kind, content = contents.TEXT, "".join(f"{line}\n" for line in (*texts, page)).encode()
        common = [*COMMON, ("Vary", "Accept"), *(fields or []), ("Content-Type", kind)]
        return Answer(refusal.status, phrase, common, content)


def _reason(code: Code) -> str:
    """Return the reason phrase; the server may send another, or none."""
    return code.name["en"] if code.name["en"].isascii() else ""
