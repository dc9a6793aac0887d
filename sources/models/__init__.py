"""Who says it, and where we read it."""

from sources.models.actors import Actor, ActorName, Source
from sources.models.evidence import Evidence
from sources.models.reports import Report, ReportNotice

__all__ = ["Actor", "ActorName", "Evidence", "Report", "ReportNotice", "Source"]
