"""What was taken down is erased from snapshots at every revision; only its hashes stay."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import models

from record.models import OnRecord, Recorded, Revision, Snapshot, collections, reference_fields
from record.snapshots.sealed import Body, canonical, own_fields, part_model_of, read

Address = tuple[str, str]
"""A collection and an id."""


def erase(rows: Iterable[OnRecord], parts: Iterable[Recorded], revision: Revision) -> None:
    """Erase rows that were taken down, and parts that were, from what their rows said."""
    gone: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        gone[row.collection][row.public_id] = getattr(row, row.lineage_field)
    for collection, lineages in gone.items():
        of_rows = Snapshot.objects.filter(
            collection=collection, lineage__in=set(lineages.values()), object_id__in=lineages
        )
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
        model = collections()[collection]
        row = model._default_manager.filter(public_id=object_id).first()
        if row is None:
            continue
        of_row = Snapshot.objects.filter(
            collection=collection, lineage=getattr(row, model.lineage_field), object_id=object_id
        )
        told = [(snapshot, json.loads(snapshot.body)) for snapshot in of_row if snapshot.body]
        for snapshot, body in told[:-1]:
            _rewrite(snapshot, body, _without_texts(model, body, told[-1][1], tells))


def _without_texts(model: type[OnRecord], body: Body, newest: Body, tells: Callable[[object], bool]) -> Body:
    """Free texts only: ids, words of vocabularies and dates may look alike, and tell nothing."""
    kept = dict(body)
    for name in _texts_of(model) & body.keys():
        if body[name] != newest.get(name) and tells(body[name]):
            kept[name] = None
    for name in model.parts:
        texts = _texts_of(part_model_of(model, name))
        still_said = newest.get(name, [])
        kept[name] = [
            part
            if part in still_said
            else {key: None if key in texts and tells(value) else value for key, value in part.items()}
            for part in body.get(name, [])
        ]
    return kept


def _texts_of(model: type[models.Model]) -> set[str]:
    """The fields in which editors write what they like."""
    return {
        field.name
        for field in own_fields(model)
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices
    }


def once_named() -> Iterator[tuple[Address, Address]]:
    """Each row with what it named at some time and names no more, as its older snapshots tell."""
    fields_of = {
        collection: [(field.name, target.collection) for field, target in reference_fields(model)]
        for collection, model in collections().items()
    }
    ended = Snapshot.objects.filter(to_rev__isnull=False, body__isnull=False).order_by()
    for collection, object_id, text in ended.values_list("collection", "object_id", "body").iterator():
        body = json.loads(text or "")
        for name, named_in in fields_of.get(collection, ()):
            value = body.get(name)
            for public_id in value if isinstance(value, list) else [value]:
                if public_id is not None:
                    yield (named_in, public_id), (collection, object_id)


def _rewrite(snapshot: Snapshot, body: object, kept: object) -> None:
    if kept != body:
        Snapshot.objects.filter(pk=snapshot.pk).update(body=canonical(kept), salt=None)
