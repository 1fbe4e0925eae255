"""Who takes part in an exchange of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Participant(models.TextChoices):
    """Who sends and receives messages, from the client's side to the server's."""

    CLIENT = "client", _("Client")
    CACHE = "cache", _("Cache")
    PROXY = "proxy", _("Proxy")
    CDN = "cdn", _("CDN")
    BALANCER = "balancer", _("Load balancer")
    GATEWAY = "gateway", _("Gateway")
    SERVER = "server", _("Server")


class ParticipantField(models.CharField):
    """One of the participants, or none."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        options: dict[str, object] = {
            "max_length": 8,
            "choices": Participant,
            "blank": True,
            "default": "",
            "db_default": "",
        }
        super().__init__(*args, **options | kwargs)  # type: ignore[arg-type]
