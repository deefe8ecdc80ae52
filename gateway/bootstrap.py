"""Puts the concrete classes together: the only module that knows every one of them.

``load_config`` reads and cross-checks the configuration; ``Gateway`` is one serving process made from it.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect

import formats
import gateway.domain
from formats.civil import civil_date
from gateway.clock import SystemClock
from gateway.domain.audit import Draft
from gateway.domain.clocks import due
from gateway.domain.errors import GatewayError
from gateway.domain.kinds import may_weigh
from gateway.domain.prevention import Prevention, local_rules, milestones_of
from gateway.intake.process import IntakeProcess, Setup
from gateway.rpc.answers import AnswerWriter
from gateway.rpc.audit import AuditServicer
from gateway.rpc.changes import ChangesServicer
from gateway.rpc.clocks import ClocksServicer
from gateway.rpc.credit import CreditServicer
from gateway.rpc.credit_record import CreditRecordServicer
from gateway.rpc.early_warnings import EarlyWarningsServicer
from gateway.rpc.endings import EndingsServicer
from gateway.rpc.endpoint import Endpoint
from gateway.rpc.enterprise_file import EnterpriseFileServicer
from gateway.rpc.explain_grade import ExplainGradeServicer
from gateway.rpc.identity import Identity
from gateway.rpc.imports import ImportsServicer
from gateway.rpc.listing_steps import ListingStepsServicer
from gateway.rpc.meetings import MeetingsServicer
from gateway.rpc.objections import ObjectionsServicer
from gateway.rpc.publishable import PublishableServicer
from gateway.rpc.record_fields import is_whose
from gateway.rpc.records import KINDS, RecordReader
from gateway.rpc.registry import RegistryServicer
from gateway.rpc.retention import RetentionServicer
from gateway.rpc.router import Router
from gateway.rpc.server import Bounds, Server
from gateway.rpc.shown_repairs import ShownRepairsServicer
from gateway.rpc.staged_chunks import StagedChunks
from gateway.rpc.subject import SubjectServicer
from gateway.rpc.who_asked import WhoAskedServicer
from gateway.rpc.withdraw_record import WithdrawRecordServicer
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_files import make_private_folder
from gateway.security.key_ring import PersonKeyError, adopt_root, create_keys
from gateway.security.material import ServerMaterial
from gateway.security.peer import CertificateVerifier
from gateway.security.persons import KeyedPersonVault, SealError
from gateway.security.watched import UnusableFileError
from gateway.services.apply_retention import ApplyRetention
from gateway.services.check_eligibility import CheckEligibility
from gateway.services.confirm_current import ConfirmCurrent
from gateway.services.decide_import import DecideImport
from gateway.services.endings import Endings, PastGrounds
from gateway.services.explain_grade import ExplainGrade
from gateway.services.freshness import Freshness
from gateway.services.get_credit_record import GetCreditRecord
from gateway.services.get_enterprise_file import GetEnterpriseFile
from gateway.services.get_submission import GetSubmission
from gateway.services.import_difference import ImportDifference, Judging
from gateway.services.joint_meetings import JointMeetings
from gateway.services.judge_rows import JudgeRows
from gateway.services.list_clocks import ListClocks
from gateway.services.list_early_warnings import ListEarlyWarnings
from gateway.services.list_publishable import ListPublishable
from gateway.services.list_who_asked import ListWhoAsked
from gateway.services.listing_steps import ListingSteps
from gateway.services.objections import Objections
from gateway.services.shown_repairs import ShownRepairs
from gateway.services.submit_records import SubmitRecords
from gateway.services.watch_changes import WatchChanges
from gateway.services.withdraw_record import WithdrawRecord
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies
from gateway.settings.calendar_files import load_calendar
from gateway.settings.gateway_file import GatewaySettings, load_gateway
from gateway.settings.policy_files import load_policy
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.audit_place import DatabasePlace, FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.change_log import SqlChangeLog
from gateway.storage.docket import SqlDocket
from gateway.storage.endings import SqlEndingStore
from gateway.storage.engine import is_sqlite, open_engine
from gateway.storage.enterprise_files import SqlEnterpriseFiles
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.import_store import SqlImportStore
from gateway.storage.index import TimelineIndex
from gateway.storage.meetings import SqlMeetingStore
from gateway.storage.migrations import AUDIT, FACTS, is_current, upgrade
from gateway.storage.objections import SqlObjectionStore
from gateway.storage.publishable import SqlPublishableStore
from gateway.storage.rehearsal import SqlRehearsals
from gateway.storage.sealed import one_person
from gateway.storage.tables import head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agencies
    from gateway.domain.policy import Policy
    from gateway.rpc.method import Method
    from gateway.services.ports.register import Clock

LOOK_SECONDS: Final = 0.25
"""How often key material, authorities and revocations are looked at: what changes weighs within a second."""
FAILED_GRACE: Final = timedelta(seconds=1)
"""After an audit failure nothing can be answered any more; this lets every caller be told so."""
_log: Final = logging.getLogger(__name__)


class StartError(Exception):
    """The gateway cannot start: what is wrong, in one sentence."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything read from the configuration folder."""

    folder: Path
    settings: GatewaySettings
    policy: Policy
    agencies: Agencies
    calendar: WorkingCalendar


