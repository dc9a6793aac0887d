"""What the record did to one object, from what it says now back to what it said first."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rest_framework import serializers

from api.serializers import ChangeSerializer
from record.choices import Action
from record.models import Change, OnRecord, Snapshot

MOST_TOLD = 500
SAYS_SO: Final = (Action.PUBLISH, Action.AMEND)
"""What makes an object say what it says: after any other action it says the same, or nothing."""


@dataclass(frozen=True)
class Difference:
    field: str
    old: object
    new: object


@dataclass(frozen=True)
class Versions:
    id: str
    collection: str
    versions: list[Change]
    complete: bool


class DifferenceSerializer(serializers.Serializer[Difference]):
    """A field that reads differently."""

    field = serializers.CharField(
        help_text="The field, by the name under which it is kept, such as `name` or `said_latest`."
    )
    old = serializers.JSONField(
        help_text="What it said before: other objects by their ids, null for nothing. Lists are given whole."
    )
    new = serializers.JSONField(help_text="What it says since then, likewise.")


class RecordedVersionSerializer(ChangeSerializer):
    """What one revision did to the object."""

    url = serializers.SerializerMethodField(
        help_text="The address of the object as it was from then on; null where the action left nothing new to read."
    )
    note = serializers.CharField(
        allow_null=True, help_text="The public note that explains it; null if there is none."
    )
    changed = DifferenceSerializer(
        many=True, help_text="Of an amendment or a correction: each field that reads differently since then."
    )

    def get_url(self, change: Change) -> str | None:
        if change.action not in SAYS_SO:
            return None
        at = change.revision.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return f"{self.context['api']}{change.collection}/{change.object_id}/?as_of={at}"


class VersionsSerializer(serializers.Serializer[Versions]):
    """What the record did to one object, the newest first."""

    id = serializers.CharField(help_text="The id of the object.")
    collection = serializers.CharField(help_text="Its collection, as in its address.")
    versions = RecordedVersionSerializer(many=True, help_text="What was done, the newest first.")
    complete = serializers.BooleanField(
        help_text=f"Whether that is all; false if more than {MOST_TOLD} things were done, and these are the newest."
    )


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """The fields that read differently in two sealed forms."""
    return [
        Difference(name, before.get(name), value)
        for name, value in after.items()
        if value != before.get(name)
    ]


def versions_of(row: OnRecord, revision: int) -> Versions:
    """What was done to a row and to those that it corrects or that correct it, up to a revision."""
    snapshots = Snapshot.objects.filter(
        collection=row.collection,
        lineage=getattr(row, row.lineage_field),
        from_rev__lte=revision,
        body__isnull=False,
    )
    ids = {row.public_id, *snapshots.order_by().values_list("object_id", flat=True).distinct()}
    newest_first = (
        Change.objects.filter(collection=row.collection, object_id__in=ids, revision__lte=revision)
        .select_related("revision")
        .order_by("-revision", "-position")
    )
    changes = list(newest_first[: MOST_TOLD + 1])
    told = changes[:MOST_TOLD]
    since = told[-1].revision_id if told else 0
    difference_of = _differences(snapshots.order_by("from_rev"), since)
    for change in told:
        change.changed = difference_of[change.revision_id] if change.action in SAYS_SO else []
    return Versions(row.public_id, row.collection, told, len(changes) <= MOST_TOLD)


def _differences(snapshots: Iterable[Snapshot], since: int) -> dict[int, list[Difference]]:
    """By the revision that changed it: what reads differently from what came before."""
    difference_of: dict[int, list[Difference]] = defaultdict(list)
    before: dict[str, object] | None = None
    for snapshot in snapshots:
        body: dict[str, object] = json.loads(snapshot.body or "")
        if before is not None and snapshot.from_rev_id >= since:
            difference_of[snapshot.from_rev_id] = differences(before, body)
        before = body
    return difference_of
