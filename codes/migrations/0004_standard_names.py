"""Give models and fields the field's own names.

Columns and tables keep their names, so that nothing has to stop for this: the release before runs on the same database.
Only what is stored as data changes: snapshots of entries name their fields, and permissions name their model.
"""

import re

import django.core.validators
from django.core.validators import RegexValidator
from django.db import migrations, models

import codes.fields

BEGINS_AS_MESSAGE = RegexValidator(
    re.compile(r"\A(?:HTTP/1\.[01] [0-9]{3}(?: .*)?|[A-Z-]+ \S+ HTTP/1\.[01])$", re.MULTILINE),
    "The first line must be a request line or a status line.",
)
RENAMED_FIELDS = {
    "codes.statuscode": {"standing": "registration_status"},
    "codes.vendormeaning": {"seen": "visibility"},
    "codes.message": {"text": "text_ko"},
}


def rename_fields(data, renamed):
    """Return the objects of a snapshot with their fields renamed, in the order they had."""
    return [
        item | {"fields": {renamed.get(item["model"], {}).get(name, name): value for name, value in item["fields"].items()}}
        for item in data
    ]


def rewrite_snapshots(apps, renamed):
    snapshots = apps.get_model("codes", "EntrySnapshot").objects
    for snapshot in snapshots.exclude(data__isnull=True).iterator():
        data = rename_fields(snapshot.data, renamed)
        if data != snapshot.data:
            snapshots.filter(pk=snapshot.pk).update(data=data)


def rename_permissions(apps, old, new, name):
    apps.get_model("auth", "Permission").objects.filter(content_type__app_label="codes", codename=old).update(
        codename=new, name=name
    )


def forwards(apps, schema_editor):
    rewrite_snapshots(apps, RENAMED_FIELDS)
    rename_permissions(apps, "view_version", "view_entrysnapshot", "Can view version")


