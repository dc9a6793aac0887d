"""On whose word claims rest: families of newsrooms, unnamed voices, copies, repeats, echoes and forecasts."""

from __future__ import annotations

import pytest

from record import publishing
from record.audit import discrepancies
from strikes.models import ClaimOrigin
from tests.disputes.scenes import (
    UNNAMED,
    account,
    at,
    body,
    known,
    newsroom,
    origins,
    own_words,
    page,
    point_at_issue,
    reasons,
    relate,
    say,
    stands,
    unnamed,
    word,
)
from tests.factories import ActorFactory, ClaimStepFactory
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _what_is_kept_is_right():
    """Whatever a test does, what is kept equals a new computation."""
    yield
    assert list(discrepancies()) == []


# Families -------------------------------------------------------------------------------------------------


def test_editions_of_one_newsroom_are_one_origin_once_it_is_known_that_they_are(api):
    agency, service, stranger = (newsroom(name) for name in ("agency", "service", "stranger"))
    point = point_at_issue()
    say(own_words(point, agency), own_words(point, service))
    on_record(stranger)
    before = fresh(point).states.get(to_rev=None).from_rev
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)
    publishing.amend(fresh(service), {"family": fresh(agency)})
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    assert origins(account(api, point)) == {("agency", "positive"): {"agency": True, "service": True}}
    assert stands(account(api, point, at(before))) == ("agreed", 2, 0, 0)
    # The root of all families, however deep.
    publishing.amend(fresh(agency), {"family": fresh(stranger)})
    assert set(origins(account(api, point))) == {("stranger", "positive")}
    publishing.amend(fresh(service), {"family": None})
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)


def test_families_lead_in_no_circle_even_through_merges():
    first, second, third = (on_record(newsroom(name)) for name in ("first", "second", "third"))
    publishing.amend(fresh(first), {"family": fresh(second)})
    with pytest.raises(publishing.Blocked, match="leads back"):
        publishing.amend(fresh(second), {"family": fresh(first)})
    publishing.amend(fresh(second), {"family": fresh(third)})
    with pytest.raises(publishing.Blocked, match="leads back"):
        publishing.merge(fresh(third), fresh(first))


def test_a_heading_and_a_copy_rest_on_the_newsroom_whose_copy_they_are(api):
    agency, paper = newsroom("agency"), newsroom("paper")
    original = page(agency)
    copy = page(paper, day=1, derived_from=original)
    wired = page(newsroom("relay"), day=1, wire_source=agency)
    point = point_at_issue()
    say(
        own_words(point, agency, report=original),
        own_words(point, paper, day=1, report=copy, part="headline"),
        own_words(point, wired.source, day=1, report=wired, position=1),
    )
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert origins(found) == {("agency", "positive"): {"agency": True, "paper": True, "relay": True}}
    assert found["documents"] == 3


# Unnamed voices -------------------------------------------------------------------------------------------


def test_unnamed_voices_rest_on_the_newsroom_that_vouches_for_them(api):
    """Two voices to one agency and its own table are one origin; to another agency they would be two."""
    agency, other = newsroom("agency"), newsroom("other")
    sources, officials = unnamed("sources-to-agency", agency), unnamed("officials-to-agency", agency)
    point = point_at_issue()
    say(
        word(point, sources, **UNNAMED),
        word(point, officials, day=1, **UNNAMED),
        own_words(point, agency, day=2),
    )
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert origins(found) == {
        ("agency", "positive"): {"agency": False, "officials-to-agency": True, "sources-to-agency": True}
    }
    say(word(point, unnamed("sources-to-other", other), day=3, **UNNAMED))
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)


def test_one_service_that_talks_to_two_newsrooms_is_one_origin(api):
    service = body("service", kind="intelligence_agency")
    point = point_at_issue()
    voices = [unnamed(f"service-to-{name}", newsroom(name), affiliation=service) for name in ("one", "two")]
    say(*(word(point, voice, day, **UNNAMED) for day, voice in enumerate(voices)))
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert origins(found) == {("service", "positive"): {"service-to-one": True, "service-to-two": True}}
    # The sentence names the unnamed voices, and never says that the body spoke.
    assert (
        found["explanation"]
        == "One word: unnamed Service-To-One and unnamed Service-To-Two; one more page carries it."
    )


