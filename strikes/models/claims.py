"""What was said: claims, their chains and relations, and the numbers and weapons they carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Coalesce

from record.ids import PublicIdField, id_is_well_spelt, prefixed, random_id
from record.models import OnRecord, Recorded, RecordedQuerySet, Revision, never_blank
from record.moments import as_stated, earliest, latest, local_date, moment_rules, precision, zone
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import ReportPart, TimePrecision
from sources.models import LANGUAGE, Actor, Evidence, Report, Source, editors_note, language_code
from strikes.choices import (
    Attribution,
    Certainty,
    ClaimRelationKind,
    Credibility,
    EvidenceRole,
    Method,
    Metric,
    PersonKind,
    Polarity,
    Stance,
    WeaponOutcome,
)
from strikes.models.events import Proposition
from strikes.models.numbers import Bounded, Lasting, Measured
from strikes.models.places import Region

PEOPLE = [
    Metric.CASUALTIES, Metric.PEOPLE_AFFECTED, Metric.PEOPLE_KILLED, Metric.PEOPLE_INJURED,
    Metric.PEOPLE_MISSING, Metric.PEOPLE_EVACUATED, Metric.PEOPLE_DETAINED,
]  # fmt: skip
OBJECTS = [Metric.OBJECTS_AFFECTED, Metric.OBJECTS_DAMAGED, Metric.OBJECTS_DESTROYED]
NUMBER_TEXTS = ("verbatim", "scope", "excludes", "note")


class ClaimQuerySet(RecordedQuerySet["Claim"]):
    def of_polarity(self, *polarities: Polarity) -> Self:
        return self.filter(stance__in=[stance for stance in Stance if stance.polarity in polarities])


class Claim(OnRecord):
    """One actor taking one stance on one proposition, as read in one report.

    Example: Lukoil (actor) declines to comment (stance) on whether half of NORSI's output is halted
    (proposition), read in World Today News (report). Frozen once public; a correction is a new claim.
    """

    public_id = random_id("clm")
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="claims", help_text="The report it was read in."
    )
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="claims", help_text="Who speaks.")
    actor_as_stated = models.CharField(
        max_length=200, null=True, blank=True,
        help_text="How the report describes the speaker, where that differs from the name.",
    )  # fmt: skip
    proposition = models.ForeignKey(
        Proposition, models.PROTECT, related_name="claims", help_text="The point at issue."
    )
    stance = models.CharField(
        max_length=30, choices=Stance.choices, help_text="How the speaker stands to the proposition."
    )
    certainty = models.CharField(
        max_length=20, choices=Certainty.choices, null=True, blank=True,
        help_text="The speaker's own certainty; null if none was expressed.",
    )  # fmt: skip
    attribution = models.CharField(
        max_length=30, choices=Attribution.choices, help_text="On what footing the words reach us."
    )
    speakers_stated = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many speakers the report says there were, such as 2 sources."
    )
    position = models.PositiveIntegerField(help_text="Its place in the report, counted from 0.")
    part = models.CharField(
        max_length=20, choices=ReportPart.choices,
        help_text="Where in the report it stands; a headline often says more than its body.",
    )  # fmt: skip
    statement = models.TextField(help_text="What was said, in our own words.")
    quote = models.CharField(
        max_length=300, null=True, blank=True, help_text="The few words that matter, as printed."
    )
    quote_language = language_code("The language of the quote, where it is not the report's.")
    said_earliest = earliest("the time it was said")
    said_latest = latest("the time it was said")
    said_precision = precision("the time it was said", TimePrecision)
    said_timezone = zone()
    said_local_date = local_date("the statement")
    said_as_stated = as_stated("the time it was said")
    event_earliest = earliest("what the claim says happened")
    event_latest = latest("what the claim says happened")
    event_precision = precision("what the claim says happened", TimePrecision)
    event_timezone = zone()
    event_local_date = local_date("what the claim says happened")
    event_as_stated = as_stated("the time of what happened")
    place_as_stated = models.CharField(
        max_length=200, null=True, blank=True, help_text="The place as this speaker names it."
    )
    credibility = models.CharField(
        max_length=1, choices=Credibility.choices, null=True, blank=True,
        help_text="The Admiralty grade of the information, 1 to 6; null if it has not been graded yet.",
    )  # fmt: skip
    note = editors_note()
    lineage_from = PublicIdField(
        null=True, blank=True, editable=False,
        help_text="The first claim of the chain of corrections; null if this is it.",
    )  # fmt: skip
    lineage = models.GeneratedField(
        expression=Coalesce("lineage_from", "public_id"),
        output_field=PublicIdField(),
        db_persist=True,
        help_text="The id of the first claim of the chain of corrections, by which relations name it.",
    )
    sort_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text="The late edge of when it was said or, if that is not known, issued. Kept for ordering.",
    )  # fmt: skip

    known_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text="From when it was known: the later of the late edges of said and issued. Kept by the doors.",
    )  # fmt: skip

    public_relations: Sequence[dict[str, Any]]
    """How it stands to other claims at the revision a request reads, set by its loading plan."""

    search_text = search_text()

    collection = "claims"
    known_by = "known_at"
    display_needs = ("actor", "proposition")
    parts = ("chain", "evidence_links", "relations")
    frozen_parts = frozenset({"chain"})
    numbered_parts = ("damage_estimates", "weapon_counts")
    frozen = frozenset(
        {"report", "actor", "actor_as_stated", "proposition", "stance", "certainty", "attribution",
         "speakers_stated", "statement", "quote", "quote_language",
         "said_earliest", "said_latest", "said_precision", "said_timezone", "said_local_date",
         "said_as_stated", "event_earliest", "event_latest", "event_precision", "event_timezone",
         "event_local_date", "event_as_stated", "place_as_stated", "lineage_from", "lineage"}
    )  # fmt: skip

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()

    class Meta(OnRecord.Meta):
        ordering = ["report", "position", "public_id"]
        indexes = [
            models.Index(fields=["-sort_at", "public_id"], name="claim_newest_first"),
            models.Index(fields=["lineage"], name="claim_lineage"),
            models.Index(fields=["proposition", "known_at"], name="claim_known_of_a_proposition"),
            models.Index(fields=["report", "position", "public_id"], name="claim_in_its_report"),
        ]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("clm"), "claim"),
            one_of("stance", Stance, "claim"),
            one_of("certainty", Certainty, "claim"),
            one_of("attribution", Attribution, "claim"),
            one_of("part", ReportPart, "claim"),
            one_of("credibility", Credibility, "claim"),
            *moment_rules("claim", "said_", TimePrecision),
            *moment_rules("claim", "event_", TimePrecision),
            never_blank(
                "claim", "actor_as_stated", "statement", "quote", "said_timezone", "said_as_stated",
                "event_timezone", "event_as_stated", "place_as_stated", "note",
            ),
            CheckConstraint(
                name="claim_quote_language_is_a_tag",
                condition=Q(quote_language__regex=LANGUAGE),
                violation_error_message="A BCP 47 tag such as `ru`.",
            ),
            CheckConstraint(
                name="claim_quote_language_needs_a_quote",
                condition=Q(quote_language__isnull=True) | Q(quote__isnull=False),
                violation_error_message="There is no quote to have a language.",
            ),
            CheckConstraint(
                name="claim_speakers_stated_are_one_or_more",
                condition=Q(speakers_stated__gte=1),
                violation_error_message="Leave it out if the report does not say how many spoke.",
            ),
            CheckConstraint(
                name="claim_in_public_can_be_ordered",
                condition=Q(published_rev__isnull=True) | Q(sort_at__isnull=False, known_at__isnull=False),
            ),
            CheckConstraint(
                name="claim_that_corrects_keeps_its_lineage",
                condition=Q(supersedes__isnull=True, lineage_from__isnull=True)
                | Q(supersedes__isnull=False, lineage_from__isnull=False),
            ),
        ]  # fmt: skip

    @property
    def display(self) -> str:
        return f"{self.actor.name} {self.stance.replace('_', ' ')}: {self.proposition.text}"

    @property
    def polarity(self) -> Polarity:
        return Stance(self.stance).polarity

    def settle(self) -> None:
        self.sort_at = self.said_latest or self.said_earliest or self.report.issued_latest
        self.known_at = max(self.sort_at, self.report.issued_latest)
        self.search_text = searchable_words(self.statement, self.quote)

    def succeed(self, earlier: Self) -> None:
        self.lineage_from = earlier.lineage
        self.sort_at = self.known_at = None

    def anchor(self) -> Self:
        first: Any = type(self).objects.get(public_id=self.lineage)
        return cast(Self, first)

    def objections(self) -> Iterable[str]:
        if self.proposition.open and self.polarity != Polarity.NEUTRAL:
            yield "proposition: it is an open question and takes only neutral claims; claim one of its answers."
        first = self.anchor()
        for relation in first.relations.filter(withdrawn_rev__isnull=True).select_related("other"):
            if relation.other.lineage_from is not None:
                yield "relations: name the first claim of the other lineage."
            if relation.kind == ClaimRelationKind.REPEATS:
                other, mine = relation.other.published_rev_id, first.published_rev_id
                if other is None or mine is None or other >= mine:
                    yield "relations: a claim repeats only what was published before it."


class ClaimStep(models.Model):
    """One step of the way the words took: speaker, agency, relay, host, in that order."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="chain")
    step = models.PositiveSmallIntegerField(
        help_text="Its place in the chain, counted from 1 at the speaker."
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", help_text="The source, if it is one."
    )
    actor = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="+", help_text="The actor, if it is one."
    )
    inferred = models.BooleanField(
        default=False, help_text="Whether an editor inferred the step; false if the report states it."
    )
    did = models.CharField(
        max_length=100, null=True, blank=True, help_text="What was done at this step, such as `reported`."
    )
    owner: ClassVar[str] = "claim"

    class Meta:
        ordering = ["claim", "step"]
        constraints = [
            UniqueConstraint(
                name="claimstep_is_the_only_one_of_its_number",
                fields=["claim", "step"],
                violation_error_message="The chain has a step of this number.",
            ),
            CheckConstraint(
                name="claimstep_is_a_source_or_an_actor",
                condition=Q(source__isnull=False, actor__isnull=True)
                | Q(source__isnull=True, actor__isnull=False),
                violation_error_message="A step is one source or one actor.",
            ),
            CheckConstraint(
                name="claimstep_counts_from_one",
                condition=Q(step__gte=1),
                violation_error_message="Steps count from 1.",
            ),
            never_blank("claimstep", "did"),
        ]

    def __str__(self) -> str:
        return f"{self.step}. {self.actor or self.source}"


