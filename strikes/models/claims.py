"""What was said: claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Coalesce

from record.graphs import closure
from record.ids import PublicIdField, id_is_well_spelt, prefixed, random_id
from record.models import AsOf, KnownBy, OnRecord, RecordedQuerySet, never_blank
from record.moments import columns_of, moment_rules
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import ReportPart, TimePrecision
from sources.models import Actor, Report
from sources.models.fields import LANGUAGE_TAG, editors_note, language_code
from strikes.choices import Attribution, Certainty, ClaimRelationKind, Credibility, Polarity, Stance
from strikes.models.event_times import WithEventTime
from strikes.models.known_times import WithKnownTime, is_by_name
from strikes.models.propositions import Proposition


class ClaimQuerySet(RecordedQuerySet["Claim"]):
    def of_polarity(self, *polarities: Polarity) -> Self:
        return self.filter(stance__in=[stance for stance in Stance if stance.polarity in polarities])

    def repeating(self, lineage: str | None = None) -> Self:
        """The claims that repeat one, named by its lineage; or any, if none is named."""
        first_claims = Claim.objects.filter(
            relations__kind=ClaimRelationKind.REPEATS,
            relations__withdrawn_rev__isnull=True,
            relations__published_rev__isnull=False,
            **({} if lineage is None else {"relations__other__public_id": lineage}),
        )
        return self.filter(lineage__in=first_claims.values("public_id"))


class Claim(OnRecord, WithKnownTime, WithEventTime):
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
        max_length=200,
        null=True,
        blank=True,
        help_text="How the report describes the speaker, where that differs from the name.",
    )
    proposition = models.ForeignKey(
        Proposition, models.PROTECT, related_name="claims", help_text="The point at issue."
    )
    stance = models.CharField(
        max_length=30, choices=Stance.choices, help_text="How the speaker stands to the proposition."
    )
    certainty = models.CharField(
        max_length=20,
        choices=Certainty.choices,
        null=True,
        blank=True,
        help_text="The speaker's own certainty; null if none was expressed.",
    )
    attribution = models.CharField(
        max_length=30, choices=Attribution.choices, help_text="On what footing the words reach us."
    )
    speakers_stated = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many speakers the report says there were, such as 2 sources."
    )
    position = models.PositiveIntegerField(help_text="Its place in the report, counted from 0.")
    part = models.CharField(
        max_length=20,
        choices=ReportPart.choices,
        help_text="Where in the report it stands; a headline often says more than its body.",
    )
    statement = models.TextField(help_text="What was said, in our own words.")
    quote = models.CharField(
        max_length=300, null=True, blank=True, help_text="The few words that matter, as printed."
    )
    quote_language = language_code("The language of the quote, where it is not the report's.")
    place_as_stated = models.CharField(
        max_length=200, null=True, blank=True, help_text="The place as this speaker names it."
    )
    credibility = models.CharField(
        max_length=1,
        choices=Credibility.choices,
        null=True,
        blank=True,
        help_text="The Admiralty grade of the information, 1 to 6; null if it has not been graded yet.",
    )
    note = editors_note()
    lineage_from = PublicIdField(
        null=True,
        blank=True,
        editable=False,
        help_text="The first claim of the chain of corrections; null if this is it.",
    )
    # Relations hang on it, so that correcting a typo breaks none (decisions.md D5).
    lineage = models.GeneratedField(
        expression=Coalesce("lineage_from", "public_id"),
        output_field=PublicIdField(),
        db_persist=True,
        help_text="The id of the first claim of the chain of corrections, by which relations name it.",
    )
    public_relations: Sequence[dict[str, Any]]
    """How it stands to other claims at the revision a request reads, set by its loading plan."""
    standing: Any
    """On whose word it rests and whether it counts, a ``strikes.disputes.standing.Standing``, set likewise."""
    retracted_through: Report | None
    """The report whose publisher took it back, set likewise."""
    report_issued_later: bool
    """Whether its report was issued later than the moment a request asks for, set likewise."""

    search_text = search_text()

    collection = "claims"
    derived_fields = frozenset(
        {"search_text", "sort_at", "known_at", "known_on", "when_at", "event_began_on", "event_ended_on"}
    )
    known_by = KnownBy("known_at", "known_on")
    lineage_field = "lineage"
    chained_by = frozenset({"supersedes", "lineage_from"})
    display_needs = ("actor", "proposition")
    parts = ("chain", "evidence_links", "relations")
    frozen_parts = frozenset({"chain"})
    numbered_parts = ("damage_estimates", "weapon_counts")
    frozen = frozenset(
        {
            "report",
            "actor",
            "actor_as_stated",
            "proposition",
            "stance",
            "certainty",
            "attribution",
            "speakers_stated",
            "statement",
            "quote",
            "quote_language",
            *columns_of("said_", "disclosed_", "event_"),
            "is_status",
            "is_permanent",
            "place_as_stated",
            "lineage_from",
            "lineage",
        }
    )

    objects: ClassVar = ClaimQuerySet.as_manager()

    class Meta(OnRecord.Meta):
        ordering = ["report", "position", "public_id"]
        indexes = [
            models.Index(fields=["-sort_at", "public_id"], name="claim_newest_first"),
            models.Index(fields=["-when_at", "public_id"], name="claim_newest_event_first"),
            models.Index(fields=["lineage"], name="claim_lineage"),
            models.Index(fields=["proposition", "known_at"], name="claim_known_of_a_proposition"),
            models.Index(fields=["proposition", "known_on"], name="claim_day_of_a_proposition"),
            models.Index(fields=["report", "position", "public_id"], name="claim_in_its_report"),
        ]
        constraints = [
            *OnRecord.Meta.constraints,
            *WithEventTime.Meta.constraints,
            id_is_well_spelt(prefixed("clm"), "claim"),
            one_of("stance", Stance, "claim"),
            one_of("certainty", Certainty, "claim"),
            one_of("attribution", Attribution, "claim"),
            one_of("part", ReportPart, "claim"),
            one_of("credibility", Credibility, "claim"),
            *moment_rules("claim", "said_", TimePrecision),
            *moment_rules("claim", "disclosed_", TimePrecision),
            *moment_rules("claim", "event_", TimePrecision),
            never_blank(
                "claim",
                "actor_as_stated",
                "statement",
                "quote",
                "said_timezone",
                "said_as_stated",
                "disclosed_timezone",
                "disclosed_as_stated",
                "event_timezone",
                "event_as_stated",
                "place_as_stated",
                "note",
            ),
            CheckConstraint(
                name="claim_quote_language_is_a_tag",
                condition=Q(quote_language__regex=LANGUAGE_TAG),
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
                condition=Q(published_rev__isnull=True)
                | Q(
                    sort_at__isnull=False,
                    known_at__isnull=False,
                    known_on__isnull=False,
                    when_at__isnull=False,
                ),
            ),
            CheckConstraint(
                name="claim_that_corrects_keeps_its_lineage",
                condition=Q(supersedes__isnull=True, lineage_from__isnull=True)
                | Q(supersedes__isnull=False, lineage_from__isnull=False),
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.actor.name} {self.stance.replace('_', ' ')}: {self.proposition.text}"

    @property
    def polarity(self) -> Polarity:
        return Stance(self.stance).polarity

    @property
    def report_retracted(self) -> bool:
        """Whether the publisher of its own report took it back."""
        return self.retracted_through is not None and self.retracted_through.pk == self.report_id

    @property
    def said_on(self) -> dt.date:
        """The last day on which it can have been said or, if that is not known, issued."""
        return self.said_day(self.report)

    @property
    def is_by_name(self) -> bool:
        """Whether somebody says it on the record, by name; the speaker is the one who was entered."""
        return is_by_name(self.attribution, self.actor.kind)

    def compare_with_report(self, at: AsOf) -> None:
        """Say whether its report was issued later than what a request asks for."""
        self.report_issued_later = not self.report.is_known(at)

    def before_publish(self) -> None:
        self.keep_known_time(self.report, self.is_by_name)
        self.keep_event_time()
        self.when_at = self.when_at or self.sort_at  # unless its strike has a time: strikes.event_times
        self.search_text = searchable_words(self.statement, self.quote)

    def succeed(self, earlier: Self) -> None:
        self.lineage_from = earlier.lineage
        # worked out anew when it is published
        self.sort_at = self.known_at = self.known_on = self.when_at = None

    def anchor(self) -> Self:
        return self if self.lineage_from is None else cast(Self, Claim.objects.get(public_id=self.lineage))

    def objections(self) -> Iterable[str]:
        if self.proposition.open and self.polarity != Polarity.NEUTRAL:
            yield "proposition: it is an open question and takes only neutral claims; claim one of its answers."
        published = self.published_rev
        yield from self.objections_to_disclosure(self.report, None if published is None else published.at)
        first = self.anchor()  # relations outlive corrections: they hang on the first claim of the chain
        for relation in first.relations.filter(withdrawn_rev__isnull=True).select_related("other"):
            if relation.other.lineage_from is not None:
                yield "relations: name the first claim of the other lineage."
            if relation.kind == ClaimRelationKind.REPEATS:
                yield from self._objections_to_repeating(relation.other, first)
        if self.lineage_from is not None:  # what corrects no claim cannot have been repeated yet
            yield from self._objections_to_being_repeated()

    def questions(self) -> Iterable[str]:
        if self.disclosed_latest is not None and not self.is_by_name:
            yield "disclosed: only words on record by name are known from then; these are known from their page."
        # All that repeat each other count as one, on the best attributed word: the other name would be lost.
        lineages = closure([self.lineage], repeating_or_repeated)
        named = Claim.objects.cited().filter(
            lineage__in=lineages, origins__to_rev=None, origins__is_named=True
        )
        speakers: dict[str, str] = {}
        for voice, speaker, claim in named.order_by("sort_at", "public_id").values_list(
            "origins__own_voice", "actor__name", "public_id"
        ):
            speakers.setdefault(voice, f"{speaker} ({claim})")
        if len(speakers) > 1:
            *others, last = speakers.values()
            yield (
                f"{', '.join(others)} and {last} speak by name, and count as one origin because of “repeats”. "
                "Does each that repeats another only pass on what was said?"
            )

    def _objections_to_repeating(self, other: Claim, first: Claim) -> Iterable[str]:
        # Of two that repeat each other, neither would be anybody's word.
        repeated_at, published_at = other.published_rev_id, first.published_rev_id
        if repeated_at is None or published_at is None or repeated_at >= published_at:
            yield "relations: a claim repeats only what was published before it."
        for repeated in Claim.objects.cited().filter(lineage=other.lineage).select_related("proposition"):
            if not self.says_the_same_as(repeated):
                yield f"relations: it repeats {repeated.public_id}, which is about another point or takes another side."

    def _objections_to_being_repeated(self) -> Iterable[str]:
        for other in Claim.objects.cited().repeating(self.lineage).select_related("proposition"):
            if not other.says_the_same_as(self):
                yield f"relations: {other.public_id} repeats it, and is about another point or takes another side."

    def says_the_same_as(self, other: Claim) -> bool:
        """Whether two claims are about one point and take one side: only then can one repeat the other.

        To take a word back is not to deny it, although both are negative.
        """
        same_point = self.proposition_id == other.proposition_id or (
            self.proposition.canonical == other.proposition.canonical
        )
        both_retract = (self.stance == Stance.RETRACTS) == (other.stance == Stance.RETRACTS)
        return same_point and self.polarity == other.polarity and both_retract


def repeating_or_repeated(lineages: Collection[str]) -> Iterator[str]:
    """The lineages that these repeat, and those that repeat one of them."""
    claims = Claim.objects.filter(public_id__in=lineages)
    for mine, theirs in (("relations", "other"), ("relations_from", "claim")):
        relation = {"kind": ClaimRelationKind.REPEATS, "withdrawn_rev": None, "published_rev__isnull": False}
        joined = claims.filter(**{f"{mine}__{name}": value for name, value in relation.items()}).order_by()
        yield from joined.values_list(f"{mine}__{theirs}__public_id", flat=True)
