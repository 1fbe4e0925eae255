"""Checks of how a response is put together: its length, its codings, and the lines of its header section."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

from django.utils.translation import gettext as _
from httplint.charset import whatwg_encoding

from codes.diagnosis.messages.heads import KNOWN
from codes.diagnosis.messages.parsed import Repair, Response
from codes.models import Content, StatusCode

from .content import media_type, read_json
from .findings import Finding, Severity, cited, shown, wrong_value
from .rules import tokens

SINGLETONS = (
    *("Age", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "ETag", "Expires"),
    *("Last-Modified", "Location", "Retry-After", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"),
    *("Access-Control-Max-Age", "Content-Disposition", "Sec-WebSocket-Accept", "Sunset", "X-Frame-Options"),
)
TEXTUAL = re.compile(
    r"$|text/|message/|application/(?:[\w.-]{1,80}\+)?(?:json|xml|javascript|yaml|x-www-form|x-ndjson|graphql)"
)
# Fields that a recipient needs before the content (RFC 9110 section 6.5.1).
NOT_FOR_TRAILERS = set(
    "authorization cache-control content-encoding content-length content-range content-type date expires host location"
    " retry-after set-cookie trailer transfer-encoding vary www-authenticate".split()
)
TRANSFER_CODINGS = set("chunked compress deflate gzip x-compress x-gzip".split())
# Anybody may invent a name that begins with X-; one close to these is likelier a typing error.
PRIVATE = {"x-content-type-options", "x-frame-options"}
# Fields that a browser's panel adds to those that came.
ADDED = "x-firefox-"
MAX_NAMES = 25  # fields whose names are compared


def check_length(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a Content-Length that the content does not have (RFC 9112 section 6.3)."""
    value = response.fields.get("Content-Length")
    if value is None or not re.fullmatch("[0-9]{1,18}", value) or response.content is None or response.is_framed:
        return
    if code and code.content == Content.NONE:  # that there is any content is the mistake
        return
    if response.method == "HEAD" or "Transfer-Encoding" in response.fields or "Content-Encoding" in response.fields:
        return
    if not TEXTUAL.match(media_type(response)):
        return
    lengths = possible_lengths(response)
    if int(value) in lengths:
        yield Finding(Severity.PASSED, "content-length", "Content-Length", field="Content-Length")
        return
    title = _("Content-Length is %(given)s, but the content has %(found)s bytes") % {
        "given": int(value),
        "found": min(lengths),
    }
    why = (
        _("The connection ended before all of it had come, and clients take the content for broken.")
        if response.is_cut_off
        else _("Pasting may have changed it. If it really differs, recipients wait for more, or cut it off.")
    )
    send = f"Content-Length: {min(lengths)}"
    severity = Severity.BROKEN if response.is_cut_off else Severity.UNSURE
    yield Finding(severity, "content-length", title, why, "Content-Length", cited("RFC 9112 §6.3"), send)


def possible_lengths(response: Response) -> set[int]:
    """Return the lengths in bytes that the content may have had before it was pasted."""
    texts = texts_before_pasting(response.content or "")
    lengths = set()
    charset = re.search(r"charset=\"?([\w-]{1,20})", response.fields.get("Content-Type") or "")
    # Python's own list also names codings that are no charset, cannot fail gently, or take hours (punycode).
    for encoding in {"utf-8", whatwg_encoding(charset[1] if charset else "") or "utf-8"}:
        with suppress(LookupError):
            lengths |= {len(text.encode(encoding, "replace")) for text in texts}
    return lengths | _compact_lengths(response)


def texts_before_pasting(content: str) -> set[str]:
    """Return what the content may have been before pasting changed its line ends or took the last one."""
    line_ends = ("\n", "\r\n") if "\n" in content else ("\n",)
    return {content.replace("\n", line_end) + end for line_end in line_ends for end in ("", line_end)}


