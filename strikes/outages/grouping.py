"""Which statements belong to one outage: those of one subject, between a beginning and the next one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from strikes.models import Claim
from strikes.outages.episodes import Episode
from strikes.outages.statements import EndKind, Span, Statement, Subject


@dataclass
class GroupedStatements:
    """All that was said: outages, and what belongs to none, because nobody says when it was so."""

    episodes: list[Episode] = field(default_factory=list)
    undated: list[Statement] = field(default_factory=list)
    denials: list[Claim] = field(default_factory=list)
    """Who says that something did not stand still, whether or not anybody says that it did."""


def group_statements(
    statements: Iterable[Statement], denials: Iterable[tuple[Subject, Claim]] = ()
) -> GroupedStatements:
    """The outages of each subject, in time: a beginning after the end that others gave opens the next.

    A return, or the forecast of one, without any beginning before it, is an outage of which nobody says when it began.
    """
    by_subject: dict[Subject, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_subject[statement.subject].append(statement)
    denials_of: dict[Subject, list[Claim]] = defaultdict(list)
    grouped = GroupedStatements()
    for subject, claim in denials:
        denials_of[subject].append(claim)
        grouped.denials.append(claim)
    for subject, about_subject in by_subject.items():
        episodes = episodes_with_dates(subject, about_subject)
        grouped.undated += add_undated(episodes, subject, about_subject)
        for claim in denials_of[subject]:
            episode = under_way(episodes, claim.sort_at)
            if episode is not None:
                episode.denials.append(claim)
        grouped.episodes += episodes
    return grouped


def has_date(statement: Statement) -> bool:
    """Whether it says of itself when it was so: by a beginning, or by an end that is a fact."""
    return statement.start is not None or statement.end_kind == EndKind.FACT


def episodes_with_dates(subject: Subject, statements: Iterable[Statement]) -> list[Episode]:
    """The outages of one subject, from the statements that have a date, in the order of these dates."""
    episodes: list[Episode] = []
    for statement in sorted(filter(has_date, statements), key=_date_order):
        if statement.through_facility and not episodes:
            continue  # that the plant is back in full tells of no outage of the unit
        if not episodes or (statement.start is not None and is_over(episodes[-1], statement.start)):
            episodes.append(Episode(subject))
        episodes[-1].statements.append(statement)
    for episode, following in pairwise(episodes):
        episode.next_starts = following.starts
    return episodes


def add_undated(
    episodes: list[Episode], subject: Subject, statements: Iterable[Statement]
) -> list[Statement]:
    """Add what has no date to the outage that was under way when it was said; what belongs to none comes back."""
    homeless = []
    without_date = [statement for statement in statements if not has_date(statement)]
    for statement in sorted(without_date, key=lambda statement: statement.rank):
        at = statement.mark.latest if statement.mark is not None else statement.claim.sort_at
        episode = under_way(episodes, at)
        if episode is None and statement.mark is not None and episodes:
            episode = episodes[0]  # a word against its beginning
        if episode is None and tells_of_an_outage(statement):
            # Nobody said that it had begun.
            episode = Episode(subject)
            episodes.insert(0, episode)
        if episode is not None:
            episode.statements.append(statement)
        else:
            homeless.append(statement)
    return homeless


def tells_of_an_outage(statement: Statement) -> bool:
    """Whether there must have been an outage: its end is predicted, or it was seen to stand still."""
    return statement.end is not None or (statement.mark is not None and not statement.is_return)


def is_over(episode: Episode, start: Span) -> bool:
    """Whether everybody who said that it ended put the end before the day of this beginning."""
    last_days = [statement.end.last_day for statement in episode.ends if statement.end is not None]
    return bool(last_days) and max(last_days) < start.day


def under_way(episodes: Sequence[Episode], at: dt.datetime | None) -> Episode | None:
    """The outage of which was spoken at a moment: the last one that had begun."""
    begun = [episode for episode in episodes if at is not None and has_begun(episode, at)]
    return begun[-1] if begun else None


def has_begun(episode: Episode, at: dt.datetime) -> bool:
    starts = [statement.start.earliest for statement in episode.starts if statement.start is not None]
    return min(starts) <= at if starts else True


def _date_order(statement: Statement) -> tuple[object, ...]:
    date = statement.start or statement.end
    assert date is not None  # it has a date
    return date.day, statement.start is None, statement.rank
