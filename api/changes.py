"""The ledger over REST: a feed for copies of the record, and what was corrected, for readers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.filters import PAGING, ChoicesFilter, RecordFilterSet, RevisionFilter, VocabularyFilter, WhenFilter
from api.pagination import Key, KeysetPagination, PagedView, Row
from api.serializers import ChangeSerializer
from api.types import JsonObject
from api.views import ListViewSet
from record.choices import Action, WithdrawalReason
from record.models import Change, collections

SINCE = RevisionFilter(
    help_text="Only what later revisions did. For the next request give the last revision that you have read."
)


@extend_schema_field({"type": "string", "format": "uri"})
class ChangedAddressField(serializers.Field):
    """The absolute address of the object that was changed."""

    def to_representation(self, change: Change) -> str:
        return f"{self.context['api']}{change.collection}/{change.object_id}/"


class ValueSerializer(serializers.Serializer[JsonObject]):
    """A field that was amended."""

    field = serializers.CharField(help_text="The field, or `parts` for what was ended and what was added.")
    old = serializers.JSONField(help_text="Its value before; ids for objects, null for none.")
    new = serializers.JSONField(help_text="Its value after; ids for objects, null for none.")


class CorrectionSerializer(ChangeSerializer):
    """What was corrected, and why."""

    url = ChangedAddressField(
        source="*", read_only=True, help_text="The address of the object: of a withdrawn one it answers 410."
    )
    note = serializers.CharField(
        allow_null=True, help_text="The public note that explains it; null if there is none."
    )
    values: Any = ValueSerializer(
        source="old_and_new", many=True, help_text="Of an amendment, each field with its old and new value."
    )


class ChangeFilterSet(RecordFilterSet):
    since = SINCE

    def filter_queryset(self, queryset: QuerySet[Change]) -> QuerySet[Change]:
        values = self.filter_values()
        return queryset.filter(revision__gt=values["since"]) if "since" in values else queryset


class CorrectionFilterSet(RecordFilterSet):
    collection = ChoicesFilter(collections, help_text="Collections of the objects that were corrected.")
    action = VocabularyFilter(Action, help_text="What was done to the object.")
    reason = VocabularyFilter(WithdrawalReason, help_text="Why it was withdrawn.")
    after = WhenFilter(help_text="What was recorded then or later (a date: from its beginning in UTC).")
    before = WhenFilter(help_text="What was recorded earlier (a date: until its beginning in UTC).")
    since = SINCE

    LOOKUPS = {
        "collection": "collection__in",
        "action": "action__in",
        "reason": "reason__in",
        "after": "revision__at__gte",
        "before": "revision__at__lt",
        "since": "revision__gt",
    }

    def filter_queryset(self, queryset: QuerySet[Change]) -> QuerySet[Change]:
        values = self.filter_values()
        for name in {"after", "before"} & values.keys():
            if not isinstance(values[name], dt.datetime):
                values[name] = dt.datetime.combine(values[name], dt.time.min, dt.UTC)
        return queryset.filter(**{self.LOOKUPS[name]: value for name, value in values.items()})


class LedgerPagination(KeysetPagination):
    """Nothing is counted where one page has all there is: a copy that is nearly up to date asks for little."""

    def counted(self, view: PagedView, rows: QuerySet[Model], page: Sequence[Model], others: bool) -> int:
        return super().counted(view, rows, page, others) if others else len(page)


class LedgerViewSet(ListViewSet):
    """Lines of the ledger, as of one revision."""

    paging = PAGING - {"ordering"}
    pagination_class = LedgerPagination
    newest_first = False

    def get_queryset(self) -> QuerySet[Change]:
        return Change.objects.filter(revision__lte=self.pin.revision)

    def load(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return super().load(rows).select_related("revision")

    def ordering_keys(self) -> list[Key]:
        return [Key("revision_id", self.newest_first), Key("position", self.newest_first)]


class ChangeViewSet(LedgerViewSet):
    """Every change of the public record, in the order in which it was made: to keep a copy equal.

    Read all pages from `since=0`, or read the lists first and then from the revision that their header
    `X-Record-Revision` names. Fetch each object that was changed: 200 has it as it is now, 308, 404 and 410
    say that the copy has it no more. Then `since` is the last revision of the last page, which is also in
    `X-Record-Revision`. No revision is missing, and a page shows none that is still being written.
    """

    serializer_class = ChangeSerializer
    filterset_class = ChangeFilterSet


class CorrectionViewSet(LedgerViewSet):
    """What was withdrawn, corrected, amended or merged, with the reason and a public note, newest first.

    A correction is a withdrawal with its successor in `replaced_by`. Of what was taken down for safety or by
    law only collection, id and reason remain. `corrections/?reason=misattribution` lists words that we gave
    to the wrong speaker.
    """

    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilterSet
    newest_first = True

    def get_queryset(self) -> QuerySet[Change]:
        return super().get_queryset().exclude(action=Action.PUBLISH)