class ClaimRelation(Recorded):
    """How one claim stands to another, such as a later statement that updates an earlier one.

    Named by lineage, that is, between the first claims of two chains of corrections, and public
    while some claim of either is.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="relations")
    kind = models.CharField(
        max_length=20, choices=ClaimRelationKind.choices, help_text="How it stands to it."
    )
    other = models.ForeignKey(
        Claim, models.PROTECT, related_name="relations_from", help_text="The claim it stands to so."
    )
    note = editors_note()
    owner = "claim"
    follows_lineage = True

    class Meta(Recorded.Meta):
        ordering = ["pk"]
        constraints = [
            *Recorded.Meta.constraints,
            one_of("kind", ClaimRelationKind, "claimrelation"),
            never_blank("claimrelation", "note"),
            CheckConstraint(
                name="claimrelation_is_between_two_claims",
                condition=~Q(claim=F("other")),
                violation_error_message="A claim does not stand to itself.",
            ),
            UniqueConstraint(
                name="claimrelation_is_said_once",
                fields=["claim", "kind", "other"],
                condition=Q(withdrawn_rev__isnull=True),
                violation_error_message="The relation is there already.",
            ),
            UniqueConstraint(
                name="claimrelation_repeats_one_claim",
                fields=["claim"],
                condition=Q(kind=ClaimRelationKind.REPEATS, withdrawn_rev__isnull=True),
                violation_error_message="A claim repeats one other claim at most.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.other.public_id}"


class ClaimEvidence(Recorded):
    """A piece of evidence attached to a claim, with what it does for it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="evidence_links")
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="claim_links", help_text="The piece of evidence."
    )
    role = models.CharField(
        max_length=20, choices=EvidenceRole.choices, help_text="What it does for the claim."
    )
    owner = "claim"
    known_by = "evidence__report__issued_latest"

    class Meta(Recorded.Meta):
        ordering = ["pk"]
        verbose_name_plural = "claim evidence"
        constraints = [
            *Recorded.Meta.constraints,
            one_of("role", EvidenceRole, "claimevidence"),
            UniqueConstraint(
                name="claimevidence_is_attached_once",
                fields=["claim", "evidence"],
                condition=Q(withdrawn_rev__isnull=True),
                violation_error_message="The evidence is attached already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.evidence.public_id}"


class ClaimOriginQuerySet(models.QuerySet["ClaimOrigin"]):
    def current(self, at: int | None = None) -> Self:
        """The keys in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(to_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(to_rev__isnull=True) | Q(to_rev__gt=at))


class ClaimOrigin(models.Model):
    """On whose word a claim rests: claims of one key count as one origin, however many repeat it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="origins")
    key = models.CharField(max_length=80, help_text="The id of the actor on whose word the claim rests.")
    from_rev = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    to_rev = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    objects = ClaimOriginQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                name="claimorigin_is_one_at_a_time", fields=["claim"], condition=Q(to_rev__isnull=True)
            ),
            CheckConstraint(
                name="claimorigin_ends_after_it_began",
                condition=Q(to_rev__isnull=True) | Q(to_rev__gt=F("from_rev")),
            ),
            never_blank("claimorigin", "key"),
        ]

    def __str__(self) -> str:
        return self.key


