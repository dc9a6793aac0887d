"""What belongs together: the claims of one exchange, and the copies of one report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from record.models import AsOf
from sources.models import Report
from strikes.models import Claim, ClaimRelation

FARTHEST = 8
"""How many steps are followed."""
MOST = 500
"""How many claims or reports are shown."""


@dataclass
class Link:
    """How one claim stands to another, each named by its lineage as it reads now."""

    claim: str
    kind: str
    other: str
    note: str | None


def thread(claim: Claim, then: AsOf) -> tuple[list[int], list[Link]]:
    """The claims that a claim answers and that answer it, both ways and on from there, and how they stand.

    One query a step, at most `FARTHEST`.
    """
    found: dict[int, ClaimRelation] = {}
    lineages = newest = {str(claim.lineage)}
    for _ in range(FARTHEST):
        relations = (
            ClaimRelation.objects.published(then)
            .filter(Q(claim__public_id__in=newest) | Q(other__public_id__in=newest))
            .select_related("claim", "other")
        )
        found |= {relation.pk: relation for relation in relations}
        reached = {end.public_id for one in found.values() for end in (one.claim, one.other)}
        newest = reached - lineages
        lineages = lineages | newest
        if not newest or len(lineages) > MOST:
            break
    current = Claim.objects.published(then).filter(lineage__in=sorted(lineages)[: MOST + 1])
    now = {
        lineage: (pk, public_id)
        for lineage, pk, public_id in current.values_list("lineage", "pk", "public_id")
    }
    links = [
        Link(now[one.claim.public_id][1], one.kind, now[one.other.public_id][1], one.note)
        for _, one in sorted(found.items())
        if one.claim.public_id in now and one.other.public_id in now
    ]
    return [pk for pk, _ in now.values()], links


@dataclass
class Version:
    """One claim of a chain of corrections, and what became of it by a revision."""

    id: str
    recorded_at: dt.datetime
    withdrawn_at: dt.datetime | None = None
    reason: str | None = None
    note: str | None = None
    replaced_by: str | None = None


def versions(claim: Claim, then: AsOf) -> list[Version]:
    """Every claim of the chain of corrections that was public by a revision, the first one first."""
    rows: Any = Claim.objects.filter(
        lineage=claim.lineage, published_rev__lte=then.revision, taken_down_rev__isnull=True
    ).select_related("published_rev", "withdrawn_rev", "replaced_by")
    found = []
    for row in rows.order_by("published_rev"):
        version = Version(row.public_id, row.published_rev.at)
        if row.withdrawn_rev is not None and row.withdrawn_rev.pk <= then.revision:
            version.withdrawn_at = row.withdrawn_rev.at
            version.reason, version.note = row.withdrawal_reason, row.withdrawal_note
            version.replaced_by = row.replaced_by and row.replaced_by.public_id
        found.append(version)
    return found


@dataclass
class Copy:
    """A report that was copied from another, how many steps away it is, and from which."""

    report: Any
    steps: int


def dependants(report: Report, then: AsOf) -> list[Copy]:
    """The public reports copied from one, directly or through others, nearest first. One query a step."""
    found: list[Copy] = []
    newest, seen = [report], {report.pk}
    for steps in range(1, FARTHEST + 1):
        rows = Report.objects.published(then).filter(derived_from__in=newest).exclude(pk__in=seen)
        newest = list(rows.order_by("issued_latest", "public_id")[:MOST])
        seen |= {row.pk for row in newest}
        found += [Copy(row, steps) for row in newest]
        if not newest or len(found) > MOST:
            break
    return found[:MOST]
