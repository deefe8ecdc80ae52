"""What is left out of an answer: the fields of each message that a caller's sight does not reach (R-02).

The names are computed once for a sight and kept; a call only clears them from what was written for it. A field that is
not shown is absent from the message, as if nothing were known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.disclosure.kinds import TRIGGERS
from gateway.domain.disclosure.words import FieldClass, Level
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Effect, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.message import Message
    from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2

    from gateway.domain.disclosure.sight import Sight
    from gateway.domain.eligibility import Measure
    from gateway.domain.incentives import EarnedIncentive
    from gateway.domain.policy import Policy

NUMBERS: Final = {
    "Measure": ("document_number", "record_id"),
    "FactRecord": ("document_number", "record_id"),
    "Ending": ("document_number", "record_id"),
    "Grade": ("evaluation_number", "confirmation_due"),
}
"""By message: what a masked view lacks, the numbers by which the record itself is found."""
DETAILS: Final = {
    "Measure": ("authority", "listed_on", "effective_from", "effective_until", "provenance"),
    "FactRecord": ("authority", "since", "until", "provenance"),
    "Ending": ("authority",),
}
"""By message: what a view by the reason alone lacks besides. When something ends is told to whoever was told of it."""
LINK: Final = ("relation", "party_uscc")
"""What tells that a person of this enterprise is in the listing of another."""


def left_out(message: str, level: Level) -> tuple[str, ...]:
    """Return the fields of *message* that a level does not reach; all of a message that it never sees are its own."""
    if level is Level.FULL:
        return ()
    return NUMBERS[message] if level is Level.MASKED else (*NUMBERS[message], *DETAILS.get(message, ()))


class Projection:
    """Clears what one sight does not reach. Made once for a sight; rules are those of one policy."""

    def __init__(self, sight: Sight, triggers: Mapping[str, Trigger]) -> None:
        """Take the sight and, by the id of each rule, its trigger."""
        self.sight = sight
        self._triggers = triggers
        self._measures = {trigger: left_out("Measure", self._level(trigger)) for trigger in Trigger}
        self.sees_grade = sight.of(FieldClass.GRADE) >= Level.MASKED
        """Whether the caller is told the grade at all."""
        self.sees_causes = sight.of(FieldClass.COMPLAINT) is Level.FULL
        """Whether it is told the facts of a grade, which are complaints."""
        self.sees_relations = linked = sight.of(FieldClass.LISTED_PERSON) >= Level.MASKED
        """Whether it is told through which person a listing reaches an enterprise."""
        self._grade = left_out("Grade", sight.of(FieldClass.GRADE))
        self._sees_deposits = sight.sees(FieldClass.FIVE_SYSTEMS)
        # Whose listing it is tells of the person as much as the word for what the person is here.
        self._through_person = self._measures[Trigger.LISTING] if linked else (*left_out("Measure", Level.NEVER), *LINK)

    def _level(self, trigger: Trigger) -> Level:
        """Return the level at which a measure is seen: what weighs always has its reason (A-121)."""
        return max(self.sight.of(TRIGGERS[trigger]), Level.REASON_ONLY)

    def measure(self, shown: common_pb2.Measure, measure: Measure) -> None:
        """Clear what is not for the caller; a block keeps all that it may not be without (invariant 2 of the rules)."""
        if measure.effect is Effect.BLOCK:
            return
        ground = measure.ground
        if ground.trigger is Trigger.LISTED_PERSON:
            of_another = ground.relation is RelationKind.LEGAL_REPRESENTATIVE
            fields = self._through_person if of_another else tuple(f for f in self._through_person if f not in LINK)
        else:
            fields = self._measures[ground.trigger]
        clear(shown, fields)

    def grade(self, shown: common_pb2.Grade) -> None:
        """Clear what is not for the caller of a grade that it sees."""
        clear(shown, self._grade)

    def fact(self, shown: credit_pb2.FactRecord, told: FieldClass) -> None:
        """Clear what is not for the caller of a record of a class that it sees."""
        clear(shown, left_out("FactRecord", self.sight.of(told)))

    def ending(self, shown: ending_pb2.Ending, told: FieldClass) -> None:
        """Clear what the caller was not told of the record either."""
        clear(shown, left_out("Ending", self.sight.of(told)))

    @staticmethod
    def ending_of_another(shown: ending_pb2.Ending) -> None:
        """Clear what tells whose record it was, of one of which the caller was told through a relation alone."""
        clear(shown, ("uscc", *left_out("Ending", Level.REASON_ONLY)))

    def incentives(self, earned: Iterable[EarnedIncentive]) -> list[EarnedIncentive]:
        """Leave out what rests on the record of deposits where the caller sees none of that."""
        return [each for each in earned if self._sees_deposits or not each.incentive.by_deposit_rule]

    def not_fired(self, rule_ids: Iterable[str]) -> list[str]:
        """Leave out rules of what the caller never sees: that one was looked at tells that there is something."""
        return [rule_id for rule_id in rule_ids if self.sight.sees(TRIGGERS[self._triggers[rule_id]])]


class Projections:
    """The projection of every sight under one policy, each made once."""

    def __init__(self, policy: Policy) -> None:
        self._triggers = {row.rule_id: row.trigger for row in policy.rows}
        self._kept: dict[int, Projection] = {}

    def of(self, sight: Sight) -> Projection:
        """Return the projection of *sight*, which is one of those that are kept (``Disclosure``)."""
        found = self._kept.get(id(sight))
        if found is None:  # what is kept holds its sight, so that no other can come to have its id
            found = self._kept[id(sight)] = Projection(sight, self._triggers)
        return found


def clear(message: Message, fields: Iterable[str]) -> None:
    """Make *fields* of *message* absent."""
    for field in fields:
        message.ClearField(field)
