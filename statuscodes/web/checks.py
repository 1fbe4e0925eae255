"""Checks of what the server needs besides the database, for `manage.py check --deploy`."""

from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.core.checks import CheckMessage, Error, register
from django.templatetags.static import static

# Every page names one of them.
SCRIPT = "js/site.js"


def static_files_are_collected() -> bool:
    """Return whether this process knows the names under which static files are served: without them no page renders."""
    try:
        static(SCRIPT)
    except ValueError:
        return False
    return True


@register("collected", deploy=True)
def check_collected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report static files that were not collected. Run before a reload, it lets the old workers go on."""
    missing = []
    for finder in get_finders():
        for path, _storage in finder.list([]):
            try:
                static(path)
            except ValueError:
                missing.append(path)
    if not missing:
        return []
    hint = "Run `manage.py collectstatic`."
    return [Error(f"{len(missing)} static files are not collected, such as {missing[0]}.", hint=hint, id="web.E001")]
