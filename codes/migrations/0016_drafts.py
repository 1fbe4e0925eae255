"""Add drafts; editors and administrators of a running site may discard them."""

import codes.models.history
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def grant(apps, schema_editor):
    """Give both groups, where they exist, what codes.editing.permissions gives to new ones."""
    groups = apps.get_model("auth", "Group").objects.filter(name__in=["편집자", "관리자"])
    if groups:
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="codes", model="draft"
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename="delete_draft", defaults={"name": "Can delete draft"}
        )
        for group in groups:
            group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ('codes', '0015_reports_and_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='entrysnapshot',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, verbose_name='entry')),
                ('number', models.PositiveIntegerField()),
                ('base_version', models.PositiveIntegerField(blank=True, null=True)),
                ('data', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('saved_at', models.DateTimeField(auto_now_add=True, verbose_name='saved')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('announcement_ko', models.CharField(blank=True, max_length=160, verbose_name='line for readers (Korean)')),
                ('announcement_en', models.CharField(blank=True, max_length=160, verbose_name='line for readers (English)')),
                ('editor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='editor')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
                'ordering': ['-number', '-pk'],
                'default_permissions': ['delete'],
                'constraints': [models.UniqueConstraint(fields=('key', 'number'), name='draft_number_once_an_entry')],
            },
            bases=(codes.models.history.OfEntry, models.Model),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
