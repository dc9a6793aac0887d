"""How tests let something be said at an hour, and read who stands on which side of it."""

from datetime import timedelta

from tests.factories import MORNING, ClaimFactory

HOUR = timedelta(hours=1)


def claim_at_hour(hours=0, **fields):
    moment = MORNING + hours * HOUR
    return ClaimFactory(said_earliest=moment, said_latest=moment, said_precision="minute", **fields)


def origins_of(account):
    return {one["key"]: (one["side"], one["claims"], one["documents"]) for one in account["origins"]}


def sides_of(account):
    return {
        side: [(claim["stance"], claim["counts"]) for claim in account[side]]
        for side in ("for", "against", "silent")
    }


def only_account(answer):
    (account,) = answer["propositions"]
    return account
