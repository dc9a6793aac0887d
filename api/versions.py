"""What the record did to one object, from what it says now back to what it said first."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from rest_framework import serializers

from api.mementos import address_as_of
from api.serializers import ChangeSerializer
from record.choices import Action, WithdrawalReason
from record.models import Change, Merge, OnRecord, Snapshot, reference_fields
from record.snapshots.sealed import Body, part_model_of

MOST_TOLD = 500
TAKEDOWNS = [reason for reason in WithdrawalReason if reason.is_takedown]
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
        help_text="The field, by the name under which it is kept, such as `name`. A time has several: `said_latest` is "
        "the late edge of `said_at`."
    )
    old = serializers.JSONField(
        help_text="What it said before: other objects by their ids, null for nothing. Lists are given whole, and without "
        "what was taken down since; a text that told of that is null, too."
    )
    new = serializers.JSONField(help_text="What it says since then, likewise.")


class RecordedVersionSerializer(ChangeSerializer):
    """What one revision did to the object."""

    url = serializers.SerializerMethodField(
        help_text="The address that answers as of then, with `as_of`; null where the action left nothing new to read. "
        "Names and notes read as they do today there: how they read then is in `changed`."
    )
    note = serializers.CharField(
        allow_null=True, help_text="The public note that explains it; null if there is none."
    )
    changed = DifferenceSerializer(
        many=True,
        help_text="Of an amendment or a correction: each field that reads differently since then. Of two amendments in one "
        "revision the later one tells of both. Empty if all that changed was taken down.",
    )

    def get_url(self, change: Change) -> str | None:
        if change.action not in SAYS_SO:
            return None
        return address_as_of(self.context["api"], change.collection, change.object_id, change.revision.at)


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
    chain = _chain(row, revision)
    ids = [link.public_id for link in chain]
    merges = Merge.objects.filter(collection=row.collection, survivor__in=ids, from_rev__lte=revision)
    merged_into_it = Q(action__in=[Action.MERGE, Action.UNMERGE], object_id__in=merges.values("loser"))
    newest_first = (
        Change.objects.filter(
            Q(object_id__in=ids) | merged_into_it, collection=row.collection, revision__lte=revision
        )
        .select_related("revision")
        .order_by("-revision", "-position")
    )
    changes = list(newest_first[: MOST_TOLD + 1])
    told = changes[:MOST_TOLD]
    difference_of = _differences(chain, told[-1].revision_id if told else 0, revision)
    for change in told:
        changed = change.action in SAYS_SO
        # Of two amendments in one revision the later one tells of both.
        change.changed = difference_of.pop((change.object_id, change.revision_id), []) if changed else []
    return Versions(row.public_id, row.collection, told, len(changes) <= MOST_TOLD)


def _chain(row: OnRecord, revision: int) -> list[OnRecord]:
    """The row with all that it corrects and all that corrects it, of those that were ever public by a revision."""
    collection: Any = type(row)
    rows: QuerySet[Any] = collection.objects.filter(published_rev__lte=revision, taken_down_rev=None)
    chain = [row]
    while chain[0].supersedes_id and (earlier := rows.filter(pk=chain[0].supersedes_id).first()):
        chain.insert(0, earlier)
    while later := rows.filter(supersedes=chain[-1]).first():
        chain.append(later)
    return chain


def _differences(
    chain: Sequence[OnRecord], since: int, revision: int
) -> dict[tuple[str, int], list[Difference]]:
    """By the row and the revision that changed it: what reads differently from what came before."""
    model = type(chain[0])
    snapshots = Snapshot.objects.filter(
        collection=model.collection,
        lineage__in={getattr(link, link.lineage_field) for link in chain},
        from_rev__lte=revision,
        body__isnull=False,
    ).order_by("from_rev")
    told = [(snapshot, json.loads(snapshot.body or "")) for snapshot in snapshots]
    hidden = Hidden(model, [body for _, body in told], revision)
    difference_of: dict[tuple[str, int], list[Difference]] = {}
    before: Body | None = None
    for snapshot, body in told:
        shown = {name: value for name, value in hidden.left_out(body).items() if name not in model.chained_by}
        if before is not None and snapshot.from_rev_id >= since:
            difference_of[snapshot.object_id, snapshot.from_rev_id] = differences(before, shown)
        before = shown
    return difference_of


class Hidden:
    """What sealed forms name and nobody may see: drafts that a relation names, and what was taken down since."""

    def __init__(self, model: type[OnRecord], bodies: Sequence[Body], revision: int) -> None:
        self.names_of = {
            name: [(field.name, target) for field, target in reference_fields(part_model_of(model, name))]
            for name in model.parts
        }
        named: dict[type[OnRecord], set[str]] = defaultdict(set)
        listed: set[str] = set()
        for body in bodies:
            for name, references in self.names_of.items():
                for part in body.get(name, ()):
                    for field, target in references:
                        if part.get(field) is not None:
                            named[target].add(part[field])
                    listed.update(
                        text for value in part.values() if isinstance(value, list) for text in value
                    )
        self.public = {
            target: set(
                target._default_manager.filter(
                    public_id__in=ids, published_rev__lte=revision, taken_down_rev=None
                ).values_list("public_id", flat=True)
            )
            for target, ids in named.items()
        }
        gone = (
            Change.objects.filter(reason__in=TAKEDOWNS, object_id__in=listed)
            if listed
            else Change.objects.none()
        )
        self.gone = set(gone.values_list("object_id", flat=True))

    def left_out(self, body: Body) -> Body:
        """The sealed form without them."""
        return {
            name: [self._part(part) for part in value if self._is_public(name, part)]
            if name in self.names_of
            else value
            for name, value in body.items()
        }

    def _is_public(self, name: str, part: Body) -> bool:
        return all(
            part.get(field) is None or part[field] in self.public[target]
            for field, target in self.names_of[name]
        )

    def _part(self, part: Body) -> Body:
        return {
            name: [text for text in value if text not in self.gone] if isinstance(value, list) else value
            for name, value in part.items()
        }
