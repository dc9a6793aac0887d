"""What can be asked of a report and of whoever speaks in it."""

from __future__ import annotations

import datetime as dt

import pycountry
from django.db.models import Q

from api.filters import CodesFilter, IdsFilter, VocabularyFilter, WhenFilter
from sources.choices import ActorKind, Reliability
from sources.models import Actor, Report, Source
from strikes.api.filters.rows import FilterValues, NotedFilters

LANGUAGE = r"[a-z]{2,3}"


def is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_2=code) is not None


def is_language(code: str) -> bool:
    return (pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)) is not None


class ReportFilters(NotedFilters):
    """What can be asked of a report."""

    report = IdsFilter(Report, help_text="Reports it was read in.")
    source = IdsFilter(Source, help_text="Sources that published the report.")
    reliability = VocabularyFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE, is_language, "a language of ISO 639, such as `en`", help_text="Languages of the report."
    )
    derived_from = IdsFilter(Report, help_text="Reports that the report was copied from.")
    issued_after = WhenFilter(help_text="Reports that may have been issued then or later (a date: UTC).")
    issued_before = WhenFilter(help_text="Reports that may have been issued earlier (a date: UTC).")

    LOOKUPS = {
        "source": "source__in",
        "reliability": "source__reliability__in",
        "language": "language__in",
        "derived_from": "derived_from__in",
    }

    def of_report(self, asked: FilterValues, path: str = "") -> Q:
        """The conditions on a report, seen from a row that leads to it by a path."""
        q = Q(**{f"{path}{lookup}": asked[word] for word, lookup in self.LOOKUPS.items() if word in asked})
        if "report" in asked:
            q &= Q(**{f"{path}pk__in": asked["report"]})
        if "issued_after" in asked:
            q &= Q(**{f"{path}issued_latest__gte": moment(asked["issued_after"])})
        if "issued_before" in asked:
            q &= Q(**{f"{path}issued_earliest__lt": moment(asked["issued_before"])})
        return q


def moment(value: dt.date | dt.datetime) -> dt.datetime:
    """A moment; of a date, its beginning in UTC."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min, dt.UTC)


class SpeakerFilters(NotedFilters):
    """What can be asked of whoever speaks."""

    actor = IdsFilter(Actor, help_text="Actors who speak.")
    actor_kind = VocabularyFilter(ActorKind, help_text="What kind of voice it is.")
    actor_country = CodesFilter(
        "[A-Z]{2}", is_country, "a country of ISO 3166-1, such as `UA`", help_text="Countries of the actor."
    )

    SPEAKER_LOOKUPS = {"actor": "pk__in", "actor_kind": "kind__in", "actor_country": "country__in"}

    def of_speaker(self, asked: FilterValues, path: str = "") -> Q:
        return Q(**{f"{path}{lo}": asked[word] for word, lo in self.SPEAKER_LOOKUPS.items() if word in asked})
