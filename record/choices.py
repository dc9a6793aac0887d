"""The words of the ledger: what was done to a public row, and why one was withdrawn."""

from record.vocabulary import Vocabulary


class Action(Vocabulary):
    """What a revision of the ledger did to one row.

    Origin: this project; compare the activity types of W3C PROV.
    """

    PUBLISH = "publish", "The row became public."
    WITHDRAW = "withdraw", "The row stopped being public; it answers 410 with the reason from then on."
    AMEND = "amend", "A field that may change in public was changed in place; old and new value are kept."
    MERGE = "merge", "The row was found to be the same thing as another, which stands for it from then on."
    UNMERGE = "unmerge", "A merge was undone: the row stands for itself again."


class WithdrawalReason(Vocabulary):
    """Why a public row was withdrawn.

    Origin: this project, after the correction and retraction notices of COPE and Crossref.
    """

    TYPO = "typo", "A slip in our own wording; what was said has not changed."
    MISATTRIBUTION = "misattribution", "We gave the words to the wrong speaker or the wrong report."
    SUPERSEDED = "superseded", "A better reading of the same report replaces this row."
    DUPLICATE = "duplicate", "The same item was on the record twice."
    OUT_OF_SCOPE = (
        "out_of_scope",
        "The row does not belong in a record of reported strikes on infrastructure.",
    )
    WRONG_UNIT = (
        "wrong_unit",
        "A number carried the wrong unit of measure, or the claim the wrong process unit.",
    )
    WRONG_CONVERSION = "wrong_conversion", "A number was converted wrongly from what was printed."
    SAFETY = "safety", "Keeping it public could harm somebody: a takedown, at every point in time."
    LEGAL = "legal", "The law requires its removal: a takedown, at every point in time."

    @property
    def is_takedown(self) -> bool:
        """Safety and legal cover the whole lineage and hold at every ``as_of``."""
        return self in (WithdrawalReason.SAFETY, WithdrawalReason.LEGAL)
