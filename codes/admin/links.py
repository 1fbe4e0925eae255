"""Addresses of the admin's pages, by the key of an entry."""

from django.urls import reverse
from django.utils.http import urlencode

from codes.models import Entry


def change_url(key: str) -> str:
    """Return the address of an entry's form."""
    model_name, pk = key.split(maxsplit=1)
    return reverse(f"admin:codes_{model_name}_change", args=[pk])


def history_url(key: str) -> str:
    """Return the address of the list of an entry's snapshots."""
    return f"{reverse('admin:codes_entrysnapshot_changelist')}?{urlencode({'key': key})}"


def deleted_url(model: type[Entry]) -> str:
    """Return the address of the list of deleted entries of a kind."""
    return f"{reverse('admin:codes_entrysnapshot_deleted')}?{urlencode({'kind': str(model._meta.model_name)})}"
