"""What serves the auditor's looks at past answers: replays, awards without an answer, and reviews."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from gateway.bootstrap.archive import Archive
from gateway.bootstrap.rules import rules_digest
from gateway.rpc.award_cover import AwardCoverServicer
from gateway.rpc.replay import ReplayServicer
from gateway.rpc.replayed_answers import ReplayedAnswers
from gateway.rpc.review import ReviewServicer
from gateway.services.list_uncovered_awards import ListUncoveredAwards
from gateway.services.prove_entries import ProveEntries
from gateway.services.replay_decision import ReplayDecision
from gateway.services.replay_inputs import Past
from gateway.services.replay_sample import ReplaySample
from gateway.services.sign_review import SignReview
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.outcomes import SqlOutcomeStore
from gateway.storage.past_register import SqlPastFacts
from gateway.storage.queue_spans import QueueSpans

if TYPE_CHECKING:
    from gateway.bootstrap.methods import Opened
    from gateway.rpc.method import Method
    from gateway.storage.access_index import AccessIndex


class Replaying:
    """Replays of one process: by position, and of a sample."""

    def __init__(self, opened: Opened) -> None:
        past = Past(
            policies=Archive(opened.config),
            mandates=opened.mandates.store,
            facts=SqlPastFacts(opened.history),
            history=opened.history,
            rules=rules_digest(),
        )
        entries = PlaceQueues(opened.place)
        self.one = ReplayDecision(entries, past, ReplayedAnswers())
        self.sample = ReplaySample(QueueSpans(opened.place), entries, self.one, secrets.SystemRandom())


def audit_methods(opened: Opened, search: AccessIndex, replaying: Replaying) -> list[Method]:
    """Return the methods by which an auditor looks at past answers."""
    awards = ListUncoveredAwards(search, SqlOutcomeStore(opened.engine))
    sign = SignReview(ProveEntries(opened.log), QueueSpans(opened.place))
    return [
        *ReplayServicer(replaying.one, replaying.sample).methods(),
        *AwardCoverServicer(awards).methods(),
        *ReviewServicer(sign, search).methods(),
    ]
