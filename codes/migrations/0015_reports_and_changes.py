"""Add announced changes, readers' reports and searches without result, for editors of a running site too."""

import codes.fields
import django.core.validators
from django.db import migrations, models

EVERYTHING = ["add", "change", "delete", "view"]
# What the model's default permissions are, and which of them editors get.
ACTIONS = {
    "announcement": (EVERYTHING, EVERYTHING),
    "readerreport": (["view", "change", "delete"], ["view", "change"]),
    "missedsearch": (["view", "delete"], ["view", "delete"]),
}


def grant(apps, schema_editor):
    """Give both groups, where they exist, what codes.editing.permissions gives to new ones."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    groups = {group.name: group for group in Group.objects.filter(name__in=["편집자", "관리자"])}
    for model, (actions, editors_actions) in ACTIONS.items() if groups else []:
        content_type, _ = ContentType.objects.get_or_create(app_label="codes", model=model)
        verbose_name = apps.get_model("codes", model)._meta.verbose_name
        for action in actions:
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {verbose_name}"},
            )
            for name, group in groups.items():
                if name == "관리자" or action in editors_actions:
                    group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("codes", "0013_situations"),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('lock_version', models.PositiveIntegerField(db_column='version', default=0, editable=False)),
                ('slug', models.SlugField(max_length=60, primary_key=True, serialize=False, verbose_name='slug')),
                ('announced_at', codes.fields.MomentField(db_index=True, verbose_name='told')),
                ('about', models.CharField(blank=True, help_text='An entry, as “statuscode 404”, or a page of many, as “errors”; empty for neither.', max_length=80, validators=[django.core.validators.RegexValidator('\\A[a-z]+(?: \\S+)?\\Z', 'Write it as “statuscode 404” or “errors”.')], verbose_name='about')),
                ('line_ko', models.CharField(max_length=160, verbose_name='line (Korean)')),
                ('line_en', models.CharField(max_length=160, verbose_name='line (English)')),
            ],
            options={
                'verbose_name': 'announced change',
                'verbose_name_plural': 'announced changes',
                'ordering': ['-announced_at', '-slug'],
            },
        ),
        migrations.CreateModel(
            name='MissedSearch',
            fields=[
                ('text', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='text')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='times')),
                ('last_on', models.DateField(verbose_name='last on')),
            ],
            options={
                'verbose_name': 'search without result',
                'verbose_name_plural': 'searches without result',
                'ordering': ['-count', '-last_on', 'text'],
                'default_permissions': ['view', 'delete'],
            },
        ),
        migrations.CreateModel(
            name='ReaderReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('path', models.CharField(max_length=200, verbose_name='page')),
                ('section', models.CharField(blank=True, max_length=60, verbose_name='section')),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('received_at', models.DateTimeField(auto_now_add=True, verbose_name='received')),
                ('state', models.CharField(choices=[('open', 'open'), ('done', 'done')], default='open', max_length=4, verbose_name='state')),
            ],
            options={
                'verbose_name': "reader's report",
                'verbose_name_plural': "readers' reports",
                'ordering': ['-pk'],
                'default_permissions': ['view', 'change', 'delete'],
                'indexes': [models.Index(fields=['state'], name='report_state')],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
