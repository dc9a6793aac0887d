"""Two ways back: what we had published by a moment (`as_of`), and what had been said and issued by then (`known_at`)."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.urls import router
from record import publishing
from record.choices import WithdrawalReason
from record.models import Ledger, Revision, collections
from sources.models import Report, ReportNotice
from strikes.disputes.states import dispute_tallies
from strikes.models import Claim, ClaimEvidence, Party, PropositionState
from tests.factories import (
    MORNING,
    ActorFactory,
    CapacityFactory,
    ClaimFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    MergeFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
    ReportNoticeFactory,
    StrikeFactory,
    WaveFactory,
    WeaponCountFactory,
    factories_by_model,
)
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
OUT = WithdrawalReason.OUT_OF_SCOPE
VIEWS: dict[str, Any] = {name: view for name, view, _ in router.registry if name != "vocabularies"}
FACTORIES = factories_by_model()
ABOUT = ["strikes", "facilities", "units", "actors", "regions"]


def as_parameter(at):
    """A time, or that of a revision, as a parameter."""
    at = at.at if isinstance(at, Revision) else at
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def span(prefix, hours, until=None):
    start = MORNING + hours * HOUR
    end = start if until is None else MORNING + until * HOUR
    return {f"{prefix}earliest": start, f"{prefix}latest": end, f"{prefix}precision": "minute"}


def said(hours, **fields):
    """A claim that was said, and whose report was issued, so many hours after the morning."""
    fields.setdefault("report", ReportFactory(**span("issued_", hours)))
    return ClaimFactory(**span("said_", hours), **fields)


def public_row(collection, hours=0):
    """A public row of a collection that was known from so many hours after the morning, if that matters to it."""
    report = ReportFactory(**span("issued_", hours))
    if collection in ("strikes", "propositions"):
        point = on_record(said(hours, report=report)).proposition
        return point if collection == "propositions" else point.strike
    report_fields = {
        "claims": "report",
        "damage-estimates": "claim__report",
        "weapon-counts": "claim__report",
        "evidence": "report",
        "capacities": "report",
    }
    if collection == "reports":
        return on_record(report)
    make = FACTORIES[collections()[collection]]
    dated_by = {report_fields[collection]: report} if collection in report_fields else {}
    return on_record(make(**dated_by))


# What is there -------------------------------------------------------------------------------------------


def ids_of(api, collection, query):
    """The ids that a list shows, which are the same in every format."""
    page = api(f"{collection}/?page_size=500&{query}")
    ids = [row["id"] for row in page["results"]]
    assert page["count"] == len(ids)
    text = b"".join(api.raw(f"{collection}/?format=csv&fields=id&{query}").streaming_content).decode()
    assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == ids
    lines = b"".join(api.raw(f"{collection}/?format=ndjson&{query}").streaming_content).splitlines()
    assert [json.loads(line) for line in lines] == page["results"]
    if VIEWS[collection].place is not None:
        features = json.loads(b"".join(api.raw(f"{collection}/?format=geojson&{query}").streaming_content))
        assert [feature["id"] for feature in features["features"]] == ids
    return set(ids)


def check_facets(api, collection, query):
    """The facets of a list count what its filters find."""
    words = ",".join(VIEWS[collection].facets)
    facets = api(f"{collection}/?facets={words}&page_size=1&{query}")["facets"] if words else {}
    for word, values in facets.items():
        for facet in values:
            if facet["value"] is not None and word != "min_origins":
                count = api(f"{collection}/?{word}={facet['value']}&page_size=1&{query}")["count"]
                assert count == facet["count"], (word, facet)


def listed(api, query):
    return {row["id"] for row in api(f"claims/?{query}")["results"]}


def paths_of(collection, public_id):
    """Everything that can be asked of one object."""
    paths = [""]
    paths += ["accounts/"] * (collection in ABOUT)
    paths += ["thread/"] * (collection == "claims") + ["dependants/"] * (collection == "reports")
    return [f"{collection}/{public_id}/{path}" for path in paths]


def status_of(api, collection, row, query):
    """The one status with which everything that can be asked of a row is answered."""
    statuses = {api.raw(f"{path}?{query}").status_code for path in paths_of(collection, row.public_id)}
    assert len(statuses) == 1, statuses
    return statuses.pop()


@pytest.mark.parametrize("collection", one_in(9, VIEWS))
def test_as_of_shows_what_was_published_by_then_on_lists_details_facets_and_exports(api, collection):
    start = on_record(ActorFactory()).published_rev
    first = public_row(collection)
    second = public_row(collection, 1)
    owner = getattr(first, first.owner) if first.owner else first
    publishing.withdraw(owner, reason=OUT, note="Not ours.", along=True)
    both = {first.public_id, second.public_id}
    for at, expected, codes in [
        (as_parameter(start.at - HOUR), set(), (404, 404)),
        (as_parameter(start), set(), (404, 404)),
        (as_parameter(first.published_rev), {first.public_id}, (200, 404)),
        (as_parameter(second.published_rev), both, (200, 200)),
        (as_parameter(fresh(first).withdrawn_rev), {second.public_id}, (410, 200)),
    ]:
        query = f"as_of={at}"
        assert ids_of(api, collection, query) & both == expected
        check_facets(api, collection, query)
        assert tuple(status_of(api, collection, row, query) for row in (first, second)) == codes
    assert ids_of(api, collection, f"as_of={as_parameter(start.at - HOUR)}") == set()
    gone = api(
        f"{collection}/{first.public_id}/?as_of={as_parameter(fresh(first).withdrawn_rev)}", status=410
    )
    assert (gone["reason"], gone["note"]) == ("out_of_scope", "Not ours.")


@pytest.mark.parametrize("collection", one_in(9, VIEWS))
def test_known_at_shows_what_was_said_and_issued_by_then(api, collection):
    early, late = public_row(collection, 0), public_row(collection, 10)
    both = {early.public_id, late.public_id}
    timeless = collection in ("regions", "sources", "actors", "units", "facilities", "assessments")
    for hours, known in [(-1, []), (0, [early]), (9, [early]), (10, [early, late])]:
        query = f"known_at={as_parameter(MORNING + hours * HOUR)}"
        expected = both if timeless else {row.public_id for row in known}
        assert ids_of(api, collection, query) & both == expected
        check_facets(api, collection, query)
        for row in (early, late):
            assert status_of(api, collection, row, query) == (200 if row.public_id in expected else 404)


@pytest.mark.parametrize(
    "collection", one_in(5, ["claims", "reports", "propositions", "strikes", "capacities"])
)
def test_both_ways_back_together_are_what_meets_both(api, collection):
    late_news = public_row(collection, 10)  # published first, known last
    old_news = public_row(collection, 0)
    both = {late_news.public_id, old_news.public_id}
    for last_published, hours, visible in [
        (late_news, 10, [late_news]),
        (late_news, 5, []),
        (old_news, 5, [old_news]),
        (old_news, 10, [late_news, old_news]),
    ]:
        query = f"as_of={as_parameter(last_published.published_rev)}&known_at={as_parameter(MORNING + hours * HOUR)}"
        assert ids_of(api, collection, query) & both == {row.public_id for row in visible}
        check_facets(api, collection, query)
        for row in (late_news, old_news):
            assert status_of(api, collection, row, query) == (200 if row in visible else 404)


# Corrections, amendments, merges, takedowns ----------------------------------------------------------------


def test_a_corrected_claim_and_its_number_are_followed_at_each_moment(api):
    number = DamageEstimateFactory(claim=said(0), comparator="at_least", low=50)
    claim = on_record(number.claim)
    draft = publishing.revise(claim, statement="It said so plainly.")
    (new_number,) = draft.damage_estimates.all()
    revision = publishing.correct(draft, reason=WithdrawalReason.TYPO, note="A word was wrong.")
    for collection, old, new in [("claims", claim, draft), ("damage-estimates", number, new_number)]:
        before, after = f"as_of={as_parameter(claim.published_rev)}", f"as_of={as_parameter(revision)}"
        assert ids_of(api, collection, before) == {old.public_id}
        assert ids_of(api, collection, after) == {new.public_id}
        assert [status_of(api, collection, row, before) for row in (old, new)] == [200, 404]
        assert [status_of(api, collection, row, after) for row in (old, new)] == [410, 200]
        gone = api(f"{collection}/{old.public_id}/?{after}", status=410)
        assert gone["replaced_by"].endswith(new.public_id) or gone["replaced_by"] == new.public_id
    assert api(f"claims/{claim.public_id}/?{before}")["damage_estimates"][0]["id"] == number.public_id
    problem = api(f"claims/?claim={claim.public_id}", status=400)
    assert problem["errors"][0]["code"] == "withdrawn_id"
    assert api(f"claims/?claim={claim.public_id}&{before}")["count"] == 1
    assert api(f"claims/?claim={draft.public_id}&{before}", status=400)["errors"][0]["code"] == "unknown_id"


def test_parts_are_those_of_the_time_and_names_those_of_today(api):
    facility = FacilityFactory(name="Old Works")
    claim, proof = said(0), EvidenceFactory(report=ReportFactory(**span("issued_", 3)))
    start = on_record(facility, claim, proof).published_rev
    party = PartyFactory.build(facility=None, actor=on_record(ActorFactory(kind="company")))
    with_party = publishing.amend(facility, add=[party])
    with_proof = publishing.amend(claim, add=[ClaimEvidence(evidence=proof, role="supports")])
    publishing.amend(facility, {"name": "New Works"})
    end = publishing.amend(facility, end=Party.objects.published())

    def facility_at(at):
        return api(f"facilities/{facility.public_id}/?as_of={as_parameter(at)}")

    assert [len(facility_at(at)["parties"]) for at in (start, with_party, with_proof, end)] == [0, 1, 1, 0]
    assert {facility_at(at)["name"] for at in (start, with_party, end)} == {"New Works"}

    def proofs(query):
        return len(api(f"claims/{claim.public_id}/?{query}")["evidence"])

    assert [proofs(f"as_of={as_parameter(at)}") for at in (with_party, with_proof)] == [0, 1]
    assert [proofs(f"known_at={as_parameter(MORNING + h * HOUR)}") for h in (2, 3)] == [0, 1]
    assert proofs(f"as_of={as_parameter(with_party)}&known_at={as_parameter(MORNING + 3 * HOUR)}") == 0


def test_a_merge_leads_to_the_survivor_from_its_revision_until_it_is_undone(api):
    loser, survivor = (FacilityFactory(public_id=f"works-{n}") for n in range(2))
    start = on_record(loser, survivor).published_rev
    merged = on_record(ActorFactory()).published_rev
    between = on_record(ActorFactory()).published_rev
    undone = on_record(ActorFactory()).published_rev
    MergeFactory(
        collection="facilities", loser="works-0", survivor="works-1", from_rev=merged, undone_rev=undone
    )
    for path in ("facilities/works-0/", "facilities/works-0/accounts/"):
        for revision, status in [(start, 200), (merged, 308), (between, 308), (undone, 200)]:
            answer = api.raw(f"{path}?as_of={as_parameter(revision)}&known_at=2024-03-13")
            assert answer.status_code == status
            if status == 308:
                target = path.replace("works-0", "works-1")
                assert answer["Location"].endswith(
                    f"/api/v1/{target}?as_of={as_parameter(revision)}&known_at=2024-03-13"
                )
    for revision, expected in [(start, {"works-0", "works-1"}), (between, {"works-1"})]:
        assert {
            row["id"] for row in api(f"facilities/?as_of={as_parameter(revision)}")["results"]
        } == expected


def test_a_takedown_is_gone_at_every_moment(api):
    row = on_record(said(0))
    start = row.published_rev
    revision = on_record(ActorFactory()).published_rev
    Claim.objects.filter(pk=row.pk).update(
        withdrawn_rev=revision, taken_down_rev=revision, withdrawal_reason="safety"
    )
    for query in ("", f"as_of={as_parameter(start)}", "known_at=2024-03-13"):
        assert ids_of(api, "claims", query) == set()
        assert status_of(api, "claims", row, query) == 410


# From when a row was known ---------------------------------------------------------------------------------


def known_from(api, path, hours):
    """The path is there from so many hours after the morning, and not a second earlier."""
    at = MORNING + hours * HOUR
    api(f"{path}?known_at={as_parameter(at)}")
    api(f"{path}?known_at={as_parameter(at - timedelta(seconds=1))}", status=404)


@pytest.mark.parametrize(
    ("said_at", "issued_at", "known"),
    one_in(
        2,
        [
            pytest.param(span("said_", 1), span("issued_", 5), 1, id="said before issued"),
            pytest.param(span("said_", 7), span("issued_", 5), 5, id="never after its page"),
            pytest.param({}, span("issued_", 5), 5, id="unknown said"),
            pytest.param(span("said_", 0, 4), span("issued_", 5), 4, id="late edge of said"),
            pytest.param({}, span("issued_", 2, 20), 20, id="late edge of issued"),
            pytest.param(
                span("said_", 1) | span("disclosed_", 2, 3), span("issued_", 5), 3, id="disclosed later"
            ),
            pytest.param(
                span("said_", 1) | span("disclosed_", 4, 9), span("issued_", 5), 5, id="disclosed on a page"
            ),
            pytest.param(span("disclosed_", 3), span("issued_", 5), 3, id="disclosed, unknown when said"),
            pytest.param(
                span("said_", 1) | {"attribution": "anonymous"}, span("issued_", 5), 5, id="not by name"
            ),
            pytest.param(
                span("said_", 1) | span("disclosed_", 2) | {"attribution": "court"},
                span("issued_", 5),
                5,
                id="not on record",
            ),
        ],
    ),
)
def test_words_by_name_are_known_from_when_they_were_public_and_others_from_their_page(
    api, said_at, issued_at, known
):
    claim = ClaimFactory(report=ReportFactory(**issued_at), **said_at)
    number, count = DamageEstimateFactory(claim=claim), WeaponCountFactory(claim=claim)
    on_record(claim)
    known_from(api, f"claims/{claim.public_id}/", known)
    known_from(api, f"claims/{claim.public_id}/thread/", known)
    known_from(api, f"damage-estimates/{number.public_id}/", known)
    known_from(api, f"weapon-counts/{count.public_id}/", known)
    known_from(api, f"propositions/{claim.proposition.public_id}/", known)
    known_from(api, f"strikes/{claim.proposition.strike.public_id}/", known)
    known_from(api, f"strikes/{claim.proposition.strike.public_id}/accounts/", known)


def test_a_report_capacity_or_piece_of_evidence_is_known_from_its_issue(api):
    report = ReportFactory(**span("issued_", 3, 6))
    capacity, proof = CapacityFactory(report=report), EvidenceFactory(report=report)
    on_record(capacity, proof)
    for row in (report, capacity, proof):
        known_from(api, f"{row.collection}/{row.public_id}/", 6)


def test_a_strike_its_waves_and_an_open_question_are_known_from_the_first_claim_about_them(api):
    campaign = WaveFactory()
    wave = WaveFactory(wave=campaign)
    strike = StrikeFactory(wave=wave)
    who = PropositionFactory(strike=strike, open=True, text="Who?")
    rival = PropositionFactory(strike=strike, text="X did.", answers=who)
    unspoken = PropositionFactory(strike=strike, text="It burned.")
    empty = StrikeFactory()
    on_record(said(4, proposition=rival), said(9, proposition=rival), who, unspoken, empty)
    for row in (strike, wave, campaign, rival, who):
        known_from(api, f"{row.collection}/{row.public_id}/", 4)
    for row in (unspoken, empty):
        api(f"{row.collection}/{row.public_id}/?known_at={as_parameter(MORNING + 99 * HOUR)}", status=404)
    accounts = api(f"strikes/{strike.public_id}/accounts/?known_at={as_parameter(MORNING + 4 * HOUR)}")
    assert {account["text"] for account in accounts["propositions"]} == {"Who?", "X did."}
    assert [account["dispute"] for account in accounts["propositions"]] == ["single_origin", "single_origin"]


def test_a_retraction_counts_only_from_its_date_and_only_once_we_have_it(api):
    claim = on_record(said(0))
    notice = ReportNoticeFactory.build(report=None, kind="retraction", dated=MORNING + 30 * HOUR)
    revision = publishing.amend(claim.report, add=[notice])

    def answers_to(query):
        row = api(f"claims/{claim.public_id}/?{query}")
        point = api(f"propositions/{claim.proposition.public_id}/?{query}")
        notices = api(f"reports/{claim.report.public_id}/?{query}")["notices"]
        page = api(f"propositions/?dispute={point['dispute']}&{query}")
        assert [row["id"] for row in page["results"]] == [point["id"]]
        account = api(f"strikes/{claim.proposition.strike.public_id}/accounts/?{query}")["propositions"][0]
        assert (account["dispute"], account["for"][0]["report_retracted"]) == (
            point["dispute"],
            row["report_retracted"],
        )
        assert account["for"][0]["counts"] is not row["report_retracted"]
        return row["report_retracted"], point["dispute"], point["documents"], len(notices)

    stands, fell = (False, "single_origin", 1, 0), (True, "unreported", 0, 1)
    assert answers_to("") == fell
    assert answers_to(f"as_of={as_parameter(revision)}") == fell
    assert answers_to(f"as_of={as_parameter(claim.published_rev)}") == stands
    assert answers_to(f"known_at={as_parameter(MORNING + 29 * HOUR)}") == stands
    assert answers_to(f"known_at={as_parameter(MORNING + 30 * HOUR)}") == fell
    assert (
        answers_to(f"known_at={as_parameter(MORNING + 30 * HOUR)}&as_of={as_parameter(claim.published_rev)}")
        == stands
    )


def test_relations_are_shown_between_claims_that_were_known(api):
    early, late = on_record(said(0)), said(5)
    late.relations.create(kind="disputes", other=early)
    on_record(late)
    assert len(api(f"claims/{late.public_id}/")["relations"]) == 1
    other = on_record(said(1))
    publishing.amend(other, add=[type(late.relations.get())(kind="responds_to", other=late)])
    assert (
        len(api(f"claims/{other.public_id}/?known_at={as_parameter(MORNING + 5 * HOUR)}")["relations"]) == 1
    )
    assert api(f"claims/{other.public_id}/?known_at={as_parameter(MORNING + 4 * HOUR)}")["relations"] == []


# How the time is given ----------------------------------------------------------------------------------------------


def test_a_bare_date_is_the_end_of_that_day_on_the_clock_of_what_is_dated(api):
    """Revisions are dated in UTC, and so are these reports."""
    days = [datetime(2024, 3, day, 23, 59, 59, 500_000, UTC) for day in (12, 13)]
    rows = [
        [
            (claim := ClaimFactory(report=ReportFactory(issued_earliest=at))),
            claim.report,
            claim.report.source,
            claim.report.source.voice,
            claim.actor,
            claim.proposition,
            claim.proposition.strike,
            claim.proposition.strike.facility,
        ]
        for at in days
    ]
    publishing.publish_dated(zip(days, map(publishing.Batch, rows), strict=True))
    first, second = (batch[0].public_id for batch in rows)
    for name in ("as_of", "known_at"):
        for day, expected in [
            ("2024-03-11", set()),
            ("2024-03-12", {first}),
            ("2024-03-13", {first, second}),
        ]:
            assert listed(api, f"{name}={day}") == expected
        assert listed(api, f"{name}=2024-03-13T01:59:59.5%2B02:00") == {first}
        assert listed(api, f"{name}=2024-03-12T23:59:59Z") == set()
    answer = api.raw("claims/?as_of=2024-03-12")
    assert (answer["X-Record-Revision"], answer["X-Generated-At"]) == ("1", "2024-03-12T23:59:59.500000Z")


def test_today_is_now_and_what_has_not_begun_anywhere_is_refused(api, monkeypatch):
    noon = datetime(2031, 5, 6, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    past, later = (
        ClaimFactory(report=ReportFactory(issued_earliest=noon + hours * HOUR)) for hours in (-1, 1)
    )
    on_record(past, later)
    assert listed(api, "known_at=2031-05-06") == {past.public_id, later.public_id}
    assert listed(api, "known_at=2031-05-06T12:00:00Z") == {past.public_id}
    assert listed(api, "as_of=2031-05-06") == {past.public_id, later.public_id}
    for name in ("as_of", "known_at"):
        for text in ("2031-05-08", "2031-05-06T12:00:01Z", "2031-05-06T11:30:00-01:00", "9999-12-31"):
            assert is_future(api, name, text)
    assert is_future(api, "as_of", "2031-05-07")
    # It has begun on the first clocks on earth: fourteen hours before Greenwich.
    assert listed(api, "known_at=2031-05-07") == {past.public_id, later.public_id}
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon - 2 * HOUR - timedelta(seconds=1))
    assert is_future(api, "known_at", "2031-05-07")
    assert listed(api, "known_at=2031-05-06") == {past.public_id, later.public_id}


def is_future(api, name, text):
    """Whether a moment is refused since it lies ahead."""
    problem = api(f"claims/?{name}={text}", status=400)
    return [(error["parameter"], error["code"]) for error in problem["errors"]] == [(name, "future")]


MALFORMED = [
    "yesterday",
    "2024",
    "2024-03",
    "2024-3-12",
    "20240312",
    "2024-02-30",
    "0000-01-01",
    "2024-03-12T08:25",
    "2024-03-12T08:25:00",
    "2024-03-12 08:25:00Z",
    "2024-03-12T25:00:00Z",
    "1710232000",
    "2024-03-12,2024-03-13",
    "%00",
    "٢٠٢٤-٠٣-١٢",
    "0001-01-01T00:00:00%2B14:00",
    "-1",
    "null",
    "2024-03-12T08:25:00.1234567Z",
]


@pytest.mark.parametrize("name", ["as_of", "known_at"])
def test_a_malformed_or_repeated_moment_is_refused(api, name):
    claim = on_record(said(0))
    addresses = [
        "claims/",
        *paths_of("claims", claim.public_id),
        f"strikes/{claim.proposition.strike.public_id}/accounts/",
    ]
    for text in MALFORMED:
        for address in addresses if text == "yesterday" else addresses[:1]:
            problem = api(f"{address}?{name}={text}", status=400)
            assert [error["parameter"] for error in problem["errors"]] == [name], text
    assert api(f"claims/?{name}=", status=400)["errors"][0]["code"] == "empty"
    repeated = api(f"claims/?{name}=2024-03-12&{name}=2024-03-13", status=400)
    assert repeated["errors"][0]["code"] == "repeated"
    assert api(f"vocabularies/?{name}=2024-03-12", status=400)["errors"][0]["code"] == "unknown_parameter"


def test_an_empty_record_has_a_past_too(api):
    for name in ("as_of", "known_at"):
        for collection in VIEWS:
            assert ids_of(api, collection, f"{name}=2024-03-12") == set()


# Pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bare", [False, True])
def test_pages_stay_at_their_moment_while_others_publish(api, bare):
    rows = [on_record(said(hours)) for hours in range(5)]
    last = Revision.objects.last()
    queries = {
        "": {row.public_id for row in rows},
        f"as_of={as_parameter(rows[3].published_rev)}": {row.public_id for row in rows[:4]},
        f"known_at={as_parameter(MORNING + 3 * HOUR)}": {row.public_id for row in rows[:4]},
        f"as_of={as_parameter(last)}&known_at={as_parameter(MORNING + 2 * HOUR)}": {
            row.public_id for row in rows[:3]
        },
    }
    if bare:
        today = date.today().isoformat()
        queries = {f"as_of={today}": queries[""], f"known_at={today}": queries[""]}
    for query, expected in queries.items():
        page = api(f"claims/?page_size=2&{query}")
        results = list(page["results"])
        while page["next"]:
            on_record(said(0))
            publishing.withdraw(
                fresh(Claim.objects.published().exclude(pk__in=[row.pk for row in rows]).first()), reason=OUT
            )
            page = api(page["next"])
            assert page["count"] == len(expected)
            results += page["results"]
        assert len(results) == len(expected)  # none comes twice
        assert {row["id"] for row in results} == expected
        back = api(page["previous"])
        assert {row["id"] for row in back["results"]} <= expected


def test_a_list_under_known_at_weighs_one_page_and_an_export_one_chunk_at_a_time(api, monkeypatch):
    """The bound is on what is weighed at once: whatever is shown page by page has none."""
    for _ in range(3):
        on_record(said(0))
    monkeypatch.setattr("strikes.disputes.states.MOST_PROPOSITIONS_WEIGHED", 2)
    monkeypatch.setattr("api.pagination.CHUNK", 2)
    query = "known_at=2024-03-13"
    page = api(f"propositions/?page_size=2&{query}")
    assert {row["dispute"] for row in [*page["results"], *api(page["next"])["results"]]} == {"single_origin"}
    assert len(b"".join(api.raw(f"propositions/?format=ndjson&{query}").streaming_content).splitlines()) == 3
    for address in (f"propositions/?dispute=agreed&{query}", f"propositions/?facets=dispute&{query}"):
        assert api(address, status=400)["errors"][0]["code"] == "too_much"


def test_a_kept_state_at_a_revision_equals_the_one_computed_for_it():
    point = on_record(said(0)).proposition
    for hours, stance in [(1, "denies"), (2, "no_response"), (3, "asserts")]:
        on_record(said(hours, proposition=fresh(point), stance=stance))
    report = Report.objects.order_by("pk").first()
    publishing.amend(report, add=[ReportNotice(kind="retraction", dated=MORNING)])
    publishing.withdraw(Claim.objects.get(stance="denies"), reason=OUT)
    states = set()
    for n in range(1, Ledger.head().n + 1):
        computed = dispute_tallies([point.pk], n)[point.pk].as_state()
        kept = PropositionState.objects.current(n).get(proposition=point)
        assert computed == {name: getattr(kept, name) for name in computed}
        states.add(kept.state)
    assert states == {"single_origin", "disputed"}
