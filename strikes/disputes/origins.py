"""On whose word a claim rests: the actor that is its origin, however many pages repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from record.models import AsOf
from sources.choices import ActorKind, ReportPart
from sources.models import Actor, Report, Source
from strikes.choices import ClaimRelationKind
from strikes.disputes.past import RecordAt
from strikes.models import Claim, ClaimOrigin, ClaimRelation
from strikes.models.claims import ClaimQuerySet

NAMELESS = {ActorKind.COLLECTIVE, ActorKind.UNKNOWN}
HEADINGS = {ReportPart.HEADLINE, ReportPart.SUBHEADLINE}


def origin_key(claim: Claim, record_at: RecordAt | None = None) -> str:
    """The id of the actor on whose word a claim rests. Claims of one key are one origin.

    A claim that repeats another rests on that one's word. A person speaks for the first body above
    them; a collective or unknown voice for the named actor at the head of its chain; an outlet, in
    its own voice, for the outlet whose copy it carries, but for its headings itself. Whoever was
    merged is the one that stands for them.
    """
    record_at = record_at or RecordAt()
    repeated = repeated_by(claim, record_at.at)
    if repeated is not None:
        return origin_key(repeated, record_at)
    actor = record_at.actor(claim.actor)
    if actor.kind in NAMELESS:
        head = claim.chain.select_related("actor").first()
        if head and head.actor and record_at.actor(head.actor).kind not in NAMELESS | {ActorKind.ANONYMOUS}:
            return str(body_of(head.actor, record_at).public_id)
    if record_at.read(claim).part not in HEADINGS:
        voices = (one.voice_id for one in (claim.report.source, record_at.source(claim.report.source)))
        if actor.pk in (record_at.actors.get(voice, voice) for voice in voices):
            return str(record_at.actor(record_at.source(root_of(claim.report, record_at)).voice).public_id)
    return str(body_of(actor, record_at).public_id)


def body_of(actor: Actor, record_at: RecordAt) -> Actor:
    """The first body above a person, or the person; a body is never folded into its parent."""
    actor = record_at.actor(actor)
    while actor.kind == ActorKind.PERSON and actor.affiliation is not None:
        actor = record_at.actor(actor.affiliation)
    return actor


def root_of(report: Report, record_at: RecordAt) -> Source:
    """The source whose own words a report carries, at the end of what is known of its copies."""
    report = record_at.read(report)
    while report.derived_from is not None:
        report = record_at.read(report.derived_from)
    return report.wire_source or report.source


def repeated_by(claim: Claim, at: int | None = None) -> Claim | None:
    """The public claim that this one merely repeats."""
    relation = (
        ClaimRelation.objects.published(at)
        .filter(claim__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .select_related("other")
        .first()
    )
    if relation is None:
        return None
    return Claim.objects.published(at).filter(lineage=relation.other.public_id).first()


def repeaters_of(claim: Claim) -> Iterator[Claim]:
    """The public claims that merely repeat this one."""
    lineages = (
        ClaimRelation.objects.published()
        .filter(other__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .values("claim__public_id")
    )
    yield from Claim.objects.published().filter(lineage__in=lineages)


def claims_about_own_deeds(as_of: AsOf) -> ClaimQuerySet:
    """Claims about the speaker's own deed: the speaker, or the body it speaks for, is the subject."""
    spoken_for = ClaimOrigin.objects.current(as_of.revision).filter(
        claim=OuterRef("pk"), key=OuterRef("proposition__actor__public_id")
    )
    themselves: Any = Q(Q(actor=F("proposition__actor")) | Exists(spoken_for))
    merged = Actor.objects.canonical_keys(as_of)
    for root, public_id in Actor.objects.filter(pk__in=set(merged.values())).values_list("pk", "public_id"):
        same = {root} | {loser for loser, end in merged.items() if end == root}
        by_key = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk"), key=public_id)
        themselves |= Q(proposition__actor__in=same) & (Q(actor__in=same) | Exists(by_key))
    return Claim.objects.filter(themselves)
