"""Read the forms of a page, and send them back, as a browser would."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse


class FormParser(HTMLParser):
    """Collect the fields of one of the page's forms."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted
        self.data = {}
        self.inside = False
        self.select = self.text_area = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.inside = self.wanted in (attributes.get("id"), attributes.get("action"))
        if not self.inside:
            return
        name, value = attributes.get("name"), attributes.get("value") or ""
        kind = attributes.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "button", "file"):
            if kind not in ("checkbox", "radio") or "checked" in attributes:
                value = attributes.get("value", "on") if kind == "checkbox" else value
                self.data[name] = [*self.data[name], value] if isinstance(self.data.get(name), list) else [value]
        elif tag == "textarea":
            self.text_area = name
            self.data[name] = ""
        elif tag == "select":
            self.select = (name, "multiple" in attributes)
            self.data[name] = [] if "multiple" in attributes else ""
        elif tag == "option" and self.select and "selected" in attributes:
            name, several = self.select
            self.data[name] = [*self.data[name], value] if several else value

    def handle_data(self, text):
        if self.inside and self.text_area:
            self.data[self.text_area] += text

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            # A browser drops the line end that Django writes after the opening tag.
            if self.inside and self.text_area:
                self.data[self.text_area] = self.data[self.text_area].removeprefix("\n")
            self.text_area = None
        elif tag == "select":
            self.select = None


def fields_of(page, wanted="statuscode_form"):
    """Return the fields of the form with this id or action."""
    parser = FormParser(wanted)
    parser.feed(page.content.decode())
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in parser.data.items()
    }


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
