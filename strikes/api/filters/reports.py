"""Filters of a report and of whoever speaks in it."""

from __future__ import annotations

import datetime as dt

import pycountry
from django.db.models import Q, QuerySet

from api.filters import CodesFilter, IdsFilter, VocabularyFilter, WhenFilter
from sources.choices import ActorKind, NoticeKind, Reliability, SourceKind
from sources.models import Actor, Report, ReportNotice, Source
from strikes.api.filters.rows import FilterValues, NotedFilters, conditions_of, lookups_of

LANGUAGE_CODE = r"[a-z]{2,3}"
"""A language alone, without the script or region that the tag of a report may have."""


def is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_2=code) is not None


def is_language(code: str) -> bool:
    return (pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)) is not None


def start_of(limit: dt.date | dt.datetime) -> dt.datetime:
    """The moment that a limit names; of a date, its beginning in UTC."""
    return limit if isinstance(limit, dt.datetime) else dt.datetime.combine(limit, dt.time.min, dt.UTC)


class ReportFilters(NotedFilters):
    """Filters of a report."""

    report = IdsFilter(Report, help_text="Reports it was read in.")
    source = IdsFilter(Source, help_text="Sources that published the report.")
    source_kind = VocabularyFilter(
        SourceKind, help_text="What kind of publisher the source of the report is."
    )
    reliability = VocabularyFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE_CODE,
        is_language,
        "a language of ISO 639, such as `en`",
        help_text="Languages of the report.",
    )
    derived_from = IdsFilter(Report, help_text="Reports that the report was copied from.")
    notice = VocabularyFilter(
        NoticeKind, help_text="What the publisher later did to the report, such as `retraction`."
    )
    issued_after = WhenFilter(help_text="Reports that may have been issued then or later (a date: UTC).")
    issued_before = WhenFilter(help_text="Reports that may have been issued earlier (a date: UTC).")

    REPORT_LOOKUPS = {
        "report": "pk__in",
        "source": "source__in",
        "source_kind": "source__kind__in",
        "reliability": "source__reliability__in",
        "language": "language__in",
        "derived_from": "derived_from__in",
    }

    def report_conditions(self, values: FilterValues, path: str = "") -> Q:
        """The conditions on a report, seen from a row that leads to it by a path."""
        conditions = {
            "notice": lambda kinds: Q(**{f"{path}pk__in": self.reports_with_notices(kinds)}),
            "issued_after": lambda limit: Q(**{f"{path}issued_latest__gte": start_of(limit)}),
            "issued_before": lambda limit: Q(**{f"{path}issued_earliest__lt": start_of(limit)}),
        }
        return lookups_of(values, self.REPORT_LOOKUPS, path) & conditions_of(values, conditions)

    def reports_with_notices(self, kinds: list[str]) -> QuerySet[ReportNotice, int]:
        return (
            ReportNotice.objects.published(self.as_of).filter(kind__in=kinds).values_list("report", flat=True)
        )


class SpeakerFilters(NotedFilters):
    """Filters of whoever speaks."""

    actor = IdsFilter(Actor, help_text="Actors who speak.")
    actor_kind = VocabularyFilter(ActorKind, help_text="What kind of voice it is.")
    actor_country = CodesFilter(
        "[A-Z]{2}", is_country, "a country of ISO 3166-1, such as `UA`", help_text="Countries of the actor."
    )

    SPEAKER_LOOKUPS = {"actor": "pk__in", "actor_kind": "kind__in", "actor_country": "country__in"}

    def speaker_conditions(self, values: FilterValues, path: str = "") -> Q:
        """The conditions on an actor, seen from a row that leads to it by a path."""
        return lookups_of(values, self.SPEAKER_LOOKUPS, path)
