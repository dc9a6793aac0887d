"""Who did what to a row and when."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from record.models import Change, OnRecord


def history_of(row: OnRecord) -> list[dict[str, Any]]:
    """Who did what to a row and when, newest first: the log of the admin and the ledger, each with its values."""
    entries = []
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(row)), object_id=str(row.pk)
    ).select_related("user")
    for entry in log:
        try:
            message = json.loads(entry.change_message)
        except ValueError:
            message = []
        values: list[Any] = next((part["values"] for part in message if "values" in part), [])
        what = entry.get_change_message() if not values else "Entered" if entry.is_addition() else "Changed"
        entries.append(
            {"at": entry.action_time, "who": entry.user.get_username(), "what": what, "values": values}
        )
    changes = Change.objects.filter(collection=row.collection, object_id=row.public_id).select_related(
        "revision"
    )
    for change in changes:
        what = f"Revision {change.revision_id}: {change.action}"
        what += f", {str(change.reason).replace('_', ' ')}" if change.reason else ""
        what += f": {change.note}" if change.note else ""
        entries.append({"at": change.revision.at, "who": "the ledger", "what": what, "values": []})
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
