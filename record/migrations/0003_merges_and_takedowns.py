"""Doors for merges and takedowns; and each change gets its place among those of its revision."""

from itertools import groupby

from django.db import migrations, models


def number_changes(apps, schema_editor):
    Change = apps.get_model("record", "Change")
    numbered = []
    changes = Change.objects.order_by("revision", "pk").only("revision", "position")
    for _, lines in groupby(changes.iterator(), key=lambda change: change.revision_id):
        for position, change in enumerate(lines):
            if position:
                change.position = position
                numbered.append(change)
    Change.objects.bulk_update(numbered, ["position"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("record", "0002_doors_as_permissions")]

    operations = [
        migrations.AlterModelOptions(
            name="ledger",
            options={
                "permissions": [
                    ("publish_rows", "Can put drafts on the record"),
                    ("amend_rows", "Can amend what is on the record"),
                    ("correct_rows", "Can correct what is on the record"),
                    ("withdraw_rows", "Can withdraw what is on the record"),
                    ("merge_rows", "Can merge what is on the record, and undo it"),
                    ("takedown_rows", "Can take down what is or was on the record"),
                ],
                "verbose_name_plural": "ledger",
            },
        ),
        migrations.AddField(
            model_name="change",
            name="position",
            field=models.PositiveIntegerField(
                default=0, help_text="Its place among the changes of the revision, counted from 0."
            ),
        ),
        migrations.RunPython(number_changes, migrations.RunPython.noop),
        migrations.AlterModelOptions(name="change", options={"ordering": ["revision", "position"]}),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(
                fields=("revision", "position"), name="change_has_its_own_position"
            ),
        ),
    ]
