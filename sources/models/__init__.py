"""Who says it, and where we read it."""

from sources.models.actors import Actor, ActorName, Source
from sources.models.evidence import Evidence
from sources.models.identifiers import ActorIdentifier
from sources.models.reports import Report, ReportNotice

__all__ = ["Actor", "ActorIdentifier", "ActorName", "Evidence", "Report", "ReportNotice", "Source"]
