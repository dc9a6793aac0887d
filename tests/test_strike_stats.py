"""What `stats/strikes/` makes of waves, of dates that are known only roughly, and of actors that are asked for."""

import datetime as dt

import pytest

from record import publishing
from record.choices import WithdrawalReason
from tests.account_sides import claim_at_hour
from tests.factories import ActorFactory, PropositionFactory, StrikeFactory, WaveFactory
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


def stats(api, query):
    return api(f"stats/strikes/?{query}")


def counted(group):
    return tuple(group[name] for name in ("strikes", "waves", "claims", "wave_claims"))


def groups(answer):
    return {tuple(group["key"].values()): counted(group) for group in answer["groups"]}


# Waves ------------------------------------------------------------------------------------------------------


def claimed(strike, number, **fields):
    point = PropositionFactory(strike=strike)
    return [claim_at_hour(hour, proposition=point, **fields) for hour in range(number)]


def test_a_wave_without_itemised_strikes_is_in_a_column_of_its_own_with_its_claims(api):
    wave = WaveFactory(local_date="2024-03-31", methods=["missile"])
    on_record(*claimed(wave, 18), *claimed(StrikeFactory(methods=["missile"]), 2))
    answer = stats(api, "group_by=month,method")
    assert groups(answer) == {("2024-03", "missile"): (1, 1, 2, 18)}
    assert counted(answer["total"]) == (1, 1, 2, 18)
    assert sum(answer["total"]["propositions"].values()) == 1
    assert counted(stats(api, "group_by=day&kind=wave")["total"]) == (0, 1, 0, 18)
    assert counted(stats(api, "group_by=day&kind=strike")["total"]) == (1, 0, 2, 0)


@pytest.mark.parametrize("kind", ["strike", "raid", "incident"])
def test_a_wave_is_not_counted_once_anything_is_itemised_below_it_at_any_depth(api, kind):
    campaign = WaveFactory(title="Campaign")
    night, other_night = WaveFactory(title="Night", wave=campaign), WaveFactory(title="Other", wave=campaign)
    on_record(*claimed(night, 2), *claimed(other_night, 3))
    assert counted(stats(api, "group_by=day")["total"]) == (0, 3, 0, 5)
    published_at = fresh(night).published_rev.at.isoformat().replace("+00:00", "Z")
    methods = ["none"] if kind == "incident" else ["drone"]
    itemised = on_record(
        StrikeFactory(wave=fresh(night), kind=kind, methods=methods, local_date="2024-03-14")
    )
    strikes = int(kind != "incident")
    assert counted(stats(api, "group_by=day")["total"]) == (strikes, 1, 0, 3)
    # What is itemised does not depend on what was asked for.
    assert counted(stats(api, "group_by=day&before=2024-03-13")["total"]) == (0, 1, 0, 3)
    assert counted(stats(api, "group_by=day&kind=wave")["total"]) == (0, 1, 0, 3)
    assert counted(stats(api, f"group_by=day&as_of={published_at}")["total"]) == (0, 3, 0, 5)
    publishing.withdraw(itemised, reason=WithdrawalReason.OUT_OF_SCOPE)
    assert counted(stats(api, "group_by=day")["total"]) == (0, 3, 0, 5)


def test_a_strike_of_which_nobody_had_spoken_itemises_no_wave(api):
    wave = WaveFactory()
    strike = StrikeFactory(wave=wave)
    later = claim_at_hour(48, proposition=PropositionFactory(strike=strike))
    on_record(*claimed(wave, 2), later)
    assert counted(stats(api, "group_by=day&known_at=2024-03-12")["total"]) == (0, 1, 0, 2)
    assert counted(stats(api, "group_by=day&known_at=2024-03-15")["total"]) == (1, 0, 1, 0)


def test_what_a_merged_wave_groups_itemises_the_wave_that_stands_for_it(api):
    wave, same = WaveFactory(), WaveFactory()
    on_record(*claimed(wave, 1), *claimed(same, 2), StrikeFactory(wave=same))
    assert counted(stats(api, "group_by=day")["total"]) == (1, 1, 0, 1)
    publishing.merge(fresh(same), fresh(wave))
    assert counted(stats(api, "group_by=day")["total"]) == (1, 0, 0, 0)


def test_a_strike_itemises_the_wave_of_what_was_merged_into_it(api):
    wave, (strike, same) = WaveFactory(), (StrikeFactory(), StrikeFactory())
    same.wave = wave
    same.save()
    on_record(*claimed(wave, 1), strike, same)
    publishing.merge(fresh(same), fresh(strike))
    assert counted(stats(api, "group_by=day")["total"]) == (1, 0, 0, 0)
    assert api(f"strikes/?wave={wave.public_id}&kind=strike")["count"] == 1


# Dates ------------------------------------------------------------------------------------------------------


def dated(day, precision):
    start = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12), dt.UTC)
    return StrikeFactory(local_date=day, earliest=start, precision=precision, timezone="UTC")


@pytest.mark.parametrize(
    ("day", "precision", "periods"),
    [
        ("2024-03-13", "minute", "2024 2024-Q1 2024-03 2024-W11 2024-03-13"),
        ("2024-03-13", "hour", "2024 2024-Q1 2024-03 2024-W11 2024-03-13"),
        ("2024-03-13", "part_of_day", "2024 2024-Q1 2024-03 2024-W11 2024-03-13"),
        ("2024-03-13", "day", "2024 2024-Q1 2024-03 2024-W11 2024-03-13"),
        ("2024-03-31", "days", "2024 2024-Q1 2024-03 2024-W13 2024-03-31"),
        ("2024-03-13", "week", "2024 2024-Q1 2024-03 2024-W11 2024-W11"),
        ("2024-02-28", "week", "2024 2024-Q1 2024-W09 2024-W09 2024-W09"),
        ("2024-12-30", "week", "2025-W01 2025-W01 2025-W01 2025-W01 2025-W01"),
        ("2024-06-01", "month", "2024 2024-Q2 2024-06 2024-06 2024-06"),
        ("2024-01-01", "year", "2024 2024 2024 2024 2024"),
        ("2024-10-01", "unknown", None),
    ],
)
def test_a_date_is_in_no_period_that_is_shorter_than_it_is_known(api, day, precision, periods):
    on_record(dated(day, precision))
    for word, period in zip(
        ("year", "quarter", "month", "week", "day"), (periods or "").split() or [None] * 5, strict=True
    ):
        assert groups(stats(api, f"group_by={word}")) == {(period,): (1, 0, 0, 0)}, word


