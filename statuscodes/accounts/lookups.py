"""What the admin takes from addresses: looked up as it is, or refused with 400 before a database is asked."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import FieldListFilter, ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import build_q_object_from_lookup_parameters, unquote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import (
    BadRequest,
    EmptyResultSet,
    FieldDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import models
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.translation import gettext as _

MAX_SEARCH_LENGTH = 200  # characters
MAX_SEARCH_WORDS = 20  # each is looked for in every search field
MAX_PARAMETERS = 50  # of a list's address; each becomes a condition


class StrictChangeList(ChangeList):
    """A list that refuses lookups which Django finds out too late: when the query runs, or when the page is drawn."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Return what Django returns. Raise IncorrectLookupParameters for a lookup that cannot become SQL.

        A year beyond the calendar is such a lookup. Only lookups from the address are compiled here, so an error of our
        own filters is not taken for one of theirs.
        """
        lookups: Any
        specs, has_filters, lookups, *rest = super().get_filters(request)
        for parameters in (lookups, *(spec.used_parameters for spec in specs if isinstance(spec, FieldListFilter))):
            try:
                condition = build_q_object_from_lookup_parameters(parameters)
                self.model._base_manager.filter(condition).query.sql_with_params()
            except EmptyResultSet:
                pass
            except Exception as error:  # as Django does where it makes the condition: lookups raise whatever they like
                raise IncorrectLookupParameters(error) from error
        return specs, has_filters, lookups, *rest


class StrictAdminMixin:
    """Answers 400 where a ModelAdmin of Django redirects to the whole list, or fails."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StrictChangeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        if sum(len(values) for _name, values in request.GET.lists()) > MAX_PARAMETERS:
            raise BadRequest(_("The address has more than %(limit)d parameters.") % {"limit": MAX_PARAMETERS})
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]
        except IncorrectLookupParameters as error:
            raise BadRequest from error

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # A regular expression from an address could keep the server busy for good. The text of a range would be read as
        # the list of its characters.
        if {"regex", "iregex", "range"} & set(lookup.split(LOOKUP_SEP)):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Return what a list or an autocompletion finds. Raise BadRequest for more words than anybody types."""
        if len(search_term) > MAX_SEARCH_LENGTH or len(search_term.split()) > MAX_SEARCH_WORDS:
            limits = {"words": MAX_SEARCH_WORDS, "characters": MAX_SEARCH_LENGTH}
            raise BadRequest(_("A search may have %(words)d words and %(characters)d characters, not more.") % limits)
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the values that an address fills into a new form. Raise BadRequest for one that its field refuses."""
        initial = super().get_changeform_initial_data(request)  # type: ignore[misc]
        for name, value in initial.items():
            try:
                field = self.opts.get_field(name)  # type: ignore[attr-defined]
            except FieldDoesNotExist:
                continue
            related = isinstance(field, models.ManyToManyField)
            for each in filter(None, value if related else [value]):
                _convert(field.remote_field.model._meta.pk if related else field, each)
        return initial


class StrictAutocompleteView(AutocompleteJsonView):
    """Completes fields only; of a relation from the other side Django takes the name, and fails."""

    def process_request(self, request: HttpRequest) -> Any:
        term, model_admin, source_field, to_field_name = super().process_request(request)
        if not source_field.concrete:
            raise PermissionDenied
        return term, model_admin, source_field, to_field_name


def strict(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """Return a ModelAdmin that behaves as the given one and is strict about addresses."""
    if issubclass(admin_class, StrictAdminMixin):
        return admin_class
    return type(admin_class.__name__, (StrictAdminMixin, admin_class), {"__module__": admin_class.__module__})


def check_keys(model: type[models.Model], keys: Iterable[str]) -> None:
    """Raise BadRequest for a key from a request that cannot be a primary key of the model."""
    for key in keys:
        _convert(model._meta.pk, unquote(key))


def _convert(field: Any, value: str) -> None:
    """Raise BadRequest for a text that cannot be a value of the field."""
    try:
        if "\0" in value:
            raise ValidationError("NUL")
        field.to_python(value)
    except (ValidationError, AttributeError) as error:  # AttributeError: a relation from the other side
        raise BadRequest from error
