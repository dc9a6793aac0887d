"""The snapshots that there should be, made again from the rows of today and the amendments in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
    is_certain: bool
    """False where a takedown has blanked the ledger, so that nobody can tell what was amended."""


def history(said: Said, amendments: Sequence[Change], model: type[OnRecord]) -> Iterator[Version]:
    """The versions of a row, newest first: each amendment is undone on the way back."""
    end, is_certain = said.withdrawn, True
    for change in reversed(amendments):
        n, before = change.revision_id, undone(said, change, model)
        differs = change.values is None or said.body(n) != before.body(n - 1)
        if differs and (end is None or n < end):  # two amendments in one revision make one version
            yield Version(said, said.body(n), n, end, is_certain)
            end = n
        said, is_certain = before, is_certain and change.values is not None
    if end is None or said.published < end:
        yield Version(said, said.body(said.published), said.published, end, is_certain)


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
        last = keys[-1]


def fill_in(model: type[OnRecord], keys: Sequence[int]) -> int:
    """Seal what these rows said and say, where nothing is kept; returns how many versions were missing.

    What is kept stays as it is, with its salt: what was sealed never changes.
    """
    with transaction.atomic():
        found = list(replay(model, keys))
        of_rows = Snapshot.objects.filter(
            collection=model.collection, lineage__in={version.said.lineage for version in found}
        )
        kept = set(of_rows.values_list("object_id", "from_rev"))
        missing = [version for version in found if (version.said.object_id, version.from_rev) not in kept]
        revision_of = Revision.objects.in_bulk({version.from_rev for version in missing})
        Snapshot.objects.bulk_create(
            seal(version.said, model.collection, revision_of[version.from_rev], version.body, version.to_rev)
            for version in missing
        )
    return len(missing)
