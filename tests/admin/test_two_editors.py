"""Two editors at once: the second save of one version is refused, shows both versions, and loses nothing."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from record import publishing
from record.choices import WithdrawalReason
from sources.models import Report
from strikes.models import Claim, DamageEstimate, Facility
from tests.admin.conftest import Editor, admin_url, delete_url, record_contents
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    FacilityFactory,
    FacilityNameFactory,
    ReportFactory,
    StrikeFactory,
    WeaponCountFactory,
)
from tests.forms import form_of
from tests.on_record import fresh, on_record


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def conflict(response: Any) -> str:
    """The table of both versions."""
    assert response.status_code == 200
    text = text_of(response)
    assert '<div class="conflict" role="alert">' in text
    return text.split('<div class="conflict" role="alert">')[1].split("</table>")[0]


def test_the_second_save_of_one_version_is_refused_and_shows_both(editor, another_editor):
    report = ReportFactory(title="As it was")
    own_form, other_form = editor.form(admin_url(report)), another_editor.form(admin_url(report))
    assert another_editor.post(admin_url(report), other_form | {"title": "Theirs"}).status_code == 302
    answer = editor.post(admin_url(report), own_form | {"title": "Mine", "note": "Only mine."})
    table = conflict(answer)
    assert '<th scope="row">Title</th><td>Theirs</td><td>Mine</td>' in table
    assert '<th scope="row">Note</th><td>—</td><td>Only mine.</td>' in table
    assert fresh(report).title == "Theirs"
    again = form_of(answer)
    assert (again["title"], again["note"]) == ("Mine", "Only mine.")
    assert editor.post(admin_url(report), again).status_code == 302
    assert (fresh(report).title, fresh(report).note) == ("Mine", "Only mine.")
    assert fresh(report).version == 3


def test_a_save_that_changes_nothing_is_no_new_version(editor):
    report = ReportFactory()
    editor.saved(admin_url(report))
    assert fresh(report).version == 1


def test_a_save_without_the_version_that_was_seen_is_refused(editor):
    report = ReportFactory()
    form = editor.form(admin_url(report)) | {"title": "Slipped in"}
    for version in ("", "x", "0", "9" * 30, "\x00"):
        conflict(editor.post(admin_url(report), form | {"seen_version": version}))
    form.pop("seen_version")
    conflict(editor.post(admin_url(report), form))
    assert fresh(report).title == report.title


def test_the_change_of_a_part_is_a_change_of_the_row(editor, another_editor):
    facility = FacilityFactory()
    name = FacilityNameFactory(facility=facility, name="As it was")
    own_form, other_form = editor.form(admin_url(facility)), another_editor.form(admin_url(facility))
    another_editor.post(admin_url(facility), other_form | {"names-0-name": "Theirs"})
    answer = editor.post(admin_url(facility), own_form | {"names-0-name": "Mine"})
    table = conflict(answer)
    assert "Theirs" in table
    assert "Mine" in table
    assert fresh(name).name == "Theirs"
    editor.post(admin_url(facility), form_of(answer))
    assert fresh(name).name == "Mine"


def test_a_part_that_somebody_added_is_shown_and_stays(editor, another_editor):
    facility = FacilityFactory()
    own_form, other_form = editor.form(admin_url(facility)), another_editor.form(admin_url(facility))
    another_editor.post(
        admin_url(facility), other_form | {"names-TOTAL_FORMS": "1", "names-0-name": "Theirs"}
    )
    answer = editor.post(admin_url(facility), own_form | {"names-TOTAL_FORMS": "1", "names-0-name": "Mine"})
    assert "Theirs</td><td>not in your form: it stays" in conflict(answer)
    assert editor.post(admin_url(facility), form_of(answer)).status_code == 302
    assert {name.name for name in facility.names.all()} == {"Theirs", "Mine"}


def test_a_part_that_somebody_removed_is_entered_anew(editor, another_editor):
    facility = FacilityFactory()
    for name in ("First", "Second", "Third"):
        FacilityNameFactory(facility=facility, name=name)
    own_form, other_form = editor.form(admin_url(facility)), another_editor.form(admin_url(facility))
    another_editor.post(admin_url(facility), other_form | {"names-0-DELETE": "on"})
    changed = {"names-0-name": "First, as I say", "names-2-name": "Third, as I say"}
    answer = editor.post(admin_url(facility), own_form | changed)
    assert "First, as I say" in conflict(answer)
    assert editor.post(admin_url(facility), form_of(answer)).status_code == 302
    assert {name.name for name in facility.names.all()} == {"Second", "First, as I say", "Third, as I say"}


def test_a_number_edited_on_its_own_page_is_a_change_of_its_claim(editor, another_editor):
    number = DamageEstimateFactory(comparator="at_least", low=50)
    on_the_claim, on_its_page = editor.form(admin_url(number.claim)), another_editor.form(admin_url(number))
    assert another_editor.post(admin_url(number), on_its_page | {"low": "40"}).status_code == 302
    answer = editor.post(admin_url(number.claim), on_the_claim | {"statement": "Mine"})
    assert "40" in conflict(answer)
    assert fresh(number).low == 40


def test_a_number_edited_with_its_claim_is_a_change_of_the_number(editor, another_editor):
    number = DamageEstimateFactory(comparator="at_least", low=50)
    on_the_claim, on_its_page = editor.form(admin_url(number.claim)), another_editor.form(admin_url(number))
    assert (
        editor.post(admin_url(number.claim), on_the_claim | {"damage_estimates-0-low": "40"}).status_code
        == 302
    )
    conflict(another_editor.post(admin_url(number), on_its_page | {"low": "30"}))
    assert fresh(number).low == 40


def test_words_kept_as_rows_are_a_change_too(editor, another_editor):
    strike = StrikeFactory()
    own_form, other_form = editor.form(admin_url(strike)), another_editor.form(admin_url(strike))
    another_editor.post(admin_url(strike), other_form | {"methods": ["missile"]})
    table = conflict(editor.post(admin_url(strike), own_form | {"methods": ["drone", "artillery"]}))
    assert "<td>missile</td><td>drone, artillery</td>" in table
    assert strike.method_codes == ["missile"]


def test_a_draft_that_was_published_meanwhile_is_not_overwritten(editor, another_editor):
    facility = FacilityFactory(town="Kstovo")
    form = editor.form(admin_url(facility))
    on_record(facility)
    before = record_contents()
    answer = editor.post(admin_url(facility), form | {"town": "Mine"})
    assert "It was published or withdrawn since you opened it" in text_of(answer)
    assert "<td>Kstovo</td><td>Mine</td>" in conflict(answer)
    assert form_of(answer)["town"] == "Mine"
    assert 'name="_save"' not in text_of(answer)
    assert record_contents() == before


def test_a_claim_with_everything_that_was_published_meanwhile_is_shown(editor):
    count = WeaponCountFactory()
    form = editor.form(admin_url(count.claim))
    on_record(count.claim)
    assert "Mine" in conflict(editor.post(admin_url(count.claim), form | {"statement": "Mine"}))


def test_a_draft_that_was_deleted_meanwhile_can_be_saved_as_a_new_one(editor, another_editor):
    facility = FacilityFactory()
    FacilityNameFactory(facility=facility, name="НОРСИ")
    form = editor.form(admin_url(facility))
    another_editor.post(delete_url(facility), {"post": "yes"})
    answer = editor.post(admin_url(facility), form | {"town": "Kstovo"})
    assert "Somebody deleted it since you opened it" in conflict(answer)
    assert f'action="{admin_url(Facility, "add")}"' in text_of(answer)
    assert editor.post(admin_url(Facility, "add"), form_of(answer)).status_code == 302
    saved = Facility.objects.get()
    assert (saved.public_id, saved.town) == (facility.public_id, "Kstovo")
    assert saved.names.get().name == "НОРСИ"


def test_a_claim_that_was_deleted_meanwhile_keeps_its_parts_in_the_form(editor, another_editor):
    claim = ClaimFactory()
    ClaimStepFactory(claim=claim, actor=ActorFactory())
    DamageEstimateFactory(claim=claim)
    form = editor.form(admin_url(claim))
    another_editor.post(delete_url(claim), {"post": "yes"})
    answer = editor.post(admin_url(claim), form | {"statement": "Mine"})
    conflict(answer)
    assert editor.post(admin_url(Claim, "add"), form_of(answer)).status_code == 302
    saved = Claim.objects.get()
    assert (saved.statement, saved.chain.count(), saved.damage_estimates.count()) == ("Mine", 1, 1)


def test_the_second_amendment_of_one_version_is_refused(editor, another_editor):
    facility = on_record(FacilityFactory(town="Kstovo"))
    address = admin_url(facility, "amend")
    own_form, other_form = editor.form(address), another_editor.form(address)
    assert another_editor.post(address, other_form | {"town": "Theirs"}, "_amend").status_code == 302
    for button in ("_preview", "_amend"):
        answer = editor.post(address, own_form | {"town": "Mine", "public_note": "Why."}, button)
        assert "<td>Theirs</td><td>Mine</td>" in conflict(answer)
        assert fresh(facility).town == "Theirs"
    again = form_of(answer)
    assert again["public_note"] == "Why."
    assert editor.post(address, again, "_amend").status_code == 302
    assert fresh(facility).town == "Mine"


def test_an_amendment_of_what_was_withdrawn_meanwhile_shows_what_was_entered(editor):
    facility = on_record(FacilityFactory())
    address = admin_url(facility, "amend")
    form = editor.form(address)
    publishing.withdraw(facility, reason=WithdrawalReason.DUPLICATE)
    before = record_contents()
    answer = editor.post(address, form | {"town": "Mine"}, "_amend")
    assert "It was published or withdrawn since you opened it" in text_of(answer)
    assert "<td>Mine</td>" in conflict(answer)
    assert record_contents() == before


def test_a_draft_is_deleted_only_as_the_editor_saw_it(editor, another_editor):
    report = ReportFactory(title="As it was")
    (link,) = re.findall(r'href="([^"]*)" class="deletelink"', editor.get(admin_url(report)).content.decode())
    assert link == delete_url(report)
    assert "Are you sure" in text_of(editor.get(link))
    another_editor.saved(admin_url(report), title="Theirs")
    for answer in (
        lambda: editor.post(link, {"post": "yes"}),
        lambda: editor.get(link),
        lambda: editor.post(admin_url(report, "delete"), {"post": "yes"}),
    ):
        assert answer()["Location"] == admin_url(report)
        assert "somebody changed it since you opened it" in text_of(editor.get(admin_url(report)))
    assert fresh(report).title == "Theirs"
    assert editor.get(admin_url(report, "delete"))["Location"] == delete_url(report) != link
    assert editor.post(delete_url(report), {"post": "yes"}).status_code == 302
    assert not Report.objects.exists()


def test_a_draft_published_while_it_is_being_deleted_stays(editor, monkeypatch):
    """The question was asked of a draft, and answered when it was public."""
    report = ReportFactory()
    collect = type(editor).post

    def publish_first(self: Editor, *args: Any) -> Any:
        on_record(report)
        return collect(self, *args)

    monkeypatch.setattr(Editor, "post", publish_first)
    assert editor.post(delete_url(report), {"post": "yes"}).status_code == 403
    assert Report.objects.filter(pk=report.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_in_the_same_moment_one_is_refused(account):
    """Neither has seen the other when it begins: the row is held while one of them saves."""
    editors = [Editor(account("editor")), Editor(account("editor", "another"))]
    together = Barrier(2, timeout=30)

    def save(editor: Editor, form: dict[str, Any], title: str) -> int:
        together.wait()
        try:
            return int(editor.post(admin_url(report), form | {"title": title}).status_code)
        finally:
            connection.close()

    for _ in range(3):
        report = ReportFactory()
        forms = [editor.form(admin_url(report)) for editor in editors]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(save, editors, forms, ["Mine", "Theirs"]))
        assert sorted(answers) == [200, 302]
        assert fresh(report).version == 2
        assert fresh(report).title == ["Mine", "Theirs"][answers.index(302)]


@pytest.mark.django_db(transaction=True)
def test_who_deletes_a_number_and_who_publishes_its_claim_wait_for_each_other_in_one_order(account):
    """The claim first, then the number: in the other order each would hold what the other needs."""
    editor = Editor(account("editor"))
    number = DamageEstimateFactory()

    def delete() -> int:
        try:
            return int(editor.post(delete_url(number), {"post": "yes"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Claim.objects.select_for_update(no_key=True).get(pk=number.claim_id)
            answer = pool.submit(delete)
            time.sleep(0.5)
            DamageEstimate.objects.filter(pk=number.pk).update(scope="held")
        assert answer.result() == 302
    assert not DamageEstimate.objects.exists()
