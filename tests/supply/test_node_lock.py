"""What the example for Node installs is locked as our own dependencies are: by hash, from any registry."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs/examples/node"
WANTED = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
PACKAGES = {name: package for name, package in LOCK["packages"].items() if name}
PERMISSIVE = {"Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_one_version_by_hash_under_a_free_licence_and_names_no_registry(name):
    package = PACKAGES[name]

    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["license"] in PERMISSIVE
    assert "resolved" not in package


def test_what_the_example_wants_is_exact_and_is_what_is_locked():
    assert LOCK["packages"][""]["dependencies"] == WANTED["dependencies"] != {}
    for name, version in WANTED["dependencies"].items():
        assert PACKAGES[f"node_modules/{name}"]["version"] == version


def test_the_example_imports_what_it_wants_and_what_node_has():
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.mjs"))]
    imported = {name for text in texts for name in re.findall(r'^import .* from "([^."][^"]*)";$', text, re.MULTILINE)}

    assert {name for name in imported if not name.startswith("node:")} == set(WANTED["dependencies"])
