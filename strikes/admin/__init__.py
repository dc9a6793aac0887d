"""Places, strikes, propositions, claims and numbers in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest

from editing.admin import ReadOnlyAdmin
from editing.fields import PartInline, listed
from editing.forms import RowForm, Words, WordsForm
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from sources.admin import ReportAdmin as PlainReportAdmin
from sources.models import Evidence, Report
from strikes.admin.clocks import RULE, MomentForm, from_clock, until_clock
from strikes.choices import Method
from strikes.models import (
    Assessment,
    Capacity,
    Claim,
    ClaimEvidence,
    ClaimRelation,
    ClaimStep,
    CountedWeapon,
    DamageEstimate,
    Facility,
    FacilityName,
    Party,
    Proposition,
    PropositionState,
    Region,
    Strike,
    StrikeMethod,
    Unit,
    UnitName,
    WeaponCount,
)

BOUNDS: list[Any] = ["comparator", ("low", "best", "high"), "or_more", "verbatim"]
MEASURE: list[Any] = ["unit_of_measure", "denominator", "denominator_as_stated", "basis"]
COVERS: list[Any] = ["scope", "excludes", "measured_on", "cumulative"]
LASTING: list[Any] = [("effective_from", "effective_from_edge"), ("effective_until", "effective_until_edge")]


def moment(prefix: str) -> list[Any]:
    """The fields of a moment: as it was on the clocks of the place, and then the edges in UTC."""
    return [
        (f"{prefix}local_date", f"{prefix}timezone"),
        times_of_day(prefix),
        f"{prefix}precision",
        f"{prefix}earliest",
        f"{prefix}latest",
    ]


def times_of_day(prefix: str) -> tuple[str, str]:
    return f"{prefix}from_time", f"{prefix}until_time"


class MomentAdmin(RecordAdmin):
    """A collection with times that are entered as on the clocks of the place."""

    form = MomentForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the times of day where the edges are only to be read."""
        fieldsets = super().get_fieldsets(request, obj)
        fixed = set(self.get_readonly_fields(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            fixed = {f"{prefix}earliest" for prefix in self.form.moments}
        unused = {times_of_day(prefix) for prefix in self.form.moments if f"{prefix}earliest" in fixed}
        return [
            (
                title,
                {
                    "classes": options.get("classes", []),
                    "fields": [one for one in options["fields"] if one not in unused],
                },
            )
            if unused & {*options["fields"]}
            else (title, options)
            for title, options in fieldsets
        ]


# Places ---------------------------------------------------------------------------------------------------


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    list_display = ["public_id", "name", "level", "parent", "state"]
    list_filter = [StateFilter, "level"]
    fields = ["public_id", "name", "level", "parent"]


class FacilityNameInline(PartInline):
    model = FacilityName


class PartyInline(PartInline):
    model = Party


CLAIM_COLUMNS = {
    "speaker": lambda claim: claim.actor.name,
    "stance": lambda claim: claim.get_stance_display(),
    "statement": lambda claim: claim.statement,
}


def newest_state(proposition: Proposition) -> str | None:
    """How it stands now, with the independent origins on each side."""
    kept = next((state for state in proposition.states.all() if state.to_rev_id is None), None)
    return (
        None
        if kept is None
        else f"{kept.get_state_display()} ({kept.origins_for} for, {kept.origins_against} against)"
    )


PROPOSITIONS = {
    "point at issue": lambda proposition: proposition.text,
    "topic": lambda proposition: proposition.get_topic_display(),
    "subject": lambda proposition: proposition.subject,
    "how it stands": newest_state,
}
SUBJECTS = ["facility", "unit__facility", "actor", "region"]


def propositions(by: str) -> RowList:
    return RowList("Points at issue", Proposition, by, PROPOSITIONS, load=SUBJECTS, prefetch=["states"])


@admin.register(Facility)
class FacilityAdmin(RecordAdmin):
    list_display = ["public_id", "name", "name_local", "kind", "town", "location_precision", "state"]
    list_filter = [StateFilter, "kind", "location_precision"]
    inlines = [FacilityNameInline, PartyInline]
    fields = [
        "public_id",
        "name",
        "name_local",
        "kind",
        "regions",
        "jurisdiction",
        "town",
        "geonames_id",
        ("latitude", "longitude"),
        "location_precision",
        "note",
    ]
    lists = [
        RowList(
            "Units",
            Unit,
            "facility",
            {"designation": lambda unit: unit.designation, "kind": lambda unit: unit.get_kind_display()},
        ),
        RowList(
            "Strikes",
            Strike,
            "facility",
            {"title": lambda strike: strike.title, "date": lambda strike: strike.local_date},
            ["-earliest"],
        ),
        RowList(
            "Capacities",
            Capacity,
            "facility",
            {"as stated": str, "report": lambda capacity: capacity.report},
            load=["report__source"],
        ),
        propositions("facility"),
    ]


class UnitNameInline(PartInline):
    model = UnitName


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    list_display = ["public_id", "designation", "facility", "kind", "state"]
    list_filter = [StateFilter, "kind"]
    inlines = [UnitNameInline]
    fields = ["public_id", "facility", "designation", "kind", "note"]
    lists = [
        RowList(
            "Capacities",
            Capacity,
            "unit",
            {"as stated": str, "report": lambda capacity: capacity.report},
            load=["report__source"],
        ),
        propositions("unit"),
    ]

    def prefilled(self, one: RowList, obj: OnRecord) -> str:
        return f"&facility={obj.facility_id}" if one.of is Capacity and isinstance(obj, Unit) else ""


@admin.register(Capacity)
class CapacityAdmin(RecordAdmin):
    list_display = ["public_id", "facility", "unit", "words", "unit_of_measure", "basis", "report", "state"]
    list_filter = [StateFilter, "unit_of_measure", "basis", "comparator"]
    searched_as_written = ["verbatim"]
    fieldsets = [
        (
            None,
            {"fields": ["public_id", "facility", "unit", "report", "actor", "product", "period_as_stated"]},
        ),
        ("The number", {"fields": [*BOUNDS, *MEASURE]}),
        ("What it covers", {"fields": [*COVERS, "note"]}),
    ]


# What is at issue -----------------------------------------------------------------------------------------


class StrikeForm(WordsForm, MomentForm):
    moments = [""]
    from_time, until_time = from_clock(), until_clock()


@admin.register(Strike)
class StrikeAdmin(MomentAdmin):
    form = StrikeForm
    word_parts = {
        "methods": Words(
            StrikeMethod,
            "method",
            help_text="By what means; at least one, but for a wave. Labels for finding it.",
        )
    }
    list_display = ["public_id", "title", "kind", "local_date", "facility", "wave", "state"]
    list_filter = [StateFilter, "kind", "methods__method", "location_precision"]
    date_hierarchy = "local_date"
    fieldsets = [
        (None, {"fields": ["public_id", "kind", "title", "methods", "wave"]}),
        ("Where", {"fields": ["facility", "target_described_as", "regions", "location_precision"]}),
        ("When", {"fields": [*moment(""), "as_stated"], "description": RULE}),
        (None, {"fields": ["note"]}),
    ]
    lists = [
        propositions("strike"),
        RowList(
            "What the wave groups",
            Strike,
            "wave",
            {"title": lambda s: s.title, "date": lambda s: s.local_date},
            ["earliest"],
        ),
    ]


@admin.register(Proposition)
class PropositionAdmin(RecordAdmin):
    list_display = ["public_id", "text", "topic", "strike", "how_it_stands", "state"]
    list_filter = [StateFilter, "topic", "open"]
    fields = [
        "public_id",
        "strike",
        "facility",
        "unit",
        "actor",
        "region",
        "topic",
        "text",
        "open",
        "answers",
        "caused_by",
        "how_it_stands",
        "note",
    ]
    readonly_fields = ["how_it_stands"]
    lists = [
        RowList(
            "Claims",
            Claim,
            "proposition",
            {**CLAIM_COLUMNS, "report": lambda claim: claim.report},
            ["sort_at", "pk"],
            ["report__source"],
        ),
        RowList("Rival answers", Proposition, "answers", PROPOSITIONS, load=SUBJECTS, prefetch=["states"]),
        RowList(
            "Assessments",
            Assessment,
            "proposition",
            {
                "grade": lambda a: a.get_grade_display(),
                "basis": lambda a: a.get_grade_basis_display(),
                "reason": lambda a: a.reason,
                "on": lambda a: a.assessed_on,
                "by": lambda a: a.author_role,
            },
            ["-assessed_on", "-pk"],
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("states")

    @admin.display(description="how it stands", empty_value="not public yet")
    def how_it_stands(self, row: Proposition) -> str | None:
        return newest_state(row)

    def prefilled(self, one: RowList, obj: OnRecord) -> str:
        return (
            f"&strike={obj.strike_id or ''}" if one.of is Proposition and isinstance(obj, Proposition) else ""
        )


@admin.register(PropositionState)
class StateAdmin(ReadOnlyAdmin):
    """How propositions stood, kept by the doors: to be read."""

    list_display = [
        "proposition",
        "state",
        "origins_for",
        "origins_against",
        "documents",
        "from_rev_id",
        "to_rev_id",
    ]
    list_filter = ["state"]
    ordering = ["-pk"]
    search_fields = ["=proposition__public_id"]
    show_full_result_count = False


def role_of(account: Any) -> str:
    """In which role an account grades: as an editor, if it is one."""
    roles = sorted(account.groups.values_list("name", flat=True))
    return "editor" if "editor" in roles or not roles else str(roles[0])


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    list_display = ["public_id", "proposition", "grade", "grade_basis", "assessed_on", "author", "state"]
    list_filter = [StateFilter, "grade", "grade_basis"]
    searched_as_written = ["reason"]
    date_hierarchy = "assessed_on"
    fields = [
        "public_id",
        "proposition",
        "grade",
        "grade_basis",
        "reason",
        "assessed_on",
        "author",
        "author_role",
    ]
    readonly_fields = ["author", "author_role"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.author = request.user
            obj.author_role = role_of(request.user)
        super().save_model(request, obj, form, change)


# What was said --------------------------------------------------------------------------------------------


class ReportForm(MomentForm):
    moments = ["issued_"]
    issued_from_time, issued_until_time = from_clock(), until_clock()


@admin.register(Report)
class ReportAdmin(MomentAdmin, PlainReportAdmin):
    form = ReportForm
    fieldsets = [
        (None, {"fields": ["public_id", "source", "title", "link", "language"]}),
        ("When it was issued", {"fields": [*moment("issued_"), "issued_as_printed"], "description": RULE}),
        ("Whose copy it is", {"fields": ["derived_from", "wire_source"]}),
        (None, {"fields": ["note"]}),
    ]
    lists = [
        RowList(
            "Claims, in the order of the report",
            Claim,
            "report",
            {
                "position": lambda c: c.position,
                "part": lambda c: c.get_part_display(),
                **CLAIM_COLUMNS,
                "point at issue": lambda c: c.proposition.text,
            },
            ["position", "pk"],
        ),
        RowList("Capacities it states", Capacity, "report", {"as stated": str}),
        RowList(
            "Evidence it mentions",
            Evidence,
            "report",
            {"shows": lambda e: e.shows, "kind": lambda e: e.get_kind_display()},
        ),
        RowList(
            "Copies of it",
            Report,
            "derived_from",
            {"source": lambda r: r.source.name, "title": lambda r: r.title},
            addable=False,
        ),
    ]

    def prefilled(self, one: RowList, obj: OnRecord) -> str:
        if one.of is not Claim or not isinstance(obj, Report):
            return ""
        last = Claim.objects.filter(report=obj, withdrawn_rev=None).aggregate(Max("position"))[
            "position__max"
        ]
        return f"&position={0 if last is None else last + 1}"


class StepInline(PartInline):
    model = ClaimStep
    verbose_name_plural = "the way the words took: speaker, agency, relay, host"


class RelationInline(PartInline):
    model = ClaimRelation
    fk_name = "claim"
    verbose_name_plural = "how it stands to other claims (name the first claim of a chain of corrections)"


class ClaimEvidenceInline(PartInline):
    model = ClaimEvidence
    verbose_name_plural = "evidence attached to it"


class NumberInline(PartInline):
    """A number that a claim carries; its total, if it is a stated part, is one of the same claim."""

    template = "admin/edit_inline/stacked.html"
    roomy = True
    totals: tuple[str, ...] = ("part_of",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.totals:
            claim = str(getattr(request.resolver_match, "kwargs", {}).get("object_id", ""))
            kwargs["queryset"] = self.model._default_manager.filter(
                claim=int(claim) if claim.isdecimal() else None, withdrawn_rev=None
            )
            kwargs["widget"] = forms.Select
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in self.totals and field is not None:
            found = [
                (row.pk, str(row)) for row in kwargs["queryset"]
            ]  # once, not for every row of the inline
            field.choices = [("", "—"), *found]
        return field


class DamageEstimateInline(NumberInline):
    model = DamageEstimate
    fieldsets = [
        (None, {"fields": ["metric", "metric_as_stated", "object", ("who", "indirect"), *BOUNDS, *MEASURE]}),
        (
            "What it covers, and for how long",
            {"fields": [*COVERS, *LASTING, "part_of", "note"], "classes": ["collapse"]},
        ),
    ]


WEAPONS = Words(
    CountedWeapon,
    "weapon",
    without=[Method.NONE],
    help_text="The kinds of weapon it counts; “unknown” if the speaker does not say.",
)


WEAPONS_READ = listed("weapons", "weapon")


class CountInClaimForm(WordsForm):
    weapons = WEAPONS


class WeaponCountInline(NumberInline):
    model = WeaponCount
    form = CountInClaimForm
    totals = ("part_of", "out_of")
    readonly_fields: ClassVar[Any] = [WEAPONS_READ]
    fieldsets = [
        (None, {"fields": ["outcome", "weapons", "model_as_stated", *BOUNDS]}),
        (
            "Of what, and where",
            {
                "fields": ["out_of", "part_of", "regions", "regions_complete", *COVERS, "note"],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("weapons", "regions")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The weapons as checkboxes where they can be ticked, and as words where they are read."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or (obj.status == "draft" and self.has_change_permission(request, obj)):
            return fieldsets
        return [
            (
                title,
                {
                    **options,
                    "fields": [WEAPONS_READ if one == "weapons" else one for one in options["fields"]],
                },
            )
            for title, options in fieldsets
        ]


class ClaimForm(MomentForm):
    moments = ["said_", "event_"]
    said_from_time, said_until_time = from_clock(), until_clock()
    event_from_time, event_until_time = from_clock(), until_clock()


@admin.register(Claim)
class ClaimAdmin(MomentAdmin):
    form = ClaimForm
    grades = frozenset({"credibility"})
    list_display = ["public_id", "state", "actor", "stance", "statement", "proposition", "report", "position"]
    list_filter = [StateFilter, "stance", "attribution", "certainty", "part", "credibility"]
    date_hierarchy = "sort_at"
    inlines = [StepInline, RelationInline, ClaimEvidenceInline, DamageEstimateInline, WeaponCountInline]
    fieldsets = [
        (None, {"fields": ["public_id", "report", "position", "part"]}),
        (
            "Who says what",
            {
                "fields": [
                    "actor",
                    "actor_as_stated",
                    "stance",
                    "proposition",
                    "certainty",
                    "attribution",
                    "speakers_stated",
                    "statement",
                    "quote",
                    "quote_language",
                ]
            },
        ),
        (
            "When it was said, where the report says so",
            {"fields": [*moment("said_"), "said_as_stated"], "description": RULE, "classes": ["collapse"]},
        ),
        (
            "When, by the claim, it happened or will happen",
            {"fields": [*moment("event_"), "event_as_stated"], "description": RULE, "classes": ["collapse"]},
        ),
        ("Where, and what we add", {"fields": ["place_as_stated", "credibility", "note"]}),
    ]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Relations stay with the first claim of a chain: a correction has none of its own."""
        inlines = super().get_inlines(request, obj)
        if obj is not None and obj.lineage_from is not None:
            return [inline for inline in inlines if inline is not RelationInline]
        return inlines


class NumberForm(RowForm):
    def clean_claim(self) -> Claim:
        claim: Claim = self.cleaned_data["claim"]
        if claim.status != "draft" and self.instance.supersedes_id is None:
            raise forms.ValidationError("It is on the record already, with its numbers: correct it instead.")
        return claim


class NumberAdmin(RecordAdmin):
    """A number on a page of its own. It goes public, leaves and is corrected with its claim."""

    form = NumberForm
    actions: Any = []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.claim.status == "draft")


@admin.register(DamageEstimate)
class DamageEstimateAdmin(NumberAdmin):
    list_display = ["public_id", "metric", "words", "unit_of_measure", "denominator", "claim", "state"]
    list_filter = [StateFilter, "metric", "comparator", "unit_of_measure"]
    searched_as_written = ["verbatim"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "public_id",
                    "claim",
                    "metric",
                    "metric_as_stated",
                    "object",
                    ("who", "indirect"),
                    "part_of",
                ]
            },
        ),
        ("The number", {"fields": [*BOUNDS, *MEASURE]}),
        ("What it covers, and for how long", {"fields": [*COVERS, *LASTING, "note"]}),
    ]


class WeaponCountForm(WordsForm, NumberForm):
    pass


@admin.register(WeaponCount)
class WeaponCountAdmin(NumberAdmin):
    form = WeaponCountForm
    word_parts = {"weapons": WEAPONS}
    list_display = ["public_id", "words", "outcome", "model_as_stated", "claim", "state"]
    list_filter = [StateFilter, "outcome", "comparator", "weapons__weapon"]
    fieldsets = [
        (
            None,
            {"fields": ["public_id", "claim", "outcome", "weapons", "model_as_stated", "out_of", "part_of"]},
        ),
        ("The number", {"fields": [*BOUNDS]}),
        ("What it covers", {"fields": ["regions", "regions_complete", *COVERS, "note"]}),
    ]
