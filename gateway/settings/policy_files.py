"""``config/policy``: the policy of one profile, read strictly. What a policy may not say is in ``policy_lint``.

What holds under every profile is in ``areas/<area>.toml``, one for each area. ``<profile>.toml`` adds the rows of
grades B and C, the parameters and the header. ``legal_basis.toml`` and ``national_list.toml`` hold the articles,
``texts.toml`` the texts. A row of a file stands for one row in each cell of its triggers and points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.domain.case_facts import FACT_AREAS
from gateway.domain.policy import Incentive, PointRule, Policy, Row
from gateway.domain.policy_lint import GRADE_TRIGGERS, lint
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint
from gateway.settings import ConfigurationError
from gateway.settings.policy_articles import read_bases, read_header
from gateway.settings.policy_faults import Faults, error_of
from gateway.settings.policy_grades import read_grades
from gateway.settings.policy_rows import read_deposit, read_incentives, read_rows
from gateway.settings.policy_shelf import read_shelf
from gateway.settings.policy_source import AREA_FOLDER, COMMON_FILES, PolicyFiles, files_of
from gateway.settings.policy_values import decision_point, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from gateway.domain.deposits import DepositRules
    from gateway.domain.policy_faults import Fault
    from gateway.domain.policy_lint import Finding
    from gateway.settings.policy_rows import Shelf
    from gateway.settings.strict import Table

PROFILE_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
AREAS: Final = tuple(area for area in Area if area not in DISABLED_AREAS)
AREA_FILES: Final = {area: f"{AREA_FOLDER}/{area.name.lower()}.toml" for area in AREAS}


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy as read, with everything that is wrong with it."""

    policy: Policy | None
    """None when it could not be read whole: then nothing is known yet of what is missing or may not be said."""
    faults: tuple[Fault, ...]
    """In the order of the files; empty when it may be used."""


@dataclass(slots=True)
class _Matrix:
    """What the areas' files and the profile's own add up to."""

    rows: list[Row] = field(default_factory=list)
    points: dict[DecisionPoint, PointRule] = field(default_factory=dict)
    incentives: list[Incentive] = field(default_factory=list)
    deposits: list[DepositRules] = field(default_factory=list)
    """One, from the file of the area of guarantees."""


def load_policy(folder: Path, profile: str, on: date) -> Policy:
    """Read the policy of *profile*, which the deployment chooses: there is no default.

    Args:
        folder: ``config/policy``.
        profile: Name of the profile's file without its ending, such as ``national-2026``.
        on: Civil date in Asia/Shanghai on which it is to be in force.

    Raises:
        ConfigurationError: The first fault of ``read_policy``, with file, key and reason.
    """
    _require_profile(profile)
    reading = read_policy(files_of(folder, profile), profile, on)
    for fault in reading.faults:
        raise error_of(fault)
    assert reading.policy is not None  # noqa: S101 - read whole, as nothing is wrong with it
    return reading.policy


def read_policy(contents: Mapping[str, bytes], profile: str, on: date) -> Reading:
    """Read a policy and name everything that is wrong with it.

    Args:
        contents: What is in each of its files, by their names in ``config/policy``.
        profile: As in ``load_policy``.
        on: As in ``load_policy``.

    Returns:
        Of the faults first those of reading: a file cannot be read; a key is unknown, missing or malformed; a trigger,
        point, article or text is unknown; the profile's header is incomplete or expired. Only where there are none,
        those that ``lint`` finds.
    """
    faults = Faults()
    policy = None
    with faults.noting():
        _require_profile(profile)
        policy = _read(PolicyFiles(contents), profile, on, faults)
    if policy is not None and not faults.found:
        faults.found += [faults.about(finding, _file_of(finding, profile)) for finding in lint(policy)]
    return Reading(policy, tuple(faults.found))


def _require_profile(profile: str) -> None:
    if PROFILE_NAME.fullmatch(profile) is None:
        raise ConfigurationError("gateway.toml", "profile", f"{profile!r} is no name of a profile")


def _read(files: PolicyFiles, profile: str, on: date, faults: Faults) -> Policy | None:
    """Return the policy; None when one of several things that are read one by one is at fault.

    Raises:
        ConfigurationError: What everything behind it rests on is at fault.
    """
    own = files.read(f"{profile}.toml")
    header = read_header(own, on, faults)
    if faults.found:
        return None
    bases, trigger_bases = read_bases(files, own, header, faults)
    grades = read_grades(own)
    shelf = read_shelf(files, bases, trigger_bases, grades)
    files.refuse_others({f"{profile}.toml", *COMMON_FILES, *AREA_FILES.values()})
    matrix = _Matrix()
    for area, name in AREA_FILES.items():
        with faults.noting():
            _read_area(files.read(name), area, shelf, matrix, faults)
    matrix.rows += read_rows(own, shelf, None, faults)
    matrix.incentives += read_incentives(own, shelf, None, faults)
    version = text(own, "version")
    own.close()
    if faults.found:
        return None
    return Policy(
        profile=profile,
        version=version,
        digest=files.digest,
        grade_rules=grades.weighing,
        shown_grades=grades.shown,
        header=header,
        rows=tuple(matrix.rows),
        points=matrix.points,
        incentives=tuple(matrix.incentives),
        deposits=matrix.deposits[0],
        bases=bases,
    )


def _read_area(table: Table, area: Area, shelf: Shelf, matrix: _Matrix, faults: Faults) -> None:
    for entry in table.tables("point"):
        with faults.noting():
            rule = _point(entry, area)
            if rule.point in matrix.points:
                raise entry.error("point", f"{rule.point.name} stands twice")
            matrix.points[rule.point] = rule
            faults.read_at(entry, rule.point.name)
    matrix.rows += read_rows(table, shelf, area, faults)
    matrix.incentives += read_incentives(table, shelf, area, faults)
    if area is Area.GUARANTEE:
        matrix.deposits.append(read_deposit(table.table("deposit")))
    table.close()


def _file_of(finding: Finding, profile: str) -> str:
    if finding.point is None or finding.trigger in GRADE_TRIGGERS:
        return f"{profile}.toml"
    return AREA_FILES[finding.point.area]


def _point(table: Table, area: Area) -> PointRule:
    rule = PointRule(
        point=decision_point(table, "point", table.take("point", str), area),
        zh=text(table, "zh"),
        en=text(table, "en"),
        needs=table.strings("needs"),
        late=table.take("late", bool),
        closed=table.take("closed", bool),
    )
    for name in rule.needs:
        if area not in FACT_AREAS.get(name, ()):
            raise table.error("needs", f"{name!r} is no case fact of {area.name}")
        if name == "cutoff_at":
            raise table.error("needs", "cutoff_at goes with cutoff_rule, which is what a point needs")
    table.close()
    return rule
