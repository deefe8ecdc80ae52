"""What is installed is what is locked: exact versions with hashes, nothing beside them, nothing built on the way."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "runtime": ("postgres", "http", "console", "s3", "trace", "completion", "build"),
    "edge": ("postgres", "http", "console", "s3", "trace", "completion", "build", "edge"),
    "dev": tuple(EXTRAS),
}
HASH = re.compile(r"--hash=(\S+)")


def logical_lines(name):
    return (ROOT / f"requirements/{name}.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def pins(name):
    """Return what a lock pins, by canonical name: the requirement and its hashes."""
    found = {}
    for line in logical_lines(name):
        wanted = Requirement(line.partition(" --hash")[0])
        assert canonicalize_name(wanted.name) not in found, line
        found[canonicalize_name(wanted.name)] = wanted, HASH.findall(line)
    return found


def asked_for(name):
    lines = [*PROJECT["dependencies"], *(line for extra in LOCKS[name] for line in EXTRAS[extra])]
    return [Requirement(line) for line in lines]


def applies(wanted, extra=""):
    return wanted.marker is None or wanted.marker.evaluate({"extra": extra})


@pytest.mark.parametrize("name", [*LOCKS, "schemathesis"])
def test_every_line_of_a_lock_is_one_version_with_hashes_and_nothing_else(name):
    for line in logical_lines(name):
        wanted, _, rest = line.partition(" --hash")
        (pin,) = Requirement(wanted).specifier

        assert pin.operator == "=="
        assert re.fullmatch(r"=sha256:[0-9a-f]{64}(\s+--hash=sha256:[0-9a-f]{64})*\s*", rest), line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_as_new_as_what_the_project_asks_for(name):
    locked = pins(name)

    for wanted in asked_for(name):
        (pin,) = locked[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(pin.version), f"{wanted} is locked at {pin.version}: make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_is_needed_here_and_no_more(name):
    """What the installed packages themselves require, from what the project asks for down."""
    locked = pins(name)
    needed, waiting = set(), [(each, extra) for each in asked_for(name) for extra in ("", *each.extras)]
    while waiting:
        wanted, extra = waiting.pop()
        at = canonicalize_name(wanted.name)
        if (at, extra) in needed:
            continue
        needed.add((at, extra))
        below = [each for each in map(Requirement, requires(at) or ()) if applies(each, extra)]
        waiting += [(each, inner) for each in below for inner in ("", *each.extras)]
    here = {at for at, (pin, _) in locked.items() if applies(pin)}

    assert {at for at, _ in needed} == here


@pytest.mark.parametrize("name", ["runtime", "edge"])
def test_a_deployments_lock_agrees_with_the_developers(name):
    deployed, dev = pins(name), pins("dev")

    assert {at: pin.specifier for at, (pin, _) in deployed.items()} == {
        at: pin.specifier for at, (pin, _) in dev.items() if at in deployed
    }
    assert all(set(hashes) == set(dev[at][1]) for at, (_, hashes) in deployed.items())


def test_what_runs_here_is_what_is_locked():
    for at, (pin, _) in pins("dev").items():
        if applies(pin):
            try:
                assert pin.specifier.contains(version(at)), at
            except PackageNotFoundError:
                pytest.fail(f"{at} is locked and not installed: make dev")


def test_nothing_is_installed_that_no_lock_names():
    """Every line of make that installs takes hashed wheels of a lock, or our own tree with what is there already."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"^\t.*\bpip3? install\b(.*)$", text, re.MULTILINE)
    locked = [line for line in installs if "-r requirements/" in line]
    own = [line for line in installs if line.endswith("--editable .")]

    assert (len(locked), len(own)) == (4, 2)
    assert sorted(locked + own) == sorted(installs)
    assert all({"--require-hashes", "--only-binary", ":all:"} <= set(line.split()) for line in locked)
    assert all({"--no-deps", "--no-build-isolation", "--no-index"} <= set(line.split()) for line in own)


def test_what_builds_the_project_is_in_the_lock_of_the_deployment():
    needed = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]

    assert [str(each) for each in needed] == EXTRAS["build"]
    assert all(canonicalize_name(each.name) in pins("runtime") for each in needed)
