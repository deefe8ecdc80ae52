"""What a benchmark of reach counts around a commit: when each area knew it, and what it was told until then."""

from __future__ import annotations

import pytest

from gateway.bench import reach
from gateway.bench.processes import BenchError
from gateway.bench.reach import Watching

BOUND = 0.05


OLD, NEW, UNSURE = False, True, None


class Area:
    """Answers what it was given for before the commit and for after it, the last of each for ever."""

    def __init__(self, *after, before=(OLD,)):
        self._before, self._after = list(before), list(after)
        self.committed = False

    def __call__(self, _uscc):
        answers = self._after if self.committed else self._before
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Wavering(Area):
    """Once it has told the new state it tells the old one at every other question."""

    def __call__(self, _uscc):
        self._after.reverse()
        return self._after[0] if self.committed else OLD


def around(**areas):
    def commit():
        for each in areas.values():
            each.committed = True

    return Watching("91420300MA0000000K", BOUND, new=True).around(commit, areas)


def test_the_first_answer_of_the_new_state_is_what_counts():
    told = around(AWARDS=Area(OLD, OLD, NEW), BIDDING=Area(NEW))["AWARDS"]
    assert told.after >= 0
    assert told.asked > 3
    assert (told.late, told.unsure) == (0, 0)


def test_an_old_answer_after_the_new_state_was_known_is_counted_once_the_bound_has_passed(monkeypatch):
    # For a machine that does something else for longer than that.
    monkeypatch.setattr(reach, "LINGER_SECONDS", 2.0)
    told = around(AWARDS=Wavering(NEW, OLD), BIDDING=Area(NEW))
    assert told["AWARDS"].late > 0
    assert told["BIDDING"].late == 0


def test_what_the_gateway_could_not_say_is_neither_old_nor_new():
    told = around(AWARDS=Area(UNSURE, UNSURE, NEW, before=(UNSURE, OLD)))["AWARDS"]
    assert (told.late, told.unsure) == (0, 3)


@pytest.mark.parametrize(
    ("area", "why"),
    [
        (Area(OLD), "what was committed never weighed"),
        (Area(UNSURE), "what was committed never weighed"),
        (Area(OLD, before=(UNSURE,)), "the gateway could not say"),
        (Area(NEW, before=(NEW,)), "a commit that was not begun"),
    ],
)
def test_what_cannot_be_measured_ends_the_run_and_says_why(monkeypatch, area, why):
    monkeypatch.setattr(reach, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(BenchError, match=why):
        around(AWARDS=area, BIDDING=Area(NEW))
