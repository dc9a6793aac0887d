"""What an editor is asked to look at twice: the pages ask before it is done, and nothing is refused."""

from typing import Any

from record import publishing
from record.models import Ledger
from strikes.choices import Attribution, ClaimRelationKind
from strikes.models import Claim, ClaimRelation
from tests.admin.conftest import admin_url
from tests.admin.test_lists import text_of
from tests.factories import ActorFactory, ClaimFactory, ClaimRelationFactory, PropositionFactory
from tests.forms import complaints, form_of
from tests.ledger_asserts import public_claim_of
from tests.on_record import fresh, on_record

TICK = "Look at what is asked above, and tick this."
REPEATS = ClaimRelationKind.REPEATS


def named(name: str) -> Any:
    return ActorFactory(name=name, kind="person")


def nikitins_word() -> Claim:
    claim: Claim = public_claim_of(on_record(PropositionFactory()), actor=named("Gleb Nikitin"))
    return claim


def repeating(claim: Claim, **fields: Any) -> Claim:
    """A draft that repeats a public claim."""
    draft = ClaimFactory(proposition=claim.proposition, **fields)
    ClaimRelationFactory(claim=draft, other=claim, kind=REPEATS)
    return draft


def question(*claims: Claim) -> str:
    first, second = (f"{claim.actor.name} ({claim.public_id})" for claim in claims)
    return f"{first} and {second} speak by name, and count as one origin because of “repeats”. "


def asked(answer: Any) -> list[str]:
    return list(answer.context["questions"])


# What is asked ----------------------------------------------------------------------------------------------


def test_two_who_speak_by_name_and_are_joined_by_repeats_are_asked_about():
    first = nikitins_word()
    second = on_record(repeating(first, actor=named("Andriy Yusov")))
    for claim in (first, second):
        [text] = claim.questions()
        assert text.startswith(
            question(*sorted((first, second), key=lambda row: (row.sort_at, row.public_id)))
        )


def test_however_far_apart_in_the_tree_they_are():
    first = nikitins_word()
    between = on_record(repeating(first, actor=named("Somebody"), attribution=Attribution.UNATTRIBUTED))
    assert list(between.questions()) == []
    last = on_record(repeating(between, actor=named("Andriy Yusov")))
    for claim in (first, between, last):
        [text] = fresh(claim).questions()
        assert "Gleb Nikitin" in text
        assert "Andriy Yusov" in text
        assert "Somebody" not in text


def test_nothing_is_asked_where_it_is_one_voice_or_nobody_has_a_name():
    first = nikitins_word()
    assert list(first.questions()) == []
    body = on_record(ActorFactory(kind="government_body"))
    spokesman = on_record(ActorFactory(kind="person", affiliation=body))
    of_the_body = public_claim_of(first.proposition, actor=body)
    for draft in (
        repeating(first, actor=first.actor),
        repeating(first, attribution=Attribution.UNATTRIBUTED),
        repeating(of_the_body, actor=spokesman),
    ):
        assert list(on_record(draft).questions()) == []


def test_what_no_longer_repeats_is_not_asked_about():
    first = nikitins_word()
    second = on_record(repeating(first, actor=named("Andriy Yusov")))
    publishing.amend(second, end=[second.relations.get()])
    assert list(second.questions()) == list(first.questions()) == []


def test_a_draft_of_a_relation_joins_nothing_yet():
    first = nikitins_word()
    repeating(first, actor=named("Andriy Yusov"))
    assert list(first.questions()) == []


def test_no_publishing_function_refuses_it():
    first = nikitins_word()
    draft = repeating(first, actor=named("Andriy Yusov"))
    publishing.publish(draft.actor, draft.report.source.voice, draft.report.source, draft.report)
    assert publishing.blockers(draft) == []
    publishing.publish(draft)
    assert fresh(draft).is_public


# Where it is asked ------------------------------------------------------------------------------------------


def test_publishing_asks_first_and_is_done_when_the_box_is_ticked(editor):
    draft = repeating(nikitins_word(), actor=named("Andriy Yusov"))
    address, before = admin_url(draft, "publish"), Ledger.head().n
    page = editor.get(address)
    [text] = asked(page)
    assert "Look at this twice" in text_of(page)
    assert "looked_twice" not in form_of(page)
    answer = editor.post(address, form_of(page), "_do")
    assert ("looked_twice", TICK) in complaints(answer)
    assert asked(answer) == [text]
    assert (Ledger.head().n, fresh(draft).status) == (before, "draft")
    editor.saved(address, "_do", looked_twice=key(page))
    assert fresh(draft).is_public


def key(answer: Any) -> list[str]:
    """What the tick of a page sends."""
    form = answer.context["adminform"].form if "adminform" in answer.context else answer.context["form"]
    return [value for value, _ in form.fields["looked_twice"].choices]


