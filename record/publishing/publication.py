"""Drafts go public, with what belongs to them, and never before what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from record.choices import Action
from record.graphs import reached
from record.models import OnRecord, Revision
from record.publishing.blocking import (
    Blocked,
    Blocker,
    refuse_if_any,
    refuse_what_names_gone,
    require_public_targets,
    require_rows,
    tried,
)
from record.publishing.writing import (
    RevisionWriter,
    load_together,
    lock_rows,
    new_revision,
    numbered_parts,
    parts_of,
)


def publish(*rows: OnRecord, note: str | None = None) -> Revision:
    """Make drafts public, together, in one revision. Their numbered parts and parts come along.

    Raises ``Blocked``, which lists everything in the way: a rule a row breaks, or a row it names
    that is neither public nor among those published here.
    """
    require_rows(rows)
    with new_revision() as writer:
        publish_rows(writer, rows, note=note)
    return writer.revision


def blockers(*rows: OnRecord) -> list[Blocker]:
    """What would keep these drafts from being published now; empty if nothing would."""
    return tried(lambda: publish(*rows), ()).blockers


def needed_by(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """Every other draft that must go public for these to: what they name, directly or through others."""
    # A draft may be named many times: its numbers are asked for once.
    draft_with_numbers = cache(lambda draft: with_numbers([draft]))

    def drafts_named_by(row: OnRecord) -> Iterator[OnRecord]:
        """The drafts that a row names, each with its numbers, which name others in turn."""
        for _, target in row.references():
            if target.status == "draft" and target.owner is None:
                yield from draft_with_numbers(target)

    drafts = reached(with_numbers(rows), drafts_named_by)
    # A number goes with its claim, not by itself.
    return [draft for draft in drafts if draft.owner is None]


# The steps, which a correction takes too ------------------------------------------------------------------


def with_numbers(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows and their draft numbered parts, each once."""
    all_rows = list(rows)
    for row in list(all_rows):
        all_rows += [part for part in numbered_parts(row) if part.status == "draft" and part not in all_rows]
    return all_rows


def publish_rows(
    writer: RevisionWriter, drafts: Iterable[OnRecord], correcting: bool = False, note: str | None = None
) -> None:
    rows = load_together(with_numbers(load_together(lock_rows(drafts))))
    _require_open_owners(rows)
    refuse_if_any(
        Blocker(row, f"It is not a draft but {row.status}.") for row in rows if row.status != "draft"
    )
    if not correcting:
        refuse_if_any(
            Blocker(row, "It supersedes a row: correct that one.")
            for row in rows
            if row.supersedes_id is not None
        )
    for row in rows:
        row.published_rev = writer.revision
        row.version += 1
        row.before_publish()
        row.save()
        row.keep_defaults()
        for part in parts_of(row):
            if part.published_rev_id is None:
                refuse_what_names_gone(part)
                part.published_rev = writer.revision
                part.before_publish()
                part.save(update_fields=["published_rev", *part.derived_fields])
        writer.log(Action.PUBLISH, row, note=note)
    # Asked last: the rows of one revision may name each other.
    require_public_targets(rows)


def _require_open_owners(rows: Sequence[OnRecord]) -> None:
    """A number goes public with its claim: to a claim that is public already none is added."""
    for row in rows:
        if row.owner is None or row.supersedes_id is not None:
            continue
        owner = getattr(row, row.owner)
        if owner.status != "draft" and owner not in rows:
            raise Blocked([Blocker(row, f"{row.owner}: it is frozen, with its numbers; correct it instead.")])
