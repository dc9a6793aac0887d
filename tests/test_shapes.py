"""Disputes in shapes that the starter data does not have: each is entered as rows of the same few models, published
through the publishing functions and asked back over HTTP.

The names are made up. What the shapes are like is said at each test.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from record import publishing
from sources.models import ReportNotice
from strikes.models import ClaimRelation, Proposition
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    ClaimRelationFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
)
from tests.on_record import fresh, on_record
from tests.outage_claims import exactly

pytestmark = pytest.mark.django_db


def day(text):
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def said(on, actor, proposition, stance="asserts", report=None, **fields):
    """A claim that was said and printed at noon of a day."""
    return ClaimFactory(
        report=report or ReportFactory(issued_earliest=day(on)),
        actor=actor,
        proposition=proposition,
        stance=stance,
        said_earliest=day(on),
        said_latest=day(on),
        said_precision="minute",
        **fields,
    )


def happened(on, **fields):
    return StrikeFactory(
        earliest=day(on), latest=day(on), precision="day", local_date=date.fromisoformat(on), **fields
    )


def accounts_of(api, row, query=""):
    """The propositions about something, by their text."""
    answer = api(f"{row.collection}/{row.public_id}/accounts/{query}")
    return {account["text"]: account for account in answer["propositions"]}


def who(account, side):
    return [(claim["actor"]["id"], claim["stance"]) for claim in account[side]]


def stands(accounts):
    return {
        text: (account["dispute"], account["origins_for"], account["origins_against"])
        for text, account in accounts.items()
    }


def test_who_did_it_who_ordered_it_and_from_where_are_three_questions(api):
    """A processing plant, 2019: a movement claims it, others name a state as its sponsor, and the site of the launch is
    contested by all."""
    strike = happened("2019-09-14", facility=FacilityFactory(kind="oil_processing_plant"))
    say_who_did_it(strike)
    accounts = accounts_of(api, strike)
    assert stands(accounts) == {
        "Who carried it out?": ("disputed", 2, 2),
        "The movement carried it out.": ("disputed", 1, 1),
        "The state carried it out.": ("disputed", 1, 1),
        "The state armed those who did.": ("disputed", 1, 1),
        "The weapons came from the south.": ("disputed", 1, 2),
        "The weapons came from the north.": ("agreed", 2, 0),
    }
    assert who(accounts["The state carried it out."], "silent") == [("panel", "cannot_assess")]
    own = api(f"claims/?own=true&strike={strike.public_id}")["results"]
    assert {(row["actor"]["id"], row["proposition"]["topic"], row["stance"]) for row in own} == {
        ("movement-spokesman", "responsibility", "confirms"),
        ("accused", "responsibility", "denies"),
        ("accused", "sponsorship", "denies"),
    }
    assert api(f"strikes/{strike.public_id}/accounts/?topic=launch_site")["propositions"][0]["open"] is False
    first_day = accounts_of(api, strike, "?known_at=2019-09-14")
    assert stands(first_day)["The movement carried it out."] == ("single_origin", 1, 0)
    assert "The weapons came from the north." not in first_day


def say_who_did_it(strike):
    movement = ActorFactory(public_id="movement", kind="armed_group")
    speaker = ActorFactory(public_id="movement-spokesman", affiliation=movement)
    accuser = ActorFactory(public_id="accuser", kind="government_body")
    accused = ActorFactory(public_id="accused", kind="government_body")
    panel = ActorFactory(public_id="panel", kind="international_body")

    def point(topic, text, **fields):
        return PropositionFactory(strike=strike, topic=topic, text=text, **fields)

    whodunit = point("responsibility", "Who carried it out?", open=True)
    movement_did = point("responsibility", "The movement carried it out.", answers=whodunit, actor=movement)
    state_did = point("responsibility", "The state carried it out.", answers=whodunit, actor=accused)
    backed = point("sponsorship", "The state armed those who did.", actor=accused)
    south = point("launch_site", "The weapons came from the south.")
    north = point("launch_site", "The weapons came from the north.")
    on_record(
        said("2019-09-14", speaker, movement_did, "confirms"),
        said("2019-09-14", speaker, south),
        said("2019-09-14", accuser, state_did),
        said("2019-09-15", accused, state_did, "denies"),
        said("2019-09-15", accused, backed, "denies"),
        said("2019-09-16", accuser, backed),
        said("2019-09-16", accuser, south, "disputes"),
        said("2019-09-18", accuser, north, certainty="likely"),
        said("2020-01-27", panel, movement_did, "disputes"),
        said("2020-01-27", panel, state_did, "cannot_assess"),
        said("2020-01-27", panel, south, "denies"),
        said("2020-01-27", panel, north, "estimates", certainty="possible"),
    )


def test_attribution_changes_over_years_and_some_bodies_name_nobody(api):
    """Pipelines under the sea, 2022: three inquiries, two closed without naming anybody, and later a warrant."""
    sea = happened(
        "2022-09-26",
        facility=None,
        target_described_as="pipelines on the sea floor",
        location_precision="water_or_air",
        methods=["explosives"],
    )
    inquire_over_years(sea)

    def at(moment):
        return stands(accounts_of(api, sea, f"?known_at={moment}"))

    assert at("2022-10-15")["Who did it?"] == ("unreported", 0, 1)
    assert at("2023-03-01")["Who did it?"] == ("unreported", 0, 1)
    assert at("2023-12-31")["Who did it?"] == ("single_origin", 1, 0)
    assert at("2024-08-15")["Who did it?"] == ("agreed", 2, 0)
    assert at("2024-12-31")["Who did it?"] == ("disputed", 2, 1)
    assert "A group did it." not in at("2023-03-01")
    account = accounts_of(api, sea)["Who did it?"]
    assert who(account, "silent") == [
        ("prosecutor-south", "does_not_attribute"),
        ("prosecutor-north", "does_not_attribute"),
        ("council", "neither_confirms_nor_denies"),
    ]
    named_nobody = api(f"claims/?strike={sea.public_id}&stance=does_not_attribute&ordering=said")["results"]
    assert [row["actor"]["id"] for row in named_nobody] == ["prosecutor-north", "prosecutor-south"]
    ongoing = accounts_of(api, sea)["The northern inquiry goes on."]
    # That it has ended is no denial: nobody says any longer that it goes on.
    assert (ongoing["dispute"], ongoing["against"]) == ("unreported", [])
    assert ongoing["explanation"].startswith("It no longer goes on: ")
    assert {claim["not_counted_because"] for claim in ongoing["for"]} == {"outdated"}
    assert [claim["event_time"]["latest"] for claim in ongoing["for"]] == ["2024-02-07T12:00:00Z", None]


def inquire_over_years(sea):
    north, south = (ActorFactory(public_id=f"prosecutor-{side}", kind="court") for side in ("north", "south"))
    third = ActorFactory(public_id="prosecutor-third", kind="court")
    council = ActorFactory(public_id="council", kind="international_body")
    suspected = ActorFactory(public_id="suspected", kind="government_body")
    question = PropositionFactory(strike=sea, topic="responsibility", text="Who did it?", open=True)
    sabotage = PropositionFactory(strike=sea, topic="cause", text="It was sabotage.")
    by_state = PropositionFactory(
        strike=sea, topic="responsibility", text="A state did it.", answers=question, actor=suspected
    )
    by_group = PropositionFactory(
        strike=sea, topic="responsibility", text="A group did it.", answers=question
    )
    inquiry = PropositionFactory(strike=sea, topic="investigation", text="The northern inquiry goes on.")
    # An inquiry that ends is an interval that is closed, not a denial.
    open_inquiry = said("2022-09-28", north, inquiry, event_earliest=day("2022-09-28"), event_precision="day")
    closed = said(
        "2024-02-07",
        north,
        inquiry,
        event_earliest=day("2022-09-28"),
        event_latest=day("2024-02-07"),
        event_precision="days",
    )
    on_record(
        said("2022-11-18", north, sabotage, "confirms"),
        said("2022-11-18", north, question, "does_not_attribute"),
        said("2022-10-01", suspected, by_state, "denies"),
        said("2022-10-01", council, question, "neither_confirms_nor_denies"),
        said(
            "2023-03-07",
            ActorFactory(public_id="officials", kind="anonymous"),
            by_group,
            certainty="possible",
        ),
        said("2024-02-26", south, question, "does_not_attribute"),
        said("2024-08-14", third, by_group, "asserts"),
        said("2024-08-16", suspected, by_group, "denies"),
        open_inquiry,
        closed,
    )
    publishing.amend(closed, add=[ClaimRelation(kind="updates", other=fresh(open_inquiry))])


def test_each_side_blames_the_other_and_both_deny(api):
    """A dam, 2023: it broke, all agree; each side says that the other blew it up; an expert says neither is shown."""
    dam = FacilityFactory(kind="dam", regions=[RegionFactory(public_id="UA")])
    strike = happened("2023-06-06", facility=dam, methods=["unknown"], regions=list(dam.regions.all()))
    east = ActorFactory(public_id="east-ministry", kind="government_body")
    west = ActorFactory(public_id="west-army", kind="armed_force")
    west_speaker = ActorFactory(public_id="west-speaker", affiliation=west)
    expert = ActorFactory(public_id="expert")
    broke = PropositionFactory(strike=strike, topic="damage", facility=dam, text="The dam broke.")
    question = PropositionFactory(strike=strike, topic="responsibility", text="Who broke it?", open=True)
    by = {
        side: PropositionFactory(
            strike=strike, topic="responsibility", text=f"The {side} broke it.", answers=question, actor=actor
        )
        for side, actor in (("east", east), ("west", west))
    }
    worn = PropositionFactory(strike=strike, topic="cause", text="It gave way from wear.")
    on_record(
        *(said("2023-06-06", actor, broke) for actor in (east, west)),
        said("2023-06-06", west, by["east"]),
        said("2023-06-06", east, by["west"]),
        said("2023-06-06", east, by["east"], "denies"),
        said("2023-06-07", west_speaker, by["west"], "denies"),
        said("2023-06-09", expert, worn, "estimates", certainty="unlikely"),
        said("2023-06-09", expert, question, "cannot_assess"),
    )
    accounts = accounts_of(api, strike)
    assert stands(accounts) == {
        "The dam broke.": ("agreed", 2, 0),
        "Who broke it?": ("disputed", 2, 2),
        "The east broke it.": ("disputed", 1, 1),
        "The west broke it.": ("disputed", 1, 1),
        "It gave way from wear.": ("single_origin", 1, 0),
    }
    assert who(accounts["The west broke it."], "against") == [("west-speaker", "denies")]
    assert {origin["key"] for origin in accounts["The west broke it."]["origins"]} == {
        "east-ministry",
        "west-army",
    }
    states = api(f"strikes/{strike.public_id}/")["summary"]["propositions"]
    assert (states["disputed"], states["agreed"], states["single_origin"]) == (3, 1, 1)
    assert {row["id"] for row in api("strikes/?actor=east-ministry&own=true&stance=denies")["results"]} == {
        strike.public_id
    }


def assert_copies_are_listed(api, original, copies):
    answer = api(f"reports/{original.public_id}/dependants/")
    assert [notice["note"] for notice in answer["notices"]] == ["The video was old."]
    assert [report["source"]["id"] for report in answer["dependants"]] == [
        copy.source.public_id for copy in sorted(copies, key=lambda copy: copy.public_id)
    ]
    assert [report["notices"] for report in answer["dependants"]] == [[], []]


def test_a_publisher_retracts_and_what_was_copied_lives_on(api):
    """An agency reports a fire, two papers copy it, one of them adds its own witness; the agency takes it back."""
    agency, paper, relay = (SourceFactory(voice__public_id=name) for name in ("agency", "paper", "relay"))
    strike = happened("2024-05-01")
    fire = PropositionFactory(strike=strike, topic="fire", text="It burned.")
    original = ReportFactory(source=agency, issued_earliest=day("2024-05-01"))
    copies = [
        ReportFactory(source=source, derived_from=original, issued_earliest=day("2024-05-02"))
        for source in (paper, relay)
    ]
    own_words = {"attribution": "unattributed"}
    claims = [
        said("2024-05-01", agency.voice, fire, "reports", original, **own_words),
        said("2024-05-02", paper.voice, fire, "reports", copies[0], **own_words),
        said("2024-05-02", relay.voice, fire, "reports", copies[1], **own_words),
    ]
    neighbour = ActorFactory(public_id="witness", kind="anonymous", first_publisher=paper)
    witness = said("2024-05-02", neighbour, fire, report=copies[0], attribution="anonymous")
    on_record(*claims)
    assert stands(accounts_of(api, strike)) == {"It burned.": ("single_origin", 1, 0)}
    before = publishing.publish(neighbour, witness)
    # The papers carry the agency's words, which echo whoever else speaks.
    account = accounts_of(api, strike)["It burned."]
    assert (account["dispute"], account["documents"]) == ("single_origin", 3)
    assert {origin["key"]: origin["side"] for origin in account["origins"]} == {
        "paper": "positive",
        "agency": None,
    }

    publishing.amend(
        original, add=[ReportNotice(kind="retraction", dated=day("2024-05-04"), note="The video was old.")]
    )
    account = accounts_of(api, strike)["It burned."]
    assert {origin["key"]: origin["documents"] for origin in account["origins"]} == {"paper": 1}
    taken_back = [claim for claim in account["for"] if claim["retracted_through"]]
    assert {claim["retracted_through"]["id"] for claim in taken_back} == {original.public_id}
    assert sorted(claim["report_retracted"] for claim in taken_back) == [False, False, True]
    assert {claim["not_counted_because"] for claim in taken_back} == {"retracted"}
    assert len(account["for"]) == 4
    assert account["explanation"] == (
        f"One word: unnamed {neighbour.name}. "
        f"Not counted, since it was taken back by its publisher: what {agency.name} reported."
    )
    assert_copies_are_listed(api, original, copies)
    as_of = before.at.isoformat().replace("+00:00", "Z")
    assert accounts_of(api, strike, f"?as_of={as_of}")["It burned."]["documents"] == 3
    assert accounts_of(api, strike, "?known_at=2024-05-04")["It burned."]["documents"] == 1
    assert accounts_of(api, strike, "?known_at=2024-05-03")["It burned."]["documents"] == 3
    api(f"reports/{original.public_id}/")  # never 410: our record of it stands


def test_a_spokesman_and_his_chief_are_one_voice_and_their_newest_word_is_its_side(api):
    """The spokesman denies, the chief admits two days later: one origin, on one side, and a thread between them."""
    ministry = ActorFactory(public_id="ministry", kind="government_body")
    chief = ActorFactory(public_id="chief", role="minister", affiliation=ministry)
    speaker = ActorFactory(public_id="speaker", role="spokesman", affiliation=chief)
    union = ActorFactory(public_id="union", kind="organisation")
    strike = happened("2024-06-01")
    deed = PropositionFactory(
        strike=strike, topic="responsibility", actor=ministry, text="The ministry's forces did it."
    )
    first = on_record(said("2024-06-01", speaker, deed, "denies"))
    second = said("2024-06-03", fresh(chief), fresh(deed), "confirms")
    ClaimRelationFactory(claim=second, kind="corrects", other=first)
    on_record(second, said("2024-06-04", union, fresh(deed), "reports"))
    account = accounts_of(api, strike)[deed.text]
    assert (account["dispute"], account["origins_for"], account["origins_against"]) == ("agreed", 2, 0)
    assert [(claim["actor"]["id"], claim["counts"]) for claim in account["against"]] == [("speaker", False)]
    assert {origin["key"]: (origin["side"], origin["claims"]) for origin in account["origins"]} == {
        "ministry": ("positive", 1),
        "union": ("positive", 1),
    }
    assert accounts_of(api, strike, "?known_at=2024-06-02")[deed.text]["dispute"] == "denied"
    thread = api(f"claims/{first.public_id}/thread/")
    assert [(relation["kind"], relation["other"]) for relation in thread["relations"]] == [
        ("corrects", first.public_id)
    ]
    assert {row["actor"]["id"] for row in api("claims/?own=true")["results"]} == {"speaker", "chief"}
    assert api("claims/?own=true&actor=union", status=200)["count"] == 0


def test_a_cyber_incident_that_halted_deliveries_and_damaged_nothing(api):
    """A pipeline, 2021: the operator stops it as a precaution, says that nothing was damaged, pays and says how much."""
    pipeline = FacilityFactory(kind="pipeline", location_precision="region")
    strike = happened("2021-05-07", facility=pipeline, methods=["cyber"])
    damaged, halt = stop_deliveries(pipeline, strike)
    accounts = accounts_of(api, strike)
    assert stands(accounts) == {
        "The pipeline itself was damaged.": ("denied", 0, 1),
        "Deliveries were halted.": ("single_origin", 1, 0),
        "A ransom was paid.": ("single_origin", 1, 0),
        "The gang did it.": ("single_origin", 1, 0),
        "The gang acted for a state.": ("denied", 0, 1),
    }
    assert who(accounts["The gang did it."], "silent") == [("gang", "neither_confirms_nor_denies")]
    row = api(f"strikes/{strike.public_id}/")
    assert row["methods"] == ["cyber"]
    (offline,) = row["summary"]["capacity_offline"]
    assert (offline["metric"], offline["low"], offline["high"]) == ("output_halted", 100, 100)
    assert api(f"damage-estimates/{halt.public_id}/")["effective_until"]["edge"] == "open"
    assert api("damage-estimates/?metric=ransom_paid&facility=" + pipeline.public_id)["count"] == 1
    assert api("strikes/?method=cyber&topic=damage&dispute=denied")["count"] == 1
    assert {
        row["id"] for row in api(f"facilities/{pipeline.public_id}/accounts/?topic=damage")["propositions"]
    } == {damaged.public_id}


def stop_deliveries(pipeline, strike):
    """What was said about it; the proposition that it was damaged, and the number of what was halted."""
    operator = ActorFactory(public_id="operator", kind="company")
    gang = ActorFactory(public_id="gang", kind="criminal_group")
    bureau = ActorFactory(public_id="bureau", kind="government_body")

    def point(topic, text, **fields):
        return PropositionFactory(strike=strike, topic=topic, text=text, **fields)

    damaged = point("damage", "The pipeline itself was damaged.", facility=pipeline)
    halted = point("operations_halted", "Deliveries were halted.", facility=pipeline)
    paid = point("payment", "A ransom was paid.", actor=operator)
    did = point("responsibility", "The gang did it.", actor=gang)
    for_state = point("command", "The gang acted for a state.", actor=gang)
    stopped = said(
        "2021-05-08",
        operator,
        halted,
        "confirms",
        event_earliest=day("2021-05-07"),
        event_latest=day("2021-05-12"),
        event_precision="days",
    )
    ransom = said("2021-05-19", operator, paid, "confirms")
    DamageEstimateFactory(claim=ransom, metric="ransom_paid", unit_of_measure="usd", **exactly(4_400_000))
    halt = DamageEstimateFactory(
        claim=stopped,
        metric="output_halted",
        **exactly(100),
        unit_of_measure="percent",
        denominator="facility_throughput",
        effective_from=day("2021-05-07"),
        effective_from_edge="stated",
        effective_until_edge="open",
    )
    on_record(
        said("2021-05-08", operator, damaged, "denies"),
        stopped,
        ransom,
        said("2021-05-10", bureau, did, "confirms"),
        said("2021-05-10", gang, did, "neither_confirms_nor_denies"),
        said("2021-05-10", gang, for_state, "denies"),
    )
    return damaged, halt


def test_one_event_under_two_spellings_and_two_local_dates_stands_apart_until_it_is_merged(api):
    """A night raid, entered twice: in one zone it was still the fourth, in another already the fifth."""
    facility, twin, strike, other_strike = enter_one_night_twice()
    # By the clock it is one time; by the date on the clocks of the place it is two.
    by_moment = api("strikes/?after=2024-07-04T21:00:00Z&before=2024-07-04T22:00:00Z")
    assert {row["id"] for row in by_moment["results"]} == {strike.public_id, other_strike.public_id}
    assert [row["id"] for row in api("strikes/?after=2024-07-05&before=2024-07-06")["results"]] == [
        strike.public_id
    ]
    assert [row["id"] for row in api("strikes/?q=tuymazy")["results"]] == [strike.public_id]
    # Unmerged, each has its own accounts, and the governor is one origin in each.
    assert set(accounts_of(api, strike)) == {"It was hit."}
    assert set(accounts_of(api, other_strike)) == {"It was hit.", "It burned."}
    assert {row["summary"]["origins"] for row in by_moment["results"]} == {1, 2}

    # Merged, it is one night at one place, and the governor who was entered twice is one origin of one point.
    same = {row.strike_id: row for row in Proposition.objects.filter(topic="facility_hit")}
    publishing.merge(fresh(twin), fresh(facility), note="One plant, transliterated in two ways.")
    publishing.merge(fresh(other_strike), fresh(strike), note="One night.")
    publishing.merge(fresh(same[other_strike.pk]), fresh(same[strike.pk]))
    (row,) = api("strikes/?after=2024-07-04T21:00:00Z&before=2024-07-04T22:00:00Z")["results"]
    assert (row["id"], row["summary"]["claims"], row["summary"]["origins"]) == (strike.public_id, 3, 2)
    assert stands(accounts_of(api, strike)) == {
        "It was hit.": ("single_origin", 1, 0),
        "It burned.": ("single_origin", 1, 0),
    }
    assert [row["id"] for row in api("strikes/?facility=tuimazy")["results"]] == [strike.public_id]
    # By either date and by either spelling, the survivor is what is found.
    for query in ("q=tuimazy", "q=tuymazy", "after=2024-07-05&before=2024-07-06"):
        assert [row["id"] for row in api(f"strikes/?{query}")["results"]] == [strike.public_id], query

    # Unmerged, the two stand apart as before, claim by claim.
    for row in (same[other_strike.pk], other_strike, twin):
        publishing.unmerge(fresh(row), note="Two plants after all.")
    assert set(accounts_of(api, strike)) == {"It was hit."}
    assert set(accounts_of(api, other_strike)) == {"It was hit.", "It burned."}
    assert [row["id"] for row in api("strikes/?facility=tuimazy")["results"]] == [other_strike.public_id]


def enter_one_night_twice():
    night = datetime(2024, 7, 4, 21, 30, tzinfo=UTC)
    facility = FacilityFactory(public_id="tuymazy", name="Tuymazy")
    twin = FacilityFactory(public_id="tuimazy", name="Tuimazy")
    moment = {"earliest": night, "latest": night + timedelta(hours=1), "precision": "hour"}
    strike = StrikeFactory(
        public_id="2024-07-05-tuymazy",
        facility=facility,
        local_date=date(2024, 7, 5),
        timezone="Asia/Yekaterinburg",
        **moment,
    )
    other_strike = StrikeFactory(
        public_id="2024-07-04-tuimazy",
        facility=twin,
        local_date=date(2024, 7, 4),
        timezone="Europe/London",
        **moment,
    )
    speaker = ActorFactory(public_id="governor")
    on_record(
        said(
            "2024-07-05", speaker, PropositionFactory(strike=strike, topic="facility_hit", text="It was hit.")
        ),
        said(
            "2024-07-05",
            speaker,
            PropositionFactory(strike=other_strike, topic="facility_hit", text="It was hit."),
        ),
        said(
            "2024-07-06",
            ActorFactory(),
            PropositionFactory(strike=other_strike, topic="fire", text="It burned."),
        ),
    )
    return facility, twin, strike, other_strike


def test_a_share_of_a_country_has_no_strike_and_its_accounts_are_those_of_the_region(api):
    """Shares of a country's capacity, said on three days: three points that stand beside each other."""
    country = RegionFactory(public_id="XR")
    agency = SourceFactory(voice__public_id="agency")
    for on, share in [("2024-03-13", 7), ("2024-03-18", 14), ("2024-03-28", 10)]:
        point = PropositionFactory(
            strike=None, region=country, topic="capacity", text=f"About {share} % of capacity is offline."
        )
        claim = said(
            on, agency.voice, point, "estimates", ReportFactory(source=agency, issued_earliest=day(on))
        )
        DamageEstimateFactory(
            claim=claim,
            metric="capacity_offline",
            comparator="approximately",
            best=share,
            unit_of_measure="percent",
            denominator="country_capacity",
        )
        on_record(claim)
        country = fresh(country)
        agency = fresh(agency)
    hit = PropositionFactory(strike=None, region=country, topic="capacity", text="What was hit has 12 %.")
    other = said("2024-03-20", ActorFactory(kind="media"), hit, "estimates")
    DamageEstimateFactory(
        claim=other,
        metric="capacity_of_facilities_hit",
        comparator="exactly",
        low=12,
        best=12,
        high=12,
        unit_of_measure="percent",
        denominator="country_capacity",
    )
    on_record(other)
    accounts = accounts_of(api, country, "?topic=capacity")
    assert len(accounts) == 4
    for text, account in accounts.items():
        (claim,) = account["for"]
        (number,) = claim["damage_estimates"]
        assert str(number["best"]) in text
        assert account["strike"] is None
    assert len(accounts_of(api, country, "?known_at=2024-03-19")) == 2


def test_units_of_one_plant_are_offline_each_by_itself(api):
    """Two columns hit in one night: one is out according to two voices, the other only according to its denial."""
    facility = FacilityFactory()
    strike = happened("2024-06-09", facility=facility)
    units = [UnitFactory(facility=facility, public_id=f"column-{n}") for n in (1, 2)]
    points = [
        PropositionFactory(strike=strike, unit=unit, topic="damage", text=f"{unit.public_id} was damaged.")
        for unit in units
    ]
    on_record(
        said("2024-06-09", ActorFactory(), points[0]),
        said("2024-06-09", ActorFactory(), points[0]),
        said("2024-06-09", ActorFactory(), points[1], "denies"),
    )
    assert stands(accounts_of(api, units[0])) == {"column-1 was damaged.": ("agreed", 2, 0)}
    assert stands(accounts_of(api, units[1])) == {"column-2 was damaged.": ("denied", 0, 1)}
    assert len(accounts_of(api, facility)) == 2
