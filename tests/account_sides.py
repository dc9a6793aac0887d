"""Claims by the hour, and who is on which side in the account of a proposition."""

from datetime import timedelta

from tests.factories import MORNING, ClaimFactory

HOUR = timedelta(hours=1)


def claim_at_hour(hours=0, **fields):
    said_at = MORNING + hours * HOUR
    return ClaimFactory(said_earliest=said_at, said_latest=said_at, said_precision="minute", **fields)


def origins_of(account):
    return {
        origin["key"]: (origin["side"], origin["claims"], origin["documents"])
        for origin in account["origins"]
    }


def sides_of(account):
    return {
        side: [(claim["stance"], claim["counts"]) for claim in account[side]]
        for side in ("for", "against", "silent")
    }


def only_account(answer):
    (account,) = answer["propositions"]
    return account
