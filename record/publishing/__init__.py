"""The only doors: the functions that change what is public. Everything else calls them."""

from record.publishing.merges import MergePreview, conflicts_of, merge, undone_with, unmerge
from record.publishing.publication import (
    amend,
    blockers,
    correct,
    needed_by,
    publish,
    publish_dated,
    resting_on,
    revise,
    withdraw,
)
from record.publishing.takedowns import Covered, covered_by, takedown
from record.publishing.writing import Blocked, Blocker, bookkeeping_of

__all__ = [
    "Blocked",
    "Blocker",
    "Covered",
    "MergePreview",
    "amend",
    "blockers",
    "bookkeeping_of",
    "conflicts_of",
    "correct",
    "covered_by",
    "merge",
    "needed_by",
    "publish",
    "publish_dated",
    "resting_on",
    "revise",
    "takedown",
    "undone_with",
    "unmerge",
    "withdraw",
]
