"""Every rule in the database is kept by the database: each one is broken here, past all validation."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import combinations, product
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import CASCADE, PROTECT, BaseConstraint, CheckConstraint, F, Q, UniqueConstraint
from factory.declarations import LazyFunction

from record.choices import Action, WithdrawalReason
from record.models import OnRecord, Revision
from record.saving import fields_of
from sources.choices import ActorKind, IdentifierScheme, TimePrecision
from sources.models import Report, ReportNotice
from strikes.choices import (
    ClaimRelationKind,
    Comparator,
    Denominator,
    Grade,
    GradeBasis,
    Method,
    Metric,
    NumberEdge,
    PersonKind,
    RegionLevel,
    StrikeKind,
    UnitOfMeasure,
)
from strikes.models import (
    Capacity,
    Claim,
    ClaimOrigin,
    CountedWeapon,
    DamageEstimate,
    PropositionState,
    StrikeMethod,
    WeaponCount,
)
from tests.factories import MORNING, RevisionFactory, factories_by_model

Model = type[models.Model]
Change = dict[str, Any]
Way = Change | Callable[[Any], Change]

FACTORIES = factories_by_model()
MODELS: list[Model] = [
    model for app in ("record", "sources", "strikes") for model in apps.get_app_config(app).get_models()
]
CONSTRAINTS = [(model, constraint) for model in MODELS for constraint in model._meta.constraints]
CHECKS = [(model, rule) for model, rule in CONSTRAINTS if isinstance(rule, CheckConstraint)]
UNIQUES = [(model, rule) for model, rule in CONSTRAINTS if isinstance(rule, UniqueConstraint)]
UNIQUE_FIELDS = [
    (model, field)
    for model in MODELS
    for field in model._meta.local_concrete_fields
    if field.unique and not field.primary_key
]

NO_WORD = "no such word"
ANOTHER = 10**6
"""The key of another row. None need be there: pointers are checked when a transaction ends."""
BEFORE = MORNING - timedelta(minutes=1)


# --- How each rule is broken -----------------------------------------------------------------------------


def gone(row: Any, published_rev: int | None = 1, withdrawn_rev: int = 2, **change: Any) -> Change:
    """What a withdrawn row has besides, so that a change breaks one rule and no other."""
    change |= {"published_rev": published_rev, "withdrawn_rev": withdrawn_rev}
    if isinstance(row, OnRecord):
        change.setdefault("withdrawal_reason", WithdrawalReason.TYPO)
    if isinstance(row, Claim):
        change |= dict.fromkeys(["sort_at", "known_at", "when_at"], MORNING)
    if isinstance(row, (Claim, Report, ReportNotice)):
        change |= {"known_on": MORNING.date()}
    return change


# Low, best and high of each comparator: `-` is not given, and `a` is less than `b`.
BOUNDS = {
    Comparator.EXACTLY: {"aaa", "bbb"},
    Comparator.APPROXIMATELY: {"-a-", "-b-"},
    Comparator.AT_LEAST: {"a--", "b--"},
    Comparator.MORE_THAN: {"a--", "b--"},
    Comparator.AT_MOST: {"--a", "--b"},
    Comparator.LESS_THAN: {"--a", "--b"},
    Comparator.ALMOST: {"-aa", "-bb"},
    Comparator.RANGE: {"a-a", "a-b", "b-b", "aaa", "aab", "abb", "bbb"},
    Comparator.VAGUE: {"---"},
}


def bounds(fitting: bool) -> list[Change]:
    """Every comparator with all the bounds that fit it, or with all that do not."""
    value = {"-": None, "a": 25, "b": 30}
    return [
        {"comparator": comparator, "low": value[low], "best": value[best], "high": value[high]}
        for comparator in Comparator
        for low, best, high in product("-ab", repeat=3)
        if (f"{low}{best}{high}" in BOUNDS[comparator]) is fitting
    ]


def edges(time: str) -> list[Change]:
    """An end of an interval that says how it is meant and does not mean it."""
    return [
        {time: MORNING},
        {time: MORNING, f"{time}_edge": NumberEdge.OPEN},
        {f"{time}_edge": NumberEdge.STATED},
        {f"{time}_edge": NumberEdge.FORECAST},
    ]


def since_the_morning(prefix: str) -> Change:
    return {f"{prefix}precision": TimePrecision.MINUTE, f"{prefix}earliest": MORNING}


def backwards(prefix: str) -> Change:
    precision = {f"{prefix}precision": TimePrecision.MINUTE}
    return precision | {f"{prefix}earliest": MORNING, f"{prefix}latest": BEFORE}


# Rules that several models have, by what follows the model in their name.
SHARED_BREAKS: dict[str, list[Way]] = {
    "is_withdrawn_after_it_was_published": [lambda row: gone(row, 2, 2), lambda row: gone(row, 3, 2)],
    "is_withdrawn_when_taken_down": [{"taken_down_rev": 1}],
    "is_withdrawn_only_once_published": [lambda row: gone(row, published_rev=None)],
    "gives_a_reason_when_withdrawn": [
        lambda row: gone(row, withdrawal_reason=None),
        {"withdrawal_reason": WithdrawalReason.TYPO},
    ],
    "withdrawal_reason_is_a_known_word": [lambda row: gone(row, withdrawal_reason=NO_WORD)],
    "withdrawal_note_is_never_blank": [lambda row: gone(row, withdrawal_note="")],
    "is_taken_down_for_safety_or_by_law": [lambda row: gone(row, taken_down_rev=2)],
    "is_replaced_only_when_withdrawn": [{"replaced_by": ANOTHER}, lambda row: gone(row, replaced_by=F("id"))],
    "supersedes_another_row": [{"supersedes": F("id")}],
    "bounds_fit_the_comparator": [*bounds(fitting=False)],
    "is_not_negative": [
        {"comparator": Comparator.AT_LEAST, "low": -1},
        {"comparator": Comparator.APPROXIMATELY, "best": -1},
        {"comparator": Comparator.AT_MOST, "high": -1},
    ],
    "is_spelt_as_its_scheme_demands": [
        *({"value": value} for value in ("", "?", "700", "q700", "Q0700", "Q700\n", "Q", "Q70 0")),
        {"scheme": IdentifierScheme.GEM, "value": "100000500000"},
        {"scheme": IdentifierScheme.GEM, "value": "LL1"},
        {"scheme": IdentifierScheme.GEONAMES},
        {"scheme": IdentifierScheme.GEONAMES, "value": "0"},
        *(
            {"scheme": IdentifierScheme.UN_LOCODE, "value": value}
            for value in ("RULE", "ruled", "RULE1", "1ULED")
        ),
    ],
    "or_more_is_for_ranges": [{"or_more": True}],
    "denominator_is_a_known_word": [{"unit_of_measure": UnitOfMeasure.PERCENT, "denominator": NO_WORD}],
    "share_says_of_what": [
        {"unit_of_measure": UnitOfMeasure.PERCENT},
        {"denominator": Denominator.FACILITY_OUTPUT},
    ],
    "other_denominator_is_named": [
        {"unit_of_measure": UnitOfMeasure.PERCENT, "denominator": Denominator.OTHER}
    ],
    "unspecified_denominator_has_a_scope": [
        {"unit_of_measure": UnitOfMeasure.PERCENT, "denominator": Denominator.UNSPECIFIED}
    ],
    "is_not_part_of_itself": [{"part_of": F("id")}],
}

# Rules of one model. Words, texts that are never blank, patterns and uniqueness need no line here, unless a
# row must be something else first.
BREAKS: dict[str, list[Way]] = {
    "ledger_has_one_row": [{"id": 2}],
    "revision_counts_from_one": [{"n": 0}],
    "change_reason_is_a_known_word": [{"action": Action.WITHDRAW, "reason": NO_WORD}],
    "change_note_is_never_blank": [{"note": ""}],
    "change_gives_a_reason_when_it_withdraws": [
        {"action": Action.WITHDRAW},
        {"reason": WithdrawalReason.TYPO},
    ],
    "merge_is_between_two_rows": [{"survivor": F("loser")}],
    "merge_is_undone_after_it_began": [{"undone_rev": F("from_rev")}],
    "snapshot_ends_after_it_began": [{"to_rev": F("from_rev")}],
    "snapshot_without_a_body_has_no_salt": [{"body": None}],
    # Who says it, and where we read it
    "actor_does_not_speak_for_itself": [{"affiliation": F("id")}],
    "actor_with_a_first_publisher_is_anonymous": [{"first_publisher": ANOTHER}],
    "actor_that_is_anonymous_has_no_local_name": [{"kind": ActorKind.ANONYMOUS, "name_local": "Олена"}],
    "report_issued_range_runs_forward": [backwards("issued_")],
    "report_is_derived_from_one_place": [{"derived_from": ANOTHER, "wire_source": ANOTHER}],
    "report_is_not_derived_from_itself": [{"derived_from": F("id")}],
    "reportnotice_names_another_report": [{"successor": F("report")}],
    # Where
    "region_without_a_parent_is_a_country": [{"level": RegionLevel.SUBDIVISION}, {"parent": ANOTHER}],
    "region_is_not_its_own_parent": [{"level": RegionLevel.SUBDIVISION, "parent": F("id")}],
    "facility_has_both_coordinates_or_none": [{"latitude": 56}, {"longitude": 44}],
    "facility_latitude_is_on_earth": [{"latitude": 91, "longitude": 0}, {"latitude": -91, "longitude": 0}],
    "facility_longitude_is_on_earth": [{"latitude": 0, "longitude": 181}, {"latitude": 0, "longitude": -181}],
    "party_begins_before_it_ends": [{"since": "2024-03-12", "until": "2024-03-11"}],
    "capacity_says_how_it_is_reckoned": [{"basis": None}],
    # What is at issue
    "strike_range_runs_forward": [backwards("")],
    "strike_that_is_a_wave_has_no_facility": [{"kind": StrikeKind.WAVE}],
    "strike_is_not_its_own_wave": [{"wave": F("id")}],
    "proposition_is_about_something": [{"strike": None}],
    "proposition_has_at_most_one_subject": [
        dict.fromkeys(pair, ANOTHER) for pair in combinations(["facility", "unit", "actor", "region"], 2)
    ],
    "proposition_that_is_open_answers_nothing": [{"open": True, "answers": ANOTHER}],
    "proposition_does_not_answer_itself": [{"answers": F("id")}],
    "proposition_does_not_cause_itself": [{"caused_by": F("id")}],
    "propositionstate_ends_after_it_began": [{"to_rev": F("from_rev")}],
    "assessment_grade_is_a_known_word": [{"grade": NO_WORD, "grade_basis": GradeBasis.VISUAL}],
    "assessment_names_its_basis": [{"grade": Grade.WEAK}],
    # What was said
    "claim_said_range_runs_forward": [backwards("said_")],
    "claim_said_range_has_a_precision": [{"said_earliest": MORNING}, {"said_latest": MORNING}],
    "claim_disclosed_range_runs_forward": [backwards("disclosed_")],
    "claim_disclosed_range_has_a_precision": [{"disclosed_earliest": MORNING}, {"disclosed_latest": MORNING}],
    "claim_event_range_runs_forward": [backwards("event_")],
    "claim_event_range_has_a_precision": [{"event_earliest": MORNING}, {"event_latest": MORNING}],
    "claim_status_is_of_some_time": [{"is_status": True}, {"is_status": True, **since_the_morning("event_")}],
    "claim_permanent_has_a_beginning_and_no_end": [
        {"is_permanent": True},
        {"is_permanent": True, "event_latest": MORNING, **since_the_morning("event_")},
    ],
    "claim_quote_language_is_a_tag": [{"quote": "да", "quote_language": tag} for tag in ("", "RU", "ru\n")],
    "claim_quote_language_needs_a_quote": [{"quote_language": "ru"}],
    "claim_speakers_stated_are_one_or_more": [{"speakers_stated": 0}],
    "claim_in_public_can_be_ordered": [{"published_rev": 1}],
    "report_in_public_has_a_last_day": [{"published_rev": 1}],
    "reportnotice_in_public_has_a_last_day": [{"published_rev": 1}],
    "claim_that_corrects_keeps_its_lineage": [{"supersedes": ANOTHER}, {"lineage_from": F("public_id")}],
    "claim_supersedes_another_row": [{"supersedes": F("id"), "lineage_from": F("public_id")}],
    "claimstep_is_a_source_or_an_actor": [{"source": ANOTHER}, {"actor": None}],
    "claimstep_counts_from_one": [{"step": 0}],
    "claimrelation_is_between_two_claims": [{"other": F("claim")}],
    "claimorigin_ends_after_it_began": [{"to_rev": F("from_rev")}],
    "source_is_not_its_own_family": [{"family": F("id")}],
    "reportnotice_for_error_is_a_withdrawal": [{"kind": "retraction", "for_error": True}],
    "damageestimate_beginning_fits_its_edge": [*edges("effective_from")],
    "damageestimate_end_fits_its_edge": [*edges("effective_until")],
    "damageestimate_begins_before_it_ends": [
        {"effective_from": MORNING, "effective_until": BEFORE}
        | dict.fromkeys(["effective_from_edge", "effective_until_edge"], NumberEdge.STATED)
    ],
    "damageestimate_who_is_a_known_word": [{"metric": Metric.PEOPLE_KILLED, "who": NO_WORD}],
    "damageestimate_of_another_metric_is_named": [{"metric": Metric.OTHER}],
    "damageestimate_of_objects_names_them": [
        {"metric": metric} for metric in Metric if metric.startswith("objects_")
    ],
    "damageestimate_of_people_says_which": [
        {"who": PersonKind.CIVILIAN},
        {"indirect": True},
        {"metric": Metric.CASUALTIES},
        *({"metric": metric} for metric in Metric if metric.startswith("people_")),
    ],
    "weaponcount_is_not_out_of_itself": [{"out_of": F("id")}],
    "countedweapon_is_a_weapon": [{"weapon": Method.NONE}],
}

# Rules that cannot be broken alone, because another one is always broken too: the database names either.
NOT_ALONE = {
    "region_level_is_a_known_word": "region_without_a_parent_is_a_country",
    "actoridentifier_scheme_is_a_known_word": "actoridentifier_is_spelt_as_its_scheme_demands",
    "facilityidentifier_scheme_is_a_known_word": "facilityidentifier_is_spelt_as_its_scheme_demands",
    "unitidentifier_scheme_is_a_known_word": "unitidentifier_is_spelt_as_its_scheme_demands",
    "capacity_comparator_is_a_known_word": "capacity_bounds_fit_the_comparator",
    "damageestimate_comparator_is_a_known_word": "damageestimate_bounds_fit_the_comparator",
    "weaponcount_comparator_is_a_known_word": "weaponcount_bounds_fit_the_comparator",
    "damageestimate_effective_from_edge_is_a_known_word": "damageestimate_beginning_fits_its_edge",
    "damageestimate_effective_until_edge_is_a_known_word": "damageestimate_end_fits_its_edge",
}

# What the rows must be for a uniqueness to hold of them.
UNIQUE_WHERE: dict[str, Change] = {
    "claimrelation_repeats_one_claim": {"kind": ClaimRelationKind.REPEATS},
    # One at a time is another rule's: these have ended.
    "snapshot_is_one_from_each_revision": {
        "to_rev": LazyFunction(lambda: RevisionFactory(n=Revision.objects.count() + 10**6))
    },
}


def label(model: Model, field: Any) -> str:
    return f"{model.__name__}.{field.name}"


def rule_label(model: Model, constraint: BaseConstraint) -> str:
    """A rule with the model it is of and the fields it looks at, for whoever has broken a test."""
    return f"{model.__name__}.{'/'.join(fields_of(constraint))} ({constraint.name})"


def shared_name(model: Model, constraint: BaseConstraint) -> str:
    return constraint.name.removeprefix(f"{model._meta.model_name}_")


def lookups(condition: Any) -> Iterator[tuple[str, Any]]:
    """The `field__lookup` and value of every comparison in a condition."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from lookups(child)
        elif isinstance(child, tuple):
            yield child


