"""Words for what is at issue, and for how a speaker stands to it."""

from record.vocabulary import Vocabulary


class Topic(Vocabulary):
    """What a proposition is about, in one word. Opposite statements share one topic: "no damage" is a denial
    under `damage`, not a topic of its own.

    Origin: this project, drawn from what reports of strikes on infrastructure dispute.
    """

    OCCURRENCE = (
        "occurrence",
        "Whether the event took place at all, or what sort of event it was, such as a full-scale incursion.",
    )
    FACILITY_HIT = (
        "facility_hit",
        "Whether a named facility or unit was attacked or struck; harm done to it is `damage`.",
    )
    DAMAGE = (
        "damage",
        'Whether and how badly something was damaged or destroyed; "no damage" is a denial of it.',
    )
    FIRE = "fire", "Whether there was a fire, how large, and whether it was put out."
    CAUSE = (
        "cause",
        "What brought about an effect, such as an attack, falling debris, a technical fault or an "
        "accident; who did it is `responsibility`.",
    )
    OPERATIONS_HALTED = (
        "operations_halted",
        "Whether a facility or unit stopped or cut its work, and since when.",
    )
    RECOVERY = (
        "recovery",
        "Whether and when work or service resumed or will resume, at whatever load; a stated future return is a "
        "forecast here.",
    )
    FULL_RECOVERY = (
        "full_recovery",
        "Whether and when work or service was or will be back in full, as before; a return at part load, or at a "
        "load that nobody states, is `recovery`.",
    )
    RESPONSIBILITY = "responsibility", "Who carried out the attack."
    COMMAND = "command", "Who ordered or directed the attack, as distinct from who carried it out."
    SPONSORSHIP = (
        "sponsorship",
        "Who supported the attackers with money, arms, training or shelter; who ordered it is `command`.",
    )
    LAUNCH_SITE = "launch_site", "From where the weapons or the attackers came."
    WEAPON = "weapon", "Which weapon was used: its type, model or number."
    WEAPON_ORIGIN = "weapon_origin", "Who made or supplied the weapon; not who used it."
    WEAPON_OPERATOR = (
        "weapon_operator",
        "Who launched, flew or steered the weapon, where this is said apart from `responsibility`.",
    )
    INTENT = (
        "intent",
        "What the attackers meant to hit or achieve on the spot, and whether it was deliberate.",
    )
    INTERCEPTION = "interception", "Whether weapons were shot down or stopped on the way, and how many."
    REPELLED = "repelled", "Whether an attack or incursion on the ground was stopped or driven back."
    CASUALTIES = "casualties", "Whether people were killed, injured, missing or captured, and how many."
    CONSEQUENCE = (
        "consequence",
        "What followed for others, such as closed schools, power cuts, evacuations, shortages or prices.",
    )
    RESPONSE = (
        "response",
        "What was done about the event at once, such as firefighting, first repairs, alerts or return fire.",
    )
    MOTIVE = "motive", "Why the attack was made, or what it was meant to show."
    COST = "cost", "What damage, repair or loss amounts to in money."
    PAYMENT = (
        "payment",
        "Whether money was demanded, paid or recovered because of the event, such as ransom or insurance.",
    )
    CAPACITY = (
        "capacity",
        "How much a facility, company or country can process, make or store, and how much is offline.",
    )
    SITE = (
        "site",
        "Which place it was: the identity or location of a site that is unnamed, withheld or in doubt.",
    )
    INFORMATION = "information", "What was published, withheld or forbidden to be published about the event."
    EVIDENCE = (
        "evidence",
        "What a picture, recording or document shows, whether it is genuine, or that it was released.",
    )
    SUPERLATIVE = (
        "superlative",
        'A comparison with other events, such as "the largest attack since" or "the first time".',
    )
    SAFETY = (
        "safety",
        "Danger to people or nature, such as radiation, leaks, pollution or unsafe working conditions.",
    )
    INVESTIGATION = "investigation", "Whether an inquiry was opened, what it does and what it found."
    LEGAL = "legal", "Whether a law was broken, and charges, rulings or claims for damages."
    POLICY = (
        "policy",
        "What a government, company or body decides in general because of such events, such as an "
        "export ban.",
    )
    OTHER = "other", "A point that fits none of these words."


class Polarity(Vocabulary):
    """Which side of a proposition a stance takes. It is derived from the stance and never stored beside it.

    Origin: this project.
    """

    POSITIVE = ("positive", "The speaker holds that the proposition is so, wholly or in part.")
    NEGATIVE = "negative", "The speaker holds that it is not so, or no longer holds that it is."
    NEUTRAL = (
        "neutral",
        "The speaker takes no side; silence of every sort is kept as data but counts for neither side.",
    )
    FORECAST = (
        "forecast",
        "The speaker says that it will be so, which is no word that it is: forecasts stand apart and take no side.",
    )


