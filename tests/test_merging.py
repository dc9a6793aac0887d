"""Two rows are the same thing: what a merge does to addresses, counts and states, and that undoing is exact."""

from typing import Any

import pytest

from record.choices import Action, WithdrawalReason
from record.derived import pairs_below
from record.models import Merge
from record.publishing import amend, conflicts_of, merge, revise, undone_with, unmerge, withdraw
from strikes.models import ClaimOrigin, Proposition, PropositionState
from tests.factories import (
    ActorFactory,
    CapacityFactory,
    FacilityFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    WaveFactory,
)
from tests.ledger_asserts import (
    alike_propositions,
    assert_blocked,
    ledger_line,
    ledger_lines,
    public_claim_of,
    rows_by_table,
)
from tests.on_record import fresh, on_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]
OUT = WithdrawalReason.OUT_OF_SCOPE


def rules(blockers: Any) -> list[str]:
    return [blocker.rule for blocker in blockers]


def state(proposition: Proposition) -> tuple[Any, ...] | None:
    states = PropositionState.objects.current().filter(proposition=proposition)
    return states.values_list("state", "origins_for", "origins_against", "documents").first()


def origin(claim: Any) -> str:
    return ClaimOrigin.objects.current().get(claim=claim).key


# --- What it does ----------------------------------------------------------------------------------------


def test_the_survivor_stands_for_both_and_nothing_is_pointed_elsewhere():
    duplicate, canonical = alike_propositions()
    claims = [public_claim_of(duplicate), public_claim_of(canonical)]
    revision = merge(duplicate, canonical, note="One fire.")
    assert ledger_lines(revision) == [
        ledger_line(Action.MERGE, duplicate, note="One fire.", replaced_by=canonical.public_id)
    ]
    assert list(Proposition.objects.published()) == [canonical]
    assert [fresh(claim).proposition for claim in claims] == [duplicate, canonical]
    assert state(duplicate) is None
    assert state(canonical) == ("agreed", 2, 0, 2)


def test_undoing_gives_back_exactly_what_was():
    duplicate, canonical = alike_propositions()
    public_claim_of(duplicate, stance="denies")
    public_claim_of(canonical)
    before = [state(duplicate), state(canonical)]
    merge(duplicate, canonical)
    assert state(canonical) == ("disputed", 1, 1, 2)
    revision = unmerge(duplicate, note="Two fires after all.")
    assert ledger_lines(revision) == [ledger_line(Action.UNMERGE, duplicate, note="Two fires after all.")]
    assert [state(duplicate), state(canonical)] == before == [("denied", 0, 1, 1), ("single_origin", 1, 0, 1)]


def test_what_was_said_while_they_were_one_stays_with_what_it_names():
    duplicate, canonical = alike_propositions()
    merge(duplicate, canonical)
    public_claim_of(duplicate)
    assert state(canonical) == ("single_origin", 1, 0, 1)
    unmerge(duplicate)
    assert (state(duplicate), state(canonical)) == (("single_origin", 1, 0, 1), ("unreported", 0, 0, 0))


def test_merged_speakers_are_one_origin():
    one, other = on_record(ActorFactory()), on_record(ActorFactory())
    (point,) = alike_propositions(1)
    first, second = public_claim_of(point, actor=one), public_claim_of(point, actor=other)
    assert state(point) == ("agreed", 2, 0, 2)
    merge(one, other)
    assert {origin(first), origin(second)} == {other.public_id}
    assert state(point) == ("single_origin", 1, 0, 2)
    unmerge(one)
    assert (origin(first), origin(second)) == (one.public_id, other.public_id)
    assert state(point) == ("agreed", 2, 0, 2)


def test_a_body_that_is_merged_takes_its_spokesmen_along():
    ministry, double = (on_record(ActorFactory(kind="government_body")) for _ in "ab")
    spokesman = on_record(ActorFactory(kind="person", affiliation=ministry))
    claim = public_claim_of(alike_propositions(1)[0], actor=spokesman)
    merge(ministry, double)
    assert origin(claim) == double.public_id
    unmerge(ministry)
    assert origin(claim) == ministry.public_id


def test_the_copies_of_a_merged_source_are_of_one_origin_with_its_own():
    agency, double = on_record(SourceFactory()), on_record(SourceFactory())
    (point,) = alike_propositions(1)
    for source in (agency, double):
        relay = on_record(ReportFactory(wire_source=source))
        public_claim_of(point, report=relay, actor=relay.source.voice)
    assert state(point) == ("agreed", 2, 0, 2)
    pairs = pairs_below(agency, double)
    assert pairs == [(agency.voice, double.voice)]
    merge(agency, double, *pairs)
    assert state(point) == ("single_origin", 1, 0, 2)
    unmerge(agency)
    assert not Merge.objects.active().exists()
    assert state(point) == ("agreed", 2, 0, 2)


