"""Many changes of public rows in one revision, and loads that are dated to the past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from record.models import Ledger, OnRecord, Revision
from record.publishing.amendments import Amendment, amend_row
from record.publishing.blocking import Blocked, Blocker
from record.publishing.corrections import Correction, correct_rows
from record.publishing.publication import publish_rows
from record.publishing.writing import new_revision


@dataclass(frozen=True)
class Batch:
    """What one revision does, in this order: drafts go public, public rows are amended, others corrected."""

    drafts: Sequence[OnRecord] = ()
    amendments: Sequence[Amendment] = ()
    corrections: Sequence[Correction] = ()

    def __bool__(self) -> bool:
        return bool(self.drafts or self.amendments or self.corrections)


def publish_batch(batch: Batch, at: datetime | None = None) -> Revision:
    """Do all of it in one revision, or nothing. Only ``publish_dated`` gives a moment.

    Raises ``Blocked`` as ``publish``, ``amend`` and ``correct`` do.
    """
    if not batch:
        # A revision that changes nothing would leave an empty line in the feed.
        raise ValueError("The batch is empty.")
    with new_revision(at) as writer:
        if batch.drafts:
            publish_rows(writer, batch.drafts)
        for amendment in batch.amendments:
            amend_row(writer, amendment)
        for correction in batch.corrections:
            correct_rows(writer, correction)
    return writer.revision


def publish_dated(batches: Iterable[tuple[datetime, Batch]]) -> Revision:
    """The starter load: batches under past moments, in date order, into an empty ledger.

    One transaction: all or nothing. A moment after now becomes now. Each batch is asked for when the one before
    it is on the record, so that it may be about that.
    """
    with transaction.atomic():
        revision = None
        if Ledger.head().n:
            raise Blocked([Blocker(Ledger.head(), "Past moments are for an empty ledger only.")])
        for at, batch in batches:
            if batch:
                revision = publish_batch(batch, min(at, timezone.now()))
    if revision is None:
        raise ValueError("There is nothing to load.")
    return revision
