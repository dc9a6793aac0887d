"""Loading plans: what serializers read of rows, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from record.models import AsOf
from sources.models import Report
from sources.models.identifiers import Identifier
from strikes.disputes.standing import standings
from strikes.models import Claim, ClaimEvidence, ClaimRelation, DamageEstimate, WeaponCount
from strikes.models.related import SUBJECTS, with_prefix


def identifiers_read(model: type[Identifier], as_of: AsOf) -> Prefetch:
    """The identifiers of actors, facilities or units as they were public."""
    return Prefetch("identifiers", model.objects.published(as_of), to_attr="public_identifiers")


def claims_read(claims: QuerySet[Claim], as_of: AsOf) -> QuerySet[Claim]:
    """Claims with their report, speaker, point at issue, chain, evidence and numbers."""
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
        .prefetch_related(
            "chain__actor",
            "chain__source",
            Prefetch("evidence_links", evidence, to_attr="public_evidence"),
            Prefetch("damage_estimates", estimates, to_attr="public_estimates"),
            Prefetch("weapon_counts", counts, to_attr="public_counts"),
        )
    )


def attach_to_claims(claims: Sequence[Claim], as_of: AsOf) -> None:
    """How each claim stands, among the others on its point and to those it names."""
    standing_of = standings({claim.pk for claim in claims}, as_of)
    reports = {standing.retracted_through for standing in standing_of.values()} - {None}
    report_of = Report.objects.select_related("source").in_bulk(reports) if reports else {}
    for claim in claims:
        claim.standing = standing = standing_of[claim.pk]
        claim.retracted_through = report_of.get(standing.retracted_through or 0)
        claim.compare_with_report(as_of)
    attach_relations(claims, as_of)


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


def attach_to_notices(reports: Iterable[Any]) -> None:
    """The claims that each notice touches, by their lineages: an id that a correction does not change."""
    notices = [notice for report in reports for notice in report.public_notices]
    lineages = {lineage for notice in notices for lineage in notice.claims}
    gone = Claim.objects.filter(public_id__in=lineages, taken_down_rev__isnull=False)
    taken_down = set(gone.values_list("public_id", flat=True)) if lineages else set()
    for notice in notices:
        ids = [lineage for lineage in notice.claims if lineage not in taken_down]
        notice.public_claims = ids if notice.claims else None


def read_claims(keys: Sequence[int], as_of: AsOf) -> list[Claim]:
    """These claims, with everything that is shown of them."""
    claims = list(claims_read(Claim.objects.filter(pk__in=keys), as_of))
    attach_to_claims(claims, as_of)
    return claims