def load_config(folder: Path, state: Path | None = None) -> Config:
    """Read the configuration folder; *state* replaces the state folder that it names.

    Raises:
        ConfigurationError: With file, key and reason; contradictions between files included.
    """
    settings = load_gateway(folder / "gateway.toml", state)
    agencies = load_agencies(folder / "agencies.toml", settings.limits.load.quota)
    person_algorithms(settings)
    feeds = {feed.name for feed in settings.feeds}
    for feed in settings.feeds:
        for kind in sorted(feed.kinds - KINDS):
            raise ConfigurationError("gateway.toml", f"feeds.{feed.name}.kinds", f"{kind!r} is no kind of record")
    for agency in agencies:
        for name in sorted(agency.feeds - feeds):
            raise ConfigurationError("agencies.toml", f"{agency.agency_id}.feeds", f"{name!r} is not in gateway.toml")
        if agency.quota.in_flight > settings.limits.in_flight:
            raise ConfigurationError(
                "agencies.toml", f"{agency.agency_id}.quota", "in_flight is over the process's own"
            )
    policy = load_policy(folder / "policy", settings.profile, civil_date(SystemClock().now()))
    return Config(folder, settings, policy, agencies, load_calendar(folder / "calendar"))


def store_engine(settings: GatewaySettings) -> Engine:
    """Return the engine of the facts' store."""
    return open_engine(_store_url(settings))


def _store_url(settings: GatewaySettings) -> str:
    return settings.store_url or f"sqlite:///{settings.state / 'facts.sqlite'}"


def upgrade_store(settings: GatewaySettings) -> None:
    """Bring the store's tables up to date; an empty store gets its tables and the key of persons' numbers.

    Raises:
        StartError: The key is missing and the store is not new: another key would find none of its persons again; or
            the keys cannot be made.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    engine = store_engine(settings)
    if is_sqlite(engine):
        # SQLite gives its journals the permissions of the database, so that this keeps all of the facts private.
        Path(str(engine.url.database)).touch(mode=0o600)
    if not settings.person_key.exists() and inspect(engine).has_table(head.name):
        engine.dispose()
        raise StartError(f"{settings.person_key} is missing, and the store was filled under it: restore the key")
    _make_keys(settings)
    upgrade(engine, FACTS)
    if not is_sqlite(engine):
        upgrade(engine, AUDIT)
    engine.dispose()


def _make_keys(settings: GatewaySettings) -> None:
    """Make the keys of persons' numbers, or the ring of a key from before there were rings."""
    try:
        if settings.person_key.exists():
            adopt_root(settings.person_key)
        else:
            make_private_folder(settings.person_key.parent)
            create_keys(settings.person_key, *person_algorithms(settings))
    except PersonKeyError as error:
        raise StartError(str(error)) from error


