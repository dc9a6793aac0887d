"""One new report, from nothing to a corrected figure, as an editor does it."""

from collections.abc import Callable
from contextlib import contextmanager

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from record import publishing
from record.choices import WithdrawalReason
from sources.models import Actor, Report, Source
from strikes.models import Claim, Facility, Proposition
from tests.browser.conftest import Desk
from tests.factories import (
    ClaimFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    FacilityFactory,
    FacilityNameFactory,
    PartyFactory,
    PropositionFactory,
    StrikeFactory,
    WeaponCountFactory,
)
from tests.on_record import on_record


@contextmanager
def popup(page: Page, field: str):
    """The window that a plus sign opens; it closes when the new row is saved."""
    with page.expect_popup() as opened:
        page.click(f"#add_id_{field}")
    window = opened.value
    window.wait_for_load_state()
    yield window
    with window.expect_event("close"):
        window.click("input[name=_save]")
    expect(page.locator(f"#id_{field} option[selected], #id_{field} option")).not_to_have_count(0)


def choose(page: Page, field: str, term: str) -> None:
    """Find a row by its name in an autocomplete."""
    page.click(f"#id_{field} + .select2 .select2-selection")
    page.fill(".select2-search__field", term)
    page.click(f".select2-results__option--highlighted:has-text('{term}')")


def save(page: Page, button: str = "_save") -> None:
    page.click(f"input[name={button}]")
    page.wait_for_load_state()
    expect(page.locator(".errornote")).to_have_count(0)


def new_actor(window: Page, public_id: str, name: str, kind: str) -> None:
    window.fill("#id_public_id", public_id)
    window.fill("#id_name", name)
    window.select_option("#id_kind", kind)


def log_in(desk: Desk) -> None:
    desk.goto("/admin/")
    desk.look("login")
    desk.page.fill("#id_username", "olena")
    desk.page.fill("#id_password", "Kstovo-2024")
    desk.page.click("input[type=submit]")
    expect(desk.page.locator("#user-tools")).to_contain_text("olena")


def enter_the_report(desk: Desk) -> Report:
    page = desk.page
    desk.look("index")
    desk.goto("/admin/sources/report/add/")
    desk.look("new-report")
    with popup(page, "source") as source:
        source.fill("#id_public_id", "the-post")
        source.fill("#id_name", "The Post")
        source.select_option("#id_kind", "newspaper")
        with popup(source, "voice") as voice:
            new_actor(voice, "the-post", "The Post", "media")
            desk.look("popup-of-an-actor", voice)
        desk.look("popup-of-a-source", source)
    page.fill("#id_title", "Drones reach a refinery on the Volga")
    page.fill("#id_language", "en")
    page.fill("#id_issued_local_date", "2024-03-12")
    page.fill("#id_issued_timezone", "Europe/Moscow")
    page.fill("#id_issued_from_time", "08:25")
    save(page, "_continue")
    report = Report.objects.get()
    assert report.issued_earliest.isoformat() == "2024-03-12T05:25:00+00:00"
    return report


def enter_the_first_claim(desk: Desk, report: Report) -> Claim:
    page = desk.page
    desk.look("report")
    page.click(".row-list:has-text('Claims') .addlink")
    desk.look("new-claim")
    with popup(page, "actor") as actor:
        new_actor(actor, "gleb-nikitin", "Gleb Nikitin", "person")
    with popup(page, "proposition") as proposition:
        with popup(proposition, "facility") as facility:
            facility.fill("#id_public_id", "norsi")
            facility.fill("#id_name", "NORSI")
            facility.fill("#id_name_local", "НОРСИ")
            facility.select_option("#id_kind", "refinery")
            facility.select_option("#id_location_precision", "site")
            desk.look("popup-of-a-facility", facility)
        proposition.select_option("#id_topic", "operations_halted")
        proposition.fill("#id_text", "Half of the output of NORSI was halted.")
        desk.look("popup-of-a-proposition", proposition)
    page.select_option("#id_part", "body")
    page.select_option("#id_stance", "estimates")
    page.select_option("#id_attribution", "on_record")
    page.fill("#id_statement", "At least half of the output is halted.")
    page.click("#damage_estimates-group .add-row a")
    number = "#id_damage_estimates-0-"
    page.select_option(f"{number}metric", "output_halted")
    page.select_option(f"{number}comparator", "at_least")
    page.fill(f"{number}low", "50")
    page.select_option(f"{number}unit_of_measure", "percent")
    page.click("input[name=_save]")
    complaint = page.locator("#id_damage_estimates-0-denominator_error")
    expect(complaint).to_have_text("A percentage names its denominator, and nothing else has one.")
    desk.look("claim-with-a-complaint")
    page.select_option(f"{number}denominator", "facility_output")
    page.fill(f"{number}verbatim", "at least half")
    save(page)
    claim = Claim.objects.get()
    assert (claim.report, claim.position) == (report, 0)
    return claim


