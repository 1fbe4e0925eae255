"""Add situations with their verdicts, and questions; editors and administrators of a running site may edit them."""

import codes.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


MODELS = ["situation", "othercode", "situationheader", "houseverdict", "question", "questionchoice"]
ENTRIES = ["situation", "question"]


def grant(apps, schema_editor):
    """Give both groups, where they exist, what codes.editing.permissions gives to new ones."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    groups = {group.name: group for group in Group.objects.filter(name__in=["편집자", "관리자"])}
    for model in MODELS if groups else []:
        content_type, _ = ContentType.objects.get_or_create(app_label="codes", model=model)
        verbose_name = apps.get_model("codes", model)._meta.verbose_name
        for action in ["add", "change", "delete", "view"]:
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {verbose_name}"},
            )
            for name, group in groups.items():
                if name == "관리자" or action != "delete" or model not in ENTRIES:
                    group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("codes", "0014_answer_strip"),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('lock_version', models.PositiveIntegerField(db_column='version', default=0, editable=False)),
                ('slug', models.SlugField(max_length=60, primary_key=True, serialize=False, verbose_name='slug')),
                ('position', codes.fields.PositionField(default=1, help_text='1 is the question to begin with.', verbose_name='position')),
                ('question_ko', models.CharField(max_length=120, verbose_name='question (Korean)')),
                ('question_en', models.CharField(max_length=160, verbose_name='question (English)')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'ordering': ['position', 'slug'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('question_ko', ''), _negated=True), models.Q(('question_en', ''), _negated=True)), name='question_is_in_both_languages')],
            },
        ),
        migrations.CreateModel(
            name='Situation',
            fields=[
                ('lock_version', models.PositiveIntegerField(db_column='version', default=0, editable=False)),
                ('slug', models.SlugField(help_text="The address: unique-taken. It may stand in other people's documents, so it never changes.", max_length=60, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A(?:ask|table)\\Z', 'Another page.', inverse_match=True)], verbose_name='slug')),
                ('topic', models.CharField(choices=[('read', 'Reading and lists'), ('create', 'Creating'), ('change', 'Changing'), ('delete', 'Deleting'), ('async', 'Long-running work'), ('batch', 'Several at once'), ('auth', 'Login and authentication'), ('permission', 'Permission and blocking'), ('validation', 'Checking the request'), ('conflict', 'Conflicts and concurrent edits'), ('limits', 'Limits'), ('money', 'Payment and stock'), ('redirect', 'Addresses and redirects'), ('caching', 'Caching'), ('files', 'Files'), ('html-forms', 'Web pages and forms'), ('outage', 'Outages'), ('gateway', 'Gateways and connections'), ('lifecycle', 'Versions and the end of an API'), ('webhooks', 'Webhooks'), ('graphql', 'GraphQL'), ('realtime', 'Streams and WebSocket'), ('crawlers', 'Bots and search engines')], max_length=12, verbose_name='topic')),
                ('position', codes.fields.PositionField(default=1, verbose_name='position')),
                ('title_ko', models.CharField(max_length=60, verbose_name='situation (Korean)')),
                ('title_en', models.CharField(max_length=80, verbose_name='situation (English)')),
                ('norm', models.CharField(choices=[('must', 'The specification requires it.'), ('should', 'The specification recommends it.'), ('usual', 'No specification demands it; the definition fits and practice agrees.'), ('open', 'There is no norm: choose one code and keep to it.')], max_length=6, verbose_name='how binding')),
                ('reason_ko', models.CharField(help_text='One or two plain sentences.', max_length=120, verbose_name='why (Korean)')),
                ('reason_en', models.CharField(help_text='The same sentences.', max_length=200, verbose_name='why (English)')),
                ('source', models.CharField(help_text='For example RFC 9110 §15.5.10, Zalando #109.', max_length=80, verbose_name='source')),
                ('url', codes.fields.HttpsURLField(max_length=300, verbose_name='address')),
                ('example_content', models.CharField(choices=[('none', 'None'), ('problem', 'Problem details (RFC 9457) of a type of their own'), ('blank', 'Problem details that tell no more than the status code'), ('own', 'The content given below'), ('nothing', 'There is no response')], default='none', max_length=7, verbose_name='content of the example response')),
                ('content_type', models.CharField(blank=True, max_length=60, verbose_name='media type')),
                ('content', codes.fields.MarkdownField(blank=True, help_text='As it is sent: JSON, HTML. For problem details: a JSON object with further members.', verbose_name='content')),
                ('keywords', codes.fields.LinesField(blank=True, help_text='What people type to find this situation, one a line.', verbose_name='keywords')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='last checked')),
                ('outdated_translations', models.CharField(blank=True, editable=False, max_length=100, verbose_name='outdated translations')),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='codes.statuscode', verbose_name='answer')),
            ],
            options={
                'verbose_name': 'situation',
                'verbose_name_plural': 'situations',
                'ordering': ['topic', 'position', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='QuestionChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', codes.fields.PositionField(default=1, verbose_name='position')),
                ('answer_ko', models.CharField(max_length=80, verbose_name='answer (Korean)')),
                ('answer_en', models.CharField(max_length=120, verbose_name='answer (English)')),
                ('next', models.ForeignKey(blank=True, help_text='Or the situations that this answer leads to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reached_by', to='codes.question', verbose_name='next question')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='codes.question', verbose_name='question')),
                ('situations', models.ManyToManyField(blank=True, related_name='choices', to='codes.situation', verbose_name='situations')),
            ],
            options={
                'verbose_name': 'answer to a question',
                'verbose_name_plural': 'answers to a question',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='OtherCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', codes.fields.PositionField(default=1, verbose_name='position')),
                ('fit', models.CharField(choices=[('also', 'Also possible'), ('avoid', 'Not this')], max_length=5, verbose_name='fit')),
                ('reason_ko', models.CharField(max_length=120, verbose_name='when it fits, or why not (Korean)')),
                ('reason_en', models.CharField(max_length=160, verbose_name='when it fits, or why not (English)')),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named_in', to='codes.statuscode', verbose_name='status code')),
                ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_codes', to='codes.situation', verbose_name='situation')),
            ],
            options={
                'verbose_name': 'other code',
                'verbose_name_plural': 'other codes',
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='HouseVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', codes.fields.PositionField(default=1, verbose_name='position')),
                ('house', models.CharField(help_text='RFC, Zalando, Google AIP, Django.', max_length=40, verbose_name='house')),
                ('codes', models.CharField(help_text='The preferred code first: 200 204. With an exclamation mark: advises against it.', max_length=40, validators=[django.core.validators.RegexValidator('\\A!?[0-9]{3}(?: !?[0-9]{3})*\\Z')], verbose_name='codes')),
                ('strength', models.CharField(choices=[('must', 'must'), ('should', 'should'), ('may', 'may'), ('default', 'default'), ('example', 'example')], max_length=7, verbose_name='strength')),
                ('note_ko', models.CharField(max_length=120, verbose_name='note (Korean)')),
                ('note_en', models.CharField(max_length=160, verbose_name='note (English)')),
                ('url', codes.fields.HttpsURLField(max_length=300, verbose_name='address')),
                ('version', models.CharField(blank=True, max_length=60, verbose_name='version')),
                ('evidence', models.CharField(choices=[('run', 'run'), ('read', 'read'), ('excerpt', 'read in excerpts')], max_length=7, verbose_name='how it was checked')),
                ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='codes.situation', verbose_name='situation')),
            ],
            options={
                'verbose_name': 'verdict of a house',
                'verbose_name_plural': 'verdicts of the houses',
                'ordering': ['position', 'house'],
            },
        ),
        migrations.CreateModel(
            name='SituationHeader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', codes.fields.PositionField(default=1, verbose_name='position')),
                ('header', models.CharField(max_length=60, verbose_name='header field')),
                ('level', models.CharField(choices=[('must', 'must'), ('should', 'should'), ('may', 'may'), ('advice', 'advice')], max_length=6, verbose_name='level')),
                ('value', models.CharField(blank=True, help_text='Empty: not in the example.', max_length=200, verbose_name='value in the example')),
                ('note_ko', models.CharField(blank=True, max_length=120, verbose_name='note (Korean)')),
                ('note_en', models.CharField(blank=True, max_length=160, verbose_name='note (English)')),
                ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='headers', to='codes.situation', verbose_name='situation')),
            ],
            options={
                'verbose_name': 'header field to send',
                'verbose_name_plural': 'header fields to send',
                'ordering': ['position', 'header'],
            },
        ),
        migrations.AddConstraint(
            model_name='situation',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ('ask', 'table')), _negated=True), name='situation_has_its_own_address'),
        ),
        migrations.AddConstraint(
            model_name='situation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title_ko', ''), _negated=True), models.Q(('title_en', ''), _negated=True)), name='situation_has_both_titles'),
        ),
        migrations.AddConstraint(
            model_name='situation',
            constraint=models.CheckConstraint(condition=models.Q(('url__istartswith', 'https://')), name='situation_is_https'),
        ),
        migrations.AddConstraint(
            model_name='situation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('example_content', 'own'), models.Q(('content', ''), _negated=True), models.Q(('content_type', ''), _negated=True)), models.Q(('content_type', ''), ('example_content', 'problem')), models.Q(('content', ''), ('content_type', ''), ('example_content__in', ['none', 'blank', 'nothing'])), _connector='OR'), name='situation_content_with_its_type', violation_error_message='Content of its own needs its type, and the other kinds have neither.'),
        ),
        migrations.AddConstraint(
            model_name='questionchoice',
            constraint=models.UniqueConstraint(fields=('question', 'position'), name='choice_position_once'),
        ),
        migrations.AddConstraint(
            model_name='othercode',
            constraint=models.UniqueConstraint(fields=('situation', 'code'), name='other_code_once_a_situation'),
        ),
        migrations.AddConstraint(
            model_name='houseverdict',
            constraint=models.UniqueConstraint(fields=('situation', 'house'), name='verdict_once_a_house'),
        ),
        migrations.AddConstraint(
            model_name='houseverdict',
            constraint=models.CheckConstraint(condition=models.Q(('url__istartswith', 'https://')), name='verdict_is_https'),
        ),
        migrations.AddConstraint(
            model_name='situationheader',
            constraint=models.UniqueConstraint(fields=('situation', 'header'), name='header_once_a_situation'),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
