from django import template
from django.conf import settings
from django.utils.safestring import mark_safe

from .. import attention as attention_module
from .. import markdown as markdown_module
from .. import search

register = template.Library()


@register.filter
def markdown(text):
    return markdown_module.render(str(text))


@register.filter
def in_language(path, language):
    """The address of the same page in another language: `/404/` and `/en/404/`."""
    for code, _name in settings.LANGUAGES:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            # Two slashes at the beginning would name another host.
            path = f"/{path.removeprefix(f'/{code}').lstrip('/')}"
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


@register.simple_tag
def site_url(path=""):
    return f"{settings.SITE_URL}{path}"


@register.simple_tag
def site_style():
    """The stylesheet; while DEBUG is on as it is in this moment, for whoever is editing it."""
    return mark_safe(settings.STYLESHEET.read_text(encoding="utf-8") if settings.DEBUG else settings.SITE_STYLE)  # noqa: S308 - ours


@register.filter
def highlight(text, query):
    """The text, escaped, with what the query matched in <mark>."""
    return mark_safe(search.highlight(text, query))  # noqa: S308 - highlight() escapes


@register.simple_tag
def attention():
    return attention_module.report()
