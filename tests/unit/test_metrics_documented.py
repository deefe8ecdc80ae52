"""Every metric that is told is in the operators' document, and nothing else is; no label can grow without bound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sound_status import SOUND
from told_metrics import exported, told

from gateway.domain.audit import Draft
from gateway.domain.figures import ProcessFigures
from gateway.domain.vocabulary import Area, Verdict
from gateway.rpc.exposition import exposition
from gateway.services.count_calls import CallCounts, CountedLog

ROOT = Path(__file__).parents[2]


def samples():
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in told() for sample in family.samples
    }


def documented():
    """Return the names in the table of docs/operations.md, with their labels."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = text[text.index("\n## Metrics\n") : text.index("\n## Alarms\n")]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    found = {}
    for row in rows:
        for name, labels in re.findall(r"`((?:jsg|process)_\w+)(?:\{([\w,]+)\})?`", row.split(" | ")[0]):
            assert name not in found, f"{name} is documented twice"
            found[name] = set(labels.split(",")) if labels else set()
    return found


def test_the_document_names_every_metric_with_its_labels_and_no_other():
    assert documented() == exported()


def test_every_metric_says_what_it_is_and_has_a_value_in_this_test():
    for family in told():
        assert family.documentation, family.name
        assert family.samples, f"{family.name} has no sample: the comparison would pass it over"


def test_figures_come_out_as_they_are():
    found = samples()

    assert found["jsg_lease_held", ("lease", "integrator")] == 1
    assert found["jsg_lease_held", ("lease", "timers")] == 0
    assert found[("jsg_log_checkpoint_age_seconds",)] == 3
    assert found["jsg_witness_cosigned_entries", ("witness", "w1+ab")] == 7
    assert found["jsg_witness_refuses", ("witness", "w2+cd")] == 1
    assert found["jsg_store_connections", ("store", "facts")] == 2
    assert found["jsg_store_connections_limit", ("store", "facts")] == 15
    assert [found["jsg_traced_calls_total", ("fate", fate)] for fate in ("sent", "dropped", "lost")] == [5, 2, 1]
    assert found[("jsg_replay_decisions",)] == 20
    assert found[("jsg_days_not_indexed",)] == 0
    assert found["jsg_verdicts_total", ("area", "BIDDING"), ("verdict", "CLEAR")] == 1


def test_where_nothing_is_signed_or_traced_nothing_is_told_of_it():
    text = exposition(SOUND, CallCounts(), ProcessFigures()).decode()

    assert "jsg_log_checkpoint_age_seconds" not in text
    assert "jsg_traced_calls" not in text


class Log:
    writer, failed = "w", False

    def record(self, draft):
        return draft


@pytest.mark.parametrize(
    ("body", "lines", "counted"),
    [
        ({"area": 3, "verdict": 2}, [], {(Area.BIDDING, Verdict(2)): 1}),
        (
            {"area": 3},
            [{"verdict": 1}, {"verdict": 2}, {"verdict": 1}],
            {(Area.BIDDING, Verdict(1)): 2, (Area.BIDDING, Verdict(2)): 1},
        ),
        ({"area": 3}, [], {}),
        ({"area": 3, "verdict": 99}, [], {}),
        ({"area": 99, "verdict": 1}, [], {}),
        ({"area": "91420399MA00K2U7XJ", "verdict": 1}, [], {}),
        ({"verdict": 1}, [], {}),
        ({"area": 3, "verdict": 1, "outcome": "MALFORMED_REQUEST"}, [], {}),
    ],
)
def test_a_verdict_counts_when_it_was_answered_and_is_one_of_ours(body, lines, counted):
    found = CallCounts()
    CountedLog(Log(), found).record(Draft({"method": "M", "outcome": "OK", "latency_us": 5, **body}, lines))

    assert found.verdicts == counted
