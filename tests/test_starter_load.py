"""The starter data is loaded as it is written, in date order and all or nothing.

Files are broken in a part of the starter data, one report with all that it needs, so that a test takes
half a second; `EXTRA` is a second report, of the next day.
"""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from record.audit import discrepancies
from record.models import Change, Ledger, OnRecord, Revision, collections
from sources.models import Report
from strikes.imports.corrections import Done
from strikes.imports.drafts import MOMENT_PREFIXES, PARTS, import_bundle
from strikes.imports.entries import entries_of
from strikes.imports.problems import BundleError
from strikes.imports.starter import load_starter
from strikes.imports.yaml_files import LARGEST, read_folder
from strikes.models import Claim, DamageEstimate, Facility, Region, Strike, WeaponCount
from tests.factories import RegionFactory
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db

FIXTURES: Path = settings.BASE_DIR / "fixtures"
FILES = {
    str(path.relative_to(FIXTURES)): path
    for path in sorted(FIXTURES.rglob("*.yaml"))
    if path.parent.name != "corrections"
}
REPORT = "reports/2024-03-12-devdiscourse.yaml"
NORSI = "strikes/2024-03-12-norsi.yaml"
WAVE = "strikes/2024-03-12-russia.yaml"
KIRISHI = "strikes/2024-03-12-kirishi.yaml"
REGIONS = "reference/regions.yaml"
ACTORS = "reference/actors.yaml"
FACILITIES = "reference/facilities.yaml"
SOURCES = "reference/sources.yaml"
SMALL = [REGIONS, FACILITIES, WAVE, NORSI, KIRISHI, REPORT]
BREAKABLE = {
    "report": REPORT,
    "norsi": NORSI,
    "wave": WAVE,
    "kirishi": KIRISHI,
    "regions": REGIONS,
    "actors": ACTORS,
    "facilities": FACILITIES,
    "sources": SOURCES,
}
"""The files as `broken_bundles.yaml` calls them."""

LATER = "reports/2024-03-13-extra.yaml"
EXTRA = """
reports:
  - id: rep_000000000001
    ref: extra
    source: reuters
    title: The governor speaks again
    language: en
    issued: {date: 2024-03-13}
claims:
  - id: clm_000000000001
    ref: extra-1
    report: extra
    position: 0
    part: body
    actor: gleb-nikitin
    proposition: prp_ft18tt0zz78f
    stance: confirms
    attribution: on_record
    statement: There had been a fire.
    relations:
      - {kind: repeats, other: clm_qdeya4pksfay}
    damage_estimates:
      - id: est_000000000001
        metric: capacity_offline
        comparator: exactly
        low: 25.71
        best: 25.710
        high: "25.71"
        unit_of_measure: kbbl_per_day
"""


def copied(files: list[str], folder: Path) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FILES[name], folder / name)
    return folder


def rows_in(file: str) -> dict[str, list[dict[str, Any]]]:
    bundle: dict[str, list[dict[str, Any]]] = yaml.safe_load(FILES[file].read_text(encoding="utf-8"))
    return bundle


def who_is_named(in_files: list[str]) -> dict[str, str]:
    """The files of actors and of sources without those that nobody in these files names."""
    named = {word for file in in_files for word in re.findall(r"[a-z0-9-]+", FILES[file].read_text("utf-8"))}
    sources = [row for row in rows_in(SOURCES)["sources"] if row["id"] in named]
    named |= {row["voice"] for row in sources}
    actors = rows_in(ACTORS)["actors"]
    named |= {row["affiliation"] for row in actors if row["id"] in named and "affiliation" in row}
    actors = [row for row in actors if row["id"] in named]
    bundles = {ACTORS: {"actors": actors}, SOURCES: {"sources": sources}}
    return {file: yaml.safe_dump(bundle, allow_unicode=True) for file, bundle in bundles.items()}


PEOPLE = who_is_named(SMALL)


def small_folder(folder: Path) -> Path:
    """A part of the starter data, one report with all that it needs."""
    copied(SMALL, folder)
    for file, text in PEOPLE.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "data")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def run_load_starter(folder: Path) -> str:
    out = StringIO()
    call_command("load_starter", str(folder), stdout=out)
    return out.getvalue()


