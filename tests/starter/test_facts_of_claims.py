"""The claims beside the sheets: who speaks, how, when, handed on by whom, corrected by what."""

import re

from tests.starter.fact_sheets import id_of, one_per_line, sheet, sheet_by_id

# Claims -----------------------------------------------------------------------------------------


def speakers_of(record, row):
    """Who may speak in a claim of the sheet."""
    if row["actor_id"] == "a-outlet":
        outlet = sheet_by_id("outlets")[sheet_by_id("documents")[row["document_id"]]["outlet_id"]]
        return {source["voice"]["id"] for source in record.rows_of(outlet["outlet_id"], "sources")}
    channel = re.search(r"Telegram \((\w+)\)", row["channel"])
    if row["actor_id"] == "a-tg" and channel:
        return {source["voice"]["id"] for source in record.rows_of(f"out-tg-{channel[1].lower()}", "sources")}
    named_by_claim = record.ids(row["claim_id"], "actors")
    if row["actor_id"] in ("a-tg", *COLLECTED) and named_by_claim:
        return named_by_claim & record.ids(row["actor_id"], "actors")
    return record.ids(row["actor_id"], "actors")


COLLECTED = {"a-src-sbu", "a-src-hur", "a-src-ua", "a-src-emerg", "a-res"}
OTHER_SPEAKERS = {
    "c-s18": {"tass"},  # where the sheet has "via TASS" or "via RIA", the agency speaks
    "c-rya-3": {"tass"},
    "c-tan-5": {"ria-novosti"},
    "c-ust-6": {"ria-novosti"},
    "c-try-4": {"ukrainian-air-force"},  # the count is the air force's, whatever page hands it on
    "c-kli-4": {"ukrainian-media-security-sources", "ukrainian-defence-intelligence"},  # who did not reply
}


def test_every_claim_has_the_speaker_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        expected = OTHER_SPEAKERS.get(name) or speakers_of(record, row)
        recorded = {claim["actor"]["id"] for claim in record.rows_of(name, "claims")}
        if not recorded or not recorded <= expected:
            differences.append((name, row["actor_id"], recorded, expected))
    assert not differences, one_per_line(differences)


ATTRIBUTIONS = {"on_record": {"on_record"}, "anonymous": {"anonymous"}, "unattributed": {"unattributed"}}
OTHER_ATTRIBUTIONS = {
    "c-try-4": {"on_record"},  # the air force's count
    "c-s30": {"outlet_inference"},
    "c-sla-2": {"image_analysis"},  # what an outlet sees in a video
    "c-kli-4": {"anonymous", "on_record"},  # the sources; and the agency, which did not reply
}
CHANNELS = {"calculation": {"outlet_calculation"}, "image analysis": {"image_analysis"}}


def test_every_claim_is_as_much_on_the_record_as_in_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        expected = (
            OTHER_ATTRIBUTIONS.get(name) or CHANNELS.get(row["channel"]) or ATTRIBUTIONS[row["record_status"]]
        )
        recorded = {claim["attribution"] for claim in record.rows_of(name, "claims")}
        if recorded != expected:
            differences.append((name, recorded, expected))
    assert not differences, one_per_line(differences)


STANCES = {  # of which one at least is there, and none that the last column does not have
    "claims": {"asserts", "denies", "confirms", "forecasts", "reports"},
    "reports": {"reports", "asserts", "denies", "cannot_assess"},
    "confirms": {"confirms", "asserts"},
    "denies": {"denies"},
    "disputes": {"disputes", "denies", "asserts", "reports"},
    "corrects": {"asserts", "forecasts"},
    "estimates": {"estimates", "forecasts"},
    "warns": {"asserts"},
    "declines_to_comment": {"declines_to_comment"},
    "no_response": {"no_response"},
    "neither_confirms_nor_denies": {"neither_confirms_nor_denies"},
}
RELATED = {"disputes": {"disputes", "qualifies"}, "corrects": {"corrects"}}


def test_every_claim_takes_the_stance_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        claims = record.rows_of(name, "claims")
        if not {claim["stance"] for claim in claims} & STANCES[row["stance"]]:
            differences.append((name, row["stance"], [claim["stance"] for claim in claims]))
    assert not differences, one_per_line(differences)


def test_every_claim_answers_the_claim_that_it_answers_in_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        if not row["target_claim_id"]:
            continue
        targets = record.ids(row["target_claim_id"], "claims")
        related = {
            relation["kind"]
            for claim in record.rows_of(name, "claims")
            for relation in claim["relations"]
            if relation["claim"]["id"] in targets
        }
        if not related or not related & RELATED.get(row["stance"], related):
            differences.append((name, row["stance"], row["target_claim_id"], related))
    assert not differences, one_per_line(differences)


def test_every_claim_stands_in_its_document_in_the_order_of_the_sheet(record):
    differences = []
    for document in sheet_by_id("documents"):
        last = -1
        rows = [row for row in sheet("claims") if row["document_id"] == document]
        for row in sorted(rows, key=lambda row: int(row["order_in_document"])):
            name = row["claim_id"]
            also_in = record.ids("d-babel-try", "reports") if name == "c-try-4" else ()
            claims = [row for row in record.rows_of(name, "claims") if row["report"]["id"] not in also_in]
            positions = sorted(claim["position"] for claim in claims)
            reports = {claim["report"]["id"] for claim in claims}
            if reports != record.ids(document, "reports") or positions[0] <= last:
                differences.append((name, document, positions, last))
            last = positions[-1]
    assert not differences, one_per_line(differences)


