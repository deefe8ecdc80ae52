"""The threat model and the security policy say what is there: measures, tests, exceptions and classes that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
POLICY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z][0-9]+) \| (.+) \|$", re.MULTILINE)
ROWS = {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in ROW.findall(MODEL)}
STRIDE = set("STRIDE")
CODED = ("gateway", "formats", "adapters", "tools")
EXCEPTION = re.compile(r"# noqa: *([A-Z0-9, ]+?)(?: - (.+))?$", re.MULTILINE)


def paths(cell):
    """Return the files that a cell names."""
    return re.findall(r"`([\w./-]+\.(?:py|lock|toml)|Makefile)`", cell)


def exceptions():
    """Yield each line of our code that switches one of bandit's rules off: rule, reason, where."""
    for path in (path for folder in CODED for path in sorted((ROOT / folder).rglob("*.py"))):
        for codes, reason in EXCEPTION.findall(path.read_text(encoding="utf-8")):
            yield from ((code.strip(), reason, path) for code in codes.split(",") if re.fullmatch(r" *S\d{3}", code))


def test_every_boundary_of_the_picture_has_its_table_and_no_other():
    drawn = set(re.findall(r"═ ([A-Z])(?= |$)", MODEL.split("```")[1], re.MULTILINE))

    assert {name[0] for name in ROWS} == set(re.findall(r"^## ([A-Z]): ", MODEL, re.MULTILINE)) == drawn


def test_the_rows_of_a_table_are_numbered_without_a_gap():
    assert len(ROWS) == len(ROW.findall(MODEL)) > 60
    for letter in {name[0] for name in ROWS}:
        numbers = [int(name[1:]) for name in ROWS if name[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1)), letter


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_threat_measure_test_and_what_is_left(name):
    kind, threat, measure, tests, left = ROWS[name]

    assert kind in STRIDE
    assert all((threat, measure, tests, left))
    assert paths(measure) or tests == "–", "a measure names where it is"
    assert paths(tests) or (tests == "–" and "**open**" in left), "no test and not said to be open"


@pytest.mark.parametrize("name", ROWS)
def test_every_measure_and_every_test_that_a_row_names_exists(name):
    _, _, measure, tests, left = ROWS[name]

    assert [path for path in paths(measure) + paths(left) if not (ROOT / path).is_file()] == []
    assert [path for path in paths(tests) if not (ROOT / "tests" / path).is_file()] == []
    assert all(re.fullmatch(r"\w+/test_\w+\.py", path) for path in paths(tests))


def test_every_class_of_stride_is_looked_for_at_the_wire():
    assert {row[0] for name, row in ROWS.items() if name[0] == "W"} == STRIDE


def test_each_of_bandits_rules_that_is_switched_off_somewhere_is_explained_and_no_other():
    section = MODEL.split("## Exceptions from bandit's rules\n")[1].split("\n## ")[0]

    assert set(re.findall(r"^\| `(S\d{3})` \|", section, re.MULTILINE)) == {code for code, _, _ in exceptions()}


def test_every_exception_from_bandits_rules_has_its_reason_beside_it():
    found = list(exceptions())

    assert len(found) > 30
    assert [f"{path.relative_to(ROOT)}: {code}" for code, reason, path in found if not reason] == []


def test_the_policy_names_a_wrong_verdict_as_a_vulnerability_in_both_languages_and_its_classes_alike():
    english, chinese = POLICY.split("\n## 安全政策\n")
    classes = re.findall(r"^\| (\w+) \|", english.split("## How to report")[0], re.MULTILINE)[1:]

    assert "## A wrong verdict is a vulnerability" in english
    assert "**错误的结论就是安全漏洞**" in chinese
    assert classes == ["critical", "high", "medium", "low"]
    assert len(re.findall(r"^\| (严重|高|中|低) \|", chinese, re.MULTILINE)) == len(classes)
