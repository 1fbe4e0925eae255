"""The lines of code that send a code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from codes.models import StatusCode
from codes.snippets import lines
from statuscodes.web.decorators import public

from .alternates import with_alternates
from .rows import link_row


@public
@with_alternates()
def code_lines(request: HttpRequest, number: int) -> HttpResponse:
    """Show the lines that send a code, by framework. A code's page shows those of the reader's own language."""
    code = get_object_or_404(StatusCode.objects.with_lines().for_lists(), number=number)
    return render(request, "codes/code_lines.html", {"code": link_row(code), "frameworks": lines(code)})
