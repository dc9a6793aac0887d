"""Points at issue in the admin: how each stands, the claims about it, and how editors graded it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import HttpRequest

from editing.admin import ReadOnlyAdmin
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from strikes.admin.columns import CLAIM_COLUMNS, newest_state, proposition_list
from strikes.models import Assessment, Claim, Proposition, PropositionState


@admin.register(Proposition)
class PropositionAdmin(RecordAdmin):
    list_display = ["public_id", "text", "topic", "strike", "how_it_stands", "state"]
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
        "note",
    ]
    readonly_fields = ["how_it_stands"]
    list_prefetch_related = ["states"]
    lists = [
        RowList(
            "Claims",
            Claim,
            "proposition",
            {**CLAIM_COLUMNS, "report": lambda claim: claim.report},
            ["sort_at", "pk"],
            ["report__source"],
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

    @admin.display(description="how it stands", empty_value="not public yet")
    def how_it_stands(self, proposition: Proposition) -> str | None:
        return newest_state(proposition)

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
