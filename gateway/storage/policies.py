"""``SqlPolicyStore``: proposed and approved policies. What may be added is decided in ``services``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, insert, select

from formats import canonical
from formats.civil import parse_date
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.imports import Person
from gateway.domain.policy_text import PolicyText
from gateway.domain.policy_versions import PolicyProposal, PolicyVersion
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head, take_revision
from gateway.storage.policy_tables import policy_proposal, policy_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row, Table

    from gateway.services.ports.facts import Submission


class Held(NamedTuple):
    """From when on a version holds."""

    number: int
    holds_from: datetime


class SqlPolicyStore:
    """The port ``PolicyStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def schedule(self) -> list[Held]:
        """Return from when on each version holds, in order of their numbers; raises ``StoreUnavailableError``."""
        column = policy_version.c
        wanted = select(column.number, column.holds_from).order_by(column.number)
        with reading(self._engine) as connection:
            return [Held(row.number, row.holds_from) for row in connection.execute(wanted)]

    def text(self, profile: str, digest: str) -> PolicyText | None:
        """Return the policy of a digest that was approved; None when none of it was."""
        column = policy_proposal.c
        own = policy_proposal.join(policy_version, column.proposal_id == policy_version.c.proposal_id)
        wanted = select(policy_proposal).select_from(own).where(column.profile == profile, column.digest == digest)
        with reading(self._engine) as connection:
            row = connection.execute(wanted.limit(1)).first()
        return None if row is None else _text(row)

    def versions(self) -> list[PolicyVersion]:
        """Return every version; see the port."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(policy_version).order_by(policy_version.c.number)).all()
            return [_version(row, _proposal_of(connection, row.proposal_id)) for row in rows]

    def proposals(self) -> list[PolicyProposal]:
        """Return every proposal; see the port."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(policy_proposal).order_by(policy_proposal.c.number)).all()
        return [_proposal(row) for row in rows]

    def propose(
        self, submission: Submission, decide: Callable[[PolicyVersion | None], PolicyProposal]
    ) -> tuple[int, PolicyProposal]:
        """Keep a proposal; see the port. Raises ``RequestIdReusedError`` for an id that was used otherwise."""
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                own = select(policy_proposal).where(policy_proposal.c.request_id == submission.request_id)
                return earlier.visible_from, _proposal(connection.execute(own).one())
            proposal = decide(_last_version(connection))
            _insert_proposal(connection, submission, proposal)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, proposal

    def approve(
        self,
        submission: Submission,
        proposal_id: str,
        decide: Callable[[PolicyProposal, PolicyVersion | None, str, int], PolicyVersion],
    ) -> PolicyVersion:
        """Store what was proposed; see the port. Raises ``RequestIdReusedError`` likewise."""
        own = select(policy_version).where(policy_version.c.request_id == submission.request_id)
        with writing(self._engine) as connection:
            revision = lock_head(connection) + 1
            if answered(connection, submission) is None:
                proposal = _proposal_of(connection, proposal_id)
                last = policy_proposal.c
                newest = connection.execute(select(last.proposal_id).order_by(last.number.desc()).limit(1)).scalar_one()
                version = decide(proposal, _last_version(connection), newest, revision)
                take_revision(connection, revision, submission)
                _insert_version(connection, submission, version)
                keep_answer(connection, submission, revision, [], owed=True)
            row = connection.execute(own).one()
            return _version(row, _proposal_of(connection, row.proposal_id))


def _last_version(connection: Connection) -> PolicyVersion | None:
    wanted = select(policy_version).order_by(policy_version.c.number.desc()).limit(1)
    row = connection.execute(wanted).first()
    return None if row is None else _version(row, _proposal_of(connection, row.proposal_id))


def _proposal_of(connection: Connection, proposal_id: str) -> PolicyProposal:
    own = select(policy_proposal).where(policy_proposal.c.proposal_id == proposal_id)
    row = connection.execute(own).first()
    if row is None:
        raise EnterpriseNotFoundError("there is no such proposal", proposal=proposal_id)
    return _proposal(row)


def _next(connection: Connection, table: Table) -> int:
    return (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1


def _insert_proposal(connection: Connection, submission: Submission, proposal: PolicyProposal) -> None:
    files = {name: content.decode() for name, content in sorted(proposal.text.files.items())}
    values = {
        "number": _next(connection, policy_proposal),
        "proposal_id": proposal.proposal_id,
        "profile": proposal.text.profile,
        "version": proposal.version,
        "digest": proposal.digest,
        "content": canonical.encode(files).decode(),
        "holds_on": proposal.holds_on.isoformat(),
        "replaces": proposal.replaces,
        "proposed_by_agency": proposal.by.agency,
        "proposed_by": proposal.by.holder,
        "proposed_at": proposal.at,
        "reason": proposal.reason,
        "document_number": proposal.document_number,
        "request_id": submission.request_id,
    }
    connection.execute(insert(policy_proposal), values)


def _insert_version(connection: Connection, submission: Submission, version: PolicyVersion) -> None:
    values = {
        "number": version.number,
        "proposal_id": version.proposal.proposal_id,
        "holds_from": version.holds_from,
        "revision": version.revision,
        "recorded_at": version.recorded_at,
        "approved_by_agency": version.approved_by.agency,
        "approved_by": version.approved_by.holder,
        "request_id": submission.request_id,
    }
    connection.execute(insert(policy_version), values)


def _version(row: Row[*tuple[Any, ...]], proposal: PolicyProposal) -> PolicyVersion:
    return PolicyVersion(
        number=row.number,
        proposal=proposal,
        holds_from=row.holds_from,
        revision=row.revision,
        recorded_at=row.recorded_at,
        approved_by=Person(row.approved_by_agency, row.approved_by),
    )


def _text(row: Row[*tuple[Any, ...]]) -> PolicyText:
    return PolicyText(row.profile, {name: content.encode() for name, content in json.loads(row.content).items()})


def _proposal(row: Row[*tuple[Any, ...]]) -> PolicyProposal:
    return PolicyProposal(
        proposal_id=row.proposal_id,
        text=_text(row),
        version=row.version,
        digest=row.digest,
        holds_on=parse_date(row.holds_on),
        replaces=row.replaces,
        by=Person(row.proposed_by_agency, row.proposed_by),
        at=row.proposed_at,
        reason=row.reason,
        document_number=row.document_number,
    )
