"""manage.py check_record: recompute what the record keeps and say where it differs."""

from django.core.management.base import BaseCommand, CommandError

from record.audit import discrepancies
from record.models import Ledger


class Command(BaseCommand):
    help = (
        "Checks that the ledger has no gaps, that public rows rest on public rows, that rules which "
        "span rows hold, and that kept origins and dispute states equal a new computation."
    )

    def handle(self, *args: object, **options: object) -> None:
        count = 0
        for sentence in discrepancies():
            count += 1
            self.stderr.write(sentence)
        if count:
            raise CommandError(f"{count} discrepancies.")
        self.stdout.write(f"The record holds at revision {Ledger.head().n}.")
