"""What can be asked of a proposition: its subject, its topic and how it stands."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Subquery

from api.filters import CountFilter, IdsFilter, RecordFilter, VocabularyFilter, resolve
from sources.models import Actor
from strikes.api.accounts import newest_assessments
from strikes.api.filters.events import EventFilters
from strikes.api.filters.places import PLACE_WORDS
from strikes.api.filters.rows import FilterValues
from strikes.choices import Dispute, Grade, GradeBasis, Topic, UnitKind
from strikes.disputes.states import states_known_by
from strikes.models import Facility, Proposition, PropositionState, Region, Strike, Unit

SUBJECTS: dict[str, Any] = {"facility": Facility, "unit": Unit, "actor": Actor, "region": Region}


class SubjectsFilter(RecordFilter):
    """Subjects of propositions: ids of facilities, units, actors or regions."""

    several = True

    def values(self, texts: list[str], revision: int) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for text in texts:
            hits = {}
            for name, model in SUBJECTS.items():
                try:
                    hits[name] = resolve(model, [text], revision)
                except ValidationError as error:
                    problem = error
            if not hits:
                raise problem
            for name, keys in hits.items():
                found[name] = found.get(name, set()) | keys
        return found


class PropositionFilters(EventFilters):
    """What can be asked of a proposition."""

    unit = IdsFilter(Unit, help_text="Units that are the subject.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit that is the subject does.")
    subject = SubjectsFilter(help_text="Facilities, units, actors or regions that are the subject itself.")
    proposition = IdsFilter(Proposition, help_text="Points at issue.")
    topic = VocabularyFilter(Topic, help_text="What the proposition is about.")
    dispute = VocabularyFilter(Dispute, help_text="How the independent origins stand to the proposition.")
    min_origins = CountFilter(help_text="At least so many independent origins are for the proposition.")
    grade = VocabularyFilter(Grade, help_text="The newest editor's grade of the proposition.")
    grade_basis = VocabularyFilter(GradeBasis, help_text="What the newest grade rests on.")

    weighed: dict[int, PropositionState] | None = None
    """The states of the propositions asked for, where they are computed: once for a request."""

    def about(self, asked: FilterValues) -> Q:
        """The conditions on a proposition."""
        q = Q()
        where = {word: asked[word] for word in asked if word in PLACE_WORDS}
        if where:
            places = Facility.objects.filter(self.places(where))
            there = Q(strike__in=Strike.objects.filter(self.events(where)))
            there |= Q(facility__in=places) | Q(unit__facility__in=places)
            if where.keys() <= {"country", "region"}:
                there |= Q(region__in=set.intersection(*where.values()))
            q &= there
        events = self.events({word: asked[word] for word in asked if word not in where})
        if events:
            q &= Q(strike__in=Strike.objects.filter(events))
        if "unit" in asked:
            q &= Q(unit__in=asked["unit"])
        if "unit_kind" in asked:
            q &= Q(unit__kind__in=asked["unit_kind"])
        if "subject" in asked:
            any_of = Q()
            for name, keys in asked["subject"].items():
                any_of |= Q(**{f"{name}__in": keys})
            q &= any_of
        if "proposition" in asked:
            q &= Q(pk__in=asked["proposition"])
        if "topic" in asked:
            q &= Q(topic__in=asked["topic"])
        for word in ("grade", "grade_basis"):
            if word in asked:
                q &= self.graded(word, asked[word])
        if {"dispute", "min_origins"} & set(asked):
            q &= self.in_state(q, asked.get("dispute"), asked.get("min_origins", 0))
        return q

    def graded(self, word: str, values: list[str]) -> Q:
        """Propositions whose newest assessment says one of these; of merged ones, the newest of them all."""
        newest = Subquery(newest_assessments(self.as_of).values(word)[:1])
        found = Proposition.objects.exclude(pk__in=list(Proposition.objects.canonical_keys(self.as_of)))
        found = found.annotate(newest=newest).filter(newest__in=values)
        return Proposition.objects.including_duplicates(Q(pk__in=found.values("pk")), self.as_of)

    def in_state(self, q: Q, dispute: list[str] | None, least: int) -> Q:
        """Propositions that stand so, and those merged into one: by kept states or, as of what was known, computed."""
        if self.as_of.known is None:
            asked = Q(state__in=dispute) if dispute else Q()
            states = PropositionState.objects.current(self.revision).filter(asked, origins_for__gte=least)
            return Proposition.objects.including_duplicates(
                Q(pk__in=states.values("proposition")), self.as_of
            )
        if self.weighed is None:
            found = Proposition.objects.cited(self.as_of).filter(q).values("pk")
            rows = Proposition.objects.published(self.as_of)
            rows = rows.filter(Proposition.objects.including_canonical(Q(pk__in=found), self.as_of))
            self.weighed = states_known_by(rows, self.as_of)
        matching = [
            pk
            for pk, state in self.weighed.items()
            if state.origins_for >= least and (not dispute or state.state in dispute)
        ]
        return Proposition.objects.including_duplicates(Q(pk__in=matching), self.as_of)

    def propositions(self, asked: FilterValues) -> QuerySet[Proposition]:
        """The propositions that meet all conditions, public ones and those merged away, which claims name."""
        rows: QuerySet[Proposition] = Proposition.objects.cited(self.as_of).filter(self.about(asked))
        return rows
