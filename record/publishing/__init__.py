"""The publishing functions: only these change what is public. Everything else calls them."""

from record.publishing.amendments import amend
from record.publishing.blocking import Blocked, Blocker
from record.publishing.corrections import correct, revise
from record.publishing.merges import MergePreview, conflicts_of, merge, undone_with, unmerge
from record.publishing.publication import blockers, needed_by, publish, publish_dated
from record.publishing.takedowns import Covered, covered_by, takedown
from record.publishing.withdrawals import resting_on, withdraw
from record.publishing.writing import bookkeeping_of

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
