"""What serves ``AuditService``: the record searched, proven, exported, replayed and reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.bootstrap.referral import held_referrals
from gateway.rpc.anomalies import AnomaliesServicer
from gateway.rpc.audit import AuditServicer
from gateway.rpc.award_cover import AwardCoverServicer
from gateway.rpc.days import DaysServicer
from gateway.rpc.export import ExportServicer
from gateway.rpc.open_entry import OpenEntryServicer
from gateway.rpc.receipts import ProofsServicer, ReceiptsServicer
from gateway.rpc.release import ReleaseServicer
from gateway.rpc.replay import ReplayServicer
from gateway.rpc.retention import RetentionServicer
from gateway.rpc.review import ReviewServicer
from gateway.rpc.volume import VolumeServicer
from gateway.services.apply_retention import ApplyRetention
from gateway.services.export_access import ExportAccess
from gateway.services.get_receipt import GetReceipt
from gateway.services.list_anomalies import ListAnomalies
from gateway.services.list_uncovered_awards import ListUncoveredAwards
from gateway.services.open_entry import OpenEntry
from gateway.services.prove_days import ProveDays
from gateway.services.prove_entries import ProveEntries
from gateway.services.release_investigation import ReleaseInvestigation
from gateway.services.sign_review import SignReview
from gateway.services.unreported import Unreported
from gateway.storage.access_seen import IndexedCalls
from gateway.storage.access_volume import IndexedVolume
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.outcomes import SqlOutcomeStore
from gateway.storage.queue_spans import QueueSpans

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def audit_methods(shared: Shared) -> list[Method]:
    """Return the methods of auditors, and of proofs."""
    settings = shared.opened.config.settings
    archive = QueueArchive(shared.opened.place, shared.search)
    retention = ApplyRetention(archive, settings.retention, settings.holds, held_referrals(shared.opened))
    prove = ProveEntries(shared.opened.log)
    queues = PlaceQueues(shared.opened.place)
    unreported = Unreported(SqlOutcomeStore(shared.opened.engine))
    export = ExportAccess(shared.search, unreported, prove, shared.opened.clock)
    days = ProveDays(shared.opened.days, queues, prove, settings.person_key.read_bytes())
    return [
        *AuditServicer(shared.search, unreported).methods(),
        *ExportServicer(export).methods(),
        *DaysServicer(days).methods(),
        *ReleaseServicer(ReleaseInvestigation(shared.releases)).methods(),
        *AnomaliesServicer(_anomalies(shared)).methods(),
        *ProofsServicer(prove).methods(),
        *OpenEntryServicer(OpenEntry(queues, prove)).methods(),
        *ReceiptsServicer(GetReceipt(queues, prove)).methods(),
        *RetentionServicer(retention, shared.opened.audit).methods(),
        *_past_answers(shared),
    ]


def _anomalies(shared: Shared) -> ListAnomalies:
    opened = shared.opened
    outcomes, limits = SqlOutcomeStore(opened.engine), opened.config.settings.anomalies
    return ListAnomalies(IndexedCalls(shared.search), outcomes, opened.config.calendar, limits)


def _past_answers(shared: Shared) -> list[Method]:
    """Return the methods by which an auditor looks at past answers."""
    opened, search, replaying = shared.opened, shared.search, shared.replaying
    awards = ListUncoveredAwards(search, SqlOutcomeStore(opened.engine))
    sign = SignReview(ProveEntries(opened.log), QueueSpans(opened.place))
    return [
        *ReplayServicer(replaying.one, replaying.sample).methods(),
        *AwardCoverServicer(awards).methods(),
        *ReviewServicer(sign, search).methods(),
        *VolumeServicer(IndexedVolume(search)).methods(),
    ]
