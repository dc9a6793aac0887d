"""Claims in the admin, with the way their words took and the numbers they carry."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from editing.fields import Inlines, PartInline
from editing.lists import StateFilter
from record.models import OnRecord
from strikes.admin.clocks import RULE, MomentAdmin, MomentForm, from_clock, moment_fields, until_clock
from strikes.admin.numbers import DamageEstimateInline, WeaponCountInline
from strikes.models import Claim, ClaimEvidence, ClaimRelation, ClaimStep

DISCLOSED = (
    "For words that were sealed, under embargo or printed later: from when on anybody could know them. Words on record "
    "by name are known from then, never later than the report; leave it empty for words said in public."
)


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


class ClaimForm(MomentForm):
    moments = ["said_", "disclosed_", "event_"]
    said_from_time, said_until_time = from_clock(), until_clock()
    disclosed_from_time, disclosed_until_time = from_clock(), until_clock()
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
            {
                "fields": [*moment_fields("said_"), "said_as_stated"],
                "description": RULE,
                "classes": ["collapse"],
            },
        ),
        (
            "When it became public, if that was neither then nor with this report",
            {
                "fields": [*moment_fields("disclosed_"), "disclosed_as_stated"],
                "description": f"{DISCLOSED} {RULE}",
                "classes": ["collapse"],
            },
        ),
        (
            "When, by the claim, it happened or will happen",
            {
                "fields": [*moment_fields("event_"), "event_as_stated", ("is_status", "is_permanent")],
                "description": RULE,
                "classes": ["collapse"],
            },
        ),
        ("Where, and what we add", {"fields": ["place_as_stated", "credibility", "note"]}),
    ]

    def get_inlines(self, request: HttpRequest, obj: OnRecord | None = None) -> Inlines:
        """Relations stay with the first claim of a chain: a correction has none of its own."""
        inlines = super().get_inlines(request, obj)
        if isinstance(obj, Claim) and obj.lineage_from is not None:
            return [inline for inline in inlines if inline is not RelationInline]
        return inlines
