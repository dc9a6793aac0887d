"""Filters of a strike: where, when and by what means."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from api.filters import IdsFilter, VocabularyFilter, WhenFilter
from sources.models import Actor
from strikes.api.filters.places import PLACE_FILTERS, PlaceFilters
from strikes.api.filters.rows import FilterValues, conditions_of, lookups_of
from strikes.choices import Method, PartyRole, StrikeKind
from strikes.models import Facility, Party, Strike, StrikeMethod


class StrikeFilters(PlaceFilters):
    """Filters of a strike."""

    strike = IdsFilter(Strike, help_text="Exactly these strikes.")
    wave = IdsFilter(Strike, help_text="Waves with everything they group, at any depth.")
    kind = VocabularyFilter(StrikeKind, help_text="Strike, wave, raid or incident.")
    method = VocabularyFilter(Method, help_text="By what means, as an editor's label of the strike.")
    operator = IdsFilter(Actor, help_text="Who operated the facility at the time of the event.")
    after = WhenFilter(help_text="Events that ended then or later, or go on. A date is a local date.")
    before = WhenFilter(help_text="Events that began earlier than that. A date is a local date.")

    STRIKE_LOOKUPS = {"strike": "pk__in", "kind": "kind__in"}

    def strike_conditions(self, values: FilterValues) -> Q:
        """The conditions on a strike."""
        conditions = conditions_of(
            values,
            {
                "country": self.strikes_in_regions,
                "region": self.strikes_in_regions,
                "wave": self.strikes_in_waves,
                "method": self.strikes_by_methods,
                "operator": self.strikes_at_facilities_operated_by,
                "after": self.strikes_after,
                "before": self.strikes_before,
            },
        )
        # A strike keeps regions of its own: only these are not looked up at its facility.
        at_facility = {name: values[name] for name in PLACE_FILTERS - {"country", "region"} if name in values}
        if at_facility:
            conditions &= Q(facility__in=Facility.objects.filter(self.facility_conditions(at_facility)))
        return conditions & lookups_of(values, self.STRIKE_LOOKUPS)

    def strikes_in_regions(self, regions: set[int]) -> Q:
        return Q(pk__in=Strike.objects.filter(regions__in=regions).values("pk"))

    def strikes_in_waves(self, waves: set[int]) -> Q:
        return Q(pk__in=Strike.objects.below(waves, self.as_of))

    def strikes_by_methods(self, methods: list[str]) -> Q:
        return Q(pk__in=StrikeMethod.objects.filter(method__in=methods).values("strike"))

    def strikes_at_facilities_operated_by(self, operators: set[int]) -> Q:
        operating_then = Party.objects.published(self.as_of).filter(
            Q(since__isnull=True) | Q(since__lte=OuterRef("local_date")),
            Q(until__isnull=True) | Q(until__gte=OuterRef("local_date")),
            facility=OuterRef("facility"),
            role=PartyRole.OPERATOR,
            actor__in=operators,
        )
        return Q(pk__in=Strike.objects.filter(Exists(operating_then)).values("pk"))

    def strikes_after(self, limit: dt.date | dt.datetime) -> Q:
        column = "latest" if isinstance(limit, dt.datetime) else "local_until"
        return Q(**{f"{column}__gte": limit}) | Q(latest__isnull=True)  # null: it still goes on

    def strikes_before(self, limit: dt.date | dt.datetime) -> Q:
        column = "earliest" if isinstance(limit, dt.datetime) else "local_date"
        return Q(**{f"{column}__lt": limit})
