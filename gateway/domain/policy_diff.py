"""What a change of the policy means: which cells give another effect, what else is said otherwise, and nothing else.

Cells are compared in every situation that the conditions of either policy can tell apart (``policy_situations``), so
that rows which are written otherwise and mean the same are no change. Which article is in force on which day is no
part of a cell: a changed article is told by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.policy_lint import POINTS
from gateway.domain.policy_situations import situations
from gateway.domain.vocabulary import DecisionPoint, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gateway.domain.policy import Incentive, Policy, Row

SAID: Final = (
    "rule_id", "basis", "adopted_by", "instruction", "ends_by", "remedy", "security", "basis_contested",
)  # fmt: skip
"""What a row says beside its effect."""


@dataclass(frozen=True, slots=True)
class EffectChange:
    """In one cell, where the row *before* applied the row *after* applies, with another effect."""

    trigger: Trigger
    point: DecisionPoint
    before: Row
    after: Row

    @property
    def stronger(self) -> bool:
        """Whether it weighs more than before."""
        return self.after.effect > self.before.effect


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that is said otherwise."""

    subject: str
    """Of what: ``row``, ``article``, ``point``, ``incentive``, ``deposit``, ``grades``, ``header`` or ``policy``."""
    name: str
    """Which of them: a rule id, the key of an article, a point, a scheme."""
    field: str
    """Empty where the whole of it came or went."""
    before: object
    """None where there was nothing."""
    after: object
    """None where there is nothing any more."""


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """All that two policies do not have in common, but for their versions and digests."""

    effects: tuple[EffectChange, ...]
    others: tuple[FieldChange, ...]

    @property
    def same(self) -> bool:
        """Whether every answer is the same under both, but for version and digest."""
        return not (self.effects or self.others)


def difference(before: Policy, after: Policy) -> PolicyDifference:
    """Return what changes from *before* to *after*, in the order of points and triggers. Both passed ``lint``."""
    effects: list[EffectChange] = []
    others: dict[FieldChange, None] = {}
    for point in POINTS:
        for trigger in Trigger:
            for one, other in _pairs(before.cell(trigger, point), after.cell(trigger, point)):
                if one.effect is not other.effect:
                    effects.append(EffectChange(trigger, point, one, other))
                others.update(dict.fromkeys(_said_otherwise(one, other)))
    rest = _beside_the_cells(before, after)
    return PolicyDifference(tuple(effects), (*others, *rest))


def _pairs(before: Sequence[Row], after: Sequence[Row]) -> Iterable[tuple[Row, Row]]:
    """Return which row applies under either policy in one and the same situation, each pair once."""
    if before == after:
        return ()
    return dict.fromkeys(
        (situation.first_of(before), situation.first_of(after)) for situation in situations((*before, *after))
    )


def _said_otherwise(before: Row, after: Row) -> Iterator[FieldChange]:
    for name in SAID:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield FieldChange("row", after.rule_id, name, one, other)


def _beside_the_cells(before: Policy, after: Policy) -> Iterator[FieldChange]:
    yield from _by_name("article", before.bases, after.bases)
    yield from _by_name("point", _named(before.points), _named(after.points))
    yield from _facts_needed(before, after)
    yield from _by_name("incentive", _incentives(before.incentives), _incentives(after.incentives))
    yield from _fields("deposit", "", before.deposits, after.deposits)
    yield from _by_name("grades", _methods(before), _methods(after))
    if before.grade_rules.scale.scheme != after.grade_rules.scale.scheme:
        one, other = before.grade_rules.scale.scheme, after.grade_rules.scale.scheme
        yield FieldChange("grades", "grade_scheme", "", one, other)
    if before.header is None or after.header is None:
        if before.header is not after.header:
            yield FieldChange("header", "", "", before.header, after.header)
    else:
        yield from _fields("header", "", before.header, after.header)
    if before.profile != after.profile:
        yield FieldChange("policy", "profile", "", before.profile, after.profile)


def _facts_needed(before: Policy, after: Policy) -> Iterator[FieldChange]:
    for point in before.points.keys() & after.points.keys():
        one, other = before.required_facts(point), after.required_facts(point)
        if one != other:
            yield FieldChange("point", point.name, "case_facts", one, other)


def _named(points: Mapping[DecisionPoint, object]) -> dict[str, object]:
    return {point.name: rule for point, rule in sorted(points.items())}


def _incentives(incentives: Sequence[Incentive]) -> dict[str, object]:
    """Return each by its id and point, counted where one stands there more than once."""
    found: dict[str, object] = {}
    for each in incentives:
        name, count = f"{each.rule_id}/{each.point.name}", 1
        while name in found:
            count += 1
            name = f"{each.rule_id}/{each.point.name}/{count}"
        found[name] = each
    return found


def _methods(policy: Policy) -> dict[str, object]:
    methods = (policy.grade_rules, *policy.shown_grades)
    return {rules.scale.scheme: rules for rules in sorted(methods, key=lambda rules: rules.scale.scheme)}


def _by_name(subject: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*before, *after)):
        if name not in before or name not in after:
            yield FieldChange(subject, name, "", before.get(name), after.get(name))
        else:
            yield from _fields(subject, name, before[name], after[name])


def _fields(subject: str, name: str, before: object, after: object) -> Iterator[FieldChange]:
    """Yield the fields of two dataclasses of one type that differ."""
    assert is_dataclass(before)  # noqa: S101 - all that a policy is made of
    for each in fields(before):
        one, other = getattr(before, each.name), getattr(after, each.name)
        if one != other:
            yield FieldChange(subject, name, each.name, one, other)
