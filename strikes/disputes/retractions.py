"""How far a publisher's taking back reaches: the claims it touches, what repeats them, and copies of the report.

A page that was merely taken away touches nothing: else whoever takes pages away could erase a voice. What a named
speaker said elsewhere stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from record.graphs import closure, reached
from record.models import AsOf
from sources.models import Report, ReportNotice
from strikes.disputes.voices import VoicesAt, in_batches, newsrooms_of
from strikes.disputes.weighing import TakenBack
from strikes.models import Claim


class ReadClaim(NamedTuple):
    """A claim as a notice looks at it."""

    claim: int
    lineage: str
    proposition: int
    report: int
    voice: str
    key: str
    is_own_words: bool
    """Whether an outlet says it itself, and so carries on what it copied."""


class Notice(NamedTuple):
    """What a publisher took back: some claims of a report, by their lineages, or all of it."""

    order: tuple[object, ...]
    """The earliest notice is the one that is named."""
    report: TakenBack
    lineages: frozenset[str]

    def touches(self, claim: ReadClaim) -> bool:
        return not self.lineages or claim.lineage in self.lineages


class Retractions:
    """The notices of error on some reports, and on what these were copied from."""

    def __init__(self, reports: Collection[int], at: int | AsOf | None, voices: VoicesAt) -> None:
        self.voices = voices
        self.copied_from: dict[int, int | None] = {}
        self.notices: dict[int, list[Notice]] = defaultdict(list)
        for batch in in_batches(sorted(closure(reports, self._load_reports))):
            rows = ReportNotice.objects.published(at).of_error().filter(report__in=batch)
            for row in rows.select_related("report"):
                order = (row.dated, row.report.public_id, row.pk)
                taken_back = TakenBack(row.report_id, row.report.public_id)
                self.notices[row.report_id].append(Notice(order, taken_back, frozenset(row.claims)))
        whole = self._copied_and_taken_back_as_a_whole()
        self.voices_in = self._load_voices(whole, at) if whole else {}
        self.newsroom_of = newsrooms_of(whole, voices.record_at.in_its_time()) if whole else {}

    def _load_reports(self, reports: Collection[int]) -> Iterator[int]:
        """Load from which reports these were copied; returns those."""
        for batch in in_batches(sorted(reports)):
            for row in Report.objects.only("public_id", "derived_from").filter(pk__in=batch).order_by():
                origin = self.voices.record_at.as_it_was(row).derived_from_id
                self.copied_from[row.pk] = origin
                if origin is not None:
                    yield origin

    def _copied_and_taken_back_as_a_whole(self) -> list[int]:
        copied = set(self.copied_from.values())
        return [
            report
            for report, notices in self.notices.items()
            if report in copied and any(not notice.lineages for notice in notices)
        ]

    def _load_voices(self, whole: Collection[int], at: int | AsOf | None) -> dict[int, set[str]]:
        """The voices that are heard in each of these reports."""
        claims = Claim.objects.published(at).filter(report__in=whole)
        report_of = dict(claims.values_list("pk", "report"))
        heard: dict[int, set[str]] = defaultdict(set)
        for claim, voice in self.voices.of(report_of).items():
            heard[report_of[claim]].add(voice.voice)
        return heard

    def origins_of(self, report: int) -> Iterator[int]:
        """The reports from which one was copied, the nearest first."""
        passed = {report}
        origin = self.copied_from.get(report)
        while origin is not None and origin not in passed:
            yield origin
            passed.add(origin)
            origin = self.copied_from.get(origin)

    def reach(self, claims: Sequence[ReadClaim], repeats: Mapping[str, str]) -> dict[int, TakenBack]:
        """The claims that were taken back, each with the report whose notice reaches it.

        ``repeats`` has the lineage that a lineage repeats. All claims on a proposition are to be given together.
        """
        if not self.notices:
            return {}
        touched_by: dict[Notice, list[ReadClaim]] = defaultdict(list)
        for claim in claims:
            for notice in self._notices_on(claim):
                touched_by[notice].append(claim)
        repeating = defaultdict(list)
        for claim in claims:
            if claim.lineage in repeats:
                repeating[repeats[claim.lineage]].append(claim)
        copied = self._copies_of(claims)

        def carried_on(claim: ReadClaim) -> Iterator[ReadClaim]:
            yield from repeating[claim.lineage]
            yield from copied.get((claim.report, claim.proposition, claim.voice), [])
            yield from copied.get((claim.report, claim.proposition, None), [])

        through: dict[int, TakenBack] = {}
        for notice in sorted(touched_by):
            touched = touched_by[notice]
            for claim in (*touched, *reached(touched, carried_on)):
                # Its own report is named first, and otherwise the earliest notice.
                if claim.claim not in through or claim.report == notice.report.report:
                    through[claim.claim] = notice.report
        return through

    def _notices_on(self, claim: ReadClaim) -> Iterator[Notice]:
        """The notices that touch a claim in its own report or, of all of one it was copied from, its voice."""
        yield from (notice for notice in self.notices.get(claim.report, ()) if notice.touches(claim))
        for origin in self.origins_of(claim.report):
            if self._has_only_the_word_of(claim, origin):
                yield from (notice for notice in self.notices.get(origin, ()) if not notice.lineages)

    def _has_only_the_word_of(self, claim: ReadClaim, origin: int) -> bool:
        """Whether a claim in a copy carries what was copied: its voice is heard there, or vouched for by that newsroom.

        It may be vouched for there although we do not hold what was said there.
        """
        is_heard_there = claim.voice in self.voices_in.get(origin, ())
        return claim.is_own_words or is_heard_there or claim.key == self.newsroom_of.get(origin)

    def _copies_of(self, claims: Sequence[ReadClaim]) -> dict[tuple[int, int, str | None], list[ReadClaim]]:
        """What copies say of a proposition, by the report they were copied from and their voice.

        An outlet's own words stand there without a voice as well: they carry whatever was copied.
        """
        copies: dict[tuple[int, int, str | None], list[ReadClaim]] = defaultdict(list)
        for claim in claims:
            for origin in self.origins_of(claim.report):
                copies[origin, claim.proposition, claim.voice].append(claim)
                if claim.is_own_words:
                    copies[origin, claim.proposition, None].append(claim)
        return copies
