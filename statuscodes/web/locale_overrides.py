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
    _("Save and add another"),
    _("Save and continue editing"),
    _("The {name} “{obj}” was added successfully."),
    _("You may edit it again below."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Successfully deleted %(count)d %(items)s."),
    _(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    _(
        "Are you sure you want to delete the selected %(objects_name)s? "
        "All of the following objects and their related items will be deleted:"
    ),
    _("You don’t have permission to view or edit anything."),
    _(
        "Please enter your old password, for security’s sake, and then enter your new "
        "password twice so we can verify you typed it in correctly."
    ),
    _(
        "Please enter the correct %(username)s and password for a staff account. "
        "Note that both fields may be case-sensitive."
    ),
]
