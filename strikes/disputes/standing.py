"""How claims stand at a point in time: on whose word they rest, and whether they count."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from record.models import AsOf
from strikes.choices import NotCounted
from strikes.disputes.states import tallies_known_by
from strikes.disputes.voices import in_batches
from strikes.models import Claim, ClaimOrigin, Proposition


@dataclass(frozen=True)
class Standing:
    """How one claim stands."""

    key: str
    """The id of the actor on whose word it rests."""
    voice: str
    """The id of the actor whose side it takes."""
    not_counted_because: str | None
    retracted_through: int | None
    """The key of the report whose publisher took it back."""

    @property
    def counts(self) -> bool:
        return self.not_counted_because is None

    @property
    def is_current(self) -> bool:
        """Whether its speaker still stands by it, whether or not it counts."""
        return self.not_counted_because not in (NotCounted.RETRACTED, NotCounted.OUTDATED, NotCounted.NEUTRAL)


def standings(claims: Collection[int], as_of: AsOf) -> dict[int, Standing]:
    """How these claims stand: as it is kept or, as of what was known, weighed with the others on their points."""
    if as_of.known is not None:
        return {key: standing for key, standing in _known_by(claims, as_of).items() if key in claims}
    found: dict[int, Standing] = {}
    kept = ClaimOrigin.objects.current(as_of.revision)
    columns = ("claim", "key", "voice", "not_counted_because", "retracted_through")
    for batch in in_batches(sorted(claims)):
        for claim, *standing in kept.filter(claim__in=batch).values_list(*columns):
            found[claim] = Standing(*standing)
    return found


def _known_by(claims: Collection[int], as_of: AsOf) -> dict[int, Standing]:
    canonical = Proposition.objects.canonical_keys(as_of)
    rows = Claim.objects.filter(pk__in=claims).values_list("proposition", flat=True)
    points = {canonical.get(key, key) for key in rows.distinct()}
    tallies = tallies_known_by(Proposition.objects.filter(pk__in=points), as_of)
    return {
        claim.claim: Standing(
            claim.key,
            claim.voice,
            claim.not_counted_because,
            claim.retracted_through and claim.retracted_through.report,
        )
        for tally in tallies.values()
        for claim in tally.claims
    }
