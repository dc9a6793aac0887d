"""Identifiers as editors enter them: beside the names of a draft, and as an amendment of what is public."""

import pytest

from sources.models import Actor
from tests.admin.conftest import admin_url
from tests.factories import (
    ActorFactory,
    ActorIdentifierFactory,
    FacilityIdentifierFactory,
    UnitIdentifierFactory,
)
from tests.forms import complaints
from tests.on_record import fresh, on_record

NOTHING_STORED = "Nothing that could identify an anonymous voice is stored."
FIRST = {"identifiers-TOTAL_FORMS": "1", "identifiers-0-scheme": "wikidata", "identifiers-0-value": "Q329347"}


@pytest.mark.parametrize(
    "factory", [FacilityIdentifierFactory, UnitIdentifierFactory, ActorIdentifierFactory]
)
def test_identifiers_are_added_changed_and_ended(editor, factory):
    identifier = factory(value="Q1")
    owner = getattr(identifier, identifier.owner)
    factory(**{identifier.owner: owner, "value": "Q2"})
    row = on_record(owner)
    editor.saved(
        admin_url(row, "amend"),
        "_amend",
        **{
            "identifiers-0-value": "Q11",
            "identifiers-1-DELETE": "on",
            "identifiers-TOTAL_FORMS": "3",
            "identifiers-2-scheme": "gem",
            "identifiers-2-value": "L100000500000",
        },
    )
    now = {str(part) for part in row.identifiers.published()}
    assert now == {"wikidata:Q11", "gem:L100000500000"}
    assert row.identifiers.exclude(withdrawn_rev=None).count() == 2, "What it was stays in the past."


def test_a_contributor_enters_them_with_a_draft(contributor):
    actor = ActorFactory()
    contributor.saved(admin_url(actor), **FIRST)
    assert [str(part) for part in actor.identifiers.drafts()] == ["wikidata:Q329347"]


def test_what_is_misspelt_is_said_beside_the_value(editor):
    actor = ActorFactory()
    complained = complaints(editor.send(admin_url(actor), **{**FIRST, "identifiers-0-value": "329347"}))
    assert [field for field, _ in complained] == ["identifiers-0-value"]
    assert not actor.identifiers.exists()


# An anonymous voice -----------------------------------------------------------------------------------------


def test_a_draft_of_an_anonymous_voice_takes_none(editor):
    voice = ActorFactory(kind="anonymous")
    complained = complaints(editor.send(admin_url(voice), **FIRST))
    assert ("identifiers-0-value", NOTHING_STORED) in complained
    new = {
        **editor.form(admin_url(Actor, "add")),
        "public_id": "voice",
        "name": "A voice",
        "kind": "anonymous",
    }
    complained = complaints(editor.post(admin_url(Actor, "add"), {**new, **FIRST}))
    assert ("identifiers-0-value", NOTHING_STORED) in complained
    assert not voice.identifiers.exists()
    assert Actor.objects.get() == voice


def test_a_draft_with_one_becomes_no_anonymous_voice_until_it_is_deleted(editor):
    actor = ActorIdentifierFactory().actor
    complained = complaints(editor.send(admin_url(actor), kind="anonymous"))
    assert ("identifiers-0-value", NOTHING_STORED) in complained
    assert fresh(actor).kind == "person"
    editor.saved(admin_url(actor), kind="anonymous", **{"identifiers-0-DELETE": "on"})
    assert fresh(actor).kind == "anonymous"
    assert not actor.identifiers.exists()


@pytest.mark.parametrize("ended", [{}, {"identifiers-0-DELETE": "on"}])
def test_who_is_public_with_one_becomes_no_anonymous_voice(editor, ended):
    actor = on_record(ActorIdentifierFactory().actor)
    response = editor.send(admin_url(actor, "amend"), "_amend", kind="anonymous", **ended)
    assert NOTHING_STORED in response.content.decode()
    assert fresh(actor).kind == "person"
    assert actor.identifiers.get().is_public


def test_an_anonymous_voice_that_is_public_is_given_none(editor):
    voice = on_record(ActorFactory(kind="anonymous"))
    complained = complaints(editor.send(admin_url(voice, "amend"), "_amend", **FIRST))
    assert ("identifiers-0-value", NOTHING_STORED) in complained
    assert not voice.identifiers.exists()
