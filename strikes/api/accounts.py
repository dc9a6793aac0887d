"""Who says what, who says otherwise, and on whose word: propositions with their sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from record.models import AsOf, end_of
from sources.models import Actor
from strikes.choices import Polarity, Stance
from strikes.disputes.explanations import Explained, explained
from strikes.disputes.ranking import importance, ranks
from strikes.disputes.states import DisputeTally, dispute_tallies, states_of
from strikes.disputes.voices import in_batches
from strikes.disputes.weighing import OriginTally
from strikes.models import Assessment, Claim, Facility, Proposition, PropositionState, Region, Strike, Unit

SIDES = ("for", "against", "forecasts", "silent")
MOST_CLAIMS_OF_A_SIDE = 50
"""Claims of one side that an account shows; the rest are a list away."""
Subject = Facility | Unit | Actor | Region | Strike
"""What propositions are about."""

FOR = [stance for stance in Stance if stance.polarity == Polarity.POSITIVE]
AGAINST = [s for s in Stance if s.polarity == Polarity.NEGATIVE and s != Stance.RETRACTS]
FORECASTS = [stance for stance in Stance if stance.polarity == Polarity.FORECAST]


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


@dataclass
class Account:
    """One proposition with how it stands, on whose word, and the claims on each side."""

    proposition: Proposition
    state: PropositionState
    assessment: Assessment | None
    origins: Sequence[OriginInAccount]
    totals: dict[str, int]
    claims_by_side: dict[str, list[Claim]]
    explained: Explained
    rank: int | None
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
        When(stance__in=FORECASTS, then=Value("forecasts")),
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
    explained_of, rank_of = explained(states.values()), ranks(rows, as_of)
    rows.sort(key=lambda row: importance(states[row.pk], row.topic, row.public_id))
    speakers = speakers_in(tallies.values())
    ordered = [
        Account(
            row,
            states[row.pk],
            assessments.get(newest_of[row.pk]),
            origins_with_speakers(tallies[row.pk].origins, speakers),
            totals[row.pk],
            {name: [] for name in SIDES},
            explained_of[row.pk],
            rank_of[row.pk],
            {row.pk, *(loser for loser, root in canonical.items() if root == row.pk)},
        )
        for row in rows
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


def put_on_sides(loaded: Sequence[Account], claims: Iterable[Claim]) -> None:
    """Put loaded claims on their sides, newest first."""
    account_of = {key: account for account in loaded for key in account.members}

    def newest_first(claim: Claim) -> tuple[float, str]:
        assert claim.sort_at is not None  # it is set when a claim is published
        return -claim.sort_at.timestamp(), claim.public_id

    for claim in sorted(claims, key=newest_first):
        account_of[claim.proposition_id].claims_by_side[side_of(claim)].append(claim)


def side_of(claim: Claim) -> str:
    """The side under which a claim is shown; who takes back what was said is silent."""
    if claim.stance in FOR:
        return "for"
    if claim.stance in AGAINST:
        return "against"
    return "forecasts" if claim.stance in FORECASTS else "silent"


@dataclass(frozen=True)
class Speaker:
    """Who is heard in an origin, and whether a word of theirs counts."""

    actor: Actor
    counts: bool


@dataclass(frozen=True)
class OriginInAccount:
    """One independent origin on one side, with all who are heard in it."""

    key: str
    side: Polarity | None
    claims: int
    documents: int
    speakers: list[Speaker]


def speakers_in(tallies: Iterable[DisputeTally]) -> dict[str, Actor]:
    """Everybody who is heard in some origins, by their ids."""
    public_ids = {speaker for tally in tallies for origin in tally.origins for speaker in origin.speakers}
    return {
        str(actor.public_id): actor
        for batch in in_batches(sorted(public_ids))
        for actor in Actor.objects.filter(public_id__in=batch)
    }


def origins_with_speakers(
    origins: Iterable[OriginTally], actors: Mapping[str, Actor]
) -> list[OriginInAccount]:
    """The origins in order: by side, those that stand on none last."""
    return [
        OriginInAccount(
            origin.key,
            origin.side,
            origin.claims,
            origin.documents,
            [Speaker(actors[speaker], counts) for speaker, counts in sorted(origin.speakers.items())],
        )
        for origin in sorted(origins, key=lambda origin: (str(origin.side or "~"), origin.key))
    ]


def propositions_about(subject: Subject, as_of: AsOf, descendants: bool = False) -> Q:
    """The propositions about a strike, a facility with its units and strikes, a unit, an actor or a region, or about
    what was merged into it. With ``descendants``, also those about all that a wave groups."""
    if descendants and isinstance(subject, Strike):
        return Q(strike__in=Strike.objects.below([subject.pk], as_of))
    cluster = type(subject).objects.cluster([subject.pk], as_of)
    if isinstance(subject, Facility):
        return Q(facility__in=cluster) | Q(unit__facility__in=cluster) | Q(strike__facility__in=cluster)
    return Q(**{f"{subject._meta.model_name}__in": cluster})
