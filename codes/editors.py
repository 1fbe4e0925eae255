"""Who may edit: the group that exists from the first migration on."""

from django.contrib.auth.management import create_permissions

EDITORS = "편집자"
# Editors correct and add codes. Removing one is an administrator's decision; the rows that hang on a code come and go.
ON_CODES = ["view", "add", "change"]
ON_ROWS = ["view", "add", "change", "delete"]
ROWS = ["reference", "headerrule", "alias", "advice", "vendormeaning", "identifier", "exchange", "message"]


def ensure_editors_group(sender, using, apps, **kwargs):
    """Make the group once. Afterwards its permissions belong to the administrators."""
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:  # a migration of this app alone, before auth's tables exist
        return
    group, created = Group.objects.using(using).get_or_create(name=EDITORS)
    if not created:
        return
    # Permissions are made by a later receiver of the same signal.
    create_permissions(sender, using=using, apps=apps, verbosity=0)
    wanted = [f"{action}_statuscode" for action in ON_CODES]
    wanted += ["view_version"]
    wanted += [f"{action}_{row}" for row in ROWS for action in ON_ROWS]
    group.permissions.set(Permission.objects.using(using).filter(content_type__app_label="codes", codename__in=wanted))
