"""Who writes actors, facilities and units writes their identifiers, too."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ["actoridentifier", "facilityidentifier", "unitidentifier"]


def let_roles(apps, schema_editor):
    for app in ("sources", "strikes"):
        create_permissions(installed.get_app_config(app), apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    every = Permission.objects.filter(content_type__model__in=MODELS)
    for group in Group.objects.filter(name__in=["contributor", "editor"]):
        group.permissions.add(*every)
    Group.objects.get(name="administrator").permissions.add(*every.filter(codename__startswith="view_"))


class Migration(migrations.Migration):
    dependencies = [("strikes", "0014_identifiers"), ("sources", "0005_identifiers")]

    operations = [migrations.RunPython(let_roles, migrations.RunPython.noop)]
