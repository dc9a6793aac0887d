"""What editors put right in starter data: each file of `corrections/` is one revision, made once and in public."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.models import Change, Ledger, Revision
from strikes.imports.starter import load_starter
from strikes.models import Assessment, Claim, DamageEstimate, Facility, Party, WeaponCount
from tests.test_starter_load import EXTRA, LATER, run_load_starter, said, small_folder

pytestmark = pytest.mark.django_db

FILE = "corrections/2024-05-01-read-again.yaml"
MADE = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
CORRECTION: dict[str, Any] = {
    "id": "clm_000000000002",
    "supersedes": "clm_000000000001",
    "statement": "There had been a large fire.",
    "event": {"date": "2024-03-12", "timezone": "Europe/Moscow", "open": True},
    "damage_estimates": [{"id": "est_000000000002", "supersedes": "est_000000000001", "note": "Read again."}],
}


def corrected(reason: str = "superseded", **changes: Any) -> dict[str, Any]:
    rows = {"claims": [CORRECTION | changes]}
    return {"corrections": [{"reason": reason, "note": "We had misread it.", "rows": rows}]}


def amended(note: str = "Looked up.", **rows: Any) -> dict[str, Any]:
    return {"amendments": [{"note": note, "rows": rows}]}


def write(
    folder: Path, contents: dict[str, Any], name: str = FILE, made: str = "2024-05-01T12:00:00Z"
) -> None:
    (folder / "corrections").mkdir(exist_ok=True)
    (folder / name).write_text(
        yaml.safe_dump({"made": made} | contents, allow_unicode=True), encoding="utf-8"
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = small_folder(tmp_path / "data")
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    return folder


def refused(data: Path) -> str:
    with pytest.raises(CommandError) as error:
        run_load_starter(data)
    assert Ledger.head().n == 0
    return str(error.value).removesuffix("\nNothing was loaded.")


# Corrections ---------------------------------------------------------------------------------------------


def test_a_correction_takes_the_place_of_a_row_on_the_day_it_was_made(data):
    write(data, corrected())
    load_starter(data)
    new = Claim.objects.published().get(public_id="clm_000000000002")
    old = Claim.objects.get(public_id="clm_000000000001")
    assert (old.status, old.replaced_by, old.withdrawal_reason) == ("withdrawn", new, "superseded")
    assert old.withdrawal_note == "We had misread it."
    assert (new.published_rev.at, new.published_rev) == (MADE, old.withdrawn_rev)
    # What the file does not say is as it was, and a moment that it says is said whole.
    assert (new.actor, new.position, new.lineage) == (old.actor, old.position, old.public_id)
    assert (new.statement, new.event_latest, new.event_precision) == (
        "There had been a large fire.",
        None,
        "day",
    )
    number = DamageEstimate.objects.published().get()
    assert (number.public_id, number.claim, number.low, number.note) == (
        "est_000000000002",
        new,
        DamageEstimate.objects.get(public_id="est_000000000001").low,
        "Read again.",
    )
    assert list(discrepancies()) == []


def test_a_moment_is_said_whole(data):
    said_once = "statement: There had been a fire.\n    event: {date: 2024-03-12, timezone: Asia/Tokyo, as_stated: then}"
    text = EXTRA.replace("statement: There had been a fire.", said_once)
    (data / LATER).write_text(text, encoding="utf-8")
    write(data, corrected(event={"date": "2024-03-11"}))
    load_starter(data)
    old, new = (Claim.objects.get(public_id=f"clm_00000000000{n}") for n in (1, 2))
    assert (old.event_timezone, old.event_as_stated) == ("Asia/Tokyo", "then")
    assert (new.event_timezone, new.event_as_stated) == (None, None)


def test_it_is_made_once(data):
    write(data, corrected())
    load_starter(data)
    changes = Change.objects.count()
    assert run_load_starter(data) == said(0, Ledger.head().n)
    assert Change.objects.count() == changes


def test_a_later_file_corrects_what_an_earlier_one_made(data):
    again = {"id": "clm_000000000003", "supersedes": "clm_000000000002", "damage_estimates": []}
    write(
        data, corrected(**again, dropped=["est_000000000002"]), "corrections/a.yaml", "2024-06-01T12:00:00Z"
    )
    write(data, corrected())
    load_starter(data)
    claim = Claim.objects.published().get(lineage="clm_000000000001")
    assert (claim.public_id, claim.published_rev.at.month) == ("clm_000000000003", 6)
    assert not DamageEstimate.objects.published().exists()
    assert list(discrepancies()) == []


def test_what_is_added_to_a_group_that_was_done_is_done_too(data):
    write(data, corrected())
    load_starter(data)
    both = corrected()
    other = {"id": "clm_000000000004", "supersedes": "clm_qdeya4pksfay", "statement": "It burned."}
    both["corrections"][0]["rows"]["claims"].append(other)
    write(data, both)
    assert run_load_starter(data) == said(0, 4, corrections=1)
    assert Claim.objects.published().get(lineage="clm_qdeya4pksfay").public_id == "clm_000000000004"


COUNTS = """
    weapon_counts:
      - {id: wct_000000000001, ref: all, weapons: [drone], outcome: launched, comparator: at_least, low: 5}
      - {id: wct_000000000002, out_of: all, weapons: [drone], outcome: intercepted, comparator: at_least, low: 4}
