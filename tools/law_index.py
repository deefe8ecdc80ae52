"""Writes docs/law.md: each rule id of the glossary, the modules that follow it, and the tests that hold it.

    python3 tools/law_index.py > docs/law.md

A module follows a rule where it names its id. A test holds a rule where it names the id; where none does, the tests are
told that use a module which does. What the glossary does not have is not told: it is the list of rules.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = ("adapters", "console", "formats", "gateway", "config", "protos")
ID = re.compile(r"\b(?:[A-Z]-\d{1,3}[a-z]?|TR[1-7]p?|W\d)\b")
ROW = re.compile(r"^\| ([A-Z]-\d{1,3}[a-z]?) \| (.+) \|$", re.MULTILINE)
MOST = 6
HEAD = """# The law as it is implemented

Each rule of the [glossary](glossary.md#rule-ids), the modules that name it, and the tests that hold it: those that
name it too, or else, in *italics*, those that use a module which does. Written by `make law`; a test holds that it is
as the tree is.

| rule | what it says | where | tests |
|---|---|---|---|
"""


def rules() -> dict[str, str]:
    """Return the rules of the glossary by id, in its order."""
    return dict(ROW.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8")))


def named(folders: tuple[str, ...], suffixes: set[str]) -> dict[str, list[Path]]:
    """Return by rule id the files that name it, in order."""
    found: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in suffixes and not file.name.endswith(("_pb2.py", "_pb2.pyi")):
                for each in sorted(set(ID.findall(file.read_text(encoding="utf-8")))):
                    found[each].append(file.relative_to(ROOT))
    return found


def users() -> dict[str, list[Path]]:
    """Return by module of ours the test files that import it."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            elif isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            for name in names:
                if file.relative_to(ROOT) not in found[name]:
                    found[name].append(file.relative_to(ROOT))
    return found


def listed(files: list[Path]) -> str:
    """Return some files as the documents name them."""
    shown = [f"`{file.as_posix().removeprefix('tests/')}`" for file in files[:MOST]]
    more = len(files) - MOST
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def page() -> str:
    """Return the document."""
    code, tests, using = named(CODE, {".py", ".toml", ".proto"}), named(("tests",), {".py", ".toml"}), users()
    lines = []
    for rule, says in rules().items():
        where = code.get(rule, [])
        held = [file for file in tests.get(rule, []) if file.name.startswith("test_") or file.suffix == ".toml"]
        told = listed(held)
        if not held:
            modules = [file.with_suffix("").as_posix().replace("/", ".") for file in where if file.suffix == ".py"]
            through = sorted({file for module in modules for file in using.get(module, [])})
            told = f"*{listed(through)}*" if through else "–"
        lines.append(f"| {rule} | {says} | {listed(where) or '–'} | {told} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
