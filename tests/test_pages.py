"""The pages for people, on an empty record; what they load and what they may load; and the probes."""

import re
from itertools import pairwise

import pytest
from django.db import OperationalError
from django.templatetags.static import static
from django.utils.html import escape

from pages import static_files
from record.models import Ledger
from record.vocabulary import vocabularies

PAGES = ["/", "/codebook/", "/api/v1/docs/", "/api/v1/redoc/", "/admin/login/"]
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.fixture(autouse=True)
def database(db):
    pass


def status_of(client, address):
    """What an address answers; a file is read to its end, which closes it."""
    response = client.get(address)
    list(getattr(response, "streaming_content", []))
    return response.status_code


def directives(response):
    return {directive.strip() for directive in response["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_and_has_what_every_page_needs(client, path):
    response = client.get(path)
    assert response.status_code == 200
    text = response.content.decode()
    assert re.search(r'<html lang="en', text)
    assert re.search(r"<title>\s*\S", text)
    assert 'name="viewport"' in text
    assert "<main" in text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_is_inline_or_from_elsewhere(client, path):
    text = client.get(path).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text)
    loaded = re.findall(r'<(?:script|img|source)[^>]*\bsrc="([^"]*)"', text)
    loaded += re.findall(r'<link[^>]*\brel="(?:icon|stylesheet|preload)"[^>]*\bhref="([^"]*)"', text)
    assert [address for address in loaded if not address.startswith("/") or address.startswith("//")] == []
    for address in loaded:
        assert status_of(client, address) == 200, address


@pytest.mark.parametrize(
    "path", ["/", "/codebook/", "/api/v1/docs/", "/api/v1/claims/", "/admin/login/", "/no"]
)
def test_the_policy_is_strict(client, path):
    assert directives(client.get(path)) == STRICT


def test_the_policy_of_redoc_differs_in_two_points(client):
    assert directives(client.get("/api/v1/redoc/")) ^ STRICT == {
        "style-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "worker-src blob:",
    }


@pytest.mark.parametrize("path", ["/", "/codebook/", "/healthz", "/readyz"])
def test_pages_are_revalidated_and_set_no_cookie(client, path):
    response = client.get(path)
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ["/", "/codebook/", "/healthz", "/readyz"])
def test_pages_answer_head_and_refuse_to_be_written_to(client, path):
    page, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(page.content))
    refused = client.post(path)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "method_not_allowed"


def test_the_landing_page_says_what_this_is_even_where_nothing_is_in_it(client):
    text = client.get("/").content.decode()
    assert "Nothing has been published yet." in text
    assert 'id="dispute"' not in text
    assert len(re.findall(r"<pre", text)) == 5
    for heading in ("ethics", "licence"):
        assert f'id="{heading}"' in text


def test_the_links_of_the_landing_page_work_even_where_nothing_is_in_it(client):
    text = client.get("/").content.decode()
    addresses = set(re.findall(r'href="((?:http://testserver)?/[^"]*)"', text))
    assert len(addresses) >= 10
    for address in addresses:
        assert status_of(client, address) == 200, address


def test_the_landing_page_names_the_public_address(client, settings):
    settings.PUBLIC_URL = "https://strikes.example"
    assert "curl 'https://strikes.example/api/v1/strikes/?kind=strike'" in client.get("/").content.decode()


def test_headings_go_down_one_step_at_a_time(client):
    for path in ("/", "/codebook/"):
        levels = [int(level) for level in re.findall(r"<h([1-6])", client.get(path).content.decode())]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


def test_the_codebook_has_every_word_with_an_anchor(client):
    text = client.get("/codebook/").content.decode()
    assert "`" not in text
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    text = re.sub("</?code>", "`", text)
    for slug, vocabulary in vocabularies().items():
        assert slug in ids
        assert f'href="#{slug}"' in text
        assert escape(vocabulary.description()) in text
        for word in vocabulary:
            assert f"{slug}.{word.value}" in ids
            assert escape(word.definition) in text


def test_swagger_ui_is_told_to_ask_nobody_else(client):
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"] == "application/javascript"
    text = script.content.decode()
    assert '"validatorUrl": null' in text
    assert 'url: "/api/v1/schema/"' in text.replace("\\u002D", "-")
    assert "http" not in text
    assert not script.cookies


@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/redoc/", "/api/v1/schema/"])
def test_what_describes_the_api_keeps_its_house_rules(client, path):
    for query, headers, status in [
        ("?x=1", {}, 400),
        ("?script=&x=1", {}, 400),
        ("", {"Accept": "image/png"}, 406),
    ]:
        response = client.get(f"{path}{query}", headers=headers)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
        assert response.json()["status"] == status
    assert client.post(path).json()["status"] == 405
    assert client.get(path)["Cache-Control"] == "no-cache"


def test_the_documents_can_be_read_without_scripts(client):
    for path in ("/api/v1/docs/", "/api/v1/redoc/"):
        assert "<noscript><p>" in client.get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_loads_is_kept_for_good_under_a_name_with_its_hash(client, path):
    text = client.get(path).content.decode()
    loaded = re.findall(r'(?:src|href)="(/static/[^"]*)"', text)
    assert loaded
    for address in loaded:
        assert re.search(r"\.[0-9a-f]{12}\.[a-z]+$", address), address
        response = client.get(address)
        list(response.streaming_content)
        assert "immutable" in response["Cache-Control"], address


@pytest.mark.parametrize(
    "name",
    [
        "redoc/bundles/redoc.standalone.js",
        "swagger-ui-dist/swagger-ui-bundle.js",
        "swagger-ui-dist/swagger-ui.css",
    ],
)
def test_what_is_collected_refers_to_names_that_were_collected_too(client, name):
    address = static(f"drf_spectacular_sidecar/{name}")
    text = b"".join(client.get(address).streaming_content).decode()
    for source_map in re.findall(r"(?m)^/[/*]# sourceMappingURL=(\S+)", text):
        assert status_of(client, f"{address.rpartition('/')[0]}/{source_map}") == 200


def test_static_files_are_collected_only_when_one_has_changed(settings, tmp_path, monkeypatch):
    collections = []
    monkeypatch.setattr(static_files, "call_command", lambda *names, **options: collections.append(names))
    settings.STATIC_ROOT = tmp_path
    assert [static_files.collect_if_changed() for _ in range(3)] == [True, False, False]
    monkeypatch.setattr(static_files, "sources_digest", lambda: "another")
    assert static_files.collect_if_changed()
    assert collections == [("collectstatic",)] * 2


def test_the_icon_is_found_where_browsers_look(client):
    response = client.get("/favicon.ico", follow=True)
    assert response["Content-Type"] == "image/svg+xml"
    assert b"".join(response.streaming_content).startswith(b"<svg")


# Probes --------------------------------------------------------------------------------------------------


def test_the_process_says_that_it_is_up_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_the_database_is_asked_whether_it_answers(client, monkeypatch):
    assert client.get("/readyz").json() == {"status": "ok", "revision": 0}

    def nobody():
        raise OperationalError("no such host")

    monkeypatch.setattr(Ledger, "head", nobody)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert response["Content-Type"] == "application/problem+json"
    assert "host" not in response.content.decode()
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_come_over_http_where_the_public_does_not(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/").status_code == 301
    assert client.get(path).status_code == 200
