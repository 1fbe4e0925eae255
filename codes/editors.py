"""Who may do what: two groups that exist from the first migration on."""

from django.contrib.auth.management import create_permissions
from django.db.models import Q

EDITORS, ADMINISTRATORS = "편집자", "관리자"
# Editors correct and add codes. Removing one is an administrator's decision; the rows that hang on a code come and go.
ON_CODES = ["view", "add", "change"]
ON_ROWS = ["view", "add", "change", "delete"]
ROWS = ["reference", "headerrule", "alias", "advice", "vendormeaning", "identifier", "exchange", "message"]
EDITING = [
    "view_entrysnapshot",
    *[f"{action}_statuscode" for action in ON_CODES],
    *[f"{action}_{row}" for row in ROWS for action in ON_ROWS],
]


def ensure_groups(sender, using, apps, **kwargs):
    """Make the groups once. Afterwards their permissions belong to the administrators."""
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:  # a migration of this app alone, before auth's tables exist
        return
    # Permissions are made by receivers of the same signal that may come later.
    create_permissions(sender, using=using, apps=apps, verbosity=0)
    create_permissions(sender.apps.get_app_config("auth"), using=using, apps=apps, verbosity=0)
    rights = {
        EDITORS: Q(content_type__app_label="codes", codename__in=EDITING),
        ADMINISTRATORS: Q(content_type__app_label="codes")
        | Q(content_type__app_label="auth", content_type__model__in=["user", "group"]),
    }
    for name, condition in rights.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            group.permissions.set(Permission.objects.using(using).filter(condition))
