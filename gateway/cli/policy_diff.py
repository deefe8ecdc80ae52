"""``jsg policy diff``: what a change of policy files means, cell by cell. It needs no gateway."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from formats.civil import SHANGHAI, parse_date
from gateway.cli.policy_folders import policy_folder
from gateway.cli.policy_words import (
    FIELDS,
    SUBJECTS,
    TRIGGERS,
    said_condition,
    said_effect,
    said_point,
    value_plain,
    value_text,
)
from gateway.domain.policy_diff import difference
from gateway.settings import ConfigurationError
from gateway.settings.policy_files import load_policy
from gateway.settings.policy_source import COMMON_FILES, REVIEWS_FILE, profiles_in

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from gateway.domain.policy import Policy
    from gateway.domain.policy_diff import EffectChange, FieldChange, PolicyDifference

    Compared = tuple[Policy, Policy, PolicyDifference]

OK, CHANGES = 0, 4


def run(arguments: argparse.Namespace) -> int:
    """Print what changes; 0 when every answer is the same under both, 4 when not."""
    today = parse_date(arguments.on) if arguments.on else datetime.now(SHANGHAI).date()
    old, new = (policy_folder(path) for path in (arguments.old, arguments.new))
    pairs, gone, come = _profiles(arguments, old, new)
    compared = [_compare((old, one), (new, other), today) for one, other in pairs]
    if arguments.json:
        plain = {
            "on": today.isoformat(),
            "profiles": [compared_plain(each) for each in compared],
            "profiles_removed": gone,
            "profiles_added": come,
        }
        print(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        lines = [line for each in compared for line in compared_lines(each)]
        lines += [f"方案取消 profile removed  {name}" for name in gone]
        lines += [f"方案新增 profile added    {name}" for name in come]
        print("\n".join(lines))
    same = all(found.same for *_, found in compared)
    return OK if same and not gone and not come else CHANGES


def _profiles(
    arguments: argparse.Namespace, old: Path, new: Path
) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Return the profiles to compare, and those that only the old or the new folder has."""
    named = [_profile(path) for path in (arguments.old, arguments.new)]
    if arguments.profile:
        return [(arguments.profile, arguments.profile)], [], []
    if all(named):
        return [(named[0], named[1])], [], []
    if any(named):
        name = named[0] or named[1]
        return [(name, name)], [], []
    before, after = profiles_in(old), profiles_in(new)
    both = [(name, name) for name in before if name in after]
    if not both:
        raise ConfigurationError(str(arguments.new), "-", f"has no profile of {', '.join(before)}")
    return both, [name for name in before if name not in after], [name for name in after if name not in before]


def _profile(path: Path) -> str:
    """Return the profile whose file *path* is; empty for a folder.

    Raises:
        ConfigurationError: It is another file: one alone is no policy.
    """
    if path.is_dir():
        return ""
    if path.name in {*COMMON_FILES, REVIEWS_FILE} or not (path.parent / COMMON_FILES[0]).is_file():
        raise ConfigurationError(str(path), "-", "is no profile's file: name a folder or a profile")
    return path.stem


def _compare(old: tuple[Path, str], new: tuple[Path, str], on: date) -> Compared:
    before, after = (load_policy(folder, profile, on) for folder, profile in (old, new))
    return before, after, difference(before, after)


def compared_plain(compared: Compared) -> dict[str, Any]:
    """Return one comparison for JSON."""
    before, after, found = compared
    return {
        "from": {"profile": before.profile, "version": before.version, "digest": before.digest},
        "to": {"profile": after.profile, "version": after.version, "digest": after.digest},
        "same": found.same,
        "cells": [
            {
                "trigger": each.trigger.name,
                "area": each.point.area.name,
                "point": each.point.name,
                "from": each.before.effect.name,
                "to": each.after.effect.name,
                "stronger": each.stronger,
                "rule_from": each.before.rule_id,
                "rule_to": each.after.rule_id,
                "when_from": said_condition(each.before.when),
                "when_to": said_condition(each.after.when),
                "basis": list(each.after.basis),
            }
            for each in found.effects
        ],
        "others": [
            {
                "subject": each.subject,
                "name": each.name,
                "field": each.field,
                "from": value_plain(each.before),
                "to": value_plain(each.after),
            }
            for each in found.others
        ],
    }


def compared_lines(compared: Compared) -> Iterator[str]:
    """Yield one comparison in words."""
    before, after, found = compared
    yield f"方案 profile  {before.profile} {before.version} ({before.digest[:12]})"
    yield f"           →  {after.profile} {after.version} ({after.digest[:12]})"
    if found.same:
        same = before.digest == after.digest
        yield "  相同 identical" if same else "  仅文字写法不同，答复不变 written otherwise; no answer changes"
        return
    for each in found.effects:
        yield from _effect_lines(each)
    for other in found.others:
        yield from _other_lines(other)
    cells = len({(each.trigger, each.point) for each in found.effects})
    stronger = len({(each.trigger, each.point) for each in found.effects if each.stronger})
    yield f"\n合计 in all   {cells} 格 cells, 其中更严 stronger in {stronger}; 其他 other changes {len(found.others)}"


def _effect_lines(each: EffectChange) -> Iterator[str]:
    mark = "更严 stronger" if each.stronger else "更宽 weaker"
    yield f"\n{TRIGGERS[each.trigger]}  @  {said_point(each.point)}"
    yield f"  {said_effect(each.before.effect)} → {said_effect(each.after.effect)}  ({mark})"
    yield f"  原规则 was      {each.before.rule_id}: {said_condition(each.before.when)}"
    yield f"  现规则 is       {each.after.rule_id}: {said_condition(each.after.when)}"
    yield f"  依据 basis      {', '.join(each.after.basis) or '-'}"


def _other_lines(each: FieldChange) -> Iterator[str]:
    what = f"{SUBJECTS[each.subject]}  {each.name}".rstrip()
    if each.field:
        yield f"\n{what}  {FIELDS.get(each.field, each.field)}"
    else:
        yield f"\n{what}"
    yield f"  原 was          {value_text(each.before)}"
    yield f"  现 is           {value_text(each.after)}"
