"""What makes an answer UNVERIFIABLE: a node behind its store, a feed behind its producer, a clock that is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.services.freshness import Freshness
from gateway.services.ports.register import FeedState

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LIMITS = Freshness(
    replica_lag=SECOND,
    clock_skew=SECOND,
    answer_validity=timedelta(hours=4),
    reach_wait=SECOND,
    feeds={"wage_list": timedelta(hours=26)},
)


@dataclass
class Register:
    """A register that only says how fresh it is."""

    confirmed: datetime | None = NOW
    lag: float = 0.0
    skew: float = 0.0
    feeds: dict[str, FeedState] = field(init=False)

    def __post_init__(self):
        self.feeds = {} if self.confirmed is None else {"wage_list": FeedState("wage_list", self.confirmed)}

    def replica_lag(self):
        return self.lag

    def clock_skew(self):
        return self.skew


def doubts(now=NOW, **how):
    return LIMITS.look(Register(**how), now)[0]


@pytest.mark.parametrize(
    ("how", "doubt"),
    [
        ({}, ()),
        ({"lag": 1.0}, ()),
        ({"lag": 1.001}, ("STALE_NODE: 1.0 s behind the store",)),
        ({"skew": 1.0}, ()),
        ({"skew": -1.0}, ()),
        ({"skew": 1.5}, ("CLOCK: 1.5 s off the store's",)),
        ({"skew": -1.5}, ("CLOCK: -1.5 s off the store's",)),
        ({"confirmed": None}, ("STALE_SOURCE: wage_list",)),
        ({"confirmed": NOW - timedelta(hours=26)}, ()),
        ({"confirmed": NOW - timedelta(hours=26) - MOMENT}, ("STALE_SOURCE: wage_list",)),
    ],
)
def test_each_limit_is_a_doubt_beyond_itself_only(how, doubt):
    assert doubts(**how) == doubt


def test_a_clock_behind_a_confirmation_is_doubted_beyond_what_clocks_may_be_off():
    assert doubts(confirmed=NOW + SECOND) == ()
    assert doubts(confirmed=NOW + SECOND + MOMENT) == ("CLOCK: 1.0 s behind the confirmation of wage_list",)
    year = timedelta(days=365)
    assert doubts(now=NOW - year) == ("CLOCK: 31536000.0 s behind the confirmation of wage_list",)


def test_an_age_is_never_negative_and_unknown_when_the_clock_is_behind():
    ages = [LIMITS.look(Register(confirmed=NOW + ahead), NOW)[1] for ahead in (SECOND, 2 * SECOND)]
    assert [(age.age, age.fresh) for (age,) in ages] == [(timedelta(), True), (None, False)]


def test_a_later_confirmation_under_a_right_clock_is_enough_again():
    """The last confirmation counts, also when its instant is an earlier one: nothing has to be repaired by hand."""
    assert doubts(confirmed=NOW - SECOND) == ()


@pytest.mark.parametrize(
    ("now", "about", "doubted"),
    [
        (NOW, None, False),
        (NOW, NOW + HOUR - MOMENT, False),
        (NOW, NOW + HOUR, True),
        (NOW + HOUR - MOMENT, None, False),
        (NOW + HOUR, None, True),
        (NOW + HOUR, NOW - HOUR, True),
    ],
)
def test_another_policy_is_a_doubt_of_every_answer_given_or_asked_about_from_its_moment_on(now, about, doubted):
    ending = replace(LIMITS, feeds={}, policy_ends=lambda: NOW + HOUR)

    said, _, _ = ending.look(Register(), now, about)

    assert all(each.startswith("POLICY_CHANGES: ") for each in said)
    assert bool(said) is doubted


def test_no_answer_is_valid_beyond_the_moment_of_another_policy_be_it_an_outlook():
    ends = NOW + timedelta(minutes=1)
    ending = replace(LIMITS, feeds={}, policy_ends=lambda: ends)

    assert ending.valid_until(NOW, NOW, ()) == ends
    assert ending.valid_until(NOW + timedelta(seconds=30), NOW, ()) == ends
    assert replace(ending, policy_ends=lambda: None).valid_until(NOW, NOW, ()) > ends
