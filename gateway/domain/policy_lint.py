"""What no policy may lack and none may say, whatever its rows are.

Cells are tried in every situation that their conditions can tell apart (``policy_situations``), so that gaps,
unreachable rows and effects that are too strong are found exactly. How a policy is read is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import CLOSED_POINTS
from gateway.domain.case_facts import FACT_AREAS
from gateway.domain.conditions import AgeAtMost, GroundIs, WeighedAtCutoff
from gateway.domain.deposits import ARREARS_PERCENT, LISTED_PERCENT
from gateway.domain.policy import BasisLevel
from gateway.domain.policy_situations import situations
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    CutoffRule,
    DecisionPoint,
    Effect,
    GradeLetter,
    SecurityKind,
    Trigger,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.domain.case_facts import FactValue
    from gateway.domain.policy import Policy, Row

NEVER_BLOCK: Final = frozenset({Area.LICENSING, Area.LENDING})
"""The law forbids a block here (A-40, A-70)."""
GRADE_TRIGGERS: Final = frozenset({Trigger.GRADE_B, Trigger.GRADE_C})
RELATION_TRIGGERS: Final = frozenset(
    {
        Trigger.LISTED_PERSON,
        Trigger.LISTED_BRANCH_RELATION,
        Trigger.LISTED_PREDECESSOR,
        Trigger.LISTED_RELATED_PARTY,
    }
)
"""Another's listing: REVIEW with the relation shown, never a block by itself (A-100, A-101, A-105)."""
UNSURE_TRIGGERS: Final = frozenset({Trigger.SAME_NAME_RECORD, Trigger.NAME_MISMATCH})
"""Whose record it is, is not sure: an officer looks, wherever no wages are at stake."""
EXISTENCE_TRIGGERS: Final = frozenset({Trigger.UNKNOWN_ENTERPRISE, Trigger.NOT_IN_BUSINESS})
"""Whether it exists and may act is for market regulation to confirm at every late point; never a block by itself."""
NO_STRONGER_THAN: Final = {
    **dict.fromkeys(RELATION_TRIGGERS, Trigger.LISTING),
    Trigger.PUBLISHED_NOTICE: Trigger.LISTING,
    Trigger.LISTED_ELSEWHERE: Trigger.LISTING,
    Trigger.PUBLISHED_VIOLATION_NOTICE: Trigger.PUBLICATION,
    Trigger.SAME_NAME_VIOLATION_RECORD: Trigger.PUBLICATION,
}
"""A notice never weighs more than what it is a notice of (P-09), nor another's listing more than one's own."""
AT_MOST_REVIEW: Final = (
    UNSURE_TRIGGERS
    | EXISTENCE_TRIGGERS
    | (NO_STRONGER_THAN.keys() - {Trigger.LISTED_ELSEWHERE})
    | {Trigger.GRADE_UNDETERMINED, Trigger.EXAM_RECORD, Trigger.INSURANCE_SEVERE_LISTING}
)
"""A listing decided elsewhere is REVIEW as shipped. Whether the platform's word is enough for more, though nothing
proves the delivery (A-126), the law leaves open: a city's rows may say so."""
SECURITY_CAPS: Final = {SecurityKind.BID_BOND: 200, SecurityKind.PERFORMANCE_BOND: 1000, SecurityKind.WAGE_DEPOSIT: 0}
"""Statutory caps in basis points (BR 26, GPR 33; BR 58, GPR 48); the wage deposit has a surcharge instead (D-06)."""
LEAST_SURCHARGES: Final = {Trigger.LISTING: LISTED_PERCENT, Trigger.ARREARS_FINDING: ARREARS_PERCENT}
"""Least surcharges on the wage deposit's rate, in percent of it (D-06)."""
TRIGGER_CODES: Final = {
    Trigger.LISTING: "TR1",
    Trigger.LISTED_PERSON: "TR1p",
    Trigger.GRADE_C: "TR2",
    Trigger.GRADE_B: "TR3",
    Trigger.PUBLICATION: "TR4",
    Trigger.PENALTY: "TR5",
    Trigger.CONVICTION: "TR6",
    Trigger.ARREARS_FINDING: "TR7",
}
"""The short names TR1 to TR7; the other triggers go by their own."""

POINTS: Final = tuple(point for point in DecisionPoint if point.area not in DISABLED_AREAS)


def rule_id_of(trigger: Trigger, point: DecisionPoint, step: int) -> str:
    """Return the id of a row: area, trigger and point, and its place from the second row of a cell on."""
    name = point.name.removeprefix(f"{point.area.name}_").lower()
    suffix = f"/{step}" if step > 1 else ""
    return f"A-{point.area * 10}/{TRIGGER_CODES.get(trigger, trigger.name)}/{name}{suffix}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a policy lacks or may not say: where, and why."""

    place: str
    """Rule id of the row, or what else it concerns."""
    reason: str
    trigger: Trigger | None = None
    point: DecisionPoint | None = None
    field: str = ""
    """Key of the rule's table that says it; empty when it is about the whole of it."""


