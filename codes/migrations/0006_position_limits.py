"""Limit positions in forms and fixtures. The columns stay as they are."""

from django.db import migrations

from codes.fields import PositionField

MODELS = [
    "advice",
    "alias",
    "confusiongroup",
    "exchange",
    "groupmember",
    "headerrule",
    "identifier",
    "message",
    "vendormeaning",
]


class Migration(migrations.Migration):
    dependencies = [("codes", "0005_revision_row")]

    operations = [
        # SQLite would build every table again, because the fields have another class.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *[
                    migrations.AlterField(model, "position", PositionField(default=1, verbose_name="position"))
                    for model in MODELS
                ],
                *[
                    migrations.AlterField(
                        model,
                        "position",
                        PositionField(default=1, help_text="1 is the defining source.", verbose_name="position"),
                    )
                    for model in ("reference", "groupreference")
                ],
            ]
        )
    ]
