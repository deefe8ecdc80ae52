"""``config/policy``: the policy of one profile, read strictly. What a policy may not say is in ``policy_lint``.

What holds under every profile is in ``areas/<area>.toml``, one for each area. ``<profile>.toml`` adds the rows of
grades B and C, the parameters and the header. ``legal_basis.toml`` and ``national_list.toml`` hold the articles,
``texts.toml`` the texts. A row of a file stands for one row in each cell of its triggers and points.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeVar

from formats.civil import parse_date
from gateway.domain.case_facts import (
    ALWAYS,
    FACT_AREAS,
    FACT_TYPES,
    AgeAtMost,
    AnyOf,
    Condition,
    Criterion,
    GroundIs,
    Within,
)
from gateway.domain.policy import (
    BasisLevel,
    Incentive,
    LegalBasis,
    LocalizedText,
    Parameters,
    PointRule,
    Policy,
    ProfileHeader,
    Recovery,
    Row,
    SecurityBoundRule,
)
from gateway.domain.policy_lint import GRADE_TRIGGERS, Finding, lint, rule_id_of
from gateway.domain.records import Restriction
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    DecisionPoint,
    Effect,
    GradeLetter,
    SecurityKind,
    Trigger,
)
from gateway.settings import ConfigurationError
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

V = TypeVar("V")

PROFILE_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
AREAS: Final = tuple(area for area in Area if area not in DISABLED_AREAS)
DIVISION_PREFIX: Final = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}")
HEADER_TEXTS: Final = ("document", "document_number", "reviewer", "fair_competition_review_number")


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What rows refer to by name."""

    bases: Mapping[str, LegalBasis]
    trigger_bases: Mapping[Trigger, tuple[str, ...]]
    authorities: Mapping[str, LocalizedText]
    instructions: Mapping[str, LocalizedText]
    ends_by: Mapping[Trigger, LocalizedText]
    remedies: Mapping[Trigger, LocalizedText]


class _Files:
    """Reads the files of the folder and remembers the digest of each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[str, str] = {}
        self._contents: dict[str, dict[str, object]] = {}

    def read(self, name: str) -> Table:
        self._contents[name], self._digests[name] = read_toml(self._folder / name)
        return Table(name, "", self._contents[name])

    def names(self, file: str, table: str) -> tuple[str, ...]:
        """The keys of one table, in order; empty when it is none."""
        content = self._contents[file].get(table)
        return tuple(content) if isinstance(content, dict) else ()

    def refuse_others(self, folder: str, names: Iterable[str]) -> None:
        """Raise for a file that would not be read: its author believes that it counts."""
        for path in sorted((self._folder / folder).glob("*.toml")):
            if path.name not in names:
                raise ConfigurationError(f"{folder}/{path.name}", "-", "is not read: there is no such area here")

    @property
    def digest(self) -> str:
        """What ``sha256sum`` prints of the files in the order of their names, hashed again."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


def load_policy(folder: Path, profile: str, on: date) -> Policy:
    """Read the policy of *profile*, which the deployment chooses: there is no default.

    Args:
        folder: ``config/policy``.
        profile: Name of the profile's file without its ending, such as ``national-2026``.
        on: Civil date in Asia/Shanghai on which it is to be in force.

    Raises:
        ConfigurationError: With file, key and reason: a file cannot be read; a key is unknown, missing or malformed; a
            trigger, point, article or text is unknown; the profile's header is incomplete or expired; ``lint`` finds
            anything.
    """
    if PROFILE_NAME.fullmatch(profile) is None:
        raise ConfigurationError("gateway.toml", "profile", f"{profile!r} is no name of a profile")
    files = _Files(folder)
    own_file = f"{profile}.toml"
    own = files.read(own_file)
    header = _header(own, on)
    bases, trigger_bases = _bases(files, own, header)
    shelf = _shelf(files, bases, trigger_bases)
    rows: list[Row] = []
    points: dict[DecisionPoint, PointRule] = {}
    incentives = []
    area_files = {area: f"{area.name.lower()}.toml" for area in AREAS}
    files.refuse_others("areas", area_files.values())
    for area, name in area_files.items():
        table = files.read(f"areas/{name}")
        points.update(_points(table, area))
        rows += _rows(table, shelf, area)
        incentives += _incentives(table, shelf, area)
        table.close()
    rows += _rows(own, shelf, None)
    incentives += _incentives(own, shelf, None)
    policy = Policy(
        profile=profile,
        version=_text(own, "version"),
        digest=files.digest,
        grade_scheme=_text(own, "grade_scheme"),
        grade_scheme_version=_text(own, "grade_scheme_version"),
        territory=_text(own, "territory"),
        recovery=_known(own, "recovery", own.take("recovery", str), {item.value: item for item in Recovery}),
        parameters=_parameters(own.table("parameters")),
        header=header,
        rows=tuple(rows),
        points=points,
        incentives=tuple(incentives),
        bases=bases,
    )
    own.close()
    _refuse_findings(policy, own_file)
    return policy