def never_blank_fields(constraint: CheckConstraint) -> list[str]:
    if not constraint.name.endswith("_never_blank"):
        return []
    return [name for name, _ in lookups(constraint.condition)]


def pattern_fields(constraint: CheckConstraint) -> list[str]:
    fields = (name.rpartition("__") for name, _ in lookups(constraint.condition))
    return [field for field, _, lookup in fields if lookup == "regex"]


def ways_to_break(model: Model, constraint: CheckConstraint) -> list[Way]:
    """Changes of the smallest valid row that this rule must refuse."""
    written = BREAKS.get(constraint.name) or SHARED_BREAKS.get(shared_name(model, constraint))
    if written:
        return written
    if constraint.name.endswith("_is_a_known_word"):
        ((name, _),) = lookups(constraint.condition)
        field = name.removesuffix("__in")
        column: Any = model._meta.get_field(field)
        return [{field: NO_WORD[: column.max_length]}, {field: ""}]
    if fields := pattern_fields(constraint):
        written = [{field: text} for field in fields for text in ("", "?")]
        if fields == ["public_id"]:
            written += [
                lambda row: {"public_id": row.public_id + "\n"},
                lambda row: {"public_id": row.public_id.swapcase()},
            ]
        return written
    return [{field: ""} for field in never_blank_fields(constraint)]


