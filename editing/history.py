"""Who did what to a row and when."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from record.models import Change, OnRecord


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history of a row."""

    at: dt.datetime
    who: str
    what: str
    values: Sequence[Sequence[str]] = ()
    """Label, old value and new value of what was changed."""


def history_of(row: OnRecord) -> list[HistoryEntry]:
    """Who did what to a row and when, newest first: the log of the admin and the ledger, each with its values."""
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(row)), object_id=str(row.pk)
    ).select_related("user")
    changes = Change.objects.filter(collection=row.collection, object_id=row.public_id).select_related(
        "revision"
    )
    entries = [*map(from_log, log), *map(from_ledger, changes)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def from_log(entry: LogEntry) -> HistoryEntry:
    try:
        message = json.loads(entry.change_message)
    except ValueError:  # a sentence, as the pages of actions log it
        message = []
    values: Sequence[Sequence[str]] = next((part["values"] for part in message if "values" in part), ())
    what = "Entered" if entry.is_addition() else "Changed"
    if not values:
        what = entry.get_change_message()
    return HistoryEntry(entry.action_time, entry.user.get_username(), what, values)


def from_ledger(change: Change) -> HistoryEntry:
    what = f"Revision {change.revision_id}: {change.action}"
    what += f", {str(change.reason).replace('_', ' ')}" if change.reason else ""
    what += f": {change.note}" if change.note else ""
    return HistoryEntry(change.revision.at, "the ledger", what)
