"""Fields of forms without Django's templates: the admin's form of a code has thousands of widgets, options and labels.

Templates, which include one another down to each attribute, took half of the time that such a page takes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape as escaped

Context = Mapping[str, Any]


def _attributes(attrs: Mapping[str, Any]) -> str:
    """Return attributes, each with a space before it. One that is True has no value, and one that is False is none."""
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(context: Context) -> str:
    widget = context["widget"]
    start = f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"'
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    return f"{start}{value}{_attributes(widget['attrs'])}>"


def _textarea(context: Context) -> str:
    widget = context["widget"]
    return (
        f'<textarea name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>\n'
        f"{escaped(widget['value'] or '')}</textarea>"
    )


def _option(option: Context) -> str:
    start = f'<option value="{escaped(option["value"])}"{_attributes(option["attrs"])}>'
    return f"\n  {start}{escaped(option['label'])}</option>\n"


def _select(context: Context) -> str:
    widget = context["widget"]
    groups = []
    for name, options, _index in widget["optgroups"]:
        shown = "".join(_option(option) for option in options)
        groups.append(f'\n  <optgroup label="{escaped(name)}">{shown}\n  </optgroup>' if name else shown)
    return f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>{"".join(groups)}\n</select>'


def _label(context: Context) -> str:
    label = escaped(context["label"])
    if not context["use_tag"]:
        return label
    tag = escaped(context["tag"])
    return f"<{tag}{_attributes(context['attrs'] or {})}>{label}</{tag}>"


def _errors(context: Context) -> str | None:
    return None if context["errors"] else ""


# By the name of Django's template. None leaves it to the template.
DRAWN: dict[str, Callable[[Context], str | None]] = {
    "django/forms/errors/list/default.html": _errors,
    "django/forms/errors/list/ul.html": _errors,
    "django/forms/label.html": _label,
    "django/forms/widgets/checkbox.html": _input,
    "django/forms/widgets/date.html": _input,
    "django/forms/widgets/hidden.html": _input,
    "django/forms/widgets/number.html": _input,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/textarea.html": _textarea,
}


class Renderer(DjangoTemplates):
    """Renders the most frequent parts of a form as Django's own templates do, and all else with them."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return what the template makes of the context."""
        draw = DRAWN.get(template_name)
        drawn = draw(context) if draw else None
        return super().render(template_name, context, request) if drawn is None else drawn.strip()
