"""Loading plans: everything a serializer reads of claims and propositions, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from record.models import AsOf
from sources.choices import NoticeKind
from sources.models import ReportNotice
from strikes.models import Claim, ClaimEvidence, ClaimOrigin, ClaimRelation, DamageEstimate, WeaponCount
from strikes.models.related import SUBJECTS, with_prefix


def claims_read(claims: QuerySet[Claim], as_of: AsOf) -> QuerySet[Claim]:
    """Claims with their report, speaker, point at issue, chain, origin, evidence and numbers."""
    origins = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk")).values("key")[:1]
    retractions = ReportNotice.objects.published(as_of).filter(
        kind=NoticeKind.RETRACTION, report=OuterRef("report")
    )
    evidence = ClaimEvidence.objects.published(as_of).select_related("evidence")
    estimates = DamageEstimate.objects.published(as_of).select_related("part_of")
    counts = (
        WeaponCount.objects.published(as_of)
        .select_related("part_of", "out_of")
        .prefetch_related("weapons", "regions")
    )
    return (
        claims.select_related("published_rev", "report__source", "actor", "supersedes", "proposition__strike")
        .select_related(*with_prefix("proposition", *SUBJECTS))
        .annotate(origin_key=Subquery(origins), report_retracted=Exists(retractions))
        .prefetch_related(
            "chain__actor",
            "chain__source",
            Prefetch("evidence_links", evidence, to_attr="public_evidence"),
            Prefetch("damage_estimates", estimates, to_attr="public_estimates"),
            Prefetch("weapon_counts", counts, to_attr="public_counts"),
        )
    )


def attach_relations(claims: Sequence[Claim], as_of: AsOf) -> None:
    """The relations of each claim's lineage, each with the other claim as it reads at that point in time."""
    relations = (
        ClaimRelation.objects.published(as_of)
        .filter(claim__public_id__in=[claim.lineage for claim in claims])
        .select_related("claim", "other")
    )
    by_lineage: dict[str, list[ClaimRelation]] = defaultdict(list)
    for relation in relations:
        by_lineage[relation.claim.public_id].append(relation)
    others = {relation.other.public_id for group in by_lineage.values() for relation in group}
    # A relation names a lineage; what is shown is the claim that stands for it now.
    current = {
        claim.lineage: claim
        for claim in Claim.objects.published(as_of)
        .filter(lineage__in=others)
        .select_related("actor", "proposition")
    }
    for claim in claims:
        claim.public_relations = [
            {"kind": relation.kind, "note": relation.note, "claim": current[relation.other.public_id]}
            for relation in by_lineage[claim.lineage]
            if relation.other.public_id in current
        ]


def read_claims(keys: Sequence[int], as_of: AsOf) -> list[Claim]:
    """These claims, with everything that is shown of them."""
    claims = list(claims_read(Claim.objects.filter(pk__in=keys), as_of))
    attach_relations(claims, as_of)
    return claims