def said(rows: int, revision: int, corrections: int = 0, amendments: int = 0) -> str:
    """What the command prints."""
    return (
        f"{rows} new rows, {corrections} corrections, {amendments} amendments; "
        f"the record is at revision {revision}.\n"
    )


def refusal(folder: Path) -> str:
    """What the command says of a folder that it refuses; it must not have kept anything."""
    with pytest.raises(CommandError) as refused:
        run_load_starter(folder)
    text = str(refused.value)
    assert text.endswith("\nNothing was loaded.")
    assert text.isprintable() or text.replace("\n", "").isprintable()
    assert in_the_database() == 0
    assert Ledger.head().n == 0
    return text.removesuffix("\nNothing was loaded.")


def in_the_database() -> int:
    ours = [apps.get_app_config(label) for label in ("record", "sources", "strikes")]
    return sum(model._default_manager.count() for app in ours for model in app.get_models())


def rows_of(bundle: dict[str, Any]) -> Iterator[tuple[type[OnRecord], dict[str, Any]]]:
    """Every row of a file with its model, the numbers apart from their claims."""
    for collection, rows in bundle.items():
        model = collections()[collection]
        for row in rows:
            for related_name in model.numbered_parts:
                numbered: Any = model._meta.get_field(related_name).related_model
                for number in row.pop(related_name, []):
                    yield numbered, {**number, numbered.owner: row["id"]}
            yield model, row


# Again, and more --------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(folder):
    load_starter(folder)
    changes = Change.objects.count()
    assert run_load_starter(folder) == said(0, 1)
    assert Change.objects.count() == changes


def test_a_later_load_is_dated_now_and_leaves_the_rest_alone(folder):
    load_starter(folder)
    before = list(Revision.objects.values_list("n", "at"))
    published = {row.pk: row.published_rev_id for row in Claim.objects.all()}
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    start = dt.datetime.now(dt.UTC)
    assert run_load_starter(folder) == said(3, 2)
    assert list(Revision.objects.filter(n=1).values_list("n", "at")) == before
    assert start <= Revision.objects.get(n=2).at <= dt.datetime.now(dt.UTC)
    assert {row.pk: row.published_rev_id for row in Claim.objects.filter(published_rev=1)} == published
    written = set(Change.objects.filter(revision=2).values_list("object_id", flat=True))
    assert written == {"rep_000000000001", "clm_000000000001", "est_000000000001"}
    assert list(discrepancies()) == []


def test_a_file_may_point_at_what_is_on_the_record_already(folder, tmp_path):
    load_starter(folder)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "extra.yaml").write_text(EXTRA, encoding="utf-8")
    assert load_starter(tmp_path / "more").rows == 3
    claim = Claim.objects.published().get(public_id="clm_000000000001")
    assert claim.proposition.public_id == "prp_ft18tt0zz78f"
    assert claim.origins.current().get().key == "gleb-nikitin"  # it repeats channels, which have no name


def test_it_may_not_point_at_a_draft(folder):
    RegionFactory(public_id="RU")
    with pytest.raises(CommandError) as refused:
        run_load_starter(folder)
    assert f"{REGIONS}: regions RU-NIZ: parent: RU is draft, not public." in str(refused.value)
    assert in_the_database() == 1


def test_a_number_is_not_added_to_a_public_claim(folder):
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    load_starter(folder)
    change(folder / LATER, "damage_estimates:", "damage_estimates:\n      - id: est_000000000002")
    with pytest.raises(CommandError) as refused:
        run_load_starter(folder)
    rule = "claim: it is on the record already, with its numbers; correct it instead."
    assert str(refused.value).startswith(f"{LATER}: damage-estimates est_000000000002: {rule}\n")
    assert DamageEstimate.objects.count() == 1


def test_two_reports_of_one_file_are_published_once(folder):
    """Dated to the later of the two: neither may be on the record before it was issued."""
    change(folder / REPORT, "evidence:", EXTRA.split("claims:")[0].split("reports:")[1] + "\nevidence:")
    load_starter(folder)
    assert [at.date() for at in Revision.objects.values_list("at", flat=True)] == [dt.date(2024, 3, 13)]
    assert list(discrepancies()) == []


