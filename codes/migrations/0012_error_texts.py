import codes.fields
import django.db.models.deletion
from django.db import migrations, models

EDITORS, ADMINISTRATORS = "편집자", "관리자"
# What each group may do with the new models; deleting an entry stays an administrator's decision.
ACTIONS = {
    EDITORS: {"errortext": ["view", "add", "change"], "errortextcode": ["view", "add", "change", "delete"]},
    ADMINISTRATORS: {model: ["view", "add", "change", "delete"] for model in ("errortext", "errortextcode")},
}


def grant_permissions(apps, schema_editor):
    """Give the groups of an existing site what new sites give them, unless administrators took codes from them.

    A new site has no groups yet: it gets them after its migrations.
    """
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects.filter(
        name__in=ACTIONS, permissions__content_type__app_label="codes", permissions__codename="change_statuscode"
    )
    for group in groups:
        for model, actions in ACTIONS[group.name].items():
            content_type, _created = content_types.get_or_create(app_label="codes", model=model)
            for action in actions:
                name = f"Can {action} {'error text' if model == 'errortext' else 'code'}"
                permission, _created = permissions.get_or_create(
                    content_type=content_type, codename=f"{action}_{model}", defaults={"name": name}
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0011_product_codes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErrorText",
            fields=[
                ("lock_version", models.PositiveIntegerField(db_column="version", default=0, editable=False)),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of the address that people share, so it never changes: nginx-no-live-upstreams.",
                        max_length=70,
                        primary_key=True,
                        serialize=False,
                        verbose_name="slug",
                    ),
                ),
                (
                    "product",
                    models.CharField(
                        help_text="Written as in its other error texts.", max_length=40, verbose_name="product"
                    ),
                ),
                (
                    "position",
                    codes.fields.PositionField(
                        default=1,
                        help_text="Among the product's texts. The most common one is 1.",
                        verbose_name="position",
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="As people see it, in its own language, with … for what varies.",
                        max_length=250,
                        verbose_name="text",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "Message"),
                            ("identifier", "Identifier"),
                            ("exception", "Exception"),
                            ("browser", "Browser's error page"),
                            ("console", "Browser's console"),
                            ("errno", "Operating system error"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "who",
                    models.CharField(
                        choices=[
                            ("server", "Server"),
                            ("application", "Application"),
                            ("proxy", "Proxy"),
                            ("balancer", "Load balancer"),
                            ("cdn", "CDN"),
                            ("library", "Library"),
                            ("client", "Client"),
                            ("browser", "Browser"),
                        ],
                        max_length=12,
                        verbose_name="who writes it",
                    ),
                ),
                (
                    "sure",
                    models.CharField(
                        choices=[("sent", "Always"), ("usual", "Usually"), ("maybe", "Uncertain")],
                        default="sent",
                        help_text="Does the text always come with one of its codes?",
                        max_length=6,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "match",
                    models.CharField(
                        choices=[
                            ("exact", "Only the whole word, in this case of letters"),
                            ("phrase", "Anywhere"),
                            ("weak", "Only with nothing else, or beside the product's name"),
                        ],
                        default="phrase",
                        help_text="Where the search finds it in a pasted text.",
                        max_length=6,
                        verbose_name="match",
                    ),
                ),
                ("meaning_ko", models.CharField(max_length=200, verbose_name="what happened (Korean)")),
                ("meaning_en", models.CharField(max_length=250, verbose_name="what happened (English)")),
                ("next_ko", models.CharField(max_length=200, verbose_name="first thing to check (Korean)")),
                ("next_en", models.CharField(max_length=250, verbose_name="first thing to check (English)")),
                (
                    "source",
                    models.CharField(
                        help_text="Where the text and its codes were read.", max_length=250, verbose_name="source"
                    ),
                ),
                ("url", codes.fields.HttpsURLField(blank=True, max_length=300, verbose_name="address")),
                (
                    "checked_on",
                    models.DateField(
                        blank=True,
                        help_text="The day on which somebody last compared the entry with its source.",
                        null=True,
                        verbose_name="last checked",
                    ),
                ),
                (
                    "outdated_translations",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="outdated translations"),
                ),
            ],
            options={
                "verbose_name": "error text",
                "verbose_name_plural": "error texts",
                "ordering": ["product", "position", "slug"],
            },
        ),
        migrations.CreateModel(
            name="ErrorTextCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "position",
                    codes.fields.PositionField(
                        default=1, help_text="1 is the most common code.", verbose_name="position"
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="error_text_links",
                        to="codes.statuscode",
                        verbose_name="status code",
                    ),
                ),
                (
                    "error_text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="code_links",
                        to="codes.errortext",
                        verbose_name="error text",
                    ),
                ),
            ],
            options={
                "verbose_name": "code",
                "verbose_name_plural": "codes",
                "ordering": ["position", "code"],
            },
        ),
        migrations.AddConstraint(
            model_name="errortextcode",
            constraint=models.UniqueConstraint(fields=("error_text", "code"), name="code_once_an_error_text"),
        ),
        migrations.AddConstraint(
            model_name="errortext",
            constraint=models.UniqueConstraint(fields=("product", "text"), name="error_text_once_a_product"),
        ),
        migrations.AddConstraint(
            model_name="errortext",
            constraint=models.CheckConstraint(
                condition=models.Q(("url", ""), ("url__istartswith", "https://"), _connector="OR"),
                name="error_text_is_https",
            ),
        ),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