def test_whose_first_publisher_is_unknown_rests_on_the_first_source_of_the_chain_or_on_the_page(api):
    agency, paper = newsroom("agency"), newsroom("paper")
    voice = unnamed("officials", None)
    point, other = point_at_issue(), point_at_issue("It was put out.")
    passed_on = word(point, voice, report=page(paper), **UNNAMED)
    ClaimStepFactory(claim=passed_on, step=1, actor=voice)
    ClaimStepFactory(claim=passed_on, step=2, source=agency)
    say(passed_on, word(other, voice, report=page(paper, day=1, wire_source=newsroom("relay")), **UNNAMED))
    assert set(origins(account(api, point))) == {("agency", "positive")}
    assert set(origins(account(api, other))) == {("relay", "positive")}


def test_residents_rest_on_the_named_actor_with_whom_the_chain_begins(api):
    governor = body("governor", kind="person")
    residents = ActorFactory(public_id="residents", kind="collective")
    point = point_at_issue()
    claim = word(point, residents)
    ClaimStepFactory(claim=claim, actor=governor)
    say(claim, word(point, governor, day=1), word(point, residents, day=2))
    assert set(origins(account(api, point))) == {("governor", "positive"), ("residents", "positive")}


# Voices and sides -----------------------------------------------------------------------------------------


def test_a_voice_has_one_side_and_an_origin_may_stand_on_both(api):
    company = body("company")
    voice = unnamed("source-to-agency", newsroom("agency"), affiliation=company)
    point = point_at_issue()
    says = say(word(point, voice, **UNNAMED))
    denies = say(word(point, body("spokesman", kind="person", affiliation=company), day=1, stance="denies"))
    found = account(api, point)
    assert stands(found) == ("disputed", 1, 1, 0)
    assert origins(found) == {
        ("company", "positive"): {"source-to-agency": True},
        ("company", "negative"): {"spokesman": True},
    }
    chief = say(word(point, body("chief", kind="person", affiliation=company), day=2))
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert reasons(found) == {says.public_id: None, denies.public_id: "outdated", chief.public_id: None}
    assert stands(account(api, point, known(1))) == ("disputed", 1, 1, 0)


# Repeats --------------------------------------------------------------------------------------------------


def test_a_tree_of_repeats_is_one_word_that_of_the_best_attributed(api):
    """An unnamed word, a page that repeats it, and the minister who says the same words by name."""
    agency = newsroom("agency")
    point = point_at_issue()
    first = say(word(point, unnamed("sources", agency), **UNNAMED))
    copy = say(own_words(point, newsroom("paper"), day=1))
    named = say(word(point, body("minister", kind="person"), day=2))
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)
    relate(copy, "repeats", first)
    relate(named, "repeats", copy)
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert origins(found) == {("minister", "positive"): {"minister": True, "paper": True, "sources": True}}
    assert set(reasons(found).values()) == {None}
    # Before he spoke it was an unnamed word, and he is not named.
    early = account(api, point, known(1))
    assert set(origins(early)) == {("agency", "positive")}
    assert "Minister" not in early["explanation"]
    assert {claim["origin"] for claim in api(f"claims/{known(1)}")["results"]} == {"agency"}


def test_what_repeats_a_word_falls_with_it(api):
    minister = body("minister", kind="person")
    point = point_at_issue()
    first = say(word(point, minister))
    copy = say(own_words(point, newsroom("paper"), day=5))
    relate(copy, "repeats", first)
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    # The page that repeats him is newer than his denial, and is no newer word of his.
    say(word(point, minister, day=3, stance="denies"))
    found = account(api, point)
    assert stands(found) == ("denied", 0, 1, 0)
    assert reasons(found)[copy.public_id] == "outdated"


def test_a_tree_holds_together_when_one_in_between_is_withdrawn(api):
    agency = newsroom("agency")
    point = point_at_issue()
    first = say(word(point, unnamed("sources", agency), **UNNAMED))
    middle = say(own_words(point, newsroom("paper"), day=1, attribution="outlet_inference"))
    last = say(own_words(point, newsroom("relay"), day=2, attribution="own_reporting"))
    relate(middle, "repeats", first)
    relate(last, "repeats", middle)
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    publishing.withdraw(fresh(middle), reason="out_of_scope", note="Not ours.")
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    duplicate = say(word(point, unnamed("others", newsroom("fourth")), day=1, **UNNAMED))
    other = say(own_words(point, newsroom("third"), day=3, attribution="own_reporting"))
    relate(other, "repeats", duplicate)
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)
    publishing.withdraw(fresh(duplicate), reason="duplicate", note="The same.", replaced_by=fresh(first))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)


