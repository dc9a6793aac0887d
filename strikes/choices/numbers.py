"""Words for what a number measures, in which unit, and how firmly it is bounded."""

from record.vocabulary import Vocabulary


class Metric(Vocabulary):
    """What a number measures. Several of these are easily taken for one another in reports; the word chosen
    follows what the speaker said, not what would be convenient to compare.

    Origin: this project; outage terms after REMIT messages and Reuters outage tables, the damage, loss
    and needs terms after the Post-Disaster Needs Assessment of the World Bank, the European Union and the
    United Nations.
    """

    CAPACITY_OFFLINE = (
        "capacity_offline",
        "Capacity that cannot be used or is not in use because of the event; not the full capacity of "
        "the facilities that were hit.",
    )
    CAPACITY_OF_FACILITIES_HIT = (
        "capacity_of_facilities_hit",
        "Full capacity of the facilities that were hit, running or not; never less than the capacity "
        "that went offline there (`capacity_offline`).",
    )
    OUTPUT_HALTED = (
        "output_halted",
        "Output that has stopped altogether, as an amount or as a share of normal output.",
    )
    OUTPUT_CUT = (
        "output_cut",
        "How far output was reduced while work goes on, as an amount or as a share of normal output.",
    )
    THROUGHPUT = (
        "throughput",
        "How much was actually processed or carried in a period, as an amount and not as a loss.",
    )
    UTILISATION = "utilisation", "Actual rate as a share of capacity, such as a unit at 60 percent load."
    OUTAGE_DURATION = (
        "outage_duration",
        "How long a facility, unit or service was or will be out, from stop to return.",
    )
    REPAIR_DURATION = (
        "repair_duration",
        "How long the repair work takes or will take; service may return earlier or later.",
    )
    REPAIR_COST = "repair_cost", "Money needed to repair what was damaged."
    DAMAGE_COST = "damage_cost", "Money value of the physical damage, however it is to be made good."
    REPLACEMENT_COST = "replacement_cost", "Money needed to buy or build anew what was damaged or destroyed."
    RECOVERY_NEEDS = (
        "recovery_needs",
        "Money needed for reconstruction and recovery as a whole, improvements and services included; "
        "larger than `damage_cost`.",
    )
    ECONOMIC_LOSS = (
        "economic_loss",
        "Money lost besides the physical damage, such as lost sales, extra costs or lost production.",
    )
    PRODUCT_LOST = (
        "product_lost",
        "Amount of oil, product, gas, water or goods burned, spilled or otherwise lost.",
    )
    CAPACITY_AVAILABLE = (
        "capacity_available",
        "Capacity that can still be used or is usable again after the event.",
    )
    SHARE_RESTORED = (
        "share_restored",
        "Share of what had been lost that is back, such as customers reconnected or capacity repaired.",
    )
    AREA_BURNED = "area_burned", "Surface on which there was fire."
    FIRE_DURATION = "fire_duration", "How long the fire burned, from its start until it was put out."
    TANKS_DAMAGED = "tanks_damaged", "Number of storage tanks damaged, destroyed or set on fire."
    OBJECTS_AFFECTED = (
        "objects_affected",
        "Number of objects damaged, destroyed or otherwise affected together; `object` says what they are.",
    )
    OBJECTS_DAMAGED = (
        "objects_damaged",
        "Number of objects damaged but not destroyed; `object` says what they are.",
    )
    OBJECTS_DESTROYED = "objects_destroyed", "Number of objects destroyed; `object` says what they are."
    CASUALTIES = "casualties", "Number of people killed and injured together, where the two are not divided."
    UNITS_OFFLINE = "units_offline", "Number of units out of service."
    FACILITIES_HIT = "facilities_hit", "Number of facilities attacked or struck."
    IMPACTS = (
        "impacts",
        "Number of hits or explosions reported on the ground; the number of weapons is a weapon count.",
    )
    CUSTOMERS_WITHOUT_SERVICE = (
        "customers_without_service",
        "Number of customers, households or connections without power, heat, gas, water or another service.",
    )
    AREA_FLOODED = "area_flooded", "Surface covered by flood water."
    PEOPLE_AFFECTED = (
        "people_affected",
        "Number of people affected in any way, such as by loss of service or of home.",
    )
    PEOPLE_KILLED = (
        "people_killed",
        "Number of people who died; an indirect death, such as a heart attack, is marked `indirect`.",
    )
    PEOPLE_INJURED = (
        "people_injured",
        "Number of people wounded or otherwise injured who were alive when counted.",
    )
    PEOPLE_MISSING = "people_missing", "Number of people whose fate was not known when counted."
    PEOPLE_EVACUATED = "people_evacuated", "Number of people moved out or told to leave for safety."
    PEOPLE_DETAINED = "people_detained", "Number of people arrested, detained or captured."
    EXPLOSIVE_MASS = (
        "explosive_mass",
        "Mass of explosive, in a weapon or a charge or as an equivalent in TNT.",
    )
    MAGNITUDE = (
        "magnitude",
        "Strength of a seismic signal on a magnitude scale, as measured by a seismic network; its unit "
        "is `other`, with the scale as printed.",
    )
    DISTANCE = "distance", "Length of the way between two named points, such as a plant and the border."
    RANSOM_PAID = "ransom_paid", "Money or cryptocurrency paid to attackers."
    RANSOM_RECOVERED = "ransom_recovered", "Money or cryptocurrency paid to attackers and later taken back."
    OTHER = "other", "A quantity that fits none of these words; `metric_as_stated` says what it is."


