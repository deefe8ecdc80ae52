"""``config/policy``: the policy of one profile, read strictly. What a policy may not say is in ``policy_lint``.

What holds under every profile is in ``areas/<area>.toml``, one for each area. ``<profile>.toml`` adds the rows of
grades B and C, the parameters and the header. ``legal_basis.toml`` and ``national_list.toml`` hold the articles,
``texts.toml`` the texts. A row of a file stands for one row in each cell of its triggers and points.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from gateway.domain.case_facts import (
    FACT_AREAS,
)
from gateway.domain.policy import (
    BasisLevel,
    LegalBasis,
    LocalizedText,
    PointRule,
    Policy,
    ProfileHeader,
    Row,
)
from gateway.domain.policy_lint import GRADE_TRIGGERS, Finding, lint
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    DecisionPoint,
    Trigger,
)
from gateway.settings import ConfigurationError
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path
from gateway.settings.policy_grades import GradeMethods, read_grades
from gateway.settings.policy_rows import Shelf, read_deposit, read_incentives, read_rows
from gateway.settings.policy_values import (
    civil_date_of,
    decision_point,
    known,
    localized,
    text,
)

PROFILE_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
AREAS: Final = tuple(area for area in Area if area not in DISABLED_AREAS)
HEADER_TEXTS: Final = ("document", "document_number", "reviewer", "fair_competition_review_number")


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


def policy_file_names(folder: Path, profile: str) -> list[str]:
    """Return the files of *folder* that the policy of *profile* is read from, relative to it."""
    areas = sorted(f"areas/{path.name}" for path in (folder / "areas").glob("*.toml"))
    return [f"{profile}.toml", "legal_basis.toml", "national_list.toml", "texts.toml", *areas]


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
    grades = read_grades(own)
    shelf = _shelf(files, bases, trigger_bases, grades)
    rows: list[Row] = []
    points: dict[DecisionPoint, PointRule] = {}
    incentives = []
    area_files = {area: f"{area.name.lower()}.toml" for area in AREAS}
    files.refuse_others("areas", area_files.values())
    for area, name in area_files.items():
        table = files.read(f"areas/{name}")
        points.update(_points(table, area))
        rows += read_rows(table, shelf, area)
        incentives += read_incentives(table, shelf, area)
        if area is Area.GUARANTEE:
            deposits = read_deposit(table.table("deposit"))
        table.close()
    rows += read_rows(own, shelf, None)
    incentives += read_incentives(own, shelf, None)
    policy = Policy(
        profile=profile,
        version=text(own, "version"),
        digest=files.digest,
        grade_rules=grades.weighing,
        shown_grades=grades.shown,
        header=header,
        rows=tuple(rows),
        points=points,
        incentives=tuple(incentives),
        deposits=deposits,
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


def _header(own: Table, on: date) -> ProfileHeader | None:
    """A profile that rests on a local normative document loads only with all its numbers, and not expired (G-33)."""
    if not own.take("local_normative", bool):
        if own.has("header"):
            raise own.error("header", "belongs to a profile with local_normative = true")
        return None
    table = own.table("header")
    texts = {key: text(table, key) for key in HEADER_TEXTS}
    header = ProfileHeader(expires_on=civil_date_of(table, "expires_on"), **texts)
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
            known(triggers, trigger.name, key, bases)
    for table in (triggers, common, national):
        table.close()
    return bases, by_trigger


def _articles(table: Table, header: ProfileHeader | None, *, on_national_list: bool) -> list[LegalBasis]:
    document = text(table, "key")
    valid_to = civil_date_of(table, "valid_to") if table.has("valid_to") else None
    if header is not None and header.document == document:
        valid_to = header.expires_on
    level = known(table, "level", table.take("level", str), {item.value: item for item in BasisLevel})
    title_zh, title_en, valid_from = (
        text(table, "title_zh"),
        text(table, "title_en"),
        civil_date_of(table, "valid_from"),
    )
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


def _shelf(
    files: _Files, bases: dict[str, LegalBasis], trigger_bases: dict[Trigger, tuple[str, ...]], grades: GradeMethods
) -> Shelf:
    texts = files.read("texts.toml")
    shelf = Shelf(
        bases=bases,
        trigger_bases=trigger_bases,
        authorities=_texts(texts.table("adopted_by"), files.names("texts.toml", "adopted_by")),
        instructions=_texts(texts.table("instruction"), files.names("texts.toml", "instruction")),
        ends_by=_by_trigger(texts.table("ends_by"), grades),
        remedies=_by_trigger(texts.table("remedy"), grades),
    )
    texts.close()
    return shelf


def _texts(table: Table, names: tuple[str, ...]) -> dict[str, LocalizedText]:
    return {name: localized(table.table(name)) for name in names}


def _by_trigger(table: Table, grades: GradeMethods) -> dict[Trigger, LocalizedText]:
    """Return the text of every trigger; what is said of grades B and C differs from scheme to scheme."""
    texts = {trigger: localized(table.table(trigger.name)) for trigger in Trigger if trigger not in GRADE_TRIGGERS}
    for trigger in sorted(GRADE_TRIGGERS):
        by_scheme = table.table(trigger.name)
        schemes = [rules.scale.scheme for rules in (grades.weighing, *grades.shown)]
        said = {scheme: localized(by_scheme.table(scheme)) for scheme in schemes}
        texts[trigger] = said[grades.weighing.scale.scheme]
        by_scheme.close()
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
