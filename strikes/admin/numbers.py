"""Numbers in the admin: damage, weapons and capacities, on pages of their own and below their claim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from editing.fields import Fieldsets, PartInline, with_fields_replaced
from editing.forms import RowForm
from editing.lists import StateFilter
from editing.record_admin import RecordAdmin
from editing.related_choices import RelatedChoicesField, RelatedChoicesForm, choices_as_text
from record.models import OnRecord
from strikes.choices import Method
from strikes.models import Capacity, Claim, CountedWeapon, DamageEstimate, WeaponCount

BOUNDS: list[str | tuple[str, ...]] = ["comparator", ("low", "best", "high"), "or_more", "verbatim"]
MEASURE: list[str | tuple[str, ...]] = ["unit_of_measure", "denominator", "denominator_as_stated", "basis"]
COVERS: list[str | tuple[str, ...]] = ["scope", "excludes", "measured_on", "cumulative"]
LASTING: list[str | tuple[str, ...]] = [
    ("effective_from", "effective_from_edge"),
    ("effective_until", "effective_until_edge"),
]


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


class NumberInline(PartInline):
    """A number that a claim carries; its total, if it is a stated part, is one of the same claim."""

    template = "admin/edit_inline/stacked.html"
    fields_have_lines = True
    totals: tuple[str, ...] = ("part_of",)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name not in self.totals:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        claim_id = str(getattr(request.resolver_match, "kwargs", {}).get("object_id", ""))
        of_the_claim = self.model._default_manager.filter(
            claim=int(claim_id) if claim_id.isdecimal() else None, withdrawn_rev=None
        )
        kwargs |= {"queryset": of_the_claim, "widget": forms.Select}
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            # The rows are read once here; left to itself, each form of the inline would read them again.
            field.choices = [("", "—"), *((row.pk, str(row)) for row in of_the_claim)]
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


WEAPONS = RelatedChoicesField(
    CountedWeapon,
    "weapon",
    without=[Method.NONE],
    help_text="The kinds of weapon it counts; “unknown” if the speaker does not say.",
)


WEAPONS_AS_TEXT = choices_as_text("weapons", "weapon")


class CountInClaimForm(RelatedChoicesForm):
    weapons = WEAPONS


class WeaponCountInline(NumberInline):
    model = WeaponCount
    form = CountInClaimForm
    totals = ("part_of", "out_of")
    readonly_fields = [WEAPONS_AS_TEXT]  # type: ignore[list-item]  # a function, which Django allows
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).prefetch_related("weapons", "regions")

    def get_fieldsets(self, request: HttpRequest, obj: Claim | None = None) -> Fieldsets:
        """The weapons as checkboxes where they can be ticked, and as words where they are read."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or (obj.status == "draft" and self.has_change_permission(request, obj)):
            return fieldsets
        return with_fields_replaced(fieldsets, {"weapons": WEAPONS_AS_TEXT})


class NumberForm(RowForm):
    def clean_claim(self) -> Claim:
        claim: Claim = self.cleaned_data["claim"]
        if claim.status != "draft" and self.instance.supersedes_id is None:
            raise forms.ValidationError("It is on the record already, with its numbers: correct it instead.")
        return claim


class NumberAdmin(RecordAdmin):
    """A number on a page of its own. It goes public, leaves and is corrected with its claim."""

    form = NumberForm
    actions = []

    def has_delete_permission(self, request: HttpRequest, obj: OnRecord | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        assert isinstance(obj, DamageEstimate | WeaponCount)
        return obj.claim.status == "draft"


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


class WeaponCountForm(RelatedChoicesForm, NumberForm):
    pass


@admin.register(WeaponCount)
class WeaponCountAdmin(NumberAdmin):
    form = WeaponCountForm
    related_choices = {"weapons": WEAPONS}
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
