"""Words for events and for the weapons counted in them."""

from record.vocabulary import Vocabulary


class StrikeKind(Vocabulary):
    """What sort of event a strike row is. It is an editor's label for finding it; what is said of the event
    stands in claims.

    Origin: this project.
    """

    STRIKE = "strike", "One reported attack episode at one place; the smallest event that is counted."
    WAVE = (
        "wave",
        "A group of strikes reported as one attack, such as one night's drones over several regions; "
        "waves may nest in a campaign and are never counted as strikes.",
    )
    RAID = "raid", "A reported attack by people on the ground, such as a cross-border incursion."
    INCIDENT = (
        "incident",
        "An event not reported as an attack, such as a technical outage, kept because it changes the "
        "baseline that later figures are measured against.",
    )


class Method(Vocabulary):
    """By what means an attack is reported to have been made; a strike may carry several. For an event it is
    an editor's label, for a weapon count the kind of weapon the count is about.

    Origin: this project, in the manner of ACLED's sub-event types.
    """

    DRONE = "drone", "An unmanned aircraft, one that explodes on impact or one that drops munitions."
    CRUISE_MISSILE = (
        "cruise_missile",
        "A guided missile that flies under power all the way, such as Kalibr or Storm Shadow.",
    )
    BALLISTIC_MISSILE = (
        "ballistic_missile",
        "A missile that flies most of its way unpowered on an arc, such as Iskander-M or air-launched "
        "Kinzhal.",
    )
    MISSILE = (
        "missile",
        "A missile where nothing says whether it was a cruise missile, a ballistic missile or another type.",
    )
    ROCKET = (
        "rocket",
        "An unguided or short-range rocket fired from the ground, such as from a multiple launcher.",
    )
    ARTILLERY = "artillery", 'Shells or mortar bombs fired from guns, "shelling" included.'
    AIR_STRIKE = (
        "air_strike",
        "Bombs or missiles from crewed aircraft, glide bombs included, where no more exact word is given.",
    )
    NAVAL_DRONE = "naval_drone", "An uncrewed boat or underwater vehicle with explosives."
    GROUND_ASSAULT = (
        "ground_assault",
        "Fighting or attack by people on the ground with small arms, vehicles or armour.",
    )
    SABOTAGE = (
        "sabotage",
        "Damage done on purpose by people at the place, such as arson or tampering, where no "
        "explosives are reported.",
    )
    EXPLOSIVES = (
        "explosives",
        "Charges placed by hand or left at the place, mines and underwater charges included; not "
        "carried by a weapon or a vehicle.",
    )
    VEHICLE_BOMB = (
        "vehicle_bomb",
        "Explosives carried to the place in a road or rail vehicle, with or without a driver.",
    )
    CYBER = "cyber", "Interference with computers or control systems, ransomware included."
    DEBRIS = (
        "debris",
        "Falling parts of a weapon that was shot down or broke up, reported as what struck the place.",
    )
    OTHER = "other", "A method that was stated and fits none of these words."
    UNKNOWN = "unknown", "An attack is reported but its method is not stated or not known."
    NONE = "none", "No attack is reported; only for strikes of kind `incident`."


class WeaponOutcome(Vocabulary):
    """What is said to have become of the weapons that a count is about. Each outcome is a count of its own;
    none is derived by subtracting others.

    Origin: this project, after the daily statements of air forces and defence ministries.
    """

    LAUNCHED = "launched", "Fired, released or sent, whatever became of them."
    INTERCEPTED = (
        "intercepted",
        "Shot down, destroyed on the way or stopped by air defence, or brought down on purpose by jamming.",
    )
    HIT = (
        "hit",
        "Reached a target or came down on something named as struck; not debris of an intercepted weapon.",
    )
    LOST = "lost", "Disappeared from tracking or failed to arrive, with no interception claimed."
    FOUND = "found", "Found on the ground or in the water, whole or as remains, and counted there."
