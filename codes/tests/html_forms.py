"""Read the forms of a page, and send them back, as a browser would."""

import re
from html import unescape
from urllib.parse import urlencode

from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

# Only what forms are made of: html.parser would look at each of the thousands of tags of a page of the admin.
TAG = re.compile(
    r"""<(?P<end>/?)(?P<tag>form|input|textarea|select|option)\b"""
    r"""(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>(?P<text>[^<]*)"""
)
ATTRIBUTE = re.compile(r"""([^\s=/"']+)(?:="([^"]*)"|='([^']*)'|=([^\s"']+))?""")


def fields_of(page, wanted="statuscode_form"):
    """Return the fields of the form with this id or action."""
    data = {}
    inside = False
    select = None  # (name, multiple)
    for match in TAG.finditer(page.content.decode()):
        tag = match["tag"]
        if match["end"]:
            inside = inside and tag != "form"
            select = None if tag == "select" else select
            continue
        attributes = {name: unescape("".join(value)) for name, *value in ATTRIBUTE.findall(match["attributes"])}
        if tag == "form":
            inside = wanted in (attributes.get("id"), attributes.get("action"))
        if not inside:
            continue
        name, value = attributes.get("name"), attributes.get("value", "")
        if tag == "input":
            kind = attributes.get("type", "text")
            if not name or kind in ("submit", "button", "file"):
                continue
            if kind not in ("checkbox", "radio") or "checked" in attributes:
                value = attributes.get("value", "on") if kind == "checkbox" else value
                data[name] = [*data[name], value] if isinstance(data.get(name), list) else [value]
        elif tag == "textarea":
            # A browser drops the line end that Django writes after the opening tag.
            data[name] = unescape(match["text"]).removeprefix("\n")
        elif tag == "select":
            select = (name, "multiple" in attributes)
            data[name] = [] if "multiple" in attributes else ""
        elif tag == "option" and select and "selected" in attributes:
            name, several = select
            data[name] = [*data[name], value] if several else value
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in data.items()}


class Browser(Client):
    """A client that sends only forms with a file as multipart/form-data, of which each field takes long to read."""

    def post(self, path, data=None, content_type=MULTIPART_CONTENT, **options):
        has_file = isinstance(data, dict) and any(hasattr(value, "read") for value in data.values())
        if isinstance(data, dict) and content_type == MULTIPART_CONTENT and not has_file:
            data, content_type = urlencode(data, doseq=True), "application/x-www-form-urlencoded"
        return super().post(path, data, content_type, **options)


def press(client, page, address):
    """Submit the form that posts to an address, with the fields that it has."""
    return client.post(address, fields_of(page, address))


def form_of(client, pk=None, model="statuscode"):
    """Return the address of an admin form, and its fields as a browser would send them back."""
    name = f"admin:codes_{model}_{'change' if pk is not None else 'add'}"
    path = reverse(name, args=[pk] if pk is not None else [])
    return path, fields_of(client.get(path), f"{model}_form")


EMPTY = {}  # what empty_form() has read


def empty_form(client, model="statuscode"):
    """Return the address of the form that adds an entry, and its fields, which are the same in every test."""
    if model not in EMPTY:
        EMPTY[model] = form_of(client, model=model)
    path, fields = EMPTY[model]
    return path, dict(fields)
