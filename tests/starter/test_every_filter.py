"""Two sweeps that grow by themselves: every filter leaves something out, and every field that can be asked for has one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycountry
import pytest
from django.core.exceptions import FieldDoesNotExist
from django.urls import URLPattern, get_resolver, reverse
from rest_framework import serializers

from api import filters
from api.serializers import WordField
from config.urls import feeds, router
from record.models import Revision
from record.search import folded_words
from sources.models import Report
from strikes.api.filters import IdentifierFilter, RegionsFilter, SubjectsFilter
from strikes.models import Claim, Facility, Region, Strike

VIEWS: dict[str, Any] = {
    name: view for name, view, _ in router.registry if getattr(view, "filterset_class", None)
}


# What can be asked -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What takes filters: where it is asked, and how much an answer has found."""

    address: str
    filters: dict[str, Any]
    size: Callable[[Any], int]


EXAMPLES = {
    "strikes": "2024-03-12-norsi",
    "facilities": "norsi",
    "units": "norsi-avt-6",
    "actors": "dtek",
    "regions": "RU",
}
"""Of each collection whose objects can be asked something: one of which much is said."""
NEEDED = {"stats-strikes": "group_by=month", "capacity-offline": "unit_of_measure=kbbl_per_day&country=RU"}
"""What an answer cannot be given without."""
SIZES: dict[str, Callable[[Any], int]] = {
    "accounts": lambda answer: len(answer["propositions"]),
    "stats-strikes": lambda answer: answer["total"]["strikes"] + answer["total"]["incidents"],
    "capacity-offline": lambda answer: sum(1 + len(point["claims"]) for point in answer["points"]),
}
"""How much was found, where an answer is no list."""


def patterns(within: Any) -> Iterator[URLPattern]:
    for pattern in within:
        yield from [pattern] if isinstance(pattern, URLPattern) else patterns(pattern.url_patterns)


def questions() -> dict[str, Question]:
    """Everything that takes filters, by its name: lists, feeds, accounts and statistics."""
    known = {}
    lists: dict[str, Any] = {**VIEWS, **feeds}
    for name, view in lists.items():
        known[name] = Question(
            f"{name}/?page_size=1", view.filterset_class.base_filters, lambda page: page["count"]
        )
    for name, view in VIEWS.items():
        for asked, filter_set in view.filters_of.items():
            if asked in SIZES:
                address = f"{name}/{EXAMPLES[name]}/{asked}/?"
                known[f"{name}/{asked}"] = Question(address, filter_set.base_filters, SIZES[asked])
    for pattern in patterns(get_resolver().url_patterns):
        parameters = getattr(getattr(pattern.callback, "cls", None), "parameters_class", None)
        if parameters is not None:
            address = f"{reverse(str(pattern.name))}?{NEEDED[str(pattern.name)]}"
            known[str(pattern.name)] = Question(address, parameters.base_filters, SIZES[str(pattern.name)])
    return known


QUESTIONS = questions()


# A filter that filters nothing fails -------------------------------------------------------------------------

