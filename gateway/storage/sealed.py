"""Sealed texts in the store, wherever they lie: how many a key sealed, and sealing them again under another.

What is sealed, and with what, is not known here; a sealed text says by its first bytes which key it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import ColumnElement, LargeBinary, and_, func, literal, select, tuple_, update

from gateway.storage.engine import reading, writing
from gateway.storage.import_tables import staged_chunk
from gateway.storage.tables import person, referral_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import Column, Connection, Engine, Row, Table

BATCH: Final = 200
"""Texts sealed again in one transaction: whoever else writes waits for it."""


class _Place(NamedTuple):
    """A column of sealed texts, and what its rows are told apart by."""

    table: Table
    sealed: Column[Any]
    key: tuple[Column[Any], ...]

    def begins(self, header: bytes) -> ColumnElement[bool]:
        return func.substr(self.sealed, 1, len(header)) == literal(header, LargeBinary)

    def holds(self, key: tuple[Any, ...]) -> ColumnElement[bool]:
        return and_(*(column == value for column, value in zip(self.key, key, strict=True)))


PLACES: Final = (
    _Place(person, person.c.sealed, (person.c.key,)),
    _Place(referral_entry, referral_entry.c.sealed, (referral_entry.c.number,)),
    _Place(staged_chunk, staged_chunk.c.content, (staged_chunk.c.batch_id, staged_chunk.c.place)),
)
"""Every column of sealed texts; NULL is none."""


def one_person(engine: Engine) -> tuple[str, bytes] | None:
    """Return the key and the sealed text of some person on record; None when there is nobody."""
    with reading(engine) as connection:
        row = connection.execute(select(person.c.key, person.c.sealed).limit(1)).first()
    return None if row is None else (row.key, row.sealed)


def count_sealed(engine: Engine, headers: Mapping[int, bytes]) -> tuple[dict[int, int], int]:
    """Return how many texts begin with each of the headers, by their numbers, and how many there are in all."""
    counted = dict.fromkeys(headers, 0)
    total = 0
    with reading(engine) as connection:
        for place in PLACES:
            texts = select(func.count()).select_from(place.table).where(place.sealed.is_not(None))
            total += connection.execute(texts).scalar_one()
            for number, header in headers.items():
                counted[number] += connection.execute(texts.where(place.begins(header))).scalar_one()
    return counted, total


def seal_again(engine: Engine, header: bytes, again: Callable[[bytes], bytes]) -> Iterator[int]:
    """Have everything sealed by *again* that does not begin with *header*, batch by batch; yield how many each had.

    Stopped anywhere, killed too, it goes on where it was: what is done begins with the header. A text that goes, or is
    sealed by somebody else meanwhile, is left alone.

    Raises:
        StoreUnavailableError: The store failed; the batches that were yielded are done.
    """
    for place in PLACES:
        after: tuple[Any, ...] | None = None
        while True:
            with writing(engine) as connection:
                rows = list(_waiting(connection, place, header, after))
                for row in rows:
                    values = {place.sealed: again(row[-1])}
                    connection.execute(
                        update(place.table).where(place.holds(tuple(row[:-1])), place.sealed == row[-1]).values(values)
                    )
            if not rows:
                break
            after = tuple(rows[-1][:-1])
            yield len(rows)


def _waiting(connection: Connection, place: _Place, header: bytes, after: tuple[Any, ...] | None) -> Iterable[Row[Any]]:
    wanted = select(*place.key, place.sealed).where(place.sealed.is_not(None), ~place.begins(header))
    if after is not None:
        wanted = wanted.where(tuple_(*place.key) > tuple_(*map(literal, after)))
    return connection.execute(wanted.order_by(*place.key).limit(BATCH))
