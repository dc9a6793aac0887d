"""What belongs together: the claims of one exchange, and the copies of one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from record.models import AsOf
from sources.models import Report
from strikes.models import Claim, ClaimRelation

MOST_STEPS = 8
"""How many steps are followed."""
MOST_ROWS = 500
"""How many claims or reports are shown."""
MOST_RELATIONS = 5_000
"""How many relations are looked at in one step."""


ClaimKeys = tuple[int, str]
"""A claim by its key and its id."""
Relation = tuple[str, str, str, str | None]
"""The lineage of a claim, how it stands to another, the lineage of that one, and an editor's note."""


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

    A way leads only through claims that are there at that point in time. Two queries a step, at most `MOST_STEPS`.
    """
    claims: dict[str, ClaimKeys] = {claim.lineage: (claim.pk, claim.public_id)}
    relations: dict[int, Relation] = {}
    newest, is_complete = {claim.lineage}, True
    # Not `record.graphs.closure`: each step asks for no more than there is still room for.
    for _ in range(MOST_STEPS):
        new_relations = relations_of(newest, as_of)
        relations |= new_relations
        ends = {lineage for relation in relations.values() for lineage in (relation[0], relation[2])}
        room = MOST_ROWS - len(claims)
        reached = claims_of_lineages(ends - claims.keys(), as_of, room + 1)
        is_complete = len(new_relations) <= MOST_RELATIONS and len(reached) <= room
        claims |= dict(list(reached.items())[:room])
        newest = set(reached)
        if not newest or not is_complete:
            break
    links = [
        Link(claims[lineage][1], kind, claims[other][1], note)
        for _, (lineage, kind, other, note) in sorted(relations.items())
        if lineage in claims and other in claims
    ]
    return Thread([key for key, _ in claims.values()], links, is_complete and not newest)


def relations_of(lineages: Collection[str], as_of: AsOf) -> dict[int, Relation]:
    """The relations of some claims, either way, by their keys; one more than are looked at tells that there are more."""
    relations = (
        ClaimRelation.objects.published(as_of)
        .filter(Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages))
        .order_by("pk")
        .values_list("pk", "claim__public_id", "kind", "other__public_id", "note")
    )[: MOST_RELATIONS + 1]
    return {key: (lineage, kind, other, note) for key, lineage, kind, other, note in relations}


def claims_of_lineages(lineages: Collection[str], as_of: AsOf, most: int) -> dict[str, ClaimKeys]:
    """The claims that stand for some lineages at a point in time, the earliest first."""
    claims = (
        Claim.objects.published(as_of)
        .filter(lineage__in=lineages)
        .order_by("sort_at", "public_id")
        .values_list("lineage", "pk", "public_id")
    )[:most]
    return {lineage: (key, public_id) for lineage, key, public_id in claims}


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
    chain = Claim.objects.filter(
        lineage=claim.lineage, published_rev__lte=as_of.revision, taken_down_rev__isnull=True
    ).select_related("published_rev", "withdrawn_rev", "replaced_by")
    chain_of_versions = []
    for row in chain.order_by("published_rev"):
        assert row.published_rev is not None  # the filter leaves out drafts
        version = Version(row.public_id, row.published_rev.at)
        # A withdrawal that was recorded later is not known at this revision.
        if row.withdrawn_rev is not None and row.withdrawn_rev.pk <= as_of.revision:
            version.withdrawn_at = row.withdrawn_rev.at
            version.reason, version.note = row.withdrawal_reason, row.withdrawal_note
            version.replaced_by = row.replaced_by.public_id if row.replaced_by is not None else None
        chain_of_versions.append(version)
    return chain_of_versions


@dataclass
class Copy:
    """A report that was copied from another, how many steps away it is, and from which."""

    report: Report
    steps: int


def dependants(report: Report, as_of: AsOf) -> tuple[list[Copy], bool]:
    """The public reports copied from one, directly or through others, nearest first, and whether these are all.

    One query a step, at most `MOST_STEPS`.
    """
    copies: list[Copy] = []
    newest, seen = [report], {report.pk}
    # Not `record.graphs.closure`: each step asks for no more than there is still room for.
    for steps in range(1, MOST_STEPS + 1):
        copied = Report.objects.published(as_of).filter(derived_from__in=newest).exclude(pk__in=seen)
        newest = list(copied.order_by("issued_latest", "public_id")[: MOST_ROWS - len(copies) + 1])
        seen |= {copy.pk for copy in newest}
        copies += [Copy(copy, steps) for copy in newest]
        if not newest or len(copies) > MOST_ROWS:
            break
    return copies[:MOST_ROWS], not newest
