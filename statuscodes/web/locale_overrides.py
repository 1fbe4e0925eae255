"""Texts of Django's own catalogue whose Korean is clumsy or wrong: listed here, our catalogue translates them again."""

from django.utils.translation import gettext_lazy as _

OVERRIDDEN = [
    _("Select %s to view"),
    _("View %s"),
    _(" By %(filter_title)s "),
    _("None available"),
    _("users"),
    _("History"),
    _("Objects"),
    _("Yes, I’m sure"),
    _("No, take me back"),
    _(
        "Please enter the correct %(username)s and password for a staff account. "
        "Note that both fields may be case-sensitive."
    ),
]
