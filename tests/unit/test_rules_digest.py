"""The digest that every answer carries changes with any line of the rules."""

from __future__ import annotations

import shutil

import pytest

from gateway.bootstrap.rules import RULES, rules_digest


@pytest.fixture
def copy(tmp_path):
    domain = RULES[0]
    shutil.copytree(domain, tmp_path / "domain")
    return tmp_path / "domain"


def test_the_same_source_elsewhere_has_the_same_digest(copy):
    assert rules_digest([copy]) == rules_digest(RULES[:1])


@pytest.mark.parametrize("module", ["grades.py", "kinds/penalty.py"])
def test_a_line_more_in_any_module_is_another_digest(copy, module):
    before = rules_digest([copy])
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write("# a word\n")

    assert rules_digest([copy]) != before


def test_a_module_that_moves_is_another_digest(copy):
    before = rules_digest([copy])
    (copy / "kinds" / "penalty.py").rename(copy / "penalty.py")

    assert rules_digest([copy]) != before
