"""Strikes and waves in the admin."""

from __future__ import annotations

from django.contrib import admin

from editing.lists import RowList, StateFilter
from editing.related_choices import RelatedChoicesField, RelatedChoicesForm
from strikes.admin.clocks import RULE, MomentAdmin, MomentForm, from_clock, moment_fields, until_clock
from strikes.admin.columns import proposition_list
from strikes.models import Strike, StrikeMethod


class StrikeForm(RelatedChoicesForm, MomentForm):
    moments = [""]
    from_time, until_time = from_clock(), until_clock()


@admin.register(Strike)
class StrikeAdmin(MomentAdmin):
    form = StrikeForm
    related_choices = {
        "methods": RelatedChoicesField(
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
        ("When", {"fields": [*moment_fields(""), "as_stated"], "description": RULE}),
        (None, {"fields": ["note"]}),
    ]
    lists = [
        proposition_list("strike"),
        RowList(
            "What the wave groups",
            Strike,
            "wave",
            {"title": lambda strike: strike.title, "date": lambda strike: strike.local_date},
            ["earliest"],
        ),
    ]
