"""Replays of one process: of one answer by its position, and of a sample."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from gateway.bootstrap.archive import Archive
from gateway.bootstrap.rules import rules_digest
from gateway.rpc.replayed_answers import ReplayedAnswers
from gateway.services.replay_decision import ReplayDecision
from gateway.services.replay_inputs import Past
from gateway.services.replay_sample import ReplaySample
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.past_register import SqlPastFacts
from gateway.storage.queue_spans import QueueSpans

if TYPE_CHECKING:
    from gateway.bootstrap.opened import Opened


class Replaying:
    """Replays of one process: by position, and of a sample."""

    def __init__(self, opened: Opened) -> None:
        past = Past(
            policies=Archive(opened.config, opened.policies.store),
            mandates=opened.mandates.store,
            facts=SqlPastFacts(opened.history),
            history=opened.history,
            rules=rules_digest(),
        )
        entries = PlaceQueues(opened.place)
        self.one = ReplayDecision(entries, past, ReplayedAnswers())
        self.sample = ReplaySample(QueueSpans(opened.place), entries, self.one, secrets.SystemRandom())
