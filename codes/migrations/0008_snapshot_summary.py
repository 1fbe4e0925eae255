from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("codes", "0007_exported_digest")]

    operations = [
        migrations.AddField(
            model_name="entrysnapshot",
            name=f"summary_{language}",
            field=models.CharField(blank=True, db_default="", max_length=250, verbose_name="what changed"),
        )
        for language in ("ko", "en")
    ]
