"""What there is."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import check_parameters
from api.views import PREFIX, PublicView


class RootView(PublicView):
    """What there is: every collection with its address."""

    names: Sequence[str] = ()

    def get(self, request: Request) -> Response:
        check_parameters(request, ["format"], ())
        base = f"{self.base_url()}{PREFIX}"
        return Response({name: f"{base}{name}/" for name in self.names})
