"""How strong an answer may lawfully be at a decision point: the adapter's own bound, beside the gateway's.

The gateway's policy holds the same bounds. This is the second line: where the law leaves no room for a refusal, an
answer that refuses is a fault of the answer. Nothing is granted on it and nobody is refused on it; it is never read as
a milder one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jointsanctions.v1 import common_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jointsanctions.v1 import credit_pb2


class Bound(NamedTuple):
    """What one decision point's answers may say.

    Attributes:
        strongest: The strongest effect that a measure may have; below ``BLOCK`` no answer may restrict.
        lawful: Whether one measure is lawful in a case with these facts; None: its effect alone counts.
    """

    strongest: common_pb2.Effect.ValueType = common_pb2.EFFECT_BLOCK
    lawful: Callable[[credit_pb2.CaseFacts | None, common_pb2.Measure], bool] | None = None

    def allows(self, facts: credit_pb2.CaseFacts | None, verdict: int, measures: Iterable[common_pb2.Measure]) -> bool:
        """Return whether an answer with this verdict and these measures stays within the bound."""
        weighing = tuple(measures)
        if not weighing and verdict != common_pb2.VERDICT_RESTRICTED:
            return True
        if verdict == common_pb2.VERDICT_RESTRICTED and not self._may_restrict(weighing):
            return False
        return all(self._allows(facts, measure) for measure in weighing)

    def _may_restrict(self, measures: tuple[common_pb2.Measure, ...]) -> bool:
        """Where what may block depends on the measure, an answer that restricts has to show one that does."""
        blocks = any(measure.effect == common_pb2.EFFECT_BLOCK for measure in measures)
        return self.strongest == common_pb2.EFFECT_BLOCK and (self.lawful is None or blocks)

    def _allows(self, facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
        # An effect that nobody knows is incoherent, which is judged elsewhere; below BLOCK it is too strong as well.
        weak = self.strongest == common_pb2.EFFECT_BLOCK or measure.effect <= self.strongest
        return weak and (self.lawful is None or self.lawful(facts, measure))


UNBOUNDED = Bound()
"""A block may be lawful, and what it takes is the gateway's to say."""

AT_MOST_REVIEW = Bound(common_pb2.EFFECT_REVIEW)
"""An officer decides: the law lets nobody be blocked here."""

AT_MOST_NOTICE = Bound(common_pb2.EFFECT_NOTICE)
"""Nothing may be made to wait here (X-20)."""
