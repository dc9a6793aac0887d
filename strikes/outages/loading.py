"""Reading the record for outages: the claims about units and facilities, who operated them, and what they can do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import OuterRef, Prefetch, Q, Subquery

from record.limits import TooMuch
from record.models import AsOf
from strikes.choices import PartyRole, Polarity, Topic
from strikes.disputes.states import SUPERSEDING, retracted_reports, side_of
from strikes.models import (
    Capacity,
    Claim,
    ClaimOrigin,
    ClaimRelation,
    DamageEstimate,
    Facility,
    Party,
    Proposition,
    Unit,
)
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.grouping import GroupedStatements, group_statements
from strikes.outages.statements import OutageClaim, Statement, Subject, statements_of, subject_of

MOST_OUTAGE_CLAIMS = 5_000
"""Claims that one answer about outages weighs; beyond that it is refused."""

Term = tuple[dt.date | None, dt.date | None]
"""From which to which day; null where it is open."""


@dataclass(frozen=True)
class CanonicalKeys:
    """Units and facilities that were merged away, each with the key of what stands for it."""

    units: dict[int, int]
    facilities: dict[int, int]

    @classmethod
    def at(cls, as_of: AsOf) -> Self:
        return cls(Unit.objects.canonical_keys(as_of), Facility.objects.canonical_keys(as_of))

    def facility(self, key: int) -> int:
        return self.facilities.get(key, key)

    def subject(self, subject: Subject) -> Subject:
        kind, key = subject
        return kind, self.units.get(key, key) if kind == "unit" else self.facility(key)


def load_statements(
    units: Q, facilities: Q, as_of: AsOf, canonical: CanonicalKeys, narrow_by: str
) -> GroupedStatements:
    """What is said of outages of some units and facilities, at a point in time. Five queries, bounded work.

    ``narrow_by`` is the parameter to narrow it by, where there is too much.
    """
    statements: list[Statement] = []
    denials = []
    for outage_claim in on_current_side(load_claims(units, facilities, as_of, narrow_by), as_of):
        proposition = outage_claim.claim.proposition
        if outage_claim.claim.polarity == Polarity.POSITIVE:
            for statement in statements_of(outage_claim):
                statements.append(replace(statement, subject=canonical.subject(statement.subject)))
        elif proposition.topic == Topic.OPERATIONS_HALTED:
            subject = subject_of(proposition)
            if subject is not None:
                denials.append((canonical.subject(subject), outage_claim.claim))
    return group_statements(statements, denials)


def load_claims(units: Q, facilities: Q, as_of: AsOf, narrow_by: str) -> list[OutageClaim]:
    """The claims for and against outages of some units and facilities, in the order in which they became known."""
    of_units = Unit.objects.filter(units).values("pk")
    of_facilities = Facility.objects.filter(facilities).values("pk")
    without_subject = {f"proposition__{subject}": None for subject in ("unit", "facility", "actor", "region")}
    about_them = Claim.objects.published(as_of).filter(
        Q(proposition__unit__in=of_units)
        | Q(proposition__facility__in=of_facilities)
        | Q(proposition__strike__facility__in=of_facilities, **without_subject),
        proposition__topic__in=[Topic.OPERATIONS_HALTED, Topic.RECOVERY, Topic.CAPACITY, Topic.DAMAGE],
    )
    origin = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk")).values("key")[:1]
    estimates = DamageEstimate.objects.published(as_of)
    claims: list[Any] = list(  # with the attributes that are annotated and prefetched here
        about_them.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .exclude(report__in=retracted_reports(as_of))
        .select_related("actor", "report__source")
        .select_related(*with_prefix("proposition", "strike__facility", *SUBJECTS))
        .annotate(origin_key=Subquery(origin))
        .prefetch_related(Prefetch("damage_estimates", estimates, to_attr="public_estimates"))
        .order_by("known_at", "public_id")[: MOST_OUTAGE_CLAIMS + 1]
    )
    if len(claims) > MOST_OUTAGE_CLAIMS:
        raise TooMuch(narrow_by, f"More than {MOST_OUTAGE_CLAIMS:,} claims to weigh: narrow it.")
    return [OutageClaim(claim, claim.origin_key, claim.public_estimates) for claim in claims]


def on_current_side(outage_claims: Sequence[OutageClaim], as_of: AsOf) -> list[OutageClaim]:
    """The claims that their origins still stand by: an origin has one side of a proposition, its newest."""
    canonical = Proposition.objects.canonical_keys(as_of)
    by_origin: dict[tuple[int, str], list[Claim]] = defaultdict(list)
    for outage_claim in outage_claims:
        proposition = outage_claim.claim.proposition_id
        key = canonical.get(proposition, proposition), outage_claim.origin_key
        by_origin[key].append(outage_claim.claim)
    # Only where an origin has spoken for both sides can an update of its own decide.
    torn = [
        claim
        for claims in by_origin.values()
        if len({claim.polarity for claim in claims}) > 1
        for claim in claims
    ]
    updates = set(
        ClaimRelation.objects.published(as_of)
        .filter(kind__in=SUPERSEDING, other__public_id__in=[claim.lineage for claim in torn])
        .values_list("claim__public_id", "other__public_id")
    )
    standing = set()
    for claims in by_origin.values():
        side = side_of(claims, updates)
        standing |= {claim.pk for claim in claims if claim.polarity == side}
    return [outage_claim for outage_claim in outage_claims if outage_claim.claim.pk in standing]


@dataclass(frozen=True)
class Operators:
    """Who operates each facility, from when until when."""

    terms: dict[int, list[tuple[str, dt.date | None, dt.date | None]]]

    def on(self, facility: int, day: dt.date) -> set[str]:
        """The ids of whoever operated a facility on a day, as far as is known."""
        return {
            actor
            for actor, since, until in self.terms.get(facility, ())
            if (since is None or since <= day) and (until is None or day <= until)
        }


def operators_of(facilities: Q, as_of: AsOf, canonical: CanonicalKeys) -> Operators:
    terms: dict[int, list[tuple[str, dt.date | None, dt.date | None]]] = defaultdict(list)
    parties = Party.objects.published(as_of).filter(
        facility__in=Facility.objects.filter(facilities), role=PartyRole.OPERATOR
    )
    for facility, actor, since, until in parties.values_list(
        "facility", "actor__public_id", "since", "until"
    ):
        terms[canonical.facility(facility)].append((actor, since, until))
    return Operators(terms)


def terms_of_operators(
    actors: set[int], facilities: set[int], as_of: AsOf, canonical: CanonicalKeys
) -> dict[int, list[Term]]:
    """From which to which day some actors operated each facility."""
    terms: dict[int, list[Term]] = defaultdict(list)
    parties = Party.objects.published(as_of).filter(
        facility__in=facilities, role=PartyRole.OPERATOR, actor__in=actors
    )
    for facility, since, until in parties.values_list("facility", "since", "until"):
        terms[canonical.facility(facility)].append((since, until))
    return terms


def capacities_of(
    units: Q, facilities: Q, as_of: AsOf, canonical: CanonicalKeys
) -> dict[Subject, list[Capacity]]:
    """What reports say some units and facilities can do, the newest report first."""
    capacities = Capacity.objects.published(as_of).filter(
        Q(unit__in=Unit.objects.filter(units))
        | Q(unit=None, facility__in=Facility.objects.filter(facilities))
    )
    by_subject: dict[Subject, list[Capacity]] = defaultdict(list)
    for capacity in capacities.select_related(
        "report__source", "facility", "unit__facility", "actor", "published_rev"
    ).order_by("-report__issued_latest", "public_id"):
        subject = ("unit", capacity.unit_id) if capacity.unit_id else ("facility", capacity.facility_id)
        by_subject[canonical.subject(subject)].append(capacity)
    return by_subject
