"""The only doors: the functions that change what is public. Everything else calls them."""

from record.doors.merges import MergePreview, conflicts_of, merge, undone_with, unmerge
from record.doors.publication import (
    amend,
    blockers,
    correct,
    load,
    needed_by,
    publish,
    resting_on,
    revise,
    withdraw,
)
from record.doors.takedowns import Covered, covered_by, takedown
from record.doors.writing import BOOKKEEPING, Blocked, Blocker

__all__ = [
    "BOOKKEEPING",
    "Blocked",
    "Blocker",
    "Covered",
    "MergePreview",
    "amend",
    "blockers",
    "conflicts_of",
    "correct",
    "covered_by",
    "load",
    "merge",
    "needed_by",
    "publish",
    "resting_on",
    "revise",
    "takedown",
    "undone_with",
    "unmerge",
    "withdraw",
]
