"""``Gateway``: one serving process, opened, served, and closed once."""

from __future__ import annotations

import asyncio
import gc
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.bootstrap.archive import Archive
from gateway.bootstrap.beside import Beside
from gateway.bootstrap.config import StartError
from gateway.bootstrap.days import recorded_days
from gateway.bootstrap.edge import make_server, peer_of
from gateway.bootstrap.figures import ProcessLook
from gateway.bootstrap.looking import Looking
from gateway.bootstrap.mandates import Mandates
from gateway.bootstrap.methods import all_methods
from gateway.bootstrap.nightly import NightlyReplay
from gateway.bootstrap.opened import Opened
from gateway.bootstrap.policies import Policies
from gateway.bootstrap.recovery import Recovery
from gateway.bootstrap.referral import count_referrals, silence_watch
from gateway.bootstrap.revocations import Revocations
from gateway.bootstrap.shared import Shared
from gateway.bootstrap.stores import audit_place, open_vault, refuse_lost, store_engine
from gateway.bootstrap.timers import while_held
from gateway.bootstrap.tracing import Tracing
from gateway.bootstrap.watch import DiskWatch, ServingProcess, make_status, tell_metrics
from gateway.clock import SystemClock
from gateway.domain.errors import GatewayError, StoreUnavailableError
from gateway.rpc.endpoint import Endpoint
from gateway.rpc.identity import Identity
from gateway.rpc.metrics_port import MetricsPort
from gateway.rpc.router import Router
from gateway.rpc.storing import under_a_right_clock
from gateway.security.material import ServerMaterial
from gateway.security.officer_assertion import OfficerAssertions
from gateway.security.peer import CertificateVerifier
from gateway.security.watched import UnusableFileError
from gateway.services.count_calls import CallCounts, CountedLog
from gateway.services.get_status import Watched
from gateway.services.owed_events import CountOwedEvents
from gateway.services.right_clock import RightClock, RightClockLease
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.day_store import SqlDayStore
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.index import TimelineIndex
from gateway.storage.leases import TIMERS, SqlLease
from gateway.storage.log_place import LOST_FILE, log_engine
from gateway.storage.log_standing import log_figures
from gateway.storage.log_store import SqlLogStore
from gateway.storage.migrations import FACTS, LOG, is_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.domain.policy import Policy
    from gateway.domain.status import ReplayFigures
    from gateway.services.get_status import GetStatus
    from gateway.services.ports.mandates import Callers
    from gateway.services.ports.register import Clock
    from gateway.settings.gateway_file import GatewaySettings

CASES_SECONDS: Final = 0.5
"""How often open cases are looked at: one process of all nodes does."""
LOOK_SECONDS: Final = 0.25
"""How often key material, authorities and revocations are looked at: what changes weighs within a second."""
FAILED_GRACE: Final = timedelta(seconds=1)
"""After an audit failure nothing can be answered any more; this lets every caller be told so."""
_log: Final = logging.getLogger(__name__)


