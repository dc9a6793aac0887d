"""The filters of the days of a strike."""

from api.filters import FlagFilter, OneOfFilter, RecordFilterSet


class StrikeDaysFilterSet(RecordFilterSet):
    """What can be asked of the days of a strike."""

    by = OneOfFilter(
        ["known", "published"],
        "known",
        help_text="By which days: those on which it was `known`, to the world, or `published`, by us.",
    )
    descendants = FlagFilter(
        help_text="Whether everything that a wave groups, at any depth, is taken in. Without it, only what is said of "
        "the wave as a whole."
    )
