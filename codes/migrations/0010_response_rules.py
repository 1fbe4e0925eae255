"""Turn the header rules into rules about responses, and add those of a class and of every response.

The table of header rules keeps its name and gets columns with defaults, so the release before runs on it. What is
stored as data follows: snapshots of entries and permissions name the model.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import codes.fields

LEVELS = [
    ("must", "must"),
    ("must-not", "must not"),
    ("should", "should"),
    ("should-not", "should not"),
    ("may", "may"),
]
TOPICS = [
    ("field", "header field"),
    ("fields", "other header fields"),
    ("content", "content"),
    ("caching", "caching"),
    ("use", "use of the code"),
    ("request", "request"),
    ("version", "HTTP version"),
    ("sender", "sender"),
    ("client", "client"),
    ("sequence", "order of responses"),
    ("number", "number"),
]
CHECK_NEEDS = [
    ("response", "the response"),
    ("request", "the request too"),
    ("comparison", "a 200 to the same request"),
    ("version", "the HTTP version"),
    ("knowledge", "knowledge of the server"),
    ("cache", "a look at the cache"),
    ("client", "a look at the client"),
    ("exchange", "the whole exchange"),
]
BASES = [("ought", "worded “ought to”"), ("none", "stated without a keyword")]
ADMINISTRATORS = "관리자"
ACTIONS = ["add", "change", "delete", "view"]
NEW_MODELS = {"categoryrule": "rule of a class", "ruleset": "rule set", "generalrule": "general rule"}


def new_fields():
    """Return by name the fields that every rule has and a header rule had not."""
    return {
        "topic": models.CharField("about", max_length=10, choices=TOPICS, default="field", db_default="field"),
        "condition_ko": models.CharField("condition (Korean)", max_length=160, blank=True, default="", db_default=""),
        "condition_en": models.CharField("condition (English)", max_length=200, blank=True, default="", db_default=""),
        "second_source": codes.fields.CitationField("second section", default="", db_default=""),
        "check_needs": models.CharField(
            "needed for a check", max_length=10, choices=CHECK_NEEDS, default="response", db_default="response"
        ),
        "basis": models.CharField(
            "wording of the level",
            max_length=10,
            choices=BASES,
            blank=True,
            default="",
            db_default="",
            help_text="Empty if the section has the keyword itself, such as MUST.",
        ),
    }


def changed_fields():
    """Return by name the fields of a header rule that take more than they did."""
    return {
        "level": models.CharField("level", max_length=10, choices=LEVELS),
        "header": models.CharField(
            "header field", max_length=60, blank=True, help_text="Only for a rule about one header field."
        ),
    }


def rule_fields(parent, model, label):
    """Return the fields of a new kind of rule."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("position", codes.fields.PositionField()),
        *changed_fields().items(),
        *new_fields().items(),
        ("note_ko", models.CharField("note (Korean)", max_length=120, blank=True)),
        ("note_en", models.CharField("note (English)", max_length=160, blank=True)),
        ("source", codes.fields.CitationField("section")),
        (
            parent,
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to=f"codes.{model}",
                verbose_name=label,
            ),
        ),
    ]


def constraints(parent):
    return [
        models.UniqueConstraint(
            fields=[parent, "topic", "header", "level", "source", "check_needs"], name=f"rule_once_a_{parent}"
        ),
        models.CheckConstraint(
            condition=Q(header="") | Q(topic="field"),
            name=f"{parent}_rule_names_a_field_if_about_one",
            violation_error_message="Only a rule about one header field names one.",
        ),
    ]


def rename_in_snapshots(apps, old, new):
    snapshots = apps.get_model("codes", "EntrySnapshot").objects
    for snapshot in snapshots.exclude(data__isnull=True).iterator():
        data = [item | {"model": new if item["model"] == old else item["model"]} for item in snapshot.data]
        if data != snapshot.data:
            snapshots.filter(pk=snapshot.pk).update(data=data)


def rename_permissions(apps, old, new, name):
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="codes")
    for action in ACTIONS:
        permissions.filter(codename=f"{action}_{old}").update(codename=f"{action}_{new}", name=f"Can {action} {name}")


def grant_new_permissions(apps):
    """Let administrators edit the new kinds: the groups get their permissions only when they are created."""
    group = apps.get_model("auth", "Group").objects.filter(name=ADMINISTRATORS).first()
    if group is None:
        return
    for model, name in NEW_MODELS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="codes", model=model
        )
        for action in ACTIONS:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {name}"}
            )
            group.permissions.add(permission)


def forwards(apps, schema_editor):
    rename_in_snapshots(apps, "codes.headerrule", "codes.responserule")
    rename_permissions(apps, "headerrule", "responserule", "response rule")
    grant_new_permissions(apps)


def backwards(apps, schema_editor):
    rename_in_snapshots(apps, "codes.responserule", "codes.headerrule")
    rename_permissions(apps, "responserule", "headerrule", "header rule")


def keep_header_rules(apps, schema_editor):
    """Remove the rules that a header rule cannot hold: of a header field of a code there is one, and no prohibition."""
    rules = apps.get_model("codes", "ResponseRule").objects
    rules.exclude(topic="field", level__in=["must", "should", "may"]).delete()
    kept = set()
    for rule in rules.order_by("code", "position"):
        if (rule.code_id, rule.header) in kept:
            rule.delete()
        kept.add((rule.code_id, rule.header))


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0009_plain_names"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RemoveConstraint("headerrule", "header_rule_once_a_code"),
        migrations.AlterModelTable("headerrule", "codes_headerrule"),
        migrations.RenameModel("HeaderRule", "ResponseRule"),
        migrations.AlterModelOptions(
            "responserule",
            {
                "ordering": ["position", "header", "pk"],
                "verbose_name": "response rule",
                "verbose_name_plural": "response rules",
            },
        ),
        migrations.AlterField(
            "responserule",
            "code",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="codes.statuscode",
                verbose_name="status code",
            ),
        ),
        *[migrations.AlterField("responserule", name, field) for name, field in changed_fields().items()],
        *[migrations.AddField("responserule", name, field) for name, field in new_fields().items()],
        *[migrations.AddConstraint("responserule", constraint) for constraint in constraints("code")],
        migrations.CreateModel(
            "CategoryRule",
            rule_fields("category", "category", "class"),
            {
                "ordering": ["position", "header", "pk"],
                "abstract": False,
                "verbose_name": "rule of a class",
                "verbose_name_plural": "rules of a class",
                "constraints": constraints("category"),
            },
        ),
        migrations.CreateModel(
            "RuleSet",
            [
                ("lock_version", models.PositiveIntegerField(db_column="version", default=0, editable=False)),
                ("slug", models.SlugField("slug", max_length=20, primary_key=True, serialize=False)),
                ("name_ko", models.CharField("Korean name", max_length=60)),
                ("name_en", models.CharField("English name", max_length=60)),
                ("summary_ko", models.CharField("Korean summary", max_length=120)),
                ("summary_en", models.CharField("English summary", max_length=200)),
            ],
            {"ordering": ["slug"], "verbose_name": "rule set", "verbose_name_plural": "rule sets"},
        ),
        migrations.CreateModel(
            "GeneralRule",
            rule_fields("rule_set", "ruleset", "rule set"),
            {
                "ordering": ["position", "header", "pk"],
                "abstract": False,
                "verbose_name": "general rule",
                "verbose_name_plural": "general rules",
                "constraints": constraints("rule_set"),
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, keep_header_rules),
        migrations.RunPython(forwards, backwards),
    ]