def _refuse_findings(policy: Policy, own_file: str) -> None:
    for finding in lint(policy):
        raise ConfigurationError(_file_of(finding, own_file), finding.place, finding.reason)


def _file_of(finding: Finding, own_file: str) -> str:
    if finding.point is None or finding.trigger in GRADE_TRIGGERS:
        return own_file
    return f"areas/{finding.point.area.name.lower()}.toml"


def _text(table: Table, key: str) -> str:
    value = table.take(key, str)
    if not value.strip():
        raise table.error(key, "must not be empty")
    return value


def _date(table: Table, key: str) -> date:
    try:
        return parse_date(table.take(key, str))
    except ValueError as error:
        raise table.error(key, str(error)) from error


def _at_least_one(table: Table, key: str) -> int:
    value = table.take(key, int)
    if value < 1:
        raise table.error(key, "must be at least 1")
    return value


def _parameters(table: Table) -> Parameters:
    parameters = Parameters(
        complaint_threshold=_at_least_one(table, "complaint_threshold"),
        window_months=_at_least_one(table, "window_months"),
        conviction_years=_at_least_one(table, "conviction_years"),
    )
    table.close()
    return parameters


def _header(own: Table, on: date) -> ProfileHeader | None:
    """A profile that rests on a local normative document loads only with all its numbers, and not expired (G-33)."""
    if not own.take("local_normative", bool):
        if own.has("header"):
            raise own.error("header", "belongs to a profile with local_normative = true")
        return None
    table = own.table("header")
    texts = {key: _text(table, key) for key in HEADER_TEXTS}
    header = ProfileHeader(expires_on=_date(table, "expires_on"), **texts)
    if on >= header.expires_on:
        raise table.error("expires_on", f"the profile expired on {header.expires_on.isoformat()}")
    table.close()
    return header


def _bases(
    files: _Files, own: Table, header: ProfileHeader | None
) -> tuple[dict[str, LegalBasis], dict[Trigger, tuple[str, ...]]]:
    """Return every article by key, the profile's own ending with it, and those that triggers rest on themselves."""
    common, national = files.read("legal_basis.toml"), files.read("national_list.toml")
    found = [(table, False) for table in common.tables("document")]
    if national.take("loaded", bool):
        found += [(table, True) for table in national.tables("document")]
    if header is not None:
        found += [(table, False) for table in own.tables("document")]
    bases: dict[str, LegalBasis] = {}
    for table, on_list in found:
        for basis in _articles(table, header, on_national_list=on_list):
            if basis.key in bases:
                raise table.error("articles", f"{basis.key} stands twice")
            bases[basis.key] = basis
        table.close()
    triggers = common.table("triggers")
    by_trigger = {trigger: triggers.strings(trigger.name) for trigger in Trigger}
    for trigger, keys in by_trigger.items():
        for key in keys:
            _known(triggers, trigger.name, key, bases)
    for table in (triggers, common, national):
        table.close()
    return bases, by_trigger


def _articles(table: Table, header: ProfileHeader | None, *, on_national_list: bool) -> list[LegalBasis]:
    document = _text(table, "key")
    valid_to = _date(table, "valid_to") if table.has("valid_to") else None
    if header is not None and header.document == document:
        valid_to = header.expires_on
    level = _known(table, "level", table.take("level", str), {item.value: item for item in BasisLevel})
    title_zh, title_en, valid_from = _text(table, "title_zh"), _text(table, "title_en"), _date(table, "valid_from")
    return [
        LegalBasis(
            document=document,
            article=article,
            level=level,
            title_zh=title_zh,
            title_en=title_en,
            valid_from=valid_from,
            valid_to=valid_to,
            on_national_list=on_national_list,
        )
        for article in table.strings("articles")
    ]


