"""The full-text index of claims, by each engine's own means."""

from django.db import migrations


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX claim_words ON strikes_claim USING gin (string_to_array(search_text, ' '))"
        )
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE claim_words"
            " USING fts5(search_text, content='strikes_claim', content_rowid='id')"
        )


def drop(apps, schema_editor):
    what = "INDEX" if schema_editor.connection.vendor == "postgresql" else "TABLE"
    schema_editor.execute(f"DROP {what} claim_words")


class Migration(migrations.Migration):
    dependencies = [("strikes", "0001_initial")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
