"""The publishing functions: only these change what is public. Everything else calls them."""

from record.publishing.amendments import Amendment, amend
from record.publishing.batches import Batch, publish_batch, publish_dated
from record.publishing.blocking import Blocked, Blocker, Trial, questions, tried
from record.publishing.corrections import Correction, correct, revise
from record.publishing.merges import MergePreview, conflicts_of, merge, undone_with, unmerge
from record.publishing.publication import blockers, needed_by, publish
from record.publishing.takedowns import Covered, covered_by, takedown
from record.publishing.withdrawals import resting_on, withdraw
from record.publishing.writing import field_values, numbered_parts

__all__ = [
    "Amendment",
    "Batch",
    "Blocked",
    "Blocker",
    "Correction",
    "Covered",
    "MergePreview",
    "Trial",
    "amend",
    "blockers",
    "conflicts_of",
    "correct",
    "covered_by",
    "field_values",
    "merge",
    "needed_by",
    "numbered_parts",
    "publish",
    "publish_batch",
    "publish_dated",
    "questions",
    "resting_on",
    "revise",
    "takedown",
    "tried",
    "undone_with",
    "unmerge",
    "withdraw",
]
