"""What the forms ask while somebody types: how a text or an exchange would look. Nothing is saved."""

import re
from html import unescape
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext, override

from codes.fields import MAX_TEXT_LENGTH
from codes.models import Advice, StatusCode
from codes.texts import markdown
from codes.texts.localized import LANGUAGES
from statuscodes.web.methods import allow_methods

from .base import refuse_long_form
from .exchange_forms import ExchangeInlineForm

NUMBER = re.compile("[0-9]{1,3}")


@allow_methods("POST")
def preview_markdown(request: HttpRequest) -> JsonResponse:
    """Return what a page makes of a text, what of it stays as it is typed, and the leads of its steps."""
    refuse_long_form(request)
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()[:MAX_TEXT_LENGTH]
    language = _language(request)
    literal = markdown.shown_literally(text)
    with override(language):
        html, steps = markdown.render(text), markdown.steps(text)
    warning = gettext("Shown as it is typed: %(what)s.") % {"what": ", ".join(literal)} if literal else ""
    leads = [len(unescape(strip_tags(step.lead))) for step in steps if step.rest]
    limit = Advice.MAX_LEAD_LENGTHS[language]
    return JsonResponse({"html": html, "warning": warning, "leads": [[lead, limit] for lead in leads]})


@allow_methods("POST")
def preview_exchange(request: HttpRequest) -> JsonResponse:
    """Return what the form of one exchange would say and draw if it were saved."""
    if not any(request.user.has_perm(f"codes.{action}_statuscode") for action in ("add", "change")):
        raise PermissionDenied
    refuse_long_form(request)
    number: Any = request.POST.get("number", "")
    code = StatusCode(sent_by=request.POST.get("sent_by", ""))
    if NUMBER.fullmatch(number):
        code.number = int(number)
    form = ExchangeInlineForm(request.POST, prefix=request.POST.get("prefix", ""), code=code)
    form.is_valid()
    return JsonResponse(
        {
            "texts": {name: form[name].value() for name in ("raw_ko", "raw_en")},
            "steps": str(form["steps"]),
            "errors": {name: str(form.errors.get(name, "")) for name in ("raw_ko", "raw_en", "steps")},
            "drawn": form.diagram_html(_language(request)),
        }
    )


def _language(request: HttpRequest) -> str:
    """Return the language of the text that is sent."""
    return next((each for each in LANGUAGES if each == request.POST.get("language")), LANGUAGES[0])
