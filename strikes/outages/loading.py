"""Reading the record for outages: the claims about units and facilities, who operated them, and what they can do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import Prefetch, Q

from record.limits import TooMuch
from record.models import AsOf
from strikes.choices import PartyRole, Polarity, Topic
from strikes.disputes.standing import standings
from strikes.models import Capacity, Claim, DamageEstimate, Facility, Party, Unit
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.grouping import GroupedStatements, group_statements
from strikes.outages.statements import (
    RETURNS,
    EndKind,
    OutageClaim,
    Statement,
    Subject,
    statements_of,
    subject_of,
)

MOST_OUTAGE_CLAIMS = 5_000
"""Claims that one answer about outages weighs; beyond that it is refused."""

FULL_RETURN = Q(proposition__topic=Topic.FULL_RECOVERY)
"""What is said of a plant that is also said of its units."""

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
    """What is said of outages of some units and facilities, at a point in time. Seven queries, bounded work.

    ``narrow_by`` is the parameter to narrow it by, where there is too much.
    """
    statements: list[Statement] = []
    denials = []
    facility_of_unit: dict[Subject, Subject] = {}
    for outage_claim in load_claims(units, facilities, as_of, canonical, narrow_by):
        proposition = outage_claim.claim.proposition
        if outage_claim.claim.polarity in (Polarity.POSITIVE, Polarity.FORECAST):
            for statement in statements_of(outage_claim):
                statements.append(replace(statement, subject=canonical.subject(statement.subject)))
            if proposition.unit is not None:
                unit = canonical.subject(("unit", proposition.unit.pk))
                facility_of_unit[unit] = canonical.subject(("facility", proposition.unit.facility_id))
        elif proposition.topic == Topic.OPERATIONS_HALTED:
            subject = subject_of(proposition)
            if subject is not None:
                denials.append((canonical.subject(subject), outage_claim.claim))
    asked_for = {
        canonical.facility(key) for key in Facility.objects.filter(facilities).values_list("pk", flat=True)
    }
    shown = [s for s in statements if s.subject[0] == "unit" or s.subject[1] in asked_for]
    return group_statements([*shown, *returns_of_plants(statements, facility_of_unit)], denials)


def returns_of_plants(
    statements: Iterable[Statement], facility_of_unit: dict[Subject, Subject]
) -> Iterator[Statement]:
    """The full return of a plant, said of each of its units of which anything was said. All units halted do not halt
    the plant, and the plant's return at whatever load brings back no unit."""
    returns = defaultdict(list)
    for statement in statements:
        if statement.is_full and statement.end_kind == EndKind.FACT:
            returns[statement.subject].append(statement)
    for unit, facility in facility_of_unit.items():
        for statement in returns[facility]:
            yield replace(statement, subject=unit, numbers=(), through_facility=True)


def load_claims(
    units: Q, facilities: Q, as_of: AsOf, canonical: CanonicalKeys, narrow_by: str
) -> list[OutageClaim]:
    """What is said for and against outages of some units and facilities, in the order in which it became known.

    Only what its speakers still stand by: one voice has one side of a proposition, its newest.
    """
    of_units = Unit.objects.filter(units).values("pk")
    of_facilities = Facility.objects.filter(facilities).values("pk")
    without_subject = {f"proposition__{subject}": None for subject in ("unit", "facility", "actor", "region")}
    plants = {
        canonical.facility(key) for key in Unit.objects.filter(units).values_list("facility", flat=True)
    }
    of_plants = plants | {key for key, survivor in canonical.facilities.items() if survivor in plants}
    about_them = Claim.objects.published(as_of).filter(
        Q(proposition__unit__in=of_units)
        | Q(proposition__facility__in=of_facilities)
        | Q(proposition__strike__facility__in=of_facilities, **without_subject)
        | Q(FULL_RETURN, proposition__facility__in=of_plants)
        | Q(FULL_RETURN, proposition__strike__facility__in=of_plants, **without_subject),
        proposition__topic__in=[Topic.OPERATIONS_HALTED, *RETURNS, Topic.CAPACITY, Topic.DAMAGE],
    )
    estimates = DamageEstimate.objects.published(as_of)
    claims: list[Any] = list(  # with the attributes that are annotated and prefetched here
        about_them.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.FORECAST)
        .select_related("actor", "report__source")
        .select_related(*with_prefix("proposition", "strike__facility", *SUBJECTS))
        .prefetch_related(Prefetch("damage_estimates", estimates, to_attr="public_estimates"))
        .order_by("known_at", "public_id")[: MOST_OUTAGE_CLAIMS + 1]
    )
    if len(claims) > MOST_OUTAGE_CLAIMS:
        raise TooMuch(narrow_by, f"More than {MOST_OUTAGE_CLAIMS:,} claims to weigh: narrow it.")
    for claim in claims:
        claim.compare_with_report(as_of)
    standing_of = standings({claim.pk for claim in claims}, as_of)
    return [
        OutageClaim(claim, standing_of[claim.pk].voice, claim.public_estimates)
        for claim in claims
        if standing_of[claim.pk].is_current
    ]


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
