"""The use cases of one process that serve methods of more than one service."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateway.bootstrap.replaying import Replaying
from gateway.bootstrap.rules import rules_digest
from gateway.domain.clocks import due
from gateway.domain.disclosure.sight import Disclosure
from gateway.domain.kinds import may_weigh
from gateway.rpc.answers import AnswerWriter
from gateway.rpc.records import RecordReader
from gateway.rpc.staged_chunks import StagedChunks
from gateway.services.check_eligibility import CheckEligibility
from gateway.services.decide_import import DecideImport
from gateway.services.explain_grade import ExplainGrade
from gateway.services.follow_cases import FollowCases
from gateway.services.freshness import Freshness
from gateway.services.import_difference import ImportDifference, Judging
from gateway.services.joint_meetings import JointMeetings
from gateway.services.judge_rows import JudgeRows
from gateway.services.list_publishable import ListPublishable
from gateway.services.listing_steps import ListingSteps
from gateway.services.release_investigation import RecordedReleases
from gateway.storage.access_index import AccessIndex
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.import_store import SqlImportStore
from gateway.storage.meetings import SqlMeetingStore
from gateway.storage.publishable import SqlPublishableStore
from gateway.storage.rehearsal import SqlRehearsals

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.bootstrap.opened import Opened


class Shared:
    """The use cases that serve more than one group of methods, each made once; a process has one of them."""

    def __init__(self, opened: Opened) -> None:
        config, settings = opened.config, opened.config.settings
        self.opened = opened
        self.writer = opened.audit.writer
        self.kinds = {feed.name: feed.kinds for feed in settings.feeds}
        self.search = AccessIndex(opened.place, settings.person_key, opened.beside.fill_access_index)
        self.releases = RecordedReleases(self.search, self.search)
        self.answers = AnswerWriter(config.policy, rules_digest())
        self.disclosure = Disclosure(config.policy)
        self.explain = ExplainGrade(opened.index, opened.history, config.policy)
        self.steps = ListingSteps(opened.store, opened.clock, self.writer, config.calendar)
        self.deadline = partial(due, calendar=config.calendar, parameters=settings.clocks)
        self.imports = SqlImportStore(opened.engine)
        staged = StagedChunks(RecordReader(opened.vault), opened.vault)
        judging = Judging(staged, JudgeRows(opened.store, self.kinds), opened.mandates.callers)
        rehearsals = SqlRehearsals(opened.engine)
        difference = ImportDifference(self.imports, rehearsals, judging, config.policy, opened.clock)
        validity = settings.limits.answer_validity
        self.publishable = ListPublishable(SqlPublishableStore(opened.engine), validity)
        self.replaying = Replaying(opened)
        self.check = CheckEligibility(opened.index, opened.history, config.policy, self.freshness(may_weigh))
        events = SqlCaseEventStore(opened.engine, opened.timers.require)
        self.follow_cases = FollowCases(self.check, opened.index, opened.history, events, opened.clock)
        self.decide_import = DecideImport(self.imports, difference, judging, settings.imports)

    def freshness(self, matters: Callable[[frozenset[str]], object]) -> Freshness:
        """Return what must be fresh: this node, and the feeds whose kinds matter."""
        settings = self.opened.config.settings
        limits = settings.limits
        return Freshness(
            replica_lag=limits.replica_lag,
            clock_skew=limits.clock_skew,
            answer_validity=limits.answer_validity,
            reach_wait=limits.reach_wait,
            feeds={feed.name: feed.stale_after for feed in settings.feeds if matters(feed.kinds)},
            policy_ends=self.opened.policies.ends_at,
        )

    def meetings(self) -> JointMeetings:
        """Return the joint meetings."""
        opened, config = self.opened, self.opened.config
        store = SqlMeetingStore(opened.engine)
        return JointMeetings(store, opened.mandates.callers, opened.clock, self.writer, config.calendar)
