"""Who may do what: three groups. A contributor makes drafts, an editor decides what is public and grades,
an administrator keeps the accounts."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

RECORD = ("record", "sources", "strikes")
KEPT_BY_THE_DOORS = {"propositionstate", "claimorigin"}


def make_roles(apps, schema_editor):
    for app in (*RECORD, "auth", "admin", "contenttypes"):
        create_permissions(installed.get_app_config(app), apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    viewing, writing, grading, doors, accounts = [], [], [], [], []
    for permission in Permission.objects.select_related("content_type"):
        app, model = permission.content_type.app_label, permission.content_type.model
        verb = permission.codename.split("_")[0]
        if permission.codename.endswith("_rows"):
            doors.append(permission)
        elif app in RECORD and verb == "view":
            viewing.append(permission)
        elif app in ("sources", "strikes") and model not in KEPT_BY_THE_DOORS:
            (grading if model == "assessment" else writing).append(permission)
        elif model == "user" and verb != "delete" or (model, verb) in {("group", "view"), ("logentry", "view")}:
            accounts.append(permission)
    for name, allowed in {
        "contributor": [*viewing, *writing],
        "editor": [*viewing, *writing, *grading, *doors],
        "administrator": [*viewing, *accounts],
    }.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("strikes", "0003_version"),
        ("sources", "0002_version"),
        ("record", "0002_doors_as_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
