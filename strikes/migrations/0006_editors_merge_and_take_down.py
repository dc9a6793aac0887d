"""An editor merges rows and takes rows down, too."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_editors(apps, schema_editor):
    create_permissions(installed.get_app_config("record"), apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    doors = Permission.objects.filter(
        content_type__app_label="record", codename__in=["merge_rows", "takedown_rows"]
    )
    Group.objects.get(name="editor").permissions.add(*doors)


class Migration(migrations.Migration):
    dependencies = [("strikes", "0005_known_at"), ("record", "0003_merges_and_takedowns")]

    operations = [migrations.RunPython(let_editors, migrations.RunPython.noop)]