class DamageEstimate(OnRecord, Measured, Lasting):
    """A number that a claim carries, with its bounds: at least half of the output, two people injured.

    A stated part names its total in `part_of`, and the two are never added.
    """

    public_id = random_id("est")
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="damage_estimates", help_text="The claim that carries it."
    )
    metric = models.CharField(max_length=40, choices=Metric.choices, help_text="What is counted or measured.")
    metric_as_stated = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="What is measured, in words; needed where it is `other`.",
    )
    object = models.CharField(
        max_length=100, null=True, blank=True, help_text="For `objects_...`: which objects, such as `houses`."
    )
    who = models.CharField(
        max_length=20, choices=PersonKind.choices, null=True, blank=True,
        help_text="For people: which people; null for anything else.",
    )  # fmt: skip
    indirect = models.BooleanField(
        null=True, blank=True, help_text="For people: whether the harm was indirect, such as a heart attack."
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stated_parts",
        help_text="The total of which this is a stated part.",
    )  # fmt: skip

    collection = "damage-estimates"
    known_by = "claim__known_at"
    owner = "claim"
    frozen = frozenset(
        {"claim", "metric", "metric_as_stated", "object", "who", "indirect", "part_of", "comparator", "low",
         "best", "high", "or_more", "verbatim", "scope", "excludes", "measured_on", "cumulative",
         "unit_of_measure", "denominator", "denominator_as_stated", "basis", "effective_from",
         "effective_from_edge", "effective_until", "effective_until_edge"}
    )  # fmt: skip

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            *Measured.Meta.constraints,
            *Lasting.Meta.constraints,
            id_is_well_spelt(prefixed("est"), "damageestimate"),
            one_of("metric", Metric, "damageestimate"),
            one_of("who", PersonKind, "damageestimate"),
            never_blank(
                "damageestimate", "metric_as_stated", "object", "denominator_as_stated", *NUMBER_TEXTS
            ),
            CheckConstraint(
                name="damageestimate_of_another_metric_is_named",
                condition=~Q(metric=Metric.OTHER) | Q(metric_as_stated__isnull=False),
                violation_error_message="Say in words what is measured.",
            ),
            CheckConstraint(
                name="damageestimate_of_objects_names_them",
                condition=~Q(metric__in=OBJECTS) | Q(object__isnull=False),
                violation_error_message="Say which objects are counted.",
            ),
            CheckConstraint(
                name="damageestimate_of_people_says_which",
                condition=Q(metric__in=PEOPLE, who__isnull=False)
                | (~Q(metric__in=PEOPLE) & Q(who__isnull=True, indirect__isnull=True)),
                violation_error_message="A number of people says which people (`unspecified` if the speaker "
                "does not), and no other number does.",
            ),
            CheckConstraint(
                name="damageestimate_is_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message="A number is not a part of itself.",
            ),
        ]

    @property
    def display(self) -> str:
        of = f" of {self.denominator.replace('_', ' ')}" if self.denominator else ""
        return f"{self.metric.replace('_', ' ')}: {self.words} {self.get_unit_of_measure_display()}{of}"

    def objections(self) -> Iterable[str]:
        if self.part_of is not None and self.part_of.claim_id != self.claim_id:
            yield "part_of: a stated part and its total are in one claim."