class Stance(Vocabulary):
    """What a speaker does with a proposition. Silence has words of its own, because a refusal to comment, no
    answer and a denial are different things.

    Origin: this project, after the reporting verbs of news agencies and factuality annotation such as
    FactBank.
    """

    ASSERTS = "asserts", "States as fact, on the speaker's own behalf, without answering anybody."
    CONFIRMS = "confirms", "States as fact what somebody else had said or asked about."
    PARTLY_CONFIRMS = (
        "partly_confirms",
        "Accepts a part of what was said and leaves the rest open or rejects it; the part accepted "
        "should be a proposition of its own where possible.",
    )
    REPORTS = (
        "reports",
        "Passes on what the speaker heard from others or saw published, without vouching for it.",
    )
    ESTIMATES = (
        "estimates",
        "Gives a judgement or calculation that the speaker presents as approximate or as an inference.",
    )
    FORECASTS = (
        "forecasts",
        "States what will happen or is planned, such as a date of restart; not a present fact.",
    )
    DENIES = "denies", "States that the proposition is not so."
    DISPUTES = (
        "disputes",
        "Contests the proposition or a figure in it without a plain denial, or gives a version that "
        "cannot stand beside it.",
    )
    RETRACTS = (
        "retracts",
        "Takes back what the same speaker said before; ends that side and does not take the opposite one.",
    )
    DECLINES_TO_COMMENT = (
        "declines_to_comment",
        'Was asked and refused to answer, in words such as "no comment".',
    )
    NO_RESPONSE = (
        "no_response",
        "Was asked and had not answered when the report was published; not the same as declining.",
    )
    NEITHER_CONFIRMS_NOR_DENIES = (
        "neither_confirms_nor_denies",
        "Answered, and said or made plain that it would neither confirm nor deny.",
    )
    DOES_NOT_ATTRIBUTE = "does_not_attribute", "Spoke about the event and named nobody as responsible."
    WITHHOLDS = (
        "withholds",
        "Said that information exists and is kept back, such as the name of a site for security reasons.",
    )
    CANNOT_ASSESS = (
        "cannot_assess",
        'Said that it could not judge or verify the point, such as "could not independently verify".',
    )

    @property
    def polarity(self) -> Polarity:
        """The side this stance takes; the table stands below."""
        return _POLARITIES[self]


_POLARITIES = {
    Stance.ASSERTS: Polarity.POSITIVE,
    Stance.CONFIRMS: Polarity.POSITIVE,
    Stance.PARTLY_CONFIRMS: Polarity.POSITIVE,
    Stance.REPORTS: Polarity.POSITIVE,
    Stance.ESTIMATES: Polarity.POSITIVE,
    Stance.FORECASTS: Polarity.FORECAST,
    Stance.DENIES: Polarity.NEGATIVE,
    Stance.DISPUTES: Polarity.NEGATIVE,
    Stance.RETRACTS: Polarity.NEGATIVE,
    Stance.DECLINES_TO_COMMENT: Polarity.NEUTRAL,
    Stance.NO_RESPONSE: Polarity.NEUTRAL,
    Stance.NEITHER_CONFIRMS_NOR_DENIES: Polarity.NEUTRAL,
    Stance.DOES_NOT_ATTRIBUTE: Polarity.NEUTRAL,
    Stance.WITHHOLDS: Polarity.NEUTRAL,
    Stance.CANNOT_ASSESS: Polarity.NEUTRAL,
}


class NotCounted(Vocabulary):
    """Why a claim does not count among the independent origins of its proposition. Null means that it counts.
    It is worked out from published claims, never set by an editor.

    Origin: this project, after the attribution rules of news agencies.
    """

    ECHO = (
        "echo",
        "An outlet's own words without a source, beside somebody else's word on the same side: one document "
        "more, no voice more.",
    )
    RETRACTED = (
        "retracted",
        "The publisher took the report back, or one that it copies or repeats; the claim stays visible, flagged.",
    )
    OUTDATED = (
        "outdated",
        "Its speaker has since taken another side or taken it back, or the same origin has said that what went "
        "on has ended.",
    )
    NEUTRAL = "neutral", "It takes no side: silence of any sort, or the taking back of a word."
    FORECAST = "forecast", "It says what will be, and is counted apart, among the forecasts."


