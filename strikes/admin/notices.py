"""Notices of a report in the admin: what its publisher did to it later, and which of its claims that touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import Truncator

from editing.fields import FieldGroups, PartInline
from editing.forms import PartFormSet, RuleForm
from sources.models import Report, ReportNotice
from strikes.models import Claim

ALL_OF_IT = "all of the report"
FIELDS: FieldGroups = [("kind", "for_error"), "dated", "successor", "claims", "note"]


def claims_touchable(report: Report | None) -> dict[str, str]:
    """The claims of a report that a notice can name, each by its lineage, with words to know it by.

    Those of a draft are drafts, too: they go public with it.
    """
    if report is None:
        return {}
    claims = Claim.objects.filter(report=report).select_related("actor").order_by("position", "pk")
    claims = claims.filter(withdrawn_rev=None) if report.status == "draft" else claims.cited()
    return {claim.lineage: label_of(claim) for claim in claims}


def label_of(claim: Claim) -> str:
    statement = Truncator(claim.statement).chars(60)
    return f"{claim.position}. {claim.actor.name}, {claim.get_stance_display()}: {statement}"


class TouchedClaims(forms.CheckboxSelectMultiple):
    """A checkbox for each claim, in a box that scrolls."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for _, options, _ in context["widget"]["optgroups"]:
            for option in options:  # each box has a label of its own
                option["attrs"].pop("aria-label", None)
        return context


class NoticeForm(RuleForm):
    """A notice, with the claims that it touches as a list to choose from."""

    touchable: Mapping[str, str] = {}
    claims = forms.MultipleChoiceField(
        required=False,
        label="Claims it touches",
        help_text=f"The claims of this report that it touches. Nothing ticked: {ALL_OF_IT}.",
        widget=TouchedClaims(attrs={"class": "touched-claims"}),
        error_messages={
            "invalid_choice": "`%(value)s` is no public claim of this report any more: untick it."
        },
    )

    class Meta:
        model = ReportNotice
        fields = ["kind", "for_error", "dated", "successor", "claims", "note"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        gone = {
            claim: f"{claim} (withdrawn)" for claim in self.instance.claims if claim not in self.touchable
        }
        field = self.fields["claims"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [*self.touchable.items(), *gone.items()]


class ReportNoticeInline(PartInline):
    model = ReportNotice
    form = NoticeForm
    fk_name = "report"
    template = "admin/edit_inline/stacked.html"
    fields_have_lines = True
    touchable: Mapping[str, str] = {}
    """The claims of the report on the page; each page has an inline of its own."""

    def get_formset(
        self, request: HttpRequest, obj: models.Model | None = None, **options: Any
    ) -> type[PartFormSet]:
        assert obj is None or isinstance(obj, Report)
        self.touchable = claims_touchable(obj)
        form = type("NoticeForm", (NoticeForm,), {"touchable": self.touchable})
        return super().get_formset(request, obj, **{"form": form, **options})

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> FieldGroups:
        """The claims as boxes where they can be ticked, and as words where they are read."""
        assert obj is None or isinstance(obj, Report)
        if obj is None or self.admin_site.get_model_admin(Report).has_change_permission(request, obj):
            return FIELDS
        return ["touches" if name == "claims" else name for name in FIELDS]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return ["touches"]

    @admin.display(description="claims it touches")
    def touches(self, notice: ReportNotice) -> str:
        lines = [[self.touchable.get(claim, f"{claim} (withdrawn)")] for claim in notice.claims]
        return format_html_join("", "<div>{}</div>", lines) or ALL_OF_IT