def person_algorithms(settings: GatewaySettings) -> tuple[PersonHash, Sealing]:
    """Return the configured algorithms for persons' numbers; raises ``ConfigurationError``."""
    try:
        kind = PersonHash(settings.persons.hash)
    except ValueError:
        raise ConfigurationError("gateway.toml", "persons.hash", f"is none of {', '.join(PersonHash)}") from None
    try:
        return kind, Sealing(settings.persons.sealing)
    except ValueError:
        raise ConfigurationError("gateway.toml", "persons.sealing", f"is none of {', '.join(Sealing)}") from None


def open_vault(settings: GatewaySettings, engine: Engine) -> KeyedPersonVault:
    """Return the keys of persons' numbers, once they are proven to be those of the store.

    Raises:
        StartError: With them its persons would not be found again.
        PersonKeyError: They cannot be used.
        StoreUnavailableError: The store could not be read.
    """
    vault = KeyedPersonVault(settings.person_key)
    if vault.hash is not person_algorithms(settings)[0]:
        raise StartError(f"gateway.toml: persons.hash: the store's persons are found by {vault.hash}: it cannot change")
    someone = one_person(engine)
    try:
        if someone is not None and not is_whose(vault, someone[0], vault.unseal(someone[1])):
            raise StartError(f"{settings.person_key}: the store's persons were hashed under another key: restore it")
    except SealError as error:
        raise StartError(f"{settings.person_key}: the store's persons: {error}: restore the key") from error
    return vault


def audit_place(settings: GatewaySettings, engine: Engine) -> FolderPlace | DatabasePlace:
    """Return where the audit queues lie."""
    return FolderPlace(settings.state / "audit") if is_sqlite(engine) else DatabasePlace(engine)


RULES: Final = tuple(Path(package.__path__[0]) for package in (gateway.domain, formats))
"""Folders with the source of the rules and the values they use."""


