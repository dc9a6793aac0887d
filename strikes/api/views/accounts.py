"""Accounts: who says what of one object, and who says otherwise."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.pagination import BACK_IN_TIME
from api.views import PREFIX, RecordViewSet
from strikes.api.accounts import Account, Subject, accounts, propositions_about, put_on_sides
from strikes.api.filters import AccountFilterSet
from strikes.api.loading import read_claims
from strikes.models import Proposition

SubjectRow = TypeVar("SubjectRow", bound=Subject)

MOST_ACCOUNTS = 500
"""How many propositions one answer may show."""
MOST_CLAIMS_IN_ACCOUNTS = 5_000
"""How many claims of them one answer may show."""


class WithAccounts(RecordViewSet[SubjectRow]):
    """What propositions are about: it can be asked who says what of it, and who says otherwise."""

    filters_of = {"accounts": AccountFilterSet}
    accounts_serializer: ClassVar[type[serializers.Serializer[object]]]

    @action(detail=True)
    def accounts(self, request: Request, public_id: str) -> Response:
        """Who says what, who says otherwise, and on whose word, proposition by proposition.

        Each proposition comes with how the independent origins stand to it (`dispute`), the newest editor's grade,
        the origins explained, and the claims for it, against it and silent on it: exact totals, the first 50 of each,
        and where all are listed. A denial of one point is no denial of another: look at the text of the proposition.
        """
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        propositions = self.propositions_asked_for(row)
        if propositions[: MOST_ACCOUNTS + 1].count() > MOST_ACCOUNTS:
            raise BadParameter("topic", f"More than {MOST_ACCOUNTS} propositions: narrow it.", "too_much")
        shown_accounts, claim_keys = accounts(propositions, self.pin.as_of)
        if len(claim_keys) > MOST_CLAIMS_IN_ACCOUNTS:
            text = f"More than {MOST_CLAIMS_IN_ACCOUNTS:,} claims to show: narrow it."
            raise BadParameter("topic", text, "too_much")
        put_on_sides(shown_accounts, read_claims(claim_keys, self.pin.as_of))
        for account in shown_accounts:
            account.rest = self.address_of_all_claims(account)
        body = {self.model._meta.model_name: row, "propositions": shown_accounts}
        return Response(self.accounts_serializer(body, context=self.get_serializer_context()).data)

    def propositions_asked_for(self, row: SubjectRow) -> QuerySet[Proposition]:
        propositions: Any = Proposition.objects.published(self.pin.as_of)
        filter_set = self.filters_of["accounts"](
            self.request.query_params, propositions, request=self.request
        )
        found: QuerySet[Proposition] = filter_set.qs
        descendants = filter_set.filter_values().get("descendants", False)
        return found.filter(propositions_about(row, self.pin.as_of, descendants))

    def address_of_all_claims(self, account: Account) -> str | None:
        """The list of all claims of a proposition, at the same point in time, where not all are shown."""
        if all(len(account.claims_by_side[side]) == total for side, total in account.totals.items()):
            return None
        query = {"proposition": account.proposition.public_id}
        query |= {
            name: self.request.query_params[name]
            for name in BACK_IN_TIME
            if name in self.request.query_params
        }
        return f"{self.base_url()}{PREFIX}claims/?{urlencode(query)}"
