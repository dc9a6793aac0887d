"""The landing page, on the starter data."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from strikes.models import Claim, Proposition
from tests.factories import ClaimFactory, FacilityFactory, StrikeFactory
from tests.on_record import on_record


def page(api):
    with CaptureQueriesContext(connection) as captured:
        response = api.raw("/")
    assert response.status_code == 200
    return response.content.decode(), len(captured)


def counts(text):
    entries = re.findall(r"<dt>([^<]+)</dt><dd><a href=\"([^\"]+)\">(\d+)</a></dd>", text)
    return {name: (address, int(count)) for name, address, count in entries}


def test_the_counts_are_those_of_the_lists_they_lead_to(api):
    by_name = counts(page(api)[0])
    assert set(by_name) == {"strikes, raids and incidents", "claims", "reports", "facilities"}
    for address, count in by_name.values():
        assert api(address)["count"] == count > 0


def test_it_says_from_when_and_through_which_revision(api):
    text, _ = page(api)
    days = sorted(row["when"]["local_date"] for row in api.every("strikes/"))
    assert f'datetime="{days[0]}"' in text
    assert f'datetime="{days[-1]}"' in text
    assert f"revision is number {api.raw('claims/')['X-Record-Revision']}" in text


def test_the_dispute_shows_both_sides_as_they_are_counted(api):
    text, _ = page(api)
    (public_id,) = re.findall(r"claims/\?proposition=(prp_\w+)'", text)
    proposition = api(f"propositions/{public_id}/")
    assert proposition["dispute"] == "disputed"
    assert proposition["text"] in text
    for side in ("for", "against"):
        count = proposition[f"origins_{side}"]
        assert f"{count} independent origin{'s' if count > 1 else ''} {side} it" in text
    shown = re.findall(r"/api/v1/claims/(clm_\w+)/", text)
    sides = {api(f"claims/{claim}/")["polarity"] for claim in shown}
    assert sides == {"positive", "negative"}
    origins = [api(f"claims/{claim}/")["origin"] for claim in shown]
    assert len(set(origins)) == len(origins)


def test_every_link_of_it_works(api):
    text, _ = page(api)
    for address in set(re.findall(r'href="((?:http://testserver)?/[^"]*)"', text)):
        response = api.raw(address.replace("&amp;", "&"))
        list(getattr(response, "streaming_content", []))
        assert response.status_code == 200, address


def test_drafts_change_nothing_and_take_no_query(api):
    before = page(api)
    claim = Claim.objects.published().filter(proposition__text__startswith="Pro-Ukrainian").first()
    ClaimFactory(proposition=claim.proposition, report=claim.report, actor=claim.actor)
    StrikeFactory()
    FacilityFactory()
    assert page(api) == before


def test_more_rows_take_no_more_queries(api):
    text, queries = page(api)
    claim = Claim.objects.published().filter(proposition__text__startswith="Pro-Ukrainian").first()
    on_record(ClaimFactory(proposition=claim.proposition, report=claim.report))
    on_record(FacilityFactory())
    more, as_many = page(api)
    assert as_many == queries <= 15
    assert counts(more)["claims"][1] == counts(text)["claims"][1] + 1


def test_a_dispute_that_is_over_is_not_shown(api):
    for claim in Claim.objects.published().filter(
        proposition__in=Proposition.objects.filter(states__state="disputed", states__to_rev__isnull=True),
        stance__in=["denies", "disputes"],
    ):
        publishing.withdraw(claim, reason=WithdrawalReason.TYPO, along=True)
    text, _ = page(api)
    assert 'id="dispute"' not in text
    assert "claims/?stance=denies" in text
