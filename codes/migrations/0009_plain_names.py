"""Add plain names, names of groups and the condition of a retry, and let editors edit groups.

The release before knows none of the columns and writes their defaults.
"""

import re

import django.core.validators
from django.db import migrations, models

import codes.fields

EDITORS = "편집자"
EDITOR_PERMISSIONS = [
    *[f"{action}_confusiongroup" for action in ("view", "add", "change")],
    *[
        f"{action}_{detail}"
        for detail in ("groupmember", "groupreference")
        for action in ("view", "add", "change", "delete")
    ],
]
EMPTY = {"blank": True, "db_default": "", "default": ""}
CITATION = (
    r"\A(?:RFC (?P<rfc>[1-9][0-9]{0,4})|(?P<draft>draft(?:-[a-z0-9]+)+))(?: §(?P<section>[A-Z0-9]+(?:\.[0-9]+)*))?\Z"
)


def grant_groups_to_editors(apps, schema_editor):
    """Give the editors of an existing site what new sites give them, unless administrators took codes from them.

    A new site has no such group yet: it gets one after its migrations.
    """
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="codes", codename__in=EDITOR_PERMISSIONS
    )
    editors = apps.get_model("auth", "Group").objects.filter(
        name=EDITORS, permissions__content_type__app_label="codes", permissions__codename="change_statuscode"
    )
    for group in editors:
        group.permissions.add(*permissions)


def plain_name(language):
    return codes.fields.PlainNameField(
        **EMPTY,
        help_text="Only where the name misleads: shown after it in parentheses, and found like it.",
        max_length=60,
        verbose_name=f"plain {language} name",
    )


class Migration(migrations.Migration):
    dependencies = [("codes", "0008_snapshot_summary"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.AddField("category", "plain_name_ko", plain_name("Korean")),
        migrations.AddField("category", "plain_name_en", plain_name("English")),
        migrations.AddField("statuscode", "plain_name_ko", plain_name("Korean")),
        migrations.AddField("statuscode", "plain_name_en", plain_name("English")),
        migrations.AddField(
            "confusiongroup",
            "name_ko",
            models.CharField(
                **EMPTY,
                help_text="What it is about, in a few words. Pages show it with the numbers beside it.",
                max_length=60,
                verbose_name="Korean name",
            ),
        ),
        migrations.AddField(
            "confusiongroup",
            "name_en",
            models.CharField(
                **EMPTY, help_text="The same in English.", max_length=80, verbose_name="English name"
            ),
        ),
        migrations.AddField(
            "statuscode",
            "retry_condition_ko",
            models.CharField(
                **EMPTY,
                help_text="A few words after the answer: how, or when, the request may be sent again.",
                max_length=80,
                verbose_name="condition of the retry (Korean)",
            ),
        ),
        migrations.AddField(
            "statuscode",
            "retry_condition_en",
            models.CharField(
                **EMPTY,
                help_text="The same words in English.",
                max_length=120,
                verbose_name="condition of the retry (English)",
            ),
        ),
        migrations.AddField(
            "statuscode",
            "retry_condition_source",
            codes.fields.CitationField(
                **EMPTY,
                help_text="Empty if it is that of the retry.",
                max_length=80,
                validators=[
                    django.core.validators.RegexValidator(
                        re.compile(CITATION), "Write the section as “RFC 9110 §15.5.5”."
                    )
                ],
                verbose_name="section on the condition",
            ),
        ),
        migrations.RunPython(grant_groups_to_editors, migrations.RunPython.noop),
    ]
