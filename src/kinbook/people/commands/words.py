"""The words by which parties are found as they are typed."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from kinbook.people.models import Email, Party, Phone, SearchWord
from kinbook.people.queries import folded
from kinbook.tenancy.bulk import insert_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def index_words(viewer: Viewer, parties: Iterable[Party]) -> None:
    """Rewrite the words by which parties are found: their names, addresses and numbers."""
    index_words_of(viewer, [party.pk for party in parties])


def index_words_of(viewer: Viewer, party_ids: Iterable[UUID]) -> None:
    """Rewrite the words of the parties of these ids."""
    ids = list(party_ids)
    SearchWord.objects.filter(party_id__in=ids).delete()
    addresses: dict[UUID, list[str]] = defaultdict(list)
    for party_id, address in Email.objects.filter(party_id__in=ids).values_list("party_id", "address"):
        addresses[party_id].append(address)
    numbers: dict[UUID, list[str]] = defaultdict(list)
    for party_id, digits in Phone.objects.filter(party_id__in=ids).values_list("party_id", "digits"):
        numbers[party_id].append(digits)
    named = Party.objects.filter(pk__in=ids).values_list("pk", "first_name", "last_name", "goes_by")
    add_words(
        viewer, {pk: words_for(" ".join(names), addresses.get(pk, ()), numbers.get(pk, ())) for pk, *names in named}
    )


def add_words(viewer: Viewer, words: dict[UUID, set[str]]) -> None:
    """Store the words of parties that have none yet."""
    rows = [(viewer.practice_id, word, party_id) for party_id, each in words.items() for word in each]
    insert_rows(SearchWord, ("practice_id", "word", "party_id"), rows)


def words_for(names: str, addresses: Iterable[str], digits: Iterable[str]) -> set[str]:
    """Return the words for a party of these names, e-mail addresses and numbers."""
    words = _words(names)
    words.update(folded(address)[:100] for address in addresses)
    for each in digits:
        words |= phone_words(each)
    return words


def _words(text: str) -> set[str]:
    whole = folded(text)
    # parts of double names are found too: Garcia-Lopez by "lopez"
    return {word[:100] for word in (*whole.split(), *re.split(r"[^\w]+", whole)) if word}


def phone_words(digits: str) -> set[str]:
    """Return what people type of a number: all of it, it without the country, its last four."""
    return {digits, digits[-10:], digits[-7:], digits[-4:]}
