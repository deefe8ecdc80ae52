"""What is installed is everything that there is: an editable install would not show what a built one lacks."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ((ROOT, "formats"), (ROOT, "gateway"), (ROOT, "adapters"), (ROOT / "protos", "jointsanctions"))


def test_every_package_of_ours_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    there = {
        file.parent.relative_to(base).as_posix().replace("/", ".")
        for base, folder in PLACES
        for file in (base / folder).rglob("__init__.py")
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_whatever_a_package_holds_beside_code_is_installed_too():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    installed = {
        file
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
        for file in (ROOT / setuptools["package-dir"][package]).glob(pattern)
    }
    there = {file for file in (ROOT / "protos/jointsanctions").rglob("*") if file.suffix == ".binpb"}

    assert installed == there != set()
