"""What the script of the page /diagnose/ reads logs with, so that nothing pasted is sent."""

from django.http import HttpRequest, HttpResponse

from codes import search
from codes.data import files
from codes.diagnosis.logs import patterns
from statuscodes.web.decorators import public


@public
def diagnosis_patterns(request: HttpRequest) -> HttpResponse:
    """Return the formats of logs, and what the catalogue says of codes and error texts, in both languages."""
    index = search.current_index()
    response = HttpResponse(files.dumped(patterns.document()), content_type="application/json")
    response.headers["Content-Language"] = "ko, en"
    if search.is_outdated(index):
        response.headers["Cache-Control"] = "no-store"
    return response
