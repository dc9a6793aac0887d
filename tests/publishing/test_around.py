"""The starter load, publishing within a transaction, who may see what, and merges."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from record import publishing
from record.choices import WithdrawalReason
from record.models import ClockBehind, Ledger, Merge, OnRecord, Recorded, Revision
from record.publishing import Blocked, amend, merge, publish, unmerge
from sources.models import Actor
from strikes.models import ClaimRelation, Facility
from tests.factories import MORNING, NIGHT, ActorFactory, FacilityFactory, StrikeFactory
from tests.ledger_asserts import (
    COLLECTIONS,
    FACTORIES,
    assert_blocked,
    audited,
    revisions_showing,
    row_or_owner,
    rows_by_table,
    withdraw,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


# --- load ------------------------------------------------------------------------------------------------


@audited
def test_the_first_load_writes_past_moments_in_date_order():
    first, second, third = ActorFactory(), ActorFactory(), ActorFactory()
    revision = publishing.publish_dated(
        [
            (NIGHT, publishing.Batch([first])),
            (NIGHT, publishing.Batch([second])),
            (MORNING, publishing.Batch([third])),
        ]
    )
    assert list(Revision.objects.values_list("n", "at")) == [(1, NIGHT), (2, NIGHT), (3, MORNING)]
    assert (revision.n, fresh(third).published_rev) == (3, revision)


def test_a_load_puts_nothing_in_the_future():
    before = timezone.now()
    revision = publishing.publish_dated([(before + timedelta(days=1), publishing.Batch([ActorFactory()]))])
    assert before <= revision.at <= timezone.now()


def nothing_is_on_the_record() -> bool:
    return Ledger.head().n == 0 and not Revision.objects.exists() and not Actor.objects.published().exists()


def test_a_load_out_of_date_order_loads_nothing():
    with pytest.raises(ClockBehind, match="dated"):
        publishing.publish_dated(
            [(MORNING, publishing.Batch([ActorFactory()])), (NIGHT, publishing.Batch([ActorFactory()]))]
        )
    assert nothing_is_on_the_record()


def test_a_load_that_is_blocked_loads_nothing():
    assert_blocked(
        publishing.publish_dated,
        [(NIGHT, publishing.Batch([ActorFactory()])), (MORNING, publishing.Batch([StrikeFactory()]))],
    )
    assert nothing_is_on_the_record()


def test_a_load_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="nothing to load"):
        publishing.publish_dated([])


def test_a_load_needs_an_empty_ledger():
    publish(ActorFactory())
    (blocker,) = assert_blocked(
        publishing.publish_dated, [(timezone.now() + timedelta(days=1), publishing.Batch([ActorFactory()]))]
    )
    assert blocker.rule == "Past moments are for an empty ledger only."


def test_a_load_of_past_moments_says_that_it_needs_an_empty_ledger():
    publish(ActorFactory())
    assert_blocked(publishing.publish_dated, [(NIGHT, publishing.Batch([ActorFactory()]))])


# --- Publishing within a transaction ------------------------------------------------------------------------


@audited
def test_two_publications_in_one_transaction_take_two_revisions_and_a_refused_one_between_takes_none():
    with transaction.atomic():
        first = publish(ActorFactory())
        with pytest.raises(Blocked):
            publish(StrikeFactory())
        second = publish(ActorFactory())
    assert (first.n, second.n) == (1, 2)


def test_an_exception_after_publishing_gives_the_number_back():
    actor = ActorFactory()

    def publish_and_fail() -> None:
        with transaction.atomic():
            publish(actor)
            raise LookupError

    before = rows_by_table()
    with pytest.raises(LookupError):
        publish_and_fail()
    assert rows_by_table() == before
    assert publish(actor).n == 1


# --- Who may see what ------------------------------------------------------------------------------------


def seen_now(model: Any, row: models.Model) -> set[str]:
    rows = model._default_manager
    return {verb for verb in ("published", "cited", "drafts") if getattr(rows, verb)().filter(pk=row.pk)}


RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]


@pytest.mark.parametrize("model", RECORDED)
def test_a_row_is_public_from_the_revision_that_published_it_until_the_one_that_withdrew_it(model):
    row = FACTORIES[model]()
    row_of = row_or_owner(row)
    publish(ActorFactory())
    assert (revisions_showing(model, row), seen_now(model, row)) == (set(), {"drafts"})
    on_record(row_of, *([row.other] if isinstance(row, ClaimRelation) else []))
    assert seen_now(model, row) == {"published", "cited"}
    publish(ActorFactory())
    if row == row_of:
        withdraw(row, along=True)
    else:
        amend(row_of, end=[row])
    publish(ActorFactory())
    assert (revisions_showing(model, row), seen_now(model, row)) == ({2, 3}, set())


@pytest.mark.parametrize("model", COLLECTIONS)
def test_a_row_that_was_taken_down_is_public_at_no_revision(model):
    row = on_record(FACTORIES[model]())
    withdraw(row, along=True)
    assert revisions_showing(model, row) == {1}
    model.objects.filter(pk=row.pk).update(
        withdrawal_reason=WithdrawalReason.SAFETY, taken_down_rev=F("withdrawn_rev")
    )
    assert revisions_showing(model, row) == set()


# --- Merges ----------------------------------------------------------------------------------------------


def double_of(row: OnRecord) -> dict[str, Any]:
    """What a row must have to be the same thing as another."""
    return {name: getattr(row, name) for name in ("strike", "facility") if name in row.frozen}


@pytest.mark.parametrize("model", [model for model in COLLECTIONS if model.mergeable])
def test_a_merged_row_is_hidden_while_the_merge_is_in_force_and_never_its_survivor(model):
    duplicate = on_record(FACTORIES[model]())
    canonical = on_record(FACTORIES[model](**double_of(duplicate)))
    born = Ledger.head().n
    publish(ActorFactory())
    merge(duplicate, canonical)
    publish(ActorFactory())
    assert duplicate not in model.objects.published()
    assert duplicate in model.objects.cited()
    assert canonical in model.objects.published()
    unmerge(duplicate)
    assert duplicate in model.objects.published()
    assert revisions_showing(model, duplicate) == {born - 1, born, born + 1, born + 4, born + 5}
    assert revisions_showing(model, canonical) == set(range(born, born + 6))


def test_a_merge_hides_only_rows_of_its_own_collection():
    actor, facility = (
        on_record(ActorFactory(public_id="norsi")),
        on_record(FacilityFactory(public_id="norsi")),
    )
    merge(actor, on_record(ActorFactory()))
    assert actor not in Actor.objects.published()
    assert facility in Facility.objects.published()


@audited
def test_families_and_survivors_run_over_chains_of_merges():
    a, b, c, d = (on_record(ActorFactory(public_id=public_id)) for public_id in "abcd")
    merge(*(on_record(FacilityFactory(public_id=public_id)) for public_id in "ca"))
    start = Ledger.head().n
    merge(a, b)
    merge(b, c)
    merge(d, c)
    unmerge(b)

    def at(n: int | None, of: str) -> tuple[str, set[str]]:
        everybody = ["a", "b", "c", "d", "nobody"]
        canonical_of = Merge.objects.canonical_of("actors", everybody, n)
        return canonical_of[of], Merge.objects.clusters("actors", everybody, n)[of]

    for public_id in "abcd":
        assert at(start, public_id) == (public_id, {public_id})
    assert at(start + 1, "a") == at(start + 1, "b") == ("b", {"a", "b"})
    assert at(start + 2, "a") == at(start + 2, "c") == ("c", {"a", "b", "c"})
    for public_id in "abcd":
        assert at(start + 3, public_id) == ("c", {"a", "b", "c", "d"})
    for n in (start + 4, None):
        assert at(n, "a") == at(n, "b") == ("b", {"a", "b"})
        assert at(n, "c") == at(n, "d") == ("c", {"c", "d"})
    assert at(None, "nobody") == ("nobody", {"nobody"})
