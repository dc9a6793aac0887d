"""Claims by the hour, and who is on which side in the account of a proposition."""

from datetime import timedelta

from tests.factories import MORNING, ClaimFactory

HOUR = timedelta(hours=1)


def claim_at_hour(hours=0, **fields):
    """A claim that was said, and read in a report issued, so many hours after the morning."""
    said_at = MORNING + hours * HOUR
    if "report" not in fields:
        fields["report__issued_earliest"] = said_at
    return ClaimFactory(said_earliest=said_at, said_latest=said_at, said_precision="minute", **fields)


def origins_of(account):
    return {
        origin["key"]: (origin["side"], origin["claims"], origin["documents"])
        for origin in account["origins"]
    }


def totals_of(account):
    """How many claims there are on the sides that have any."""
    return {side: number for side, number in account["totals"].items() if number}


def sides_of(account):
    return {
        side: [(claim["stance"], claim["counts"]) for claim in account[side]]
        for side in ("for", "against", "silent")
    }


def only_account(answer):
    (account,) = answer["propositions"]
    return account
