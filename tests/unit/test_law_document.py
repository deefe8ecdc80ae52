"""docs/law.md is what the tree says of the law: which rule is followed where, and held by which tests."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("law_index", ROOT / "tools" / "law_index.py")
law_index = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(law_index)


def test_the_document_is_as_the_tree_is():
    assert (ROOT / "docs" / "law.md").read_text(encoding="utf-8") == law_index.page(), "run make law"


def test_every_rule_of_the_glossary_is_told_once():
    told = re.findall(r"^\| ([A-Z]-\d+[a-z]?) \|", law_index.page(), re.MULTILINE)
    assert told == list(law_index.rules())
    assert len(told) == len(set(told)) > 100


def test_what_is_told_is_there():
    for name in re.findall(r"`([a-z][\w./-]+\.(?:py|toml|proto))`", law_index.page()):
        assert (ROOT / name).exists() or (ROOT / "tests" / name).exists(), name


def test_a_rule_that_nobody_follows_shows_as_such(monkeypatch):
    monkeypatch.setattr(law_index, "rules", lambda: {"A-30": "bidding", "Z-99": "nothing"})
    last, before = law_index.page().splitlines()[-1], law_index.page().splitlines()[-2]
    assert last == "| Z-99 | nothing | – | `unit/test_law_document.py` |"
    assert "`adapters/bidding.py`" in before
