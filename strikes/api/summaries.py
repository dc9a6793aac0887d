"""A strike in short: how much is said of it, on whose word, and how it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from record.models import AsOf, end_of
from sources.models import Report
from strikes.api.accounts import FOR
from strikes.choices import Dispute, Metric, NotCounted, Polarity, Stance, StrikeKind, Topic
from strikes.disputes.ranking import importance
from strikes.disputes.standing import standings
from strikes.disputes.states import states_of, tallies_known_by
from strikes.models import Claim, ClaimOrigin, DamageEstimate, Facility, Proposition, PropositionState, Strike
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.reckoning import Offline, reckonings

SUMMARY_METRICS = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED)
"""Numbers that a strike in short gives; the outages of a timeline also read cuts of output."""


class Point(NamedTuple):
    """A point at issue about a strike, with the keys of its subject."""

    key: int
    strike: int
    public_id: str
    topic: str
    facility: int | None
    unit: int | None
    actor: int | None
    region: int | None


@dataclass(frozen=True)
class MainPoint:
    """What a reader asks first of a strike, and how it stands."""

    point: Point
    state: PropositionState


@dataclass
class Summary:
    """How much was said of a strike, on whose word, and how it stands."""

    claims: int = 0
    documents: int = 0
    origins: int = 0
    origins_forecasting: int = 0
    propositions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Dispute.values, 0))
    capacity_offline: list[Offline] = field(default_factory=list)
    main_point: MainPoint | None = None


def summaries(strikes: Sequence[Strike], as_of: AsOf) -> dict[int, Summary]:
    """Each strike in short, as of a point in time. A fixed number of queries."""
    summary_of = {strike.pk: Summary() for strike in strikes}
    canonical = {
        loser: root for loser, root in Strike.objects.canonical_keys(as_of).items() if root in summary_of
    }
    claims = (
        Claim.objects.published(as_of)
        .filter(proposition__strike__in=[*summary_of, *canonical])
        .annotate(event=end_of("proposition__strike", canonical))
    )
    pages = Count("report", distinct=True, filter=Report.known_condition(as_of, "report__"))
    counts = claims.order_by().values_list("event").annotate(Count("pk"), documents=pages)
    for strike, claim_count, documents in counts:
        summary_of[strike].claims, summary_of[strike].documents = claim_count, documents
    propositions = Proposition.objects.published(as_of).filter(strike__in=[*summary_of, *canonical])
    columns = ("pk", "event", "public_id", "topic", "facility", "unit", "actor", "region")
    rows = propositions.annotate(event=end_of("strike", canonical)).values_list(*columns)
    points = {point.key: point for point in map(Point._make, rows)}
    states = states_of(propositions, as_of)
    for pk, state in states.items():
        summary_of[points[pk].strike].propositions[state.state] += 1
    strike_of = {pk: point.strike for pk, point in points.items()}
    for strike, keys in _origins_by_strike(propositions, strike_of, as_of).items():
        summary_of[strike].origins = len(keys[Polarity.POSITIVE] | keys[Polarity.NEGATIVE])
        summary_of[strike].origins_forecasting = len(keys[Polarity.FORECAST])
    for strike, capacity_offline in _offline_by_strike(summary_of, canonical, as_of).items():
        summary_of[strike].capacity_offline = capacity_offline
    for strike, main_point in main_points(strikes, points.values(), states, as_of).items():
        summary_of[strike].main_point = main_point
    return summary_of


KeysBySide = dict[Polarity, set[str]]


def _origins_by_strike(
    propositions: QuerySet[Proposition], strike_of: Mapping[int, int], as_of: AsOf
) -> dict[int, KeysBySide]:
    """The independent origins on each side of anything about each strike."""
    keys: dict[int, KeysBySide] = defaultdict(lambda: defaultdict(set))
    if as_of.known is not None:
        for proposition, tally in tallies_known_by(propositions, as_of).items():
            for side, of_side in tally.keys_by_side.items():
                keys[strike_of[proposition]][side] |= of_side
        return keys
    canonical = Proposition.objects.canonical_keys(as_of)
    origins = ClaimOrigin.objects.current(as_of.revision).standing()
    rows = origins.filter(
        Q(claim__proposition__in=propositions.values("pk")) | Q(claim__proposition__in=list(canonical))
    )
    for proposition, stance, key in (
        rows.order_by().values_list("claim__proposition", "claim__stance", "key").distinct()
    ):
        strike = strike_of.get(canonical.get(proposition, proposition))
        if strike is not None:
            keys[strike][Stance(stance).polarity].add(key)
    return keys


def _offline_by_strike(
    strikes: Collection[int], canonical: Mapping[int, int], as_of: AsOf
) -> dict[int, list[Offline]]:
    numbers = (
        DamageEstimate.objects.published(as_of)
        .filter(
            metric__in=SUMMARY_METRICS,
            claim__proposition__strike__in=[*strikes, *canonical],
            claim__stance__in=FOR,
        )
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")
    )
    standing_of = standings({number.claim_id for number in numbers}, as_of)
    by_strike: dict[int, list[DamageEstimate]] = defaultdict(list)
    for number in numbers:
        if standing_of[number.claim_id].not_counted_because == NotCounted.RETRACTED:
            continue
        strike = number.claim.proposition.strike_id
        assert strike is not None  # the filter asks for one
        by_strike[canonical.get(strike, strike)].append(number)
    return {strike: reckonings(group) for strike, group in by_strike.items()}


# The main point -----------------------------------------------------------------------------------------


def main_points(
    strikes: Iterable[Strike], points: Iterable[Point], states: Mapping[int, PropositionState], as_of: AsOf
) -> dict[int, MainPoint]:
    """Of each strike that has one: whether its facility was hit or, if nobody spoke to that, whether it took place."""
    candidates: dict[int, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        candidates[point.strike][point.topic].append(point)
    strike_of = {strike.pk: strike for strike in strikes}
    # Only where facilities differ does it matter which were merged: mostly this asks nothing.
    differ = any(
        point.facility not in (None, strike_of[key].facility_id)
        for key, by_topic in candidates.items()
        for point in by_topic[Topic.FACILITY_HIT]
    )
    canonical = Facility.objects.canonical_keys(as_of) if differ else {}
    main_point_of = {}
    for key, by_topic in candidates.items():
        hit = [p for p in by_topic[Topic.FACILITY_HIT] if is_about_site(p, strike_of[key], canonical)]
        if main := hit or by_topic[Topic.OCCURRENCE]:
            first = min(main, key=lambda point: importance(states[point.key], point.topic, point.public_id))
            main_point_of[key] = MainPoint(first, states[first.key])
    return main_point_of


def is_about_site(point: Point, strike: Strike, canonical: Mapping[int, int]) -> bool:
    """Whether a point is about the facility of a strike, or names no subject where the strike is at one site."""
    if point.facility is not None:
        own = strike.facility_id
        return own is not None and canonical.get(own, own) == canonical.get(point.facility, point.facility)
    has_subject = point.unit is not None or point.actor is not None or point.region is not None
    # To deny that a unit was hit denies nothing of the facility. decisions.md D76
    return not has_subject and strike.kind != StrikeKind.WAVE
