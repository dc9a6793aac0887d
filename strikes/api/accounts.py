"""Who says what, who says otherwise, and on whose word: strikes in short, and propositions with their sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from record.models import AsOf, end_of
from sources.models import Actor
from strikes.choices import Dispute, Metric, Polarity, Stance, Topic
from strikes.disputes.states import OriginTally, dispute_tallies, retracted_reports, states_of
from strikes.models import (
    Assessment,
    Claim,
    ClaimOrigin,
    DamageEstimate,
    Facility,
    Proposition,
    PropositionState,
    Region,
    Strike,
    Unit,
)
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.reckoning import Offline, reckonings

SIDES = ("for", "against", "silent")
MOST_CLAIMS_OF_A_SIDE = 50
"""Claims of one side that an account shows; the rest are a list away."""
TOPICS = list(Topic)
Subject = Facility | Unit | Actor | Region | Strike
"""What propositions are about."""
"""In the order in which accounts are shown."""
SUMMARY_METRICS = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED)
"""Numbers that a strike in short gives; the outages of a timeline also read cuts of output."""

FOR = [stance for stance in Stance if stance.polarity == Polarity.POSITIVE]
AGAINST = [s for s in Stance if s.polarity == Polarity.NEGATIVE and s != Stance.RETRACTS]


def newest_assessments(as_of: AsOf) -> QuerySet[Assessment]:
    """Of each proposition of an outer query: its assessments, with those of what was merged into it, the one that
    counts first."""
    canonical = Proposition.objects.canonical_keys(as_of)
    assessments = Assessment.objects.published(as_of)
    of_proposition = Q(proposition=OuterRef("pk"))
    if canonical:
        assessments = assessments.annotate(point=end_of("proposition", canonical))
        of_proposition |= Q(proposition__in=list(canonical), point=OuterRef("pk"))
    return assessments.filter(of_proposition).order_by("-assessed_on", "-published_rev", "public_id")


# A strike in short ----------------------------------------------------------------------------


@dataclass
class Summary:
    """How much was said of a strike, on whose word, and how it stands."""

    claims: int = 0
    documents: int = 0
    origins: int = 0
    propositions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Dispute.values, 0))
    capacity_offline: list[Offline] = field(default_factory=list)


def summaries(strikes: Collection[int], as_of: AsOf) -> dict[int, Summary]:
    """Each strike in short, as of a point in time. A fixed number of queries."""
    summary_of = {pk: Summary() for pk in strikes}
    canonical = {
        loser: root for loser, root in Strike.objects.canonical_keys(as_of).items() if root in summary_of
    }
    claims = (
        Claim.objects.published(as_of)
        .filter(proposition__strike__in=[*summary_of, *canonical])
        .annotate(event=end_of("proposition__strike", canonical))
    )
    counts = claims.order_by().values_list("event").annotate(Count("pk"), Count("report", distinct=True))
    for strike, claim_count, documents in counts:
        summary_of[strike].claims, summary_of[strike].documents = claim_count, documents
    weighed = claims.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE).exclude(
        report__in=retracted_reports(as_of)
    )
    origins = ClaimOrigin.objects.current(as_of.revision).filter(claim__in=weighed.values("pk"))
    for strike, origin_count in (
        origins.order_by()
        .annotate(event=end_of("claim__proposition__strike", canonical))
        .values_list("event")
        .annotate(Count("key", distinct=True))
    ):
        summary_of[strike].origins = origin_count
    propositions = Proposition.objects.published(as_of).filter(strike__in=[*summary_of, *canonical])
    strike_of = dict(propositions.annotate(event=end_of("strike", canonical)).values_list("pk", "event"))
    for pk, state in states_of(propositions, as_of).items():
        summary_of[strike_of[pk]].propositions[state.state] += 1
    for strike, capacity_offline in _offline_by_strike(summary_of, canonical, as_of).items():
        summary_of[strike].capacity_offline = capacity_offline
    return summary_of


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
        .exclude(claim__report__in=retracted_reports(as_of))
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")
    )
    by_strike: dict[int, list[DamageEstimate]] = defaultdict(list)
    for number in numbers:
        strike = number.claim.proposition.strike_id
        assert strike is not None  # the filter asks for one
        by_strike[canonical.get(strike, strike)].append(number)
    return {strike: reckonings(group) for strike, group in by_strike.items()}


# Propositions with their sides ----------------------------------------------------------------------


@dataclass
class Account:
    """One proposition with how it stands, on whose word, and the claims on each side."""

    proposition: Proposition
    state: PropositionState
    assessment: Assessment | None
    origins: Sequence[OriginTally]
    totals: dict[str, int]
    claims_by_side: dict[str, list[Claim]]
    members: set[int]
    """The keys of the proposition and of all that was merged into it."""
    rest: str | None = None
    """Where all claims are listed, if not all are shown."""

    @property
    def answers(self) -> str | None:
        question = self.proposition.answers
        return str(question.public_id) if question is not None else None


def side_column() -> Case:
    return Case(
        When(stance__in=FOR, then=Value("for")),
        When(stance__in=AGAINST, then=Value("against")),
        default=Value("silent"),
        output_field=CharField(),
    )


def accounts(propositions: QuerySet[Proposition], as_of: AsOf) -> tuple[list[Account], list[int]]:
    """The accounts of propositions, and the keys of the claims to be loaded for them. A fixed number of queries."""
    states = states_of(propositions, as_of)
    newest = newest_assessments(as_of).values("pk")[:1]
    rows: list[Any] = list(  # with the annotated key of the newest assessment
        propositions.select_related(
            "strike", "answers", "facility", "unit__facility", "actor", "region"
        ).annotate(newest_assessment=Subquery(newest))
    )
    keys = {row.pk for row in rows}
    canonical = {
        loser: root for loser, root in Proposition.objects.canonical_keys(as_of).items() if root in keys
    }
    newest_of = {row.pk: row.newest_assessment for row in rows}
    assessments = Assessment.objects.in_bulk([key for key in newest_of.values() if key is not None])
    totals, claim_keys = _claims_of_sides(keys, canonical, as_of)
    tallies = dispute_tallies(keys, as_of)
    ordered = [
        Account(
            row,
            states[row.pk],
            assessments.get(newest_of[row.pk]),
            # Origins that have retracted what they said, and so have no side, come last.
            sorted(tallies[row.pk].origins, key=lambda origin: (str(origin.side or "~"), origin.key)),
            totals[row.pk],
            {name: [] for name in SIDES},
            {row.pk, *(loser for loser, root in canonical.items() if root == row.pk)},
        )
        for row in in_order(rows, canonical)
    ]
    return ordered, claim_keys


def _claims_of_sides(
    propositions: Collection[int], canonical: Mapping[int, int], as_of: AsOf
) -> tuple[dict[int, dict[str, int]], list[int]]:
    """How many claims each side of each proposition has, and the keys of those that are shown."""
    claims = (
        Claim.objects.published(as_of)
        .filter(proposition__in=[*propositions, *canonical])
        .annotate(side=side_column(), point=end_of("proposition", canonical))
    )
    totals: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SIDES, 0))
    counts = claims.order_by().values_list("point", "side").annotate(Count("pk"))
    for proposition, side, count in counts:
        totals[proposition][side] = count
    newest_first = [F("sort_at").desc(), F("public_id").asc()]
    place = Window(RowNumber(), partition_by=[F("point"), F("side")], order_by=newest_first)
    shown = claims.annotate(place=place).filter(place__lte=MOST_CLAIMS_OF_A_SIDE)
    return totals, list(shown.values_list("pk", flat=True))


def in_order(propositions: Sequence[Proposition], canonical: Mapping[int, int]) -> list[Proposition]:
    """By topic, in the order of the vocabulary; answers right after their open question."""
    by_key = {proposition.pk: proposition for proposition in propositions}

    def place(proposition: Proposition) -> tuple[object, ...]:
        answers = proposition.answers_id or 0
        question = by_key.get(canonical.get(answers, answers), proposition)
        topic = TOPICS.index(Topic(question.topic))
        return topic, question.public_id, proposition is not question, proposition.public_id

    return sorted(propositions, key=place)


def put_on_sides(loaded: Sequence[Account], claims: Iterable[Any]) -> None:
    """Put loaded claims on their sides, newest first, each with whether it is what its origin's side is read off."""
    account_of = {key: account for account in loaded for key in account.members}
    side_of_origin = {
        (account.proposition.pk, origin.key): origin.side for account in loaded for origin in account.origins
    }
    for claim in sorted(claims, key=lambda claim: (-claim.sort_at.timestamp(), claim.public_id)):
        account = account_of[claim.proposition_id]
        claim.counts = (
            not claim.report_retracted
            and claim.polarity != Polarity.NEUTRAL
            and claim.stance != Stance.RETRACTS
            and side_of_origin.get((account.proposition.pk, claim.origin_key)) == claim.polarity
        )
        side = "for" if claim.stance in FOR else "against" if claim.stance in AGAINST else "silent"
        account.claims_by_side[side].append(claim)


def propositions_about(subject: Subject, as_of: AsOf) -> Q:
    """The propositions about a strike, a facility with its units and strikes, a unit, an actor or a region, or about
    what was merged into it."""
    cluster = type(subject).objects.cluster([subject.pk], as_of)
    if isinstance(subject, Facility):
        return Q(facility__in=cluster) | Q(unit__facility__in=cluster) | Q(strike__facility__in=cluster)
    return Q(**{f"{subject._meta.model_name}__in": cluster})
