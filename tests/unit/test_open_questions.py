"""The page of open legal questions: rule, both languages, who decides, and keys of the configuration that exist."""

from __future__ import annotations

import re

import pytest
from test_documents import ROOT, code, table, text_of

PAGE = ROOT / "docs/open-questions.md"
ROWS = table(PAGE, "Questions")[1:]
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
RULE = re.compile(r"[A-Z]-\d{2,3}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_question_is_whole_and_asked_in_both_languages(row):
    rules, question, configured, meanwhile, decides, sources = row

    assert all(RULE.fullmatch(each) for each in rules.split(", "))
    assert re.match(r"[A-Z][a-z].*\? .*？$", question)
    assert CHINESE.search(question)
    assert CHINESE.search(decides)
    assert configured
    assert meanwhile
    assert sources


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_key_that_answers_a_question_is_in_the_file_that_is_named(row):
    for part in row[2].split("; "):
        file, _, keys = part.partition(": ")
        if not file.startswith("`config/"):
            continue
        text = text_of(ROOT / file.strip("`"))
        assert keys
        for key in code([keys]) - {"LISTED_ELSEWHERE"}:
            assert re.search(rf"^(?:# )?{re.escape(key)} *=|\b{re.escape(key)} = ", text, re.MULTILINE), (file, key)
        assert all(name in text for name in code([keys]))


def test_every_rule_that_is_open_is_in_the_glossary_and_no_question_is_asked_twice():
    listed = {row[0] for row in table(ROOT / "docs/glossary.md", "Rule ids")}
    asked = [rule for row in ROWS for rule in row[0].split(", ")]

    assert set(asked) <= listed
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert {"L-20", "T-03", "D-09", "S-03", "C-31", "G-33", "T-54", "C-35", "G-14"} <= set(asked)
