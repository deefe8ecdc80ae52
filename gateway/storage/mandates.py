"""``SqlMandateStore``: versions of mandates and proposals. What may be added is decided in ``services``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from gateway.domain.imports import Person
from gateway.domain.mandates import MandateVersion, Proposal, ProposalState, state_of
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head, take_revision
from gateway.storage.mandate_content import read_mandate, read_wanted, write_mandate, write_wanted
from gateway.storage.mandate_tables import mandate_proposal, mandate_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row, Table

    from gateway.domain.agencies import Agency
    from gateway.domain.quotas import Quota
    from gateway.services.ports.facts import Submission

NOBODY: Final = Person("", "")


class SqlMandateStore:
    """The port ``MandateStore`` on a database whose tables are current. Safe to use from several threads.

    Every method raises ``StoreUnavailableError`` when the database fails, and ``ContentError`` for a row that cannot
    be understood.
    """

    def __init__(self, engine: Engine, quota: Quota) -> None:
        """*quota* holds for the numbers of which a mandate has none of its own."""
        self._engine = engine
        self._quota = quota
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def begin(self, submission: Submission, mandates: Sequence[Agency]) -> int | None:
        """Store the first versions; see the port."""
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            if _last(connection, mandate_version):
                return None
            for mandate in mandates:
                first = MandateVersion(mandate=mandate, revision=newest, recorded_at=submission.committed_at)
                _insert_version(connection, submission, first)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest

    def newest(self) -> int:
        """Return the number of the newest version; see the port."""
        with reading(self._engine) as connection:
            return _last(connection, mandate_version)

    def current(self) -> list[MandateVersion]:
        """Return the newest version of each caller's mandate; see the port."""
        with reading(self._engine) as connection:
            return self._current(connection)

    def version(self, number: int) -> Agency | None:
        """Return the mandate of a version; None when there is none of this number."""
        with reading(self._engine) as connection:
            row = connection.execute(select(mandate_version).where(mandate_version.c.number == number)).first()
        return None if row is None else self._version(row).mandate

    def standing(self, agency_id: str, role: str, at: datetime) -> Agency | None:
        """Return the mandate of a caller that was the newest recorded by an instant; None when there was none."""
        column = mandate_version.c
        wanted = (
            select(mandate_version)
            .where(column.agency == agency_id, column.role == role, column.recorded_at <= at)
            .order_by(column.number.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return None if row is None else self._version(row).mandate

    def proposals(self) -> list[Proposal]:
        """Return the newest proposal for each caller; see the port."""
        rows = select(mandate_proposal).order_by(mandate_proposal.c.number)
        with reading(self._engine) as connection:
            newest = {(row.agency, row.role): row for row in connection.execute(rows)}
        return [self._proposal(row) for row in newest.values()]

    def propose(
        self, submission: Submission, decide: Callable[[Sequence[MandateVersion]], Proposal]
    ) -> tuple[int, Proposal]:
        """Keep a proposal; see the port. Raises ``RequestIdReusedError`` for an id that was used otherwise."""
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                own = select(mandate_proposal).where(mandate_proposal.c.request_id == submission.request_id)
                return earlier.visible_from, self._proposal(connection.execute(own).one())
            proposal = decide(self._current(connection))
            _insert_proposal(connection, submission, proposal)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, proposal

    def approve(
        self,
        submission: Submission,
        proposal_id: str,
        decide: Callable[[tuple[Proposal, ProposalState] | None, Sequence[MandateVersion], int], MandateVersion],
    ) -> MandateVersion:
        """Store what was proposed; see the port. Raises ``RequestIdReusedError`` likewise."""
        own = select(mandate_version).where(mandate_version.c.request_id == submission.request_id)
        with writing(self._engine) as connection:
            revision = lock_head(connection) + 1
            if answered(connection, submission) is None:
                current = self._current(connection)
                version = decide(self._standing(connection, proposal_id, current), current, revision)
                take_revision(connection, revision, submission)
                _insert_version(connection, submission, version)
                keep_answer(connection, submission, revision, [], owed=True)
            return self._version(connection.execute(own).one())

    def _current(self, connection: Connection) -> list[MandateVersion]:
        rows = connection.execute(select(mandate_version).order_by(mandate_version.c.number))
        newest = {(row.agency, row.role): row for row in rows}
        return [self._version(row) for row in newest.values()]

    def _standing(
        self, connection: Connection, proposal_id: str, current: Sequence[MandateVersion]
    ) -> tuple[Proposal, ProposalState] | None:
        """Return a proposal and how it stands; None when there is none under this id."""
        column = mandate_proposal.c
        row = connection.execute(select(mandate_proposal).where(column.proposal_id == proposal_id)).first()
        if row is None:
            return None
        of_caller = (column.agency == row.agency) & (column.role == row.role)
        last = select(column.proposal_id).where(of_caller).order_by(column.number.desc()).limit(1)
        newest_id = connection.execute(last).scalar_one()
        proposal = self._proposal(row)
        own = next((each for each in current if each.caller == proposal.caller), None)
        return proposal, state_of(proposal, own, newest_id)

    def _version(self, row: Row[*tuple[Any, ...]]) -> MandateVersion:
        return MandateVersion(
            mandate=read_mandate(row.content, self._quota, row.number),
            revision=row.revision,
            recorded_at=row.recorded_at,
            proposal_id=row.proposal_id,
            proposed_by=_person(row.proposed_by_agency, row.proposed_by),
            approved_by=_person(row.approved_by_agency, row.approved_by),
        )

    def _proposal(self, row: Row[*tuple[Any, ...]]) -> Proposal:
        return Proposal(
            proposal_id=row.proposal_id,
            wanted=read_wanted(row.content, self._quota),
            replaces=row.replaces,
            by=Person(row.proposed_by_agency, row.proposed_by),
            at=row.proposed_at,
            reason=row.reason,
            document_number=row.document_number,
        )


def _last(connection: Connection, table: Table) -> int:
    """Return the highest number in *table*; 0 when it is empty."""
    return connection.execute(select(func.max(table.c.number))).scalar() or 0


def _insert_version(connection: Connection, submission: Submission, version: MandateVersion) -> None:
    agency, role = version.caller
    proposed, approved = version.proposed_by or NOBODY, version.approved_by or NOBODY
    values = {
        "number": _last(connection, mandate_version) + 1,
        "agency": agency,
        "role": role,
        "content": write_mandate(version.mandate),
        "revision": version.revision,
        "recorded_at": version.recorded_at,
        "request_id": submission.request_id,
        "proposal_id": version.proposal_id,
        "proposed_by_agency": proposed.agency,
        "proposed_by": proposed.holder,
        "approved_by_agency": approved.agency,
        "approved_by": approved.holder,
    }
    connection.execute(insert(mandate_version), values)


def _insert_proposal(connection: Connection, submission: Submission, proposal: Proposal) -> None:
    agency, role = proposal.caller
    values = {
        "number": _last(connection, mandate_proposal) + 1,
        "proposal_id": proposal.proposal_id,
        "agency": agency,
        "role": role,
        "content": write_wanted(proposal.wanted),
        "replaces": proposal.replaces,
        "proposed_by_agency": proposal.by.agency,
        "proposed_by": proposal.by.holder,
        "proposed_at": proposal.at,
        "reason": proposal.reason,
        "document_number": proposal.document_number,
        "request_id": submission.request_id,
    }
    connection.execute(insert(mandate_proposal), values)


def _person(agency: str, holder: str) -> Person | None:
    return Person(agency, holder) if holder else None
