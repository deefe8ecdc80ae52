"""The port ``LogStore``: the logs in one database, written by whoever took over last.

Every write checks in its own transaction that nobody has taken over since and that the log is as the writer believes,
so that two processes can never both append, nor sign two checkpoints that differ.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select, update

from gateway.domain.log import OPENING, LogState, Run
from gateway.domain.witnesses import Cosigned
from gateway.services.ports.log import LogDamagedError, LogDeposedError
from gateway.storage.audit_reader import read_envelopes
from gateway.storage.engine import reading, unsound, writing
from gateway.storage.log_tables import cosignatures, integrator, logs, runs, tiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from gateway.storage.audit_place import DatabasePlace, FolderPlace

_STATE: Final = (
    logs.c.origin,
    logs.c.size,
    logs.c.root,
    logs.c.signed_size,
    logs.c.signed_root,
    logs.c.note,
    logs.c.key,
    logs.c.opening,
)


class SqlLogStore:
    """The logs of one database. Blocking; reading is safe from any thread and process."""

    def __init__(self, engine: Engine, place: DatabasePlace | FolderPlace) -> None:
        """Use a database whose tables are up to date; entries are read from the queues of *place*."""
        self._engine: Final = engine
        self._place: Final = place
        self._epoch = -1

    def take_over(self) -> None:
        """Become the one who writes; see the port."""
        with writing(self._engine) as connection:
            connection.execute(update(integrator).values(epoch=integrator.c.epoch + 1))
            self._epoch = connection.execute(select(integrator.c.epoch)).scalar_one()

    def newest(self) -> LogState | None:
        """Return the log opened last; None before the first."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_STATE).order_by(logs.c.opened.desc()).limit(1)).one_or_none()
        return None if row is None else LogState(*row)

    def all(self) -> list[LogState]:
        """Return every log, the oldest first."""
        with reading(self._engine) as connection:
            return [LogState(*row) for row in connection.execute(select(*_STATE).order_by(logs.c.opened))]

    def unsound(self) -> list[str]:
        """Return what is wrong with the form of its file (SQLite), whatever it holds; empty when nothing is."""
        return unsound(self._engine)

    def find(self, origin: str) -> LogState | None:
        """Return a log by its name; None when there is none."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_STATE).where(logs.c.origin == origin)).one_or_none()
        return None if row is None else LogState(*row)

    def integrated(self) -> Mapping[str, int]:
        """Return for each writer the first number that is in no log."""
        end = func.max(runs.c.first_number + runs.c.count)
        with reading(self._engine) as connection:
            found = connection.execute(select(runs.c.writer, end.label("following")).group_by(runs.c.writer))
            return {row.writer: row.following for row in found}

    def tile(self, origin: str, level: int, number: int) -> bytes:
        """Return a tile of hashes as wide as it is; empty when there is none."""
        wanted = (tiles.c.origin == origin, tiles.c.level == level, tiles.c.number == number)
        with reading(self._engine) as connection:
            return connection.execute(select(tiles.c.hashes).where(*wanted)).scalar() or b""

    def place_of(self, writer: str, number: int) -> tuple[str, int] | None:
        """Return in which log an entry stands, and at which index; None while it is in none."""
        wanted = select(runs).where(runs.c.writer == writer, runs.c.first_number <= number)
        with reading(self._engine) as connection:
            row = connection.execute(wanted.order_by(runs.c.first_number.desc()).limit(1)).one_or_none()
        if row is None or number >= row.first_number + row.count:
            return None
        return row.origin, row.first_index + number - row.first_number

    def runs_of(self, writer: str, first: int, last: int) -> list[tuple[str, Run]]:
        """Return, each with its log, the runs that hold entries of a queue from *first* to *last*, in order."""
        mine = (runs.c.writer == writer, runs.c.first_number <= last, runs.c.first_number + runs.c.count > first)
        with reading(self._engine) as connection:
            wanted = select(runs.c.origin, runs.c.first_index, runs.c.writer, runs.c.first_number, runs.c.count)
            found = connection.execute(wanted.where(*mine).order_by(runs.c.first_number))
            return [(origin, Run(*place)) for origin, *place in found]

    def open(self, state: LogState, leaf: bytes) -> None:
        """Store a new log of one entry; see the port."""
        with writing(self._engine) as connection:
            self.require_own(connection)
            opened = connection.execute(select(func.count()).select_from(logs)).scalar_one()
            connection.execute(insert(logs).values(opened=opened, **asdict(state)))
            connection.execute(insert(tiles).values(origin=state.origin, level=0, number=0, hashes=leaf))

    def append(
        self, before: LogState, root: bytes, added: Sequence[Run], changed: Mapping[tuple[int, int], bytes]
    ) -> LogState:
        """Store what is integrated; see the port."""
        size = before.size + sum(run.count for run in added)
        with writing(self._engine) as connection:
            self.require_own(connection)
            _move(connection, before, size=size, root=root)
            for run in added:
                _add_run(connection, before.origin, run)
            _put_tiles(connection, before.origin, changed)
        return replace(before, size=size, root=root)

    def sign(self, state: LogState, note: bytes) -> LogState:
        """Store the signed checkpoint of the whole of *state*; see the port."""
        signed = {"signed_size": state.size, "signed_root": state.root, "note": note}
        with writing(self._engine) as connection:
            self.require_own(connection)
            _move(connection, state, **signed)
        return replace(state, signed_size=state.size, signed_root=state.root, note=note)

    def envelopes(self, origin: str, first: int, count: int) -> list[bytes]:
        """Return entries of a log by index, read from the queues; see the port."""
        return [envelope for _, _, envelope in self.places(origin, first, count)]

    def places(self, origin: str, first: int, count: int) -> list[tuple[str, int, bytes]]:
        """Return writer, number and envelope of entries by index; the opening's writer is ``OPENING``, its number 0.

        Raises:
            LogDamagedError: One of them is in the log and in no queue.
        """
        with reading(self._engine) as connection:
            opening = connection.execute(select(logs.c.opening).where(logs.c.origin == origin)).scalar_one()
            last_before = (
                select(func.max(runs.c.first_index)).where(runs.c.origin == origin, runs.c.first_index <= first)
            ).scalar_subquery()
            wanted = select(runs).where(
                runs.c.origin == origin,
                runs.c.first_index >= func.coalesce(last_before, 0),
                runs.c.first_index < first + count,
            )
            covering = connection.execute(wanted.order_by(runs.c.first_index)).all()
        found = [(OPENING, 0, opening)] if first == 0 and count else []
        for run in covering:
            begin = max(first, run.first_index) - run.first_index
            end = min(first + count, run.first_index + run.count) - run.first_index
            found += self._from_queue(run.writer, run.first_number + begin, end - begin)
        if len(found) != count:
            raise LogDamagedError(f"{origin}: has no {count} entries from {first} on")
        return found

    def last(self, origin: str, witness: str) -> Cosigned | None:
        """Return what a witness cosigned last of a log; None when it never did."""
        return next((each for each in self.cosigned(origin) if each.witness == witness), None)

    def cosigned(self, origin: str) -> list[Cosigned]:
        """Return what each witness has cosigned last of a log, the largest first."""
        wanted = select(cosignatures).where(cosignatures.c.origin == origin)
        with reading(self._engine) as connection:
            found = connection.execute(wanted.order_by(cosignatures.c.size.desc(), cosignatures.c.witness))
            return [Cosigned(row.origin, row.witness, row.size, row.note, row.time) for row in found]

    def keep(self, cosigned: Cosigned) -> None:
        """Keep what a witness cosigned in place of what it did before."""
        mine = (cosignatures.c.origin == cosigned.origin, cosignatures.c.witness == cosigned.witness)
        with writing(self._engine) as connection:
            connection.execute(delete(cosignatures).where(*mine))
            connection.execute(insert(cosignatures).values(**asdict(cosigned)))

    def _from_queue(self, writer: str, first: int, count: int) -> list[tuple[str, int, bytes]]:
        if count <= 0:
            return []
        engine = self._place.readers().get(writer)
        envelopes = [] if engine is None else read_envelopes(engine, writer, first, count)
        if len(envelopes) != count:
            raise LogDamagedError(f"queue {writer!r}, number {first} to {first + count - 1}: entries are missing")
        return [(writer, first + place, envelope) for place, envelope in enumerate(envelopes)]

    def require_own(self, connection: Connection) -> None:
        """Check in a write's own transaction that nobody has taken over since; nobody can before that has ended.

        Raises:
            LogDeposedError: Another process has.
        """
        own = update(integrator).where(integrator.c.epoch == self._epoch).values(epoch=self._epoch)
        if connection.execute(own).rowcount != 1:
            raise LogDeposedError("another process integrates the queues by now")


def _move(connection: Connection, before: LogState, **values: object) -> None:
    """Change a log if it is as *before* says."""
    unchanged = (
        logs.c.origin == before.origin,
        logs.c.size == before.size,
        logs.c.root == before.root,
        logs.c.signed_size == before.signed_size,
        logs.c.signed_root == before.signed_root,
    )
    if connection.execute(update(logs).where(*unchanged).values(**values)).rowcount != 1:
        raise LogDeposedError(f"{before.origin} is not as it was when this process read it")


def _add_run(connection: Connection, origin: str, run: Run) -> None:
    """Prolong the last run where this one goes on with it."""
    goes_on = (
        runs.c.origin == origin,
        runs.c.first_index + runs.c.count == run.first_index,
        runs.c.writer == run.writer,
        runs.c.first_number + runs.c.count == run.first_number,
    )
    last = select(func.max(runs.c.first_index)).where(runs.c.origin == origin).scalar_subquery()
    longer = update(runs).where(runs.c.first_index == last, *goes_on).values(count=runs.c.count + run.count)
    if connection.execute(longer).rowcount == 0:
        connection.execute(
            insert(runs).values(
                origin=origin,
                first_index=run.first_index,
                writer=run.writer,
                first_number=run.first_number,
                count=run.count,
            )
        )


def _put_tiles(connection: Connection, origin: str, changed: Mapping[tuple[int, int], bytes]) -> None:
    for (level, number), hashes in changed.items():
        where = (tiles.c.origin == origin, tiles.c.level == level, tiles.c.number == number)
        connection.execute(delete(tiles).where(*where))
        connection.execute(insert(tiles).values(origin=origin, level=level, number=number, hashes=hashes))
