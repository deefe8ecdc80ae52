"""How many questions each agency asked in each area on each day: kept with the rows of the index, and read for a chart.

A question is one answer that was asked for: a single call, each item of a batch, or a batch that was refused whole.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, delete, select, text

from gateway.domain.call_record import is_question
from gateway.storage.access_rows import searchable
from gateway.storage.access_tables import rows, volume

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from gateway.services.ports.volume import VolumeWanted
    from gateway.storage.access_index import AccessIndex

    Row = tuple[object, ...]
    Cells = Counter[tuple[int, str, int]]

_EIGHT_HOURS: Final = 8 * 3_600 * 1_000_000
_DAY: Final = 24 * 3_600 * 1_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_AT: Final = {name: place for place, name in enumerate(rows.columns.keys())}
_TIME, _RANK, _METHOD = _AT["time_us"], _AT["rank"], _AT["method"]
_OUTCOME, _AGENCY, _AREA = _AT["outcome"], _AT["agency"], _AT["area"]
_ADD: Final = text(
    "INSERT INTO access_volume (day, agency, area, questions) VALUES (:day, :agency, :area, :more) "
    "ON CONFLICT (day, agency, area) DO UPDATE SET questions = access_volume.questions + excluded.questions"
)


def add_questions(connection: Connection, found: Iterable[Row]) -> None:
    """Count rows that go into the index, within the transaction in which they do."""
    _change(connection, _cells(found), 1)


def take_questions(connection: Connection, found: Sequence[Row]) -> None:
    """Count no more what is about to be deleted of these rows; one that is not in the index was never counted."""
    place = [(rows.c[name], _AT[name]) for name in ("time_us", "writer", "number", "rank")]
    there = [
        row
        for row in found
        if connection.execute(select(rows.c.rank).where(*(column == row[at] for column, at in place))).first()
    ]
    _change(connection, _cells(there), -1)
    # What was made anew from the queues has no row for a day of which nothing is left, and this has none either.
    connection.execute(delete(volume).where(volume.c.questions == 0))


def _cells(found: Iterable[Row]) -> Cells:
    """Return how many questions are among rows, by day, agency and area."""
    counted: Cells = Counter()
    for row in found:
        time_us, rank, area = row[_TIME], row[_RANK], row[_AREA] or 0
        assert isinstance(time_us, int)  # noqa: S101 - the column is one of numbers
        assert isinstance(area, int)  # noqa: S101 - likewise
        if is_question(str(row[_METHOD]), str(row[_OUTCOME]), of_batch=bool(rank)):
            counted[(time_us + _EIGHT_HOURS) // _DAY, str(row[_AGENCY] or ""), area] += 1
    return counted


def _change(connection: Connection, counted: Cells, sign: int) -> None:
    if counted:
        cells = [
            {"day": day, "agency": agency, "area": area, "more": sign * count}
            for (day, agency, area), count in sorted(counted.items())
        ]
        connection.execute(_ADD, cells)


class IndexedVolume:
    """The port ``QuestionVolume`` over the access index. Blocking, and usable from any thread."""

    def __init__(self, index: AccessIndex) -> None:
        self._index = index

    def asked(self, wanted: VolumeWanted) -> dict[tuple[str, int], list[int]]:
        """See the port.

        Raises:
            EntryUnreadableError: An entry is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        first, days = wanted.since.toordinal() - _EPOCH, (wanted.until - wanted.since).days + 1
        found: dict[tuple[str, int], list[int]] = {}
        with self._index.up_to_date() as connection:
            # A year is a hundred thousand rows: nothing is made of one but a number in its place.
            for day, agency, area, questions in connection.execute(_counted(wanted)):
                counts = found.get((agency, area))
                if counts is None:
                    counts = found[agency, area] = [0] * days
                counts[day - first] = int(questions)
        return found


def _counted(wanted: VolumeWanted) -> Select[int, str, int, int]:
    first, last = (day.toordinal() - _EPOCH for day in (wanted.since, wanted.until))
    named = []
    if wanted.agency:
        named.append(volume.c.agency == searchable(wanted.agency))
    if wanted.area:
        named.append(volume.c.area == wanted.area)
    place = (volume.c.day, volume.c.agency, volume.c.area)
    return select(*place, volume.c.questions).where(volume.c.day.between(first, last), *named).order_by(*place)
