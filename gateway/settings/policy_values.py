"""Single values of the policy's files, each read strictly: texts, dates, and words of closed lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from formats.civil import parse_date
from gateway.domain.policy import (
    LocalizedText,
)
from gateway.domain.vocabulary import (
    Area,
    DecisionPoint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gateway.settings.strict import Table

V = TypeVar("V")
_COUNTY: Final = re.compile("[1-9][0-9]{5}")


def text(table: Table, key: str) -> str:
    """Return a text that is not empty."""
    value = table.take(key, str)
    if not value.strip():
        raise table.error(key, "must not be empty")
    return value


def civil_date_of(table: Table, key: str) -> date:
    """Return a date, ``YYYY-MM-DD``."""
    try:
        return parse_date(table.take(key, str))
    except ValueError as error:
        raise table.error(key, str(error)) from error


def counties_of(table: Table, key: str) -> frozenset[str]:
    """Return division codes of counties, six digits each: one at least, and each once."""
    counties = table.strings(key)
    for county in counties:
        if not _COUNTY.fullmatch(county):
            raise table.error(key, f"{county!r} is no division code of six digits")
    if not counties or len(set(counties)) != len(counties):
        raise table.error(key, "must name each county once, and one at least")
    return frozenset(counties)


def at_least_one(table: Table, key: str) -> int:
    """Return an integer of at least 1."""
    value = table.take(key, int)
    if value < 1:
        raise table.error(key, "must be at least 1")
    return value


def localized(table: Table) -> LocalizedText:
    """Return a text in both languages; the table holds nothing else."""
    both = LocalizedText(zh=text(table, "zh"), en=text(table, "en"))
    table.close()
    return both


def known(table: Table, key: str, name: str, among: Mapping[str, V]) -> V:
    """Return what *name* stands for, which must be one of *among*."""
    if name not in among:
        raise table.error(key, f"{name!r} is not known")
    return among[name]


def decision_point(table: Table, key: str, name: str, area: Area | None) -> DecisionPoint:
    """Return a decision point; of *area*, unless that is None."""
    point = known(table, key, name, DecisionPoint.__members__)
    if area is not None and point.area is not area:
        raise table.error(key, f"{name!r} is no point of {area.name}")
    return point


def several(table: Table, key: str) -> tuple[str, ...]:
    """Return at least one name, none of them twice."""
    names = table.strings(key)
    if not names:
        raise table.error(key, "must name at least one")
    if len(set(names)) < len(names):
        raise table.error(key, "names one twice")
    return names


def decision_points(table: Table, area: Area | None) -> list[DecisionPoint]:
    """Return the decision points that ``points`` names, all of one area; of *area*, unless that is None."""
    points = [decision_point(table, "points", name, area) for name in several(table, "points")]
    if len({point.area for point in points}) > 1:
        raise table.error("points", "must be of one area")
    return points
