"""Finding claims by their words, with each database's own full-text index, and the same hits on both."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from record.models import Recorded, Revision
from strikes.models.claims import Claim


class HasWords(Func):
    """Whether a text of folded words, kept between spaces, has all of these (PostgreSQL)."""

    template = "(string_to_array(%(expressions)s::text[])"
    arg_joiner = ", ' ') @> "
    output_field = BooleanField()


def having_words(claims: QuerySet[Claim], words: Sequence[str]) -> QuerySet[Claim]:
    """The claims whose statement or quote has every one of these folded words."""
    if connection.vendor == "postgresql":
        return claims.filter(HasWords(F("search_text"), Value(list(words))))
    phrases = " ".join(f'"{word}"' for word in words)  # quoted: OR and NEAR are words of FTS5
    hits = RawSQL("SELECT rowid FROM claim_words WHERE claim_words MATCH %s", [phrases])
    # The index only ever grows; the text itself has the last word.
    has_every_word = Q()
    for word in words:
        has_every_word &= Q(search_text__contains=f" {word} ")
    return claims.filter(has_every_word, pk__in=hits)


def index(touched: Collection[Recorded], revision: Revision) -> None:
    """Enter newly published claims into the index that SQLite keeps apart; PostgreSQL does it itself."""
    if connection.vendor == "postgresql":
        return
    published = [row.pk for row in touched if isinstance(row, Claim) and row.published_rev_id == revision.pk]
    if published:
        placeholders = ", ".join(["%s"] * len(published))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO claim_words (rowid, search_text)"
                f" SELECT id, search_text FROM strikes_claim WHERE id IN ({placeholders})",
                published,
            )
