"""Families of sources, and notices that name claims, as a bundle writes them."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from record import publishing
from record.audit import discrepancies
from sources.models import Report, ReportNotice, Source
from strikes.imports.drafts import import_bundle
from strikes.imports.entries import entries_of
from strikes.imports.problems import BundleError
from strikes.models import Claim, ClaimOrigin
from tests.factories import ActorFactory, ClaimFactory, PropositionFactory, SourceFactory
from tests.ledger_asserts import public_claim_of
from tests.on_record import on_record

pytestmark = pytest.mark.django_db

REPORT, CLAIMS = "rep_000000000001", ["clm_000000000001", "clm_000000000002"]
RETRACTION: dict[str, Any] = {"kind": "retraction", "dated": "2024-03-13T09:00:00Z"}


@pytest.fixture
def bundle() -> dict[str, list[dict[str, Any]]]:
    """A report and, after it, its two claims, about what is on the record."""
    source, actor, proposition = (
        on_record(row) for row in (SourceFactory(), ActorFactory(), PropositionFactory())
    )
    claim = {
        "report": "morning",
        "actor": actor.public_id,
        "proposition": proposition.public_id,
        "stance": "asserts",
        "attribution": "on_record",
        "part": "body",
        "statement": "There was a fire.",
    }
    return {
        "reports": [
            {
                "id": REPORT,
                "ref": "morning",
                "source": source.public_id,
                "title": "Drones reach a refinery",
                "language": "en",
                "issued": {"date": "2024-03-12"},
            }
        ],
        "claims": [
            {**claim, "id": public_id, "ref": f"said-{n}", "position": n}
            for n, public_id in enumerate(CLAIMS)
        ],
    }


def with_notice(bundle: dict[str, Any], **more: Any) -> dict[str, Any]:
    bundle = copy.deepcopy(bundle)
    bundle["reports"][0]["notices"] = [{**RETRACTION, **more}]
    return bundle


def drafted(bundle: dict[str, Any]) -> list[Any]:
    return import_bundle(entries_of(bundle, "bundle.yaml"))


def refusals(bundle: dict[str, Any]) -> list[str]:
    with pytest.raises(BundleError) as refused:
        drafted(bundle)
    assert not Report.objects.filter(public_id=REPORT).exists()
    return [str(problem) for problem in refused.value.problems]


def counting() -> dict[str, bool]:
    rows = ClaimOrigin.objects.current().filter(claim__public_id__in=CLAIMS)
    return {row.claim.public_id: row.not_counted_because is None for row in rows.select_related("claim")}


# Notices ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", ["said-1", CLAIMS[1]])
def test_a_notice_names_claims_that_come_later_in_the_bundle(handle, bundle):
    publishing.publish(*drafted(with_notice(bundle, claims=[handle])))
    assert ReportNotice.objects.get().claims == [CLAIMS[1]]
    assert counting() == {CLAIMS[0]: True, CLAIMS[1]: False}
    assert list(discrepancies()) == []


def test_a_claim_that_is_named_twice_is_kept_once(bundle):
    drafted(with_notice(bundle, claims=["said-1", "said-0", CLAIMS[1]]))
    assert ReportNotice.objects.get().claims == [CLAIMS[1], CLAIMS[0]]


@pytest.mark.parametrize("more", [{}, {"claims": []}, {"claims": None}])
def test_a_notice_that_names_none_touches_all_of_the_report(more, bundle):
    publishing.publish(*drafted(with_notice(bundle, **more)))
    assert ReportNotice.objects.get().claims == []
    assert counting() == {CLAIMS[0]: False, CLAIMS[1]: False}


@pytest.mark.parametrize("for_error", [True, False])
def test_a_withdrawal_is_for_error_if_it_says_so(for_error, bundle):
    publishing.publish(*drafted(with_notice(bundle, kind="withdrawal", for_error=for_error)))
    assert counting() == {CLAIMS[0]: not for_error, CLAIMS[1]: not for_error}


def test_a_claim_may_stand_in_another_file_and_be_dated_later(bundle, tmp_path):
    """The claims that a notice names go public with the report, whatever file they stand in."""
    on_file = with_notice(bundle, claims=["said-0"])
    later = {
        **bundle["reports"][0],
        "id": "rep_000000000002",
        "ref": "later",
        "issued": {"date": "2024-03-14"},
    }
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({"reports": on_file["reports"]}))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump({"reports": [later], "claims": bundle["claims"]}))
    call_command("load_starter", str(tmp_path))
    report = Report.objects.get(public_id=REPORT)
    first, second = (Claim.objects.get(public_id=public_id) for public_id in CLAIMS)
    assert report.published_rev == first.published_rev
    assert second.published_rev_id == report.published_rev_id + 1
    assert counting() == {CLAIMS[0]: False, CLAIMS[1]: True}


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        (["nobody"], "no claim is called 'nobody'."),
        (["clm_zzzzzzzzzzzz"], "no claim is called 'clm_zzzzzzzzzzzz'."),
        ([5], "5: a text is meant; put it in quotation marks if it is one."),
        ([""], "a text is never blank; leave out what is not known."),
        ("said-0", "'said-0': a list is meant."),
        ({"said-0": True}, "{'said-0': True}: a list is meant."),
        ([["said-0"]], "['said-0']: a text is meant; put it in quotation marks if it is one."),
    ],
)
def test_what_is_wrong_with_the_claims_of_a_notice_is_said_with_file_row_and_key(claims, rule, bundle):
    assert refusals(with_notice(bundle, claims=claims)) == [
        f"bundle.yaml: reports morning: notices: number 1: claims: {rule}"
    ]


def test_a_claim_of_another_report_is_refused(bundle):
    stranger = on_record(ClaimFactory())
    assert refusals(with_notice(bundle, claims=["said-0", stranger.public_id])) == [
        "bundle.yaml: reports morning: notices: number 1: claims: "
        f"'{stranger.public_id}' was read in another report."
    ]


def test_only_a_withdrawal_is_for_error(bundle):
    [problem] = refusals(with_notice(bundle, for_error=True))
    assert problem.startswith("bundle.yaml: reports morning: notices: number 1: ")
    assert "Only a withdrawal is for error or not; a retraction always is." in problem
    [problem] = refusals(with_notice(bundle, kind="withdrawal", for_error="yes"))
    assert problem.endswith("notices: number 1: for_error: 'yes': true or false is meant.")


# Families ---------------------------------------------------------------------------------------------------


def sources(*ids: str, family: str) -> dict[str, Any]:
    """Sources of one family, the family last: they wait for it."""
    return {
        "sources": [
            {
                "id": public_id,
                "name": public_id,
                "kind": "newspaper",
                "voice": public_id,
                **({} if public_id == family else {"family": family}),
            }
            for public_id in ids
        ],
        "actors": [{"id": public_id, "name": public_id, "kind": "media"} for public_id in ids],
    }


def test_a_family_is_a_source_of_the_same_bundle_or_one_on_the_record():
    publishing.publish(*drafted(sources("post-fr", "post-de", "post", family="post")))
    assert set(Source.objects.get(public_id="post").editions.values_list("public_id", flat=True)) == {
        "post-fr",
        "post-de",
    }
    publishing.publish(*drafted(sources("post-es", family="post")))
    assert Source.objects.get(public_id="post-es").family == Source.objects.get(public_id="post")


def test_a_family_that_is_not_there_is_named():
    with pytest.raises(BundleError) as refused:
        drafted(sources("post-fr", family="post"))
    assert str(refused.value) == "bundle.yaml: sources post-fr: family: no source is called 'post'."


def test_a_circle_of_families_is_refused():
    bundle = sources("post-fr", "post", family="post")
    bundle["sources"][1]["family"] = "post-fr"
    with pytest.raises(BundleError, match="It points at itself, through other rows"):
        drafted(bundle)


def test_editions_that_say_the_same_in_their_own_voice_are_one_origin():
    publishing.publish(*drafted(sources("post-fr", "post", family="post")))
    proposition = on_record(PropositionFactory())
    for source in Source.objects.filter(public_id__in=["post", "post-fr"]):
        public_claim_of(proposition, actor=source.voice, report__source=source)
    assert proposition.states.get(to_rev=None).origins_for == 1


def test_the_page_on_the_format_writes_a_notice_that_can_be_read(bundle):
    text = Path(settings.BASE_DIR / "fixtures/README.md").read_text("utf-8")
    [written] = re.findall(r"`(\{kind: retraction[^`]*\})`", text)
    notice = yaml.safe_load(written)
    bundle["claims"][0]["ref"] = notice["claims"][0]
    bundle["reports"][0]["notices"] = [{**notice, "dated": notice["dated"].isoformat()}]
    drafted(bundle)
    assert ReportNotice.objects.get().claims == [CLAIMS[0]]
