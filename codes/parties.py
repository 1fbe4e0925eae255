"""The line of parties from the client to the server: who sends a code, and who fixes its cause."""

from typing import Any

from django.utils.translation import gettext as _

from codes.models import Participant, StatusCode

INTERMEDIARIES = {Participant.CACHE, Participant.PROXY, Participant.CDN, Participant.BALANCER, Participant.GATEWAY}


def parties(code: StatusCode) -> list[dict[str, Any]]:
    """Return the parties in order: the label, role ("sends", "fixes" or "") and note of each, and a cut link."""
    sender, fixer = code.sender, code.fixer
    line = [
        Participant.CLIENT,
        *(each for each in Participant if each in INTERMEDIARIES & {sender, fixer}),
        Participant.SERVER,
    ]
    described = []
    for place, party in enumerate(line):
        is_last = place == len(line) - 1
        role = "sends" if party == sender else "fixes" if party == fixer else ""
        described.append(
            {
                "label": _("Server behind it") if is_last and len(line) > 2 else party.label,
                "role": role,
                "note": _note(code, party),
                # What an intermediary reports about the server behind it happened on the way there.
                "cut": party == sender and party in INTERMEDIARIES and fixer == Participant.SERVER,
            }
        )
    return described


def _note(code: StatusCode, party: Participant) -> str:
    if party == code.sender:
        return _("sends it, and fixes it") if party == code.fixer else _("sends it")
    if party == code.fixer:
        return _("usually fixes it")
    return _("made the request") if party == Participant.CLIENT else ""
