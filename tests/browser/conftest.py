"""An editor at work in a real browser. `make test-browser`; pictures are written to the folder SCREENSHOTS."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.roles import restore_roles

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
GRAVE = {"serious", "critical"}


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Where none of this is run, its libraries need not be imported either."""
    return True if "not browser" in str(config.getoption("markexpr")) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(600))


class Desk:
    """A browser with one editor in it: what it shows, what it asked for, and what it complained of."""

    def __init__(self, context: BrowserContext, address: str, pictures: Path) -> None:
        self.context, self.address, self.pictures = context, address, pictures
        self.complaints: list[str] = []
        self.abroad: list[str] = []
        self.faults: list[str] = []
        context.on("console", lambda message: self.hear(message.type, f"{message.text} {message.location}"))
        context.on("weberror", lambda error: self.hear("error", str(error.error)))
        context.on("request", lambda request: self.notice(request.url))
        context.on("response", lambda answer: self.see(answer.status, answer.url))
        self.page: Page = context.new_page()
        self.shots = 0

    def hear(self, kind: str, text: str) -> None:
        # That an address answers 409 or 410 is what some of the steps are about.
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def notice(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.address).netloc and urlsplit(url).scheme in (
            "http",
            "https",
            "ws",
        ):
            self.abroad.append(url)

    def see(self, status: int, url: str) -> None:
        if status >= 500:
            self.complaints.append(f"{status}: {url}")

    def goto(self, path: str) -> int:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer.status

    def json(self, path: str) -> tuple[int, Any]:
        """An address of the API as any client gets it."""
        answer = self.context.request.get(self.address + path)
        return answer.status, answer.json()

    def look(self, name: str, page: Page | None = None) -> None:
        """A picture of the page, and the grave faults of accessibility in it."""
        page = page or self.page
        self.shots += 1
        page.screenshot(path=self.pictures / f"{self.shots:02}-{name}.png", full_page=True, caret="initial")
        heard = len(self.complaints)
        violations = Axe().run(page).response["violations"]
        page.evaluate("0")
        del self.complaints[heard:]  # axe itself tries styles of its own
        grave = [
            f"{fault['id']}: {node['html'][:160]}"
            for fault in violations
            if fault["impact"] in GRAVE
            for node in fault["nodes"]
        ]
        self.faults += [f"{name}: {fault}" for fault in grave]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv(
            "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
        )  # the tests share their thread with Playwright's loop
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def desk(browser: Any, transactional_db: None, live_server: Any, settings: Any) -> Iterator[Desk]:
    restore_roles()
    editor = User.objects.create_user("olena", password="Kstovo-2024", is_staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    pictures = Path(os.environ.get("SCREENSHOTS", "/tmp/screenshots"))
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin")
    context.set_default_timeout(20_000)
    desk = Desk(context, live_server.url, pictures)
    yield desk
    context.close()
    assert sorted(set(desk.complaints)) == []
    assert desk.abroad == []
    assert not desk.faults, "\n".join(desk.faults)