def enter_the_second_claim(desk: Desk, report: Report) -> Claim:
    page = desk.page
    desk.goto(f"/admin/sources/report/{report.pk}/change/")
    page.click(".row-list:has-text('Claims') .addlink")
    expect(page.locator("#id_position")).to_have_value("1")
    with popup(page, "actor") as actor:
        new_actor(actor, "lukoil", "Lukoil", "company")
    choose(page, "proposition", "Half of the output")
    page.select_option("#id_part", "body")
    page.select_option("#id_stance", "declines_to_comment")
    page.select_option("#id_attribution", "on_record")
    page.fill("#id_statement", "Lukoil declined to comment.")
    page.click("#chain-group .add-row a")
    page.fill("#id_chain-0-step", "1")
    choose(page, "chain-0-actor", "Lukoil")
    desk.look("second-claim")
    save(page)
    desk.look("list-of-claims")
    return Claim.objects.get(position=1)


def publish(desk: Desk, report: Report) -> None:
    page = desk.page
    desk.goto(f"/admin/sources/report/{report.pk}/change/")
    desk.look("report-with-claims")
    page.click("a.action-link:has-text('Publish')")
    desk.look("publish")
    expect(page.locator("#content")).to_contain_text("NORSI")
    page.fill("#id_note", "A first report.")
    page.click("input[name=_do]")
    expect(page.locator(".messagelist")).to_contain_text("Published in revision 1")
    desk.look("public-report")


def correct(desk: Desk, claim: Claim) -> Claim:
    page = desk.page
    desk.goto(f"/admin/strikes/claim/{claim.pk}/change/")
    desk.look("public-claim")
    page.click("a.action-link:has-text('Correct')")
    desk.look("draft-a-correction")
    page.click("input[name=_do]")
    expect(page.locator(".record-state")).to_contain_text("Draft of a correction")
    page.fill("#id_damage_estimates-0-low", "40")
    page.fill("#id_statement", "At least 40 % of the output is halted.")
    save(page, "_continue")
    desk.look("draft-of-a-correction")
    page.click("a.action-link:has-text('Put in its place')")
    expect(page.locator("#content")).to_contain_text("low: 50.000 → 40.000")
    page.select_option("#id_reason", "typo")
    page.fill("#id_note", "We misread the figure.")
    desk.look("correct")
    page.click("input[name=_do]")
    expect(page.locator(".messagelist")).to_contain_text("Corrected in revision 2")
    return Claim.objects.get(supersedes=claim)


def test_an_editor_enters_publishes_and_corrects_a_report(desk):
    log_in(desk)
    report = enter_the_report(desk)
    claim = enter_the_first_claim(desk, report)
    enter_the_second_claim(desk, report)
    publish(desk, report)

    status, answer = desk.json(f"/api/v1/claims/{claim.public_id}/")
    assert status == 200
    assert answer["actor"]["id"] == "gleb-nikitin"
    _, numbers = desk.json(f"/api/v1/damage-estimates/?claim={claim.public_id}")
    assert [(number["comparator"], number["low"], number["verbatim"]) for number in numbers["results"]] == [
        ("at_least", 50, "at least half")
    ]
    _, listed = desk.json(f"/api/v1/claims/?report={report.public_id}&ordering=position")
    assert [claim["stance"] for claim in listed["results"]] == ["estimates", "declines_to_comment"]

    correction = correct(desk, claim)
    status, gone = desk.json(f"/api/v1/claims/{claim.public_id}/")
    assert (status, gone["replaced_by"]) == (410, correction.public_id)
    assert gone["note"] == "We misread the figure."
    status, _ = desk.json(f"/api/v1/claims/{correction.public_id}/")
    assert status == 200
    _, numbers = desk.json(f"/api/v1/damage-estimates/?claim={correction.public_id}")
    assert [number["low"] for number in numbers["results"]] == [40]


