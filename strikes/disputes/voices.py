"""Whose word a claim is by itself: on whom it rests and whose side it takes, for many claims at once.

Where it is doubtful whether two words are independent, they are taken for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db.models import Q

from record.graphs import closure, end_of_chain
from sources.choices import ActorKind
from sources.models import Actor, Report, Source
from strikes.choices import Attribution
from strikes.disputes.past import RecordAt
from strikes.models import Claim, ClaimOrigin, ClaimStep
from strikes.models.known_times import is_by_name

Key = TypeVar("Key")

NAMELESS = {ActorKind.COLLECTIVE, ActorKind.UNKNOWN}
VOICE_COLUMNS = ("own_key", "own_voice", "is_named", "is_own_words")
"""Where a ``ClaimOrigin`` keeps a voice."""
CLAIMS_AT_ONCE = 2_000
"""Claims of which the speakers, reports and sources are loaded together."""
KEYS_AT_ONCE = 10_000
"""Keys of one query: a database takes only so many."""


class Voice(NamedTuple):
    """On whose word a claim rests by itself, whatever it repeats."""

    key: str
    """The id of the actor that is its origin."""
    voice: str
    """The id of the actor whose side it takes. An anonymous voice takes a side of its own."""
    is_named: bool
    """Whether it was said on the record, by name."""
    is_own_words: bool
    """Whether it is an outlet's own words without a source."""


class ClaimLine(NamedTuple):
    """What a claim says of its speaker and of where it was read; all of it is frozen."""

    actor: int
    report: int
    attribution: str


class Step(NamedTuple):
    """One step of the chain by which the words came."""

    source: int | None
    actor: int | None


def known(keys: Iterable[int | None]) -> set[int]:
    return {key for key in keys if key is not None}


def in_batches(keys: Iterable[Key], size: int = KEYS_AT_ONCE) -> Iterator[list[Key]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, size)):
        yield batch


def voices_of(claims: Collection[int], record_at: RecordAt | None = None) -> dict[int, Voice]:
    """Whose words these claims are. A fixed number of queries for each batch, and for each step up a chain."""
    record_at = record_at or RecordAt()
    voices: dict[int, Voice] = {}
    for batch in in_batches(sorted(claims), CLAIMS_AT_ONCE):
        voices |= _Speakers(batch, record_at).voices()
    return voices


def newsrooms_of(reports: Collection[int], record_at: RecordAt) -> dict[int, str]:
    """The newsroom that published each of these reports, whosever words they carry."""
    speakers = _Speakers((), record_at, reports)
    return {report: speakers.newsroom(speakers.reports[report].source_id) for report in reports}


