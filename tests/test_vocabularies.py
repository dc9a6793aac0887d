"""Every word says what it means, and every vocabulary where it comes from."""

import re

import pytest

from record.vocabulary import Vocabulary, vocabularies

every_vocabulary = pytest.mark.parametrize(
    "vocabulary", [pytest.param(vocabulary, id=slug) for slug, vocabulary in vocabularies().items()]
)
GRADES = {"reliability": r"[A-F]", "credibility": r"[1-6]"}
"""The Admiralty Code has letters and figures for words."""


@every_vocabulary
def test_every_word_has_a_definition_of_one_sentence(vocabulary):
    for word in vocabulary:
        cure = f"{vocabulary.__module__}: define {word.name} in one sentence, with a full stop."
        assert re.fullmatch(r"\S(.*\S)?\.", word.definition), cure
        assert not re.search(r"\. [A-Z]", word.definition), cure


@every_vocabulary
def test_every_word_is_a_whole_word_in_lower_case(vocabulary):
    spelling = GRADES.get(vocabulary.slug(), r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
    assert [word.value for word in vocabulary if not re.fullmatch(spelling, word.value)] == []


@every_vocabulary
def test_every_word_has_a_meaning_of_its_own(vocabulary):
    definitions = [word.definition for word in vocabulary]
    assert len(set(definitions)) == len(definitions)


@every_vocabulary
def test_every_vocabulary_says_what_it_is_for_and_where_it_comes_from(vocabulary):
    assert re.fullmatch(r"[A-Z].*\.", vocabulary.description())
    assert re.fullmatch(r"\S.*\.", vocabulary.origin())
    assert "Origin:" not in vocabulary.description() + vocabulary.origin()


def test_no_two_vocabularies_share_an_address():
    assert len(vocabularies()) == len(Vocabulary.__subclasses__()) > 0
    assert [slug for slug in vocabularies() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)] == []