class Certainty(Vocabulary):
    """How sure the speaker says it is, in the speaker's own words and not in our judgement. Null means that
    the speaker expressed no degree.

    Origin: this project, a short form of the words of estimative probability used in intelligence
    writing.
    """

    CERTAIN = (
        "certain",
        'The speaker says that there is no doubt, such as "it is established" or "definitely".',
    )
    LIKELY = (
        "likely",
        'The speaker holds it to be more probable than not, such as "probably" or "most likely".',
    )
    POSSIBLE = "possible", 'The speaker does not exclude it, such as "may", "could" or "possibly".'
    UNLIKELY = "unlikely", "The speaker holds it to be improbable without denying it."


class Attribution(Vocabulary):
    """On what footing a claim stands in its report: who vouches for it and how it came about. The order of
    the chain from speaker to host is kept elsewhere.

    Origin: this project, after newsroom attribution rules such as those of Reuters and AP.
    """

    ON_RECORD = "on_record", "Said by a person or body that the report names."
    ANONYMOUS = (
        "anonymous",
        'Said by speakers whom the report describes but does not name, such as "two industry sources".',
    )
    OWN_REPORTING = (
        "own_reporting",
        "Seen or found out by the outlet's own people, and said to be so, such as a correspondent at the place.",
    )
    UNATTRIBUTED = "unattributed", "Stated by the outlet with no source given, however it came to know."
    LEAKED_DOCUMENT = "leaked_document", "Taken from a document that its author or owner did not publish."
    COURT = "court", "Taken from a court's ruling, hearing or filing."
    OUTLET_CALCULATION = "outlet_calculation", "Calculated by the outlet from figures that it names or holds."
    OUTLET_INFERENCE = (
        "outlet_inference",
        'Concluded by the outlet from other statements, in words such as "this suggests"; no source said it.',
    )
    IMAGE_ANALYSIS = (
        "image_analysis",
        "Read by the outlet or an analyst from pictures, video or satellite images.",
    )
    MEASUREMENT = (
        "measurement",
        "Read from an instrument or a network of them, such as seismic stations or fire-detecting "
        "satellites.",
    )


class ClaimRelationKind(Vocabulary):
    """How one claim bears on an earlier one. The relation is read from the claim that makes it to the claim
    that it names, and holds for every corrected version of each.

    Origin: CiTO, the Citation Typing Ontology (confirms, disputes, refutes, qualifies, updates, corrects,
    retracts; `responds_to` is its repliesTo), with `repeats` added by this project.
    """

    CONFIRMS = "confirms", "Says independently that the earlier claim is right; a copy of it is `repeats`."
    DISPUTES = "disputes", "Contests the earlier claim without showing it to be false."
    REFUTES = "refutes", "Offers evidence or an argument that the earlier claim is false."
    QUALIFIES = "qualifies", "Limits the earlier claim or puts conditions on it."
    UPDATES = (
        "updates",
        "Gives a newer state of the same matter, such as a higher count; the earlier was right when made; from "
        "another point, it says that what goes on by the earlier claim has ended or was suspended.",
    )
    CORRECTS = "corrects", "Says that the earlier claim was wrong in some point and gives the right version."
    RETRACTS = "retracts", "Takes the earlier claim back; only for a claim by the same speaker."
    REPEATS = (
        "repeats",
        "Passes on the earlier claim, on the same point and side, with nothing of its own; it adds a document but "
        "no independent origin.",
    )
    RESPONDS_TO = "responds_to", "Answers or reacts to the earlier claim without any of the above."


class Credibility(Vocabulary):
    """How believable one claim is on its content, judged apart from who published it. Null means not yet
    graded.

    Origin: Admiralty Code, as in NATO AJP-2.1 (information credibility).
    """

    ONE = (
        "1",
        "Confirmed by other sources: independent sources say the same, and it is logical and "
        "consistent with other information.",
    )
    TWO = "2", "Probably true: not confirmed, but logical and consistent with other information."
    THREE = "3", "Possibly true: not confirmed, reasonably logical, and agrees with some other information."
    FOUR = "4", "Doubtful: not confirmed, possible but not logical, with no other information on the subject."
    FIVE = "5", "Improbable: not confirmed, not logical, and contradicted by other information."
    SIX = (
        "6",
        "Truth cannot be judged: it was considered and there is no basis for a grade; not worse than "
        "5, and not the same as not yet graded.",
    )


class EvidenceRole(Vocabulary):
    """What a piece of evidence does for a claim it is attached to.

    Origin: this project; compare `cito:citesAsEvidence` and `cito:disputes` of CiTO.
    """

    SUPPORTS = "supports", "It is offered in support of the claim."
    CONTRADICTS = "contradicts", "It is offered, or read, against the claim."
    ILLUSTRATES = "illustrates", "It is shown beside the claim and proves nothing about it."
