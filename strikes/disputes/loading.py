"""Reading the claims of propositions as they are to be weighed, at a point of the record."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from record.graphs import closure, way
from record.models import AsOf
from record.moments import last_day
from sources.choices import TimePrecision
from sources.models import Actor
from strikes.choices import ClaimRelationKind, Polarity, Stance, Topic
from strikes.disputes.past import RecordAt
from strikes.disputes.retractions import ReadClaim, Retractions
from strikes.disputes.voices import VoicesAt, in_batches
from strikes.disputes.weighing import Ending, WeighedClaim, conclude, settle, statements_of
from strikes.models import Claim, ClaimRelation

SUPERSEDING = (ClaimRelationKind.UPDATES, ClaimRelationKind.CORRECTS)
WHAT_GOES_ON = (
    Topic.CONSEQUENCE,
    Topic.INFORMATION,
    Topic.INVESTIGATION,
    Topic.LEGAL,
    Topic.POLICY,
    Topic.RESPONSE,
    Topic.SAFETY,
)
"""Topics of lasting states, such as an evacuation, an order or an inquiry. That a plant stood still stays so when it
runs again: timelines tell when."""


@dataclass
class Weighed:
    """The claims on one proposition after they were weighed."""

    claims: list[WeighedClaim] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


def weigh_propositions(
    propositions: Collection[int], canonical: Mapping[int, int], at: int | AsOf | None, voices: VoicesAt
) -> dict[int, Weighed]:
    """The claims on these propositions, weighed, by the proposition that stands for theirs.

    Those merged into them are to be given, too. A fixed number of queries for each batch of claims.
    """
    loaded = _claims_on(propositions, canonical, at, voices)
    claim_of = {claim.lineage: claim for claim in loaded}
    repeats, updates = _relations_of(claim_of, at)
    # What goes on can be said to have ended on another proposition: whose word that is, the claims there tell.
    lasting = {claim.proposition for claim in loaded if claim.goes_on}
    updating = {newer for newer, older in updates if claim_of[older].proposition in lasting}
    elsewhere = _points_of(updating - claim_of.keys(), canonical, at)
    if elsewhere:
        others = _claims_on(elsewhere, canonical, at, voices)
        claim_of |= {claim.lineage: claim for claim in others}
        repeats_there, updates_there = _relations_of({claim.lineage for claim in others}, at)
        repeats, updates = repeats | repeats_there, updates | updates_there
    repeats = _in_force(repeats, claim_of)
    _mark_what_was_taken_back(list(claim_of.values()), repeats, at, voices)
    by_proposition: dict[int, Weighed] = defaultdict(Weighed)
    for claim in claim_of.values():
        by_proposition[claim.proposition].claims.append(claim)
    statements = {point: statements_of(weighed.claims, repeats) for point, weighed in by_proposition.items()}
    for point, weighed in by_proposition.items():
        settle(weighed.claims, statements[point], updates)
    ended: dict[int, list[tuple[WeighedClaim, str]]] = defaultdict(list)
    for newer, older in sorted(updates):
        if newer in claim_of and _tells_the_end_of(claim_of[newer], claim_of[older]):
            ended[claim_of[older].proposition].append((claim_of[newer], older))
    weighed_points = {claim.proposition for claim in loaded}
    for point in weighed_points:
        by_proposition[point].endings = conclude(statements[point], ended[point])
    return {point: by_proposition[point] for point in weighed_points}


def _claims_on(
    propositions: Collection[int], canonical: Mapping[int, int], at: int | AsOf | None, voices: VoicesAt
) -> list[WeighedClaim]:
    rows: list[Claim] = []
    for batch in in_batches(sorted(propositions)):
        claims = Claim.objects.published(at).filter(proposition__in=batch)
        rows += claims.select_related("report", "actor", "proposition")
    later = (
        set() if not isinstance(at, AsOf) else {r.pk for row in rows if not (r := row.report).is_known(at)}
    )
    return _as_weighed(rows, canonical, voices, later)


def _points_of(lineages: Collection[str], canonical: Mapping[int, int], at: int | AsOf | None) -> set[int]:
    """The propositions of the claims of these lineages, with what is the same."""
    ends: set[int] = set()
    for batch in in_batches(sorted(lineages)):
        keys = Claim.objects.published(at).filter(lineage__in=batch).values_list("proposition", flat=True)
        ends |= {canonical.get(key, key) for key in keys}
    return ends | {loser for loser, end in canonical.items() if end in ends}


def _in_force(repeats: Mapping[str, str], claim_of: Mapping[str, WeighedClaim]) -> dict[str, str]:
    """What repeats what, as long as both are about one point and take one side.

    Where one in between is no longer there, what repeated it still rests on what it repeated itself.
    """
    in_force = {}
    for lineage, claim in claim_of.items():
        there = (older for older in way(lineage, repeats.get)[1:] if older in claim_of)
        older = next(there, None)
        if older is not None and claim.says_the_same_as(claim_of[older]):
            in_force[lineage] = older
    return in_force


def _tells_the_end_of(newer: WeighedClaim, older: WeighedClaim) -> bool:
    """Whether a claim about another point, by which its speaker stands, says what became of an older one's state."""
    about_another_point = newer.proposition != older.proposition
    return about_another_point and newer.polarity == Polarity.POSITIVE and newer.stands


