"""Words for how well a proposition stands: an editor's grade, and the state of the dispute."""

from record.vocabulary import Vocabulary


class Grade(Vocabulary):
    """How well established a proposition is in an editor's judgement, all claims and evidence considered. It
    is not a vote: counts of origins stand beside it.

    Origin: Airwars civilian harm grading, adapted from civilian harm to any proposition, with
    `unassessed` added by this project.
    """

    CONFIRMED = (
        "confirmed",
        "Accepted by the party responsible for it or directly concerned, or put beyond reasonable "
        "doubt by checked material.",
    )
    FAIR = (
        "fair",
        "Reported by two or more credible origins that do not depend on each other, often with "
        "pictures or documents, and not seriously contradicted.",
    )
    WEAK = (
        "weak",
        "Reported by one origin only or with little detail; others neither support nor contradict it.",
    )
    CONTESTED = "contested", "Credible origins contradict each other, and nothing decides between them."
    DISCOUNTED = (
        "discounted",
        "Judged not to be so, because better evidence shows otherwise or the claim was taken back.",
    )
    UNASSESSED = "unassessed", "No editor has judged it yet; this says nothing about whether it is so."


class GradeBasis(Vocabulary):
    """The main ground on which an editor gave a grade. Where several apply, the strongest that the reason
    relies on is named.

    Origin: this project.
    """

    ADMISSION = (
        "admission",
        "The actor said to be responsible, or one that speaks against its own interest, admits it.",
    )
    VISUAL = "visual", "Photographs or video, checked for place and time."
    SATELLITE = "satellite", "Satellite images or measurements from satellites."
    OFFICIAL_DOCUMENT = (
        "official_document",
        "A document of a state, court or international body, such as a ruling, inspection report or filing.",
    )
    OPERATOR = "operator", "A statement of the operator or owner of the facility about its own plant."
    MULTIPLE_TESTIMONY = "multiple_testimony", "Statements of several speakers of independent origin."
    SINGLE_TESTIMONY = (
        "single_testimony",
        "Statements of one speaker, or of several that go back to one origin.",
    )


class Dispute(Vocabulary):
    """How the independent origins of a proposition stand to each other. The state is computed from published
    claims, never set by an editor; only origins that take a side count.

    Origin: this project.
    """

    UNREPORTED = (
        "unreported",
        "No origin takes a side, for or against, and none forecasts; silence alone leaves a proposition here.",
    )
    FORECAST_ONLY = ("forecast_only", "Nobody is for it or against it, and somebody says that it will be so.")
    SINGLE_ORIGIN = (
        "single_origin",
        "One origin is for it and none against, however many documents repeat it.",
    )
    AGREED = "agreed", "Two or more independent origins are for it and none against."
    DENIED = "denied", "One or more origins are against it and none for."
    DISPUTED = (
        "disputed",
        "Some origins are for it and some against, or rival answers to an open question have support.",
    )
