"""A client of the API, for tests."""

from typing import Any

from django.test import Client


class Api:
    """A reader of the API: `api("strikes/?facility=norsi")` is the decoded answer."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def raw(self, address: str) -> Any:
        """The response as it comes."""
        return self.client.get(address if address.startswith(("/", "http")) else f"/api/v1/{address}")

    def __call__(self, address: str, status: int = 200) -> Any:
        response = self.raw(address)
        assert response.status_code == status, response.content
        return response.json()

    def every(self, address: str) -> list[Any]:
        """All results, page after page."""
        results, next_page = [], address
        while next_page:
            page = self(next_page)
            results += page["results"]
            next_page = page["next"]
        return results
