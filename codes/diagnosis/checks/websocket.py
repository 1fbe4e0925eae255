"""Checks of a WebSocket handshake (RFC 6455 section 4)."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .findings import Finding, Severity, cited, wrong_value
from .rules import tokens

# What a server chooses from the client's offer, as the client compares it.
CHOSEN = ("Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")


def check_websocket(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a handshake that does not answer the client's, which clients therefore refuse."""
    request = response.request
    if not request or not (key := request.fields.get("Sec-WebSocket-Key")):
        return
    name = "Sec-WebSocket-Accept"
    digest = sha1(f"{key.strip()}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
    wanted = b64encode(digest).decode()
    answer = response.fields.get(name)
    # The browser has masked neither field: both are no secrets.
    if answer and answer.strip() != wanted:
        why = _("It is computed from the client's Sec-WebSocket-Key, and clients refuse any other value.")
        yield wrong_value(name, answer, why, "RFC 6455 §4.2.2", f"{name}: {wanted}")
    is_http_1 = response.version[:1] == "1"
    if response.code[:1] == "2" and is_http_1:
        title = _("A WebSocket handshake is answered with %(code)s") % {"code": response.code}
        why = _("Clients open the connection after a 101 only, and fail with any other code.")
        send = "HTTP/1.1 101 Switching Protocols"
        # A server without a WebSocket there may ignore the offer.
        severity = Severity.ADVISED if answer else Severity.UNSURE
        yield Finding(severity, "websocket", title, why, "status", cited("RFC 6455 §4.1"), send)
    for name in CHOSEN:
        value = response.fields.get(name)
        if value is None or response.code[:1] != "1":
            continue
        offered = {each.partition(";")[0].strip() for each in tokens(request.fields.get(name))}
        chosen = [each.partition(";")[0].strip() for each in tokens(value)]
        if any(each not in offered for each in chosen):
            why = _("The client did not offer it, and ends the connection.")
            yield wrong_value(name, value, why, "RFC 6455 §4.1", "")
