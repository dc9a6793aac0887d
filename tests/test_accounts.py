"""Accounts and summaries: every side, exact totals, origins explained, and nothing that is not public."""

from datetime import date

import pytest

from record import publishing
from strikes.models import Claim, ClaimOrigin, ClaimRelation
from tests.account_sides import HOUR, claim_at_hour, only_account, origins_of, sides_of
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
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db

ACCOUNT = [
    "id",
    "topic",
    "text",
    "strike",
    "subject",
    "open",
    "answers",
    "dispute",
    "origins_for",
    "origins_against",
    "origins_forecasting",
    "documents",
    "explanation",
    "would_change",
    "rank",
    "assessment",
    "origins",
    "totals",
    "rest",
    "for",
    "against",
    "forecasts",
    "silent",
]
CLAIM = {
    "id",
    "url",
    "display",
    "recorded_at",
    "revision",
    "report",
    "position",
    "part",
    "actor",
    "actor_as_stated",
    "stance",
    "polarity",
    "certainty",
    "attribution",
    "speakers_stated",
    "statement",
    "quote",
    "quote_language",
    "said_at",
    "disclosed_at",
    "event_time",
    "place_as_stated",
    "origin",
    "counts",
    "not_counted_because",
    "is_permanent",
    "is_status",
    "report_issued_later",
    "report_retracted",
    "retracted_through",
    "credibility",
    "chain",
    "relations",
    "evidence",
    "damage_estimates",
    "weapon_counts",
    "supersedes",
    "note",
}


# The shape -----------------------------------------------------------------------------------------------


def test_the_accounts_of_a_strike_have_the_shape_of_the_contract(api):
    claim = claim_at_hour()
    AssessmentFactory(proposition=claim.proposition, grade="fair", grade_basis="visual", author_role="editor")
    on_record(claim, *claim.proposition.assessments.all())
    strike = claim.proposition.strike
    answer = api(f"strikes/{strike.public_id}/accounts/")
    assert set(answer) == {"strike", "propositions"}
    assert set(answer["strike"]) == {"id", "url", "display", "kind", "local_date"}
    account = only_account(answer)
    assert set(account) == set(ACCOUNT)
    assert list(account["totals"]) == ["for", "against", "forecasts", "silent"]
    assert set(account["origins"][0]) == {"key", "side", "claims", "documents", "speakers"}
    assert set(account["origins"][0]["speakers"][0]) == {"id", "url", "display", "kind", "counts"}
    assert set(account["for"][0]) == CLAIM
    shown = api(f"claims/{claim.public_id}/")
    assert shown == {**account["for"][0], "proposition": shown["proposition"]}
    assert {
        key: account["assessment"][key] for key in ("grade", "grade_basis", "author_role", "assessed_on")
    } == {"grade": "fair", "grade_basis": "visual", "author_role": "editor", "assessed_on": "2024-03-13"}


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
    on_record(*(claim_at_hour(proposition=proposition) for proposition in about.values()))
    found = {
        name: {
            account["text"] for account in api(f"{row.collection}/{row.public_id}/accounts/")["propositions"]
        }
        for name, row in {
            "facility": facility,
            "unit": unit,
            "actor": actor,
            "region": region,
            "strike": strike,
        }.items()
    }
    assert found.pop("facility") == {about[name].text for name in ("facility", "unit", "strike")}
    assert found == {name: {about[name].text} for name in found}
    for name, row in {"region": region, "actor": actor}.items():
        answer = api(f"{row.collection}/{row.public_id}/accounts/")
        assert set(answer) == {name, "propositions"}
        assert set(only_account(answer)) == set(ACCOUNT)
        assert only_account(answer)["subject"]["id"] == row.public_id


