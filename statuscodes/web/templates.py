"""Templates as they are sent: without the white space that only readers of their source need."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
# A line of nothing but a tag that writes nothing itself.
LINE_OF_CONTROL = re.compile(
    r"^(\{% (?:if|elif|else|endif|for|empty|endfor|with|endwith|load)\b(?:(?!%\}).)*%\})\n", re.MULTILINE
)


class Loader(filesystem.Loader):
    """Reads the templates of `DIRS`. A page of HTML is a thirtieth smaller without indentation, compressed too."""

    def get_contents(self, origin: Origin) -> str:
        """Return a template's source. Raise TemplateDoesNotExist if there is none."""
        contents = super().get_contents(origin)
        if not str(origin.name).endswith(".html"):
            return contents
        return LINE_OF_CONTROL.sub(r"\1", INDENTATION.sub("", contents))
