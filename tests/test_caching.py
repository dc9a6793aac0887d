"""Answers that need not be made twice: entity tags, 304 and the cache; never stale, never another answer."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django.utils import timezone

from api import caching
from config.caches import SharedCache
from config.urls import router
from config.version import code_digest
from record import publishing
from record.models import Ledger
from strikes.models import Claim
from tests.factories import MORNING, ActorFactory, ClaimFactory, PropositionFactory
from tests.on_record import fresh, on_record
from tests.sweeps import few_or_many

COLLECTIONS = [name for name, _, _ in router.registry if name != "vocabularies"]


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def claim(db):
    return on_record(ClaimFactory())


def get(client, address, **headers):
    return client.get(
        f"/api/v1/{address}", headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def whole(response):
    """Everything an answer consists of."""
    return response.status_code, sorted(response.items()), content(response)


def forget():
    for cache in caches.all():
        cache.clear()


def addresses(claim):
    """What can be asked, in every shape that an answer has."""
    strike, report = claim.proposition.strike, claim.report
    lists = [*COLLECTIONS, *(f"{name}/?page_size=1" for name in ("actors", "claims"))]
    return [
        *(name if "?" in name else f"{name}/" for name in lists),
        f"claims/{claim.public_id}/",
        f"claims/{claim.public_id}/thread/",
        f"reports/{report.public_id}/dependants/",
        f"strikes/{strike.public_id}/accounts/",
        f"strikes/{strike.public_id}/",
        f"sources/{report.source.public_id}/",
        f"facilities/{strike.facility.public_id}/accounts/",
        "claims/?facets=stance,topic&known_at=2024-03-13",
        "strikes/?dispute=single_origin&facets=dispute",
    ]


# 304 -----------------------------------------------------------------------------------------------------


def test_what_a_client_has_already_is_answered_by_one_query_and_no_body(
    client, claim, django_assert_max_num_queries
):
    exports = ["claims/?format=csv", "claims/?format=ndjson", "strikes/?format=geojson"]
    for address in [*addresses(claim), *exports]:
        full = get(client, address)
        assert full.status_code == 200, address
        etag = full["ETag"]
        assert re.fullmatch(r'W/"r1-t0-[0-9a-f]{24}"', etag)
        forget()
        for known in (etag, f'"other", {etag}', etag.removeprefix("W/")):
            with django_assert_max_num_queries(1):
                answer = get(client, address, if_none_match=known)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["ETag"] == etag
            assert answer["Cache-Control"] == "no-cache"
            assert answer["Vary"] == full["Vary"]
            assert "Content-Type" not in answer
        content(full)


def test_another_tag_gets_the_answer(client, claim):
    etag = get(client, "claims/")["ETag"]
    for known in ('W/"r1-t0-000000000000000000000000"', '"x"', "", "nonsense", "*"):
        assert get(client, "claims/", if_none_match=known).status_code == 200
    on_record(ActorFactory())
    answer = get(client, "claims/", if_none_match=etag)
    assert answer.status_code == 200
    assert answer["ETag"] != etag


def test_what_is_not_there_has_no_tag_and_no_tag_helps(client, claim):
    for address, status in [
        ("claims/clm_000000000000/", 404),
        ("claims/?stance=denis", 400),
        ("claims/?claim=x", 400),
    ]:
        for known in ("*", get(client, "claims/")["ETag"]):
            answer = get(client, address, if_none_match=known)
            assert answer.status_code == status
            assert "ETag" not in answer
            assert answer["Cache-Control"] == "no-cache"


def test_the_tag_changes_with_all_that_the_answer_depends_on(client, claim, settings):
    settings.ALLOWED_HOSTS = ["*"]
    tags = [
        get(client, address)["ETag"]
        for address in (
            "claims/",
            "claims/?page_size=1",
            "claims/?page_size=2",
            "claims/?stance=asserts",
            "claims/?format=csv",
            "claims/?format=ndjson",
            "claims/?known_at=2024-03-13",
            "claims/?known_at=2024-03-14",
            "claims/?facets=stance",
            "claims/?stance=asserts&page_size=1",
            "claims/?page_size=1&stance=asserts",
            f"claims/{claim.public_id}/",
            f"claims/{claim.public_id}/thread/",
            "actors/",
        )
    ]
    tags += [get(client, "claims/", accept=kind)["ETag"] for kind in ("text/csv", "application/x-ndjson")]
    tags += [
        client.get("/api/v1/claims/", headers={"host": host})["ETag"]
        for host in ("a.example", "b.example:8080")
    ]
    tags.append(client.get("/api/v1/claims/", secure=True)["ETag"])
    settings.PUBLIC_URL = "https://strikes.example"
    tags.append(get(client, "claims/")["ETag"])
    tags.append(get(client, "claims/", host="c.example")["ETag"])
    assert tags.pop() == tags[-1]  # the host that was asked does not matter where the public address is set
    assert len(set(tags)) == len(tags)


def test_the_tag_changes_with_the_revision_and_with_takedowns(client, claim):
    first = get(client, "claims/")["ETag"]
    publishing.amend(claim.actor, {"name": "Another Name"})
    second = get(client, "claims/")["ETag"]
    Ledger.objects.update(takedowns=1)
    third = get(client, "claims/")["ETag"]
    assert len({first, second, third}) == 3
    assert third.startswith('W/"r2-t1-')


def test_the_tag_changes_with_the_code_that_makes_the_answer(client, claim, settings):
    before = get(client, "claims/")["ETag"]
    settings.CODE_DIGEST = "other code"
    assert get(client, "claims/")["ETag"] != before


def test_any_change_of_a_source_file_is_another_code(tmp_path):
    (tmp_path / "api").mkdir()
    file, pins = tmp_path / "api" / "views.py", tmp_path / "requirements.txt"
    file.write_text("answer = 1")
    pins.write_text("Django==5.2.19")

    def digest():
        return code_digest(tmp_path, ["api", "requirements.txt"])

    digests = [digest()]
    (tmp_path / "api" / "notes.txt").write_text("no code")
    assert digest() == digests[0]
    for change in (
        lambda: file.write_text("answer = 2"),
        lambda: file.rename(file.with_name("lists.py")),
        lambda: pins.write_text("Django==5.2.20"),
    ):
        change()
        digests.append(digest())
    assert len(set(digests)) == len(digests)


# The cache -----------------------------------------------------------------------------------------------


def test_a_stored_answer_equals_a_fresh_one_in_every_byte_and_header(
    client, claim, django_assert_num_queries, time_machine
):
    for _ in range(2):
        on_record(ActorFactory())
    for address in addresses(claim):
        fresh_one = whole(get(client, address))
        assert fresh_one[0] == 200
        with django_assert_num_queries(1):
            assert whole(get(client, address)) == fresh_one, address
        forget()
        time_machine.move_to(timezone.now() + timedelta(seconds=1))
        assert whole(get(client, address)) == fresh_one, address


def test_parameters_in_another_order_are_linked_in_that_order(client, claim):
    on_record(ClaimFactory())
    pair = ["claims/?page_size=1&stance=asserts", "claims/?stance=asserts&page_size=1"]
    first, second = (get(client, address).json() for address in pair)
    assert "page_size=1&stance=asserts" in first["next"]
    assert "stance=asserts&page_size=1" in second["next"]


@pytest.mark.parametrize("stored", [False, True])
def test_head_is_get_without_the_body(client, claim, stored):
    for address in [*addresses(claim), "claims/?format=csv"]:
        if stored:
            get(client, address)
        head = client.head(f"/api/v1/{address}")
        answer = get(client, address)
        assert head.content == b"" if not head.streaming else content(head) == b""
        assert sorted(head.items()) == sorted(answer.items()), address
        again = client.head(f"/api/v1/{address}", headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        content(answer)


def test_who_comes_with_a_cookie_or_a_key_goes_past_the_cache(client, claim, django_assert_num_queries):
    get(client, "claims/")
    with django_assert_num_queries(1):
        get(client, "claims/")
    cached = caches["answers"].get(get(client, "claims/")["ETag"])
    assert cached is not None
    caches["answers"].set(get(client, "claims/")["ETag"], (b"x", "application/json", {}))  # no such answer
    for headers in ({"authorization": "Token 123"}, {"cookie": "sessionid=abc"}, {"cookie": "theme=dark"}):
        answer = client.get("/api/v1/claims/", headers=headers)
        assert answer.json()["count"] == 1
        assert (
            client.get("/api/v1/claims/", headers={**headers, "if-none-match": answer["ETag"]}).status_code
            == 304
        )
    forget()
    for headers in ({"authorization": "Token 123"}, {"cookie": "sessionid=abc"}):
        etag = client.get("/api/v1/claims/", headers=headers)["ETag"]
        assert caches["answers"].get(etag) is None


def test_only_answers_are_stored_never_refusals_or_streams(client, claim, monkeypatch):
    stored = []
    monkeypatch.setattr("api.caching.keep", lambda etag, answer: stored.append(etag))
    for address in (
        "claims/?stance=denis",
        "claims/clm_000000000000/",
        "claims/?format=csv",
        "claims/?format=ndjson",
    ):
        content(get(client, address))
    assert stored == []
    get(client, "claims/")
    assert len(stored) == 1


def test_an_amended_name_is_seen_at_once_at_every_point_in_time(client, claim):
    before_it = claim.published_rev.at.isoformat().replace("+00:00", "Z")
    paths = [f"actors/{claim.actor.public_id}/", "actors/?q=halyna", f"claims/{claim.public_id}/"]
    queries = ["", f"as_of={before_it}", "known_at=2024-03-13", f"as_of={before_it}&known_at=2024-03-13"]
    addresses_asked = [f"{path}{'&' if '?' in path else '?'}{query}" for path in paths for query in queries]
    before = {address: get(client, address) for address in addresses_asked}
    publishing.amend(claim.actor, {"name": "Halyna Shevchenko"})
    for address, old in before.items():
        new = get(client, address, if_none_match=old["ETag"])
        assert new.status_code == 200
        assert "Halyna Shevchenko" in new.content.decode(), address
        assert "Halyna Shevchenko" not in old.content.decode()
        assert get(client, address).content == new.content


def test_the_cache_is_bounded(client, claim, settings):
    big = type("Answer", (dict,), {"content": bytes(range(256)) * 4})
    answer = big({"Content-Type": "application/json"})
    caching.keep("small", answer)
    assert caching.cached_answer("small").content == answer.content
    answer.content = b"".join(
        n.to_bytes(3, "big") for n in range(0, 16_000_000, 97)
    )  # nothing to compress much
    caching.keep("large", answer)
    assert caching.cached_answer("large") is None
    if not settings.REDIS_URL:
        limits = {name: caches[name]._max_entries for name in ("default", "answers")}
        assert limits == {"default": 10_000, "answers": 1_000}
        for n in range(1_100):
            caches["answers"].set(f"tag-{n}", b"")
        assert len(caches["answers"]._cache) <= 1_000


@pytest.fixture(params=["refuses", "hangs"])
def redis_that_does_not_answer(request, settings, monkeypatch):
    monkeypatch.setattr("config.caches.SharedCache.silent", {})
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if request.param == "refuses":
            server.close()
        down = {
            "BACKEND": "config.caches.SharedCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
        settings.CACHES = {name: down | {"KEY_PREFIX": name} for name in ("default", "answers")}
        yield


@pytest.mark.usefixtures("redis_that_does_not_answer")
def test_without_its_redis_it_answers_all_the_same_and_soon(client, claim, caplog):
    began = time.monotonic()
    for address in (
        "claims/",
        "claims/",
        "claims/?known_at=2024-03-13&facets=stance",
        f"claims/{claim.public_id}/",
    ):
        answer = get(client, address)
        assert answer.status_code == 200
        assert get(client, address, if_none_match=answer["ETag"]).status_code == 304
    assert get(client, "claims/").json()["count"] == 1
    assert time.monotonic() - began < 5
    assert "The cache does not answer" in caplog.text


def test_a_redis_that_answers_again_is_asked_again(monkeypatch):
    monkeypatch.setattr("config.caches.SharedCache.silent", {})
    cache = SharedCache("redis://127.0.0.1:1/0", {})
    monkeypatch.setattr("config.caches.PAUSE", 0.0)
    questions = []
    monkeypatch.setattr("config.caches.RedisCache.get", lambda *args: questions.append(args) or "found")
    assert cache.set("key", 1) is None
    assert cache.add("key", 1) is False
    assert cache.get("key") == "found"
    SharedCache.silent["redis://127.0.0.1:1/0"] = time.monotonic() + 60
    assert cache.get("key", "nothing") == "nothing"
    assert len(questions) == 1


# While others publish ------------------------------------------------------------------------------------


class Writers:
    """Publish claims about one point and rename their speaker, until they are told to stop."""

    def __init__(self, point, actor, rounds):
        self.point, self.actor, self.rounds = point, actor, rounds

    def publish(self):
        try:
            for n in range(self.rounds):
                moment = MORNING + timedelta(minutes=n)
                on_record(
                    ClaimFactory(
                        proposition=fresh(self.point),
                        actor=fresh(self.actor),
                        said_earliest=moment,
                        said_latest=moment,
                        said_precision="minute",
                    )
                )
        finally:
            connections.close_all()

    def rename(self):
        try:
            for n in range(self.rounds):
                publishing.amend(fresh(self.actor), {"name": f"Name {n}"})
        finally:
            connections.close_all()


def look(point, actor, writing):
    """Ask while others write; each answer is of a revision no older than the one that stood before it was asked for."""
    client, etag, seen = Client(), None, set()
    try:
        while not all(task.done() for task in writing):
            least, name = Ledger.head().n, fresh(actor).name
            headers = {"if-none-match": etag} if etag else {}
            answer = client.get(
                f"/api/v1/claims/?proposition={point.public_id}&page_size=500", headers=headers
            )
            n = int(re.match(r'W/"r(\d+)-', answer["ETag"])[1])
            assert n >= least
            seen.add(n)
            if answer.status_code == 304:
                assert answer["ETag"] == etag
                continue
            page = answer.json()
            expected = Claim.objects.published(n).filter(proposition=point).count()
            assert (page["count"], len(page["results"])) == (expected, expected), n
            names = {row["actor"]["display"] for row in page["results"]}
            if fresh(actor).name == name and Ledger.head().n == n:
                assert names == {name}
            etag = answer["ETag"]
    finally:
        connections.close_all()
    return seen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", few_or_many(5, 20))
def test_no_answer_is_stale_while_others_publish(rounds):
    claim = on_record(ClaimFactory(proposition=PropositionFactory()))
    point, actor = claim.proposition, claim.actor
    writers = Writers(point, actor, rounds)
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(writers.publish), pool.submit(writers.rename)]
        looking = [pool.submit(look, point, actor, writing) for _ in range(2)]
        seen = set().union(*(task.result() for task in looking))
        for task in writing:
            task.result()
    assert Ledger.head().n == 1 + 2 * rounds
    assert len(seen) > 2
    client = Client()
    page = client.get(f"/api/v1/claims/?proposition={point.public_id}&page_size=500").json()
    assert page["count"] == 1 + rounds
    assert {row["actor"]["display"] for row in page["results"]} == {f"Name {rounds - 1}"}