PAGES: dict[str, Callable[[], str]] = {
    "list-of-reports": lambda: "/admin/sources/report/",
    "withdrawn-claim": lambda: (
        f"/admin/strikes/claim/{Claim.objects.get(withdrawn_rev__isnull=False).pk}/change/"
    ),
    "history": lambda: f"/admin/strikes/claim/{Claim.objects.get(withdrawn_rev__isnull=False).pk}/history/",
    "amend-a-facility": lambda: f"/admin/strikes/facility/{Facility.objects.get().pk}/amend/",
    "amend-a-claim": lambda: f"/admin/strikes/claim/{Claim.objects.get(position=1).pk}/amend/",
    "withdraw": lambda: f"/admin/strikes/facility/withdraw/?id={Facility.objects.get().public_id}",
    "proposition": lambda: f"/admin/strikes/proposition/{Proposition.objects.get().pk}/change/",
    "facility": lambda: f"/admin/strikes/facility/{Facility.objects.get().pk}/change/",
    "source": lambda: f"/admin/sources/source/{Source.objects.get().pk}/change/",
    "new-facility": lambda: "/admin/strikes/facility/add/",
    "new-strike": lambda: "/admin/strikes/strike/add/",
    "new-proposition": lambda: "/admin/strikes/proposition/add/",
    "new-capacity": lambda: "/admin/strikes/capacity/add/",
    "new-evidence": lambda: "/admin/sources/evidence/add/",
    "new-assessment": lambda: "/admin/strikes/assessment/add/",
    "new-unit": lambda: "/admin/strikes/unit/add/",
    "new-number": lambda: "/admin/strikes/damageestimate/add/",
    "new-count": lambda: "/admin/strikes/weaponcount/add/",
    "ledger": lambda: "/admin/record/change/",
    "delete": lambda: (
        f"/admin/sources/actor/{Actor.objects.create(public_id='draft', name='Draft', kind='person').pk}/delete/"
    ),
    "password": lambda: "/admin/password_change/",
}


def test_every_kind_of_page_is_fit_for_everybody(desk):
    """No grave fault of accessibility, nothing refused by the browser, nothing asked of another host."""
    log_in(desk)
    a_small_record()
    for name, address in PAGES.items():
        assert desk.goto(address()) == 200, name
        desk.look(f"page-{name}")
    amend_and_collide(desk)
    administrate(desk)


def a_small_record() -> None:
    facility = FacilityFactory(name="NORSI", name_local="НОРСИ", public_id="norsi", town="Kstovo")
    FacilityNameFactory(facility=facility)
    PartyFactory(facility=facility)
    strike = StrikeFactory(facility=facility)
    proposition = PropositionFactory(strike=strike, facility=facility)
    claim = ClaimFactory(proposition=proposition)
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    other = ClaimFactory(report=claim.report, proposition=proposition, position=1)
    ClaimStepFactory(claim=other)
    on_record(claim, other)
    publishing.withdraw(claim, reason=WithdrawalReason.DUPLICATE, note="It was here twice.", along=True)


def amend_and_collide(desk: Desk) -> None:
    page = desk.page
    desk.goto(f"/admin/strikes/facility/{Facility.objects.get().pk}/amend/")
    page.fill("#id_town", "Kstovo, Nizhny Novgorod oblast")
    page.click("#names-group .add-row a")
    page.fill("#id_names-1-name", "Кстовский НПЗ")
    page.click("input[name=_preview]")
    expect(page.locator(".preview")).to_contain_text("Kstovo, Nizhny Novgorod oblast")
    desk.look("preview-of-an-amendment")
    draft = Actor.objects.get(public_id="draft")
    desk.goto(f"/admin/sources/actor/{draft.pk}/change/")
    page.fill("#id_role", "governor")
    Actor.objects.filter(pk=draft.pk).update(role="mayor", version=draft.version + 1)
    page.click("input[name=_save]")
    expect(page.locator(".conflict")).to_contain_text("mayor")
    desk.look("conflict")
    save(page)
    assert Actor.objects.get(pk=draft.pk).role == "governor"


def administrate(desk: Desk) -> None:
    User.objects.filter(username="olena").update(is_superuser=True)
    for name, address in {
        "accounts": "/admin/auth/user/",
        "account": f"/admin/auth/user/{User.objects.get().pk}/change/",
        "new-account": "/admin/auth/user/add/",
        "roles": "/admin/auth/group/",
    }.items():
        assert desk.goto(address) == 200
        desk.look(f"page-{name}")