def test_a_merged_answer_is_one_rival_of_each_question_it_answers():
    who, whoever = alike_propositions(2, open=True)
    strike = who.strike
    x, y = (
        on_record(PropositionFactory(strike=strike, text=text, answers=question))
        for text, question in (("It was X.", who), ("It was Iks.", whoever))
    )
    public_claim_of(x)
    public_claim_of(y)
    assert (state(who), state(whoever)) == (("single_origin", 1, 0, 1), ("single_origin", 1, 0, 1))
    merge(y, x)
    assert (state(who), state(whoever)) == (("agreed", 2, 0, 2), ("agreed", 2, 0, 2))
    merge(whoever, who)
    assert (state(who), state(whoever)) == (("agreed", 2, 0, 2), None)
    z = on_record(PropositionFactory(strike=strike, text="It was Z.", answers=whoever))
    public_claim_of(z)
    assert state(who) == ("disputed", 3, 0, 3)


def test_a_question_about_one_of_two_merged_strikes_is_answered_from_the_other():
    duplicate, canonical = on_record(StrikeFactory()), on_record(StrikeFactory())
    question = on_record(PropositionFactory(strike=duplicate, open=True, text="Who?"))
    answer = on_record(PropositionFactory(strike=canonical, text="It was X."))
    public_claim_of(answer)
    assert_blocked(amend, answer, changes={"answers": question})
    merge(duplicate, canonical)
    amend(answer, {"answers": question})
    assert state(question) == ("single_origin", 1, 0, 1)
    blocked = assert_blocked(unmerge, duplicate)
    assert rules(blocked) == [
        "answers: a rival is about the same strike or the same subject as the question."
    ]
    amend(answer, {"answers": None})
    assert state(question) == ("unreported", 0, 0, 0)
    unmerge(duplicate)


def test_a_chain_leads_to_its_end_and_each_link_is_undone_by_itself():
    a, b, c = alike_propositions(3)
    for one in (a, b, c):
        public_claim_of(one)
    merge(a, b)
    merge(b, c)
    assert state(c) == ("agreed", 3, 0, 3)
    assert (fresh(a).canonical, fresh(b).canonical, fresh(c).canonical) == (c, c, c)
    unmerge(b)
    assert (state(b), state(c)) == (("agreed", 2, 0, 2), ("single_origin", 1, 0, 1))
    assert state(a) is None
    merge(b, c)
    unmerge(a)
    assert (state(a), state(c)) == (("single_origin", 1, 0, 1), ("agreed", 2, 0, 2))


# --- What is refused -------------------------------------------------------------------------------------


def test_only_rows_that_can_be_one_are_merged():
    actor, other, voice = (on_record(ActorFactory(kind=kind)) for kind in ("company", "company", "anonymous"))
    facility, draft, report = on_record(FacilityFactory()), ActorFactory(), on_record(ReportFactory())
    assert rules(assert_blocked(merge, actor, facility)) == ["Only rows of one collection are merged."]
    assert rules(assert_blocked(merge, actor, actor)) == ["It is not merged into itself."]
    assert rules(assert_blocked(merge, actor, draft)) == ["It is not public."]
    assert rules(assert_blocked(merge, draft, actor)) == ["It is not public."]
    assert rules(assert_blocked(merge, report, on_record(ReportFactory()))) == [
        "A row of its kind is withdrawn as a duplicate, not merged."
    ]
    only = ["An anonymous voice is only ever the same as another anonymous voice."]
    assert rules(assert_blocked(merge, actor, voice)) == rules(assert_blocked(merge, voice, actor)) == only
    merge(actor, other)
    third = on_record(ActorFactory(kind="company"))
    assert rules(assert_blocked(merge, actor, third)) == [f"It is merged into {other.public_id} already."]
    assert rules(assert_blocked(merge, third, actor)) == [
        f"It is merged into {other.public_id}: merge with that one."
    ]
    assert rules(assert_blocked(merge, other, actor)) == [
        f"{actor.public_id} is merged into it: that would be a circle."
    ]
    assert rules(assert_blocked(unmerge, other)) == ["It is not merged into another row."]


