"""On whose word a claim rests: the actor that is its origin, however many pages repeat it."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from record.graphs import end_of_chain
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

    Whoever was merged is the one that stands for them.
    """
    record_at = record_at or RecordAt()
    # Who only repeats adds a document and no origin.
    repeated = claim_repeated_by(claim, record_at.at)
    if repeated is not None:
        return origin_key(repeated, record_at)
    return str(_voice_behind(claim, record_at).public_id)


def _voice_behind(claim: Claim, record_at: RecordAt) -> Actor:
    actor = record_at.actor(claim.actor)
    # "Officials" or "residents" rest on the named actor whose words the chain begins with, if it begins with one.
    if actor.kind in NAMELESS:
        speaker = _head_of_chain(claim, record_at)
        if speaker is not None:
            return body_of(speaker, record_at)
    # An outlet in its own voice rests on the outlet whose copy it carries; but it writes its headings itself.
    if record_at.as_it_was(claim).part not in HEADINGS and _is_own_voice(actor, claim, record_at):
        source = record_at.source(source_behind(claim.report, record_at))
        return record_at.actor(source.voice)
    return body_of(actor, record_at)


def _head_of_chain(claim: Claim, record_at: RecordAt) -> Actor | None:
    """The actor at the head of a claim's chain, if it is a named one."""
    head = claim.chain.select_related("actor").first()
    if head is None or head.actor is None:
        return None
    is_named = record_at.actor(head.actor).kind not in NAMELESS | {ActorKind.ANONYMOUS}
    return head.actor if is_named else None


def _is_own_voice(actor: Actor, claim: Claim, record_at: RecordAt) -> bool:
    """Whether an actor is the voice of the source that published the report, before or after merges."""
    publisher = claim.report.source
    voices = (source.voice_id for source in (publisher, record_at.source(publisher)))
    return actor.pk in (record_at.canonical_actors.get(voice, voice) for voice in voices)


def body_of(actor: Actor, record_at: RecordAt) -> Actor:
    """The first body above a person, or the person."""

    def body_above(actor: Actor) -> Actor | None:
        # A spokesman and his chief are one voice; a body is never folded into its parent.
        if actor.kind != ActorKind.PERSON or actor.affiliation is None:
            return None
        return record_at.actor(actor.affiliation)

    return end_of_chain(record_at.actor(actor), body_above)


def source_behind(report: Report, record_at: RecordAt) -> Source:
    """The source whose own words a report carries, at the end of what is known of its copies."""

    def copied_from(report: Report) -> Report | None:
        return None if report.derived_from is None else record_at.as_it_was(report.derived_from)

    original = end_of_chain(record_at.as_it_was(report), copied_from)
    return original.wire_source or original.source


def claim_repeated_by(claim: Claim, at: int | None = None) -> Claim | None:
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


def claims_repeating(claim: Claim) -> QuerySet[Claim]:
    """The public claims that merely repeat this one."""
    lineages = (
        ClaimRelation.objects.published()
        .filter(other__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .values("claim__public_id")
    )
    return Claim.objects.published().filter(lineage__in=lineages)


def claims_about_own_deeds(as_of: AsOf) -> ClaimQuerySet:
    """Claims about the speaker's own deed: the speaker, or the body it speaks for, is the subject."""
    origins = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk"))
    by_subject = Q(actor=F("proposition__actor")) | Q(
        Exists(origins.filter(key=OuterRef("proposition__actor__public_id")))
    )
    canonical = Actor.objects.canonical_keys(as_of)
    roots = Actor.objects.filter(pk__in=set(canonical.values())).values_list("pk", "public_id")
    for root, public_id in roots:
        # Origins name whoever stands for the merged ones; claims and propositions name them as they did.
        cluster = {root} | {loser for loser, end in canonical.items() if end == root}
        by_subject |= Q(proposition__actor__in=cluster) & (
            Q(actor__in=cluster) | Q(Exists(origins.filter(key=public_id)))
        )
    return Claim.objects.filter(by_subject)