def _shelf(files: _Files, bases: dict[str, LegalBasis], trigger_bases: dict[Trigger, tuple[str, ...]]) -> _Shelf:
    texts = files.read("texts.toml")
    shelf = _Shelf(
        bases=bases,
        trigger_bases=trigger_bases,
        authorities=_texts(texts.table("adopted_by"), files.names("texts.toml", "adopted_by")),
        instructions=_texts(texts.table("instruction"), files.names("texts.toml", "instruction")),
        ends_by=_by_trigger(texts.table("ends_by")),
        remedies=_by_trigger(texts.table("remedy")),
    )
    texts.close()
    return shelf


def _localized(table: Table) -> LocalizedText:
    text = LocalizedText(zh=_text(table, "zh"), en=_text(table, "en"))
    table.close()
    return text


def _texts(table: Table, names: tuple[str, ...]) -> dict[str, LocalizedText]:
    return {name: _localized(table.table(name)) for name in names}


def _by_trigger(table: Table) -> dict[Trigger, LocalizedText]:
    texts = {trigger: _localized(table.table(trigger.name)) for trigger in Trigger}
    table.close()
    return texts


def _points(table: Table, area: Area) -> dict[DecisionPoint, PointRule]:
    found: dict[DecisionPoint, PointRule] = {}
    for entry in table.tables("point"):
        rule = _point(entry, area)
        if rule.point in found:
            raise entry.error("point", f"{rule.point.name} stands twice")
        found[rule.point] = rule
    return found


def _point(table: Table, area: Area) -> PointRule:
    rule = PointRule(
        point=_decision_point(table, "point", table.take("point", str), area),
        zh=_text(table, "zh"),
        en=_text(table, "en"),
        needs=table.strings("needs"),
        late=table.take("late", bool),
        closed=table.take("closed", bool),
    )
    for name in rule.needs:
        if area not in FACT_AREAS.get(name, ()):
            raise table.error("needs", f"{name!r} is no case fact of {area.name}")
    table.close()
    return rule


def _known(table: Table, key: str, name: str, among: Mapping[str, V]) -> V:
    if name not in among:
        raise table.error(key, f"{name!r} is not known")
    return among[name]


def _decision_point(table: Table, key: str, name: str, area: Area | None) -> DecisionPoint:
    point = _known(table, key, name, DecisionPoint.__members__)
    if area is not None and point.area is not area:
        raise table.error(key, f"{name!r} is no point of {area.name}")
    return point


def _several(table: Table, key: str) -> tuple[str, ...]:
    names = table.strings(key)
    if not names:
        raise table.error(key, "must name at least one")
    if len(set(names)) < len(names):
        raise table.error(key, "names one twice")
    return names


def _decision_points(table: Table, area: Area | None) -> list[DecisionPoint]:
    points = [_decision_point(table, "points", name, area) for name in _several(table, "points")]
    if len({point.area for point in points}) > 1:
        raise table.error("points", "must be of one area")
    return points


def _articles_named(table: Table, shelf: _Shelf) -> tuple[str, ...]:
    keys = table.strings("basis")
    for key in keys:
        _known(table, "basis", key, shelf.bases)
    return keys


def _rows(root: Table, shelf: _Shelf, area: Area | None) -> list[Row]:
    """Read the rows of an area's file, or (*area* None) of the profile, which has those of grades B and C alone."""
    return [row for table in root.tables("row") for row in _cells(table, shelf, area)]


def _cells(table: Table, shelf: _Shelf, area: Area | None) -> list[Row]:
    triggers = [_known(table, "triggers", name, Trigger.__members__) for name in _several(table, "triggers")]
    for trigger in triggers:
        if (trigger in GRADE_TRIGGERS) is not (area is None):
            raise table.error("triggers", f"{trigger.name} does not belong into this file")
    points = _decision_points(table, area)
    step = _at_least_one(table, "step")
    when = _condition(table, points[0].area)
    effect = _known(table, "effect", table.take("effect", str), Effect.__members__)
    basis = _articles_named(table, shelf)
    adopted_by = _known(table, "adopted_by", table.take("adopted_by", str), shelf.authorities)
    instruction = _known(table, "instruction", table.take("instruction", str), shelf.instructions)
    security = _security(table.table("security")) if table.has("security") else None
    contested = table.take("basis_contested", bool) if table.has("basis_contested") else False
    table.close()
    return [
        Row(
            rule_id=rule_id_of(trigger, point, step),
            trigger=trigger,
            point=point,
            step=step,
            when=when,
            effect=effect,
            basis=basis if effect is Effect.NONE else (*basis, *shelf.trigger_bases[trigger]),
            adopted_by=adopted_by,
            instruction=instruction,
            ends_by=shelf.ends_by[trigger],
            remedy=shelf.remedies[trigger],
            security=security,
            basis_contested=contested,
        )
        for trigger in triggers
        for point in points
    ]