def rules_digest(folders: Sequence[Path] = RULES) -> str:
    """Return the SHA-256 over all source in *folders*, packages within them included, hexadecimal."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class Gateway:
    """One serving process: opened, served, and closed once."""

    def __init__(self, config: Config, worker: int, *, shared_port: bool, clock: Clock | None = None) -> None:
        """Open store and queue, and verify the queue's tail; nothing is served yet. *clock*: None is the machine's.

        Raises:
            StartError: The store is not up to date, or the key material is unsound.
            QueueLockedError, QueueDamagedError: The audit queue cannot be this process's, or is not what it was.
        """
        self._settings = config.settings
        self._clock = clock or SystemClock()
        self._material = _material(self._settings, self._clock)
        self._used = self._material.held
        self._faults: list[str] = []
        engine = store_engine(self._settings)
        if not is_current(engine, FACTS):
            raise StartError("the store is not up to date: run `jsg db upgrade`")
        self._engine = engine
        self._vault = open_vault(self._settings, engine)
        self._failed = asyncio.Event()
        self._finishing: asyncio.Task[None] | None = None
        writer = f"{self._settings.node}-{worker}"
        place = audit_place(self._settings, engine)
        self._audit = AuditQueue(place, writer, self._clock, self._failed.set, self._settings.limits.pending_entries)
        self._store = SqlFactStore(engine)
        self._kinds = {feed.name: feed.kinds for feed in self._settings.feeds}
        setup = Setup(_store_url(self._settings), self._settings.person_key, writer, self._kinds)
        self._intake = IntakeProcess(setup, self._clock)
        history = SqlHistory(engine)
        self._index = TimelineIndex(history, config.policy.grade_rules, self._clock)
        self._endpoint = self._make_endpoint(config)
        self._router = Router(
            self._endpoint, self._methods(config, history, AccessIndex(place, self._settings.person_key))
        )
        limits = self._settings.limits
        self._server = Server(
            self._router, self._material.held, Bounds(limits.in_flight, limits.connection_age, shared_port)
        )

    def _make_endpoint(self, config: Config) -> Endpoint:
        tls = self._settings.tls
        self._verifier = CertificateVerifier(
            self._settings.trust_domain, tls.ca_bundle, tls.revoked, LOOK_SECONDS, tls.revoked_stale_after
        )
        identity = Identity(self._verifier, config.agencies)
        return Endpoint(identity, self._audit, self._clock, self._vault.conceal, self._settings.limits.load)

    def _methods(self, config: Config, history: SqlHistory, search: AccessIndex) -> Sequence[Method]:
        limits = self._settings.limits
        freshness = Freshness(
            replica_lag=limits.replica_lag,
            clock_skew=limits.clock_skew,
            answer_validity=limits.answer_validity,
            reach_wait=limits.reach_wait,
            feeds={feed.name: feed.stale_after for feed in self._settings.feeds if may_weigh(feed.kinds)},
        )
        answers = AnswerWriter(config.policy, rules_digest())
        check = CheckEligibility(self._index, history, config.policy, freshness)
        read = GetCreditRecord(self._index, history, config.policy)
        imports = SqlImportStore(self._engine)
        required = frozenset(feed.name for feed in self._settings.feeds if feed.staging_required)
        submit = SubmitRecords(self._intake, self._store, self._kinds, required)
        submitted = GetSubmission(self._store, imports)
        confirm = ConfirmCurrent(self._store, self._clock, self._audit.writer)
        explain = ExplainGrade(self._index, history, config.policy)
        watch = WatchChanges(self._index, SqlChangeLog(self._engine), limits.heartbeat, limits.reach_wait)
        files = SqlEnterpriseFiles(self._engine)
        file = GetEnterpriseFile(self._index, history, files, self._settings.person_key.read_bytes())
        steps = ListingSteps(self._store, self._clock, self._audit.writer, config.calendar)
        deadline = partial(due, calendar=config.calendar, parameters=self._settings.clocks)
        withdraw = WithdrawRecord(self._store, self._clock, self._audit.writer, deadline, self._kinds)
        objections = Objections(SqlObjectionStore(self._engine), self._store, steps, self._clock, deadline)
        shown = ShownRepairs(self._store, steps, self._clock, self._audit.writer, self._kinds)
        docket = SqlDocket(self._engine)
        clocks = ListClocks(docket, config.calendar, self._settings.clocks)
        local, milestones = local_rules(config.policy), milestones_of(config.policy)
        prevention = Prevention(local, milestones, config.calendar, self._settings.early_warnings)
        warnings = ListEarlyWarnings(docket, prevention)

        past = PastGrounds(history, config.policy.grade_rules)
        endings = Endings(SqlEndingStore(self._engine), search, past, self._clock, self._audit.writer)
        meetings = JointMeetings(
            SqlMeetingStore(self._engine), config.agencies, self._clock, self._audit.writer, config.calendar
        )
        archive = QueueArchive(audit_place(self._settings, self._engine), search)
        retention = ApplyRetention(archive, self._settings.retention, self._settings.holds)
        publishable = ListPublishable(SqlPublishableStore(self._engine), limits.answer_validity)
        reader = RecordReader(self._vault)
        staged = StagedChunks(reader, self._vault)
        judging = Judging(staged, JudgeRows(self._store, self._kinds), config.agencies)
        difference = ImportDifference(imports, SqlRehearsals(self._engine), judging, config.policy, self._clock)
        self._decide = DecideImport(imports, difference, judging, self._settings.imports)
        return [
            *CreditServicer(check, answers).methods(),
            *CreditRecordServicer(read, answers).methods(),
            *RegistryServicer(submit, submitted, confirm).methods(),
            *ImportsServicer(self._decide, self._store.mark_recorded, self._audit.writer).methods(),
            *ListingStepsServicer(self._vault, steps).methods(),
            *WithdrawRecordServicer(withdraw).methods(),
            *ShownRepairsServicer(shown).methods(),
            *ChangesServicer(watch, self._clock).methods(),
            *ExplainGradeServicer(explain, answers, config.policy).methods(),
            *SubjectServicer(explain, answers).methods(),
            *WhoAskedServicer(ListWhoAsked(search), config.agencies).methods(),
            *ObjectionsServicer(objections, self._audit.writer).methods(),
            *ClocksServicer(clocks).methods(),
            *EarlyWarningsServicer(warnings).methods(),
            *EnterpriseFileServicer(file, meetings).methods(),
            *PublishableServicer(publishable).methods(),
            *AuditServicer(search).methods(),
            *RetentionServicer(retention, self._audit).methods(),
            *EndingsServicer(endings, config.calendar).methods(),
            *MeetingsServicer(meetings).methods(),
        ]

    async def start(self, address: str) -> int:
        """Write recovery entries, load the index, listen, and return the port.

        Raises:
            StartError: The address cannot be had.
            StoreUnavailableError, AuditUnavailableError: Store or queue failed.
        """
        await self._recover()
        await asyncio.to_thread(_load, self._index)
        self._index.start()
        try:
            port = await self._server.start(address)
        except RuntimeError as error:
            raise StartError(f"cannot listen on {address!r}: {error}") from error
        await self._server.show_health(serving=True)
        self._finishing = asyncio.create_task(self._finish_imports())
        return port

    async def _finish_imports(self) -> None:
        """Apply what is left of imports that were approved before a process died; its entries are written as such."""
        for batch in await asyncio.to_thread(self._decide.unfinished):
            try:
                await asyncio.to_thread(self._decide.apply, batch, self._audit.writer, self._clock.now())
            except GatewayError as error:
                _log.warning("import %s is approved and not yet applied: %s", batch.batch_id, error)
            await self._record_commits(batch.decided_request)

    async def _recover(self) -> None:
        """Record commits that a killed process left without their entry: the facts are there, so the record must be."""
        await self._record_commits()

    async def _record_commits(self, only: str = "") -> None:
        """Write the entries that this writer owes: all of them before it serves, afterwards those of one request."""
        for request_id, first, last in await asyncio.to_thread(self._store.unrecorded, self._audit.writer):
            if only not in {"", request_id}:
                continue
            body = {
                "method": "RegistryService",
                "outcome": "RECOVERED",
                "caller": {},
                "request": {"id": request_id},
                "revisions": [first, last],
            }
            position = await self._audit.record(Draft(body))
            await asyncio.to_thread(self._store.mark_recorded, request_id, last, position.number)

    async def serve_until(self, stop: asyncio.Event) -> bool:
        """Serve until *stop* is set or the audit fails; return whether it ended well.

        Key material and health are looked at several times a second: NOT_SERVING while what lies there is not sound.
        """
        ending = [asyncio.create_task(stop.wait()), asyncio.create_task(self._failed.wait())]
        while not any(task.done() for task in ending):
            await asyncio.wait(ending, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            await self._server.show_health(serving=self.sound())
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
        return not faults and not self._audit.failed

    async def close(self) -> None:
        """Stop taking calls, let those under way finish, and close everything. An audit failure cuts them short."""
        grace = FAILED_GRACE if self._audit.failed else self._settings.limits.drain
        self._endpoint.end_feeds()
        await self._server.stop(grace.total_seconds())
        self._decide.stop()
        await self._endpoint.settle()
        await self._intake.close()
        if self._finishing is not None:
            await self._finishing
        await self._index.stop()
        await self._audit.close()
        self._engine.dispose()


def _load(index: TimelineIndex) -> None:
    """Load the index without looking for garbage in it: there is none, and it stays; later looks pass it over."""
    gc.disable()
    try:
        index.load()
    finally:
        gc.enable()
    gc.freeze()


def _material(settings: GatewaySettings, clock: Clock) -> ServerMaterial:
    tls = settings.tls
    try:
        return ServerMaterial(tls.certificate, tls.key, tls.ca_bundle, clock.now())
    except UnusableFileError as error:
        raise StartError(f"key material: {error}") from error
