"""How a strike is shown."""

from rest_framework import serializers

from api.serializers import Brief, OnRecordSerializer, WordField
from sources.moments import MomentField
from sources.serializers import NOTE
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.places import FacilityBrief
from strikes.api.serializers.summaries import MainPointSerializer, SummarySerializer
from strikes.choices import LocationPrecision, Method, StrikeKind


class StrikeSerializer(OnRecordSerializer):
    """One reported attack at one place, or a wave, a raid, or a plain incident.

    It has no facts of its own beyond when, where and which facility: everything else is in the claims
    about it, which may contradict each other.
    """

    kind = WordField(
        StrikeKind,
        help_text="Strike, wave, raid or incident; an editor's label. A wave groups strikes: "
        "do not count it as one.",
    )
    title = serializers.CharField(help_text="A short name by which a reader recognises it.")
    facility = FacilityBrief(
        allow_null=True,
        help_text="The facility it is reported to have been aimed at; null for a wave or an unnamed site.",
    )
    target_described_as = serializers.CharField(
        allow_null=True,
        help_text="How reports describe a site that is unnamed or whose name was withheld; otherwise null.",
    )
    wave = StrikeBrief(allow_null=True, help_text="The wave or campaign it belongs to; null if to none.")
    regions = Brief(
        many=True,
        help_text="Where it took place, de jure: the regions of its facility as they were when it was published (at "
        "sea, the countries whose law applies), unless an editor gave others; for a wave, all its strikes' regions.",
    )
    methods = serializers.ListField(
        source="method_codes",
        child=WordField(Method),
        help_text="By what means: labels for finding it. What is said of weapons is in the claims.",
    )
    location_precision = WordField(LocationPrecision, help_text="How exactly the place is known.")
    when = MomentField("", help_text="When it is reported to have happened.")
    summary = SummarySerializer(
        help_text="What is said of it, counted; a wave's own claims, not its strikes'."
    )
    main_point = MainPointSerializer(
        source="summary.main_point",
        allow_null=True,
        help_text="Whether its facility was hit, and on how many independent words: of the points of topic "
        "`facility_hit` about its facility, the one with the lowest `rank`. About it are those whose subject is that "
        "facility and, unless the strike is a wave, those without a subject; not those about one of its units, since "
        "who denies that a unit was hit denies nothing of the facility. Without such a point, the one of topic "
        "`occurrence` with the lowest `rank`; null if there is none either.",
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)
