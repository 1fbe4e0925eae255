import time

from django.db import migrations, models


def keep_one_row(apps, schema_editor):
    """Leave exactly one row, the first, with the greatest number that any row had."""
    Revision = apps.get_model("codes", "Revision")
    newest = Revision.objects.order_by("-number").values_list("number", flat=True).first()
    Revision.objects.exclude(pk=1).delete()
    Revision.objects.update_or_create(pk=1, defaults={"number": newest or time.time_ns() // 1000})


class Migration(migrations.Migration):
    dependencies = [("codes", "0004_standard_names")]

    operations = [
        migrations.RunPython(keep_one_row, migrations.RunPython.noop, elidable=False),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(condition=models.Q(pk=1), name="revision_has_one_row"),
        ),
    ]
