"""Record what was written back. The release before, which does not know of the column, gets its default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("codes", "0006_position_limits")]

    operations = [
        migrations.AddField(
            "loadedentry", "exported_digest", models.CharField(db_default="", default="", max_length=64)
        ),
    ]