def test_what_was_chosen_is_kept_while_it_is_asked(editor):
    draft = repeating(nikitins_word(), actor=named("Andriy Yusov"))
    address = admin_url(draft.report, "publish")
    page = editor.get(address)
    assert len(asked(page)) == 1, "The claims of a report are ticked."
    answer = editor.post(address, form_of(page), "_do")
    assert draft in dict(answer.context["preview"]).get("Goes public with them", [])
    assert form_of(answer)["along"] == [f"claims/{draft.public_id}"]
    answer = editor.send(address, "_preview", along=[])
    assert asked(answer) == [], "Without the claim there is nothing to ask."
    editor.saved(address, "_do", along=[])


def test_a_tick_for_other_questions_does_not_count(editor):
    first = nikitins_word()
    draft = repeating(first, actor=named("Andriy Yusov"))
    address = admin_url(draft, "publish")
    seen = key(editor.get(address))
    on_record(repeating(first, actor=named("Marta Lind")))
    answer = editor.send(address, "_do", looked_twice=seen)
    assert ("looked_twice", "What is asked has changed: look again, and tick this.") in complaints(answer)
    assert fresh(draft).status == "draft"


def test_what_is_in_the_way_is_said_and_nothing_is_asked(editor):
    draft = repeating(nikitins_word(), actor=named("Andriy Yusov"))
    answer = editor.send(admin_url(draft, "publish"), "_preview", with_needed=[])
    assert answer.context["blockers"]
    assert asked(answer) == []


def test_correcting_asks_first(editor):
    first = nikitins_word()
    second = on_record(repeating(first, actor=named("Somebody"), attribution=Attribution.UNATTRIBUTED))
    draft = publishing.revise(second, attribution=Attribution.ON_RECORD)
    address = admin_url(draft, "correct")
    page = editor.get(address)
    assert len(asked(page)) == 1
    answer = editor.send(address, "_do", reason="typo")
    assert ("looked_twice", TICK) in complaints(answer)
    assert fresh(second).is_public
    editor.saved(address, "_do", reason="typo", looked_twice=key(page))
    assert fresh(draft).is_public


def relation_to(claim: Claim) -> dict[str, str]:
    return {"relations-TOTAL_FORMS": "1", "relations-0-kind": "repeats", "relations-0-other": str(claim.pk)}


def amendable() -> tuple[Claim, Claim]:
    first = nikitins_word()
    return first, public_claim_of(first.proposition, actor=named("Andriy Yusov"))


def test_amending_asks_first_and_keeps_what_was_entered(editor):
    first, second = amendable()
    address, before = admin_url(second, "amend"), Ledger.head().n
    answer = editor.send(address, "_amend", **relation_to(first), note="As he said.")
    assert ("looked_twice", TICK) in complaints(answer)
    assert "Gleb Nikitin" in text_of(answer)
    assert "This would change" in text_of(answer)
    assert "was amended" not in text_of(answer)
    assert (Ledger.head().n, ClaimRelation.objects.count()) == (before, 0)
    entered = form_of(answer)
    assert (entered["note"], entered["relations-0-other"]) == ("As he said.", [str(first.pk)])
    done = editor.post(address, {**entered, "looked_twice": key(answer)}, "_amend")
    assert done.status_code == 302
    assert second.relations.get().is_public
    assert fresh(second).note == "As he said."


def test_a_preview_of_an_amendment_asks_too_and_changes_nothing(editor):
    first, second = amendable()
    answer = editor.send(admin_url(second, "amend"), "_preview", **relation_to(first))
    assert "looked_twice" in answer.context["adminform"].form.fields
    ticked = {**form_of(answer), "looked_twice": key(answer)}
    editor.post(admin_url(second, "amend"), ticked, "_preview")
    assert not second.relations.exists()


def test_an_amendment_that_joins_nobody_anew_is_not_asked_about(editor):
    first = nikitins_word()
    second = on_record(repeating(first, actor=named("Andriy Yusov")))
    editor.saved(admin_url(second, "amend"), "_amend", note="Checked against the recording.")
    assert fresh(second).note == "Checked against the recording."


def test_withdrawing_asks_nothing(editor):
    first = nikitins_word()
    second = on_record(repeating(first, actor=named("Andriy Yusov")))
    editor.saved(admin_url(second, "withdraw"), "_do", reason="out_of_scope")
    assert fresh(second).status == "withdrawn"


def test_a_wide_tree_takes_as_many_queries_as_a_narrow_one(django_assert_num_queries):
    first = nikitins_word()
    for n in range(4):
        second = on_record(repeating(first, actor=named(f"Speaker {n}")))
        for claim in (first, second):
            # Two for each step that one can go, from this claim to the first and on to the others; one for the names.
            steps = 2 if claim == first or n == 0 else 3
            with django_assert_num_queries(2 * steps + 1):
                assert len(list(claim.questions())) == 1
