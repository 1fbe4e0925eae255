"""Let an error text be a line of a stack trace; nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('codes', '0016_drafts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='errortext',
            name='match',
            field=models.CharField(choices=[('exact', 'Only the whole word, in this case of letters'), ('phrase', 'Anywhere'), ('weak', "Only with nothing else, or beside the product's name"), ('frame', 'Anywhere, after every other text: a line of a stack trace')], default='phrase', help_text='Where the search finds it in a pasted text.', max_length=6, verbose_name='match'),
        ),
    ]