class CapacityBasis(Vocabulary):
    """What a stated capacity means. Figures on different bases are never compared or joined into one range.

    Origin: EIA refinery capacity terms (stream day, calendar day), with words of this project for other
    plants.
    """

    NAMEPLATE = (
        "nameplate",
        "Design or registered capacity, as given by the builder, the operator or a register.",
    )
    STREAM_DAY = (
        "stream_day",
        "Highest input in 24 hours of running at full rate, with no allowance for stops.",
    )
    CALENDAR_DAY = (
        "calendar_day",
        "Usual input per day averaged over all days of a year, stops for maintenance and faults "
        "allowed for; lower than `stream_day`.",
    )
    THROUGHPUT = (
        "throughput",
        "What was actually processed or carried in a stated period, used as a measure of size; not a limit.",
    )
    OUTPUT = (
        "output",
        "What can be or was delivered at the outlet, such as products or electricity, rather than taken in.",
    )
    VOLUME = (
        "volume",
        "What can be stored, as a volume or a mass, such as the capacity of a tank or a gas store.",
    )
    UNSPECIFIED = "unspecified", "The basis was not stated and cannot be read from the context."


class Denominator(Vocabulary):
    """What a percentage is a share of. Every percentage has one; two shares with different denominators are
    never compared.

    Origin: this project.
    """

    UNIT_CAPACITY = "unit_capacity", "Capacity of the one unit concerned."
    FACILITY_CAPACITY = "facility_capacity", "Capacity of the one facility concerned."
    FACILITY_OUTPUT = (
        "facility_output",
        "Usual output of the one facility, of all products or of the one named in `scope`.",
    )
    FACILITY_THROUGHPUT = "facility_throughput", "What the one facility usually processes or carries."
    OPERATOR_CAPACITY = (
        "operator_capacity",
        "Capacity of all facilities of one operator, or of those named in `scope`.",
    )
    OPERATOR_OUTPUT = (
        "operator_output",
        "Usual output of all facilities of one operator, or of those named in `scope`.",
    )
    REGIONAL_CAPACITY = "regional_capacity", "Capacity of all such facilities in a region of a country."
    REGIONAL_SUPPLY = (
        "regional_supply",
        "What is usually supplied to a region of a country, such as its fuel, power or water.",
    )
    COUNTRY_CAPACITY = "country_capacity", "Capacity of all such facilities in a country."
    COUNTRY_THROUGHPUT = (
        "country_throughput",
        "What all such facilities in a country actually process or carry; smaller than "
        "`country_capacity`, so the same loss is a larger share of it.",
    )
    WORLD_SUPPLY = "world_supply", "What the whole world produces or supplies."
    POPULATION = "population", "Number of people who live in the area named in `scope`."
    AREA = "area", "Surface of the area named in `scope`."
    OTHER = "other", "Another whole, which is named with the number."
    UNSPECIFIED = (
        "unspecified",
        "The speaker did not say what the percentage is of; only with a `scope` that says what it covers.",
    )


