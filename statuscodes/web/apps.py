"""The app of what every view shares."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "statuscodes.web"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
