"""Words for who says it, where we read it, and how closely a time is known."""

from record.vocabulary import Vocabulary


class TimePrecision(Vocabulary):
    """How closely a time is known. The bounds `earliest` and `latest` give the interval itself; this word
    says how it was stated.

    Origin: this project, in the manner of ACLED's `time_precision`, with finer and coarser steps added.
    """

    MINUTE = "minute", "Stated to the minute, such as 08:25; the interval is at most that minute long."
    HOUR = (
        "hour",
        'Stated to the hour or as "about" a clock time, such as "around seven in the morning"; the '
        "interval is about an hour long.",
    )
    PART_OF_DAY = (
        "part_of_day",
        "Stated as a part of one day, such as morning, evening or overnight; a night that crosses "
        "midnight belongs here, not under `days`.",
    )
    DAY = "day", "Stated as one calendar day, local to the event, with no time of day."
    DAYS = (
        "days",
        "Stated as a run of several calendar days with both ends known, such as 4 to 7 January; for "
        "one calendar week use `week`.",
    )
    WEEK = "week", 'Stated as a calendar week, such as "last week", with no day.'
    MONTH = (
        "month",
        'Stated as a calendar month, or as a part of one such as "late February" or "early March".',
    )
    YEAR = (
        "year",
        'Stated as a calendar year, or as a part of one longer than a month, such as a quarter or "spring".',
    )
    UNKNOWN = (
        "unknown",
        "No time can be derived from what was stated; bounds, where given, are only outer limits.",
    )


class ActorKind(Vocabulary):
    """What sort of speaker or participant an actor is. The kind describes the actor itself, not what it did
    or how it was quoted.

    Origin: this project, with the armed kinds split in the manner of ACLED's and UCDP's actor types.
    """

    PERSON = (
        "person",
        "One named human being, usually in an office; the body the person speaks for is the "
        "`affiliation`, not the kind.",
    )
    GOVERNMENT_BODY = (
        "government_body",
        "A civil authority of a state at any level: a government, ministry, governor's office, "
        "regulator, prosecutor or emergency service; not a court and not an intelligence agency.",
    )
    ARMED_FORCE = "armed_force", "The regular military of a state, or one of its branches, commands or units."
    ARMED_GROUP = (
        "armed_group",
        "An organised armed body that is not part of a state's regular military, such as a militia, "
        "rebel force or volunteer formation, whoever backs it.",
    )
    CRIMINAL_GROUP = (
        "criminal_group",
        "A group that commits crime for gain, such as a ransomware gang; political aims make an "
        "`armed_group`.",
    )
    INTELLIGENCE_AGENCY = (
        "intelligence_agency",
        "A state's civil or military intelligence or security service.",
    )
    INTERNATIONAL_BODY = (
        "international_body",
        "A body set up by several states, such as a United Nations agency, the IAEA or the European Union.",
    )
    COURT = "court", "A court or tribunal, speaking through its judgments, orders and filings."
    COMPANY = (
        "company",
        "A business, private or state-owned, such as a plant's operator, an insurer or a trading house.",
    )
    ORGANISATION = (
        "organisation",
        "A body that is none of the above: a charity, research institute, monitoring group, union or party.",
    )
    MEDIA = (
        "media",
        "The own voice of a source; used when an outlet states, calculates or infers something itself, "
        "not when it quotes somebody.",
    )
    ANONYMOUS = (
        "anonymous",
        'An unnamed speaker or group of speakers as one outlet first published them, such as "industry '
        'sources, to Reuters"; nothing here says who they are.',
    )
    COLLECTIVE = (
        "collective",
        'A loosely worded group or a place name that stands for one, such as "Moscow", "officials" or '
        '"local residents", where no exact body is given.',
    )
    UNKNOWN = (
        "unknown",
        "An actor whose nature has not been established, such as an attacker nobody has identified; "
        "not a known person who asked to stay unnamed (use `anonymous`).",
    )


class SourceKind(Vocabulary):
    """What sort of publisher a source is, so that originals can be told from copies and interested parties
    from observers.

    Origin: this project.
    """

    NEWS_AGENCY = (
        "news_agency",
        "A wire service whose copy is sold or passed to other outlets, such as Reuters, AFP or TASS.",
    )
    NEWSPAPER = (
        "newspaper",
        "A newspaper or news magazine with a print edition now or in the past, its website included.",
    )
    BROADCASTER = "broadcaster", "A television or radio organisation, its website included."
    ONLINE_OUTLET = (
        "online_outlet",
        "A news site or blog with its own reporting and no print or broadcast edition.",
    )
    AGGREGATOR = (
        "aggregator",
        "A site that rewrites, translates or syndicates the copy of other outlets as its main "
        "business; the origin may be named or not.",
    )
    OFFICIAL = (
        "official",
        "A site or channel of a state, an international body, an armed force or an office-holder.",
    )
    SOCIAL_CHANNEL = (
        "social_channel",
        "A channel or account on a messenger or social network that belongs to none of the other "
        "kinds, such as Baza on Telegram; an official's or company's own channel is `official` or "
        "`company`.",
    )
    COMPANY = (
        "company",
        "A site or channel of a business, such as press releases, filings or outage messages.",
    )
    COURT = "court", "Documents published by or taken from a court or tribunal."
    DATASET = (
        "dataset",
        "A structured collection of records, such as a database, a gazetteer or a repository of tables.",
    )
    SATELLITE_PROVIDER = (
        "satellite_provider",
        "A publisher of satellite images or of measurements made from satellites.",
    )
    NGO = "ngo", "A site or channel of a non-governmental organisation that is not mainly a research body."
    RESEARCH = (
        "research",
        "A university, institute, think tank or open-source investigation group that publishes analysis.",
    )
    ENCYCLOPEDIA = (
        "encyclopedia",
        "A reference work that summarises other sources, edited or open, such as Wikipedia.",
    )
    REPOST_SITE = (
        "repost_site",
        "A site or archive that carries copies of other publishers' items whole and adds no reporting "
        "of its own; an `aggregator` rewrites.",
    )
    OTHER = "other", "A publisher that fits none of these words."


