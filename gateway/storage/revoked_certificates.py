"""``SqlRevocationStore``: certificates that are revoked at the gateway. Who may revoke is decided in ``services``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from gateway.domain.revoked_certificates import (
    CertificateNumber,
    NamedCertificate,
    RevocationReason,
    Revoked,
    RevokedSet,
)
from gateway.storage.content import ContentError
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head
from gateway.storage.revoked_tables import revoked_certificate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine, Row

    from gateway.services.ports.facts import Submission


class SqlRevocationStore:
    """The port ``RevocationStore`` on a database whose tables are current. Safe to use from several threads.

    Every method raises ``StoreUnavailableError`` when the database fails, and ``ContentError`` for a row that cannot
    be understood: it is never passed over.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def newest(self) -> int:
        """Return the number of the newest; see the port."""
        with reading(self._engine) as connection:
            return _last(connection)

    def after(self, number: int) -> list[Revoked]:
        """Return those after *number*; see the port."""
        with reading(self._engine) as connection:
            return _after(connection, number)

    def add(
        self, submission: Submission, certificate: NamedCertificate, decide: Callable[[int], Revoked]
    ) -> tuple[int, Revoked, bool]:
        """Keep a revocation; see the port. Raises ``RequestIdReusedError`` for an id that was used otherwise."""
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                return earlier.visible_from, *_answered(connection, submission, certificate)
            known = _standing(connection, certificate)
            revoked = decide(_last(connection) + 1) if known is None else known
            if known is None:
                _insert(connection, submission, revoked)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, revoked, known is not None


def _answered(connection: Connection, submission: Submission, certificate: NamedCertificate) -> tuple[Revoked, bool]:
    """Return what was answered to this request before."""
    own = select(revoked_certificate).where(revoked_certificate.c.request_id == submission.request_id)
    row = connection.execute(own).first()
    if row is not None:
        return _revoked(row), False
    known = _standing(connection, certificate)
    if known is None:
        raise ContentError("a revocation that was answered is not kept")
    return known, True


def _standing(connection: Connection, certificate: NamedCertificate) -> Revoked | None:
    """Return the first revocation by which nothing new is said by *certificate*; None when there is none."""
    return next((each for each in _after(connection, 0) if RevokedSet.of([each.certificate]).covers(certificate)), None)


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(revoked_certificate.c.number))).scalar() or 0


def _after(connection: Connection, number: int) -> list[Revoked]:
    column = revoked_certificate.c.number
    rows = select(revoked_certificate).where(column > number).order_by(column)
    return [_revoked(row) for row in connection.execute(rows)]


def _insert(connection: Connection, submission: Submission, revoked: Revoked) -> None:
    certificate = revoked.certificate
    number = certificate.number or CertificateNumber("", "")
    values = {
        "number": revoked.number,
        "serial": number.serial,
        "issuer": number.issuer,
        "sha256": certificate.sha256,
        "agency": certificate.agency,
        "role": certificate.role,
        "holder": certificate.holder,
        "reason": revoked.reason.value,
        "document_number": revoked.document_number,
        "revoked_at": revoked.at,
        "revoked_by": revoked.by,
        "officer": revoked.officer,
        "request_id": submission.request_id,
    }
    connection.execute(insert(revoked_certificate), values)


def _revoked(row: Row[*tuple[Any, ...]]) -> Revoked:
    if not (row.serial and row.issuer) and not row.sha256:
        raise ContentError(f"revocation {row.number} names no certificate")
    try:
        reason = RevocationReason(row.reason)
    except ValueError as error:
        raise ContentError(f"revocation {row.number} cannot be read") from error
    return Revoked(
        number=row.number,
        certificate=NamedCertificate(
            number=CertificateNumber(row.serial, row.issuer) if row.serial else None,
            sha256=row.sha256,
            agency=row.agency,
            role=row.role,
            holder=row.holder,
        ),
        reason=reason,
        document_number=row.document_number,
        at=row.revoked_at,
        by=row.revoked_by,
        officer=row.officer,
    )