def test_a_report_that_went_ahead_with_one_that_needs_it_leaves_no_empty_revision(folder):
    original = EXTRA.split("claims:")[0].replace("03-13", "03-12").replace("rep_0", "rep_1")
    (folder / "reports/2024-03-12-reuters.yaml").write_text(original.replace("ref: extra", "ref: original"))
    change(folder / REPORT, "wire_source: reuters", "derived_from: original")
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    load_starter(folder)
    reports = Report.objects.order_by("pk").values_list("public_id", "published_rev")
    assert dict(reports) == {"rep_100000000001": 1, "rep_bew95wg064pk": 1, "rep_000000000001": 2}
    assert list(discrepancies()) == []


def test_the_files_of_a_folder_without_reports_are_published_together(tmp_path):
    load_starter(copied([REGIONS], tmp_path))
    assert (Ledger.head().n, Region.objects.published().count()) == (1, len(rows_in(REGIONS)["regions"]))


# What is written is what is kept ----------------------------------------------------------------


def test_decimals_are_exact_however_they_are_written(folder):
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    import_bundle(read_folder(folder))
    estimate = DamageEstimate.objects.get()
    assert (estimate.low, estimate.best, estimate.high) == (Decimal("25.71"),) * 3


@pytest.mark.parametrize("written", ["20:30", '"20:30"', '"20:30:00"'])
def test_a_time_of_day_needs_no_quotation_marks(folder, written):
    change(folder / KIRISHI, "{date: 2024-03-12,", f"{{date: 2024-03-12, time: {written},")
    import_bundle(read_folder(folder))
    strike = Strike.objects.get(public_id="2024-03-12-kirishi")
    assert strike.earliest == strike.latest == dt.datetime(2024, 3, 12, 17, 30, tzinfo=dt.UTC)
    assert (strike.precision, strike.local_date) == ("minute", dt.date(2024, 3, 12))


def test_words_that_yaml_takes_for_something_else_stay_words(folder):
    change(folder / ACTORS, "name: Lukoil", "name: off")
    change(folder / FACILITIES, "town: Kstovo", "town: 2024-03-12")
    change(folder / FACILITIES, "designation: KK-1", "designation: 1.10")
    import_bundle(read_folder(folder))
    norsi = Facility.objects.get(public_id="norsi")
    assert norsi.parties.get().actor.name == "off"
    assert norsi.town == "2024-03-12"
    assert norsi.units.get(public_id="norsi-kk-1").designation == "1.10"


def test_rows_may_also_come_as_json(folder):
    """What the files say, as Python or JSON has it: dates and times as text, decimals as numbers."""
    issued = {"date": "2024-03-13", "earliest": "2024-03-13T08:25:00+03:00", "precision": "hour"}
    report = {"id": "rep_000000000001", "source": "reuters", "title": "T", "language": "en", "issued": issued}
    capacity = {
        "id": "cap_000000000001",
        "facility": "norsi",
        "report": "rep_000000000001",
        "comparator": "at_least",
        "low": 25.71,
        "unit_of_measure": "kbbl_per_day",
        "basis": "nameplate",
        "measured_on": dt.date(2024, 3, 12),
    }
    import_bundle(read_folder(folder) + entries_of({"capacities": [capacity], "reports": [report]}, "body"))
    made = Report.objects.get(public_id="rep_000000000001")
    assert made.issued_earliest == dt.datetime(2024, 3, 13, 5, 25, tzinfo=dt.UTC)
    assert made.capacities.get().low == Decimal("25.71")


# What is broken ---------------------------------------------------------------------------------

