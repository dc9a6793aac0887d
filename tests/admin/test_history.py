"""Who changed what, and when: drafts from the log of the admin, what is public from the ledger as well."""

from html import unescape
from typing import Any

from record import publishing
from record.choices import WithdrawalReason
from strikes.models import Facility
from tests.admin.conftest import Editor, admin_url
from tests.factories import ClaimFactory, FacilityFactory, FacilityNameFactory, ReportFactory, StrikeFactory
from tests.on_record import on_record


def history(editor: Editor, row: Any) -> str:
    response = editor.get(admin_url(row, "history"))
    assert response.status_code == 200
    return unescape(" ".join(response.content.decode().split("change-history")[1].split()))


def values(text: str, label: str) -> list[tuple[str, str]]:
    """The old and the new value of each change of a field, newest first."""
    cells = text.split(f'<th scope="row">{label}</th>')[1:]
    return [tuple(part.split("</td>")[0] for part in cell.split("<td>")[1:3]) for cell in cells]  # type: ignore[misc]


def test_a_draft_tells_who_entered_and_who_changed_it_with_old_and_new_value(editor, contributor):
    contributor.saved(
        admin_url(Facility, "add"),
        public_id="norsi",
        name="NORSI",
        kind="refinery",
        location_precision="site",
    )
    row = Facility.objects.get()
    editor.saved(admin_url(row), town="Kstovo", location_precision="town")
    text = history(editor, row)
    assert values(text, "Location precision") == [("site", "town"), ("—", "site")]
    assert values(text, "Town") == [("—", "Kstovo")]
    assert text.index("editor") < text.index("contributor")
    assert text.index("Changed") < text.index("Entered")


def test_parts_are_in_the_history_of_their_row(editor):
    row = FacilityFactory()
    FacilityNameFactory(facility=row, name="First")
    FacilityNameFactory(facility=row, name="Second")
    editor.saved(
        admin_url(row),
        **{
            "names-0-DELETE": "on",
            "names-1-name": "Changed",
            "names-TOTAL_FORMS": "3",
            "names-2-name": "Third",
        },
    )
    assert values(history(editor, row), "facility name") == [
        ("First", "removed"),
        ("Name: Second", "Name: Changed"),
        ("—", "Name: Third"),
    ]


def test_pointers_and_words_are_told_as_a_reader_knows_them(editor):
    strike = StrikeFactory()
    other = FacilityFactory(name="Another refinery")
    editor.saved(admin_url(strike), facility=str(other.pk), methods=["drone", "missile"])
    text = history(editor, strike)
    assert values(text, "Facility") == [(strike.facility.name, "Another refinery")]
    assert values(text, "Methods") == [("drone", "drone, missile")]


def test_an_action_is_in_the_history_with_who_did_it_and_with_its_note(editor):
    claim = ClaimFactory()
    address = admin_url(claim, "publish")
    editor.post(address, editor.form(address), "_do")
    text = history(editor, claim)
    assert "Revision 1: publish" in text
    assert "Published in revision 1" in text
    assert "editor" in history(editor, claim.report), "What went along tells so, too."
    publishing.withdraw(claim, reason=WithdrawalReason.DUPLICATE, note="It was here twice.")
    assert "Revision 2: withdraw, duplicate: It was here twice." in history(editor, claim)


def test_an_amendment_tells_its_old_and_new_values(editor):
    row = on_record(FacilityFactory(town="Kstovo"))
    editor.saved(admin_url(row, "amend"), "_amend", town="Nizhny Novgorod", public_note="A better address.")
    text = history(editor, row)
    assert values(text, "town") == [("Kstovo", "Nizhny Novgorod")]
    assert "amend: A better address." in text


def test_a_preview_and_a_refused_save_leave_no_trace(editor):
    row = on_record(FacilityFactory())
    editor.send(admin_url(row, "amend"), "_preview", town="Kstovo")
    draft = ReportFactory()
    editor.send(admin_url(draft), title="")
    assert "Nothing is logged" in history(editor, draft)
    assert "Kstovo" not in history(editor, row)


def test_times_that_were_worked_out_are_in_the_history(editor):
    report = ReportFactory()
    editor.saved(admin_url(report), issued_timezone="Europe/Kyiv", issued_from_time="08:25")
    assert values(history(editor, report), "Issued earliest (UTC)") == [
        ("2024-03-12 06:00:00+00:00", "2024-03-12 06:25:00+00:00")
    ]


def test_history_takes_markup_for_text(editor):
    row = FacilityFactory()
    editor.saved(admin_url(row), town="<script>alert(1)</script>")
    raw = editor.get(admin_url(row, "history")).content.decode()
    assert "<script>alert(1)</script>" not in raw
    assert "&lt;script&gt;" in raw