"""


def test_numbers_that_name_each_other_may_all_be_dropped_but_not_one_that_is_named(data):
    (data / LATER).write_text(EXTRA.rstrip() + COUNTS, encoding="utf-8")
    load_starter(data)
    again = [{"id": "wct_000000000003", "supersedes": "wct_000000000002"}]
    write(data, corrected(weapon_counts=again, dropped=["wct_000000000001"]))
    with pytest.raises(
        CommandError, match="dropped: wct_000000000001 is named by a number that is issued again"
    ):
        run_load_starter(data)
    write(data, corrected(dropped=["wct_000000000001", "wct_000000000002"]))
    assert run_load_starter(data) == said(0, 3, corrections=1)
    assert not WeaponCount.objects.published().filter(claim__lineage="clm_000000000001").exists()
    assert list(discrepancies()) == []


def test_a_row_that_an_editor_is_correcting_is_left_alone_and_named(data):
    load_starter(data)
    publishing.revise(Claim.objects.published().get(public_id="clm_000000000001"))
    write(data, corrected())
    assert run_load_starter(data).startswith(f"{said(0, 2)}clm_000000000002 was left alone")


def test_on_a_record_that_has_the_rest_it_is_dated_now(data):
    load_starter(data)
    before = dt.datetime.now(dt.UTC)
    write(data, corrected())
    assert run_load_starter(data) == said(0, 3, corrections=1)
    assert Revision.objects.get(n=3).at >= before


def test_a_moment_that_lies_ahead_becomes_now(data):
    """A machine whose clock is behind must be able to load what was corrected today."""
    write(data, corrected(), made="2999-01-01T00:00:00Z")
    load_starter(data)
    assert Revision.objects.get(n=3).at <= dt.datetime.now(dt.UTC)


def test_a_row_that_is_public_no_more_is_left_alone_and_named(data):
    load_starter(data)
    claim = Claim.objects.published().get(public_id="clm_000000000001")
    publishing.withdraw(claim, reason=WithdrawalReason.DUPLICATE)
    write(data, corrected() | amended(claims=[{"id": "clm_000000000001", "note": "Odd."}]))
    out = run_load_starter(data)
    assert out.startswith(said(0, 3))
    assert out.count("clm_00000000000") == 2
    assert not Claim.objects.filter(public_id="clm_000000000002").exists()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (
            {"damage_estimates": []},
            "est_000000000001: say under which id it is issued again, or that it is dropped.",
        ),
        ({"dropped": ["est_9"]}, "dropped: 'est_9' is no number of the claim, or is issued again."),
        ({"supersedes": "clm_9"}, "supersedes: no claim is called 'clm_9'."),
        ({"id": "clm_qdeya4pksfay"}, "id: it is that of another row."),
        ({"relations": []}, "relations: they outlive each correction: amend them instead."),
        ({"actor": "nobody"}, "actor: no actor is called 'nobody'."),
        ({"colour": "red"}, "colour: there is no such field."),
    ],
)
def test_a_wrong_correction_names_the_row_and_the_rule(data, changes, rule):
    write(data, corrected(**changes))
    public_id = changes.get("id", "clm_000000000002")
    assert f"{FILE}: claims {public_id}: {rule}" in refused(data).splitlines()


@pytest.mark.parametrize(
    ("contents", "rule"),
    [
        (corrected(supersedes=["clm_9"]), "supersedes: ['clm_9']: a text is meant"),
        ({"made": "yesterday"}, "made: 'yesterday': a time in UTC is meant, such as 2024-03-12T05:25:00Z."),
        ({"deletions": []}, "'deletions': one of amendments, corrections, made, new is meant."),
        (corrected("mood"), "reason: 'mood': one of typo, misattribution,"),
        ({"corrections": [{"reason": "typo", "rows": {}}]}, "note: None: a text is meant"),
        (
            {"amendments": [{"note": "So.", "reason": "typo"}]},
            "a group has rows, a note and, if it corrects, a reason.",
        ),
        ({"corrections": 5}, "corrections: 5: a list is meant."),
    ],
)
def test_a_file_of_another_shape_is_refused(data, contents, rule):
    write(data, contents)
    text = refused(data)
    assert text.startswith(f"{FILE}: the file: ")
    assert rule in text


def test_a_takedown_is_no_correction(data):
    write(data, corrected("legal"))
    assert "A takedown is not a correction." in refused(data)


def test_a_report_of_a_later_day_comes_after_it(data):
    """Whoever adds a report need not touch the corrections: all go on the record in date order."""
    later = EXTRA.replace("2024-03-13", "2024-07-01").replace("_000000000001", "_000000000009")
    (data / "reports/2024-07-01-later.yaml").write_text(later.replace("extra", "later"), encoding="utf-8")
    write(data, corrected())
    load_starter(data)
    dates = [at.date().isoformat() for at in Revision.objects.order_by("n").values_list("at", flat=True)]
    assert dates == ["2024-03-12", "2024-03-13", "2024-05-01", "2024-07-01"]
    assert list(discrepancies()) == []


def test_it_is_not_made_before_what_it_corrects(data):
    write(data, corrected(), made="2020-01-01T00:00:00Z")
    assert refused(data) == "corrections: clm_000000000002: It is not public when this is made."
    write(data, amended(facilities=[{"id": "norsi", "town": "A"}]), made="2020-01-01T00:00:00Z")
    assert refused(data).startswith("corrections: made: The ledger's newest revision is dated")


# Amendments ----------------------------------------------------------------------------------------------


def test_an_amendment_says_how_the_row_should_read(data):
    norsi = {
        "id": "norsi",
        "town": "Kstovo town",
        "note": None,
        "regions": ["RU"],
        "names": [{"name": "NORSI", "language": "en"}, {"name": "Refinery No. 4", "language": "en"}],
        "parties": [{"actor": "lukoil", "role": "operator", "report": "rep_000000000001"}],
    }
    write(data, amended(facilities=[norsi]))
    load_starter(data)
    facility = Facility.objects.get(public_id="norsi")
    assert (facility.town, facility.note) == ("Kstovo town", None)
    assert [region.public_id for region in facility.regions.all()] == ["RU"]
    assert [name.name for name in facility.names.all()] == ["NORSI", "Refinery No. 4"]
    (party,) = Party.objects.published().filter(facility=facility)
    assert party.report.public_id == "rep_000000000001"
    assert Party.objects.filter(facility=facility).count() == 2  # the one without a report has ended
    change = Change.objects.get(action="amend")
    assert (change.note, change.revision.at) == ("Looked up.", MADE)
    assert set(change.values) == {"town", "note", "regions", "names", "parts"}
    # A reader of the ledger sees what of the party is another now.
    assert change.values["parts"] == [["operator: Lukoil"], ["operator: Lukoil (rep_000000000001)"]]
    assert list(discrepancies()) == []


def test_a_part_that_has_ended_can_begin_again(data):
    read = [{"actor": "lukoil", "role": "operator", "report": "rep_000000000001"}]
    write(data, amended("First.", facilities=[{"id": "norsi", "parties": read}]), "corrections/a.yaml")
    again = [
        {"actor": "lukoil", "role": "operator", "note": "Since when is not stated in the material read."}
    ]
    write(data, amended("Second.", facilities=[{"id": "norsi", "parties": again}]), "corrections/b.yaml")
    load_starter(data)
    (party,) = Party.objects.published().filter(facility__public_id="norsi")
    assert party.report is None
    assert Party.objects.filter(facility__public_id="norsi").count() == 3


def test_a_file_that_was_edited_after_it_was_done_is_named(data):
    write(data, amended(facilities=[{"id": "norsi", "town": "A"}]))
    load_starter(data)
    write(data, amended(facilities=[{"id": "norsi", "town": "B"}]))
    assert "norsi was left alone" in run_load_starter(data)
    assert Facility.objects.get(public_id="norsi").town == "A"


def test_what_reads_so_already_is_not_amended(data):
    write(
        data,
        amended(
            facilities=[{"id": "norsi", "town": "Kstovo"}], claims=[{"id": "clm_000000000001", "position": 0}]
        ),
    )
    assert run_load_starter(data).endswith(", 0 corrections, 0 amendments; the record is at revision 2.\n")


def test_a_row_that_an_editor_has_amended_is_left_alone_and_named(data):
    load_starter(data)
    publishing.amend(
        Facility.objects.get(public_id="norsi"), {"town": "Kstovo (town)"}, note="It is called so."
    )
    write(data, amended(facilities=[{"id": "norsi", "town": "Kstovo town"}]))
    assert "norsi was left alone" in run_load_starter(data)
    assert Facility.objects.get(public_id="norsi").town == "Kstovo (town)"


def test_two_files_may_amend_one_row(data):
    write(data, amended("First.", facilities=[{"id": "norsi", "town": "A"}]), "corrections/a.yaml")
    load_starter(data)
    write(data, amended("Second.", facilities=[{"id": "norsi", "name": "B"}]), "corrections/b.yaml")
    assert run_load_starter(data) == said(0, 4, amendments=1)
    # Under the same note too: what a row reads decides, not the note.
    write(data, amended("Second.", facilities=[{"id": "norsi", "note": "C"}]), "corrections/c.yaml")
    assert run_load_starter(data) == said(0, 5, amendments=1)
    norsi = Facility.objects.get(public_id="norsi")
    assert (norsi.town, norsi.name, norsi.note) == ("A", "B", "C")


def test_another_folder_may_amend_what_the_first_one_did(data, tmp_path):
    write(data, amended("First.", facilities=[{"id": "norsi", "town": "A"}]))
    load_starter(data)
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", amended("Second.", facilities=[{"id": "norsi", "name": "B"}]))
    assert run_load_starter(tmp_path / "more") == said(0, 4, amendments=1)


def test_a_field_is_amended_once_in_a_file(data):
    twice = [{"id": "norsi", "town": "A"}, {"id": "norsi", "town": "B"}]
    write(data, amended(facilities=twice))
    assert refused(data) == f"{FILE}: facilities norsi: town: it is amended twice in this file."


def test_what_an_editor_changed_since_is_not_changed_back(data):
    write(data, amended(facilities=[{"id": "norsi", "town": "Kstovo town"}]))
    load_starter(data)
    publishing.amend(Facility.objects.get(public_id="norsi"), {"town": "Kstovo"}, note="It is called so.")
    assert run_load_starter(data).startswith(f"{said(0, Ledger.head().n)}norsi was left alone")
    assert Facility.objects.get(public_id="norsi").town == "Kstovo"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"id": "clm_000000000001", "statement": "Otherwise."}, "statement: frozen since it was published"),
        ({"id": "clm_000000000001", "mood": "good"}, "mood: there is no such field."),
        ({"id": "clm_9"}, "id: no claim is called 'clm_9'."),
        ({"id": 9}, "id: 9: a text is meant"),
        ({"id": None}, "id: None: a text is meant"),
    ],
)
def test_a_wrong_amendment_names_the_row_and_the_rule(data, row, rule):
    write(data, amended(claims=[row]))
    text = refused(data)
    assert text.startswith(f"{FILE}: ")
    assert "claims " in text
    assert rule in text


# New rows ------------------------------------------------------------------------------------------------


def test_new_rows_go_public_with_the_file(data):
    grade = {
        "id": "asm_000000000001",
        "proposition": "prp_ft18tt0zz78f",
        "grade": "confirmed",
        "grade_basis": "admission",
        "reason": "The governor said so.",
        "assessed_on": "2024-05-01",
    }
    write(data, {"new": {"assessments": [grade]}} | corrected())
    load_starter(data)
    assessment = Assessment.objects.published().get()
    assert (assessment.published_rev.at, Ledger.head().n) == (MADE, 3)
    changes = Change.objects.filter(revision=3).order_by("position").values_list("action", "collection")
    assert list(changes) == [
        ("publish", "assessments"),
        ("withdraw", "claims"),
        ("withdraw", "damage-estimates"),
        ("publish", "claims"),
        ("publish", "damage-estimates"),
    ]
