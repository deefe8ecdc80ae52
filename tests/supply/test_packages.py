"""What is installed is everything that there is: an editable install would not show what a built one lacks."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = (
    (ROOT, "formats"),
    (ROOT, "gateway"),
    (ROOT, "adapters"),
    (ROOT, "console"),
    (ROOT / "protos", "jointsanctions"),
)
CODE = {".py", ".pyc", ".pyi", ".proto"}


def test_every_package_of_ours_is_installed():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    listed = setuptools["packages"]
    there = {
        file.parent.relative_to(base).as_posix().replace("/", ".")
        for base, folder in PLACES
        for file in (base / folder).rglob("__init__.py")
    }
    assert len(listed) == len(set(listed))
    # A folder of data alone is a package to whoever builds, and only to them: one that is not named is complained of.
    assert set(listed) == there | set(setuptools["package-data"])


def test_whatever_a_package_holds_beside_code_is_installed_too():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    installed = {
        file
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
        for file in (ROOT / setuptools["package-dir"].get(package, package.replace(".", "/"))).glob(pattern)
    }
    there = {
        file
        for base, folder in PLACES
        for file in (base / folder).rglob("*")
        if file.is_file() and file.suffix not in CODE and file.name != "py.typed"
    }

    assert installed == there != set()