def _security(table: Table) -> SecurityBoundRule:
    rule = SecurityBoundRule(
        kind=_known(table, "kind", table.take("kind", str), SecurityKind.__members__),
        surcharge_percent=table.take("surcharge_percent", int),
        cap_basis_points=table.take("cap_basis_points", int),
    )
    table.close()
    return rule


def _incentives(root: Table, shelf: _Shelf, area: Area | None) -> list[Incentive]:
    tables = root.tables("incentive") if root.has("incentive") else []
    return [incentive for table in tables for incentive in _entitlements(table, shelf, area)]


def _entitlements(table: Table, shelf: _Shelf, area: Area | None) -> list[Incentive]:
    points = _decision_points(table, area)
    common = Incentive(
        rule_id=_text(table, "rule_id"),
        point=points[0],
        letters=frozenset(
            _known(table, "letters", name, GradeLetter.__members__) for name in _several(table, "letters")
        ),
        held_months=table.take("held_months", int),
        red_list=table.take("red_list", bool),
        when=_condition(table, points[0].area),
        entitlement=LocalizedText(zh=_text(table, "zh"), en=_text(table, "en")),
        basis=_articles_named(table, shelf),
        local_more_generous=table.take("local_more_generous", bool),
    )
    table.close()
    return [replace(common, point=point) for point in points]


def _condition(table: Table, area: Area) -> Condition:
    """Read ``when``: alternatives, each a table of criteria that must all hold; no key means always."""
    if not table.has("when"):
        return ALWAYS
    alternatives = []
    for entry in table.tables("when"):
        tests = [test for name in FACT_TYPES if entry.has(name) for test in (_fact_test(entry, name, area),)]
        tests += _ground_tests(entry, area)
        entry.close()
        if not tests:
            raise table.error("when", "has an alternative without a criterion; leave it out where a row always applies")
        alternatives.append(frozenset(tests))
    return Condition(tuple(alternatives))


def _fact_test(entry: Table, name: str, area: Area) -> Criterion:
    if area not in FACT_AREAS[name]:
        raise entry.error(name, f"is no case fact of {area.name}")
    kind = FACT_TYPES[name]
    if kind is bool:
        return AnyOf(name, frozenset({entry.take(name, bool)}))
    if issubclass(kind, IntEnum):
        members = kind.__members__
        return AnyOf(name, frozenset(_known(entry, name, word, members) for word in _several(entry, name)))
    if name == "project_region":
        region = entry.table(name)
        prefix = region.take("within", str)
        if DIVISION_PREFIX.fullmatch(prefix) is None:
            raise region.error("within", "must be 2, 4 or 6 digits of a division code")
        region.close()
        return Within(name, prefix)
    raise entry.error(name, "cannot be compared in a condition")


def _ground_tests(entry: Table, area: Area) -> list[Criterion]:
    tests: list[Criterion] = []
    if entry.has("ground_restriction"):
        name = _known(entry, "ground_restriction", entry.take("ground_restriction", str), Restriction.__members__)
        tests.append(GroundIs("restriction", name.value))
    if entry.has("ground_malicious"):
        tests.append(GroundIs("malicious", entry.take("ground_malicious", bool)))
    if entry.has("ground_since"):
        age = entry.table("ground_since")
        months, fact = _at_least_one(age, "age_months_at_most"), ""
        if age.has("before"):
            fact = age.take("before", str)
            if FACT_TYPES.get(fact) is not date or area not in FACT_AREAS[fact]:
                raise age.error("before", f"{fact!r} is no date among the case facts of {area.name}")
        age.close()
        tests.append(AgeAtMost(months, fact))
    return tests
