"""The alarms for Prometheus: on metrics that there are, in both languages, each with what to do in the operators' page.

What Prometheus itself makes of the file is in tests/system.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from told_metrics import exported, told

from gateway.domain.complaints import StatusTrouble
from gateway.domain.vocabulary import Verdict
from gateway.storage.leases import INTEGRATOR, TIMERS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy/prometheus/alarms.yml").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
RULE = re.compile(
    r"      - alert: (?P<name>\w+)\n"
    r"        expr: (?P<expr>[^|\n].*|\|\n(?: {10}.*\n)+?)\n?"
    r"(?:        for: (?P<wait>\w+)\n)?"
    r"        labels:\n          severity: (?P<severity>\w+)\n"
    r"        annotations:\n"
    r'          summary: "(?P<en>.+)"\n'
    r'          summary_zh: "(?P<zh>.+)"\n'
    r"          runbook: (?P<runbook>\S+)\n"
)
RULES = [found.groupdict() for found in RULE.finditer(TEXT)]
OF_PROMETHEUS = {"up"}
WORD = re.compile(r"(?<![\w$.])(?:jsg|process)_\w+|(?<![\w$.])up(?=\{)")


def names():
    """Return every name that a rule can ask for, with its labels and those that a scrape adds."""
    found = {}
    for name, labels in exported().items():
        ends = ("_bucket", "_sum", "_count") if any(f.name == name and f.type == "histogram" for f in told()) else ("",)
        for end in ends:
            found[name + end] = labels | {"job", "instance"} | ({"le"} if end == "_bucket" else set())
    found["jsg_build_info"] |= {"version", "profile", "policy"}
    return found


def heading(anchor):
    """Return the text under a heading of the operators' page, by its anchor."""
    for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        if re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") == anchor:
            return text
    return None


def by_name(rule):
    return rule["name"]


def test_every_alarm_of_the_file_is_read_here():
    assert len(RULES) == TEXT.count("- alert:") > 30
    assert len({rule["name"] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_an_alarm_asks_for_metrics_and_labels_that_there_are(rule):
    asked = set(WORD.findall(rule["expr"]))

    assert asked, rule["expr"]
    assert asked - OF_PROMETHEUS <= set(names())
    for name, matchers in re.findall(r"((?:jsg|process)_\w+)\{([^}]*)\}", rule["expr"]):
        assert set(re.findall(r"(\w+)(?:=~|!=|=)", matchers)) <= names()[name]
    shown = set(re.findall(r"\$labels\.(\w+)", rule["en"] + rule["zh"]))
    grouped = re.match(r"(?:sum|count|max) by \(([^)]*)\)", rule["expr"].removeprefix("|\n").strip())
    known = set.union(*(names().get(name, {"job", "instance"}) for name in asked))
    assert shown <= (set(grouped[1].split(", ")) if grouped else known)


@pytest.mark.parametrize("rule", RULES, ids=by_name)
def test_an_alarm_says_what_is_wrong_in_both_languages_and_what_to_do_where(rule):
    assert rule["severity"] in {"critical", "warning"}
    assert re.search(r"[\u4e00-\u9fff]", rule["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", rule["en"])
    assert set(re.findall(r"\{\{.*?\}\}", rule["zh"])) <= set(re.findall(r"\{\{.*?\}\}", rule["en"]))
    page, _, anchor = rule["runbook"].partition("#")
    assert page == "docs/operations.md"
    assert f"`{rule['name']}`" in (heading(anchor) or ""), f"{anchor} does not say what to do"


def test_the_page_names_no_alarm_that_there_is_not():
    assert set(re.findall(r"`(Jsg\w+)`", PAGE)) == {rule["name"] for rule in RULES}


def test_words_of_labels_are_words_that_are_told():
    def asked(label):
        found = re.findall(rf'{label}=~?"([^"]+)"', TEXT)
        return {word for each in found for word in each.split("|")}

    assert asked("trouble") <= {trouble.name for trouble in StatusTrouble}
    assert asked("verdict") <= {verdict.name for verdict in Verdict}
    assert asked("lease") == {INTEGRATOR, TIMERS}
    assert asked("what") <= {
        sample.labels["what"] for family in told() for sample in family.samples if "what" in sample.labels
    }


def test_no_alarm_can_show_anything_but_words_of_labels_and_a_number():
    assert {each.split(" | ")[0].strip() for each in re.findall(r"\{\{(.*?)\}\}", TEXT)} <= {
        "$value",
        *(f"$labels.{label}" for labels in names().values() for label in labels),
    }