def _as_weighed(
    rows: Iterable[Claim], canonical: Mapping[int, int], voices: VoicesAt, issued_later: Collection[int]
) -> list[WeighedClaim]:
    """Claims as they are weighed; of reports that were issued later, what was said before they were."""
    past = voices.record_at.past
    claims = [row if past is None else past.claim_as_it_was(row) for row in rows]
    voice_of = voices.of([claim.pk for claim in claims])
    speaker_of = _ids_of_speakers(
        {claim.actor_id: str(claim.actor.public_id) for claim in claims}, voices.record_at
    )
    weighed = []
    for claim in claims:
        goes_on, ended_on = _what_lasts(claim)
        voice = voice_of[claim.pk]
        assert claim.sort_at is not None  # it is set when a claim is published
        weighed.append(
            WeighedClaim(
                claim=claim.pk,
                public_id=claim.public_id,
                lineage=claim.lineage,
                proposition=canonical.get(claim.proposition_id, claim.proposition_id),
                speaker=speaker_of[claim.actor_id],
                report=claim.report_id,
                stance=Stance(claim.stance),
                polarity=claim.polarity,
                time=(claim.sort_at, claim.report.issued_latest, claim.position, claim.public_id),
                own_key=voice.key,
                own_voice=voice.voice,
                is_named=voice.is_named,
                is_own_words=voice.is_own_words,
                page=None if claim.report_id in issued_later else claim.report_id,
                tells_of=_last_day_of(claim),
                goes_on=goes_on,
                ended_on=ended_on,
            )
        )
    return weighed


def _ids_of_speakers(id_of: Mapping[int, str], record_at: RecordAt) -> dict[int, str]:
    """The id of whoever stands for each of these actors."""
    canonical = record_at.canonical_actors
    ends = Actor.objects.in_bulk({canonical[key] for key in id_of if key in canonical})
    return {
        key: str(ends[canonical[key]].public_id) if key in canonical else public_id
        for key, public_id in id_of.items()
    }


def _what_lasts(claim: Claim) -> tuple[bool, dt.date | None]:
    """Whether a claim says that a lasting state goes on, and the day on which, as it says, one ended."""
    if claim.proposition.topic not in WHAT_GOES_ON or claim.event_earliest is None:
        return False, None
    if claim.event_latest is None:
        return True, None
    # Only days from when until when are an interval: any other time is a moment, more or less closely known.
    if claim.event_precision != TimePrecision.DAYS:
        return False, None
    ended_on = _end_of_event(claim)
    return False, ended_on if ended_on is not None and ended_on <= claim.said_on else None


def _end_of_event(claim: Claim) -> dt.date | None:
    """The last day, on the clocks of the place, of what a claim says happened; null if it goes on or none is said."""
    if claim.event_latest is None:
        return None
    return last_day(claim.event_latest, claim.event_timezone, claim.event_local_date)


def _last_day_of(claim: Claim) -> dt.date:
    """The last day of what a claim tells of, if that is over; else the day on which it was said."""
    tells_of = _end_of_event(claim) or claim.event_local_date
    return min(tells_of, claim.said_on) if tells_of is not None else claim.said_on


def _relations_of(
    lineages: Collection[str], at: int | AsOf | None
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """What each of these lineages repeats, and the pairs of a newer and an older one of which it is the older."""
    repeats: dict[str, str] = {}
    updates: set[tuple[str, str]] = set()
    for batch in in_batches(sorted(lineages)):
        relations = ClaimRelation.objects.published(at).filter(
            Q(kind=ClaimRelationKind.REPEATS, claim__public_id__in=batch)
            | Q(kind__in=SUPERSEDING, other__public_id__in=batch)
        )
        for kind, newer, older in relations.values_list("kind", "claim__public_id", "other__public_id"):
            if kind == ClaimRelationKind.REPEATS:
                repeats[newer] = older
            else:
                updates.add((newer, older))
    closure(set(repeats.values()) - set(lineages), lambda gone: _repeated_by_what_is_gone(gone, repeats, at))
    return repeats, updates


def _repeated_by_what_is_gone(
    lineages: Collection[str], repeats: dict[str, str], at: int | AsOf | None
) -> set[str]:
    """Add what lineages that may not be there any more repeat, or were replaced by; returns what that is."""
    relations = ClaimRelation.objects.published(at).filter(
        kind=ClaimRelationKind.REPEATS, claim__public_id__in=lineages
    )
    found = dict(relations.values_list("claim__public_id", "other__public_id"))
    withdrawn = Claim.objects.filter(
        lineage__in=lineages, replaced_by__isnull=False, taken_down_rev__isnull=True
    )
    revision = at.revision if isinstance(at, AsOf) else at
    if revision is not None:
        withdrawn = withdrawn.filter(withdrawn_rev__lte=revision)
    found |= {
        lineage: other
        for lineage, other in withdrawn.values_list("lineage", "replaced_by__lineage")
        if other != lineage
    }
    repeats |= found
    return set(found.values())


def _mark_what_was_taken_back(
    claims: Collection[WeighedClaim], repeats: Mapping[str, str], at: int | AsOf | None, voices: VoicesAt
) -> None:
    retractions = Retractions({claim.report for claim in claims}, at, voices)
    read = [
        ReadClaim(
            claim.claim,
            claim.lineage,
            claim.proposition,
            claim.report,
            claim.own_voice,
            claim.own_key,
            claim.is_own_words,
        )
        for claim in claims
    ]
    reached = retractions.reach(read, repeats)
    for claim in claims:
        claim.retracted_through = reached.get(claim.claim)
