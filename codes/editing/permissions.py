"""Who may do what: two groups that exist from the first migration on."""

from typing import Any

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.db.models import Q

EDITORS, ADMINISTRATORS = "편집자", "관리자"
# Editors correct and add entries; deleting one is an administrator's decision. Details come and go.
ENTRIES = ["statuscode", "confusiongroup", "errortext", "situation", "question"]
ENTRY_ACTIONS = ["view", "add", "change"]
DETAIL_ACTIONS = ["view", "add", "change", "delete"]
DETAILS = [
    "reference",
    "responserule",
    "alias",
    "advice",
    "vendormeaning",
    "productcode",
    "identifier",
    "exchange",
    "message",
]
OTHER_DETAILS = ["groupmember", "groupreference", "errortextcode"]
OTHER_DETAILS += ["othercode", "situationheader", "houseverdict", "questionchoice"]
EDITOR_PERMISSIONS = [
    "view_entrysnapshot",
    "delete_draft",
    # A deleted line can be restored; reports and searches are no entries.
    *[f"{action}_announcement" for action in DETAIL_ACTIONS],
    *["view_readerreport", "change_readerreport", "view_missedsearch", "delete_missedsearch"],
    *[f"{action}_{entry}" for entry in ENTRIES for action in ENTRY_ACTIONS],
    *[f"{action}_{detail}" for detail in DETAILS + OTHER_DETAILS for action in DETAIL_ACTIONS],
]


def create_groups(sender: Any, using: str, apps: Any = global_apps, **kwargs: Any) -> None:
    """Create the groups once, after a migration. Afterwards their permissions belong to the administrators."""
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:  # a migration of this app alone, before auth's tables exist
        return
    # Receivers of the same signal create permissions, and may come later.
    create_permissions(sender, using=using, apps=apps, verbosity=0)
    create_permissions(sender.apps.get_app_config("auth"), using=using, apps=apps, verbosity=0)
    permissions = {
        EDITORS: Q(content_type__app_label="codes", codename__in=EDITOR_PERMISSIONS),
        ADMINISTRATORS: Q(content_type__app_label="codes")
        | Q(content_type__app_label="auth", content_type__model__in=["user", "group"]),
    }
    for name, condition in permissions.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            group.permissions.set(Permission.objects.using(using).filter(condition))
