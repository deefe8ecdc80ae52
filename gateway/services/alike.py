"""Questions of one call that are alike but for the enterprise are weighed once.

Of most enterprises nothing is on record that weighs, so that in a batch the same is found again and again. What is
shared is found at one moment, from one revision, under one policy, within one call; nothing of it outlives the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.eligibility import Decision, decide
from gateway.domain.incentives import can_earn

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gateway.domain.eligibility import Moment, Question, Subject, Weighed
    from gateway.domain.policy import Policy


class Alike:
    """Decides the questions of one call."""

    def __init__(self, policy: Policy, moment: Moment) -> None:
        """Take what all questions of the call have in common."""
        self._policy = policy
        self._moment = moment
        self._kept: dict[Hashable, tuple[Weighed, Question]] = {}
        """What was weighed; the question keeps the id of its facts from being used again."""

    def decide(self, who: tuple[Subject, ...], question: Question) -> Decision:
        """Return what ``eligibility.decide`` returns, and raise as it does."""
        subject = who[0]
        standing, following = subject.timeline.at(self._moment.as_of)
        if following is not None and following >= self._moment.valid_until:
            following = None  # by then the answer holds no more, whatever else would change it
        key = (following, subject.match, subject.relation, id(question.facts), question.point, question.explain)
        # Of whom nothing on record is looked at: only moment, question and the way that it was named.
        unburdened = not standing.grounds and standing.ceased_on is None and not subject.same_name and len(who) == 1
        kept = self._kept.get(key) if unburdened else None
        if kept is not None:
            return Decision(kept[0], standing.grade, who)
        decision = decide(who, question, self._policy, self._moment)
        alike = unburdened and not can_earn(question.point, question.facts, self._policy)
        if alike and self._names_nobody(decision.weighed):
            self._kept[key] = (decision.weighed, question)
        return decision

    def _names_nobody(self, weighed: Weighed) -> bool:
        """A measure and a doubt about a record name the party or the record."""
        return not weighed.measures and set(weighed.doubts) == set(self._moment.doubts)