def test_years_stand_beside_their_months_and_never_in_january(api):
    on_record(*(dated("2024-01-01", "year") for _ in range(3)), dated("2024-03-12", "day"))
    answer = stats(api, "group_by=month,facility_kind")
    assert groups(answer) == {("2024", "refinery"): (3, 0, 0, 0), ("2024-03", "refinery"): (1, 0, 0, 0)}
    assert counted(answer["total"]) == (4, 0, 0, 0)
    assert [group["key"]["quarter"] for group in stats(api, "group_by=quarter")["groups"]] == [
        "2024",
        "2024-Q1",
    ]
    table = api.raw("stats/strikes/?group_by=month&format=csv").content.decode().splitlines()
    assert table[0].startswith("key.month,strikes,incidents,waves,facilities,claims,wave_claims,")
    assert [row.split(",")[:2] for row in table[1:]] == [["2024", "3"], ["2024-03", "1"]]


def test_zeros_begin_with_the_first_event_whose_date_is_known_closely_enough(api):
    on_record(dated("2024-01-01", "year"), dated("2024-03-12", "day"), dated("2024-05-01", "month"))
    by_month = groups(stats(api, "group_by=month&zero=true"))
    assert {key: counts[0] for (key,), counts in by_month.items()} == {
        "2024": 1,
        "2024-03": 1,
        "2024-04": 0,
        "2024-05": 1,
    }
    by_day = groups(stats(api, "group_by=day&zero=true"))
    assert {key: counts[0] for (key,), counts in by_day.items()} == {"2024": 1, "2024-03-12": 1, "2024-05": 1}
    by_quarter = groups(stats(api, "group_by=quarter&zero=true&after=2024-04-01&before=2025-01-01"))
    assert {key: counts[0] for (key,), counts in by_quarter.items()} == {
        "2024-Q2": 1,
        "2024-Q3": 0,
        "2024-Q4": 0,
    }


# Actors -----------------------------------------------------------------------------------------------------


def test_actors_that_are_asked_for_are_counted_with_their_own_claims(api):
    one, other, third = (ActorFactory() for _ in range(3))
    strike, wave = StrikeFactory(), WaveFactory()
    on_record(
        *claimed(strike, 2, actor=one),
        *claimed(strike, 1, actor=other, stance="denies"),
        *claimed(strike, 3, actor=third),
        *claimed(wave, 4, actor=one),
        *claimed(StrikeFactory(), 5, actor=third),
    )
    alone = stats(api, f"group_by=actor&actor={one.public_id}")
    assert groups(alone) == {(one.public_id,): (1, 1, 2, 4)}
    assert counted(alone["total"]) == (1, 1, 2, 4)
    both = stats(api, f"group_by=month,actor&actor={one.public_id},{other.public_id}")
    assert groups(both) == {
        ("2024-03", one.public_id): (1, 1, 2, 4),
        ("2024-03", other.public_id): (1, 0, 1, 0),
    }
    assert counted(both["total"]) == (1, 1, 3, 4)
    denying = stats(api, f"group_by=actor&actor={one.public_id},{other.public_id}&stance=denies")
    assert groups(denying) == {(other.public_id,): (1, 0, 1, 0)}
    # Without both, what is said of an event is counted whoever says it.
    assert groups(stats(api, "group_by=actor"))[other.public_id,] == (1, 0, 6, 0)
    assert counted(stats(api, f"group_by=month&actor={one.public_id}")["total"]) == (1, 1, 6, 4)


def test_the_claims_of_an_actor_are_counted_under_the_id_that_it_was_merged_with(api):
    actor, alias = ActorFactory(), ActorFactory()
    strike, same = StrikeFactory(), StrikeFactory()
    on_record(*claimed(strike, 1, actor=actor), *claimed(same, 2, actor=alias), *claimed(strike, 4))
    publishing.merge(fresh(alias), fresh(actor))
    publishing.merge(fresh(same), fresh(strike))
    for asked in (actor, alias):
        answer = stats(api, f"group_by=actor&actor={asked.public_id}")
        assert groups(answer) == {(actor.public_id,): (1, 0, 3, 0)}


@pytest.mark.parametrize("past", ["known_at=2024-03-12T06:30:00Z", "as_of"])
def test_the_claims_of_an_actor_are_those_of_that_time(api, past):
    actor, strike = ActorFactory(), StrikeFactory()
    point = PropositionFactory(strike=strike)
    first = on_record(claim_at_hour(0, proposition=point, actor=actor))
    published_at = first.published_rev.at.isoformat().replace("+00:00", "Z")
    on_record(claim_at_hour(1, proposition=fresh(point), actor=fresh(actor)))
    asked = past if "=" in past else f"as_of={published_at}"
    assert groups(stats(api, f"group_by=actor&actor={actor.public_id}&{asked}")) == {
        (actor.public_id,): (1, 0, 1, 0)
    }
    assert counted(stats(api, f"group_by=actor&actor={actor.public_id}")["total"]) == (1, 0, 2, 0)