class _Speakers:
    """Everything that tells whose words some claims are, or who published reports, loaded together."""

    def __init__(self, claims: Collection[int], record_at: RecordAt, reports: Collection[int] = ()) -> None:
        self.record_at = record_at
        rows = (
            Claim.objects.filter(pk__in=claims).order_by().values_list("pk", "actor", "report", "attribution")
        )
        self.claims = {pk: ClaimLine(actor, report, attribution) for pk, actor, report, attribution in rows}
        self.chains = self._load_chains(claims)
        self.reports = self._load_reports({*reports, *(line.report for line in self.claims.values())})
        steps = [step for chain in self.chains.values() for step in chain]
        actors = {line.actor for line in self.claims.values()}
        actors |= {step.actor for step in steps if step.actor is not None}
        sources = {step.source for step in steps if step.source is not None}
        for report in self.reports.values():
            sources |= known({report.source_id, report.wire_source_id})
        self._load_actors_and_sources(actors, sources)

    def _load_chains(self, claims: Collection[int]) -> dict[int, list[Step]]:
        chains: dict[int, list[Step]] = {}
        steps = ClaimStep.objects.filter(claim__in=claims).order_by("claim", "step")
        for claim, source, actor in steps.values_list("claim", "source", "actor"):
            chains.setdefault(claim, []).append(Step(source, actor))
        return chains

    def _load_reports(self, reports: Collection[int]) -> dict[int, Report]:
        """These reports as they were, with all that they were copied from."""
        loaded: dict[int, Report] = {}

        def copied_from(keys: Collection[int]) -> Iterable[int]:
            rows = Report.objects.only("public_id", "source", "derived_from", "wire_source")
            for row in rows.filter(pk__in=keys).order_by():
                loaded[row.pk] = self.record_at.as_it_was(row)
            return {key for pk in keys if (key := loaded[pk].derived_from_id) is not None}

        closure(reports, copied_from)
        return loaded

    def _load_actors_and_sources(self, actors: Collection[int], sources: Collection[int]) -> None:
        """The actors with all that they speak for, the sources with their families, and each one's voice."""
        self.actors: dict[int, Actor] = {}
        self.sources: dict[int, Source] = {}
        actors = {*actors, *self._load_sources(sources, [])}
        while missing := set(self._canonical_actors(actors)) - self.actors.keys():
            for actor in Actor.objects.filter(pk__in=missing).order_by():
                self.actors[actor.pk] = self.record_at.as_it_was(actor)
            loaded = [self.actors[key] for key in missing]
            media = [actor for actor in loaded if actor.kind == ActorKind.MEDIA]
            sources = {*sources, *known(actor.first_publisher_id for actor in loaded)}
            voices = self._load_sources(sources, media)
            actors = voices | known(actor.affiliation_id for actor in loaded)
        self.record_at.actors_read |= self.actors.keys()
        self.record_at.sources_read |= self.sources.keys()

    def _canonical_actors(self, actors: Iterable[int]) -> Iterator[int]:
        canonical = self.record_at.canonical_actors
        for key in actors:
            yield from (key, canonical.get(key, key))

    def _load_sources(self, sources: Collection[int], media: Collection[Actor]) -> set[int]:
        """Load these sources, those whose own voices these actors are, and their families; returns their voices."""
        canonical = self.record_at.canonical_sources
        voices = {actor.pk for actor in media}
        voices |= {pk for pk, end in self.record_at.canonical_actors.items() if end in voices}
        of_media = Source.objects.filter(voice__in=voices).values_list("pk", flat=True) if voices else ()
        missing = {*sources, *of_media}
        missing |= {canonical.get(key, key) for key in missing}
        found: set[int] = set()
        while missing := missing - self.sources.keys():
            for source in Source.objects.filter(pk__in=missing).order_by():
                self.sources[source.pk] = self.record_at.as_it_was(source)
            loaded = [self.sources[key] for key in missing]
            found |= {source.voice_id for source in loaded}
            families = known(source.family_id for source in loaded)
            missing = families | {canonical.get(key, key) for key in families}
        return found

    # Who stands behind whom ---------------------------------------------------------------------------------

    def actor(self, key: int) -> Actor:
        """The actor that stands for this one."""
        return self.actors[self.record_at.canonical_actors.get(key, key)]

    def source(self, key: int) -> Source:
        """The source that stands for this one."""
        return self.sources[self.record_at.canonical_sources.get(key, key)]

    def newsroom(self, source: int) -> str:
        """The voice of the root of a source's families: editions and sites of one newsroom are one."""

        def family(source: Source) -> Source | None:
            return None if source.family_id is None else self.source(source.family_id)

        return str(self.actor(end_of_chain(self.source(source), family).voice_id).public_id)

    def newsroom_behind(self, report: int) -> str:
        """The newsroom whose words a report carries, at the end of what is known of its copies."""

        def copied_from(report: Report) -> Report | None:
            return None if report.derived_from_id is None else self.reports[report.derived_from_id]

        original = end_of_chain(self.reports[report], copied_from)
        return self.newsroom(original.wire_source_id or original.source_id)

    def speaker(self, key: int) -> Actor:
        """The first body above a speaker: a spokesman and his chief are one voice.

        A body is never folded into its parent. An anonymous voice rests on the body it is said to belong to.
        """

        def above(actor: Actor) -> Actor | None:
            speaks_for_another = actor.kind in (ActorKind.PERSON, ActorKind.ANONYMOUS)
            return self.actor(actor.affiliation_id) if speaks_for_another and actor.affiliation_id else None

        return end_of_chain(self.actor(key), above)

    def newsroom_of(self, actor: Actor) -> str | None:
        """The newsroom whose own voice an actor is; null if it is that of no source we know."""
        source = self.source_of_voice.get(actor.pk)
        return None if source is None else self.newsroom(source)

    @cached_property
    def source_of_voice(self) -> dict[int, int]:
        """The source of each own voice; where voices were merged, the one whose voice it was at first."""
        canonical = self.record_at.canonical_actors
        sources = sorted(self.sources.values(), key=lambda source: str(source.public_id))
        of_voice = {
            canonical.get(source.voice_id, source.voice_id): source.pk for source in reversed(sources)
        }
        return of_voice | {source.voice_id: source.pk for source in sources}

    # Claims -------------------------------------------------------------------------------------------------

    def voices(self) -> dict[int, Voice]:
        return {claim: self.voice_of(claim, line) for claim, line in self.claims.items()}

    def voice_of(self, claim: int, line: ClaimLine) -> Voice:
        actor = self.actor(line.actor)
        key = self.key_of(claim, line, actor)
        return Voice(
            key,
            str(actor.public_id) if actor.kind == ActorKind.ANONYMOUS else key,
            is_by_name(line.attribution, actor.kind),
            line.attribution == Attribution.UNATTRIBUTED and actor.kind == ActorKind.MEDIA,
        )

    def key_of(self, claim: int, line: ClaimLine, actor: Actor) -> str:
        chain = self.chains.get(claim, [])
        if actor.kind in NAMELESS and chain and chain[0].actor is not None:
            # "Officials" or "residents" rest on the named actor with whom the chain begins, if it does.
            first = self.actor(chain[0].actor)
            if first.kind not in NAMELESS | {ActorKind.ANONYMOUS}:
                actor = first
        elif actor.kind == ActorKind.MEDIA and self.is_own_voice(actor, line.report):
            return self.newsroom_behind(line.report)
        speaker = self.speaker(actor.pk)
        if speaker.kind == ActorKind.ANONYMOUS:
            return self.newsroom_vouching_for(speaker, chain, line.report)
        newsroom = self.newsroom_of(speaker) if speaker.kind == ActorKind.MEDIA else None
        return newsroom or str(speaker.public_id)

    def is_own_voice(self, actor: Actor, report: int) -> bool:
        """Whether an actor is the voice of the source that published the report, before or after merges."""
        publisher = self.reports[report].source_id
        voices = (self.sources[publisher].voice_id, self.source(publisher).voice_id)
        return actor in (self.actor(voice) for voice in voices)

    def newsroom_vouching_for(self, speaker: Actor, chain: Iterable[Step], report: int) -> str:
        """The newsroom that vouches for an anonymous voice: its first publisher or, unknown, whoever passed it on."""
        if speaker.first_publisher_id is not None:
            return self.newsroom(speaker.first_publisher_id)
        for step in chain:
            if step.source is not None:
                return self.newsroom(step.source)
            passed_on_by = None if step.actor is None else self.actor(step.actor)
            newsroom = None if passed_on_by is None else self.newsroom_of(passed_on_by)
            if newsroom is not None:
                return newsroom
        return self.newsroom_behind(report)


