"""The relations that are loaded along with a proposition, for whoever shows what it is about."""

SUBJECTS = ("facility", "unit__facility", "actor", "region")


def with_prefix(prefix: str, *names: str) -> list[str]:
    """These relations as they are reached through another: `claim__proposition` and `strike`, for example."""
    return [f"{prefix}__{name}" for name in names]