class NoticeKind(Vocabulary):
    """What a publisher later did to a report it had issued. A notice is the publisher's own act; errors of
    this record itself are corrections, not notices.

    Origin: this project, after the practice of news agencies and the update types of Crossref.
    """

    UPDATE = (
        "update",
        "A newer version that adds or replaces information because events moved on; the earlier "
        "version was not called wrong.",
    )
    CORRECTION = (
        "correction",
        "The publisher said that something in the report was wrong and put it right; the report stands.",
    )
    RETRACTION = (
        "retraction",
        "The publisher said that the report, or a part of it, should not be relied on; the claims it touches "
        "stay visible, flagged, and stop counting, with their copies.",
    )
    WITHDRAWAL = (
        "withdrawal",
        "The publisher took the report down; its claims count on, unless the publisher said that the content was "
        "wrong (`for_error`), since else whoever takes pages away could erase a voice.",
    )
    HEADLINE_CHANGE = (
        "headline_change",
        "The headline was changed after publication, announced or not, at the same address.",
    )


class ReportPart(Vocabulary):
    """The part of a report in which a claim stands. It is kept because a headline often says more than the
    body supports.

    Origin: this project, with the usual newsroom names.
    """

    HEADLINE = "headline", "The title of the report, on its page or in its feed."
    SUBHEADLINE = (
        "subheadline",
        "A line below the headline or a heading between paragraphs, the standfirst included.",
    )
    BODY = "body", "The running text; for a post, statement or table, the whole of its content."
    CAPTION = "caption", "Words printed with a picture, video, map or chart, to describe it."


class Reliability(Vocabulary):
    """How far a source can be trusted in general, judged apart from any single statement. Null means not yet
    graded.

    Origin: Admiralty Code, as in NATO AJP-2.1 (source reliability).
    """

    A = (
        "A",
        "Completely reliable: no doubt about its authenticity, trustworthiness or competence, and a "
        "history of complete reliability.",
    )
    B = "B", "Usually reliable: minor doubts, and a history of valid information most of the time."
    C = "C", "Fairly reliable: some doubts, but it has given valid information in the past."
    D = "D", "Not usually reliable: significant doubts, although it has given valid information in the past."
    E = (
        "E",
        "Unreliable: lacks authenticity, trustworthiness or competence, with a history of invalid "
        "information.",
    )
    F = (
        "F",
        "Reliability cannot be judged: it was considered and there is no basis for a grade; not worse "
        "than E, and not the same as not yet graded.",
    )


class EvidenceKind(Vocabulary):
    """What sort of material is offered in support of a claim. It names the material itself, not whether it
    has been checked.

    Origin: this project, in the manner of the Berkeley Protocol on Digital Open Source Investigations.
    """

    PHOTO = "photo", "A still picture taken from the ground or the air, other than from a satellite."
    VIDEO = "video", "Moving pictures with or without sound, drone and surveillance footage included."
    SATELLITE_IMAGE = "satellite_image", "A picture made by a satellite, optical or radar."
    AUDIO = "audio", "A sound recording, such as an intercepted call or a recorded statement."
    SENSOR_RECORD = (
        "sensor_record",
        "Readings of an instrument, such as seismic, radiation, fire, power-grid or ship-tracking data.",
    )
    DOCUMENT = (
        "document",
        "A written item, such as an order, letter, contract, filing or log, original or copy.",
    )
    DATASET = (
        "dataset",
        "A structured collection of records offered as support, such as a table of daily outages.",
    )


class Verification(Vocabulary):
    """How far a piece of evidence has been checked, by anyone who says how. It is about the material, not
    about the claim it is attached to.

    Origin: this project, with the usual terms of open-source investigation (Berkeley Protocol).
    """

    UNVERIFIED = "unverified", "Nobody is known to have checked it, or those who tried could not."
    GEOLOCATED = (
        "geolocated",
        "The place it shows has been established from its content; when it was made has not.",
    )
    CHRONOLOCATED = (
        "chronolocated",
        "The time it was made has been established from its content or data; the place has not.",
    )
    VERIFIED = "verified", "Place, time and authenticity have all been established."
    REFUTED = (
        "refuted",
        "It has been shown to be false, altered, or from another place, time or event than was said.",
    )


class IdentifierScheme(Vocabulary):
    """A list that others keep of actors, facilities or units, in which each has an identifier of its own. Whoever has
    it too can join that list with this record.

    Origin: Wikidata, Global Energy Monitor, GeoNames and UNECE (UN/LOCODE), each with the identifiers that it gives.
    """

    WIKIDATA = (
        "wikidata",
        "The item of Wikidata that is about the very thing: `Q` and digits, such as Q329347.",
    )
    GEM = (
        "gem",
        "The id that Global Energy Monitor gives a location, a unit, a project or an owner in its trackers: a "
        "capital letter and digits, such as L100000500000.",
    )
    GEONAMES = (
        "geonames",
        "The id of the thing itself in GeoNames, in digits; that of the town it belongs to is the `geonames_id` of "
        "the facility.",
    )
    UN_LOCODE = (
        "un_locode",
        "The UN/LOCODE of the port or place that it is or belongs to: two letters for the country and three "
        "characters for the place, such as RULED.",
    )