def backwards(apps, schema_editor):
    former = {model: {new: old for old, new in fields.items()} for model, fields in RENAMED_FIELDS.items()}
    rewrite_snapshots(apps, former)
    rename_permissions(apps, "view_entrysnapshot", "view_version", "Can view version")


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0003_messages_in_english"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        *[
            operation
            for model in ("category", "confusiongroup", "statuscode")
            for operation in (
                migrations.AlterField(
                    model,
                    "version",
                    models.PositiveIntegerField(db_column="version", default=0, editable=False),
                ),
                migrations.RenameField(model, "version", "lock_version"),
            )
        ],
        migrations.AlterField(
            "statuscode",
            "standing",
            models.CharField(
                "registration",
                choices=[
                    ("registered", "Registered"),
                    ("temporary", "Temporary registration"),
                    ("reserved", "Reserved"),
                    ("obsolete", "Obsolete"),
                    ("vendor", "Vendor-specific"),
                ],
                db_column="standing",
                default="registered",
                help_text="What the IANA registry says, or “vendor-specific” for a number it does not list.",
                max_length=10,
            ),
        ),
        migrations.RenameField("statuscode", "standing", "registration_status"),
        migrations.AlterConstraint(
            "statuscode",
            "only_vendors_leave_100_to_599",
            models.CheckConstraint(
                condition=models.Q(("registration_status", "vendor"), ("number__range", (100, 599)), _connector="OR"),
                name="only_vendors_leave_100_to_599",
            ),
        ),
        migrations.AlterField(
            "statuscode",
            "lagging",
            models.CharField(
                "outdated translations",
                blank=True,
                db_column="lagging",
                editable=False,
                help_text="Texts whose other language has changed since.",
                max_length=300,
            ),
        ),
        migrations.RenameField("statuscode", "lagging", "outdated_translations"),
        migrations.AlterField(
            "vendormeaning",
            "seen",
            models.CharField(
                "where it is seen",
                choices=[
                    ("wire", "Sent to the client"),
                    ("log", "Only in logs"),
                    ("body", "Only inside the content"),
                    ("constant", "Only a constant in a library"),
                    ("retired", "No longer in use"),
                    ("disputed", "Disputed"),
                ],
                db_column="seen",
                max_length=10,
            ),
        ),
        migrations.RenameField("vendormeaning", "seen", "visibility"),
        migrations.AlterField(
            "message",
            "text",
            codes.fields.MarkdownField(
                "raw message",
                blank=True,
                db_column="text",
                help_text="Start line, header fields, an empty line, content.",
                validators=[BEGINS_AS_MESSAGE],
            ),
        ),
        migrations.RenameField("message", "text", "text_ko"),
        migrations.AlterConstraint(
            "message",
            "message_has_text_or_note",
            models.CheckConstraint(
                condition=models.Q(("text_ko", ""), _negated=True) | models.Q(("note_ko", ""), _negated=True),
                name="message_has_text_or_note",
                violation_error_message="A step needs a raw message or a note.",
            ),
        ),
        migrations.AlterConstraint(
            "message",
            "message_in_english_has_a_twin",
            models.CheckConstraint(
                condition=models.Q(("text_en", "")) | models.Q(("text_ko", ""), _negated=True),
                name="message_in_english_has_a_twin",
                violation_error_message="An English message needs the message that it translates.",
            ),
        ),
        migrations.AlterModelTable("version", "codes_version"),
        migrations.RenameModel("Version", "EntrySnapshot"),
        migrations.AlterField(
            "entrysnapshot",
            "number",
            models.PositiveIntegerField("lock version", db_column="number", null=True),
        ),
        migrations.RenameField("entrysnapshot", "number", "lock_version"),
        migrations.AlterField(
            model_name='groupmember',
            name='said_by',
            field=models.CharField(blank=True, help_text='Which hops send this code, for the drawing: client cdn balancer nginx application.', max_length=60, validators=[django.core.validators.RegexValidator('\\A(?:client|cdn|balancer|nginx|application)(?: (?:client|cdn|balancer|nginx|application))*\\Z')], verbose_name='said by'),
        ),
        migrations.AlterField(
            model_name='groupreference',
            name='position',
            field=models.PositiveSmallIntegerField(default=1, help_text='1 is the defining source.', verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='groupreference',
            name='spec',
            field=models.CharField(help_text='For example RFC 9110, MDN, nginx.', max_length=80, verbose_name='document'),
        ),
        migrations.AlterField(
            model_name='statuscode',
            name='checked_on',
            field=models.DateField(blank=True, help_text='The day on which somebody last checked the entry against its sources.', null=True, verbose_name='last checked'),
        ),
        migrations.AlterField(
            model_name='statuscode',
            name='common',
            field=models.BooleanField(default=False, help_text='The list highlights these, so that newcomers see them first.', verbose_name='common'),
        ),
        migrations.AlterField(
            model_name='statuscode',
            name='number',
            field=models.PositiveSmallIntegerField(help_text='Three digits. Registered codes are between 100 and 599.', primary_key=True, serialize=False, validators=[django.core.validators.MaxValueValidator(999)], verbose_name='number'),
        ),
        migrations.AlterField(
            model_name='statuscode',
            name='redirect_method',
            field=models.CharField(blank=True, choices=[('may_change', 'POST may become GET'), ('get', 'Becomes GET'), ('kept', 'Stays the same')], help_text='What happens to the request method when the client follows?', max_length=10, verbose_name='method on redirect'),
        ),
        migrations.AlterField(
            model_name='statuscode',
            name='retry',
            field=models.CharField(blank=True, choices=[('as_is', 'Immediately, unchanged'), ('wait', 'After waiting'), ('change', 'After changing the request'), ('auth', 'After authenticating'), ('no', 'No')], help_text='Is it worth sending the request again?', max_length=10, verbose_name='retry'),
        ),
        migrations.RunPython(forwards, backwards),
    ]