def test_who_repeated_somebody_and_has_turned_carries_that_word_no_longer(api):
    governor = body("governor", kind="person")
    point = point_at_issue()
    first = say(word(point, body("ministry", kind="government_body")))
    passed_on = say(word(point, governor, day=1))
    relate(passed_on, "repeats", first)
    say(word(point, governor, day=2, stance="denies"))
    found = account(api, point)
    assert stands(found) == ("disputed", 1, 1, 0)
    assert reasons(found)[passed_on.public_id] == "outdated"
    assert "Governor said otherwise before." in found["explanation"]


def test_one_unnamed_voice_is_one_origin_in_however_many_pages(api):
    villagers = unnamed("villagers", None)
    point = point_at_issue()
    say(
        *(
            word(point, villagers, day, report=page(newsroom(f"paper-{day}"), day), **UNNAMED)
            for day in range(3)
        )
    )
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    assert set(origins(account(api, point))) == {("paper-0", "positive")}


# Echoes ---------------------------------------------------------------------------------------------------


def test_an_outlets_own_words_echo_whoever_else_speaks(api):
    paper, relay = newsroom("paper"), newsroom("relay")
    point = point_at_issue()
    alone = say(own_words(point, paper), own_words(point, relay))
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)
    assert "newsrooms that name no source" in account(api, point)["explanation"]
    say(word(point, body("governor", kind="person"), day=1))
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert found["documents"] == 3
    assert reasons(found)[alone.public_id] == "echo"
    assert origins(found) == {
        ("governor", "positive"): {"governor": True},
        ("paper", None): {"paper": False},
        ("relay", None): {"relay": False},
    }
    assert stands(account(api, point, known(0))) == ("agreed", 2, 0, 0)
    # On the other side nobody else speaks: there such words count.
    say(own_words(point, newsroom("third"), day=2, stance="denies"))
    assert stands(account(api, point)) == ("disputed", 1, 1, 0)


def test_own_reporting_is_a_word_of_its_own(api):
    paper = newsroom("paper")
    point = point_at_issue()
    say(word(point, body("governor", kind="person")), own_words(point, paper, attribution="own_reporting"))
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)


def test_when_the_only_other_word_leaves_echoes_count_again(api):
    point = point_at_issue()
    echo = say(own_words(point, newsroom("paper")))
    spoken = say(word(point, body("governor", kind="person"), day=1))
    assert reasons(account(api, point))[echo.public_id] == "echo"
    publishing.withdraw(fresh(spoken), reason="out_of_scope", note="Not ours.")
    assert reasons(account(api, point))[echo.public_id] is None
    assert set(ClaimOrigin.objects.filter(claim=echo).values_list("not_counted_because", flat=True)) == {
        "echo",
        None,
    }


# Forecasts ------------------------------------------------------------------------------------------------


def test_forecasts_take_no_side_and_two_who_predict_are_no_witnesses(api):
    operator, ministry = body("operator"), body("ministry", kind="government_body")
    point = point_at_issue("It runs again.", topic="recovery")
    first = say(word(point, operator, stance="forecasts"))
    say(word(point, ministry, stance="forecasts", day=1))
    echo = say(own_words(point, newsroom("paper"), stance="forecasts", day=1))
    found = account(api, point)
    assert stands(found) == ("forecast_only", 0, 0, 2)
    assert (len(found["for"]), len(found["forecasts"]), found["totals"]["forecasts"]) == (0, 3, 3)
    assert reasons(found) == {**dict.fromkeys(reasons(found), "forecast"), echo.public_id: "echo"}
    say(word(point, body("witness", kind="person"), day=2))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 2)
    # Who has said since that it will not be so no longer forecasts it.
    say(word(point, operator, stance="denies", day=3))
    found = account(api, point)
    assert stands(found) == ("disputed", 1, 1, 1)
    assert reasons(found)[first.public_id] == "outdated"


