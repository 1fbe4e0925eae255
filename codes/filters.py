"""The list's filters: registration, facts and issuer, each a plain link that can be combined with the others."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Caching, CheckNeeds, Content, Level, RegistrationStatus, Retry, Topic

# Rules that depend on the request concern one protocol or method, such as resumable uploads at 409.
NEEDS_HEADER = Q(
    rules__topic=Topic.FIELD,
    rules__level=Level.MUST,
    rules__check_needs__in=[CheckNeeds.RESPONSE, CheckNeeds.COMPARISON],
)
Choices = dict[str, tuple[str | Promise, Q]]  # value in the address -> label and condition


class Filter:
    """One question about a code, answered by one of its choices or not at all."""

    def __init__(self, name: str, label: str | Promise, choices: Choices, *, folded: bool = False) -> None:
        self.name = name
        self.label = label
        self.choices = choices
        self.folded = folded
        self.chosen = ""
        self.together: list[Filter] = []

    @property
    def condition(self) -> Q:
        """The condition that the chosen value sets, an empty one without a choice."""
        return self.choices[self.chosen][1] if self.chosen else Q()

    @property
    def chosen_label(self) -> str:
        """The label of the choice that the address sets, "" if it sets none."""
        return str(self.choices[self.chosen][0]) if self.chosen else ""

    def links(self) -> Iterator[dict[str, Any]]:
        """Yield each choice with the query that sets it and keeps the other filters; the current one's removes it."""
        others = {each.name: each.chosen for each in self.together if each.chosen and each is not self}
        for value, (label, _condition) in self.choices.items():
            current = value == self.chosen
            query = others if current else others | {self.name: value}
            yield {"label": label, "current": current, "query": urlencode(query)}


def list_filters(parameters: Mapping[str, str], issuers: Iterable[str]) -> list[Filter]:
    """Return the list's filters as the address sets them, one of them for the issuers of vendor-specific codes.

    Raise BadRequest for a value that does not exist.
    """
    filters = [
        Filter(
            "standing",
            gettext_lazy("Registration"),
            {value: (label, Q(registration_status=value)) for value, label in RegistrationStatus.choices},
        ),
        Filter(
            "fact",
            gettext_lazy("Facts"),
            {
                "cacheable": (gettext_lazy("cacheable by default"), Q(caching=Caching.HEURISTIC)),
                "no-content": (gettext_lazy("never has content"), Q(content=Content.NONE)),
                "needs-header": (gettext_lazy("needs a header"), NEEDS_HEADER),
                "retry": (
                    gettext_lazy("worth retrying"),
                    Q(retry__in=[Retry.AS_IS, Retry.WAIT, Retry.AUTH]),
                ),
            },
        ),
        Filter("issuer", gettext_lazy("Vendor-specific, by issuer"), _by_issuer(issuers), folded=True),
    ]
    for each in filters:
        each.together = filters
        each.chosen = parameters.get(each.name, "")
        if each.chosen and each.chosen not in each.choices:
            raise BadRequest(_("There is no such filter: %(value)s") % {"value": f"{each.name}={each.chosen[:40]}"})
    return filters


def _by_issuer(issuers: Iterable[str]) -> Choices:
    return {issuer: (issuer, Q(vendor_meanings__issuer=issuer)) for issuer in issuers}
