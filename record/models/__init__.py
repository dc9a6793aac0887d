"""What it means to be on the record: the ledger, and the public life of a row."""

from record.models.ledger import Change, ChangeQuerySet, ClockBehind, Ledger, Revision
from record.models.merges import Merge, merges_read_once
from record.models.recorded import AsOf, KnownBy, Recorded, RecordedQuerySet, end_of
from record.models.rows import (
    EXEMPT,
    OnRecord,
    bookkeeping_of,
    collections,
    never_blank,
    reference_fields,
    references_of,
)
from record.models.snapshots import Snapshot

__all__ = [
    "EXEMPT",
    "AsOf",
    "Change",
    "ChangeQuerySet",
    "ClockBehind",
    "KnownBy",
    "Ledger",
    "Merge",
    "OnRecord",
    "Recorded",
    "RecordedQuerySet",
    "Revision",
    "Snapshot",
    "bookkeeping_of",
    "collections",
    "end_of",
    "merges_read_once",
    "never_blank",
    "reference_fields",
    "references_of",
]