def lint(policy: Policy) -> list[Finding]:
    """Return everything wrong with *policy*, in the order of points and triggers; empty when it may be used."""
    found = [*_points(policy), *_bases(policy)]
    if found:
        return found
    for point in POINTS:
        for trigger in Trigger:
            found += _cell(policy, trigger, point)
    if not found:
        found = [*_against_the_real_thing(policy), *_listing_weighs(policy), *_after_cutoff(policy)]
    return found


def _points(policy: Policy) -> Iterator[Finding]:
    for point in POINTS:
        rule = policy.points.get(point)
        if rule is None:
            yield Finding(point.name, "the decision point is missing", point=point, field="point")
        elif rule.closed is not (point in CLOSED_POINTS):
            yield Finding(point.name, "exactly the two wage points are closed", point=point, field="closed")
        elif rule.closed and rule.late:
            yield Finding(point.name, "wages wait for nothing: a closed point is never late", point=point, field="late")
    for row in policy.rows:
        if row.point not in policy.points:
            yield Finding(row.rule_id, f"{row.point.name} is no decision point", row.trigger, row.point, "points")


def _bases(policy: Policy) -> Iterator[Finding]:
    """Every article named must be held, and a local normative document must be the profile's own."""
    for row in policy.rows:
        for key in row.basis:
            if key not in policy.bases:
                yield Finding(row.rule_id, f"has no article {key}", row.trigger, row.point, "basis")
    for incentive in policy.incentives:
        if not incentive.basis or not all(key in policy.bases for key in incentive.basis):
            yield Finding(incentive.rule_id, "rests on no article that is held", point=incentive.point, field="basis")
        if incentive.letters - {GradeLetter.A}:
            yield Finding(incentive.rule_id, "only grade A earns an incentive", point=incentive.point, field="letters")
        if any(isinstance(test, (GroundIs, AgeAtMost, WeighedAtCutoff)) for test in incentive.when.criteria):
            yield Finding(
                incentive.rule_id, "an incentive has no ground to look at", point=incentive.point, field="when"
            )
    for basis in policy.bases.values():
        own = policy.header is not None and basis.document == policy.header.document
        if basis.level is BasisLevel.LOCAL_NORMATIVE and not own:
            yield Finding(
                basis.key, "a local normative document must be the one that the profile's header carries", field="level"
            )


def _cell(policy: Policy, trigger: Trigger, point: DecisionPoint) -> Iterator[Finding]:
    rows = policy.cell(trigger, point)
    place = rule_id_of(trigger, point, 1)
    if not rows:
        yield Finding(place, f"no row for {trigger.name} at {point.name}: write NONE out", trigger, point, "triggers")
        return
    for number, row in enumerate(rows, 1):
        if row.step != number or row.rule_id != rule_id_of(trigger, point, number):
            yield Finding(
                row.rule_id, f"rows are numbered from 1 without a gap; this is number {number}", trigger, point, "step"
            )
        elif row.when.unconditional is not (number == len(rows)):
            yield Finding(row.rule_id, "exactly the last row of a cell is unconditional", trigger, point, "when")
        for key, reason in (*_strength(policy, row), *_blocking(policy, row), *_security(row)):
            yield Finding(row.rule_id, reason, trigger, point, key)
    reached: dict[str, set[FactValue]] = {}
    for situation in situations(rows):
        row = situation.first_of(rows)
        reached.setdefault(row.rule_id, set()).add(situation.facts.security_kind or 0)
    for row in rows:
        if row.rule_id not in reached:
            yield Finding(row.rule_id, "cannot be reached", trigger, point, "when")
        elif row.security is not None and reached[row.rule_id] != {row.security.kind}:
            yield Finding(
                row.rule_id,
                f"also applies to other security than {row.security.kind.name}",
                trigger,
                point,
                "security.kind",
            )


