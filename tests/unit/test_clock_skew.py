"""How far a node's clock is off its store's: by the last comparison that was quick, and by the boot clock since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from gateway.storage.clock_skew import COMPARE_SECONDS, PRECISE_SECONDS, ClockSkew

NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)


@dataclass
class Moment:
    """The true time, by how much the node's clock is off it, and how long the store takes to tell it."""

    passed: float = 0.0
    off: float = 0.0
    takes: float = 0.0
    jumps: float = 0.0
    """By how much the node's clock is moved while the store is asked."""
    answers_late: float = 1.0
    """Which part of that it takes to come to the moment that it tells."""

    def now(self):
        return NOON + timedelta(seconds=self.passed + self.off)

    def boot_seconds(self):
        return self.passed

    def store_clock(self):
        self.passed += self.takes * self.answers_late
        self.off += self.jumps
        told = NOON + timedelta(seconds=self.passed)
        self.passed += self.takes * (1 - self.answers_late)
        return told


@pytest.fixture
def moment():
    return Moment()


@pytest.fixture
def skew(moment):
    return ClockSkew(moment, moment)


def test_a_clock_that_is_moved_is_known_at_once_and_by_the_next_comparison_too(moment, skew):
    skew.compare()
    assert skew.seconds() == 0
    moment.off = 3600.0
    assert skew.seconds() == 3600
    moment.passed += COMPARE_SECONDS
    skew.compare()
    assert skew.seconds() == 3600


def test_a_comparison_that_took_long_says_nothing_about_a_clock_that_was_compared_before(moment, skew):
    moment.off = 0.25
    skew.compare()
    moment.passed += COMPARE_SECONDS
    moment.takes = 6.0
    skew.compare()
    assert skew.seconds() == 0.25
    moment.takes, moment.passed = PRECISE_SECONDS / 2, moment.passed + COMPARE_SECONDS
    skew.compare()
    assert skew.seconds() == 0.25 - PRECISE_SECONDS / 4, "one that is precise enough counts, because clocks drift"


def test_the_first_comparison_counts_however_long_it_took(moment, skew):
    moment.off, moment.takes, moment.answers_late = 10.0, 4.0, 0.5
    skew.compare()
    assert skew.seconds() == 10


def test_one_that_took_long_is_replaced_by_a_quicker_one_however_busy_the_store_is(moment, skew):
    moment.off, moment.takes = 0.25, 6.0
    skew.compare()
    assert skew.seconds() == 0.25 - 3
    moment.takes, moment.passed = 2.0, moment.passed + COMPARE_SECONDS
    skew.compare()
    assert skew.seconds() == 0.25 - 1
    moment.takes, moment.passed = 3.0, moment.passed + COMPARE_SECONDS
    skew.compare()
    assert skew.seconds() == 0.25 - 1


def test_a_clock_that_is_moved_during_a_comparison_is_known_by_what_it_was_moved_by(moment, skew):
    skew.compare()
    moment.passed, moment.jumps = moment.passed + COMPARE_SECONDS, -86_400.0
    skew.compare()
    assert skew.seconds() == -86_400
    moment.passed, moment.jumps = moment.passed + COMPARE_SECONDS, 86_400.0
    skew.compare()
    assert skew.seconds() == 0
