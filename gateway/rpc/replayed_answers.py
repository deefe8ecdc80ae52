"""The port ``AnswerShape``: what a decision of the past would be recorded as, and the hash of the response.

It writes as ``credit`` wrote, under the policy of then and for the mandate of then.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gateway.domain.disclosure.sight import Disclosure
from gateway.rpc.answers import AnswerWriter
from gateway.rpc.credit import Answering, batch_response, single_response, told_decision
from gateway.services.ports.replay import Rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.agencies import Agency
    from gateway.domain.eligibility import Decision
    from gateway.domain.policy import Policy
    from gateway.services.check_eligibility import Basis
    from gateway.services.recorded_question import RecordedQuestion


class ReplayedAnswers:
    """Rewrites answers; it keeps the writer of each policy that it has met."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[AnswerWriter, Disclosure]] = {}

    def rewrite(
        self, policy: Policy, question: RecordedQuestion, answered: tuple[Sequence[Decision], Basis], agency: Agency
    ) -> Rewritten:
        """Return decisions as they would be recorded, and the hash of their response; see the port."""
        key = (policy.digest, question.rules)
        if key not in self._kept:
            # The digest of the rules of then: in which rules these differ is told apart from what they answer.
            self._kept[key] = AnswerWriter(policy, question.rules), Disclosure(policy)
        writer, disclosure = self._kept[key]
        answering = Answering(writer, disclosure, agency, question.area, consent=question.consent)
        decisions, basis = answered
        facts = [item.question.facts for item in question.items]
        if question.batch:
            response = batch_response(answering, basis, zip(question.ids, facts, decisions, strict=True))
            plain = response.SerializeToString(deterministic=True)
        else:
            plain = single_response(answering, basis, facts[0], decisions[0]).SerializeToString(deterministic=True)
        return Rewritten([told_decision(decision) for decision in decisions], hashlib.sha256(plain).hexdigest())