BROKEN = {
    **yaml.safe_load((Path(__file__).parent / "broken_bundles.yaml").read_text(encoding="utf-8")),
    # Those that are too long to be written out
    "a deep nest": ["report", "claims:", f"claims: {'[' * 90_000}", "line 69", "nested too deeply"],
    "a deep nest, closed": [
        "report",
        "title: Ukr",
        f"note: {'[' * 50}{']' * 50}\n    title: Ukr",
        "line 6",
        "nested too deeply",
    ],
    "an id that is too long": [
        "facilities",
        "id: norsi-reformer",
        f"id: {'a' * 81}",
        "units aaaa",
        "at most 80 characters",
    ],
    "a text too long": [
        "kirishi",
        "title: Drone",
        f"title: {'д' * 201} Drone",
        "strikes 2024-03-12-kirishi",
        "at most 200 characters",
    ],
    "a thousand digits after the point": [
        "report",
        "best: 340",
        f"best: 0.{'3' * 1000}",
        "capacities cap_tebj5xbd9qd0",
        "no more than 15 digits",
    ],
    "five thousand digits": [
        "report",
        "best: 340",
        f"best: {'3' * 5000}",
        "capacities cap_tebj5xbd9qd0",
        "no more than 15 digits",
    ],
}
"""One change to one file, and what is said of it: the row, and the rule."""


@pytest.mark.parametrize("breakage", one_in(10, BROKEN))
def test_a_broken_file_names_the_file_the_row_and_the_rule_and_loads_nothing(folder, breakage):
    name, old, new, row, rule = BROKEN[breakage]
    file = BREAKABLE[name]
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    change(folder / file, old, new)
    text = refusal(folder)
    assert any(line.startswith(f"{file}: {row}") and rule in line for line in text.splitlines()), text
    assert len(text.splitlines()) == 1, text


def test_every_problem_is_named_once_at_the_row_where_it_lies(folder):
    """What points at a refused row is not to blame."""
    change(folder / FACILITIES, "kind: refinery", "kind: refinry")
    change(folder / REPORT, "language: en", "language: 5")
    change(folder / KIRISHI, "methods: [drone]", "methods: [drone]\n    colour: red")
    problems = refusal(folder).splitlines()
    assert [problem.split(": ")[1] for problem in problems] == [
        "facilities norsi",
        "reports dev0312",
        "strikes 2024-03-12-kirishi",
    ]


def spoil_encoding(folder: Path) -> None:
    path = folder / ACTORS
    path.write_bytes(path.read_text(encoding="utf-8").encode("windows-1251", errors="replace"))


def spoil_size(folder: Path) -> None:
    with (folder / ACTORS).open("a", encoding="utf-8") as file:
        file.write("#" * LARGEST)


def spoil_kind(folder: Path) -> None:
    (folder / ACTORS).unlink()
    (folder / ACTORS).mkdir()


def spoil_link(folder: Path) -> None:
    (folder / ACTORS).unlink()
    (folder / ACTORS).symlink_to(folder / "nowhere")


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (spoil_encoding, "It is not written in UTF-8."),
        (spoil_size, "It is larger than 1,000,000 bytes."),
        (spoil_kind, "It cannot be read: Is a directory."),
        (spoil_link, "It cannot be read: No such file or directory."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder, spoil: Callable[[Path], None], rule):
    spoil(folder)
    assert refusal(folder) == f"{ACTORS}: the file: {rule}"


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    assert refusal(tmp_path / "fixtrues").endswith("fixtrues: the folder: There is no such folder.")


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert load_starter(tmp_path) == Done()
    assert in_the_database() == 0


def test_a_right_load_works_after_broken_ones(folder):
    """One that fails as it is read, one as drafts are made, one as parts are added, one as it is published."""
    mistakes = [
        (KIRISHI, "strikes:", "strikes: ["),
        (KIRISHI, "kind: strike", "kind: stirke"),
        (KIRISHI, "methods: [drone]", "methods: [dron]"),
        (KIRISHI, "methods: [drone]", "methods: []"),
    ]
    for file, right, wrong in mistakes:
        change(folder / file, right, wrong)
        refusal(folder)
        change(folder / file, wrong, right)
    load_starter(folder)
    assert WeaponCount.objects.published().count() == 3
    assert list(discrepancies()) == []


def test_a_long_chain_of_pointers_is_no_trouble_in_order_and_named_in_disorder(folder):
    chain = [
        {
            "id": f"prp_{n:012}",
            "strike": "2024-03-12-norsi",
            "topic": "other",
            "text": "And so on.",
            "caused_by": f"prp_{n - 1:012}" if n else "norsi-attacked",
        }
        for n in range(60)
    ]
    path = folder / "strikes/chain.yaml"
    path.write_text(yaml.safe_dump({"propositions": chain[::-1]}), encoding="utf-8")
    assert "strikes/chain.yaml: propositions prp_" in (text := refusal(folder))
    assert "Too many rows wait for it, one for the other: put it before them." in text
    path.write_text(yaml.safe_dump({"propositions": chain}), encoding="utf-8")
    assert len([row for row in import_bundle(read_folder(folder)) if row.collection == "propositions"]) > 60


