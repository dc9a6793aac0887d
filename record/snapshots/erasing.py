"""What was taken down is erased from snapshots at every revision; only its hashes stay."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from record.models import OnRecord, Recorded, Revision, Snapshot
from record.snapshots.sealed import canonical, part_model_of, read

Address = tuple[str, str]
"""A collection and an id."""


def erase(rows: Iterable[OnRecord], parts: Iterable[Recorded], revision: Revision) -> None:
    """Erase rows that were taken down, and parts that were, from what their rows said."""
    gone: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        gone[row.collection].add(row.public_id)
    for collection, ids in gone.items():
        of_rows = Snapshot.objects.filter(collection=collection, object_id__in=ids)
        of_rows.filter(to_rev=None).update(to_rev=revision)
        of_rows.update(body=None, salt=None)
    owners: dict[type[OnRecord], set[int]] = defaultdict(set)
    for part in parts:
        owner: Any = getattr(part, str(part.owner))
        owners[type(owner)].add(owner.pk)
    for model, keys in owners.items():
        _leave_parts_out(model, keys)


def _leave_parts_out(model: type[OnRecord], keys: Iterable[int]) -> None:
    """Seal nothing anew: the body stays without the part and, without its salt, the leaf says nothing of it."""
    rows = model._default_manager
    lineages = list(rows.filter(pk__in=keys).values_list(model.lineage_field, flat=True))
    keys_of_lineages = rows.filter(**{f"{model.lineage_field}__in": lineages}).values_list("pk", flat=True)
    said = {row.object_id: row for row in read(model, list(keys_of_lineages)).values()}
    with_a_life = [name for name in model.parts if issubclass(part_model_of(model, name), Recorded)]
    for snapshot in Snapshot.objects.filter(
        collection=model.collection, lineage__in=lineages, body__isnull=False
    ):
        left = said[snapshot.object_id].body(snapshot.from_rev_id)
        body = json.loads(snapshot.body or "")
        _rewrite(snapshot, body, {**body, **{name: left[name] for name in with_a_life}})


def forget_texts(addresses: Iterable[Address], tells: Callable[[object], bool]) -> None:
    """Leave out texts that told of what was taken down, and that rows have amended since."""
    for collection, object_id in addresses:
        of_row = list(Snapshot.objects.filter(collection=collection, object_id=object_id, body__isnull=False))
        if not of_row:
            continue
        newest = json.loads(of_row[-1].body or "")
        for snapshot in of_row[:-1]:
            body = json.loads(snapshot.body or "")
            kept = {
                name: None if isinstance(value, str) and value != newest.get(name) and tells(value) else value
                for name, value in body.items()
            }
            _rewrite(snapshot, body, kept)


def _rewrite(snapshot: Snapshot, body: object, kept: object) -> None:
    if kept != body:
        Snapshot.objects.filter(pk=snapshot.pk).update(body=canonical(kept), salt=None)
