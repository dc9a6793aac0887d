"""What can be asked of a strike: where, when and by what means."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from api.filters import IdsFilter, VocabularyFilter, WhenFilter
from sources.models import Actor
from strikes.api.filters.places import PLACE_WORDS, PlaceFilters
from strikes.api.filters.rows import FilterValues
from strikes.choices import Method, PartyRole, StrikeKind
from strikes.models import Facility, Party, Strike, StrikeMethod


class EventFilters(PlaceFilters):
    """What can be asked of a strike."""

    strike = IdsFilter(Strike, help_text="Exactly these strikes.")
    wave = IdsFilter(Strike, help_text="Waves with everything they group, at any depth.")
    kind = VocabularyFilter(StrikeKind, help_text="Strike, wave, raid or incident.")
    method = VocabularyFilter(Method, help_text="By what means, as an editor's label of the strike.")
    operator = IdsFilter(Actor, help_text="Who operated the facility at the time of the event.")
    after = WhenFilter(help_text="Events that ended then or later, or go on. A date is a local date.")
    before = WhenFilter(help_text="Events that began earlier than that. A date is a local date.")

    def events(self, asked: FilterValues) -> Q:
        """The conditions on a strike."""
        q = Q()
        if at_place := {word: asked[word] for word in asked if word in PLACE_WORDS - {"country", "region"}}:
            q &= Q(facility__in=Facility.objects.filter(self.places(at_place)))
        for word in ("country", "region"):
            if word in asked:
                q &= Q(pk__in=Strike.objects.filter(regions__in=asked[word]).values("pk")) | Q(
                    facility__in=Facility.objects.filter(regions__in=asked[word])
                )
        if "strike" in asked:
            q &= Q(pk__in=asked["strike"])
        if "wave" in asked:
            q &= Q(pk__in=Strike.objects.below(asked["wave"], self.as_of))
        if "kind" in asked:
            q &= Q(kind__in=asked["kind"])
        if "method" in asked:
            q &= Q(pk__in=StrikeMethod.objects.filter(method__in=asked["method"]).values("strike"))
        if "operator" in asked:
            as_of = Party.objects.published(self.as_of).filter(
                Q(since__isnull=True) | Q(since__lte=OuterRef("local_date")),
                Q(until__isnull=True) | Q(until__gte=OuterRef("local_date")),
                facility=OuterRef("facility"),
                role=PartyRole.OPERATOR,
                actor__in=asked["operator"],
            )
            q &= Q(pk__in=Strike.objects.filter(Exists(as_of)).values("pk"))
        if "after" in asked:
            edge = "latest" if isinstance(asked["after"], dt.datetime) else "local_until"
            q &= Q(**{f"{edge}__gte": asked["after"]}) | Q(latest__isnull=True)
        if "before" in asked:
            edge = "earliest" if isinstance(asked["before"], dt.datetime) else "local_date"
            q &= Q(**{f"{edge}__lt": asked["before"]})
        return q
