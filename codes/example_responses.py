"""The response to a situation, as an example: a raw message made from its header fields and its content."""

import json
import re
from typing import Any

from django.conf import settings
from django.utils.translation import override

from codes.models import ExampleContent, Situation, SituationHeader

EXAMPLE_DATE = "Mon, 23 Nov 2026 00:07:03 GMT"
EVENT_STREAM = "text/event-stream"  # goes on until the connection closes (RFC 9112 §6.3), so it has no length


def raw_response(situation: Situation, headers: list[SituationHeader]) -> str:
    """Return the example response as a raw message in the active language."""
    answer = situation.answer
    content_type, content = content_of(situation)
    fields = [(each.header, each.value) for each in headers if each.value]
    names = {name for name, _value in fields}
    if answer.category_id != 1 and "Date" not in names:
        fields.insert(0, ("Date", EXAMPLE_DATE))
    if content:
        fields.append(("Content-Type", content_type))
        if content_type != EVENT_STREAM:
            fields.append(("Content-Length", str(len(content.encode()))))
    elif (
        answer.category_id != 1
        and answer.number not in (204, 304)
        and not names
        & {
            "Content-Length",
            "Transfer-Encoding",
        }
    ):
        fields.append(("Content-Length", "0"))
    lines = [f"HTTP/1.1 {answer.label} {answer.name_en}", *(f"{name}: {value}" for name, value in fields)]
    return "\n".join([*lines, "", content]) if content else "\n".join(lines)


def content_of(situation: Situation) -> tuple[str, str]:
    """Return the type and the content of the example response, "" for none."""
    answer = situation.answer
    if situation.example_content == ExampleContent.OWN:
        return situation.content_type, situation.content
    if situation.example_content == ExampleContent.BLANK:
        problem: dict[str, Any] = {"title": answer.name_en, "status": answer.number}
    elif situation.example_content == ExampleContent.PROBLEM:
        with override(settings.LANGUAGE_CODE):
            kind = f"{settings.SITE_URL}{situation.get_absolute_url()}"
        title = re.sub(r"\s*\([^)]*\)", "", situation.title)
        problem = {"type": kind, "title": title, "status": answer.number} | json.loads(situation.content or "{}")
    else:
        return "", ""
    return "application/problem+json", json.dumps(problem, ensure_ascii=False, indent=2)