class WeaponCount(OnRecord, Bounded):
    """How many weapons a claim says were launched, intercepted, hit, lost or found.

    Example: 25 drones intercepted over seven named regions, the list introduced by "including". A
    count over several regions is one count; a stated split is rows with `part_of`.
    """

    public_id = random_id("wct")
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="weapon_counts", help_text="The claim that carries it."
    )
    outcome = models.CharField(
        max_length=20, choices=WeaponOutcome.choices, help_text="What is said to have become of them."
    )
    model_as_stated = models.CharField(
        max_length=100, null=True, blank=True, help_text="The model the speaker names, such as `Shahed`."
    )
    out_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="outcomes",
        help_text="The count this one is out of, such as the number launched.",
    )  # fmt: skip
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stated_parts",
        help_text="The total of which this is a stated part; the two are never added.",
    )  # fmt: skip
    regions = models.ManyToManyField(
        Region, related_name="weapon_counts", blank=True, help_text="Where, as far as regions are named."
    )
    regions_complete = models.BooleanField(
        null=True, blank=True,
        help_text="Whether the named regions are all of them; false where the speaker says 'including'.",
    )  # fmt: skip

    collection = "weapon-counts"
    known_by = "claim__known_at"
    owner = "claim"
    parts = ("weapons",)
    frozen_parts = frozenset({"weapons"})
    frozen = frozenset(
        {"claim", "outcome", "model_as_stated", "out_of", "part_of", "regions", "regions_complete",
         "comparator", "low", "best", "high", "or_more", "verbatim", "scope", "excludes", "measured_on",
         "cumulative"}
    )  # fmt: skip

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            *Bounded.Meta.constraints,
            id_is_well_spelt(prefixed("wct"), "weaponcount"),
            one_of("outcome", WeaponOutcome, "weaponcount"),
            never_blank("weaponcount", "model_as_stated", *NUMBER_TEXTS),
            CheckConstraint(
                name="weaponcount_is_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message="A count is not a part of itself.",
            ),
            CheckConstraint(
                name="weaponcount_is_not_out_of_itself",
                condition=Q(out_of__isnull=True) | ~Q(out_of=F("id")),
                violation_error_message="A count is not out of itself.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.words} {self.outcome}"

    @property
    def weapon_codes(self) -> list[str]:
        return [row.weapon for row in self.weapons.all()]

    def objections(self) -> Iterable[str]:
        if not self.weapons.exists():
            yield "weapons: name at least one; `unknown` if the speaker does not say."
        if self.regions.exists() == (self.regions_complete is None):
            yield "regions_complete: say it where regions are named, and only there."
        for name in ("part_of", "out_of"):
            total = getattr(self, name)
            if total is not None and total.claim_id != self.claim_id:
                yield f"{name}: both counts are in one claim."


class CountedWeapon(models.Model):
    """One kind of weapon in a count; a mixed count has several."""

    count = models.ForeignKey(WeaponCount, models.CASCADE, related_name="weapons")
    weapon = models.CharField(max_length=20, choices=Method.choices, help_text="The kind of weapon.")
    owner: ClassVar[str] = "count"

    class Meta:
        ordering = ["weapon"]
        constraints = [
            one_of("weapon", Method, "countedweapon"),
            UniqueConstraint(
                name="countedweapon_is_named_once",
                fields=["count", "weapon"],
                violation_error_message="The count has this weapon.",
            ),
            CheckConstraint(
                name="countedweapon_is_a_weapon",
                condition=~Q(weapon=Method.NONE),
                violation_error_message="`none` is not a weapon.",
            ),
        ]

    def __str__(self) -> str:
        return self.weapon