def test_a_forecast_that_came_true_was_one_all_the_same(api):
    operator = body("operator")
    point = point_at_issue("It runs again.", topic="recovery")
    say(word(point, operator, stance="forecasts"), word(point, operator, day=9))
    say(word(point, operator, stance="forecasts", day=10))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 1)


# Asking for them ------------------------------------------------------------------------------------------


def test_what_counts_and_what_is_forecast_can_be_asked_for(api):
    point = point_at_issue()
    echo = say(own_words(point, newsroom("paper")))
    counted = say(word(point, body("governor", kind="person"), day=1))
    forecast = say(word(point_at_issue("It burns again."), body("operator"), day=1, stance="forecasts"))
    for query in ("", "&known_at=2024-04-01"):

        def ids(asked: str, query: str = query) -> set[str]:
            return {row["id"] for row in api(f"claims/?{asked}{query}")["results"]}

        assert ids("counts=true") == {counted.public_id}
        assert ids("counts=false") == {echo.public_id, forecast.public_id}
        assert ids("polarity=forecast") == {forecast.public_id}
        assert ids("polarity=positive") == {echo.public_id, counted.public_id}
    relate(counted, "repeats", echo)
    assert [row["id"] for row in api("claims/?relation=repeats")["results"]] == [counted.public_id]
    assert api("claims/?relation=updates")["count"] == 0
    points = api("propositions/?dispute=forecast_only")["results"]
    assert [row["text"] for row in points] == ["It burns again."]
    assert api(f"strikes/{point.strike.public_id}/")["summary"]["origins_forecasting"] == 0


# What may repeat what -------------------------------------------------------------------------------------


@pytest.mark.parametrize("otherwise", [{"stance": "denies"}, {"stance": "forecasts"}, {"point": "another"}])
def test_a_claim_repeats_only_what_is_on_its_own_point_and_side(otherwise):
    point = point_at_issue()
    earlier = say(word(point, body("governor", kind="person")))
    fields = {name: value for name, value in otherwise.items() if name != "point"}
    other = say(
        word(point_at_issue("Else.") if "point" in otherwise else point, body("union"), day=1, **fields)
    )
    with pytest.raises(publishing.Blocked, match="another point or takes another side"):
        relate(other, "repeats", earlier)


def test_what_is_repeated_is_not_corrected_to_another_side():
    point = point_at_issue()
    earlier = say(word(point, body("governor", kind="person")))
    relate(say(own_words(point, newsroom("paper"), day=1)), "repeats", earlier)
    turned = publishing.revise(fresh(earlier), stance="denies")
    with pytest.raises(publishing.Blocked, match="repeats it"):
        publishing.correct(turned, reason="misattribution")
    turned.stance = "confirms"
    turned.save()
    publishing.correct(turned, reason="typo")


def test_points_are_not_parted_while_a_claim_on_one_repeats_a_claim_on_the_other():
    point = point_at_issue()
    twin = on_record(point_at_issue(strike=point.strike))
    earlier = say(word(point, body("governor", kind="person")))
    copy = say(own_words(twin, newsroom("paper"), day=1))
    publishing.merge(fresh(twin), fresh(point))
    relate(copy, "repeats", earlier)
    with pytest.raises(publishing.Blocked, match="another point"):
        publishing.unmerge(fresh(twin))
    publishing.amend(fresh(copy), end=list(copy.relations.all()))
    publishing.unmerge(fresh(twin))


def test_of_one_day_what_is_repeated_was_there_before_what_repeats_it(api):
    """Dates are coarse: an agency and the papers that repeat it are often of one day, whatever their ids."""
    agency = newsroom("agency")
    sources = unnamed("sources", agency)
    for first_id, copy_id in (
        ("clm_aaaaaaaaaaaa", "clm_000000000000"),
        ("clm_111111111111", "clm_bbbbbbbbbbbb"),
    ):
        point = point_at_issue()
        first = say(word(point, sources, public_id=first_id, **UNNAMED))
        say(word(point, sources, **UNNAMED))
        paper = fresh(first).report.source
        copy = say(
            word(
                point,
                on_record(newsroom(f"paper-{first_id[-1]}")).voice,
                public_id=copy_id,
                attribution="outlet_inference",
            )
        )
        assert paper != agency
        relate(copy, "repeats", first)
        assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
