"""``SqlObjectionStore``: objections beside what they are about. What may be objected to is decided in ``services``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.storage import tables
from gateway.storage.dossiers import read_dossiers
from gateway.storage.engine import reading, writing
from gateway.storage.facts import store_whole
from gateway.storage.held_records import read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.services.ports.facts import Submission, SubmittedRow


class SqlObjectionStore:
    """The port ``ObjectionStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def dossier(self, uscc: str) -> tuple[int, Dossier | None]:
        """Return the newest revision and what is known then; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            return newest, _dossier(connection, newest, uscc)

    def record(
        self, submission: Submission, uscc: str, record_id: str, decide: Callable[[Dossier | None], SubmittedRow]
    ) -> tuple[int, Fact]:
        """Store the objection that *decide* makes; see the port.

        Raises:
            MalformedRequestError: It cannot be stored; nothing is.
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            revision = store_whole(connection, submission, lambda newest: [decide(_dossier(connection, newest, uscc))])
            held = read_record(connection, record_id)
        assert held is not None  # noqa: S101 - records are never taken out, and this one was stored
        return revision, held.fact


def _dossier(connection: Connection, revision: int, uscc: str) -> Dossier | None:
    return next((dossier for dossier, _ in read_dossiers(connection, revision, [uscc])), None)