ONE_CERTAINTY = (
    "The one claim that states its certainty is about no strike, and has no count and no evidence."
)
SAYING_CLAIMS = ("claims", "damage-estimates", "evidence", "stats-strikes", "strikes", "weapon-counts")
"""Questions that ask for claims, and find nothing without one."""
FILTERING_NOTHING = {
    ("*", "credibility"): "No claim of the starter record has a grade yet.",
    ("*", "reliability"): "No source of the starter record has a grade yet.",
    ("evidence", "verification"): "All evidence of the starter record is unverified.",
    ("strikes", "certainty"): ONE_CERTAINTY,
    ("stats-strikes", "certainty"): ONE_CERTAINTY,
    ("weapon-counts", "certainty"): ONE_CERTAINTY,
    ("evidence", "certainty"): ONE_CERTAINTY,
    (
        "stats-strikes",
        "own",
    ): "What is said of somebody's own deed is about a wave, and waves are not counted.",
    **dict.fromkeys(
        [(question, "is_permanent") for question in SAYING_CLAIMS],
        "No claim of the starter record tells of something closed for good yet.",
    ),
    **dict.fromkeys(
        [(question, "is_status") for question in ("evidence", "weapon-counts")],
        "No status of the starter record counts weapons or has material beside it.",
    ),
    **dict.fromkeys(
        [(question, "derived_from") for question in ("evidence", "weapon-counts")],
        "No copy on the starter record counts weapons or shows material.",
    ),
    **dict.fromkeys(
        [("corrections", name) for name in ("after", "before", "since")],
        "All corrections of the starter record were made on one day, after all else.",
    ),
    ("assessments", "updated_after"): "All assessments of the starter record were made at once.",
    ("assessments", "open"): "No open question is graded.",
    **dict.fromkeys(
        [
            (question, name)
            for question in ("weapon-counts", "evidence")
            for name in ("own", "part", "open", "region_level")
        ],
        "All of them belong to claims in the body of a report, about what others did, and to no open question or region.",
    ),
    ("capacities", "notice"): "They were read in reports to which nothing was done later.",
    ("damage-estimates", "notice"): "They were read in reports to which nothing was done later.",
    ("evidence", "counts"): "All claims with evidence count.",
    ("damage-estimates", "open"): "No number is said in answer to an open question.",
    ("weapon-counts", "language"): "All of them were read in one language.",
    ("*", "convert_to"): "It adds the same bounds in another unit, and leaves nothing out.",
    ("stats-strikes", "group_by"): "It says how what was found is grouped.",
    ("stats-strikes", "zero"): "It adds times without any event.",
    ("strikes/accounts", "descendants"): "It takes more in, and leaves nothing out.",
    ("capacity-offline", "country"): "All that stood still is in one country.",
    ("capacity-offline", "facility_kind"): "All that stood still is at refineries.",
    ("capacity-offline", "unit_of_measure"): "It is the unit of the answer.",
    ("capacity-offline", "interval"): "It is the length of a period.",
    ("capacity-offline", "policy"): "It picks a reading of each outage.",
}
"""By question and filter, `*` for any: why no value of it leaves anything out. A reason that no longer holds fails."""
TOGETHER = {"near": "radius_km=300", "radius_km": "near=56.15,44.2"}
"""Filters that mean nothing alone."""
INSTEAD = {
    ("capacity-offline", name): "&country=RU"
    for name in ("unit", "facility", "operator", "region", "country")
}
"""Filters that stand in the place of another, of which one is needed."""


