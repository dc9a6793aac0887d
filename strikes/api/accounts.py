"""Who says what, who says otherwise, and on whose word: strikes in short, and propositions with their sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from record.models import AsOf, end_of
from strikes.choices import Dispute, Metric, Polarity, Stance, Topic
from strikes.disputes.states import dispute_tallies, retracted_reports, states_of
from strikes.models import Assessment, Claim, ClaimOrigin, DamageEstimate, Proposition, Strike
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.reckoning import Offline, reckonings

SIDES = ("for", "against", "silent")
SHOWN = 50
"""Claims of one side that an account shows; the rest are a list away."""
TOPICS = list(Topic)
OFFLINE = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED)

FOR = [stance for stance in Stance if stance.polarity == Polarity.POSITIVE]
AGAINST = [s for s in Stance if s.polarity == Polarity.NEGATIVE and s != Stance.RETRACTS]


def newest_assessments(as_of: AsOf) -> QuerySet[Assessment]:
    """Of each proposition of an outer query: its assessments, with those of what was merged into it, the one that
    counts first."""
    merged, rows = Proposition.objects.canonical_keys(as_of), Assessment.objects.published(as_of)
    of_it = Q(proposition=OuterRef("pk"))
    if merged:
        rows = rows.annotate(point=end_of("proposition", merged))
        of_it |= Q(proposition__in=list(merged), point=OuterRef("pk"))
    rows = rows.filter(of_it)
    return rows.order_by("-assessed_on", "-published_rev", "public_id")


# A strike in short ----------------------------------------------------------------------------


@dataclass
class Summary:
    claims: int = 0
    documents: int = 0
    origins: int = 0
    propositions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Dispute.values, 0))
    capacity_offline: list[Offline] = field(default_factory=list)


def summaries(strikes: Collection[int], as_of: AsOf) -> dict[int, Summary]:
    """Each strike in short, as of a point in time. A fixed number of queries."""
    found = {pk: Summary() for pk in strikes}
    merged = {loser: root for loser, root in Strike.objects.canonical_keys(as_of).items() if root in found}
    claims: Any = Claim.objects.published(as_of).filter(proposition__strike__in=[*found, *merged])
    claims = claims.annotate(event=end_of("proposition__strike", merged))
    counted = claims.order_by().values_list("event").annotate(Count("pk"), Count("report", distinct=True))
    for strike, number, documents in counted:
        found[strike].claims, found[strike].documents = number, documents
    weighed = claims.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE).exclude(
        report__in=retracted_reports(as_of)
    )
    origins = ClaimOrigin.objects.current(as_of.revision).filter(claim__in=weighed.values("pk"))
    for strike, number in (
        origins.order_by()
        .annotate(event=end_of("claim__proposition__strike", merged))
        .values_list("event")
        .annotate(Count("key", distinct=True))
    ):
        found[strike].origins = number
    propositions = Proposition.objects.published(as_of).filter(strike__in=[*found, *merged])
    strike_of = dict(propositions.annotate(event=end_of("strike", merged)).values_list("pk", "event"))
    for pk, state in states_of(propositions, as_of).items():
        found[strike_of[pk]].propositions[state.state] += 1
    for strike, group in _offline(found, merged, as_of).items():
        found[strike].capacity_offline = group
    return found


def _offline(strikes: Collection[int], merged: Mapping[int, int], as_of: AsOf) -> dict[int, list[Offline]]:
    numbers = (
        DamageEstimate.objects.published(as_of)
        .filter(metric__in=OFFLINE, claim__proposition__strike__in=[*strikes, *merged], claim__stance__in=FOR)
        .exclude(claim__report__in=retracted_reports(as_of))
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")
    )
    of_strike: dict[Any, list[DamageEstimate]] = defaultdict(list)
    for one in numbers:
        strike: Any = one.claim.proposition.strike_id
        of_strike[merged.get(strike, strike)].append(one)
    return {strike: reckonings(group) for strike, group in of_strike.items()}


# Propositions with their sides ----------------------------------------------------------------------


@dataclass
class Account:
    """One proposition with how it stands, on whose word, and the claims on each side."""

    proposition: Proposition
    state: Any
    assessment: Assessment | None
    origins: Sequence[Any]
    totals: dict[str, int]
    shown: dict[str, list[Claim]]
    members: set[int]
    """The keys of the proposition and of all that was merged into it."""
    rest: str | None = None
    """Where all claims are listed, if not all are shown."""

    @property
    def answers(self) -> str | None:
        question = self.proposition.answers
        return str(question.public_id) if question is not None else None


def side() -> Case:
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
    rows: list[Any] = list(
        propositions.select_related(
            "strike", "answers", "facility", "unit__facility", "actor", "region"
        ).annotate(newest_assessment=Subquery(newest))
    )
    by_key: dict[int, Any] = {row.pk: row for row in rows}
    merged = {
        loser: root for loser, root in Proposition.objects.canonical_keys(as_of).items() if root in by_key
    }
    assessments = Assessment.objects.in_bulk([row.newest_assessment for row in rows if row.newest_assessment])
    claims: Any = Claim.objects.published(as_of).filter(proposition__in=[*by_key, *merged])
    claims = claims.annotate(side=side(), point=end_of("proposition", merged))
    totals: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SIDES, 0))
    for proposition, name, number in claims.order_by().values_list("point", "side").annotate(Count("pk")):
        totals[proposition][name] = number
    order = [F("sort_at").desc(), F("public_id").asc()]
    place = Window(RowNumber(), partition_by=[F("point"), F("side")], order_by=order)
    first = claims.annotate(place=place).filter(place__lte=SHOWN)
    keys = list(first.values_list("pk", flat=True))
    stand = dispute_tallies(by_key, as_of)
    found = [
        Account(
            row,
            states[row.pk],
            assessments.get(row.newest_assessment),
            sorted(stand[row.pk].origins, key=lambda one: (str(one.side or "~"), one.key)),
            totals[row.pk],
            {name: [] for name in SIDES},
            {row.pk, *(loser for loser, root in merged.items() if root == row.pk)},
        )
        for row in in_order(rows, merged)
    ]
    return found, keys


def in_order(rows: Sequence[Any], merged: Mapping[int, int]) -> list[Any]:
    """By topic, in the order of the vocabulary; answers right after their open question."""
    there = {row.pk: row for row in rows}

    def place(row: Proposition) -> tuple[Any, ...]:
        question = there.get(merged.get(row.answers_id or 0, row.answers_id or 0), row)
        return TOPICS.index(Topic(question.topic)), question.public_id, row is not question, row.public_id

    return sorted(rows, key=place)


def fill(found: Sequence[Account], claims: Iterable[Any]) -> None:
    """Put loaded claims on their sides, newest first, each with whether it is what its origin's side is read off."""
    by_key = {key: account for account in found for key in account.members}
    sides = {
        (account.proposition.pk, origin.key): origin.side for account in found for origin in account.origins
    }
    for claim in sorted(claims, key=lambda one: (-one.sort_at.timestamp(), one.public_id)):
        polarity, account = claim.polarity, by_key[claim.proposition_id]
        claim.counts = (
            not claim.report_retracted
            and polarity != Polarity.NEUTRAL
            and claim.stance != Stance.RETRACTS
            and sides.get((account.proposition.pk, claim.origin_key)) == polarity
        )
        name = "for" if claim.stance in FOR else "against" if claim.stance in AGAINST else "silent"
        account.shown[name].append(claim)


def about(subject: Any, as_of: AsOf) -> Q:
    """The propositions about a strike, a facility with its units and strikes, a unit, an actor or a region, or about
    what was merged into it."""
    same = type(subject).objects.cluster([subject.pk], as_of)
    name = subject._meta.model_name
    if name == "facility":
        return Q(facility__in=same) | Q(unit__facility__in=same) | Q(strike__facility__in=same)
    return Q(**{f"{name}__in": same})
