"""Words for regions, facilities, their units and who holds them."""

from record.vocabulary import Vocabulary


class RegionLevel(Vocabulary):
    """The two levels of the tree of regions. A region is drawn by law (de jure); who controls it is another
    matter.

    Origin: this project; the regions themselves are those of ISO 3166-1 and ISO 3166-2.
    """

    COUNTRY = "country", "A country or territory with a two-letter code of ISO 3166-1, such as RU or UA."
    SUBDIVISION = (
        "subdivision",
        "A part of a country with a code of ISO 3166-2, such as RU-NIZ or UA-30; nothing smaller.",
    )


class LocationPrecision(Vocabulary):
    """How closely a place is known, from a site to a whole country. No place finer than `site` is kept, for
    safety.

    Origin: this project, in the manner of ACLED's `geo_precision`, with finer steps added.
    """

    SITE = "site", "The facility itself, to within about 100 metres; the finest precision there is."
    LOCALITY = "locality", "A quarter, village or industrial zone, to within about 1 kilometre."
    TOWN = "town", "A town or city as a whole; the point is its centre, not the facility."
    DISTRICT = (
        "district",
        "A second-level area, such as a district or raion; the point is its centre or main town.",
    )
    REGION = (
        "region",
        "A first-level area, such as an oblast, state or province; the point only stands for the area.",
    )
    COUNTRY = "country", "A country as a whole; the point only stands for the area."
    WATER_OR_AIR = (
        "water_or_air",
        "At sea, on inland water or in the air, where no land unit describes the place.",
    )


class FacilityKind(Vocabulary):
    """What a piece of infrastructure mainly does. One kind is chosen for each facility; its parts are units.

    Origin: this project, with energy terms as used by the EIA, REMIT messages and Global Energy Monitor.
    """

    REFINERY = (
        "refinery",
        "A plant that turns crude oil or condensate into fuels and other oil products, plants that "
        "only split condensate included.",
    )
    OIL_TERMINAL = (
        "oil_terminal",
        "A place where oil or products change between pipeline, rail, road and ship, with storage; an "
        "inland store without such transfer is an `oil_depot`.",
    )
    OIL_DEPOT = "oil_depot", "A tank farm that stores oil or products for distribution or reserve."
    PUMPING_STATION = (
        "pumping_station",
        "A station that moves oil, gas or products along a pipeline, compressor stations included.",
    )
    PIPELINE = (
        "pipeline",
        "A line for oil, gas, products or other fluids, on land or under water; its pumping stations "
        "are facilities of their own.",
    )
    OIL_FIELD = "oil_field", "Wells and gathering lines that produce crude oil, offshore platforms included."
    OIL_PROCESSING_PLANT = (
        "oil_processing_plant",
        "A plant that treats crude oil before transport, by separating gas, water or sulphur and "
        "stabilising it, such as Abqaiq; not a refinery.",
    )
    GAS_PROCESSING_PLANT = (
        "gas_processing_plant",
        "A plant that cleans natural gas and separates its liquids.",
    )
    GAS_STORAGE = (
        "gas_storage",
        "A store for natural gas, underground or in tanks, other than for liquefied gas at an LNG terminal.",
    )
    LNG_TERMINAL = (
        "lng_terminal",
        "A plant or port that liquefies, loads, receives or regasifies liquefied natural gas (LNG).",
    )
    PETROCHEMICAL_PLANT = (
        "petrochemical_plant",
        "A plant that makes chemicals, plastics or fertiliser from oil or gas.",
    )
    THERMAL_POWER_PLANT = (
        "thermal_power_plant",
        "A power plant that burns coal, gas, oil or other fuel, combined heat and power included; a "
        "plant that makes only heat is a `heating_plant`.",
    )
    HYDRO_POWER_PLANT = (
        "hydro_power_plant",
        "A power plant driven by water, pumped storage included; the dam may be a facility of its own.",
    )
    NUCLEAR_POWER_PLANT = (
        "nuclear_power_plant",
        "A power plant with nuclear reactors, its on-site spent-fuel stores included.",
    )
    RENEWABLE_POWER_PLANT = (
        "renewable_power_plant",
        "A wind, solar, geothermal or biomass power plant; not hydro.",
    )
    SUBSTATION = (
        "substation",
        "An installation that transforms or switches electricity, converter stations included.",
    )
    POWER_LINE = "power_line", "An overhead line or cable that carries electricity between substations."
    HEATING_PLANT = (
        "heating_plant",
        "A boiler house or network station for district heating that makes no electricity.",
    )
    DAM = (
        "dam",
        "A structure that holds back water, with gates and locks; its power plant may be a separate "
        "facility.",
    )
    WATER_SUPPLY = (
        "water_supply",
        "Works that take in, treat, pump or store water for use, canals and sewage works included.",
    )
    PORT = (
        "port",
        "A sea or river port as a whole; a terminal inside it that only handles oil is an `oil_terminal`.",
    )
    BRIDGE = (
        "bridge",
        "A structure that carries a road, railway or pipeline across water, land or another route.",
    )
    RAILWAY = (
        "railway",
        "Track, stations, depots, traction power and other fixed parts; a bridge is a facility of its own.",
    )
    ROAD = "road", "A road, tunnel or crossing point for vehicles; a bridge is a facility of its own."
    AIRPORT = "airport", "A civil or military airfield with its buildings and fuel stores."
    VESSEL = (
        "vessel",
        "A ship or boat, floating storage and drilling units included; its place is where it was then.",
    )
    TELECOM = (
        "telecom",
        "Installations for telephone, internet or broadcasting, data centres and undersea cables included.",
    )
    INDUSTRIAL_PLANT = (
        "industrial_plant",
        "A factory or works of another industry, such as steel, chemicals not made from oil or gas, or arms.",
    )
    OTHER = "other", "Infrastructure that fits none of these words."