def _strength(policy: Policy, row: Row) -> Iterator[tuple[str, str]]:
    """Yield (key, reason): why the effect is stronger, or weaker, than it may be at this point."""
    rule = policy.points[row.point]
    if rule.closed and row.effect > Effect.NOTICE:
        yield "effect", "wages are never stopped: at most NOTICE"
    if row.point.area in NEVER_BLOCK and row.effect is Effect.BLOCK:
        yield "effect", f"{row.point.area.name} never blocks"
    if row.trigger in AT_MOST_REVIEW and row.effect > Effect.REVIEW:
        yield "effect", f"{row.trigger.name} is at most REVIEW"
    if row.trigger in GRADE_TRIGGERS and policy.header is None and row.effect > Effect.REVIEW:
        yield "effect", "a grade alone is at most REVIEW without a local document"
    missing = row.trigger in EXISTENCE_TRIGGERS and rule.late
    unsure = row.trigger in UNSURE_TRIGGERS and not rule.closed
    if (missing or unsure) and row.effect < Effect.REVIEW:
        yield "effect", f"{row.trigger.name} is not clear here: REVIEW"
    if row.trigger is Trigger.NOT_IN_BUSINESS and row.effect < Effect.NOTICE:
        yield "effect", "NOT_IN_BUSINESS is always told: at least NOTICE"


def _blocking(policy: Policy, row: Row) -> Iterator[tuple[str, str]]:
    """Yield (key, reason): why the basis does not carry the effect (C-30)."""
    if row.effect > Effect.NONE and not row.basis:
        yield "basis", "rests on no article"
    if row.effect is not Effect.BLOCK:
        if row.basis_contested:
            yield "basis_contested", "only a BLOCK can rest on a contested basis"
        return
    articles = [policy.bases[key] for key in row.basis]
    if not any(policy.carries_block(row, basis) for basis in articles):
        yield "basis", "a BLOCK needs a law, an administrative or local regulation, or an entry of the national list"
    local = any(basis.level is BasisLevel.LOCAL_NORMATIVE for basis in articles)
    if row.trigger in GRADE_TRIGGERS and any(basis.level is not BasisLevel.LOCAL_NORMATIVE for basis in articles):
        yield "basis", "a grade's BLOCK rests on the profile's own document alone, and ends with it"
    if row.basis_contested is not local:
        yield "basis_contested", "a BLOCK on a local normative document carries basis_contested, and no other does"


def _security(row: Row) -> Iterator[tuple[str, str]]:
    if (row.security is not None) is not (row.effect is Effect.RAISE_SECURITY):
        yield "security", "RAISE_SECURITY has a bound, and nothing else has one"
    elif row.security is not None:
        if row.security.cap_basis_points != SECURITY_CAPS[row.security.kind]:
            yield (
                "security.cap_basis_points",
                f"the cap of {row.security.kind.name} is {SECURITY_CAPS[row.security.kind]} basis points",
            )
        if row.security.surcharge_percent < 0:
            yield "security.surcharge_percent", "a surcharge is not negative"
        least = LEAST_SURCHARGES.get(row.trigger, 0) if row.security.kind is SecurityKind.WAGE_DEPOSIT else 0
        if row.security.surcharge_percent < least:
            yield (
                "security.surcharge_percent",
                f"{row.trigger.name} raises the wage deposit by at least {least} % (D-06)",
            )


def _against_the_real_thing(policy: Policy) -> Iterator[Finding]:
    """A notice never weighs more than the authority's own record would, nor another's listing more than one's own."""
    for point in POINTS:
        for trigger, real in sorted(NO_STRONGER_THAN.items()):
            rows, bounds = policy.cell(trigger, point), policy.cell(real, point)
            for situation in situations((*rows, *bounds)):
                row = situation.first_of(rows)
                if row.effect > situation.first_of(bounds).effect:
                    yield Finding(row.rule_id, f"is stronger than {real.name} would be", trigger, point, "effect")
                    break


def _listing_weighs(policy: Policy) -> Iterator[Finding]:
    """An active listing weighs in every area (promise 3 of the product)."""
    for area in Area:
        points = [point for point in POINTS if point.area is area]
        strongest = [row.effect for point in points for row in policy.cell(Trigger.LISTING, point)]
        if points and max(strongest) < Effect.REVIEW:
            yield Finding(
                f"A-{area * 10}/TR1", "a listing must weigh somewhere in every area", None, points[0], "effect"
            )


def _after_cutoff(policy: Policy) -> Iterator[Finding]:
    """What came after the cut-off is reviewed where it would block, and weighs as ever elsewhere (A-124)."""
    points = [point for point in POINTS if point.area in FACT_AREAS["cutoff_rule"]]
    for point, trigger in product(points, Trigger):
        rows = policy.cell(trigger, point)
        for situation in situations(rows, WeighedAtCutoff()):
            row = situation.first_of(rows)
            usual = situation.without_cutoff().first_of(rows).effect
            late = situation.late and situation.facts.cutoff_rule is CutoffRule.FIXED
            due = Effect.REVIEW if late and usual is Effect.BLOCK else usual
            if row.effect is not due:
                when = "after" if late else "before"
                yield Finding(row.rule_id, f"what came {when} the cut-off gives {due.name}", trigger, point, "effect")
                break
