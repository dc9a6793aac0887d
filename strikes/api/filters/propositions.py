"""Filters of a proposition: its subject, its topic and how it stands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Subquery

from api.filters import CountFilter, FlagFilter, IdsFilter, RecordFilter, VocabularyFilter, resolve
from record.models import OnRecord
from sources.models import Actor
from strikes.api.accounts import newest_assessments
from strikes.api.filters.places import PLACE_FILTERS
from strikes.api.filters.rows import FilterValues, conditions_of, lookups_of
from strikes.api.filters.strikes import StrikeFilters
from strikes.choices import Dispute, Grade, GradeBasis, RegionLevel, Topic, UnitKind
from strikes.disputes.states import states_known_by
from strikes.models import Facility, Proposition, PropositionState, Region, Strike, Unit

MODELS_OF_SUBJECTS: dict[str, type[OnRecord]] = {
    "facility": Facility,
    "unit": Unit,
    "actor": Actor,
    "region": Region,
}


class SubjectsFilter(RecordFilter):
    """Subjects of propositions: ids of facilities, units, actors or regions."""

    several = True

    def values(self, texts: list[str], revision: int) -> dict[str, set[int]]:
        keys_of: dict[str, set[int]] = {}
        for text in texts:
            for name, keys in subjects_with_id(text, revision).items():
                keys_of[name] = keys_of.get(name, set()) | keys
        return keys_of


def subjects_with_id(public_id: str, revision: int) -> dict[str, set[int]]:
    """The rows with an id, by what kind of subject they are; an id of none of them is an error."""
    keys_of, problem = {}, None
    for name, model in MODELS_OF_SUBJECTS.items():
        try:
            keys_of[name] = resolve(model, [public_id], revision)
        except ValidationError as error:
            problem = error
    if not keys_of and problem is not None:
        raise problem
    return keys_of


class PropositionFilters(StrikeFilters):
    """Filters of a proposition."""

    unit = IdsFilter(Unit, help_text="Units that are the subject.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit that is the subject does.")
    region_level = VocabularyFilter(
        RegionLevel, help_text="Whether the region that is the subject is a country or a part of one."
    )
    subject = SubjectsFilter(help_text="Facilities, units, actors or regions that are the subject itself.")
    proposition = IdsFilter(Proposition, help_text="Points at issue.")
    topic = VocabularyFilter(Topic, help_text="What the proposition is about.")
    open = FlagFilter(help_text="Whether the proposition is a question that rival propositions answer.")
    dispute = VocabularyFilter(Dispute, help_text="How the independent origins stand to the proposition.")
    min_origins = CountFilter(help_text="At least so many independent origins are for the proposition.")
    grade = VocabularyFilter(Grade, help_text="The newest editor's grade of the proposition.")
    grade_basis = VocabularyFilter(GradeBasis, help_text="What the newest grade rests on.")

    PROPOSITION_LOOKUPS = {
        "unit": "unit__in",
        "unit_kind": "unit__kind__in",
        "region_level": "region__level__in",
        "proposition": "pk__in",
        "topic": "topic__in",
        "open": "open",
    }

    computed_states: dict[int, PropositionState] | None = None
    """The states of the propositions asked for, where they are computed: once for a request."""

    def proposition_conditions(self, values: FilterValues) -> Q:
        """The conditions on a proposition."""
        conditions = self.place_conditions(values) & lookups_of(values, self.PROPOSITION_LOOKUPS)
        conditions &= conditions_of(
            values,
            {
                "subject": about_subjects,
                "grade": lambda grades: self.newest_assessment_says("grade", grades),
                "grade_basis": lambda bases: self.newest_assessment_says("grade_basis", bases),
            },
        )
        if "dispute" in values or "min_origins" in values:
            conditions &= self.in_state(conditions, values.get("dispute"), values.get("min_origins", 0))
        return conditions

    def place_conditions(self, values: FilterValues) -> Q:
        """What is asked of the place, met by the strike or by the subject; and what is asked of the strike alone."""
        of_strike = {name: value for name, value in values.items() if name not in PLACE_FILTERS}
        of_place = {name: value for name, value in values.items() if name in PLACE_FILTERS}
        conditions = Q()
        if of_place:
            facilities = Facility.objects.filter(self.facility_conditions(of_place))
            conditions = Q(strike__in=Strike.objects.filter(self.strike_conditions(of_place)))
            conditions |= Q(facility__in=facilities) | Q(unit__facility__in=facilities)
            if of_place.keys() <= {"country", "region"}:
                conditions |= Q(region__in=set.intersection(*of_place.values()))
        if strike_conditions := self.strike_conditions(of_strike):
            conditions &= Q(strike__in=Strike.objects.filter(strike_conditions))
        return conditions

    def newest_assessment_says(self, column: str, words: list[str]) -> Q:
        """Propositions whose newest assessment says one of these; of merged ones, the newest of them all."""
        newest = Subquery(newest_assessments(self.as_of).values(column)[:1])
        duplicates = list(Proposition.objects.canonical_keys(self.as_of))
        graded = Proposition.objects.exclude(pk__in=duplicates).annotate(newest=newest)
        graded = graded.filter(newest__in=words)
        return Proposition.objects.including_duplicates(Q(pk__in=graded.values("pk")), self.as_of)

    def in_state(self, conditions: Q, dispute: list[str] | None, min_origins: int) -> Q:
        """Propositions that stand so, and those merged into one: by kept states or, as of what was known, computed."""
        if self.as_of.known is None:
            disputed_so = Q(state__in=dispute) if dispute else Q()
            states = PropositionState.objects.current(self.revision)
            states = states.filter(disputed_so, origins_for__gte=min_origins)
            keys = Q(pk__in=states.values("proposition"))
            return Proposition.objects.including_duplicates(keys, self.as_of)
        if self.computed_states is None:
            keys = Q(pk__in=Proposition.objects.cited(self.as_of).filter(conditions).values("pk"))
            rows = Proposition.objects.published(self.as_of)
            rows = rows.filter(Proposition.objects.including_canonical(keys, self.as_of))
            self.computed_states = states_known_by(rows, self.as_of)
        matching = [
            pk
            for pk, state in self.computed_states.items()
            if state.origins_for >= min_origins and (not dispute or state.state in dispute)
        ]
        return Proposition.objects.including_duplicates(Q(pk__in=matching), self.as_of)

    def matching_propositions(self, values: FilterValues) -> QuerySet[Proposition]:
        """The propositions that meet all conditions, public ones and those merged away, which claims name."""
        return Proposition.objects.cited(self.as_of).filter(self.proposition_conditions(values))


def about_subjects(keys_of: dict[str, set[int]]) -> Q:
    conditions = Q()
    for name, keys in keys_of.items():
        conditions |= Q(**{f"{name}__in": keys})
    return conditions
