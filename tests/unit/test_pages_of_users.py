"""A page for each kind of user, and one index: nothing is left out, and both languages say the same steps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
USERS = sorted((DOCS / "users").glob("*.md"))
PARTS = ["要做什么", "步骤", "被拒绝时", "找谁", "English"]
KINDS = {"deciding-officer", "bank", "hrss-officer", "auditor", "justice", "system-integrator", "operator"}
STEP = re.compile(r"^(\d)\. ", re.MULTILINE)
LONGEST = 80
"""Lines of a page for officers: what is longer is not read."""


def text_of(path):
    return path.read_text(encoding="utf-8")


def linked(path):
    """Return the documents that *path* links to."""
    return {
        (path.parent / target.partition("#")[0]).resolve() for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path))
    }


def test_every_document_is_in_the_index_by_question():
    assert {*DOCS.glob("*.md"), *USERS} - {DOCS / "README.md"} - linked(DOCS / "README.md") == set()


def test_each_kind_of_user_has_a_page_and_the_first_page_leads_to_it():
    assert {path.stem for path in USERS} == KINDS
    assert set(USERS) <= linked(DOCS / "getting-started.md")


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.stem)
def test_a_page_says_what_how_what_a_refusal_means_and_whom_to_ask(path):
    text = text_of(path)
    english = text.partition("\n## English\n")[2]

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert re.findall(r"^\*\*(What you want|When it|Whom to ask)", english, re.MULTILINE) == [
        "What you want",
        "When it",
        "Whom to ask",
    ]
    assert "](pictures/" in text.partition("\n## English\n")[0]
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [*USERS, DOCS / "getting-started.md"], ids=lambda path: path.stem)
def test_both_languages_have_the_same_steps(path):
    chinese, _, english = text_of(path).partition("\n## English\n")
    steps = STEP.findall(chinese) or re.findall(r"^## [一二三四五]、", chinese, re.MULTILINE)

    assert len(steps) == len(STEP.findall(english)) > 3
