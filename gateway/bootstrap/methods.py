"""What serves each method: use cases over stores, and servicers over use cases, one group for each kind of caller."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gateway.bootstrap.auditing import Replaying, audit_methods
from gateway.bootstrap.config import frame_of
from gateway.bootstrap.rules import rules_digest
from gateway.domain.clocks import due
from gateway.domain.disclosure.sight import Disclosure
from gateway.domain.kinds import may_weigh
from gateway.domain.persons import kinds_weighing
from gateway.domain.prevention import Prevention, local_rules, milestones_of
from gateway.rpc.admin import AdminServicer
from gateway.rpc.anomalies import AnomaliesServicer
from gateway.rpc.answers import AnswerWriter
from gateway.rpc.audit import AuditServicer
from gateway.rpc.award_gate import AwardGateServicer
from gateway.rpc.bulletin import BulletinServicer
from gateway.rpc.case_events import CaseEventsServicer
from gateway.rpc.cases import CasesServicer
from gateway.rpc.changes import ChangesServicer
from gateway.rpc.clocks import ClocksServicer
from gateway.rpc.credit import CreditServicer
from gateway.rpc.credit_record import CreditRecordServicer
from gateway.rpc.days import DaysServicer
from gateway.rpc.early_warnings import EarlyWarningsServicer
from gateway.rpc.endings import EndingsServicer
from gateway.rpc.enterprise_file import EnterpriseFileServicer
from gateway.rpc.explain_grade import ExplainGradeServicer
from gateway.rpc.export import ExportServicer
from gateway.rpc.imports import ImportsServicer
from gateway.rpc.listing_steps import ListingStepsServicer
from gateway.rpc.meetings import MeetingsServicer
from gateway.rpc.objections import ObjectionsServicer
from gateway.rpc.open_entry import OpenEntryServicer
from gateway.rpc.outcomes import OutcomesServicer
from gateway.rpc.persons import PersonServicer
from gateway.rpc.publishable import PublishableServicer
from gateway.rpc.receipts import ProofsServicer, ReceiptsServicer
from gateway.rpc.records import RecordReader
from gateway.rpc.registry import RegistryServicer
from gateway.rpc.related_bidders import RelatedBiddersServicer
from gateway.rpc.release import ReleaseServicer
from gateway.rpc.resolve import ResolveServicer
from gateway.rpc.retention import RetentionServicer
from gateway.rpc.shown_repairs import ShownRepairsServicer
from gateway.rpc.staged_chunks import StagedChunks
from gateway.rpc.status import StatusServicer
from gateway.rpc.subject import SubjectServicer
from gateway.rpc.who_asked import WhoAskedServicer
from gateway.rpc.withdraw_record import WithdrawRecordServicer
from gateway.security.bulletin_keys import BulletinKeys
from gateway.services.apply_retention import ApplyRetention
from gateway.services.case_events import CaseEvents
from gateway.services.cases import Cases
from gateway.services.change_mandates import ChangeMandates
from gateway.services.check_eligibility import CheckEligibility
from gateway.services.check_person import CheckPerson, PersonRules, PersonSources
from gateway.services.clear_award import ClearAward
from gateway.services.confirm_current import ConfirmCurrent
from gateway.services.decide_import import DecideImport
from gateway.services.decided_cases import DecidedCases
from gateway.services.endings import Endings, PastGrounds
from gateway.services.explain_grade import ExplainGrade
from gateway.services.export_access import ExportAccess
from gateway.services.follow_cases import FollowCases, TellEvent
from gateway.services.freshness import Freshness
from gateway.services.get_bulletin import GetBulletin
from gateway.services.get_credit_record import GetCreditRecord
from gateway.services.get_enterprise_file import GetEnterpriseFile
from gateway.services.get_receipt import GetReceipt
from gateway.services.get_submission import GetSubmission
from gateway.services.import_difference import ImportDifference, Judging
from gateway.services.joint_meetings import JointMeetings
from gateway.services.judge_rows import JudgeRows
from gateway.services.list_anomalies import ListAnomalies
from gateway.services.list_clocks import ListClocks
from gateway.services.list_early_warnings import ListEarlyWarnings
from gateway.services.list_publishable import ListPublishable
from gateway.services.list_who_asked import ListWhoAsked
from gateway.services.listing_steps import ListingSteps
from gateway.services.missing_outcomes import MissingOutcomes
from gateway.services.objections import Objections
from gateway.services.open_entry import OpenEntry
from gateway.services.prove_days import ProveDays
from gateway.services.prove_entries import ProveEntries
from gateway.services.related_bidders import RelatedBidders
from gateway.services.release_investigation import RecordedReleases, ReleaseInvestigation
from gateway.services.relied_answer import ReliedAnswer
from gateway.services.report_outcome import ReportOutcome
from gateway.services.resolve_enterprise import ResolveEnterprise
from gateway.services.shown_repairs import ShownRepairs
from gateway.services.submit_records import SubmitRecords
from gateway.services.unreported import Unreported
from gateway.services.watch_changes import WatchChanges
from gateway.services.withdraw_record import WithdrawRecord
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_seen import IndexedCalls
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.cases import SqlCaseStore
from gateway.storage.change_log import SqlChangeLog
from gateway.storage.docket import SqlDocket
from gateway.storage.endings import SqlEndingStore
from gateway.storage.enterprise_files import SqlEnterpriseFiles
from gateway.storage.import_store import SqlImportStore
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.meetings import SqlMeetingStore
from gateway.storage.objections import SqlObjectionStore
from gateway.storage.outcomes import SqlOutcomeStore
from gateway.storage.person_files import SqlPersonRegister
from gateway.storage.publishable import SqlPublishableStore
from gateway.storage.recorded_answers import QueueAnswers
from gateway.storage.registered_names import SqlRegisteredNames
from gateway.storage.rehearsal import SqlRehearsals

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.bootstrap.mandates import Mandates
    from gateway.domain.agencies import Agency
    from gateway.intake.process import IntakeProcess
    from gateway.rpc.method import Method
    from gateway.rpc.projection import Projection
    from gateway.security.persons import KeyedPersonVault
    from gateway.services.get_status import GetStatus
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.day_store import SqlDayStore
    from gateway.storage.facts import SqlFactStore
    from gateway.storage.history import SqlHistory
    from gateway.storage.index import TimelineIndex
    from gateway.storage.log_store import SqlLogStore


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
    intake: IntakeProcess
    store: SqlFactStore
    history: SqlHistory
    index: TimelineIndex
    mandates: Mandates
    status: GetStatus


class Methods:
    """The use cases of one process, each made once; ``all`` returns what the router serves."""

    def __init__(self, opened: Opened) -> None:
        config, settings = opened.config, opened.config.settings
        self._opened = opened
        self._writer = opened.audit.writer
        self._kinds = {feed.name: feed.kinds for feed in settings.feeds}
        self._search = AccessIndex(opened.place, settings.person_key)
        self._releases = RecordedReleases(self._search, self._search)
        self._answers = AnswerWriter(config.policy, rules_digest())
        self._disclosure = Disclosure(config.policy)
        self._explain = ExplainGrade(opened.index, opened.history, config.policy)
        self._steps = ListingSteps(opened.store, opened.clock, self._writer, config.calendar)
        self._deadline = partial(due, calendar=config.calendar, parameters=settings.clocks)
        self._imports = SqlImportStore(opened.engine)
        staged = StagedChunks(RecordReader(opened.vault), opened.vault)
        judging = Judging(staged, JudgeRows(opened.store, self._kinds), opened.mandates.callers)
        rehearsals = SqlRehearsals(opened.engine)
        difference = ImportDifference(self._imports, rehearsals, judging, config.policy, opened.clock)
        validity = settings.limits.answer_validity
        self._publishable = ListPublishable(SqlPublishableStore(opened.engine), validity)
        self.replaying = Replaying(opened)
        self._check = CheckEligibility(opened.index, opened.history, config.policy, self._freshness(may_weigh))
        events = SqlCaseEventStore(opened.engine)
        self.follow_cases = FollowCases(self._check, opened.index, opened.history, events, opened.clock)
        self.decide_import = DecideImport(self._imports, difference, judging, settings.imports)

    def all(self) -> list[Method]:
        """Return every method."""
        return [
            *self._asked_by_deciding_systems(),
            *self._brought_by_feeds(),
            *self._decided_by_the_bureau(),
            *self._read_by_the_bureau(),
            *self._for_everybody_concerned(),
            *self._for_auditors(),
            *self._for_operators(),
        ]

    def _asked_by_deciding_systems(self) -> list[Method]:
        config = self._opened.config
        check = self._check
        read = GetCreditRecord(self._opened.index, self._opened.history, config.policy)
        cases = Cases(SqlCaseStore(self._opened.engine), self._opened.clock, self._writer)
        return [
            *CreditServicer(check, self._answers, self._disclosure, cases).methods(),
            *CasesServicer(cases, config.policy).methods(),
            *self._cleared(check, cases),
            *RelatedBiddersServicer(RelatedBidders(cases, self._opened.index, self._opened.history)).methods(),
            *self._followed_cases(),
            *CreditRecordServicer(read, self._answers, self._disclosure).methods(),
            *ResolveServicer(self._resolve(), self._disclosure).methods(),
            *self._asked_about_persons(),
            *self._fetched_ahead(),
        ]

    def _fetched_ahead(self) -> list[Method]:
        settings = self._opened.config.settings
        keys = BulletinKeys(settings.state / "keys", settings.name)
        bulletin = GetBulletin(self._publishable, self._opened.config.policy, keys, settings.name)
        return BulletinServicer(bulletin, settings.bulletin.life).methods()

    def _followed_cases(self) -> list[Method]:
        opened = self._opened
        events = CaseEvents(SqlCaseEventStore(opened.engine), opened.clock, self._writer, opened.config.calendar)
        tell = TellEvent(self._check, SqlCaseStore(opened.engine), opened.clock)
        shown = (self._answers, self._disclosure)
        return CaseEventsServicer(events, tell, shown, opened.clock, opened.config.settings.limits.heartbeat).methods()

    def _cleared(self, check: CheckEligibility, cases: Cases) -> list[Method]:
        settings = self._opened.config.settings
        limits = (settings.award_gate, settings.limits.answer_validity)
        clear = ClearAward(check, cases, self._search, self._search, limits)
        receipt = GetReceipt(PlaceQueues(self._opened.place), ProveEntries(self._opened.log))
        return AwardGateServicer(clear, receipt, self._answers, self._disclosure).methods()

    def _resolve(self) -> ResolveEnterprise:
        index = self._opened.index
        return ResolveEnterprise(index, index.names, SqlRegisteredNames(self._opened.engine))

    def _asked_about_persons(self) -> list[Method]:
        opened, policy = self._opened, self._opened.config.policy
        # A feed is waited for only where what it brings can weigh on a person.
        weighing = {point: kinds_weighing(policy, point) for point in policy.points}
        freshness = {point: self._freshness(kinds.intersection) for point, kinds in weighing.items()}
        persons = SqlPersonRegister(opened.engine)
        sources = PersonSources(opened.index, persons, opened.vault, QueueAnswers(opened.place))
        check = CheckPerson(PersonRules(policy, freshness), sources)
        return PersonServicer(check, opened.vault, self._answers, self._disclosure).methods()

    def _freshness(self, matters: Callable[[frozenset[str]], object]) -> Freshness:
        """Return what must be fresh: this node, and the feeds whose kinds matter."""
        settings = self._opened.config.settings
        limits = settings.limits
        return Freshness(
            replica_lag=limits.replica_lag,
            clock_skew=limits.clock_skew,
            answer_validity=limits.answer_validity,
            reach_wait=limits.reach_wait,
            feeds={feed.name: feed.stale_after for feed in settings.feeds if matters(feed.kinds)},
        )

    def _brought_by_feeds(self) -> list[Method]:
        opened = self._opened
        required = frozenset(feed.name for feed in opened.config.settings.feeds if feed.staging_required)
        submit = SubmitRecords(opened.intake, opened.store, self._kinds, required)
        submitted = GetSubmission(opened.store, self._imports)
        confirm = ConfirmCurrent(opened.store, opened.clock, self._writer)
        withdraw = WithdrawRecord(opened.store, opened.clock, self._writer, self._deadline, self._kinds)
        shown = ShownRepairs(opened.store, self._steps, opened.clock, self._writer, self._kinds)
        return [
            *RegistryServicer(submit, submitted, confirm).methods(),
            *ImportsServicer(self.decide_import, opened.store.mark_recorded, self._writer).methods(),
            *WithdrawRecordServicer(withdraw).methods(),
            *ShownRepairsServicer(shown).methods(),
        ]

    def _decided_by_the_bureau(self) -> list[Method]:
        opened = self._opened
        return [
            *ListingStepsServicer(opened.vault, self._steps).methods(),
            *self._followed_up(),
            *MeetingsServicer(self._meetings()).methods(),
        ]

    def _followed_up(self) -> list[Method]:
        opened = self._opened
        past = PastGrounds(opened.history, opened.config.policy.grade_rules)
        endings = Endings(SqlEndingStore(opened.engine), self._search, past, opened.clock, self._writer)
        store = SqlOutcomeStore(opened.engine)
        decided = DecidedCases(store, endings)
        report = ReportOutcome(store, ReliedAnswer(self._search, past), endings, opened.clock, self._writer)
        days, callers = opened.config.settings.outcome_days, opened.mandates.callers
        missing = MissingOutcomes(self._search, store, opened.clock, opened.config.calendar, days)
        return [
            *EndingsServicer(endings, opened.config.calendar, decided, self._seen_of_endings, callers).methods(),
            *OutcomesServicer(report, missing, decided).methods(),
        ]

    def _seen_of_endings(self, agency: Agency) -> Projection:
        return self._answers.projection(self._disclosure.of_endings(agency))

    def _meetings(self) -> JointMeetings:
        opened, config = self._opened, self._opened.config
        store = SqlMeetingStore(opened.engine)
        return JointMeetings(store, opened.mandates.callers, opened.clock, self._writer, config.calendar)

    def _read_by_the_bureau(self) -> list[Method]:
        opened, config = self._opened, self._opened.config
        settings, policy = config.settings, config.policy
        docket = SqlDocket(opened.engine)
        prevention = Prevention(local_rules(policy), milestones_of(policy), config.calendar, settings.early_warnings)
        files = SqlEnterpriseFiles(opened.engine)
        file = GetEnterpriseFile(opened.index, opened.history, files, settings.person_key.read_bytes())
        changes = SqlChangeLog(opened.engine)
        watch = WatchChanges(opened.index, changes, settings.limits.heartbeat, settings.limits.reach_wait)
        return [
            *ChangesServicer(watch, opened.clock, self._disclosure.of_changes).methods(),
            *ExplainGradeServicer(self._explain, self._answers, policy).methods(),
            *ClocksServicer(ListClocks(docket, config.calendar, settings.clocks)).methods(),
            *EarlyWarningsServicer(ListEarlyWarnings(docket, prevention)).methods(),
            *EnterpriseFileServicer(file, self._meetings()).methods(),
        ]

    def _for_everybody_concerned(self) -> list[Method]:
        opened = self._opened
        store = SqlObjectionStore(opened.engine)
        objections = Objections(store, opened.store, self._steps, opened.clock, self._deadline)
        return [
            *SubjectServicer(self._explain, self._answers).methods(),
            *WhoAskedServicer(ListWhoAsked(self._search, self._releases), opened.mandates.callers).methods(),
            *ObjectionsServicer(objections, self._writer).methods(),
            *PublishableServicer(self._publishable).methods(),
        ]

    def _for_auditors(self) -> list[Method]:
        settings = self._opened.config.settings
        archive = QueueArchive(self._opened.place, self._search)
        retention = ApplyRetention(archive, settings.retention, settings.holds)
        prove = ProveEntries(self._opened.log)
        queues = PlaceQueues(self._opened.place)
        unreported = Unreported(SqlOutcomeStore(self._opened.engine))
        export = ExportAccess(self._search, unreported, prove, self._opened.clock)
        days = ProveDays(self._opened.days, queues, prove, settings.person_key.read_bytes())
        return [
            *AuditServicer(self._search, unreported).methods(),
            *ExportServicer(export).methods(),
            *DaysServicer(days).methods(),
            *ReleaseServicer(ReleaseInvestigation(self._releases)).methods(),
            *AnomaliesServicer(self._anomalies()).methods(),
            *ProofsServicer(prove).methods(),
            *OpenEntryServicer(OpenEntry(queues, prove)).methods(),
            *ReceiptsServicer(GetReceipt(queues, prove)).methods(),
            *RetentionServicer(retention, self._opened.audit).methods(),
            *audit_methods(self._opened, self._search, self.replaying),
        ]

    def _anomalies(self) -> ListAnomalies:
        opened = self._opened
        outcomes, limits = SqlOutcomeStore(opened.engine), opened.config.settings.anomalies
        return ListAnomalies(IndexedCalls(self._search), outcomes, opened.config.calendar, limits)

    def _for_operators(self) -> list[Method]:
        opened, settings = self._opened, self._opened.config.settings
        frame = replace(frame_of(settings), register=opened.config.processing)
        change = ChangeMandates(opened.mandates.store, frame, self._writer)
        return [
            *AdminServicer(change, settings.limits.load.quota).methods(),
            *StatusServicer(opened.status).methods(),
        ]
