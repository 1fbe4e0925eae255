"""Finer codes of products; who may edit vendor meanings may edit them too."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import codes.fields

ACTIONS = ("view", "add", "change", "delete")


def grant(apps, schema_editor):
    """Give each permission for products' codes to the groups and users that have the one for vendor meanings."""
    permissions = apps.get_model("auth", "Permission").objects
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="codes", model="productcode"
    )
    for action in ACTIONS:
        similar = permissions.filter(content_type__app_label="codes", codename=f"{action}_vendormeaning").first()
        if similar:
            permission, _created = permissions.get_or_create(
                content_type=content_type,
                codename=f"{action}_productcode",
                defaults={"name": f"Can {action} product's code"},
            )
            permission.group_set.add(*similar.group_set.all())
            permission.user_set.add(*similar.user_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0010_response_rules"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", codes.fields.PositionField(default=1, verbose_name="position")),
                (
                    "product",
                    models.CharField(
                        choices=[
                            ("iis", "IIS"),
                            ("proxy-status", "Proxy-Status"),
                            ("grpc", "gRPC"),
                            ("cloudflare", "Cloudflare"),
                            ("envoy", "Envoy"),
                            ("haproxy", "HAProxy"),
                            ("heroku", "Heroku"),
                        ],
                        max_length=20,
                        verbose_name="product",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="As the product writes it: 403.14, H12.", max_length=60, verbose_name="product's code"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        blank=True,
                        choices=[("to-http", "gRPC → HTTP"), ("from-http", "HTTP → gRPC")],
                        help_text="Only for gRPC.",
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                (
                    "phrase",
                    models.CharField(
                        blank=True, help_text="The product's own words.", max_length=80, verbose_name="phrase"
                    ),
                ),
                ("meaning_ko", models.CharField(max_length=120, verbose_name="meaning (Korean)")),
                ("meaning_en", models.CharField(blank=True, max_length=160, verbose_name="meaning (English)")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("documented", "Documented"),
                            ("likely", "Likely"),
                            ("reported", "Reported, not documented"),
                        ],
                        default="documented",
                        max_length=10,
                        verbose_name="status code is",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("url", codes.fields.HttpsURLField(max_length=300, verbose_name="address")),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_codes",
                        to="codes.statuscode",
                        verbose_name="status code",
                    ),
                ),
            ],
            options={
                "verbose_name": "product's code",
                "verbose_name_plural": "products' codes",
                "ordering": ["position", "product", "value"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "product", "value", "direction"), name="product_code_once_a_direction"
                    ),
                    models.CheckConstraint(condition=Q(url__istartswith="https://"), name="product_code_is_https"),
                    models.CheckConstraint(
                        condition=Q(product="grpc") & ~Q(direction="") | ~Q(product="grpc") & Q(direction=""),
                        name="only_grpc_has_directions",
                    ),
                ],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
