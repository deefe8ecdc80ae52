"""``SqlCaseStore``: the acts on cases. What may be added is decided in ``services``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from gateway.domain.cases import CaseAct, CaseKey
from gateway.domain.vocabulary import Area
from gateway.storage.case_content import kind_of, read_content, write_content
from gateway.storage.case_tables import case_act
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from gateway.domain.cases import CaseClosing, CaseTerms
    from gateway.services.ports.facts import Submission

_COLUMN: Final = case_act.c


class SqlCaseStore:
    """The port ``CaseStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        facts = SqlFactStore(engine)
        self.mark_recorded = facts.mark_recorded
        self.nonconforming_known = facts.nonconforming_known

    def record(
        self,
        submission: Submission,
        key: CaseKey,
        decide: Callable[[Sequence[CaseAct]], CaseTerms | CaseClosing],
    ) -> tuple[int, list[CaseAct]]:
        """Add the act that *decide* makes; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            before = read_acts(connection, key)
            if earlier is not None:
                return earlier.visible_from, before[: _place(connection, key, submission.request_id)]
            act = CaseAct(key, decide(before), _recorded_at(connection, submission.committed_at))
            _insert(connection, submission.request_id, act)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, [*before, act]

    def acts(self, key: CaseKey) -> list[CaseAct]:
        """Return the acts on a case; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return read_acts(connection, key)

    def of_reference(self, agency: str, area: Area, case_ref: str) -> list[list[CaseAct]]:
        """Return the acts on every part; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        wanted = select(case_act).where(
            _COLUMN.agency == agency, _COLUMN.area == int(area), _COLUMN.case_ref == case_ref
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(_COLUMN.part, _COLUMN.number)).all()
        return [[read_act(row) for row in group] for _, group in groupby(rows, key=lambda row: row.part)]


def read_acts(connection: Connection, key: CaseKey) -> list[CaseAct]:
    """Return the acts on a case, in order."""
    wanted = select(case_act).where(_COLUMN.case_id == key.case_id).order_by(_COLUMN.number)
    return [read_act(row) for row in connection.execute(wanted)]


def read_act(row: Row[*tuple[Any, ...]]) -> CaseAct:
    """Return the act of a row of ``case_act``."""
    key = CaseKey(row.agency, Area(row.area), row.case_ref, row.part)
    return CaseAct(key, read_content(row.kind, row.content), row.recorded_at)


def _place(connection: Connection, key: CaseKey, request_id: str) -> int:
    """Return how many acts there are up to the one of a request, that one included."""
    upto = select(_COLUMN.number).where(_COLUMN.request_id == request_id).scalar_subquery()
    counted = select(func.count()).where(_COLUMN.case_id == key.case_id, _COLUMN.number <= upto)
    return connection.execute(counted).scalar_one()


def _recorded_at(connection: Connection, wanted: datetime) -> datetime:
    """Return when the act is recorded: a clock behind another's must not put it before its predecessor."""
    newest = select(_COLUMN.recorded_at).order_by(_COLUMN.number.desc()).limit(1)
    last: datetime | None = connection.execute(newest).scalar()
    return wanted if last is None else max(last, wanted)


def _insert(connection: Connection, request_id: str, act: CaseAct) -> None:
    values = {
        "number": (connection.execute(select(func.max(_COLUMN.number))).scalar() or 0) + 1,
        "case_id": act.key.case_id,
        "agency": act.key.agency,
        "area": int(act.key.area),
        "case_ref": act.key.case_ref,
        "part": act.key.part,
        "kind": kind_of(act.content),
        "request_id": request_id,
        "recorded_at": act.recorded_at,
        "content": write_content(act.content),
    }
    connection.execute(insert(case_act), values)
