"""Finding people and clients, and what their pages show."""

from kinbook.people.queries.finding import (
    WORD,
    Link,
    client_for,
    folded,
    links_of,
    lock_clients,
    locked_client,
    matching,
    named,
    parties_visible_to,
    party_for,
    roots,
    same_person,
    words_of,
)

__all__ = [
    "WORD",
    "Link",
    "client_for",
    "folded",
    "links_of",
    "lock_clients",
    "locked_client",
    "matching",
    "named",
    "parties_visible_to",
    "party_for",
    "roots",
    "same_person",
    "words_of",
]
