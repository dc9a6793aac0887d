"""Notices of a report in the admin: which of its claims they touch, as drafts, in public and when amended."""

from typing import Any

from record import publishing
from record.choices import WithdrawalReason
from sources.models import Report
from strikes.models import Claim
from tests.admin.conftest import Editor, admin_url
from tests.admin.test_lists import queries, same_count, text_of
from tests.factories import ClaimFactory, ReportFactory, ReportNoticeFactory
from tests.forms import complaints, sentences
from tests.on_record import fresh, on_record

DATED = {"notices-0-dated_0": "2024-03-13", "notices-0-dated_1": "12:00:00"}


def retraction(*claims: Claim, **more: str) -> dict[str, Any]:
    """What is entered for the first notice of a report."""
    lineages = [claim.lineage for claim in claims]
    return {
        "notices-TOTAL_FORMS": "1",
        "notices-0-kind": "retraction",
        "notices-0-claims": lineages,
        **DATED,
        **more,
    }


def report_with_claims(number: int = 2) -> tuple[Report, list[Claim]]:
    report = ReportFactory()
    return report, [
        ClaimFactory(report=report, position=n, statement=f"It was said for the {n + 1}. time.")
        for n in range(number)
    ]


def in_public(number: int = 2) -> tuple[Report, list[Claim]]:
    report, claims = report_with_claims(number)
    on_record(*claims)
    return fresh(report), [fresh(claim) for claim in claims]


def why_not_counted(claim: Claim) -> str | None:
    return claim.origins.get(to_rev=None).not_counted_because


def amended(editor: Editor, report: Report, **changes: Any) -> None:
    editor.saved(admin_url(report, "amend"), "_amend", **changes)


def choices(editor: Editor, address: str) -> dict[str, str]:
    """The boxes of the first notice or, if there is none, of the next, each with its label."""
    formset = editor.get(address).context["inline_admin_formsets"][0].formset
    return dict([*formset.forms, formset.empty_form][0].fields["claims"].choices)


def test_a_notice_touches_the_claims_that_are_ticked(editor):
    report, (first, second) = in_public()
    amended(editor, report, **retraction(second))
    notice = report.notices.get()
    assert (notice.is_public, notice.claims) == (True, [second.lineage])
    assert (why_not_counted(first), why_not_counted(second)) == (None, "retracted")


def test_a_notice_with_nothing_ticked_touches_all_of_the_report(editor):
    report, claims = in_public()
    amended(editor, report, **retraction())
    assert report.notices.get().claims == []
    assert [why_not_counted(claim) for claim in claims] == ["retracted", "retracted"]


def test_a_changed_notice_ends_and_a_new_one_begins(editor):
    report, (first, second) = in_public()
    amended(editor, report, **retraction(first))
    before = report.notices.get()
    amended(editor, report, **{"notices-0-claims": [first.lineage, second.lineage]})
    ended, begun = report.notices.all()
    assert (ended.pk, ended.is_public, ended.claims) == (before.pk, False, [first.lineage])
    assert (begun.is_public, begun.claims) == (True, [first.lineage, second.lineage])
    assert why_not_counted(second) == "retracted"
    amended(editor, report, **{"notices-0-claims": [second.lineage]})
    assert (why_not_counted(first), why_not_counted(second)) == (None, "retracted")


def test_a_notice_that_is_left_as_it_is_goes_on(editor):
    report, (first, _) = in_public()
    amended(editor, report, **retraction(first))
    notice = report.notices.get()
    amended(editor, report, note="The page is archived.")
    assert report.notices.get() == notice
    assert fresh(report).note == "The page is archived."


def test_a_withdrawal_says_whether_it_was_for_error(editor):
    report, claims = in_public(1)
    gone = {"notices-0-kind": "withdrawal"}
    amended(editor, report, **(retraction() | gone))
    assert why_not_counted(claims[0]) is None
    amended(editor, report, **{"notices-0-for_error": "on"})
    assert report.notices.get(withdrawn_rev=None).for_error
    assert why_not_counted(claims[0]) == "retracted"


def test_only_a_withdrawal_is_for_error_and_that_is_said_beside_the_field(editor):
    report, _ = in_public()
    answer = editor.send(admin_url(report, "amend"), "_amend", **retraction(**{"notices-0-for_error": "on"}))
    sentence = "Only a withdrawal is for error or not; a retraction always is."
    assert ("notices-0-for_error", sentence) in complaints(answer)
    assert not report.notices.exists()


