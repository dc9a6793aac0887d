"""Points at issue in the admin: how each stands, the claims about it, and how editors graded it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from editing.admin import ReadOnlyAdmin
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from strikes.admin.columns import (
    CLAIM_COLUMNS,
    current_state,
    newest_state,
    proposition_list,
    standing_of_claims,
    state_now,
)
from strikes.choices import Dispute
from strikes.disputes.explanations import Explained, explained
from strikes.models import Assessment, Claim, Proposition, PropositionState


def explain(propositions: Iterable[Proposition]) -> None:
    """Set why each of these stands as it does, all of them in three queries; null for what is not public."""
    propositions = list(propositions)
    states = [state for proposition in propositions if (state := current_state(proposition)) is not None]
    explained_of = explained(states)
    for proposition in propositions:
        proposition.explained = explained_of.get(proposition.pk)


def without_state(proposition: Proposition) -> str:
    """Why a point has no state."""
    return "not public yet" if proposition.status == "draft" else "not kept any longer"


class ExplainedList(ChangeList):
    """A page of points at issue, with the reasons why they stand as they do."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        explain(self.result_list)


@admin.register(Proposition)
class PropositionAdmin(RecordAdmin):
    list_display = ["public_id", "text", "topic", "strike", "standing", "state"]
    list_filter = [StateFilter, "topic", "open"]
    fields = [
        "public_id",
        "strike",
        "facility",
        "unit",
        "actor",
        "region",
        "topic",
        "text",
        "open",
        "answers",
        "caused_by",
        "how_it_stands",
        "explanation",
        "would_change",
        "note",
    ]
    readonly_fields = ["how_it_stands", "explanation", "would_change"]
    list_prefetch_related = [state_now()]
    lists = [
        RowList(
            "Claims",
            Claim,
            "proposition",
            {**CLAIM_COLUMNS, "report": lambda claim: claim.report},
            ["sort_at", "pk"],
            ["report__source"],
            [standing_of_claims()],
        ),
        proposition_list("answers", "Rival answers"),
        RowList(
            "Assessments",
            Assessment,
            "proposition",
            {
                "grade": lambda assessment: assessment.get_grade_display(),
                "basis": lambda assessment: assessment.get_grade_basis_display(),
                "reason": lambda assessment: assessment.reason,
                "on": lambda assessment: assessment.assessed_on,
                "by": lambda assessment: assessment.author_role,
            },
            ["-assessed_on", "-pk"],
        ),
    ]

    @admin.display(description="how it stands")
    def how_it_stands(self, proposition: Proposition) -> str:
        return newest_state(proposition) or without_state(proposition)

    @admin.display(description="how it stands, and why")
    def standing(self, proposition: Proposition) -> str:
        reason = self.reason_of(proposition)
        if reason is None:
            return without_state(proposition)
        return format_html("{}<div class=help>{}</div>", newest_state(proposition), reason.explanation)

    @admin.display(description="why")
    def explanation(self, proposition: Proposition) -> str:
        reason = self.reason_of(proposition)
        return without_state(proposition) if reason is None else reason.explanation

    @admin.display(description="what would change it")
    def would_change(self, proposition: Proposition) -> str:
        reason = self.reason_of(proposition)
        if reason is None:
            return without_state(proposition)
        lines = [(Dispute(to).label, condition) for to, condition in reason.would_change]
        return format_html_join("", "<div><strong>{}</strong>: if {}</div>", lines) or "no single claim"

    def reason_of(self, proposition: Proposition) -> Explained | None:
        """Why it stands so: worked out with the others of its list or, on a page of its own, when it is shown."""
        if not hasattr(proposition, "explained"):
            explain([proposition])
        reason: Explained | None = proposition.explained
        return reason

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return ExplainedList

    def prefilled(self, row_list: RowList, row: OnRecord) -> str:
        """A rival answer is about the same strike."""
        return (
            f"&strike={row.strike_id or ''}"
            if row_list.of is Proposition and isinstance(row, Proposition)
            else ""
        )


@admin.register(PropositionState)
class StateAdmin(ReadOnlyAdmin):
    """How propositions stood, kept by the publishing functions: to be read."""

    list_display = [
        "proposition",
        "state",
        "origins_for",
        "origins_against",
        "origins_forecasting",
        "documents",
        "from_rev_id",
        "to_rev_id",
    ]
    list_filter = ["state"]
    ordering = ["-pk"]
    search_fields = ["=proposition__public_id"]
    show_full_result_count = False


def role_of(account: User) -> str:
    """In which role an account grades: as an editor, if it is one."""
    roles = sorted(account.groups.values_list("name", flat=True))
    return "editor" if "editor" in roles or not roles else str(roles[0])


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    list_display = ["public_id", "proposition", "grade", "grade_basis", "assessed_on", "author", "state"]
    list_filter = [StateFilter, "grade", "grade_basis"]
    searched_as_written = ["reason"]
    date_hierarchy = "assessed_on"
    fields = [
        "public_id",
        "proposition",
        "grade",
        "grade_basis",
        "reason",
        "assessed_on",
        "author",
        "author_role",
    ]
    readonly_fields = ["author", "author_role"]

    def save_model(self, request: HttpRequest, obj: OnRecord, form: ModelForm, change: bool) -> None:
        if not change:
            assert isinstance(obj, Assessment)
            assert isinstance(request.user, User)  # nobody comes here without logging in
            obj.author = request.user
            obj.author_role = role_of(request.user)
        super().save_model(request, obj, form, change)