JUNK: list[Any] = [
    "",
    "x" * 2000,
    "1e400",
    "0001-01-01",
    "9999-12-31T23:59:59-14:00",
    5,
    -1,
    2**80,
    float("nan"),
    True,
    [],
    [{}],
    {},
    {"date": "0001-01-01"},
    [{"id": 1}],
]
NOT_STORABLE: list[Any] = ["\0", "\ud800", ["\0"], {"\udfff": 1}, {5: 5}, [[{"a": {None: 1}}]]]


def spelt_like(public_id: str, number: int) -> str:
    if "_" in public_id:
        return f"{public_id[:4]}{number:012}"
    return f"XX-{number:03}" if public_id.isupper() else f"rubbish-{number}"


def columns_of(model: Any, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    names = {field.name for field in model._meta.get_fields()} | set(MOMENT_PREFIXES) | set(PARTS)
    for number, key in enumerate(sorted(names - {"id", *model.numbered_parts, *lists_in(model)})):
        yield from ((key, junk) for junk in JUNK[number % 3 :: 3])


def lists_of(model: Any, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    for key, field in lists_in(model).items():
        yield from ((key, junk) for junk in JUNK)
        like: Any = next((row[key][0] for row in rows if row.get(key)), {})
        if isinstance(like, dict):
            for number, other in enumerate(field.related_model._meta.get_fields()):
                yield from ((key, [{**like, other.name: junk}]) for junk in JUNK[number % 3 :: 3])


def lists_in(model: Any) -> dict[str, Any]:
    """What is attached once a row is made: its parts and its many-to-many pointers."""
    parts = {key: model._meta.get_field(name) for key, name in PARTS.items() if name in model.parts}
    return parts | {field.name: field for field in model._meta.many_to_many}


def what_cannot_be_stored(model: Any, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    names = {field.name for field in model._meta.get_fields()} - set(model.numbered_parts)
    return ((key, junk) for key in sorted(names) for junk in NOT_STORABLE)


def everything_in(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each collection, and an assessment, of which the starter data has none yet."""
    bundle: dict[str, list[dict[str, Any]]] = {
        "assessments": [
            {
                "id": "asm_000000000001",
                "proposition": "norsi-fire",
                "grade": "weak",
                "grade_basis": "visual",
                "reason": "Nobody has looked at it yet.",
                "assessed_on": "2024-03-13",
            }
        ]
    }
    for path in folder.rglob("*.yaml"):
        for model, row in rows_of(yaml.safe_load(path.read_text(encoding="utf-8"))):
            bundle.setdefault(model.collection, []).append(row)
    return bundle


@pytest.mark.parametrize("rubbish_of", [columns_of, lists_of, what_cannot_be_stored])
def test_no_value_in_any_place_breaks_the_import(folder, rubbish_of):
    """Rubbish in every field, part and moment of every collection, in rows that are right but for that.

    A third of the rubbish for each, in turns: there are some ten thousand combinations.
    """
    (folder / LATER).write_text(EXTRA, encoding="utf-8")
    bundle = everything_in(folder)
    wrong = 0
    for collection, model in collections().items():
        rows = bundle[collection]
        like = {key: value for key, value in rows[0].items() if key != "ref"}
        for key, value in list(rubbish_of(model, rows)):
            wrong += 1
            numbered = {"id": spelt_like(like["id"], wrong)}
            if collection == "units":
                numbered["designation"] = f"AVT-{wrong}"
            rows.append({**like, **numbered, key: value})
    with pytest.raises(BundleError) as refused:
        import_bundle(entries_of(bundle, "rubbish"))
    assert len(refused.value.problems) > wrong * 0.8
    assert str(refused.value).replace("\n", "").isprintable()
    assert in_the_database() == 0