def test_the_parts_of_the_first_article_are_those_of_the_sheet(record):
    parts = {"headline": "headline", "subheadline": "subheadline", "section heading": "subheadline"}
    for name, row in sheet_by_id("claims").items():
        if row["document_id"] == "d-seed":
            (claim,) = record.rows_of(name, "claims")
            assert claim["part"] == parts.get(row["channel"], "body")


OTHER_QUOTES = {
    "c-s07": "its invasion of Russia",  # in the note of the sheet
    "c-s32": "Major Oil Refinery Damaged",  # a heading of three words, as it is printed
}


def test_every_quotation_is_the_one_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        recorded = {claim["quote"].casefold() for claim in record.rows_of(name, "claims") if claim["quote"]}
        quote = row["short_quote"] or OTHER_QUOTES.get(name)
        if recorded != ({quote.casefold()} if quote else set()):
            differences.append((name, row["short_quote"], recorded))
    assert not differences, one_per_line(differences)


SPEAKERS = {"c-yar-4": "one source"}  # "source described as", in the singular
COUNTED = {"one": 1, "two": 2, "three": 3, "five": 5}


def test_every_stated_number_of_speakers_is_the_one_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("claims").items():
        number = re.search(r"\b(one|two|three|five) (?:unnamed )?sources?", SPEAKERS.get(name, row["note"]))
        expected = {COUNTED[number[1]]} if number else {None}
        recorded = {claim["speakers_stated"] for claim in record.rows_of(name, "claims")}
        if recorded != expected:
            differences.append((name, row["note"], recorded))
    assert not differences, one_per_line(differences)


OTHER_PLACES = {
    "c-dev12-5": "One drone near Kirishi or two, which is open: this one has a strike of its own.",
    "c-nz-1": "Two units in one row; the outage of the cracker began in January.",
    "c-nz-5": "Asked of the return of the unit.",
    "c-tech-1": "Two units in one row.",
    "c-kir-2": "Three refineries in one row; nothing else has a second attack on Kstovo.",
    "c-sla-6": "It is about the attacks of 16 March, in a report on Slavyansk.",
    "c-hpp-3": "The plant, and a part of it.",
    "c-hpp-6": "Since the start of the year, not one strike.",
    "c-dtek-5": "In all attacks of March, not one strike.",
    "c-kan-1": "Two plants in one row.",
    "c-kan-3": "Two plants in one row.",
    "c-try-3": "What the company lost in all its attacks, not in one strike.",
}


def test_every_claim_is_about_the_strike_and_the_place_of_the_sheet(record):
    differences = {}
    for name, row in sheet_by_id("claims").items():
        strikes = record.ids(row["strike_id"], "strikes") or {None}
        places = record.ids(row["facility_id"], "facilities") | record.ids(row["unit_id"], "units")
        for claim in record.rows_of(name, "claims"):
            point, subject = claim["proposition"], claim["proposition"]["subject"]
            at_place = (
                subject is None or subject["type"] not in ("facility", "unit") or subject["id"] in places
            )
            if id_of(point["strike"]) not in strikes or not at_place:
                differences[name] = (point["strike"], point["display"])
    assert differences.keys() == OTHER_PLACES.keys(), one_per_line(differences.items())


def runs(text, length):
    """The words of a text, so many at a time."""
    words = re.findall(r"[\w'-]+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def test_no_claim_is_copied_from_the_sheet(record):
    """More than eight words in the same order would be somebody else's sentence."""
    differences = []
    for name, row in sheet_by_id("claims").items():
        for claim in record.rows_of(name, "claims"):
            if runs(claim["statement"], 9) & runs(row["text_paraphrase"], 9):
                differences.append((name, claim["statement"], row["text_paraphrase"]))
    assert not differences, one_per_line(differences)


# Who handed it on -------------------------------------------------------------------------------

LINKS = {
    "unnamed Kursk authorities": "kursk-authorities",
    "NBN": "nbn",
    "unnamed sources of Astra": "astra-sources",
    "Financial Times": "financial-times",
}


def test_every_chain_is_the_one_of_the_sheet(record):
    differences = []
    claims = {row["claim_id"] for row in sheet("attribution_links")}
    for name in sorted(claims):
        expected = []
        for row in sheet("attribution_links"):
            if row["claim_id"] == name:
                name_of_link = row["actor_or_outlet"]
                links = record.ids(name_of_link, "actors", "sources") or {LINKS.get(name_of_link)}
                expected.append((links, "inferred" in row["mode"] or "not by the seed" in row["mode"]))
        for claim in record.rows_of(name, "claims"):
            steps = [(id_of(step["actor"] or step["source"]), step["inferred"]) for step in claim["chain"]]
            right = len(steps) == len(expected) and all(
                link in links and inferred >= guessed
                for (link, inferred), (links, guessed) in zip(steps, expected, strict=True)
            )
            if not right:
                differences.append((name, steps, expected))
    assert not differences, one_per_line(differences)


# Corrections ------------------------------------------------------------------------------------


BY_NOTES = {"k-15": "Declined, not yet answered, and said: three answers, none of which changes another."}


def test_corrections_between_claims_are_relations_between_claims(record):
    differences = []
    for row in sheet("corrections"):
        old, new = (record.ids(row[key], "claims") for key in ("old_ref", "new_ref"))
        related = {
            relation["kind"]
            for claim in record.rows_of(row["new_ref"], "claims") + record.rows_of(row["old_ref"], "claims")
            for relation in claim["relations"]
            if relation["claim"]["id"] in old | new
        }
        if old and new and bool(related) == (row["correction_id"] in BY_NOTES):
            differences.append((row["correction_id"], row["old_ref"], row["new_ref"], related))
    assert not differences, one_per_line(differences)