def refusal(row: models.Model, change: Change) -> str | None:
    """The rule by which the database refuses to change the row so; none if it does as told."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**change)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None:  # SQLite: "CHECK constraint failed: name" or "UNIQUE ... failed: table.column"
            return str(error.__cause__).split("constraint failed: ")[1]
        return diagnosis.constraint_name or f"{diagnosis.table_name}.{diagnosis.column_name}"
    return None


def table_columns(model: Model, fields: Iterable[str]) -> str:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return ", ".join(f"{model._meta.db_table}.{columns[name]}" for name in fields)


# --- The database keeps them -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("model", [pytest.param(model, id=model.__name__) for model in MODELS])
def test_the_smallest_row_is_a_valid_draft(model):
    assert model in FACTORIES, f"Write a factory of {model.__name__} in tests/factories.py."
    row = FACTORIES[model]()
    # What is null though no form may leave it so is kept by the publishing functions.
    kept = [field.name for field in row._meta.fields if field.null and not field.blank]
    cure = f"Let the factory of {model.__name__} in tests/factories.py give it a value that is valid."
    try:
        row.full_clean(exclude=kept)
    except ValidationError as error:
        pytest.fail(f"{[f'{model.__name__}.{name}' for name in error.message_dict]}: {error}. {cure}")
    if isinstance(row, OnRecord):
        assert list(row.objections()) == [], f"{model.__name__}.objections(). {cure}"
        assert row.status == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "constraint"), [pytest.param(*check, id=check[1].name) for check in CHECKS]
)
def test_the_database_refuses_what_breaks_the_rule(model, constraint):
    rule = rule_label(model, constraint)
    ways = ways_to_break(model, constraint)
    assert ways, f"{rule}: add to BREAKS of {__name__} a change of a row that breaks it."
    expected = {constraint.name, NOT_ALONE.get(constraint.name)} - {None}
    row = FACTORIES[model]()
    for way in ways:
        change = way(row) if callable(way) else way
        refused_by = refusal(row, change)
        if refused_by is None:
            cure = "Its condition lets null or this value through: narrow it, and make a migration."
            pytest.fail(f"{rule}: the database took {change}. {cure}")
        cure = f"Add to BREAKS of {__name__} a change that breaks this rule alone; if there is none, to NOT_ALONE."
        assert refused_by in expected, f"{rule}: {change} was refused by {refused_by}. {cure}"


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "constraint"), [pytest.param(*rule, id=rule[1].name) for rule in UNIQUES])
def test_the_database_refuses_a_second_row_that_is_the_same(model, constraint):
    where = UNIQUE_WHERE.get(constraint.name, {})
    first, second = FACTORIES[model](**where), FACTORIES[model](**where)
    expected = {constraint.name, table_columns(model, constraint.fields)}
    values = {field: getattr(first, field) for field in constraint.fields}
    cure = f"Say in UNIQUE_WHERE of {__name__} of which rows it holds, if not of all; else make a migration."
    assert refusal(second, values) in expected, f"{rule_label(model, constraint)}: {cure}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "field"), [pytest.param(*unique, id=str(unique[1])) for unique in UNIQUE_FIELDS]
)
def test_the_database_refuses_a_second_row_of_the_same_value(model, field):
    rows = FACTORIES[model].create_batch(2)
    if field.name == "supersedes":
        lineage = {"lineage_from": F("public_id")} if model is Claim else {}
        for row in rows:
            earlier = FACTORIES[model]()
            model._base_manager.filter(pk=row.pk).update(supersedes=earlier, **lineage)
            row.refresh_from_db()
    first, second = rows
    table, column = model._meta.db_table, field.column
    expected = {f"{table}.{column}", f"{table}_{column}_key"}
    refused_by = refusal(second, {field.name: getattr(first, field.name)})
    cure = "It says unique=True: make a migration."
    assert refused_by in expected, f"{label(model, field)}: a second row was refused by {refused_by}. {cure}"


@pytest.mark.django_db
def test_every_rule_is_in_the_database():
    """Also those that another rule hides: a migration may lack what a model says."""
    with connection.cursor() as cursor:
        for model in MODELS:
            kept = connection.introspection.get_constraints(cursor, model._meta.db_table)
            missing = [rule_label(model, rule) for rule in model._meta.constraints if rule.name not in kept]
            assert missing == [], f"{missing}: not in the database. Run manage.py makemigrations."


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Capacity, DamageEstimate, WeaponCount])
def test_the_bounds_a_comparator_asks_for_are_kept(model):
    row = FACTORIES[model]()
    refused = [change for change in bounds(fitting=True) if refusal(row, change)]
    cure = "They fit by BOUNDS of this module: change these or the rule `bounds_fit_the_comparator`."
    assert refused == [], f"{model.__name__}.comparator/low/best/high: {refused} was refused. {cure}"


def test_no_break_is_left_of_a_rule_that_is_gone():
    names = {constraint.name for _, constraint in CONSTRAINTS}
    shared = {shared_name(model, constraint) for model, constraint in CONSTRAINTS}
    of_one = sorted((BREAKS.keys() | NOT_ALONE.keys() | UNIQUE_WHERE.keys()) - names)
    assert of_one == [], f"No model has these rules: take them out of the tables of {__name__}."
    assert sorted(SHARED_BREAKS.keys() - shared) == [], f"No model has these: SHARED_BREAKS of {__name__}."


# --- How they are named ----------------------------------------------------------------------------------


def test_the_name_of_a_rule_names_it_alone():
    """Indexes share their space of names."""
    names = [
        named.name
        for model in apps.get_models()
        for named in [*model._meta.constraints, *model._meta.indexes]
    ]
    repeated = sorted({name for name in names if names.count(name) > 1})
    assert repeated == [], "Two constraints or indexes have this name: begin each with its model's."


def test_the_name_of_a_rule_reads_as_its_sentence_on_both_databases():
    wrong = [
        rule_label(model, constraint)
        for model, constraint in CONSTRAINTS
        if len(constraint.name) > 63  # PostgreSQL cuts longer ones
        or not re.fullmatch(r"[a-z]+(_[a-z]+)+", constraint.name)
        or not constraint.name.startswith(f"{model._meta.model_name}_")
    ]
    cure = "Name it model_ and a sentence, in letters and underscores, of 63 characters at most."
    assert wrong == [], cure


# --- What every field has --------------------------------------------------------------------------------

FIELDS = [(model, field) for model in MODELS for field in model._meta.local_concrete_fields]
POINTERS: list[tuple[Model, Any]] = [
    (model, field)
    for model in MODELS
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
    if field.is_relation
]

WRITTEN_BY_PUBLISHING = {
    "search_text": "folded by `before_publish`",
    "Change.collection": "the name of a collection, from the model",
    "Change.object_id": "the public id of the row, which is well spelt there",
    "Change.replaced_by": "the public id of the successor",
    "Merge.collection": "the name of a collection, from the model",
    "Merge.loser": "a public id",
    "Merge.survivor": "a public id",
    "Snapshot.collection": "the name of a collection, from the model",
    "Snapshot.lineage": "a public id",
    "Snapshot.object_id": "a public id",
    "Snapshot.body": "JSON, by `seal`",
    "Snapshot.leaf": "a hash, by `seal`",
    "Claim.lineage_from": "a public id, by `succeed`",
}
"""Texts that no rule keeps from being blank, and where they come from."""


def checks(model: Model) -> list[CheckConstraint]:
    return [constraint for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint)]


def test_every_choice_is_kept_by_the_database():
    for model, field in FIELDS:
        if field.choices:
            name = f"{model._meta.model_name}_{field.name}_is_a_known_word"
            rules = [list(lookups(rule.condition)) for rule in checks(model) if rule.name == name]
            words = [word for word, _ in field.choices]
            cure = f'Add one_of("{field.name}", ..., "{model._meta.model_name}") to Meta.constraints and migrate.'
            assert rules == [[(f"{field.name}__in", words)]], f"{label(model, field)}: no rule {name}. {cure}"


def test_no_text_is_ever_blank():
    bare = set()
    for model, field in FIELDS:
        kept = {name for rule in checks(model) for name in [*never_blank_fields(rule), *pattern_fields(rule)]}
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        if is_text and field.name not in kept:
            bare.add(field.name if field.name in WRITTEN_BY_PUBLISHING else label(model, field))
    cure = "Name the field in never_blank(...) of Meta.constraints of its model, and make a migration."
    assert bare - WRITTEN_BY_PUBLISHING.keys() == set(), f"No rule keeps these from being blank. {cure}"
    gone = WRITTEN_BY_PUBLISHING.keys() - bare
    assert gone == set(), f"A rule keeps these: take them out of WRITTEN_BY_PUBLISHING of {__name__}."


def test_every_field_says_what_it_holds():
    """Except keys, pointers to the ledger, and the pointer of a part to what it is a part of."""
    silent = {
        label(model, field)
        for model, field in [*FIELDS, *POINTERS]
        if not field.help_text
        and not field.primary_key
        and field.related_model is not Revision
        and getattr(getattr(field, "remote_field", None), "on_delete", None) is not CASCADE
    }
    assert silent == set(), (
        "Give the field a help_text: one sentence for the form, the schema and the reader."
    )


def test_every_pointer_can_be_read_backwards_by_a_name_of_its_own():
    nameless = [label(model, field) for model, field in POINTERS if not field.remote_field.related_name]
    assert nameless == [], "Give the field a related_name, so that `strike.claims.all()` is a sentence."


def test_only_parts_without_meaning_alone_are_deleted_with_their_row():
    derived = {(PropositionState, "proposition"), (ClaimOrigin, "claim")}
    cascading = set()
    for model, field in POINTERS:
        if not field.many_to_many and field.remote_field.on_delete is not PROTECT:
            on_delete = field.remote_field.on_delete
            assert on_delete is CASCADE, f"{label(model, field)}: PROTECT what is cited; parts CASCADE."
            cascading.add((model, field.name))
    parts = {(model, owner) for model in MODELS if (owner := getattr(model, "owner", None))}
    wrong = [f"{model.__name__}.{name}" for model, name in cascading - derived - parts]
    assert wrong == [], "Use PROTECT or, if the row is a part of that one, name the field in `owner`."
    assert {(StrikeMethod, "strike"), (CountedWeapon, "count")} <= cascading
