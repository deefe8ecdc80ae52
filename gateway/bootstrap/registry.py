"""What serves ``RegistryService``: what feeds bring, what the bureau decides, and what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.bootstrap.referral import make_referrals
from gateway.domain.prevention import Prevention, local_rules, milestones_of
from gateway.rpc.changes import ChangesServicer
from gateway.rpc.clocks import ClocksServicer
from gateway.rpc.early_warnings import EarlyWarningsServicer
from gateway.rpc.enterprise_file import EnterpriseFileServicer
from gateway.rpc.explain_grade import ExplainGradeServicer
from gateway.rpc.imports import ImportsServicer
from gateway.rpc.listing_steps import ListingStepsServicer
from gateway.rpc.meetings import MeetingsServicer
from gateway.rpc.registry import RegistryServicer
from gateway.rpc.shown_repairs import ShownRepairsServicer
from gateway.rpc.withdraw_record import WithdrawRecordServicer
from gateway.services.confirm_current import ConfirmCurrent
from gateway.services.get_enterprise_file import GetEnterpriseFile
from gateway.services.get_submission import GetSubmission
from gateway.services.list_clocks import ListClocks
from gateway.services.list_early_warnings import ListEarlyWarnings
from gateway.services.shown_repairs import ShownRepairs
from gateway.services.submit_records import SubmitRecords
from gateway.services.watch_changes import WatchChanges
from gateway.services.withdraw_record import WithdrawRecord
from gateway.storage.change_log import SqlChangeLog
from gateway.storage.docket import SqlDocket
from gateway.storage.enterprise_files import SqlEnterpriseFiles

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def registry_methods(shared: Shared) -> list[Method]:
    """Return the methods of feeds and of the bureau that decides on listings."""
    return [*_brought_by_feeds(shared), *_decided_by_the_bureau(shared), *_read_by_the_bureau(shared)]


def _brought_by_feeds(shared: Shared) -> list[Method]:
    opened = shared.opened
    required = frozenset(feed.name for feed in opened.config.settings.feeds if feed.staging_required)
    submit = SubmitRecords(opened.beside.intake, opened.store, shared.kinds, required)
    submitted = GetSubmission(opened.store, shared.imports)
    confirm = ConfirmCurrent(opened.store, opened.clock, shared.writer)
    withdraw = WithdrawRecord(opened.store, opened.clock, shared.writer, shared.deadline, shared.kinds)
    shown = ShownRepairs(opened.store, shared.steps, opened.clock, shared.writer, shared.kinds)
    return [
        *RegistryServicer(submit, submitted, confirm).methods(),
        *ImportsServicer(shared.decide_import, opened.store.mark_recorded, shared.writer).methods(),
        *WithdrawRecordServicer(withdraw).methods(),
        *ShownRepairsServicer(shown).methods(),
    ]


def _decided_by_the_bureau(shared: Shared) -> list[Method]:
    opened = shared.opened
    return [
        *ListingStepsServicer(opened.vault, shared.steps).methods(),
        *MeetingsServicer(shared.meetings()).methods(),
    ]


def _read_by_the_bureau(shared: Shared) -> list[Method]:
    opened, config = shared.opened, shared.opened.config
    settings, policy = config.settings, config.policy
    docket = SqlDocket(opened.engine)
    prevention = Prevention(local_rules(policy), milestones_of(policy), config.calendar, settings.early_warnings)
    files = SqlEnterpriseFiles(opened.engine)
    file = GetEnterpriseFile(opened.index, opened.history, files, settings.person_key.read_bytes())
    changes = SqlChangeLog(opened.engine)
    watch = WatchChanges(opened.index, changes, settings.limits.heartbeat, settings.limits.reach_wait)
    return [
        *ChangesServicer(watch, opened.clock, shared.disclosure.of_changes).methods(),
        *ExplainGradeServicer(shared.explain, shared.answers, policy).methods(),
        *ClocksServicer(ListClocks(docket, config.calendar, settings.clocks), make_referrals(opened)).methods(),
        *EarlyWarningsServicer(ListEarlyWarnings(docket, prevention)).methods(),
        *EnterpriseFileServicer(file, shared.meetings()).methods(),
    ]