def test_each_claim_is_known_by_its_place_its_speaker_its_stance_and_its_words(editor):
    report, (first, second) = report_with_claims()
    ReportNoticeFactory(report=report)
    Claim.objects.filter(pk=second.pk).update(statement="Word after word " * 10)
    assert choices(editor, admin_url(report)) == {
        first.lineage: f"0. {first.actor.name}, asserts: {first.statement}",
        second.lineage: f"1. {second.actor.name}, asserts: Word after word Word after word Word after word Word after …",
    }


def test_a_notice_of_a_draft_names_drafts_and_goes_public_with_them(editor):
    report, (first, second) = report_with_claims()
    editor.saved(admin_url(report), **retraction(second))
    assert report.notices.get().claims == [second.lineage]
    address = admin_url(report, "publish")
    answer = editor.send(address, "_do", along=[])
    assert any("is no public claim of this report" in sentence for sentence in sentences(answer))
    editor.saved(address, "_do")  # its claims are ticked
    assert (why_not_counted(first), why_not_counted(second)) == (None, "retracted")


def test_a_claim_of_another_report_is_refused_beside_the_field(editor):
    (report, _), (_, (stranger,)) = in_public(), in_public(1)
    draft = ClaimFactory(report=report)
    for claim in (stranger, draft):
        assert claim.lineage not in choices(editor, admin_url(report, "amend"))
        answer = editor.send(admin_url(report, "amend"), "_amend", **retraction(claim))
        sentence = f"`{claim.lineage}` is no public claim of this report any more: untick it."
        assert ("notices-0-claims", sentence) in complaints(answer)
    assert not report.notices.exists()


def test_a_corrected_claim_is_named_by_its_first_version_and_reads_as_it_does_now(editor):
    report, (first, _) = in_public()
    correction = publishing.revise(first, statement="It was said better.")
    publishing.correct(correction, reason=WithdrawalReason.TYPO)
    offered = choices(editor, admin_url(report, "amend"))
    assert offered[first.public_id].endswith("asserts: It was said better.")
    assert correction.public_id not in offered
    amended(editor, report, **retraction(first))
    assert report.notices.get().claims == [first.public_id]
    assert why_not_counted(correction) == "retracted"


def test_a_claim_that_was_withdrawn_stays_ticked_where_a_notice_names_it(editor):
    report, (first, second) = in_public()
    amended(editor, report, **retraction(first))
    publishing.withdraw(first, reason=WithdrawalReason.OUT_OF_SCOPE)
    assert choices(editor, admin_url(report, "amend"))[first.lineage] == f"{first.lineage} (withdrawn)"
    amended(editor, report, **{"notices-0-note": "Without a word of why."})
    assert report.notices.get(withdrawn_rev=None).claims == [first.lineage]
    assert f"{first.lineage} (withdrawn)" in text_of(editor.get(admin_url(report)))
    amended(editor, report, **{"notices-0-claims": [second.lineage]})
    assert first.lineage not in choices(editor, admin_url(report, "amend"))


def test_a_new_report_has_no_claims_yet(editor):
    form = editor.form(admin_url(Report, "add"))
    assert form["notices-TOTAL_FORMS"] == "0"


def test_the_page_of_a_public_report_says_which_claims_a_notice_touches(editor):
    report, (first, _) = in_public()
    amended(editor, report, **retraction(first))
    text = text_of(editor.get(admin_url(report)))
    assert f"<div>0. {first.actor.name}, asserts: {first.statement}</div>" in text
    amended(editor, report, **{"notices-0-claims": []})
    assert "all of the report" in text_of(editor.get(admin_url(report)))


def test_more_notices_and_more_claims_cost_no_more_queries(editor):
    def touched(number: int) -> Report:
        report, claims = report_with_claims(number)
        for claim in claims:
            ReportNoticeFactory(report=report, claims=[claim.lineage], successor=ReportFactory())
        return report

    few, many = touched(1), touched(5)
    editor.get(admin_url(few))
    same_count(queries(editor, admin_url(few)), queries(editor, admin_url(many)))
    for report in (few, many):
        on_record(*report.claims.all())
    for page in ("change", "amend"):
        same_count(queries(editor, admin_url(few, page)), queries(editor, admin_url(many, page)))


def test_each_box_is_named_by_its_own_label(editor):
    report, _ = report_with_claims()
    ReportNoticeFactory(report=report)
    text = text_of(editor.get(admin_url(report)))
    boxes = [tag for tag in text.split("<") if 'name="notices-0-claims"' in tag]
    assert len(boxes) == 2
    assert not [box for box in boxes if "aria-label" in box]
