"""What the admin says of how points at issue stand, why, and which claims count."""

from record import publishing
from sources.choices import NoticeKind
from sources.models import ReportNotice
from strikes.choices import Attribution, Stance
from strikes.models import Proposition
from tests.admin.conftest import Editor, admin_url
from tests.admin.test_lists import queries, same_count, text_of
from tests.factories import (
    MORNING,
    ActorFactory,
    ClaimFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
)
from tests.forms import complaints
from tests.ledger_asserts import public_claim_of
from tests.on_record import on_record

LIST = admin_url(Proposition, "changelist")


def point() -> Proposition:
    return on_record(PropositionFactory())


def cells(editor: Editor, address: str, title: str) -> dict[str, str]:
    """How each claim of a list below a form counts."""
    [listed] = [rows for rows in editor.get(address).context["row_lists"] if rows["title"].startswith(title)]
    column = listed["columns"].index("counts")
    return {public_id: cells[column] for _, public_id, cells in listed["rows"]}


def test_a_point_says_why_it_stands_so_and_what_would_change_it(editor):
    proposition = point()
    claim = public_claim_of(proposition, actor=ActorFactory(name="Olena Bondar"))
    text = text_of(editor.get(admin_url(proposition)))
    assert "single origin (1 for, 0 against)" in text
    assert "One word: Olena Bondar." in text
    assert "<div><strong>agreed</strong>: if an independent origin says that it is so</div>" in text
    assert "<div><strong>disputed</strong>: if somebody denies it</div>" in text
    publishing.withdraw(claim, reason="out_of_scope")
    assert "Nobody says that it is so, or that it is not." in text_of(editor.get(admin_url(proposition)))


def test_who_forecasts_is_in_the_short_words_too(editor):
    proposition = point()
    public_claim_of(proposition, stance=Stance.FORECASTS)
    words = "forecast only (0 for, 0 against, 1 forecasting)"
    for address in (admin_url(proposition), LIST, admin_url(proposition.strike)):
        assert words in text_of(editor.get(address))


def test_the_list_says_why_each_point_stands_so(editor):
    spoken_of, silent, draft = point(), point(), PropositionFactory()
    public_claim_of(spoken_of, actor=ActorFactory(name="Olena Bondar"))
    text = text_of(editor.get(LIST))
    assert "One word: Olena Bondar." in text
    assert "Nobody says that it is so, or that it is not." in text
    assert text.count("not public yet") == 1
    assert {spoken_of.public_id, silent.public_id, draft.public_id} <= set(text.replace("<", ">").split(">"))


def test_a_draft_has_no_state_and_no_reason(editor):
    text = text_of(editor.get(admin_url(PropositionFactory())))
    assert text.count("not public yet") == 3
    withdrawn = point()
    publishing.withdraw(withdrawn, reason="out_of_scope")
    assert text_of(editor.get(admin_url(withdrawn))).count("not kept any longer") == 3


def test_reasons_take_as_many_queries_for_many_points_as_for_one(editor):
    def spoken_of() -> Proposition:
        proposition = point()
        public_claim_of(proposition)
        public_claim_of(proposition, stance=Stance.DENIES)
        return proposition

    proposition = spoken_of()
    editor.get(LIST)
    few, page = queries(editor, LIST), queries(editor, admin_url(proposition))
    for _ in range(4):
        public_claim_of(proposition)
        spoken_of()
    same_count(few, queries(editor, LIST))
    same_count(page, queries(editor, admin_url(proposition)))


def test_each_claim_says_whether_it_counts_or_why_not(editor):
    proposition, report = point(), on_record(ReportFactory())
    named = public_claim_of(proposition, report=report)
    echo = public_claim_of(
        proposition,
        report=report,
        actor=report.source.voice,
        attribution=Attribution.UNATTRIBUTED,
        position=1,
    )
    silent = public_claim_of(proposition, report=report, stance=Stance.DECLINES_TO_COMMENT, position=2)
    forecast = public_claim_of(proposition, report=report, stance=Stance.FORECASTS, position=3)
    draft = ClaimFactory(proposition=proposition, report=report, position=4)
    expected = {
        named.public_id: "yes",
        echo.public_id: "no: echo",
        silent.public_id: "no: neutral",
        forecast.public_id: "apart: forecast",
        draft.public_id: "—",
    }
    assert cells(editor, admin_url(proposition), "Claims") == expected
    assert cells(editor, admin_url(report), "Claims") == expected


def test_a_claim_that_was_taken_back_by_way_of_another_report_names_it(editor):
    proposition, original = point(), on_record(ReportFactory())
    own = public_claim_of(proposition, report=original, actor=original.source.voice)
    copy = on_record(ReportFactory(derived_from=original))
    copied = public_claim_of(proposition, report=copy, actor=copy.source.voice)
    publishing.amend(original, add=[ReportNotice(kind=NoticeKind.RETRACTION, dated=MORNING)])
    assert cells(editor, admin_url(proposition), "Claims") == {
        own.public_id: "no: retracted",
        copied.public_id: f"no: retracted, by way of {original.public_id}",
    }


def test_a_source_shows_the_editions_of_its_family_and_adds_one(editor):
    family = on_record(SourceFactory())
    edition = on_record(SourceFactory(name="Evening Post in French", family=family))
    text = text_of(editor.get(admin_url(family)))
    assert "Editions of its family" in text
    assert admin_url(edition) in text
    address = f"{admin_url(type(family), 'add')}?family={family.pk}"
    assert editor.form(address)["family"] == [str(family.pk)]


def test_the_family_of_a_public_source_is_amended(editor):
    family, edition = on_record(SourceFactory()), on_record(SourceFactory())
    editor.saved(admin_url(edition, "amend"), "_amend", family=str(family.pk))
    assert type(edition).objects.get(pk=edition.pk).family == family
    answer = editor.send(admin_url(family, "amend"), "_amend", family=str(edition.pk))
    assert ("family", "it leads back to the source itself.") in complaints(answer)