def test_propositions_are_merged_within_one_topic_and_subject():
    (duplicate,) = alike_propositions(1, topic="fire")
    strike = duplicate.strike
    unit = on_record(UnitFactory())
    of_another = {
        "topic: they are of two topics.": PropositionFactory(strike=strike, topic="damage"),
        "open: one is a question, the other is not.": PropositionFactory(
            strike=strike, topic="fire", open=True
        ),
        "strike: they are about two different ones; if these are one, merge these.": PropositionFactory(
            topic="fire"
        ),
        "unit: they are about two different ones; if these are one, merge these.": PropositionFactory(
            strike=strike, topic="fire", unit=unit
        ),
    }
    for rule, proposition in of_another.items():
        assert rules(assert_blocked(merge, duplicate, on_record(proposition))) == [rule]


def test_propositions_of_two_strikes_are_merged_with_the_strikes():
    duplicate, canonical = on_record(PropositionFactory()), on_record(PropositionFactory())
    assert_blocked(merge, duplicate, canonical)
    merge(duplicate.strike, canonical.strike, (duplicate, canonical))
    assert fresh(duplicate).canonical == canonical
    assert rules(assert_blocked(unmerge, fresh(canonical))) == ["It is not merged into another row."]
    unmerge(duplicate)
    assert fresh(duplicate).canonical == duplicate
    merge(duplicate, canonical)  # a merge of its own now, which rests on the other
    rule = f"It was merged into {canonical.public_id} because of this: undo that first."
    assert rules(assert_blocked(unmerge, duplicate.strike)) == [rule]
    unmerge(duplicate)
    unmerge(duplicate.strike)


def test_waves_are_merged_with_waves_and_never_with_what_they_group():
    wave, campaign = on_record(WaveFactory()), on_record(WaveFactory())
    strike = on_record(StrikeFactory(wave=wave))
    assert rules(assert_blocked(merge, strike, campaign)) == [
        "kind: a wave is only ever the same as another wave."
    ]
    amend(wave, {"wave": campaign})
    for pair in ((wave, campaign), (campaign, wave)):
        assert rules(assert_blocked(merge, *pair)) == ["wave: one of the two groups the other."]


def test_actors_that_would_speak_for_themselves_are_not_merged():
    chief = on_record(ActorFactory(kind="person"))
    aide = on_record(ActorFactory(kind="person", affiliation=chief))
    clerk = on_record(ActorFactory(kind="person", affiliation=aide))
    back = "Their survivor's affiliation: it leads back to the actor itself."
    assert rules(assert_blocked(merge, aide, clerk)) == rules(assert_blocked(merge, chief, clerk)) == [back]
    merge(clerk, aide)


def test_units_are_merged_within_one_facility():
    duplicate, canonical = on_record(UnitFactory()), on_record(UnitFactory())
    assert rules(assert_blocked(merge, duplicate, canonical)) == [
        "facility: they are parts of two facilities; merge these, or these first."
    ]
    merge(duplicate.facility, canonical.facility, (duplicate, canonical))


def test_every_blocker_of_every_pair_is_named_at_once():
    duplicate, canonical = on_record(PropositionFactory()), on_record(PropositionFactory(topic="fire"))
    draft = PropositionFactory()
    blockers = assert_blocked(
        merge, duplicate.strike, canonical.strike, (duplicate, canonical), (draft, canonical)
    )
    assert rules(blockers) == ["It is not public.", "topic: they are of two topics."]


def test_a_survivor_is_not_withdrawn_while_another_is_merged_into_it():
    duplicate, canonical = (on_record(FacilityFactory()) for _ in "ab")
    merge(duplicate, canonical)
    assert rules(assert_blocked(withdraw, canonical, reason=OUT)) == [
        f"{duplicate.public_id} is merged into it: undo that first."
    ]
    withdraw(canonical, duplicate, reason=OUT)
    third, fourth = (on_record(FacilityFactory()) for _ in "ab")
    merge(third, fourth)
    withdraw(third, reason=OUT)
    assert rules(assert_blocked(unmerge, fresh(third))) == ["It is not public."]
    withdraw(fourth, reason=OUT)


def test_a_survivor_is_not_taken_along_either():
    duplicate, canonical = alike_propositions()
    merge(duplicate, canonical)
    claimed = public_claim_of(canonical)
    withdraw(canonical.strike, reason=OUT, along=True)  # both go
    assert [fresh(one).status for one in (duplicate, canonical, claimed)] == ["withdrawn"] * 3


