"""The tags of the description: one for each collection, and those that are none."""

from __future__ import annotations

import inspect

from record.models import collections

FEEDS = {
    "changes": "The ledger of the record, line by line, to keep a copy equal.",
    "corrections": "What was corrected on the record: withdrawn, amended, merged, and why.",
}
OTHERS = {
    **FEEDS,
    "vocabularies": "The words that fields use and filters take, each with its definition and origin.",
    "stats": "Counts and series over the record, computed when they are read, each with what it rests on.",
    "root": "Where to begin: every collection with its address.",
}


def tag_text(tag: str) -> str:
    model = collections().get(tag)
    return inspect.getdoc(model) or "" if model else OTHERS[tag]
