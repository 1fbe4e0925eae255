"""The public page of an entry that is not saved, with a banner that says so."""

import copy
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from codes.models import Entry
from statuscodes.web.inline import contain


def preview(request: HttpRequest, entry: Entry, language: str, *, is_draft: bool) -> HttpResponse:
    """Return what a reader would get at the entry's address, marked as a preview."""
    with override(language):
        # What the page contains is noted on its request; the answer to this one has to allow it.
        text = contain(request, "style-src", "preview")
        response = _public_response(request, entry.get_absolute_url())  # type: ignore[attr-defined]
        banner = _("Preview of a draft: nothing of this is published.") if is_draft else _("Preview: nothing is saved.")
        mark = _("Preview")
    if response.status_code == 200 and not response.streaming:
        page = response.content.decode()
        page = page.replace("<title>", f"<title>[{escape(mark)}] ", 1)
        page = page.replace("</head>", f"<style>{text}</style></head>", 1)
        page = page.replace("</body>", f'<p class="preview-banner" role="note">{escape(banner)}</p></body>', 1)
        response.content = page.encode()
    return response


def _public_response(request: HttpRequest, address: str) -> HttpResponse:
    """Return what a reader gets at a public address."""
    reader: Any = copy.copy(request)
    reader.method, reader.GET = "GET", QueryDict()
    reader.path = reader.path_info = address.partition("#")[0]
    view, args, kwargs = resolve(reader.path)
    return view(reader, *args, **kwargs)
