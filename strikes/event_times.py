"""Where claims stand among all events: brought up to date when a claim, its strike's time or its report's changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from record.models import Recorded, Revision
from sources.models import Report
from strikes.disputes.voices import in_batches
from strikes.models import Claim, Strike

BEARING = ((Claim, "pk"), (Strike, "proposition__strike"), (Report, "report"))
"""What tells where a claim stands, and how a claim leads to it."""


def place_among_events() -> Coalesce:
    """The claim's own time of the event, else its strike's, else when it was said (decisions.md D82)."""
    of_strike = Strike.objects.filter(propositions=OuterRef("proposition")).values("earliest")
    return Coalesce(F("event_earliest"), F("event_latest"), Subquery(of_strike), F("sort_at"))


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Put the claims in their places that a revision has touched, or whose strikes or reports."""
    for model, path in BEARING:
        keys = sorted(row.pk for row in touched if isinstance(row, model))
        for batch in in_batches(keys):
            Claim.objects.cited().filter(Q(**{f"{path}__in": batch})).update(when_at=place_among_events())


def discrepancies() -> Iterator[str]:
    misplaced = Claim.objects.cited().annotate(place=place_among_events()).exclude(when_at=F("place"))
    for public_id in misplaced.values_list("public_id", flat=True):
        yield f"claims/{public_id}: it does not stand where the time of its event puts it."