class UnitOfMeasure(Vocabulary):
    """The unit in which a number is given. The printed unit is kept as it stands; a conversion is always a
    separate, computed number.

    Origin: SI and units accepted with it, oil-industry units as defined by the EIA, ISO 4217 codes in
    lower case for state currencies, and counting words of this project.
    """

    T_PER_DAY = "t_per_day", "Metric tonnes per day."
    KT_PER_DAY = "kt_per_day", "Thousand metric tonnes per day."
    MT_PER_YEAR = "mt_per_year", "Million metric tonnes per year."
    MT_PER_QUARTER = "mt_per_quarter", "Million metric tonnes per calendar quarter of three months."
    BBL_PER_DAY = "bbl_per_day", "Barrels per day; a barrel is 42 US gallons or about 158.987 litres."
    KBBL_PER_DAY = "kbbl_per_day", "Thousand barrels per day."
    MBBL_PER_DAY = (
        "mbbl_per_day",
        'Million barrels per day; not the oil-trade "Mbbl", which means a thousand.',
    )
    GAL = "gal", "US liquid gallons; one is 3.785411784 litres."
    GAL_PER_DAY = "gal_per_day", "US liquid gallons per day."
    M3_PER_DAY = "m3_per_day", "Cubic metres per day."
    MW = "mw", "Megawatts, million watts of power, electrical unless the scope says thermal."
    GW = "gw", "Gigawatts, thousand megawatts of power, electrical unless the scope says thermal."
    MVA = (
        "mva",
        "Megavolt-amperes, the apparent power that a transformer or generator is rated for; not megawatts.",
    )
    PERCENT = "percent", "Parts of a hundred of the whole that the denominator names."
    KG = "kg", "Kilograms."
    T = "t", "Metric tonnes of 1,000 kilograms; not short or long tons."
    KT = "kt", "Thousand metric tonnes."
    M3 = "m3", "Cubic metres."
    L = "l", "Litres."
    BBL = "bbl", "Barrels of 42 US gallons, about 158.987 litres each."
    M2 = "m2", "Square metres."
    KM2 = "km2", "Square kilometres."
    M = "m", "Metres."
    KM = "km", "Kilometres."
    MILE = "mile", "Statute miles of 1,609.344 metres; not nautical miles."
    MINUTE = "minute", "Minutes of time."
    HOUR = "hour", "Hours."
    DAY = "day", "Days of 24 hours."
    MONTH = "month", "Calendar months, as stated; never converted, since they differ in length."
    PERSON = "person", "People, counted one by one."
    CUSTOMER = (
        "customer",
        "Customers of a utility as it counts them, usually connections or meters; not people.",
    )
    HOUSEHOLD = "household", "Households, each of one or more people."
    TANK = "tank", "Storage tanks."
    UNIT = "unit", "Units of a facility, such as distillation units or generating sets."
    FACILITY = "facility", "Facilities, such as refineries or substations."
    COUNT = "count", "A plain number, of the things that the metric or `object` names."
    USD = "usd", "United States dollars."
    EUR = "eur", "Euros."
    GBP = "gbp", "Pounds sterling."
    RUB = "rub", "Russian roubles."
    UAH = "uah", "Ukrainian hryvnias."
    BTC = "btc", "Bitcoins."
    OTHER = "other", "A unit that is not in this list; the printed unit is kept with the number."


class Comparator(Vocabulary):
    """How a speaker bounds a number. It fixes which of `low`, `best` and `high` are given.

    Origin: this project, in the manner of the best, low and high estimates of UCDP.
    """

    EXACTLY = "exactly", "The number as stated, with no qualifier: low, best and high are the same."
    APPROXIMATELY = "approximately", '"About", "some", "half" or "a third": only best is given.'
    AT_LEAST = "at_least", '"At least", "no fewer than": only low is given and it is included.'
    MORE_THAN = "more_than", '"More than", "over": only low is given and it is not itself included.'
    AT_MOST = "at_most", '"At most", "up to": only high is given and it is included.'
    LESS_THAN = "less_than", '"Less than", "under": only high is given and it is not itself included.'
    ALMOST = "almost", '"Almost", "nearly": best and high are the number, which is not quite reached.'
    RANGE = (
        "range",
        '"From one number to another": low and high are given, best is not; "or more" opens the upper end.',
    )
    VAGUE = "vague", '"Hundreds", "several", "a large part": no number is given and none is made up.'


class NumberEdge(Vocabulary):
    """How the start or the end of the time for which a number holds is meant. It stands beside
    `effective_from` and `effective_until`.

    Origin: this project.
    """

    STATED = "stated", "A time that the speaker gave as a fact, past or present."
    OPEN = "open", "No end had come when the speaker spoke, or there is no bound on this side."
    FORECAST = "forecast", "A time that the speaker predicted or planned, such as a restart by 30 June."
    NEVER = "never", "No end will come, by the speaker's word: it was destroyed, or given up for good."


class PersonKind(Vocabulary):
    """Which people a number of persons is about.

    Origin: this project.
    """

    CIVILIAN = (
        "civilian",
        "People who take no part in the fighting and are neither staff of the facility nor responders, "
        "or who are called civilians without more detail.",
    )
    STAFF = "staff", "People who work at the facility, contractors included."
    RESPONDER = (
        "responder",
        "Firefighters, medics, rescuers, repair crews and police who came because of the event.",
    )
    MILITARY = "military", "Members of armed forces or armed groups."
    UNSPECIFIED = "unspecified", "The report does not say which people, or mixes several of these."
