"""What test_worked_example.py runs in a copy of the project to which CONTRIBUTING.md has added a collection.

It writes down what is seen of the collection. No test itself: it needs a process and a database of its own.
"""

import json
import logging
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.models import collections

ROW = "ins_7c2m9x4t0qhb"
AROUND = {
    "regions": [{"id": "UA", "name": "Ukraine", "level": "country"}],
    "actors": [
        {"id": "example-news", "name": "Example News", "kind": "media"},
        {"id": "example-inspectorate", "name": "Example Inspectorate", "kind": "government_body"},
    ],
    "sources": [{"id": "example-news", "name": "Example News", "kind": "newspaper", "voice": "example-news"}],
    "facilities": [
        {
            "id": "example-power-plant",
            "name": "Example power plant",
            "kind": "thermal_power_plant",
            "regions": ["UA"],
            "location_precision": "country",
        }
    ],
    "reports": [
        {
            "id": "rep_5v2k8m0q7d3x",
            "source": "example-news",
            "title": "Inspectors visit a power plant",
            "language": "en",
            "issued": {"date": "2024-03-16"},
        }
    ],
}
"""What the row of the page rests on."""


def story() -> dict[str, Any]:
    seen: dict[str, Any] = {}
    client = Client(raise_request_exception=False, headers={"host": "localhost"})

    def ask(query: str) -> Any:
        return client.get(f"/api/v1/inspections/{query}")

    call_command("load_starter", "bundle", verbosity=0)
    seen["listed"] = [row["id"] for row in ask("").json()["results"]]
    seen["detail"] = ask(f"{ROW}/").json()
    seen["of its facility"] = ask("?facility=example-power-plant&country=UA").json()["count"]
    seen["of another kind"] = ask("?facility_kind=refinery").json()["count"]
    seen["misspelt"] = ask("?facilty=example-power-plant").status_code
    seen["csv"] = b"".join(ask("?format=csv")).decode()
    seen["pages"] = {role: pages_of(role) for role in ("editor", "contributor", "administrator")}

    row = collections()["inspections"].objects.get(public_id=ROW)
    publishing.withdraw(row, reason=WithdrawalReason.MISATTRIBUTION, note="It was another plant.")
    gone = ask(f"{ROW}/")
    seen["withdrawn"] = {
        "status": gone.status_code,
        "code": gone.json()["code"],
        "listed": ask("").json()["count"],
    }
    seen["before"] = ask(f"?as_of={seen['detail']['recorded_at']}").json()["count"]
    seen["discrepancies"] = list(discrepancies())
    return seen


def pages_of(role: str) -> list[int]:
    """What somebody of a role gets of the list and of the form for a new row."""
    user = User.objects.create_user(username=role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return [client.get(f"/admin/strikes/inspection/{page}").status_code for page in ("", "add/")]


def main() -> None:
    logging.disable()
    # The pages are asked for, not the files that they link to: nothing is collected.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    Path("bundle", "around.yaml").write_text(yaml.safe_dump(AROUND), encoding="utf-8")
    Path("seen.json").write_text(json.dumps(story()), encoding="utf-8")