def test_a_survivor_is_not_corrected_away():
    duplicate, canonical = alike_propositions()
    merge(duplicate, canonical)
    from record.publishing import correct

    draft = revise(canonical, text="Another fire.")
    assert_blocked(correct, draft, reason=WithdrawalReason.TYPO)


def test_whoever_saw_an_older_version_is_refused():
    duplicate, canonical = alike_propositions()
    duplicate.seen_version = fresh(duplicate).version
    amend(canonical, {"note": "Seen."})
    amend(duplicate, {"note": "Seen."})
    assert rules(assert_blocked(merge, duplicate, canonical)) == [
        "Somebody changed it since you opened it: look at it again."
    ]


# --- The preview -----------------------------------------------------------------------------------------


def test_the_preview_says_what_differs_and_what_would_happen_and_writes_nothing():
    duplicate, canonical = (on_record(StrikeFactory(title=title)) for title in ("At dawn", "In the morning"))
    point, twin = (
        on_record(PropositionFactory(strike=strike, text="AVT-6 burns")) for strike in (duplicate, canonical)
    )
    on_record(PropositionFactory(strike=duplicate, text="Nobody was hurt"))
    public_claim_of(point)
    public_claim_of(twin)
    before = rows_by_table()
    preview = conflicts_of(duplicate, canonical)
    assert rows_by_table() == before
    assert ("title", "At dawn", "In the morning") in preview.differences
    assert preview.pairs == [(point, twin)]
    assert preview.counts == [("propositions by strike", 2, 1)]
    assert preview.blockers == []
    states = {row: (old, new) for row, old, new in preview.states}
    assert states == {
        point: ("single origin, 1 for and 0 against", "none of its own"),
        twin: ("single origin, 1 for and 0 against", "agreed, 2 for and 0 against"),
    }
    merge(duplicate, canonical, *preview.pairs)
    assert state(twin) == ("agreed", 2, 0, 2)


def test_the_preview_says_what_is_in_the_way():
    duplicate, canonical = on_record(FacilityFactory()), on_record(ActorFactory())
    assert rules(conflicts_of(duplicate, canonical).blockers) == ["Only rows of one collection are merged."]
    one, other = on_record(ActorFactory(kind="anonymous")), on_record(ActorFactory())
    assert len(conflicts_of(one, other).blockers) == 1
    report, copy = on_record(ReportFactory()), on_record(ReportFactory())
    assert len(conflicts_of(report, copy).blockers) == 1


def test_capacities_and_units_are_shown_side_by_side():
    duplicate, canonical = on_record(FacilityFactory()), on_record(FacilityFactory())
    capacity = on_record(CapacityFactory(facility=duplicate))
    CapacityFactory(facility=canonical)  # a draft is nobody's business
    assert ("capacities", str(capacity), "—") in conflicts_of(duplicate, canonical).differences


def test_facilities_bring_their_units_and_what_is_said_of_both():
    duplicate, canonical = on_record(FacilityFactory()), on_record(FacilityFactory())
    units = [
        on_record(UnitFactory(facility=facility, designation=name, public_id=f"{facility.public_id}-{n}"))
        for n, (facility, name) in enumerate(
            [(duplicate, "АВТ-6"), (canonical, "AVT 6"), (duplicate, "Tank 5"), (canonical, "Tank 6")]
        )
    ]
    strike = on_record(StrikeFactory())
    points = [
        on_record(PropositionFactory(text="It burns", **fields))
        for fields in (
            {"strike": strike, "unit": units[0]},
            {"strike": strike, "unit": units[1]},
            {"strike": None, "facility": duplicate},
            {"strike": None, "facility": canonical},
            {"strike": strike, "unit": units[2]},
            {"strike": strike, "unit": units[3]},
        )
    ]
    pairs = pairs_below(duplicate, canonical)
    assert pairs[0] == (units[0], units[1])
    assert set(pairs[1:]) == {(points[0], points[1]), (points[2], points[3])}
    merge(duplicate, canonical, *pairs)
    assert len(undone_with(fresh(duplicate))) == 4
    assert rules(assert_blocked(unmerge, fresh(units[0]))) == [
        f"It was merged into {points[1].public_id} because of this: undo that first."
    ]
    unmerge(duplicate)
    assert not Merge.objects.active().exists()


def test_nothing_is_proposed_twice():
    duplicate, canonical = on_record(SourceFactory()), on_record(SourceFactory())
    merge(duplicate.voice, canonical.voice)
    assert pairs_below(duplicate, canonical) == []