class Gateway:
    """One serving process: opened, served, and closed once."""

    port: int = 0
    """Where it listens, once it has started."""

    def __init__(self, config: Config, worker: int, *, shared_port: bool, clock: Clock | None = None) -> None:
        """Open store and queue, and verify the queue's tail; nothing is served yet. *clock*: None is the machine's.

        Raises:
            StartError: The store is not up to date or has lost records, the log has lost entries, or keys are unsound.
            QueueLockedError, QueueDamagedError: The audit queue cannot be this process's, or is not what it was.
        """
        self._settings = config.settings
        self._worker = worker
        self._clock = clock or SystemClock()
        self._material = _material(self._settings, self._clock)
        self._used = self._material.held
        self._faults: list[str] = []
        self._failed = asyncio.Event()
        self._finishing: asyncio.Task[None] | None = None
        self._engine, self._log_engine = _stores(self._settings)
        self._policies = Policies(config, self._engine, self._clock)
        config = self._policies.config
        self._vault = open_vault(self._settings, self._engine)
        self._store = SqlFactStore(self._engine)
        self._writer = f"{self._settings.node}-{worker}"
        self._open_record()
        self._beside = Beside(self._settings, worker, self._writer, self._clock)
        self._history = SqlHistory(self._engine)
        note = self._policies.before(refuse_lost(self._settings, self._history, self._writer))
        self._index = TimelineIndex(self._history, config.policy.grade_rules, self._clock, note=note)
        self._right = RightClock(self._index, self._settings.limits.clock_skew)
        self._timers = SqlLease(self._log_engine, TIMERS, self._writer)
        self._mandates = Mandates(config, self._engine, self._clock)
        self._revocations = Revocations(self._settings, self._engine, self._clock)
        self._endpoint = self._make_endpoint(self._mandates.callers)
        self._audit.share_among(self._endpoint.calls)
        self._tracing = Tracing(self._settings, self._writer, self._clock)
        self._endpoint.traces = self._tracing.calls
        self._status = self._make_status(config)
        self._metrics = self._make_metrics(self._status)
        shared = Shared(self._opened(config))
        self._decide = shared.decide_import
        self._archive = Archive(config, self._policies.store)
        self._make_timers(shared)
        self._router = Router(self._endpoint, under_a_right_clock(all_methods(shared), self._right))
        self._server = make_server(self._settings, self._router, self._used, worker, shared_port=shared_port)

    def _open_record(self) -> None:
        """Open this process's queue, and what was made of all queues."""
        self._place = audit_place(self._settings, self._engine)
        self._log = SqlLogStore(self._log_engine, self._place)
        self._day_store = SqlDayStore(self._log_engine)
        self._log_figures = partial(log_figures, self._place, self._log, self._day_store)
        pending = self._settings.limits.pending_entries
        self._audit = AuditQueue(self._place, self._writer, self._clock, self._stopped, pending)
        self._counts = CallCounts()
        self._counted = CountedLog(self._audit, self._counts)
        self._recovery = Recovery(self._settings.state, self._audit, self._store)

    def _opened(self, config: Config) -> Opened:
        return Opened(
            config=config,
            clock=self._clock,
            engine=self._engine,
            place=self._place,
            log=self._log,
            days=self._day_store,
            audit=self._counted,
            vault=self._vault,
            beside=self._beside,
            store=self._store,
            history=self._history,
            index=self._index,
            mandates=self._mandates,
            revocations=self._revocations.store,
            status=self._status,
            timers=self._timers,
            right=self._right,
            verifier=self._verifier,
            policies=self._policies,
        )

    def _make_timers(self, shared: Shared) -> None:
        """Prepare what is done by the clock, by one process of all nodes; nothing of it runs yet."""
        held = RightClockLease(self._timers, self._right)
        self._days = recorded_days(self._day_store, self._audit, held)
        self._cases = Looking(while_held(held, shared.follow_cases), CASES_SECONDS, "open cases cannot be followed")
        self._silence = silence_watch(shared.opened, shared.search)
        sample = shared.replaying.sample
        self._nightly = NightlyReplay(self._settings.replay, sample, self._counted, self._clock, held)

    @property
    def policy(self) -> Policy:
        """What this process answers by."""
        return self._policies.config.policy

    @property
    def superseded(self) -> bool:
        """Another policy holds by now: it is answered by a process that begins anew."""
        return self._policies.over()

    def _make_endpoint(self, callers: Callers) -> Endpoint:
        tls = self._settings.tls
        self._verifier = CertificateVerifier(
            self._settings.trust_domain,
            tls.ca_bundle,
            tls.revoked,
            LOOK_SECONDS,
            tls.revoked_stale_after,
            self._revocations.index,
        )
        officers = OfficerAssertions(self._settings.name, self._settings.officers)
        identity = Identity(self._verifier, callers, officers, peer_of(self._settings))
        return Endpoint(identity, self._counted, self._clock, self._vault.conceal, self._settings.limits.load)

    def _make_metrics(self, status: GetStatus) -> MetricsPort:
        stores = {"facts": self._engine}
        if self._log_engine is not self._engine:
            stores["log"] = self._log_engine
        witnesses = self._settings.witnesses
        return MetricsPort(status, ProcessLook(stores, self._beside.integrator, self._timers, self._tracing, witnesses))

    def _make_status(self, config: Config) -> GetStatus:
        process = ServingProcess(self._endpoint.under_way, lambda: self._faults)
        place = DiskWatch(self._settings, self._vault, self._clock, self._log_figures, self._revocations.index.figures)
        owed = CountOwedEvents(SqlCaseEventStore(self._engine), self._clock, config.calendar)
        referrals = count_referrals(
            config, (self._engine, self._vault), self._mandates.callers, self._clock, self._audit.writer
        )
        watched = Watched(
            self._index,
            self._audit,
            self._counts,
            process,
            place,
            self._replay_figures,
            owed,
            referrals,
            self._policies.figures,
        )
        return make_status(config, self._clock, self._clock.now(), watched)

    async def start(self, address: str) -> int:
        """Write recovery entries, load mandates, revocations and index, listen, and return the port.

        Raises:
            StartError: The address cannot be had, or the mandates in the store cannot be used.
            StoreUnavailableError, AuditUnavailableError: Store or queue failed.
        """
        await self._recovery.record_stop()
        await self._recovery.record_commits()
        await self._mandates.start(self._counted)
        await self._revocations.start()
        await self._keep_what_answers()
        await asyncio.to_thread(_load, self._index)
        self._index.start()
        self._tracing.start()
        await tell_metrics(self._metrics, self._settings.metrics, self._worker)
        try:
            port = self.port = await self._server.start(address)
        except RuntimeError as error:
            raise StartError(f"cannot listen on {address!r}: {error}") from error
        self._server.show_health(serving=True)
        self._finishing = asyncio.create_task(self._finish_imports())
        self._beside.start()
        if self._worker == 0:
            self._days.start()
            self._nightly.start()
            self._cases.start()
            self._silence.start()
        return port

    def _replay_figures(self) -> ReplayFigures:
        return self._nightly.figures()

    async def _keep_what_answers(self) -> None:
        """Keep policy and calendar by digest before anything is answered by them."""
        try:
            await asyncio.to_thread(self._archive.keep, civil_date(self._clock.now()))
        except OSError as error:
            raise StartError(f"policy and calendar cannot be kept under {self._settings.state}: {error}") from error

    async def _finish_imports(self) -> None:
        """Apply what is left of imports that were approved before a process died; its entries are written as such."""
        for batch in await asyncio.to_thread(self._decide.unfinished):
            try:
                await asyncio.to_thread(self._decide.apply, batch, self._audit.writer, self._clock.now())
            except GatewayError as error:
                _log.warning("import %s is approved and not yet applied: %s", batch.batch_id, error)
            await self._recovery.record_commits(batch.decided_request)

    def _stopped(self) -> None:
        self._failed.set()
        self._recovery.leave_word(self._clock)

    async def serve_until(self, stop: asyncio.Event, alive: Callable[[], None] = lambda: None) -> bool:
        """Serve until *stop* is set, another policy holds, or the audit fails; return whether it ended well.

        Key material and health are looked at several times a second: NOT_SERVING while what lies there is not sound.
        *alive* is called with each look.
        """
        ending = [asyncio.create_task(stop.wait()), asyncio.create_task(self._failed.wait())]
        while not (self._audit.failed or self.superseded or any(task.done() for task in ending)):
            alive()
            self._audit.refuse_while_stalled()
            await asyncio.wait(ending, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            self._server.show_health(serving=self.sound())
        for task in ending:
            task.cancel()
        return not self._audit.failed

    def sound(self) -> bool:
        """Take over new key material; return whether it is sound, callers can be judged, and a record can be written.

        A fault is logged when it is new. Handshakes go on with the last sound material meanwhile.
        """
        now = self._clock.now()
        faults = self._material.look(now)
        # Looked at second and used first: whom a handshake lets in, a call must know.
        if nobody := self._verifier.fault(now):
            faults = [*faults, f"every caller is refused: {nobody}"]
        if unseen := self._mandates.callers.fault() or self._revocations.index.fault():
            faults = [*faults, f"every caller is refused: {unseen}"]
        if self._material.held is not self._used:
            self._used = self._material.held
            self._server.use(self._used)
            _log.info("handshakes are made with new key material")
        for fault in faults:
            if fault not in self._faults:
                _log.error("the server's key material is unsound: %s", fault)
        if self._faults and not faults:
            _log.info("the server's key material is sound again")
        self._faults = faults
        return not faults and not self._audit.failed and not self._audit.stalled

    async def close(self) -> None:
        """Stop taking calls, let those under way finish, and close everything. An audit failure cuts them short."""
        grace = FAILED_GRACE if self._audit.failed else self._settings.limits.drain
        await self._metrics.close()
        self._endpoint.end_feeds()
        await self._nightly.stop()
        await self._cases.stop()
        await self._silence.stop()
        await self._server.stop(grace.total_seconds())
        self._decide.stop()
        await self._endpoint.settle()
        await self._tracing.close()
        await self._beside.intake.close()
        if self._finishing is not None:
            await self._finishing
        await self._index.stop()
        await self._mandates.callers.stop()
        await self._revocations.index.stop()
        await self._days.stop()
        await self._let_go()
        await self._audit.close()
        await asyncio.to_thread(self._beside.close)
        self._engine.dispose()
        self._log_engine.dispose()

    async def _let_go(self) -> None:
        """Let another node do at once what is due by the clock."""
        try:
            await asyncio.to_thread(self._timers.give_back)
        except StoreUnavailableError as error:
            _log.warning("what is due by the clock waits for the end of this node's lease: %s", error)


def _load(index: TimelineIndex) -> None:
    """Load the index without looking for garbage in it: there is none, and it stays; later looks pass it over."""
    gc.disable()
    try:
        index.load()
    finally:
        gc.enable()
    gc.freeze()


def _stores(settings: GatewaySettings) -> tuple[Engine, Engine]:
    """Return the databases of facts and of the log; raises ``StartError`` as ``Gateway`` does."""
    if (settings.state / LOST_FILE).exists():
        raise StartError("entries are lost, and their log cannot go on as it was: run `jsg db go-on`")
    engine = store_engine(settings)
    log = log_engine(engine, settings.state)
    if not (is_current(engine, FACTS) and is_current(log, LOG)):
        raise StartError("the store is not up to date: run `jsg db upgrade`")
    return engine, log


def _material(settings: GatewaySettings, clock: Clock) -> ServerMaterial:
    tls = settings.tls
    try:
        return ServerMaterial(tls.certificate, tls.key, tls.ca_bundle, clock.now())
    except UnusableFileError as error:
        raise StartError(f"key material: {error}") from error
