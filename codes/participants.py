"""The participants from the client to the server: who sends a code, and who fixes its cause."""

from typing import Any

from django.utils.translation import gettext as _

from codes.models import Participant, StatusCode

INTERMEDIARIES = {Participant.CACHE, Participant.PROXY, Participant.CDN, Participant.BALANCER, Participant.GATEWAY}


def participants(code: StatusCode) -> list[dict[str, Any]]:
    """Return the participants in order: the label, role ("sends", "fixes" or "") and note of each, and a cut link."""
    sender, fixer = code.sender, code.fixer
    line = [
        Participant.CLIENT,
        *(each for each in Participant if each in INTERMEDIARIES & {sender, fixer}),
        Participant.SERVER,
    ]
    described = []
    for place, participant in enumerate(line):
        is_last = place == len(line) - 1
        role = "sends" if participant == sender else "fixes" if participant == fixer else ""
        described.append(
            {
                "label": _("Server behind it") if is_last and len(line) > 2 else participant.label,
                "role": role,
                "note": _note(code, participant),
                # What an intermediary reports about the server behind it happened on the way there.
                "cut": participant == sender and participant in INTERMEDIARIES and fixer == Participant.SERVER,
            }
        )
    return described


def _note(code: StatusCode, participant: Participant) -> str:
    if participant == code.sender:
        return _("sends it, and fixes it") if participant == code.fixer else _("sends it")
    if participant == code.fixer:
        return _("usually fixes it")
    return _("made the request") if participant == Participant.CLIENT else ""
