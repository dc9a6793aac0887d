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
MOST_RELATIONS = 5_000
"""How many relations are looked at in one step."""


@dataclass
class Link:
    """How one claim stands to another, each named by its lineage as it reads now."""

    claim: str
    kind: str
    other: str
    note: str | None


@dataclass
class Thread:
    """The claims of one exchange, by their keys, and how they stand to each other."""

    claims: list[int]
    links: list[Link]
    complete: bool
    """False if more may belong to it than is shown."""


def thread(claim: Claim, as_of: AsOf) -> Thread:
    """The claims that a claim answers and that answer it, both ways and on from there, the nearest first.

    A way leads only through claims that are there at that point in time. Two queries a step, at most `FARTHEST`.
    """
    shown: dict[str, tuple[int, str]] = {claim.lineage: (claim.pk, claim.public_id)}
    found: dict[int, tuple[str, str, str, str | None]] = {}
    newest, complete = {claim.lineage}, True
    for _ in range(FARTHEST):
        relations = (
            ClaimRelation.objects.published(as_of)
            .filter(Q(claim__public_id__in=newest) | Q(other__public_id__in=newest))
            .order_by("pk")
            .values_list("pk", "claim__public_id", "kind", "other__public_id", "note")
        )[: MOST_RELATIONS + 1]
        steps = {pk: relation for pk, *relation in relations}
        found |= {pk: (here, kind, there, note) for pk, (here, kind, there, note) in steps.items()}
        reached = {end for here, _, there, _ in found.values() for end in (here, there)} - shown.keys()
        claims = (
            Claim.objects.published(as_of)
            .filter(lineage__in=reached)
            .order_by("sort_at", "public_id")
            .values_list("lineage", "pk", "public_id")
        )[: MOST - len(shown) + 1]
        there = {lineage: (pk, public_id) for lineage, pk, public_id in claims}
        complete = len(steps) <= MOST_RELATIONS and len(shown) + len(there) <= MOST
        shown |= dict(list(there.items())[: MOST - len(shown)])
        newest = set(there)
        if not newest or not complete:
            break
    links = [
        Link(shown[here][1], kind, shown[there][1], note)
        for _, (here, kind, there, note) in sorted(found.items())
        if here in shown and there in shown
    ]
    return Thread([pk for pk, _ in shown.values()], links, complete and not newest)


@dataclass
class Version:
    """One claim of a chain of corrections, and what became of it by a revision."""

    id: str
    recorded_at: dt.datetime
    withdrawn_at: dt.datetime | None = None
    reason: str | None = None
    note: str | None = None
    replaced_by: str | None = None


def versions(claim: Claim, as_of: AsOf) -> list[Version]:
    """Every claim of the chain of corrections that was public by a revision, the first one first."""
    rows: Any = Claim.objects.filter(
        lineage=claim.lineage, published_rev__lte=as_of.revision, taken_down_rev__isnull=True
    ).select_related("published_rev", "withdrawn_rev", "replaced_by")
    found = []
    for row in rows.order_by("published_rev"):
        version = Version(row.public_id, row.published_rev.at)
        if row.withdrawn_rev is not None and row.withdrawn_rev.pk <= as_of.revision:
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


def dependants(report: Report, as_of: AsOf) -> tuple[list[Copy], bool]:
    """The public reports copied from one, directly or through others, nearest first, and whether these are all.

    One query a step, at most `FARTHEST`.
    """
    found: list[Copy] = []
    newest, seen = [report], {report.pk}
    for steps in range(1, FARTHEST + 1):
        rows = Report.objects.published(as_of).filter(derived_from__in=newest).exclude(pk__in=seen)
        newest = list(rows.order_by("issued_latest", "public_id")[: MOST - len(found) + 1])
        seen |= {row.pk for row in newest}
        found += [Copy(row, steps) for row in newest]
        if not newest or len(found) > MOST:
            break
    return found[:MOST], not newest