class VoicesAt:
    """The voices of claims at a point of the record: as they are kept or, where the past is rewritten, worked out."""

    def __init__(self, record_at: RecordAt | None = None, changed: Mapping[int, Voice] | None = None) -> None:
        self.record_at = record_at or RecordAt()
        self.changed = changed or {}
        """Voices that are not kept yet, since the revision that changed them is being written."""

    def of(self, claims: Iterable[int]) -> dict[int, Voice]:
        keys = set(claims)
        if self.record_at.past is not None:
            return voices_of(keys, self.record_at)
        voices = {claim: self.changed[claim] for claim in keys & self.changed.keys()}
        kept = ClaimOrigin.objects.current(self.record_at.at).order_by()
        for batch in in_batches(sorted(keys - voices.keys())):
            for claim, *voice in kept.filter(claim__in=batch).values_list("claim", *VOICE_COLUMNS):
                voices[claim] = Voice(*voice)
        return voices


# Whose voice can have changed --------------------------------------------------------------------------------


def claims_spoken_through(
    actors: Collection[int], sources: Collection[int], reports: Collection[int]
) -> set[int]:
    """The public claims whose voice can be another since something about these has changed."""
    speakers = _all_who_speak_for(actors) if actors else set()
    newsrooms = _all_editions(sources, speakers) if actors or sources else set()
    published_in = set(reports)
    if newsrooms:
        voices = Actor.objects.filter(Q(first_publisher__in=newsrooms) | Q(source__in=newsrooms))
        speakers |= _all_who_speak_for(voices.values_list("pk", flat=True))
        copies = Report.objects.filter(Q(source__in=newsrooms) | Q(wire_source__in=newsrooms))
        published_in |= set(copies.values_list("pk", flat=True))
    published_in = all_copies_of(published_in)
    claims: set[int] = set()
    for path, keys in (
        ("report", published_in),
        ("actor", speakers),
        ("chain__actor", speakers),
        ("chain__source", newsrooms),
    ):
        for batch in in_batches(sorted(keys)):
            rows = Claim.objects.cited().filter(**{f"{path}__in": batch}).order_by()
            claims |= set(rows.values_list("pk", flat=True))
    return claims


def _all_who_speak_for(actors: Collection[int]) -> set[int]:
    """These actors and all who speak for one, with all that is the same."""

    def speaking_for(bodies: Collection[int]) -> set[int]:
        voices = Actor.objects.filter(affiliation__in=bodies).values_list("pk", flat=True)
        return Actor.objects.cluster(voices)

    return closure(Actor.objects.cluster(actors), speaking_for)


def _all_editions(sources: Collection[int], voices: Collection[int]) -> set[int]:
    """These sources and those whose voices these are, with all that belong to their families and are the same."""

    def editions(newsrooms: Collection[int]) -> set[int]:
        rows = Source.objects.filter(family__in=newsrooms).values_list("pk", flat=True)
        return Source.objects.cluster(rows)

    own_voices = Source.objects.filter(voice__in=voices).values_list("pk", flat=True)
    return closure(Source.objects.cluster({*sources, *own_voices}), editions)


def all_copies_of(reports: Collection[int]) -> set[int]:
    """These reports and all copies of them."""

    def copies(keys: Collection[int]) -> Iterator[int]:
        for batch in in_batches(sorted(keys)):
            yield from Report.objects.filter(derived_from__in=batch).values_list("pk", flat=True)

    return closure(reports, copies)