class UnitKind(Vocabulary):
    """What a part of a facility that can be out on its own does. Plants share names for unlike units;
    capacity is a sourced statement and is never read from the name.

    Origin: refinery terms of the EIA glossary and of Russian plant practice, power terms as in REMIT
    outage messages, the rest this project.
    """

    CRUDE_DISTILLATION_ATMOSPHERIC = (
        "crude_distillation_atmospheric",
        "A unit that separates crude oil at normal pressure, the first step of refining; Russian AT; "
        "called CDU in many English reports.",
    )
    CRUDE_DISTILLATION_VACUUM = (
        "crude_distillation_vacuum",
        "A combined unit that separates crude oil first at normal pressure and then under vacuum; "
        "Russian AVT, with a desalter ELOU-AVT; also called CDU in English reports.",
    )
    VACUUM_DISTILLATION = (
        "vacuum_distillation",
        "A separate unit that distils the residue of an atmospheric unit under vacuum (VDU); a "
        "combined unit is `crude_distillation_vacuum`.",
    )
    DESALTER = "desalter", "A separate unit that washes salt and water out of crude oil; Russian ELOU."
    CATALYTIC_CRACKER = (
        "catalytic_cracker",
        "A unit that breaks heavy oil into gasoline and gases with a catalyst (FCC); Russian KK.",
    )
    HYDROCRACKER = (
        "hydrocracker",
        "A unit that breaks heavy oil into lighter products with hydrogen and a catalyst under pressure.",
    )
    REFORMER = (
        "reformer",
        "A unit that raises the octane of naphtha with a catalyst; a steam reformer is `hydrogen`.",
    )
    ISOMERISATION = "isomerisation", "A unit that rearranges light molecules to raise the octane of gasoline."
    HYDROTREATER = (
        "hydrotreater",
        "A unit that removes sulphur and other impurities from a product with hydrogen.",
    )
    VISBREAKER = (
        "visbreaker",
        "A unit that heats residue to make it less thick, a mild form of thermal cracking.",
    )
    COKER = "coker", "A unit that turns residue into lighter products and petroleum coke by strong heating."
    GAS_FRACTIONATION = (
        "gas_fractionation",
        "A unit that splits light hydrocarbons into propane, butane and other gases; Russian GFU.",
    )
    BITUMEN = "bitumen", "A unit that makes bitumen (asphalt) from heavy residue."
    SULFUR_RECOVERY = "sulfur_recovery", "A unit that turns hydrogen sulphide into elemental sulphur."
    HYDROGEN = "hydrogen", "A unit that makes hydrogen for other units, by steam reforming or otherwise."
    ETHERS = "ethers", "A unit that makes ethers such as MTBE for gasoline."
    COMBINED_COMPLEX = (
        "combined_complex",
        "Several refining steps built and run as one block, such as a Russian KT-1 or LK-6U, that is "
        "reported out as a whole.",
    )
    CONDENSATE_SPLITTER = (
        "condensate_splitter",
        "A unit that separates gas condensate into naphtha and other fractions.",
    )
    PROCESSING_TRAIN = (
        "processing_train",
        "One of several parallel lines that treat oil or gas, stabilise it or liquefy it.",
    )
    TANK = (
        "tank",
        "A vessel that stores oil, products, gas, water or chemicals, or a named group of such vessels.",
    )
    JETTY = "jetty", "A pier, berth or mooring buoy where ships load or unload."
    CRANE = "crane", "A lifting machine in a port, power plant or works."
    LOADING_RACK = "loading_rack", "A stand where road or rail tank wagons are filled or emptied."
    PUMP = "pump", "A pump, compressor or pump house that moves a fluid."
    BOILER = "boiler", "A boiler or furnace that makes steam or hot water."
    REACTOR = (
        "reactor",
        "A nuclear reactor with its cooling systems; a refinery's reactor belongs to the unit it serves.",
    )
    CONTAINMENT = (
        "containment",
        "The building that encloses a nuclear reactor, shelters over a closed reactor included.",
    )
    BUILDING = (
        "building",
        "A building with no more exact word here, such as an office, workshop, control room or turbine hall.",
    )
    TURBINE_GENERATOR = (
        "turbine_generator",
        "A steam, gas or water turbine with its generator; a generating set of a power plant.",
    )
    TRANSFORMER = "transformer", "A power transformer or autotransformer, at a plant or in a substation."
    SWITCHYARD = (
        "switchyard",
        "The busbars, breakers and line ends that connect a plant or substation to the grid.",
    )
    GATE = "gate", "A movable gate of a dam, spillway, lock or canal."
    SPAN = "span", "One section of a bridge between two supports."
    SEGMENT = (
        "segment",
        "One section of a pipeline, power line, railway, road, canal or other long structure, or one "
        "of its parallel strings.",
    )
    OTHER = "other", "A part of a facility that fits none of these words."


class PartyRole(Vocabulary):
    """How an actor stands to a facility. One facility may have several roles held by different actors, each
    from and until a time.

    Origin: this project.
    """

    OWNER = (
        "owner",
        "Holds legal title to the facility, wholly or in part, by the law of the country that the "
        "place belongs to (de jure).",
    )
    OPERATOR = "operator", "Runs the facility from day to day; often not the owner."
    CONTROLLER = (
        "controller",
        "Holds the facility or its ground in fact, by force or administration, whatever the law says.",
    )
    SUPERVISOR = (
        "supervisor",
        "Has a legal duty to license or inspect the facility, such as a nuclear regulator.",
    )
    MONITOR = "monitor", "Watches and reports on the facility without power over it, such as an IAEA mission."
    USER = "user", "Depends on the facility's service or ships through it, with no part in running it."
