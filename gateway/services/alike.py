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
    from gateway.domain.timeline import Standing


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
        key = (following, subject.match, subject.relation, id(question.facts), question.point, question.explain)
        plain = len(who) == 1 and self._plain(subject, standing, question)
        kept = self._kept.get(key) if plain else None
        if kept is not None:
            return Decision(kept[0], standing.grade, who)
        decision = decide(who, question, self._policy, self._moment)
        if plain and self._names_nobody(decision.weighed):
            self._kept[key] = (decision.weighed, question)
        return decision

    def _plain(self, subject: Subject, standing: Standing, question: Question) -> bool:
        """Return whether nothing on record is looked at: only moment, question and the way that it was named."""
        unburdened = not standing.grounds and standing.ceased_on is None and not subject.same_name
        return unburdened and not can_earn(question.point, question.facts, self._policy)

    def _names_nobody(self, weighed: Weighed) -> bool:
        """A measure and a doubt about a record name the party or the record."""
        return not weighed.measures and set(weighed.doubts) == set(self._moment.doubts)
