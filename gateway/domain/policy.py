"""The policy matrix: what each trigger means at each decision point, on what legal basis, as values.

A policy is total: every trigger has a row at every point, NONE written out (``policy_lint`` proves it, and what no
policy may say). Where it comes from is in ``gateway.settings.policy_files``; what an enterprise gets is in
``eligibility``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from formats.civil import add_months, civil_date, midnight
from gateway.domain.case_facts import require_facts
from gateway.domain.conditions import ALWAYS, NO_GROUND, AgeAtMost, Condition, GroundAttributes
from gateway.domain.deposits import CLEAN_MONTHS
from gateway.domain.vocabulary import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.deposits import DepositRules
    from gateway.domain.grades import Grade, GradeRules
    from gateway.domain.vocabulary import DecisionPoint, GradeLetter, SecurityKind, Trigger

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text for people, in Chinese and English."""

    zh: str
    en: str


class BasisLevel(StrEnum):
    """The rank of a legal document."""

    LAW = "LAW"
    ADMIN_REG = "ADMIN_REG"
    STATE_POLICY = "STATE_POLICY"
    DEPT_RULE = "DEPT_RULE"
    LOCAL_REG = "LOCAL_REG"
    LOCAL_NORMATIVE = "LOCAL_NORMATIVE"


BLOCKING_LEVELS = frozenset({BasisLevel.LAW, BasisLevel.ADMIN_REG, BasisLevel.LOCAL_REG})
"""On these a BLOCK may rest; otherwise it needs an entry of the national list (C-30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """One article, in force in [valid_from, valid_to); ``valid_to`` is None while no end is known."""

    document: str
    article: str
    level: BasisLevel
    title_zh: str
    title_en: str
    valid_from: date
    valid_to: date | None
    on_national_list: bool = False
    """It is an entry of the loaded national list of sanction measures (C-31)."""

    @property
    def key(self) -> str:
        """How rows name it, such as ``R724/48``."""
        return f"{self.document}/{self.article}"

    @property
    def may_block(self) -> bool:
        """Whether a BLOCK may rest on it alone."""
        return self.level in BLOCKING_LEVELS or self.on_national_list

    def live_on(self, day: date) -> bool:
        """Return whether it is in force on *day*."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityBoundRule:
    """How far one kind of security may be raised (D-06, BR 26, BR 58, GPR 33, GPR 48)."""

    kind: SecurityKind
    surcharge_percent: int
    """Least surcharge on the ordinary rate, in percent of that rate; 0 when there is none."""
    cap_basis_points: int
    """Cap in basis points of the contract amount; 0 when the law sets none here."""

    def cap_fen(self, contract_amount_fen: int) -> int:
        """Return the cap for one contract in fen, rounded down; 0 when there is none."""
        return contract_amount_fen * self.cap_basis_points // 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one trigger means at one point when ``when`` holds and no earlier row of the same cell applied.

    ``rule_id`` is area, trigger and point, such as ``A-30/TR1/award``, from the second row of a cell on with its place:
    ``A-30/TR1/award/2``.
    """

    rule_id: str
    trigger: Trigger
    point: DecisionPoint
    step: int
    """Its place in the cell, from 1."""
    when: Condition = ALWAYS
    effect: Effect
    basis: tuple[str, ...]
    """Keys of the articles on which it rests."""
    adopted_by: LocalizedText
    instruction: LocalizedText
    ends_by: LocalizedText
    remedy: LocalizedText
    security: SecurityBoundRule | None = None
    basis_contested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRule:
    """What a decision point asks for, whatever weighs."""

    point: DecisionPoint
    zh: str
    en: str
    needs: tuple[str, ...]
    """Names of the case facts that must be sent."""
    late: bool
    """The enterprise's existence must be confirmed here."""
    closed: bool
    """Wages: only by mandate, and never stronger than NOTICE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incentive:
    """What an enterprise of grade A, on the red list, or without arrears is entitled to at one point."""

    rule_id: str
    point: DecisionPoint
    letters: frozenset[GradeLetter]
    """Grades that earn it."""
    held_months: int
    """How long the grade must have been held, in months; 0 when that does not matter."""
    red_list: bool
    """The red list earns it too (G-08)."""
    when: Condition
    entitlement: LocalizedText
    basis: tuple[str, ...]

    @property
    def by_deposit_rule(self) -> bool:
        """Whether the national deposit rule of its id earns it, by the record of arrears and not by the grade."""
        return self.rule_id in CLEAN_MONTHS

    def earned_by(self, merits: Merits, day: date) -> bool:
        """Return whether it is earned on a civil day: by its deposit rule, the red list, or a grade held so long."""
        if self.by_deposit_rule:
            return self.rule_id in merits.deposit_rules
        if self.red_list and merits.red_listed:
            return True
        grade = merits.grade
        if grade.letter not in self.letters:
            return False
        if not self.held_months:
            return True
        return grade.held_since is not None and add_months(civil_date(grade.held_since), self.held_months) <= day


@dataclass(frozen=True, slots=True)
class Merits:
    """What may earn an enterprise an incentive."""

    grade: Grade
    red_listed: bool
    deposit_rules: frozenset[str]
    """Ids of the national deposit rules that its record meets (``deposits.national``)."""


class DatedGround(GroundAttributes, Protocol):
    """A ground with its trigger."""

    @property
    def trigger(self) -> Trigger:
        """What about the enterprise weighs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileHeader:
    """What a profile that rests on a local normative document must carry (G-33)."""

    document: str
    """Key of the document, such as ``S15333``."""
    document_number: str
    expires_on: date
    """First civil day on which the profile is no longer in force; the document's articles end with it."""
    reviewer: str
    fair_competition_review_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One profile as loaded. Rows of one cell (trigger and point) stand in order, the last of them unconditional."""

    profile: str
    version: str
    digest: str
    """SHA-256 over all files read, hexadecimal."""
    grade_rules: GradeRules
    """The method whose grades weigh: B and C are TR3 and TR2, and the answers' grade is its (G-33)."""
    shown_grades: tuple[GradeRules, ...]
    """The other methods, whose grades HRSS sees beside it and which weigh nothing."""
    header: ProfileHeader | None
    rows: tuple[Row, ...]
    points: Mapping[DecisionPoint, PointRule]
    incentives: tuple[Incentive, ...]
    deposits: DepositRules
    bases: Mapping[str, LegalBasis]
    _cells: dict[tuple[Trigger, DecisionPoint], tuple[Row, ...]] = field(init=False, repr=False, compare=False)
    _cell_facts: dict[tuple[Trigger, DecisionPoint], tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _required: dict[DecisionPoint, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _edges: tuple[datetime, ...] = field(init=False, repr=False, compare=False)
    _incentives: dict[DecisionPoint, tuple[Incentive, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cells: dict[tuple[Trigger, DecisionPoint], tuple[Row, ...]] = {}
        for row in self.rows:
            cells[row.trigger, row.point] = (*cells.get((row.trigger, row.point), ()), row)
        facts = {key: tuple(sorted(_facts_of(row.when for row in rows))) for key, rows in cells.items()}
        object.__setattr__(self, "_cells", cells)
        object.__setattr__(self, "_cell_facts", facts)
        object.__setattr__(self, "_required", {point: self._needed_at(point) for point in self.points})
        here = {point: tuple(each for each in self.incentives if each.point is point) for point in self.points}
        object.__setattr__(self, "_incentives", here)
        days = {day for basis in self.bases.values() for day in (basis.valid_from, basis.valid_to) if day is not None}
        object.__setattr__(self, "_edges", tuple(sorted(midnight(day) for day in days)))

    def cell(self, trigger: Trigger, point: DecisionPoint) -> tuple[Row, ...]:
        """Return the rows of one cell in order; empty only in a policy that ``policy_lint`` refuses."""
        return self._cells.get((trigger, point), ())

    def required_facts(self, point: DecisionPoint) -> tuple[str, ...]:
        """Return the names of the case facts without which a question at *point* is malformed, sorted."""
        return self._required[point]

    def match(
        self, trigger: Trigger, point: DecisionPoint, facts: CaseFacts, ground: GroundAttributes, on: date
    ) -> Row:
        """Return the first row of the cell whose condition holds on the civil day *on*.

        Raises:
            MalformedRequestError: A case fact that the cell looks at was not sent, or is a date after *on*.
            LookupError: The policy has a gap: never in one that ``policy_lint`` passed.
        """
        require_facts(facts, self._cell_facts[trigger, point], point.area, on)
        for row in self._cells[trigger, point]:
            if row.when.holds(facts, ground, on):
                return row
        raise LookupError(f"{trigger.name} at {point.name}: no row applies")

    def effective(self, row: Row, on: date) -> tuple[Effect, bool]:
        """Return the effect of *row* on a civil day, and whether its basis lapsed.

        A BLOCK stands while every article that its row names is in force and one of them may carry it; otherwise it
        falls to REVIEW and the flag is set (C-30): its owner has to look.
        """
        if row.effect is not Effect.BLOCK:
            return row.effect, False
        articles = self.live(row.basis, on)
        stands = len(articles) == len(row.basis) and any(self.carries_block(row, basis) for basis in articles)
        return (Effect.BLOCK, False) if stands else (Effect.REVIEW, True)

    def carries_block(self, row: Row, basis: LegalBasis) -> bool:
        """Return whether *basis* may carry a BLOCK of *row*: by its level, or as the profile's own contested one."""
        own = self.header is not None and basis.document == self.header.document
        return basis.may_block or (row.basis_contested and own)

    def live(self, keys: Iterable[str], on: date) -> tuple[LegalBasis, ...]:
        """Return those of the articles that are in force on a civil day, in the order given.

        Raises:
            KeyError: The policy has no such article.
        """
        return tuple(basis for basis in (self.bases[key] for key in keys) if basis.live_on(on))

    def changes_after(self, moment: datetime) -> tuple[datetime, ...]:
        """Return the next instant after *moment* at which an article begins or ends; empty when none will."""
        place = bisect_right(self._edges, moment)
        return self._edges[place : place + 1]

    def ages_out_after(self, ground: DatedGround, point: DecisionPoint, moment: datetime) -> datetime | None:
        """Return the next instant after *moment* at which *ground* grows too old for a row at *point*; None for never.

        Ages counted from a date of the case do not change with time.
        """
        ends = (
            midnight(test.ends_on(ground))
            for row in self.cell(ground.trigger, point)
            for test in row.when.criteria
            if isinstance(test, AgeAtMost) and not test.fact
        )
        return min((end for end in ends if end > moment), default=None)

    def incentives_of(self, point: DecisionPoint) -> tuple[Incentive, ...]:
        """Return what can be earned at *point*, in the policy's order; empty where nothing can."""
        return self._incentives.get(point, ())

    def incentives_at(
        self, point: DecisionPoint, facts: CaseFacts, merits: Merits, as_of: datetime
    ) -> tuple[Incentive, ...]:
        """Return what an enterprise with these merits is entitled to at *point*, in the policy's order.

        Only articles in force count; whether a restriction suspends it is the caller's question.

        Raises:
            MalformedRequestError: A case fact that an incentive looks at was not sent, or is a date after *as_of*.
        """
        here = self.incentives_of(point)
        if not here:
            return ()
        day = civil_date(as_of)
        require_facts(facts, sorted(_facts_of(incentive.when for incentive in here)), point.area, day)
        return tuple(
            incentive
            for incentive in here
            if incentive.earned_by(merits, day)
            and incentive.when.holds(facts, NO_GROUND, day)
            and self.live(incentive.basis, day)
        )

    def _needed_at(self, point: DecisionPoint) -> tuple[str, ...]:
        rows = [row for row in self.rows if row.point is point]
        conditions = [row.when for row in rows]
        conditions += [incentive.when for incentive in self.incentives if incentive.point is point]
        security = {"security_kind", "contract_amount_fen"} if any(row.security for row in rows) else set()
        return tuple(sorted({*self.points[point].needs, *_facts_of(conditions), *security}))


def _facts_of(conditions: Iterable[Condition]) -> set[str]:
    return {name for condition in conditions for name in condition.facts}
