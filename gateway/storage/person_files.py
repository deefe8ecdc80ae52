"""``SqlPersonRegister``: what is on record of one natural person at a revision, found by the keyed hash alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.identity import Links
from gateway.domain.kinds.fact import PersonFact
from gateway.domain.persons import PersonFile
from gateway.services.ports.persons import HeldPerson
from gateway.storage import content, tables
from gateway.storage.dossiers import known_at, read_disputes, read_listings
from gateway.storage.engine import reading
from gateway.storage.history import SqlHistory
from gateway.storage.listing_rows import OF_PERSON, held_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from gateway.domain.listings import Listing


class SqlPersonRegister:
    """The port ``PersonRegister``. Blocking; safe to use from threads.

    Every method raises ``StoreUnavailableError`` when the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._history = SqlHistory(engine)

    def revision_at(self, instant: datetime) -> int:
        """Return the newest revision committed by *instant*; 0 when there is none."""
        return self._history.revision_at(instant)

    def person(self, key: str, revision: int) -> HeldPerson | None:
        """Return whom *key* finds at *revision*; None when no listing and no record names that document."""
        with reading(self._engine) as connection:
            listings = tuple(_listings(connection, key, revision))
            facts = tuple(_facts(connection, key, revision))
            if not listings and not facts:
                return None
            disputes = read_disputes(connection, revision, {listing.uscc for listing in listings})
            sealed = connection.execute(select(tables.person.c.sealed).where(tables.person.c.key == key)).scalar_one()
        return HeldPerson(PersonFile(key, listings, facts, Links(disputes)), sealed)


def _listings(connection: Connection, key: str, revision: int) -> Iterator[Listing]:
    """Yield the listings that name the person, each with all its acts."""
    person, listing = tables.listed_person, tables.listing
    units = select(listing.c.uscc).join(person, OF_PERSON)
    named = units.where(person.c.person_key == key, held_at(person, revision), held_at(listing, revision))
    codes = sorted(set(connection.execute(named).scalars()))
    for each in read_listings(connection, revision, codes) if codes else ():
        if key in each.person_keys:
            yield each


def _facts(connection: Connection, key: str, revision: int) -> Iterator[PersonFact]:
    table = tables.person_record
    wanted = select(table).where(table.c.person_key == key, known_at(table, revision)).order_by(table.c.record_id)
    for row in connection.execute(wanted):
        fact = content.decode(row.kind, row.record_id, row.content)
        if not isinstance(fact, PersonFact) or fact.person != key:
            raise content.ContentError(f"record {row.record_id}: is no fact about the person under whose key it lies")
        yield fact
