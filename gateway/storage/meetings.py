"""``SqlMeetingStore``: the acts of joint meetings. What may be added is decided in ``services``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from gateway.domain.meetings import MeetingAct
from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head
from gateway.storage.meeting_content import read_content, write_content

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from gateway.domain.meetings import Agenda, Minutes, StepReport
    from gateway.services.ports.facts import Submission

_COLUMN = tables.meeting_act.c


class SqlMeetingStore:
    """The port ``MeetingStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        facts = SqlFactStore(engine)
        self.mark_recorded = facts.mark_recorded
        self.nonconforming_known = facts.nonconforming_known

    def record(
        self,
        submission: Submission,
        meeting_id: str,
        decide: Callable[[Sequence[MeetingAct]], Agenda | Minutes | StepReport],
    ) -> tuple[int, list[MeetingAct]]:
        """Add the act that *decide* makes; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                upto = select(_COLUMN.number).where(_COLUMN.request_id == submission.request_id).scalar_subquery()
                rows = select(tables.meeting_act).where(_COLUMN.meeting_id == meeting_id, _COLUMN.number <= upto)
                again = [_act(row) for row in connection.execute(rows.order_by(_COLUMN.number))]
                return earlier.visible_from, again
            before = _acts(connection, meeting_id)
            content = decide(before)
            act = MeetingAct(meeting_id, content, submission.agency, _recorded_at(connection, submission))
            _insert(connection, submission, act)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, [*before, act]

    def acts(self, meeting_id: str, known_at: datetime | None = None) -> list[MeetingAct]:
        """Return the acts of a meeting; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return [act for act in _acts(connection, meeting_id) if known_at is None or act.recorded_at <= known_at]

    def all_acts(self) -> list[list[MeetingAct]]:
        """Return the acts of every meeting; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return read_all_acts(connection)


def read_all_acts(connection: Connection) -> list[list[MeetingAct]]:
    """Return the acts of every meeting, in order of their ids."""
    rows = connection.execute(select(tables.meeting_act).order_by(_COLUMN.meeting_id, _COLUMN.number))
    return [[_act(row) for row in group] for _, group in groupby(rows, key=lambda row: row.meeting_id)]


def _acts(connection: Connection, meeting_id: str) -> list[MeetingAct]:
    wanted = select(tables.meeting_act).where(_COLUMN.meeting_id == meeting_id).order_by(_COLUMN.number)
    return [_act(row) for row in connection.execute(wanted)]


def _act(row: Row[*tuple[Any, ...]]) -> MeetingAct:
    return MeetingAct(row.meeting_id, read_content(row.kind, row.content), row.agency, row.recorded_at)


def _recorded_at(connection: Connection, submission: Submission) -> datetime:
    """Return when the act is recorded: a clock behind another's must not put it before its predecessor."""
    last: datetime | None = connection.execute(
        select(_COLUMN.recorded_at).order_by(_COLUMN.number.desc()).limit(1)
    ).scalar()
    return submission.committed_at if last is None else max(last, submission.committed_at)


def _insert(connection: Connection, submission: Submission, act: MeetingAct) -> None:
    number = connection.execute(select(func.max(_COLUMN.number))).scalar() or 0
    values = {
        "number": number + 1,
        "meeting_id": act.meeting_id,
        "kind": act.kind.value,
        "agency": act.agency,
        "request_id": submission.request_id,
        "recorded_at": act.recorded_at,
        "content": write_content(act.content),
    }
    connection.execute(insert(tables.meeting_act), values)
