"""Snapshots follow the record: each revision seals what it changed, and ends what it withdrew."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence

from record.models import OnRecord, Recorded, Revision, Snapshot
from record.snapshots.sealed import SCHEMA, Body, Said, canonical, leaf, read, says_the_same

BATCH = 500  # rows that are read and written at once
SALT_BYTES = 32


def seal(said: Said, collection: str, revision: Revision, body: Body, to_rev: int | None = None) -> Snapshot:
    """The snapshot of what a row says from a revision on, or until another."""
    text, salt = canonical(body), secrets.token_bytes(SALT_BYTES)
    return Snapshot(
        collection=collection,
        lineage=said.lineage,
        object_id=said.object_id,
        from_rev=revision,
        to_rev_id=to_rev,
        schema=SCHEMA,
        body=text,
        salt=salt,
        leaf=leaf(collection, said.object_id, revision, SCHEMA, text, salt),
    )


def keep(touched: Iterable[Recorded], revision: Revision) -> None:
    """Seal what rows say that a revision has touched, where it differs; end what those said that it withdrew."""
    keys: dict[type[OnRecord], list[int]] = defaultdict(list)
    for row in touched:
        if isinstance(row, OnRecord):
            keys[type(row)].append(row.pk)
    for model, keys_of_model in keys.items():
        keys_of_model.sort()
        for start in range(0, len(keys_of_model), BATCH):
            _keep(model, keys_of_model[start : start + BATCH], revision)


def _keep(model: type[OnRecord], keys: Sequence[int], revision: Revision) -> None:
    said = {row.object_id: row for row in read(model, keys).values()}
    public = {row.lineage: row for row in said.values() if row.withdrawn is None}
    bodies = {lineage: row.body(revision.n) for lineage, row in public.items()}
    unchanged, ended = set(), []
    open_snapshots = (
        Snapshot.objects.current()
        .filter(collection=model.collection, lineage__in={row.lineage for row in said.values()})
        .order_by()
    )
    for snapshot in open_snapshots:
        lineage, now = snapshot.lineage, public.get(snapshot.lineage)
        if now is None:
            if snapshot.object_id in said:  # else a correction of it is public, and has not been touched
                ended.append(snapshot.pk)
        elif now.object_id == snapshot.object_id and says_the_same(
            json.loads(snapshot.body or ""), bodies[lineage]
        ):
            unchanged.add(lineage)
        else:
            ended.append(snapshot.pk)
    Snapshot.objects.filter(pk__in=ended).update(to_rev=revision)
    Snapshot.objects.bulk_create(
        seal(public[lineage], model.collection, revision, bodies[lineage])
        for lineage in sorted(public.keys() - unchanged)
    )
