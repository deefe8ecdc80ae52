"""What comes from npm is locked as our own dependencies are: by hash, from any registry."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/examples/node"
FOLDERS = {"docs/examples/node": FOLDER, "requirements/cerbos": ROOT / "requirements/cerbos"}
WANTED = {at: json.loads((each / "package.json").read_text(encoding="utf-8")) for at, each in FOLDERS.items()}
LOCKS = {at: json.loads((each / "package-lock.json").read_text(encoding="utf-8")) for at, each in FOLDERS.items()}
PACKAGES = {(at, name): package for at, lock in LOCKS.items() for name, package in lock["packages"].items() if name}
PERMISSIVE = {"Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause"}


@pytest.mark.parametrize("place", PACKAGES, ids="/".join)
def test_a_package_is_one_version_by_hash_under_a_free_licence_and_names_no_registry(place):
    package = PACKAGES[place]

    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["license"] in PERMISSIVE
    assert "resolved" not in package


@pytest.mark.parametrize("at", FOLDERS)
def test_what_is_wanted_is_exact_and_is_what_is_locked(at):
    assert LOCKS[at]["packages"][""]["dependencies"] == WANTED[at]["dependencies"] != {}
    for name, version in WANTED[at]["dependencies"].items():
        assert PACKAGES[at, f"node_modules/{name}"]["version"] == version


def test_the_example_imports_what_it_wants_and_what_node_has():
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.mjs"))]
    imported = {name for text in texts for name in re.findall(r'^import .* from "([^."][^"]*)";$', text, re.MULTILINE)}

    assert {name for name in imported if not name.startswith("node:")} == set(
        WANTED["docs/examples/node"]["dependencies"]
    )
