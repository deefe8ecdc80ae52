"""``platform.toml``: what is reported, and where the exchange client's folders are. An unknown key is an error."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from adapters.errors import SettingsError
from adapters.platform.layouts import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Report:
    """What goes out of one kind of record.

    The months are the ends that no record of the kind carries itself (I-38), counted from its day; None where the city
    has decided none: then the column stays empty. Nothing here is made up in their stead.
    """

    kind: str
    """"listing", "penalty", "licence" or "publication"."""
    feeds: tuple[str, ...]
    """Feeds whose records are our own. What the platform brought itself does not go back to it."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Cells that no record says, by column, such as the name of the list."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The words for codes of reasons, as the platform's readers know them; a code without one goes out as it is."""
    publicity_months: int | None = None
    sharing_months: int | None = None
    retention_months: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is configured."""

    officer: str
    """Under which name it calls the gateway, at most 64 bytes."""
    folder: Path
    """Its store and the folders ``out``, ``receipts`` and ``reconciliation``."""
    batch_rows: int
    receipt_hours: int
    """A batch without a receipt after so many hours is overdue."""
    report_days: int
    """Working days in which a record is to have arrived (I-30)."""
    removal_days: int
    """Working days in which the platform is to have an end (L-19b)."""
    own_authorities: frozenset[str]
    """Authorities whose listings this gateway holds itself: their rows in the platform's files are not read in."""
    lists_feed: str
    """Feed for listings decided elsewhere."""
    reports: Mapping[str, Report]


_NUMBERS: Final = ("batch_rows", "receipt_hours", "report_days", "removal_days")
_MONTHS: Final = ("publicity_months", "sharing_months", "retention_months")


def load(path: Path, state: Path) -> Settings:
    """Read the file; its folder counts from *state*.

    Raises:
        SettingsError: It cannot be read, or a key is unknown, missing or of another form; the message names it.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    reports = _table(path, "", content, {"connector", "report"}).get("report")
    wanted = {each.name for each in fields(Settings)} - {"reports"}
    connector = _table(path, "connector", content.get("connector"), wanted)
    for key in sorted(wanted - connector.keys()):
        raise SettingsError(f"{path}: connector.{key}: is missing")
    if not isinstance(reports, list) or not reports:
        raise SettingsError(f"{path}: report: there is none")
    for key in _NUMBERS:
        _require(
            path, f"connector.{key}", type(connector[key]) is int and connector[key] > 0, "a whole number from 1 on"
        )
    for key in ("officer", "folder", "lists_feed"):
        _require(path, f"connector.{key}", isinstance(connector[key], str) and connector[key] != "", "a text")
    _require(path, "connector.own_authorities", _texts(connector["own_authorities"]), "a list of texts")
    found = [_report(path, place, each) for place, each in enumerate(reports)]
    kinds = [report.kind for report in found]
    _require(path, "report", len(set(kinds)) == len(kinds), "each kind once")
    return Settings(
        officer=connector["officer"],
        folder=state / connector["folder"],
        batch_rows=connector["batch_rows"],
        receipt_hours=connector["receipt_hours"],
        report_days=connector["report_days"],
        removal_days=connector["removal_days"],
        own_authorities=frozenset(connector["own_authorities"]),
        lists_feed=connector["lists_feed"],
        reports={report.kind: report for report in found},
    )


def _report(path: Path, place: int, content: object) -> Report:
    name = f"report[{place}]"
    table = _table(path, name, content, {each.name for each in fields(Report)})
    kind, feeds, constants = table.get("kind"), table.get("feeds"), table.get("constants", {})
    _require(path, f"{name}.kind", kind in LAYOUTS, f"one of {', '.join(LAYOUTS)}")
    _require(path, f"{name}.feeds", _texts(feeds) and bool(feeds), "a list of texts")
    columns = LAYOUTS[str(kind)].columns
    _require(path, f"{name}.constants", isinstance(constants, dict) and _texts(list(constants.values())), "texts")
    words = table.get("words", {})
    _require(path, f"{name}.words", isinstance(words, dict) and _texts(list(words.values())), "texts")
    for column in constants:
        _require(path, f"{name}.constants.{column}", column in columns, "a column of the layout")
    for key in _MONTHS:
        value = table.get(key)
        _require(path, f"{name}.{key}", value is None or (type(value) is int and value > 0), "a whole number from 1 on")
    return Report(
        kind=str(kind),
        feeds=tuple(feeds or ()),
        constants=constants,
        words=words,
        **{key: table.get(key) for key in _MONTHS},
    )


def _table(path: Path, name: str, content: object, known: set[str]) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: {name}: must be a table")
    for key in sorted(content.keys() - known):
        raise SettingsError(f"{path}: {name + '.' if name else ''}{key}: is not known")
    return content


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _require(path: Path, key: str, holds: bool, wanted: str) -> None:  # noqa: FBT001 - a condition that must hold
    if not holds:
        raise SettingsError(f"{path}: {key}: {wanted} is expected")
