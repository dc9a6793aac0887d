"""manage.py rebuild_snapshots: seal what rows said and say, wherever nothing is kept of it."""

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from record.models import Ledger, OnRecord, Snapshot, collections
from record.snapshots.replaying import fill_in, in_batches


class Command(BaseCommand):
    help = (
        "Makes the snapshots of rows that have none, from the rows and the amendments in the ledger, at every revision. "
        "Needed once after the upgrade that brought snapshots; `make run` calls it with --missing. It can be stopped "
        "and begun again: what is sealed stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="Only rows of which nothing is kept.")

    def handle(self, *args: object, missing: bool, **options: object) -> None:
        count = 0
        for model in collections().values():
            if missing and not self.lacks_any(model):
                continue
            for keys in in_batches(model):
                with transaction.atomic():
                    Ledger.objects.update(n=F("n"))  # nobody publishes meanwhile
                    count += fill_in(model, keys)
        if count or not missing:
            self.stdout.write(f"{count:,} snapshots sealed.")

    def lacks_any(self, model: type[OnRecord]) -> bool:
        """Whether there is a row on record of which nothing is kept."""
        kept = Snapshot.objects.filter(
            collection=model.collection,
            lineage=OuterRef(model.lineage_field),
            object_id=OuterRef("public_id"),
        )
        rows = model._default_manager.filter(published_rev__isnull=False, taken_down_rev__isnull=True)
        return rows.filter(~Exists(kept)).exists()
