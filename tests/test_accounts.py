"""Accounts and summaries: every side, exact totals, origins explained, and nothing that is not public."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from record import doors
from record.choices import WithdrawalReason
from record.models import Ledger
from strikes.accounts import widest
from strikes.models import Claim, ClaimOrigin, ClaimRelation, PropositionState
from tests.factories import (
    MORNING,
    ActorFactory,
    AssessmentFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    ReportNoticeFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    WeaponCountFactory,
)
from tests.recording import fresh, on_record
from tests.starter.conftest import Api
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ACCOUNT = [
    "id", "topic", "text", "strike", "subject", "open", "answers", "dispute", "origins_for", "origins_against",
    "documents", "assessment", "origins", "totals", "rest", "for", "against", "silent",
]  # fmt: skip
CLAIM = {
    "id", "url", "display", "recorded_at", "revision", "report", "position", "part", "actor", "actor_as_stated",
    "stance", "polarity", "certainty", "attribution", "speakers_stated", "statement", "quote", "quote_language",
    "said_at", "event_time", "place_as_stated", "origin", "report_retracted", "credibility", "chain", "relations",
    "evidence", "damage_estimates", "weapon_counts", "supersedes", "note", "counts",
}  # fmt: skip


@pytest.fixture
def api():
    return Api()


def said(hours=0, **fields):
    moment = MORNING + hours * HOUR
    return ClaimFactory(said_earliest=moment, said_latest=moment, said_precision="minute", **fields)


def origins(account):
    return {one["key"]: (one["side"], one["claims"], one["documents"]) for one in account["origins"]}


def sides(account):
    return {
        side: [(claim["stance"], claim["counts"]) for claim in account[side]]
        for side in ("for", "against", "silent")
    }


def only(answer):
    (account,) = answer["propositions"]
    return account


# The shape -----------------------------------------------------------------------------------------------


def test_the_accounts_of_a_strike_have_the_shape_of_the_contract(api):
    claim = said()
    AssessmentFactory(proposition=claim.proposition, grade="fair", grade_basis="visual", author_role="editor")
    on_record(claim, *claim.proposition.assessments.all())
    strike = claim.proposition.strike
    answer = api(f"strikes/{strike.public_id}/accounts/")
    assert set(answer) == {"strike", "propositions"}
    assert set(answer["strike"]) == {"id", "url", "display", "kind", "local_date"}
    account = only(answer)
    assert set(account) == set(ACCOUNT)
    assert list(account["totals"]) == ["for", "against", "silent"]
    assert set(account["origins"][0]) == {"key", "side", "claims", "documents"}
    assert set(account["for"][0]) == CLAIM
    shown = api(f"claims/{claim.public_id}/")
    assert {**shown, "counts": True} == {**account["for"][0], "proposition": shown["proposition"]}
    assert {key: account["assessment"][key] for key in ("grade", "grade_basis", "author_role", "assessed_on")} == {
        "grade": "fair", "grade_basis": "visual", "author_role": "editor", "assessed_on": "2024-03-13",
    }  # fmt: skip


def test_the_same_is_there_for_whatever_propositions_are_about(api):
    facility, region, actor = FacilityFactory(), RegionFactory(), ActorFactory(kind="company")
    unit, strike = UnitFactory(facility=facility), StrikeFactory(facility=facility)
    about = {
        "facility": PropositionFactory(strike=None, facility=facility, text="It stands still."),
        "unit": PropositionFactory(strike=None, unit=unit, text="The unit stands still."),
        "actor": PropositionFactory(strike=None, actor=actor, topic="policy", text="It will pay."),
        "region": PropositionFactory(
            strike=None, region=region, topic="capacity", text="A tenth of the capacity is offline."
        ),
        "strike": PropositionFactory(strike=strike, text="The strike hit it."),
    }
    on_record(*(said(proposition=proposition) for proposition in about.values()))
    found = {
        name: {
            account["text"]
            for account in api(f"{row.collection}/{row.public_id}/accounts/")["propositions"]
        }
        for name, row in {
            "facility": facility, "unit": unit, "actor": actor, "region": region, "strike": strike
        }.items()
    }  # fmt: skip
    assert found.pop("facility") == {about[name].text for name in ("facility", "unit", "strike")}
    assert found == {name: {about[name].text} for name in found}
    for name, row in {"region": region, "actor": actor}.items():
        answer = api(f"{row.collection}/{row.public_id}/accounts/")
        assert set(answer) == {name, "propositions"}
        assert set(only(answer)) == set(ACCOUNT)
        assert only(answer)["subject"]["id"] == row.public_id


def test_topics_narrow_accounts(api):
    strike = StrikeFactory()
    for topic in ("damage", "fire", "cause"):
        said(proposition=PropositionFactory(strike=strike, topic=topic, text=topic))
    on_record(*Claim.objects.all())
    address = f"strikes/{strike.public_id}/accounts/"
    assert [one["topic"] for one in api(address)["propositions"]] == ["damage", "fire", "cause"]
    assert [one["topic"] for one in api(f"{address}?topic=fire,cause")["propositions"]] == ["fire", "cause"]
    api(f"{address}?topic=weather", status=400)
    api(f"{address}?stance=denies", status=400)


# Sides and origins ---------------------------------------------------------------------------------------


def test_every_side_is_there_and_each_claim_says_whether_it_counts(api):
    """One governor: destroyed on approach; it fell on the territory. One origin, on its newest side."""
    point = PropositionFactory(text="The drone was destroyed on approach.")
    governor = ActorFactory(public_id="governor")
    ministry = ActorFactory(public_id="ministry", kind="government_body")
    spokesman = ActorFactory(public_id="spokesman", affiliation=ministry)
    chief = ActorFactory(public_id="chief", affiliation=ministry)
    company = ActorFactory(public_id="company", kind="company")
    on_record(
        said(0, proposition=point, actor=governor),
        said(5, proposition=point, actor=governor, stance="denies"),
        said(1, proposition=point, actor=spokesman),
        said(2, proposition=point, actor=chief, stance="confirms"),
        said(3, proposition=point, actor=company, stance="declines_to_comment"),
        said(4, proposition=point, actor=company, stance="no_response"),
    )
    account = only(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert sides(account) == {
        "for": [("confirms", True), ("asserts", True), ("asserts", False)],
        "against": [("denies", True)],
        "silent": [("no_response", False), ("declines_to_comment", False)],
    }
    assert account["totals"] == {"for": 3, "against": 1, "silent": 2}
    assert origins(account) == {"governor": ("negative", 2, 2), "ministry": ("positive", 2, 2)}
    assert (account["dispute"], account["origins_for"], account["origins_against"]) == ("disputed", 1, 1)
    assert (account["documents"], account["rest"]) == (4, None)


def test_copies_are_documents_of_one_origin(api):
    agency = SourceFactory(voice__public_id="agency")
    first = ReportFactory(source=agency)
    point = PropositionFactory()
    claims = [ClaimFactory(proposition=point, report=first, actor=agency.voice)]
    for _ in range(3):
        copy = ReportFactory(derived_from=first)
        claims.append(ClaimFactory(proposition=point, report=copy, actor=copy.source.voice))
    on_record(*claims)
    account = only(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert origins(account) == {"agency": ("positive", 4, 4)}
    assert (account["dispute"], account["origins_for"], account["documents"]) == ("single_origin", 1, 4)
    assert {claim["origin"] for claim in account["for"]} == {"agency"}


def test_what_takes_back_is_silent_and_ends_its_side(api):
    point = PropositionFactory()
    speaker = ActorFactory(public_id="speaker")
    on_record(
        said(0, proposition=point, actor=speaker),
        said(1, proposition=point, actor=speaker, stance="retracts"),
    )
    address = f"strikes/{point.strike.public_id}/accounts/"
    account = only(api(address))
    assert sides(account) == {"for": [("asserts", False)], "against": [], "silent": [("retracts", False)]}
    assert account["totals"] == {"for": 1, "against": 0, "silent": 1}
    assert origins(account) == {"speaker": (None, 2, 2)}
    assert account["dispute"] == "unreported"
    on_record(said(2, proposition=fresh(point), actor=fresh(speaker), stance="denies"))
    account = only(api(address))
    assert sides(account) == {
        "for": [("asserts", False)],
        "against": [("denies", True)],
        "silent": [("retracts", False)],
    }


def test_a_retracted_report_stays_and_does_not_count(api):
    point = PropositionFactory()
    kept, gone = said(0, proposition=point), said(1, proposition=point)
    on_record(kept, gone)
    doors.amend(
        gone.report, add=[ReportNoticeFactory.build(report=None, kind="retraction", dated=MORNING + 9 * HOUR)]
    )
    account = only(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert [(claim["id"], claim["report_retracted"], claim["counts"]) for claim in account["for"]] == [
        (gone.public_id, True, False),
        (kept.public_id, False, True),
    ]
    assert (account["totals"]["for"], account["documents"], account["dispute"]) == (2, 1, "single_origin")
    assert origins(account) == {kept.actor.public_id: ("positive", 1, 1)}


def test_rivals_stand_under_their_open_question_which_counts_each_origin_once(api):
    strike = StrikeFactory()
    who = PropositionFactory(strike=strike, topic="responsibility", text="Who did it?", open=True)
    x, y = (
        PropositionFactory(strike=strike, topic="responsibility", text=text, answers=who)
        for text in ("X did it.", "Y did it.")
    )
    fire = PropositionFactory(strike=strike, topic="fire", text="It burned.")
    actor = ActorFactory(public_id="ministry")
    report = ReportFactory()
    on_record(
        said(0, proposition=who, stance="does_not_attribute"),
        said(1, proposition=x, actor=actor, report=report),
        said(2, proposition=y, actor=actor, report=report),
        said(3, proposition=y, actor=actor),
        said(0, proposition=fire),
    )
    accounts = api(f"strikes/{strike.public_id}/accounts/")["propositions"]
    question = next(one for one in accounts if one["open"])
    at = accounts.index(question)
    rivals = accounts[at + 1 : at + 3]
    assert {one["text"] for one in rivals} == {"X did it.", "Y did it."}
    assert {one["answers"] for one in rivals} == {question["id"]}
    assert [one["stance"] for one in question["silent"]] == ["does_not_attribute"]
    assert (question["for"], question["against"]) == ([], [])
    assert (question["dispute"], question["origins_for"], question["documents"]) == ("disputed", 1, 2)
    assert origins(question) == {"ministry": ("positive", 3, 2)}


def test_a_relation_of_one_origin_decides_its_side_before_time_does(api):
    point = PropositionFactory()
    actor = ActorFactory()
    early = on_record(
        said(0, proposition=point, actor=actor, stance="denies"), said(5, proposition=point, actor=actor)
    )
    late = Claim.objects.get(stance="asserts")
    doors.amend(early, add=[ClaimRelation(kind="corrects", other=late)])
    account = only(api(f"strikes/{fresh(point).strike.public_id}/accounts/"))
    assert account["dispute"] == "denied"
    assert sides(account) == {"for": [("asserts", False)], "against": [("denies", True)], "silent": []}


# Assessments ---------------------------------------------------------------------------------------------


def test_the_newest_assessment_is_shown_and_each_revision_keeps_its_own(api):
    claim = on_record(said())
    address = f"strikes/{claim.proposition.strike.public_id}/accounts/"
    assert only(api(address))["assessment"] is None

    def assess(grade, day, role="editor"):
        row = AssessmentFactory(
            proposition=fresh(claim.proposition), grade=grade, grade_basis="operator", author_role=role,
            assessed_on=date(2024, 3, day), reason=f"It is {grade}.",
        )  # fmt: skip
        return on_record(row)

    first = assess("weak", 13)
    then = first.published_rev.at.isoformat().replace("+00:00", "Z")
    newer = assess("confirmed", 20, "chief editor")
    assess("contested", 15)
    shown = only(api(address))["assessment"]
    assert (shown["id"], shown["grade"], shown["author_role"]) == (
        newer.public_id,
        "confirmed",
        "chief editor",
    )
    assert only(api(f"{address}?as_of={then}"))["assessment"]["id"] == first.public_id
    assert only(api(f"{address}?known_at=2024-03-13"))["assessment"]["id"] == newer.public_id
    assert api("propositions/?grade=confirmed")["count"] == api("strikes/?grade=confirmed")["count"] == 1
    assert api("propositions/?grade=weak")["count"] == 0
    assert api(f"propositions/?grade=weak&as_of={then}")["count"] == 1
    assert api("strikes/?facets=grade,grade_basis")["facets"] == {
        "grade": [{"value": "confirmed", "count": 1}],
        "grade_basis": [{"value": "operator", "count": 1}],
    }
    assert "user" not in str(only(api(address))["assessment"])


# Totals and the rest -------------------------------------------------------------------------------------


def clone(claim, size, **changes):
    """Many more public claims like one, put there at once: the doors would take minutes."""
    fields = {
        name.attname: getattr(claim, name.attname)
        for name in Claim._meta.concrete_fields
        if name.attname not in ("id", "public_id", "lineage", "lineage_from")
    }
    first = Claim.objects.count()
    rows = Claim.objects.bulk_create(
        Claim(**{**fields, **changes}, public_id=f"clm_{first + n:012d}") for n in range(size)
    )
    key = ClaimOrigin.objects.get(claim=claim).key
    ClaimOrigin.objects.bulk_create(
        ClaimOrigin(claim=row, key=key, from_rev_id=Ledger.head().n) for row in rows
    )
    return rows


def test_totals_are_exact_and_the_rest_is_a_link_away(api):
    claim = on_record(said(1))
    clone(claim, 51, sort_at=claim.sort_at - HOUR)
    clone(claim, 50, stance="denies")
    clone(claim, 70, stance="no_response")
    (newest,) = clone(claim, 1, sort_at=claim.sort_at + HOUR)
    strike = claim.proposition.strike.public_id
    account = only(api(f"strikes/{strike}/accounts/"))
    assert account["totals"] == {"for": 53, "against": 50, "silent": 70}
    assert {side: len(account[side]) for side in ("for", "against", "silent")} == dict.fromkeys(
        ("for", "against", "silent"), 50
    )
    assert [one["id"] for one in account["for"][:2]] == [newest.public_id, claim.public_id]
    assert [one["id"] for one in account["silent"]] == sorted(one["id"] for one in account["silent"])
    assert api(account["rest"])["count"] == 173
    past = f"as_of={claim.published_rev.at.isoformat().replace('+00:00', 'Z')}&known_at=2024-03-12T08:00:00Z"
    account = only(api(f"strikes/{strike}/accounts/?{past}"))
    assert api(account["rest"])["count"] == sum(account["totals"].values()) == 173
    assert "known_at=" in account["rest"]
    assert "as_of=" in account["rest"]


def test_fifty_of_each_side_are_all(api):
    claim = on_record(said())
    clone(claim, 49)
    account = only(api(f"strikes/{claim.proposition.strike.public_id}/accounts/"))
    assert (len(account["for"]), account["rest"]) == (50, None)


@pytest.mark.parametrize("query", one_in(2, ["", "?known_at=2024-04-01"]))
def test_five_claims_and_five_thousand_take_the_same_number_of_queries(api, query, django_assert_num_queries):
    claim = said()
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    ClaimEvidenceFactory(claim=claim)
    claim = on_record(claim, *(link.evidence for link in claim.evidence_links.all()))
    clone(claim, 3)
    clone(claim, 1, stance="denies")
    strike = claim.proposition.strike.public_id
    fixed = 41 if query else 26
    with django_assert_num_queries(fixed):
        api(f"strikes/{strike}/accounts/{query}")
    clone(claim, 4000, sort_at=claim.sort_at - HOUR)
    clone(claim, 995, stance="denies")
    with django_assert_num_queries(fixed):
        answer = api(f"strikes/{strike}/accounts/{query or '?'}&topic=damage")
    assert only(answer)["totals"] == {"for": 4004, "against": 996, "silent": 0}


def test_more_than_one_answer_can_show_is_refused(api, monkeypatch):
    strike = StrikeFactory()
    for topic in ("damage", "fire"):
        said(proposition=PropositionFactory(strike=strike, topic=topic))
    on_record(*Claim.objects.all())
    address = f"strikes/{strike.public_id}/accounts/"
    monkeypatch.setattr("strikes.views.MOST_CLAIMS", 1)
    problem = api(address, status=400)
    assert [(one["parameter"], one["code"]) for one in problem["errors"]] == [("topic", "too_much")]
    assert len(api(f"{address}?topic=fire")["propositions"]) == 1
    monkeypatch.setattr("strikes.views.MOST_CLAIMS", 5000)
    monkeypatch.setattr("strikes.views.MOST_ACCOUNTS", 1)
    assert api(f"{address}?topic=fire,damage", status=400)["errors"][0]["code"] == "too_much"


# What is not public --------------------------------------------------------------------------------------


def test_nothing_unpublished_is_seen_or_counted_by_any_path(api):
    facility, region, actor = FacilityFactory(), RegionFactory(), ActorFactory(kind="company")
    unit, strike = UnitFactory(facility=facility), StrikeFactory(facility=facility)
    points = {
        "strike": PropositionFactory(strike=strike),
        "facility": PropositionFactory(strike=None, facility=facility),
        "unit": PropositionFactory(strike=None, unit=unit),
        "actor": PropositionFactory(strike=None, actor=actor),
        "region": PropositionFactory(strike=None, region=region),
    }
    question = PropositionFactory(strike=strike, open=True, text="Who?")
    claims = [said(proposition=point) for point in points.values()]
    on_record(*claims, question)
    claims = [fresh(claim) for claim in claims]
    paths = [
        f"{row.collection}/{row.public_id}/accounts/" for row in (strike, facility, unit, actor, region)
    ] + [
        f"strikes/{strike.public_id}/", "strikes/?facets=dispute,grade,grade_basis,min_origins,own",
        "propositions/?facets=dispute,grade,grade_basis,min_origins,own", "strikes/?known_at=2024-04-01&facets=dispute",
        f"claims/{claims[0].public_id}/thread/", f"reports/{claims[0].report.public_id}/dependants/",
        *(f"strikes/?{word}" for word in ("dispute=disputed", "min_origins=2", "grade=confirmed", "own=true")),
    ]  # fmt: skip
    before = [api(path) for path in paths]
    for claim in claims:
        point = fresh(claim.proposition)
        draft = ClaimFactory(proposition=point, stance="denies")
        ClaimFactory(proposition=point, actor=claim.actor, said_earliest=MORNING + 9 * HOUR,
                     said_latest=MORNING + 9 * HOUR, said_precision="minute", stance="denies")  # fmt: skip
        ClaimRelationFactory(claim=draft, other=claim)
        ClaimEvidenceFactory(claim=claim)
        DamageEstimateFactory(claim=claim, comparator="exactly", low=9, best=9, high=9)
        WeaponCountFactory(claim=claim)
        ReportNoticeFactory(report=claim.report, kind="retraction")
        ReportFactory(derived_from=claim.report)
        AssessmentFactory(proposition=point, grade="confirmed", grade_basis="visual")
    ClaimRelationFactory(claim=claims[0], other=claims[1], kind="repeats")
    PropositionFactory(strike=strike, text="A draft.")
    ClaimFactory(proposition=PropositionFactory(strike=strike, answers=question, text="X."))
    ClaimFactory(proposition=fresh(question), stance="no_response")
    assert [api(path) for path in paths] == before


# A strike in short ---------------------------------------------------------------------------------------


def summary_of(api, strike, query=""):
    row = api(f"strikes/{strike.public_id}/{query}")
    (listed,) = [one for one in api(f"strikes/{query}")["results"] if one["id"] == strike.public_id]
    assert listed["summary"] == row["summary"]
    return row["summary"]


def test_a_summary_counts_claims_documents_origins_and_states(api):
    strike = StrikeFactory()
    hit, burned, silent = (
        PropositionFactory(strike=strike, text=text) for text in ("Hit.", "Burned.", "Closed.")
    )
    report, ministry = ReportFactory(), ActorFactory(kind="government_body")
    on_record(
        said(0, proposition=hit, report=report, actor=ministry),
        said(1, proposition=burned, report=report, actor=ministry, stance="denies"),
        said(1, proposition=burned, report=report),
        said(2, proposition=hit, actor=ActorFactory(affiliation=ministry)),
        said(2, proposition=silent, stance="declines_to_comment"),
        said(2, proposition=PropositionFactory()),
    )
    summary = summary_of(api, strike)
    assert list(summary) == ["claims", "documents", "origins", "propositions", "capacity_offline"]
    assert (summary["claims"], summary["documents"], summary["origins"]) == (5, 3, 2)
    assert summary["propositions"] == {
        "unreported": 1, "single_origin": 1, "agreed": 0, "denied": 0, "disputed": 1,
    }  # fmt: skip
    assert summary["capacity_offline"] == []
    assert summary_of(api, strike, "?known_at=2024-03-12T06:00:00Z")["claims"] == 1


PERCENT = {"unit_of_measure": "percent", "metric": "capacity_offline"}
HALF = {"comparator": "at_least", "low": 50}


def offline(strike, subject=None, hours=0, stance="estimates", **numbers):
    point = PropositionFactory(strike=strike, topic="capacity", **(subject or {}))
    claim = said(hours, proposition=point, stance=stance)
    DamageEstimateFactory(claim=claim, **{**PERCENT, "denominator": "facility_capacity", **numbers})
    return claim


def bounds(summary):
    return [(one["low"], one["high"], len(one["claims"])) for one in summary["capacity_offline"]]


def test_at_least_half_is_never_a_half(api):
    strike = StrikeFactory()
    claim = on_record(offline(strike, **HALF))
    (one,) = summary_of(api, strike)["capacity_offline"]
    assert (one["low"], one["high"], one["claims"]) == (50, None, [claim.public_id])
    assert set(one) == {
        "subject", "metric", "unit_of_measure", "denominator", "denominator_as_stated", "basis", "scope",
        "excludes", "low", "high", "claims",
    }  # fmt: skip


def test_the_widest_bounds_of_what_was_said_alike(api):
    strike = StrikeFactory()
    unit = {"unit": UnitFactory(facility=strike.facility)}
    on_record(
        offline(strike, unit, 0, comparator="exactly", low=30, best=30, high=30),
        offline(strike, unit, 1, comparator="approximately", best=60),
        offline(strike, unit, 2, comparator="range", low=40, high=55),
        offline(strike, unit, 3, comparator="exactly", low=99, best=99, high=99, stance="denies"),
    )
    summary = summary_of(api, strike)
    assert bounds(summary) == [(30, 60, 3)]
    assert summary["capacity_offline"][0]["subject"]["id"] == unit["unit"].public_id
    assert bounds(summary_of(api, strike, "?known_at=2024-03-12T06:30:00Z")) == [(30, 30, 1)]
    on_record(offline(fresh(strike), {"unit": fresh(unit["unit"])}, 4, **HALF))
    assert bounds(summary_of(api, strike)) == [(30, None, 4)]


@pytest.mark.parametrize(
    "difference",
    [
        {"denominator": "country_capacity"},
        {"metric": "output_halted"},
        {"unit_of_measure": "kbbl_per_day", "denominator": None},
        {"basis": "nameplate"},
        {"scope": "the primary units only"},
        {"excludes": "what was idle before"},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_numbers_that_are_not_alike_are_never_one_range(api, difference):
    strike = StrikeFactory()
    on_record(
        offline(strike, comparator="exactly", low=7, best=7, high=7),
        offline(strike, comparator="exactly", low=14, best=14, high=14, hours=1, **difference),
    )
    assert bounds(summary_of(api, strike)) == [(7, 7, 1), (14, 14, 1)]


def test_shares_of_different_units_or_of_things_named_in_words_are_never_one_range(api):
    strike = StrikeFactory()
    first, second = (UnitFactory(facility=strike.facility) for _ in range(2))
    exactly = {"comparator": "exactly", "low": 10, "best": 10, "high": 10}
    on_record(
        offline(strike, {"unit": first}, **exactly),
        offline(strike, {"unit": second}, hours=1, **exactly),
        offline(strike, hours=2, denominator="other", denominator_as_stated="of the tanks", **exactly),
        offline(strike, hours=3, denominator="other", denominator_as_stated="of the pumps", **exactly),
    )
    assert bounds(summary_of(api, strike)) == [(10, 10, 1)] * 4


def test_a_stated_part_and_a_retracted_report_are_in_no_range(api):
    strike = StrikeFactory()
    whole = offline(strike, comparator="exactly", low=70, best=70, high=70)
    DamageEstimateFactory(
        claim=whole, part_of=whole.damage_estimates.get(), comparator="exactly", low=20, best=20, high=20,
        denominator="facility_capacity", **PERCENT,
    )  # fmt: skip
    false = offline(strike, comparator="exactly", low=100, best=100, high=100)
    on_record(whole, false)
    assert bounds(summary_of(api, strike)) == [(70, 100, 2)]
    doors.amend(false.report, add=[ReportNoticeFactory.build(report=None, kind="retraction", dated=MORNING)])
    assert bounds(summary_of(api, strike)) == [(70, 70, 1)]


def test_open_ends_and_words_without_a_number_leave_the_bounds_open():
    def number(comparator, low=None, best=None, high=None, or_more=False):
        values = (None if value is None else Decimal(value) for value in (low, best, high))
        return DamageEstimateFactory.build(
            claim=None,
            comparator=comparator,
            or_more=or_more,
            **dict(zip(("low", "best", "high"), values, strict=True)),
        )

    half, about = number("at_least", 50), number("approximately", None, 60)
    almost, most = number("almost", None, 75, 75), number("at_most", None, None, 80)
    months = number("range", 6, None, 24, or_more=True)
    assert widest([half]) == (50, None)
    assert widest([about]) == (60, 60)
    assert widest([almost]) == (None, 75)
    assert widest([half, about]) == (50, None)
    assert widest([about, most]) == (None, 80)
    assert widest([months]) == (6, None)
    assert widest([about, number("vague")]) == (None, None)


def test_summaries_take_a_fixed_number_of_queries(api, django_assert_num_queries):
    on_record(offline(StrikeFactory(), **HALF))
    with django_assert_num_queries(11):
        api("strikes/?ordering=id")
    on_record(*(offline(StrikeFactory(), **HALF) for _ in range(10)))
    with django_assert_num_queries(11):
        assert api("strikes/?ordering=-id")["count"] == 11


# Filters -------------------------------------------------------------------------------------------------


@pytest.fixture
def standings():
    """Strikes and their points at issue by how they stand: one of each state."""
    found = {}

    def point(name, *stances, actors=()):
        strike = StrikeFactory(public_id=f"2024-03-12-{name.replace('_', '-')}")
        row = PropositionFactory(strike=strike, text=name)
        speakers = [*actors, *(ActorFactory() for _ in stances)]
        claims = [said(n, proposition=row, stance=s, actor=speakers[n]) for n, s in enumerate(stances)]
        on_record(*claims, row)
        found[name] = row

    point("unreported", "no_response")
    point("single_origin", "asserts")
    point("agreed", "asserts", "confirms", "reports")
    point("denied", "denies")
    point("disputed", "asserts", "denies")
    return found


@pytest.mark.parametrize("then", ["", "&known_at=2024-03-13"])
@pytest.mark.parametrize("collection", one_in(3, ["propositions", "strikes", "claims"]))
def test_the_word_dispute_finds_what_stands_so(api, standings, collection, then):
    for state, row in standings.items():
        found = api(f"{collection}/?dispute={state}{then}")["results"]
        if collection == "propositions":
            assert [(one["id"], one["dispute"]) for one in found] == [(row.public_id, state)]
        elif collection == "strikes":
            assert [one["id"] for one in found] == [row.strike.public_id]
        else:
            assert {one["proposition"]["id"] for one in found} == {row.public_id}
    assert api(f"{collection}/?dispute=agreed,denied{then}")["count"] == (4 if collection == "claims" else 2)


@pytest.mark.parametrize("then", ["", "&known_at=2024-03-13"])
def test_min_origins_counts_the_side_that_is_for_it(api, standings, then):
    for least, names in {
        1: {"single_origin", "agreed", "disputed"},
        2: {"agreed"},
        3: {"agreed"},
        4: set(),
    }.items():
        found = api(f"propositions/?min_origins={least}{then}")["results"]
        assert {row["text"] for row in found} == names
        assert {row["id"] for row in api(f"strikes/?min_origins={least}{then}")["results"]} == {
            standings[name].strike.public_id for name in names
        }
    assert api(f"propositions/?min_origins=2&dispute=disputed{then}")["count"] == 0


@pytest.mark.parametrize("then", ["", "&known_at=2024-03-13"])
@pytest.mark.parametrize("collection", one_in(2, ["propositions", "strikes"]))
def test_facets_count_how_things_stand(api, standings, collection, then):
    facets = api(f"{collection}/?facets=dispute,min_origins{then}")["facets"]
    assert {one["value"]: one["count"] for one in facets["dispute"]} == dict.fromkeys(standings, 1)
    assert {one["value"]: one["count"] for one in facets["min_origins"]} == {"0": 2, "1": 2, "3": 1}
    narrowed = api(f"{collection}/?dispute=agreed&facets=dispute{then}")["facets"]["dispute"]
    assert narrowed == [{"value": "agreed", "count": 1}]


def test_states_come_from_what_is_kept_and_not_from_a_scan(api, standings):
    PropositionState.objects.filter(proposition=standings["agreed"], to_rev=None).update(state="denied")
    assert api("propositions/?dispute=denied")["count"] == 2
    assert api("strikes/?dispute=agreed")["count"] == 0
    facet = api("propositions/?facets=dispute")["facets"]["dispute"]
    assert {one["value"]: one["count"] for one in facet}["denied"] == 2


def test_own_is_what_is_said_of_the_speakers_own_deed(api):
    army = ActorFactory(kind="armed_force")
    strike = StrikeFactory()
    deed = PropositionFactory(strike=strike, actor=army, topic="responsibility")
    admits = said(proposition=deed, actor=ActorFactory(affiliation=army), stance="confirms")
    other = said(proposition=deed)
    elsewhere = said(proposition=PropositionFactory())
    on_record(admits, other, elsewhere)
    assert [row["id"] for row in api("claims/?own=true")["results"]] == [admits.public_id]
    assert {row["id"] for row in api("claims/?own=false")["results"]} == {
        other.public_id,
        elsewhere.public_id,
    }
    assert [row["id"] for row in api("strikes/?own=true")["results"]] == [strike.public_id]
    for collection in ("strikes", "propositions"):
        facet = api(f"{collection}/?facets=own")["facets"]["own"]
        assert {one["value"]: one["count"] for one in facet} == {"true": 1, "false": 1}
    assert api("strikes/?own=true&known_at=2024-03-11")["count"] == 0


def test_a_bound_under_known_at_is_kept_by_narrowing(api, standings, monkeypatch):
    monkeypatch.setattr("strikes.standing.MOST_CLAIMS", 3)
    for address in ("propositions/?dispute=agreed", "strikes/?facets=dispute", "claims/?min_origins=1"):
        problem = api(f"{address}&known_at=2024-03-13", status=400)
        assert [(one["parameter"], one["code"]) for one in problem["errors"]] == [("known_at", "too_much")]
        assert "narrow it" in problem["detail"]
        assert api(address)["count"]
    agreed = standings["agreed"].strike.public_id
    for address in (
        f"propositions/?strike={agreed}&dispute=agreed",
        f"strikes/?strike={agreed}&dispute=agreed",
        f"strikes/?strike={agreed}&facets=dispute",
        f"strikes/?strike={agreed}&actor={Claim.objects.filter(proposition=standings['agreed'])[0].actor.public_id}"
        "&min_origins=3",
    ):
        assert api(f"{address}&known_at=2024-03-13")["count"] == 1


def test_a_withdrawn_strike_takes_its_accounts_with_it(api):
    claim = on_record(said())
    strike = claim.proposition.strike
    doors.withdraw(strike, reason=WithdrawalReason.OUT_OF_SCOPE, along=True)
    api(f"strikes/{strike.public_id}/accounts/", status=410)
    then = claim.published_rev.at.isoformat().replace("+00:00", "Z")
    assert only(api(f"strikes/{strike.public_id}/accounts/?as_of={then}"))["totals"]["for"] == 1
    api("strikes/never-was/accounts/", status=404)
    api(f"strikes/{StrikeFactory().public_id}/accounts/", status=404)
