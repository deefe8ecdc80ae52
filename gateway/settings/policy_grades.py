"""The methods of grading in a profile's file: the numbers of each, and which of them weighs (G-33).

Both are there under every profile: the one that does not weigh is shown to HRSS beside the other. How they grade is in
``gateway.domain.shiyan_grades`` and ``gateway.domain.national_grades``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from gateway.domain import national_grades, shiyan_grades
from gateway.domain.national_grades import NationalRules
from gateway.domain.policy import MONTHS_A_YEAR
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.settings.policy_values import at_least_one, known, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.domain.grades import GradeRules
    from gateway.settings.strict import Table

RECOVERY: Final = {"automatic": False, "by_decision": True}
"""How grades B and C of the 15333 method end (G-14): whether only by a decision."""
ORDINARY_YEAR: Final = 2001


@dataclass(frozen=True, slots=True)
class GradeMethods:
    """The method whose grades weigh, and the others."""

    weighing: GradeRules
    shown: tuple[GradeRules, ...]


def read_grades(own: Table) -> GradeMethods:
    """Read ``grade_scheme``, ``[parameters]`` and ``[grades.*]`` of a profile's file.

    Raises:
        ConfigurationError: A number is missing or malformed, or the scheme that should weigh is none.
    """
    parameters = own.table("parameters")
    conviction_months = at_least_one(parameters, "conviction_years") * MONTHS_A_YEAR
    parameters.close()
    table = own.table("grades")
    methods = {scheme: read(table.table(scheme), conviction_months) for scheme, read in _READERS.items()}
    table.close()
    weighing = known(own, "grade_scheme", own.take("grade_scheme", str), methods)
    return GradeMethods(weighing, tuple(rules for rules in methods.values() if rules is not weighing))


def _shiyan(table: Table, conviction_months: int) -> GradeRules:
    rules = ShiyanRules(
        version=text(table, "version"),
        territory=text(table, "territory"),
        complaint_threshold=at_least_one(table, "complaint_threshold"),
        window_months=at_least_one(table, "window_months"),
        conviction_months=conviction_months,
        recovery_by_decision=known(table, "recovery", table.take("recovery", str), RECOVERY),
    )
    table.close()
    return rules


def _national(table: Table, conviction_months: int) -> GradeRules:
    month, day = _day_of_every_year(table, "evaluated_on")
    rules = NationalRules(
        version=text(table, "version"),
        territory=text(table, "territory"),
        evaluated_month=month,
        evaluated_day=day,
        conviction_months=conviction_months,
    )
    table.close()
    return rules


_READERS: Final[Mapping[str, Callable[[Table, int], GradeRules]]] = {
    shiyan_grades.SCHEME: _shiyan,
    national_grades.SCHEME: _national,
}


def _day_of_every_year(table: Table, key: str) -> tuple[int, int]:
    """Return month and day of a day that is written ``MM-DD`` and that every year has."""
    written = table.take(key, str)
    try:
        day = date.fromisoformat(f"{ORDINARY_YEAR}-{written}")
    except ValueError:
        raise table.error(key, f"{written!r} is no day MM-DD of every year") from None
    return day.month, day.day
