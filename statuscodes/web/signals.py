"""Signals of the web app."""

from django.dispatch import Signal

# A backup has replaced the database. Whatever was derived from the old one has to be renewed.
database_restored = Signal()
