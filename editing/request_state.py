"""What one request to edit a row knows: what it is about, and what came of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from editing.conflicts import Conflict
from editing.differences import Difference
from record.saving import BrokenRule


@dataclass
class Editing:
    """One edit of one row. Its parts are filled in as the views of Django ask for the form and save it."""

    is_amendment: bool = False
    """Whether a public row is amended; else a draft is edited."""
    is_shown_again: bool = False
    """Whether the form comes back with what was entered, and is not to be saved."""
    broken_rules: Sequence[BrokenRule] = ()
    """What the database, or a publishing function, had against the save."""
    conflict: Conflict | None = None
    """What a colleague did to the row in the meantime."""
    differences: Sequence[Difference] = ()
    """What a draft was changed in."""
    questions: Sequence[str] = ()
    """What an editor is to look at twice in what an amendment changed."""
    is_undone: bool = False
    """Whether an amendment is taken back at once: it was a preview, or somebody is to look at it first."""
    amended: Sequence[Difference] | None = None
    """What an amendment changed in public; null until it went through, for good or for a preview."""


def editing_of(request: HttpRequest) -> Editing:
    """The edit that a request is about; it begins with the first question for it.

    Django makes one admin object for all requests, so only the request can carry it.
    """
    editing: Editing = vars(request).setdefault("editing", Editing())
    return editing
