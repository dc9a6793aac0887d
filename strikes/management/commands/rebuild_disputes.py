"""manage.py rebuild_disputes: work out origins and dispute states anew, of now and of every earlier revision."""

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from record.models import Ledger, Revision
from strikes.disputes.rewriting import rewrite_propositions
from strikes.models import Proposition, PropositionState


class Command(BaseCommand):
    help = (
        "Works out on whose word claims rest, whether they count and how propositions stand, now and at every earlier "
        "revision. Needed once after an upgrade that changed the rules; `make run` calls it with --missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--missing", action="store_true", help="Only the propositions of which nothing is kept."
        )

    @transaction.atomic
    def handle(self, *args: object, missing: bool, **options: object) -> None:
        Ledger.objects.update(n=F("n"))  # nobody publishes meanwhile
        newest = Revision.objects.last()
        propositions = Proposition.objects.filter(published_rev__isnull=False, taken_down_rev__isnull=True)
        if missing:
            kept = PropositionState.objects.filter(proposition=OuterRef("pk"))
            propositions = propositions.filter(~Exists(kept))
        keys = set(propositions.values_list("pk", flat=True))
        if keys and newest is not None:
            rewrite_propositions(keys, newest)
        if keys or not missing:
            self.stdout.write(f"{len(keys):,} propositions weighed anew.")
