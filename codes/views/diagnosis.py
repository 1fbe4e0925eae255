"""The page that reads a pasted response, log or error message, and what its script reads with."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from codes import search
from codes.data import files
from codes.diagnosis import diagnose
from codes.diagnosis.examples import EXAMPLES
from codes.diagnosis.logs import patterns
from statuscodes.web.content_length import content_length
from statuscodes.web.decorators import connecting_to, no_store, public
from statuscodes.web.methods import READ_AND_POST, allow_methods

MAX_TEXT = 256 * 1024  # bytes
# A form may percent-encode each byte of a text, and has parts of its own.
MAX_REQUEST = 3 * MAX_TEXT + 8 * 1024


# A token would need a cookie. A foreign page that posts here changes nothing and does not see the answer.
@csrf_exempt
@connecting_to("codes:diagnosis", "data:diagnosis_patterns", "codes:suggest")
@allow_methods(*READ_AND_POST)
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Show the form, with an example if the address names one; answer a POST with what its text says."""
    return _answer(request) if request.method == "POST" else _page(request)


@public
def _page(request: HttpRequest) -> HttpResponse:
    slug = request.GET.get("example", "")
    example = EXAMPLES.get(slug)
    if slug and not example:
        raise Http404
    context = _context(example.text if example else "")
    if example:
        context["diagnosis"] = diagnose(example.text, get_language())
    return render(request, "codes/diagnosis.html", context)


@no_store
def _answer(request: HttpRequest) -> HttpResponse:
    """Read the text in memory, and keep nothing of it. Raise BadRequest for a wrong Content-Length."""
    # Django's other handler writes what is large to the disk.
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    if content_length(request) > MAX_REQUEST:
        return _too_large(request)
    text, unmasked = _text(request), request.POST.get("masked") == "no"
    if len(text.encode("utf-8", "replace")) > MAX_TEXT:
        return _too_large(request)
    if not text.strip():
        context = _context("") | {"refusal": _("There is nothing to read yet: paste a response, a log or an error.")}
        return render(request, "codes/diagnosis.html", context, status=400)
    context = _context(text) | {
        "diagnosis": diagnose(text, get_language(), unmasked=unmasked),
        "unmasked": unmasked,
    }
    return render(request, "codes/diagnosis.html", context)


def _text(request: HttpRequest) -> str:
    """Return the file's text, or that of the field."""
    upload = request.FILES.get("file")
    if upload:
        return str(upload.read().decode("utf-8", "replace"))
    return request.POST.get("text", "")


def _too_large(request: HttpRequest) -> HttpResponse:
    reason = _(
        "More than 256 KB is not taken. With script, a file of up to 200 MB is read in your browser and not sent: "
        "choose it below. Otherwise paste the part that matters."
    )
    return render(request, "codes/diagnosis.html", _context("") | {"refusal": reason}, status=413)


def _context(text: str) -> dict[str, Any]:
    return {"text": text, "examples": EXAMPLES.values(), "max_bytes": MAX_TEXT}


@public
def diagnosis_patterns(request: HttpRequest) -> HttpResponse:
    """Return the formats of logs, and what the catalogue says of codes and error texts, in both languages.

    With it the page's script reads logs in the browser, so that nothing pasted is sent.
    """
    index = search.current_index()
    response = HttpResponse(files.dumped(patterns.document()), content_type="application/json")
    response.headers["Content-Language"] = "ko, en"
    if search.is_outdated(index):
        response.headers["Cache-Control"] = "no-store"
    return response