def test_topics_narrow_accounts(api):
    strike = StrikeFactory()
    for topic in ("damage", "fire", "cause"):
        claim_at_hour(proposition=PropositionFactory(strike=strike, topic=topic, text=topic))
    on_record(*Claim.objects.all())
    address = f"strikes/{strike.public_id}/accounts/"
    topics = [proposition["topic"] for proposition in api(address)["propositions"]]
    assert set(topics[:2]) == {"damage", "fire"}
    assert topics[2:] == ["cause"]
    assert [proposition["topic"] for proposition in api(f"{address}?topic=fire,cause")["propositions"]] == [
        "fire",
        "cause",
    ]
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
        claim_at_hour(0, proposition=point, actor=governor),
        claim_at_hour(5, proposition=point, actor=governor, stance="denies"),
        claim_at_hour(1, proposition=point, actor=spokesman),
        claim_at_hour(2, proposition=point, actor=chief, stance="confirms"),
        claim_at_hour(3, proposition=point, actor=company, stance="declines_to_comment"),
        claim_at_hour(4, proposition=point, actor=company, stance="no_response"),
    )
    account = only_account(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert sides_of(account) == {
        "for": [("confirms", True), ("asserts", True), ("asserts", False)],
        "against": [("denies", True)],
        "silent": [("no_response", False), ("declines_to_comment", False)],
    }
    assert account["totals"] == {"for": 3, "against": 1, "forecasts": 0, "silent": 2}
    assert origins_of(account) == {"governor": ("negative", 1, 1), "ministry": ("positive", 2, 2)}
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
    account = only_account(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert origins_of(account) == {"agency": ("positive", 4, 4)}
    assert (account["dispute"], account["origins_for"], account["documents"]) == ("single_origin", 1, 4)
    assert {claim["origin"] for claim in account["for"]} == {"agency"}


def test_what_takes_back_is_silent_and_ends_its_side(api):
    point = PropositionFactory()
    speaker = ActorFactory(public_id="speaker")
    on_record(
        claim_at_hour(0, proposition=point, actor=speaker),
        claim_at_hour(1, proposition=point, actor=speaker, stance="retracts"),
    )
    address = f"strikes/{point.strike.public_id}/accounts/"
    account = only_account(api(address))
    assert sides_of(account) == {"for": [("asserts", False)], "against": [], "silent": [("retracts", False)]}
    assert account["totals"] == {"for": 1, "against": 0, "forecasts": 0, "silent": 1}
    assert origins_of(account) == {"speaker": (None, 2, 2)}
    assert account["dispute"] == "unreported"
    on_record(claim_at_hour(2, proposition=fresh(point), actor=fresh(speaker), stance="denies"))
    account = only_account(api(address))
    assert sides_of(account) == {
        "for": [("asserts", False)],
        "against": [("denies", True)],
        "silent": [("retracts", False)],
    }


def test_a_retracted_report_stays_and_does_not_count(api):
    point = PropositionFactory()
    kept, gone = claim_at_hour(0, proposition=point), claim_at_hour(1, proposition=point)
    on_record(kept, gone)
    publishing.amend(
        gone.report, add=[ReportNoticeFactory.build(report=None, kind="retraction", dated=MORNING + 9 * HOUR)]
    )
    account = only_account(api(f"strikes/{point.strike.public_id}/accounts/"))
    assert [(claim["id"], claim["report_retracted"], claim["counts"]) for claim in account["for"]] == [
        (gone.public_id, True, False),
        (kept.public_id, False, True),
    ]
    assert (account["totals"]["for"], account["documents"], account["dispute"]) == (2, 1, "single_origin")
    assert origins_of(account) == {kept.actor.public_id: ("positive", 1, 1)}


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
        claim_at_hour(0, proposition=who, stance="does_not_attribute"),
        claim_at_hour(1, proposition=x, actor=actor, report=report),
        claim_at_hour(2, proposition=y, actor=actor, report=report),
        claim_at_hour(3, proposition=y, actor=actor),
        claim_at_hour(0, proposition=fire),
    )
    accounts = api(f"strikes/{strike.public_id}/accounts/")["propositions"]
    question = accounts[0]  # it is disputed
    assert question["open"]
    rivals = {account["text"] for account in accounts if account["answers"] == question["id"]}
    assert rivals == {"X did it.", "Y did it."}
    assert [one["stance"] for one in question["silent"]] == ["does_not_attribute"]
    assert (question["for"], question["against"]) == ([], [])
    assert (question["dispute"], question["origins_for"], question["documents"]) == ("disputed", 1, 2)
    assert origins_of(question) == {"ministry": ("positive", 3, 2)}


def test_a_relation_of_one_origin_decides_its_side_before_time_does(api):
    point = PropositionFactory()
    actor = ActorFactory()
    early = on_record(
        claim_at_hour(0, proposition=point, actor=actor, stance="denies"),
        claim_at_hour(5, proposition=point, actor=actor),
    )
    late = Claim.objects.get(stance="asserts")
    publishing.amend(early, add=[ClaimRelation(kind="corrects", other=late)])
    account = only_account(api(f"strikes/{fresh(point).strike.public_id}/accounts/"))
    assert account["dispute"] == "denied"
    assert sides_of(account) == {"for": [("asserts", False)], "against": [("denies", True)], "silent": []}


# Assessments ---------------------------------------------------------------------------------------------


def test_the_newest_assessment_is_shown_and_each_revision_keeps_its_own(api):
    claim = on_record(claim_at_hour())
    address = f"strikes/{claim.proposition.strike.public_id}/accounts/"
    assert only_account(api(address))["assessment"] is None

    def assess(grade, day, role="editor"):
        row = AssessmentFactory(
            proposition=fresh(claim.proposition),
            grade=grade,
            grade_basis="operator",
            author_role=role,
            assessed_on=date(2024, 3, day),
            reason=f"It is {grade}.",
        )
        return on_record(row)

    first = assess("weak", 13)
    then = first.published_rev.at.isoformat().replace("+00:00", "Z")
    newer = assess("confirmed", 20, "chief editor")
    assess("contested", 15)
    shown = only_account(api(address))["assessment"]
    assert (shown["id"], shown["grade"], shown["author_role"]) == (
        newer.public_id,
        "confirmed",
        "chief editor",
    )
    assert only_account(api(f"{address}?as_of={then}"))["assessment"]["id"] == first.public_id
    assert only_account(api(f"{address}?known_at=2024-03-13"))["assessment"]["id"] == newer.public_id
    assert api("propositions/?grade=confirmed")["count"] == api("strikes/?grade=confirmed")["count"] == 1
    assert api("propositions/?grade=weak")["count"] == 0
    assert api(f"propositions/?grade=weak&as_of={then}")["count"] == 1
    assert api("strikes/?facets=grade,grade_basis")["facets"] == {
        "grade": [{"value": "confirmed", "count": 1}],
        "grade_basis": [{"value": "operator", "count": 1}],
    }
    assert "user" not in str(only_account(api(address))["assessment"])


# Totals and the rest -------------------------------------------------------------------------------------


def clone(claim, size, **changes):
    """Many more public claims like one, put there at once: the publishing functions would take minutes."""
    fields = {
        name.attname: getattr(claim, name.attname)
        for name in Claim._meta.concrete_fields
        if name.attname not in ("id", "public_id", "lineage", "lineage_from")
    }
    first = Claim.objects.count()
    rows = Claim.objects.bulk_create(
        Claim(**{**fields, **changes}, public_id=f"clm_{first + n:012d}") for n in range(size)
    )
    origin = ClaimOrigin.objects.values(*(f.attname for f in ClaimOrigin._meta.fields)).get(claim=claim)
    copied = {name: value for name, value in origin.items() if name not in ("id", "claim_id")}
    ClaimOrigin.objects.bulk_create(ClaimOrigin(**copied, claim=row) for row in rows)
    return rows


def test_totals_are_exact_and_the_rest_is_a_link_away(api):
    claim = on_record(claim_at_hour(1))
    clone(claim, 51, sort_at=claim.sort_at - HOUR)
    clone(claim, 50, stance="denies")
    clone(claim, 70, stance="no_response")
    (newest,) = clone(claim, 1, sort_at=claim.sort_at + HOUR)
    strike = claim.proposition.strike.public_id
    account = only_account(api(f"strikes/{strike}/accounts/"))
    assert account["totals"] == {"for": 53, "against": 50, "forecasts": 0, "silent": 70}
    assert {side: len(account[side]) for side in ("for", "against", "silent")} == dict.fromkeys(
        ("for", "against", "silent"), 50
    )
    assert [one["id"] for one in account["for"][:2]] == [newest.public_id, claim.public_id]
    assert [one["id"] for one in account["silent"]] == sorted(one["id"] for one in account["silent"])
    assert api(account["rest"])["count"] == 173
    past = f"as_of={claim.published_rev.at.isoformat().replace('+00:00', 'Z')}&known_at=2024-03-12T08:00:00Z"
    account = only_account(api(f"strikes/{strike}/accounts/?{past}"))
    assert api(account["rest"])["count"] == sum(account["totals"].values()) == 173
    assert "known_at=" in account["rest"]
    assert "as_of=" in account["rest"]


def test_fifty_of_each_side_are_all(api):
    claim = on_record(claim_at_hour())
    clone(claim, 49)
    account = only_account(api(f"strikes/{claim.proposition.strike.public_id}/accounts/"))
    assert (len(account["for"]), account["rest"]) == (50, None)


@pytest.mark.parametrize("query", one_in(2, ["", "?known_at=2024-04-01"]))
def test_five_claims_and_five_thousand_take_the_same_number_of_queries(api, query, django_assert_num_queries):
    claim = claim_at_hour()
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    ClaimEvidenceFactory(claim=claim)
    claim = on_record(claim, *(link.evidence for link in claim.evidence_links.all()))
    clone(claim, 3)
    clone(claim, 1, stance="denies")
    strike = claim.proposition.strike.public_id
    # More for an account than for a list: the origins are explained, with everybody who speaks for them.
    fixed = 77 if query else 35
    with django_assert_num_queries(fixed):
        api(f"strikes/{strike}/accounts/{query}")
    clone(claim, 4000, sort_at=claim.sort_at - HOUR)
    clone(claim, 995, stance="denies")
    with django_assert_num_queries(fixed):
        answer = api(f"strikes/{strike}/accounts/{query or '?'}&topic=damage")
    assert only_account(answer)["totals"] == {"for": 4004, "against": 996, "forecasts": 0, "silent": 0}


def test_more_than_one_answer_can_show_is_refused(api, monkeypatch):
    strike = StrikeFactory()
    for topic in ("damage", "fire"):
        claim_at_hour(proposition=PropositionFactory(strike=strike, topic=topic))
    on_record(*Claim.objects.all())
    address = f"strikes/{strike.public_id}/accounts/"
    monkeypatch.setattr("strikes.api.views.accounts.MOST_CLAIMS_IN_ACCOUNTS", 1)
    problem = api(address, status=400)
    assert [(error["parameter"], error["code"]) for error in problem["errors"]] == [("topic", "too_much")]
    assert len(api(f"{address}?topic=fire")["propositions"]) == 1
    monkeypatch.setattr("strikes.api.views.accounts.MOST_CLAIMS_IN_ACCOUNTS", 5000)
    monkeypatch.setattr("strikes.api.views.accounts.MOST_ACCOUNTS", 1)
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
    claims = [claim_at_hour(proposition=point) for point in points.values()]
    on_record(*claims, question)
    claims = [fresh(claim) for claim in claims]
    paths = [
        f"{row.collection}/{row.public_id}/accounts/" for row in (strike, facility, unit, actor, region)
    ] + [
        f"strikes/{strike.public_id}/",
        "strikes/?facets=dispute,grade,grade_basis,min_origins,own",
        "propositions/?facets=dispute,grade,grade_basis,min_origins,own",
        "strikes/?known_at=2024-04-01&facets=dispute",
        f"claims/{claims[0].public_id}/thread/",
        f"reports/{claims[0].report.public_id}/dependants/",
        *(
            f"strikes/?{word}"
            for word in ("dispute=disputed", "min_origins=2", "grade=confirmed", "own=true")
        ),
    ]
    before = [api(path) for path in paths]
    for claim in claims:
        draft_all_that_can_be_said_of(claim)
    ClaimRelationFactory(claim=claims[0], other=claims[1], kind="repeats")
    PropositionFactory(strike=strike, text="A draft.")
    ClaimFactory(proposition=PropositionFactory(strike=strike, answers=question, text="X."))
    ClaimFactory(proposition=fresh(question), stance="no_response")
    assert [api(path) for path in paths] == before


def draft_all_that_can_be_said_of(claim):
    """Drafts of every kind that a claim, its report or its proposition can have."""
    point = fresh(claim.proposition)
    draft = ClaimFactory(proposition=point, stance="denies")
    ClaimFactory(
        proposition=point,
        actor=claim.actor,
        said_earliest=MORNING + 9 * HOUR,
        said_latest=MORNING + 9 * HOUR,
        said_precision="minute",
        stance="denies",
    )
    ClaimRelationFactory(claim=draft, other=claim)
    ClaimEvidenceFactory(claim=claim)
    DamageEstimateFactory(claim=claim, comparator="exactly", low=9, best=9, high=9)
    WeaponCountFactory(claim=claim)
    ReportNoticeFactory(report=claim.report, kind="retraction")
    ReportFactory(derived_from=claim.report)
    AssessmentFactory(proposition=point, grade="confirmed", grade_basis="visual")