def _compact_lengths(response: Response) -> set[int]:
    """Return the lengths of JSON that a tool may have reformatted."""
    data = read_json(response)
    if "\n" not in (response.content or "") or data is None:
        return set()
    try:
        texts = [
            json.dumps(data, ensure_ascii=plain, separators=separators)
            for plain in (True, False)
            for separators in ((",", ":"), (", ", ": "))
        ]
    except (ValueError, RecursionError):
        return set()
    return {len(text.encode("utf-8", "replace")) + end for text in texts for end in (0, 1)}


def check_repetition(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a field that is sent several times and is no list (RFC 9110 section 5.3)."""
    for name in SINGLETONS:
        values = response.fields.all(name)
        if len(values) > 1:
            title = _("%(field)s is sent %(count)s times") % {"field": name, "count": len(values)}
            why = _("It is not a list: recipients take one of the values, and not all take the same.")
            yield Finding(
                Severity.BROKEN, "repeated-field", title, why, name, cited("RFC 9110 §5.3"), f"{name}: {values[0]}"
            )


def check_lines(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report what had to be repaired and may be the sender's mistake."""
    for name in response.spaced[:5]:
        why = _("No space is allowed there: a proxy must remove it, and some let it change what a field is.")
        title = _("%(field)s has a space before its colon") % {"field": name}
        yield Finding(Severity.UNSURE, "space-before-colon", title, why, name, cited("RFC 9112 §5.1"))
    for name in dict.fromkeys(response.folded[:5]):
        why = _("Header fields of several lines are obsolete. The terminal may have wrapped the line.")
        title = _("A field that goes on in the next line")
        yield Finding(Severity.UNSURE, "folded-field", title, why, name, cited("RFC 9112 §5.2"))
    for name in response.without_colon[:5]:
        why = _("A line of the header section is a name, a colon and a value. Recipients refuse the message.")
        title = _("%(field)s has no colon and no value") % {"field": name}
        yield Finding(Severity.BROKEN, "field-line", title, why, name, cited("RFC 9112 §5"))
    for name in response.misnamed[:5]:
        why = _("The name of a field has letters, digits and hyphens, and no spaces. Recipients refuse the message.")
        title = _("“%(name)s” cannot be the name of a field") % {"name": shown(name)}
        yield Finding(Severity.BROKEN, "field-name", title, why, name, cited("RFC 9110 §5.1"))
    known = {Repair.SPACE, Repair.FOLDED, Repair.WRAPPED, Repair.CONTROL, Repair.MANY}
    if response.refusal and not known & set(response.repairs) and response.number is not None:
        why = _("A strict parser (h11) does not take this header section. It says: “%(reason)s”") % {
            "reason": response.refusal
        }
        yield Finding(
            Severity.UNSURE, "syntax", _("Not quite HTTP/%(version)s") % {"version": response.version}, why, "",
            cited("RFC 9112 §2.1"),
        )  # fmt: skip


def check_names(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report an unknown field whose name is almost that of a well-known field."""
    names = {each.name for each in response.fields}
    # A tool that writes capitals writes them in all names.
    is_mixed = response.version in ("2", "3") and any(name.islower() for name in names)
    for name in dict.fromkeys(each.name for each in response.fields[:MAX_NAMES]):
        small = name.lower()
        is_private = small.startswith("x-")
        if is_mixed and name != small and not small.startswith(ADDED):
            title = _("%(field)s has capital letters in HTTP/%(version)s") % {
                "field": name,
                "version": response.version,
            }
            why = _(
                "There names are in small letters, and a message with others is malformed. Some tools show capitals."
            )
            source = cited("RFC 9113 §8.2.1" if response.version == "2" else "RFC 9114 §4.2")
            yield Finding(Severity.UNSURE, "field-name", title, why, name, source, small)
        if small in KNOWN or len(small) < 4 or len(small) > 40:
            continue
        meant = next(iter(get_close_matches(small, PRIVATE if is_private else KNOWN, 1, 0.86)), "")
        if meant and meant not in response.fields and abs(len(meant) - len(small)) < 3:
            title = _("%(field)s is not a field that is known. Is %(meant)s meant?") % {"field": name, "meant": meant}
            why = _("Recipients ignore a field that they do not know.")
            yield Finding(Severity.UNSURE, "misspelt-field", title, why, name, cited("RFC 9110 §5.1"))


def check_codings(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a chunked coding that is repeated or not the last, and wrong sizes (RFC 9112 sections 6.1 and 7)."""
    name, section = "Transfer-Encoding", "RFC 9112 §6.1"
    codings = [each.partition(";")[0].strip() for each in tokens(response.fields.get(name))]
    if codings.count("chunked") > 1 or "chunked" in codings[:-1]:
        why = _("chunked is applied once, and last: it tells where the message ends.")
        yield wrong_value(name, response.fields.get(name) or "", why, section, f"{name}: chunked")
    elif unknown := [each for each in codings if each not in TRANSFER_CODINGS]:
        title = _("%(value)s is no transfer coding") % {"value": shown(unknown[0])}
        why = _("A recipient that does not know it cannot read the message.")
        yield Finding(Severity.ADVISED, "transfer-coding", title, why, name, cited("RFC 9112 §7"), f"{name}: chunked")
    elif codings and codings[-1] != "chunked" and "close" not in tokens(response.fields.get("Connection")):
        title = _("The message has no end: %(value)s without chunked") % {"value": shown(codings[-1])}
        why = _("With another transfer coding, chunked must be the last, or the connection is closed after it.")
        send = f"{name}: {', '.join([*codings, 'chunked'])[:200]}"
        yield Finding(Severity.ADVISED, "transfer-coding", title, why, name, cited(section), send)
    first = (response.content or "").partition("\n")[0].strip()
    if "chunked" in codings and re.fullmatch("0[xX][0-9a-fA-F]{1,8}", first):
        title = _("The size of a chunk is wrong: %(value)s") % {"value": first}
        why = _("It is hexadecimal digits alone, without 0x.")
        yield Finding(Severity.BROKEN, "chunk-size", title, why, name, cited("RFC 9112 §7.1"), first[2:])


def check_chunks(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report chunks that are not as long as their sizes say (RFC 9112 section 7.1)."""
    lines = (response.content or "").split("\n")
    if not response.is_framed or len(lines) < 2:
        return
    size = int(lines[0].partition(";")[0].strip() or "0", 16)
    found = len(lines[1].encode("utf-8", "replace"))
    title = _("The chunks are not as long as their sizes say")
    why = _("Pasting may have cut or changed them. If not, recipients lose their place, and the connection.")
    is_next_size = len(lines) > 2 and re.fullmatch("[0-9a-fA-F]{1,8}", lines[2].strip())
    send = f"{found:x}" if is_next_size and size != found else ""
    yield Finding(Severity.UNSURE, "chunk-size", title, why, "content", cited("RFC 9112 §7.1"), send)


def check_connection(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a connection both kept open and closed, and fields that no trailer may have (RFC 9110 section 6.5.1)."""
    options = tokens(response.fields.get("Connection"))
    if "close" in options and "keep-alive" in options:
        title = _("Connection says keep-alive and close")
        why = _("close wins: the connection ends after this response.")
        source = cited("RFC 9112 §9.3")
        yield Finding(Severity.ADVISED, "connection", title, why, "Connection", source, "Connection: close")
    if wrong := [each for each in tokens(response.fields.get("Trailer")) if each in NOT_FOR_TRAILERS]:
        title = _("Trailer announces what cannot come after the content: %(names)s") % {"names": ", ".join(wrong)}
        why = _("Recipients need it before the content, and drop it from a trailer section.")
        yield Finding(Severity.BROKEN, "trailer", title, why, "Trailer", cited("RFC 9110 §6.5.1"))
    elif "Trailer" in response.fields and "Content-Length" in response.fields and response.version[:1] == "1":
        title = _("Trailer in a message that can have no trailers")
        why = _("In HTTP/1.1 fields follow the content only if it is chunked, and this one has a Content-Length.")
        source = cited("RFC 9112 §7.1.2")
        yield Finding(Severity.ADVISED, "trailer", title, why, "Trailer", source, "Transfer-Encoding: chunked")
