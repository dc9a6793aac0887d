"""The snapshots that there should be, made again from the rows of today and the amendments in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.db import models, transaction

from record.choices import Action
from record.models import Change, OnRecord, Revision, Snapshot
from record.snapshots.keeping import BATCH, seal
from record.snapshots.sealed import Body, Part, Said, own_fields, part_model_of, read, sealed_value


@dataclass(frozen=True)
class Version:
    """What a row said from one revision until another, as rows and ledger tell."""

    said: Said
    body: Body
    from_rev: int
    to_rev: int | None
    certain_from: int
    """From which revision on that is certain: a takedown may have blanked in the ledger what was amended before."""


def history(said: Said, amendments: Sequence[Change], model: type[OnRecord]) -> Iterator[Version]:
    """The versions of a row, newest first: each revision that amended it is undone on the way back."""
    end, certain_from = said.withdrawn, said.published
    by_revision = groupby(reversed(amendments), key=lambda change: change.revision_id)
    for n, changes in by_revision:
        now, before = said, said
        for change in changes:
            before = undone(before, change, model)
            if change.values is None:
                certain_from = max(certain_from, n)
        if now.body(n) != before.body(n - 1) and n > said.published:
            yield Version(now, now.body(n), n, end, max(n, certain_from))
            end = n
        said = before
    yield Version(said, said.body(said.published), said.published, end, certain_from)


def undone(said: Said, change: Change, model: type[OnRecord]) -> Said:
    """What the row said before an amendment. Parts with a public life tell themselves when they were public."""
    fields, parts = dict(said.fields), dict(said.parts)
    for name, (old, _) in (change.values or {}).items():
        if name in parts:
            before = (change.replaced_parts or {}).get(name)
            if before is None:
                before = _as_well_as_known(old, parts[name], part_model_of(model, name))
            parts[name] = [Part(says, None, None) for says in before]
        elif name in fields:
            field = model._meta.get_field(name)
            assert isinstance(field, models.Field)
            fields[name] = old if field.is_relation else sealed_value(field.to_python(old))
    return replace(said, fields=fields, parts=parts)


def _as_well_as_known(old: object, parts: Sequence[Part], part_model: type[models.Model]) -> Iterator[Body]:
    """Parts of which the ledger has only the line to read, as it had at first: whole where one reads so today."""
    by_line = {str(part_model(**part.says)): part.says for part in parts}
    first, *others = (field.name for field in own_fields(part_model))
    for line in old if isinstance(old, list) else []:
        yield by_line.get(line, {first: line, **dict.fromkeys(others)})


def replay(model: type[OnRecord], keys: Sequence[int]) -> Iterator[Version]:
    """All versions of these rows, those of one row together."""
    said = read(model, keys)
    amendments: dict[str, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(
        action=Action.AMEND,
        collection=model.collection,
        object_id__in=[row.object_id for row in said.values()],
    ):
        amendments[change.object_id].append(change)
    for row in said.values():
        yield from history(row, amendments[row.object_id], model)


def in_batches(model: type[OnRecord]) -> Iterator[list[int]]:
    """The keys of all rows that were ever public and are not taken down, in order."""
    rows = model._default_manager.filter(published_rev__isnull=False, taken_down_rev__isnull=True)
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys
        if len(keys) < BATCH:
            return
        last = keys[-1]


def fill_in(model: type[OnRecord], keys: Sequence[int]) -> int:
    """Seal what these rows said and say, wherever nothing is kept; returns how many snapshots were made.

    What is kept stays as it is, with its salt: what was sealed never changes. What is uncertain gets no salt: the
    record does not vouch for it.
    """
    with transaction.atomic():
        found = list(replay(model, keys))
        kept: dict[str, list[Snapshot]] = defaultdict(list)
        for snapshot in Snapshot.objects.filter(
            collection=model.collection, lineage__in={version.said.lineage for version in found}
        ):
            kept[snapshot.object_id].append(snapshot)
        pieces = [
            (version, *span) for version in found for span in _missing(version, kept[version.said.object_id])
        ]
        revision_of = Revision.objects.in_bulk({start for _, start, _ in pieces})
        made = []
        for version, start, end in pieces:
            snapshot = seal(version.said, model.collection, revision_of[start], version.body, end)
            if start < version.certain_from:
                snapshot.salt = None
            made.append(snapshot)
        Snapshot.objects.bulk_create(made)
    return len(made)


def _missing(version: Version, kept: Sequence[Snapshot]) -> Iterator[tuple[int, int | None]]:
    """The spans of a version of which nothing is kept, apart where it begins to be certain."""
    spans: list[tuple[int, int | None]] = [(version.from_rev, version.to_rev)]
    if version.from_rev < version.certain_from and _is_before(version.certain_from, version.to_rev):
        spans = [(version.from_rev, version.certain_from), (version.certain_from, version.to_rev)]
    for snapshot in kept:
        spans = [left for span in spans for left in _without(span, snapshot)]
    yield from spans


def _without(span: tuple[int, int | None], snapshot: Snapshot) -> Iterator[tuple[int, int | None]]:
    """What is left of a span without that of a snapshot."""
    (start, end), (kept_from, kept_to) = span, (snapshot.from_rev_id, snapshot.to_rev_id)
    if not _is_before(kept_from, end) or not _is_before(start, kept_to):
        yield span
        return
    if start < kept_from:
        yield start, kept_from
    if kept_to is not None and _is_before(kept_to, end):
        yield kept_to, end


def _is_before(revision: int, end: int | None) -> bool:
    return end is None or revision < end
