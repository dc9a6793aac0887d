"""Whether the snapshots say what rows and ledger say: a part of what `manage.py check_record` looks at."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from django.db.models import Count

from record.models import Ledger, OnRecord, Revision, Snapshot, collections
from record.snapshots.replaying import Version, in_batches, replay
from record.snapshots.sealed import leaf, says_the_same


def discrepancies() -> Iterator[str]:
    """Every snapshot that is missing, one too many, or differs, and every leaf that is not that of its body."""
    counted = Snapshot.objects.filter(body__isnull=False).order_by().values_list("collection")
    with_body = dict(counted.annotate(Count("pk")))
    for collection, model in sorted(collections().items()):
        compared = 0
        for keys in in_batches(model):
            found: dict[str, list[Version]] = defaultdict(list)
            for version in replay(model, keys):
                found[version.said.object_id].append(version)
            kept = _kept(model, found)
            for object_id, of_row in found.items():
                for rule in _differences(of_row, kept[object_id]):
                    yield f"{collection}/{object_id}: {rule}"
                compared += len(kept[object_id])
            yield from _wrong_leaves([snapshot for of_row in kept.values() for snapshot in of_row])
        if (kept_of_all := with_body.get(collection, 0)) != compared:
            yield f"{collection}: {kept_of_all} snapshots have a body, and {compared} are of rows on record."
    if Snapshot.objects.exclude(collection__in=collections()).exists():
        yield "snapshots: some are of a collection that there is not."
    if not Ledger.head().takedowns and Snapshot.objects.filter(salt=None).exists():
        yield "snapshots: some have no salt, and nothing was ever taken down."


def _kept(model: type[OnRecord], found: Mapping[str, Sequence[Version]]) -> dict[str, list[Snapshot]]:
    lineages = {of_row[0].said.lineage for of_row in found.values()}
    kept: dict[str, list[Snapshot]] = defaultdict(list)
    for snapshot in Snapshot.objects.filter(collection=model.collection, lineage__in=lineages):
        kept[snapshot.object_id].append(snapshot)
    return kept


def _differences(of_row: Sequence[Version], kept: Sequence[Snapshot]) -> Iterator[str]:
    """What is wrong with the snapshots of one row; its versions come newest first."""
    said = of_row[0].said
    if not kept:
        yield "nothing is kept of what it said."
        return
    if kept[0].from_rev_id != said.published or kept[-1].to_rev_id != said.withdrawn:
        yield "its snapshots do not cover its life in public."
    if any(earlier.to_rev_id != later.from_rev_id for earlier, later in pairwise(kept)):
        yield "its snapshots leave a gap, or overlap."
    revisions = {version.certain_from for version in of_row} | {snapshot.from_rev_id for snapshot in kept}
    for n in sorted(revisions):
        version = next((version for version in of_row if version.from_rev <= n), None)
        snapshot = next((snapshot for snapshot in reversed(kept) if snapshot.from_rev_id <= n), None)
        if version is None or snapshot is None or n < version.certain_from:
            continue
        if snapshot.body is None or not says_the_same(json.loads(snapshot.body), version.body):
            yield f"its snapshot differs from what it said at revision {n}."


def _wrong_leaves(kept: Sequence[Snapshot]) -> Iterator[str]:
    revision_of = Revision.objects.in_bulk({snapshot.from_rev_id for snapshot in kept})
    for snapshot in kept:
        if snapshot.salt is None or snapshot.body is None:
            continue  # a takedown has taken the salt
        revision = revision_of[snapshot.from_rev_id]
        hashed = leaf(
            snapshot.collection,
            snapshot.object_id,
            revision,
            snapshot.schema,
            snapshot.body,
            bytes(snapshot.salt),
        )
        if hashed != snapshot.leaf:
            yield f"{snapshot}: its leaf is not that of its body."
