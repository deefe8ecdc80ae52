"""``jsg policy lint``: everything that is wrong with policy files, by file, row and key. It needs no gateway.

What may not be said stands in ``gateway.domain.policy_lint``, how files are read in ``gateway.settings.policy_files``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from formats.civil import SHANGHAI, parse_date
from gateway.cli.policy_folders import policy_folder
from gateway.domain.basis_review import documents_of
from gateway.domain.policy_lint import POINTS
from gateway.domain.vocabulary import Trigger
from gateway.settings import ConfigurationError
from gateway.settings.policy_faults import fault_of
from gateway.settings.policy_files import read_policy
from gateway.settings.policy_source import COMMON_FILES, REVIEWS_FILE, files_of, profiles_in
from gateway.settings.reviews_file import load_reviews

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from gateway.domain.policy import Policy
    from gateway.domain.policy_faults import Fault

OK, ERROR, DUE = 0, 1, 4
CELLS: Final = len(POINTS) * len(Trigger)
"""Cells of one profile: each trigger at each decision point."""


@dataclass(frozen=True, slots=True)
class _Linted:
    """One profile: its policy, when it could be read whole, what is wrong, and whose yearly review is due."""

    profile: str
    policy: Policy | None
    faults: tuple[Fault, ...]
    due: tuple[str, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 for what would stop a start, 4 when nothing but a yearly review is due."""
    path: Path = arguments.path or arguments.config / "policy"
    folder = policy_folder(path)
    today = parse_date(arguments.on) if arguments.on else datetime.now(SHANGHAI).date()
    only = "" if path.is_dir() else path.relative_to(folder).as_posix()
    one = only and only not in {*COMMON_FILES, REVIEWS_FILE} and "/" not in only
    linted = [_lint(folder, profile, today) for profile in ([Path(only).stem] if one else profiles_in(folder))]
    if not linted:
        raise ConfigurationError(str(folder), "-", "has no profile")
    faults: dict[Fault, list[str]] = {}
    for each in linted:
        for fault in each.faults:
            if one or only in {"", fault.file}:
                faults.setdefault(fault, []).append(each.profile)
    due = sorted({document for each in linted for document in each.due})
    if arguments.json:
        print(json.dumps(_plain(linted, faults, due, today), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(linted, faults, due)))
    return ERROR if faults else DUE if due else OK


def _lint(folder: Path, profile: str, today: date) -> _Linted:
    reading = read_policy(files_of(folder, profile), profile, today)
    if reading.policy is None:
        return _Linted(profile, None, reading.faults, ())
    documents = documents_of(reading.policy)
    try:
        due = load_reviews(folder / REVIEWS_FILE, documents).due(documents, today)
    except ConfigurationError as error:
        return _Linted(profile, reading.policy, (*reading.faults, fault_of(error)), ())
    return _Linted(profile, reading.policy, reading.faults, due)


def _plain(linted: list[_Linted], faults: dict[Fault, list[str]], due: list[str], today: date) -> dict[str, Any]:
    return {
        "on": today.isoformat(),
        "profiles": [
            {
                "profile": each.profile,
                "version": each.policy.version if each.policy else None,
                "digest": each.policy.digest if each.policy else None,
                "cells": CELLS,
                "rows": len(each.policy.rows) if each.policy else None,
                "sound": not each.faults,
            }
            for each in linted
        ],
        "faults": [
            {
                "file": fault.file,
                "tables": list(fault.tables),
                "field": fault.field,
                "rule_id": fault.rule_id,
                "reason": fault.reason,
                "profiles": profiles,
            }
            for fault, profiles in faults.items()
        ],
        "reviews_due": due,
    }


def _lines(linted: list[_Linted], faults: dict[Fault, list[str]], due: list[str]) -> Iterator[str]:
    for each in linted:
        held = f"{each.policy.version}, {each.policy.digest[:12]}, {CELLS} cells" if each.policy else "-"
        mark = f"有误 FAULTS {len(each.faults)}" if each.faults else "完整 total"
        yield f"方案 profile  {each.profile}  {held}  {mark}"
    for fault, profiles in faults.items():
        where = ", ".join(fault.tables) or "-"
        yield f"\n{fault.file}  {where}  {fault.field}  [{', '.join(profiles)}]"
        yield f"  {fault.rule_id}: {fault.reason}" if fault.rule_id else f"  {fault.reason}"
    if any(each.policy is None for each in linted):
        yield "\n文件有误，未核对全表 what cannot be read hides what is missing: mend it and look again"
    if due:
        yield f"\n应复核 DUE  {', '.join(due)}: jsg policy review --due"
