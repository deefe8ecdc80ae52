"""What one serving process has opened, and what its methods are made of. Values; it opens nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.bootstrap.beside import Beside
    from gateway.bootstrap.config import Config
    from gateway.bootstrap.mandates import Mandates
    from gateway.bootstrap.policies import Policies
    from gateway.security.peer import CertificateVerifier
    from gateway.security.persons import KeyedPersonVault
    from gateway.services.get_status import GetStatus
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock
    from gateway.services.right_clock import RightClock
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.day_store import SqlDayStore
    from gateway.storage.facts import SqlFactStore
    from gateway.storage.history import SqlHistory
    from gateway.storage.index import TimelineIndex
    from gateway.storage.leases import SqlLease
    from gateway.storage.log_store import SqlLogStore
    from gateway.storage.revoked_certificates import SqlRevocationStore


@dataclass(frozen=True, slots=True)
class Opened:
    """What one serving process has opened, and what its methods are made of."""

    config: Config
    clock: Clock
    engine: Engine
    place: FolderPlace | DatabasePlace
    """Where the audit queues lie."""
    log: SqlLogStore
    """What the queues are integrated into."""
    days: SqlDayStore
    """The indexes of days."""
    audit: AuditLog
    vault: KeyedPersonVault
    beside: Beside
    """The processes beside it."""
    store: SqlFactStore
    history: SqlHistory
    index: TimelineIndex
    mandates: Mandates
    revocations: SqlRevocationStore
    status: GetStatus
    timers: SqlLease
    """What is due by the clock is done by whoever holds it."""
    right: RightClock
    """Nothing is stored, and nothing that is due by the clock done, while it does not hold."""
    verifier: CertificateVerifier
    policies: Policies