def days_and_moments(word: filters.WhenFilter) -> list[str]:
    """Days on which something happened, was said, was issued or was recorded: the middle ones first."""
    times = [
        sorted(Strike.objects.values_list("local_date", flat=True)),
        sorted(moment.date() for moment in Claim.objects.values_list("sort_at", flat=True) if moment),
        sorted(moment.date() for moment in Report.objects.values_list("issued_latest", flat=True)),
        sorted(moment.date() for moment in Revision.objects.values_list("at", flat=True)),
    ]
    return [str(days[len(days) * part // 4]) for part in (2, 1, 3) for days in times]


def regions(word: RegionsFilter) -> list[str]:
    rows = Region.objects.published()
    return list((rows.filter(level=word.level) if word.level else rows).values_list("public_id", flat=True))


@cache
def codes_of_iso() -> list[str]:
    countries = [country.alpha_2 for country in pycountry.countries]
    languages = [language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")]
    common = ["en", "uk", "ru"]
    return [*countries, *common, *(code for code in languages if code not in common)]


def codes(word: filters.CodesFilter) -> list[str]:
    return [code for code in codes_of_iso() if re.fullmatch(word.pattern, code) and word.known(code)]


def words_of_names(word: filters.SearchFilter) -> list[str]:
    """Words that stand in some name or text."""
    texts = [
        *Facility.objects.values_list("name", flat=True)[:5],
        *Strike.objects.values_list("title", flat=True)[:5],
    ]
    texts += ["NORSI", "AVT-6", "refinery", "Reuters", "Lukoil", "Russia", "Shahed"]
    return [folded for text in texts for folded in folded_words(text)]


VALUES: dict[type[filters.RecordFilter], Callable[[Any], list[str]]] = {
    filters.VocabularyFilter: lambda word: list(word.vocabulary.values),
    filters.IdsFilter: lambda word: list(
        word.of._default_manager.published().values_list("public_id", flat=True)
    ),
    RegionsFilter: regions,
    SubjectsFilter: lambda word: list(Facility.objects.published().values_list("public_id", flat=True)),
    IdentifierFilter: lambda word: [str(row) for row in word.of.objects.published()],
    filters.CodesFilter: codes,
    filters.ChoicesFilter: lambda word: sorted(word.choices()),
    filters.OneOfFilter: lambda word: word.choices,
    filters.GroupingFilter: lambda word: word.known,
    filters.FlagFilter: lambda word: ["true", "false"],
    filters.NumberFilter: lambda word: ["1", "10", "100", "1000"],
    filters.CountFilter: lambda word: ["2", "3"],
    filters.WhenFilter: days_and_moments,
    filters.RevisionFilter: lambda word: [str(Revision.objects.count() // 2)],
    filters.BoxFilter: lambda word: ["43,55,45,57", "30,45,37,51"],
    filters.PointFilter: lambda word: ["56.15,44.2", "48,35"],
    filters.RadiusFilter: lambda word: ["1", "100", "500", "2000"],
    filters.SearchFilter: words_of_names,
}
"""What to ask a filter for, by its type."""


def values_for(word: filters.RecordFilter) -> list[str]:
    kind = next((kind for kind in type(word).__mro__ if kind in VALUES), None)
    assert kind is not None, f"Say in VALUES what a {type(word).__name__} can be asked for."
    return VALUES[kind](word)


def narrows(api: Any, question: str, name: str, whole: int) -> bool:
    """Whether some value of a filter finds something, and not everything."""
    asked = QUESTIONS[question]
    address, word = asked.address.replace(INSTEAD.get((question, name), "\0"), ""), asked.filters[name]
    beside = f"&{TOGETHER[name]}" if name in TOGETHER else ""

    def found(value: str) -> int | None:
        response = api.raw(f"{address}{beside}&{name}={value}")
        return asked.size(response.json()) if response.status_code == 200 else None

    def some_narrow(values: list[str]) -> bool:
        """By halves: where all of them together find nothing, none does; some may be refused together."""
        size = found(",".join(values))
        if size is not None and (size < whole or len(values) == 1):
            return 0 < size < whole
        middle = len(values) // 2
        return len(values) > 1 and (some_narrow(values[:middle]) or some_narrow(values[middle:]))

    values = values_for(word)
    return some_narrow(values) if word.several else any(some_narrow([value]) for value in values)


def is_excepted(exceptions: dict[tuple[str, str], str], question: str, name: str) -> bool:
    return any((here, word) in exceptions for here in (question, "*") for word in (name, "*"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_filter_leaves_something_out(api, question):
    asked = QUESTIONS[question]
    whole = asked.size(api(asked.address))
    narrowing = {name for name in asked.filters if whole > 0 and narrows(api, question, name, whole)}
    excepted = {name for name in asked.filters if is_excepted(FILTERING_NOTHING, question, name)}
    assert set(asked.filters) - narrowing - excepted == set(), (
        f"No value of these leaves anything out of {question}: look up what they say in strikes/api/filters/, "
        "or give the reason in FILTERING_NOTHING."
    )
    assert narrowing & excepted == set(), "These filter: take them out of FILTERING_NOTHING."


def test_every_exception_is_of_a_filter_that_there_is():
    declared = {(question, name) for question, asked in QUESTIONS.items() for name in asked.filters}
    for question, name in FILTERING_NOTHING:
        assert any(question in ("*", here) and name in ("*", word) for here, word in declared), (
            question,
            name,
        )


# A field that can be asked for has a filter ------------------------------------------------------------------

OTHER_NAMES = {"regions": "region", "jurisdictions": "country", "methods": "method"}
"""Fields that hold several, with the filter that asks for one."""
NOT_ASKED_FOR = {
    ("regions", "parent"): "`region` finds a region with all below it.",
    ("sources", "voice"): "It is one to one: whoever knows one knows the other.",
    (
        "reports",
        "wire_source",
    ): "It stands where the item that was copied is not held; of those held ask `derived_from`.",
    (
        "actors",
        "affiliation",
    ): "A body and its speakers are one origin; `own` asks of claims whether they are its own.",
    ("actors", "first_publisher"): "It tells anonymous voices apart; `source` finds what was read there.",
    ("*", "location_precision"): "It says how to draw a place; `region` and `bbox` find it.",
    ("*", "low_open"): "It follows from `comparator`.",
    ("*", "high_open"): "It follows from `comparator`.",
    ("*", "or_more"): "It marks some of `comparator=range`, and `high_max` already leaves it out.",
    ("*", "cumulative"): "It is read with the number's scope, and hardly ever said.",
    ("*", "part_of"): "A stated part is read beside its total, which is in the same claim.",
    ("weapon-counts", "out_of"): "It is read beside the count it is out of, which is in the same claim.",
    ("weapon-counts", "weapon"): "`method` finds the strikes; the counts of one are few.",
    ("weapon-counts", "regions_complete"): "It qualifies the regions that are named.",
    ("propositions", "answers"): "`accounts/` lists the answers below their question.",
    ("propositions", "caused_by"): "It is followed from one proposition to another, and not searched for.",
    (
        "claims",
        "report_issued_later",
    ): "`issued_before` with the same date leaves them out, whatever `known_at` takes in.",
    ("claims", "report_retracted"): "`notice` finds the claims of reports that their publishers took back.",
    ("claims", "not_counted_because"): "`counts` finds those that do not count, each with its reason.",
    (
        "sources",
        "family",
    ): "It is followed from an edition to its newsroom; `origin` of claims has it already.",
    (
        "evidence",
        "published_by",
    ): "It says who showed the material, not who speaks; `actor` means the speaker.",
}
"""By collection and field, `*` for any: why there is no filter for it. A reason that is no longer needed fails."""


def fields_to_ask_for(view: Any) -> dict[str, Callable[[filters.RecordFilter], bool]]:
    """The words, booleans and foreign keys of a public object, each with what a filter for it is."""
    wanted: dict[str, Callable[[filters.RecordFilter], bool]] = {}
    for name, field in view.serializer_class().fields.items():
        words = getattr(field, "child", field)
        if isinstance(words, WordField):
            wanted[name] = for_vocabulary(words.vocabulary)
        elif isinstance(field, serializers.BooleanField):
            wanted[name] = for_flag
        elif isinstance(field, serializers.BaseSerializer) and (
            model := related_model(view.model, str(field.source))
        ):
            wanted[name] = for_model(model)
    return wanted


def related_model(model: Any, column: str) -> Any:
    """What a foreign key, or a relation to many, of a model points at; null for anything else."""
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return None
    return field.related_model if field.is_relation and not field.auto_created else None


def for_vocabulary(vocabulary: Any) -> Callable[[filters.RecordFilter], bool]:
    return lambda word: getattr(word, "vocabulary", None) is vocabulary


def for_model(model: Any) -> Callable[[filters.RecordFilter], bool]:
    return lambda word: getattr(word, "of", None) is model


def for_flag(word: filters.RecordFilter) -> bool:
    return isinstance(word, filters.FlagFilter)


@pytest.mark.parametrize("collection", VIEWS)
def test_every_word_flag_and_foreign_key_has_a_filter(collection):
    view = VIEWS[collection]
    declared = view.filterset_class.base_filters
    without_filter = set()
    for field, is_for in fields_to_ask_for(view).items():
        names = (field, f"{view.model._meta.model_name}_{field}", OTHER_NAMES.get(field))
        if not any(name in declared and is_for(declared[name]) for name in names):
            without_filter.add(field)
    excepted = {field for field in fields_to_ask_for(view) if is_excepted(NOT_ASKED_FOR, collection, field)}
    assert without_filter - excepted == set(), "There is no filter for these."
    assert excepted - without_filter == set(), "There is a filter for these: take them out of NOT_ASKED_FOR."


def test_every_reason_for_no_filter_is_of_a_field_that_there_is():
    fields = {(name, field) for name, view in VIEWS.items() for field in fields_to_ask_for(view)}
    for collection, field in NOT_ASKED_FOR:
        assert any(collection in ("*", here) and field == name for here, name in fields), (collection, field)
