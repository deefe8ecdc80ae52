"""The nightly sample: drawn without repetition, run once a night, recorded, and told when a past answer differs."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leases import HandLease

from gateway.bootstrap.nightly import NightlyReplay
from gateway.domain.audit import Draft, Entry, salts_needed, seal
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.replay import Replayed, ReplayResult
from gateway.services.replay_sample import ReplaySample
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway
from gateway.settings.replaying import ReplaySettings

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
SINCE = datetime(2026, 11, 23, tzinfo=UTC)


class Record:
    """Queues whose every entry is a check, or what a test says, and replays as a test says."""

    def __init__(self, spans, results=None, others=()):
        self.spans, self.results, self.others = spans, results or {}, set(others)
        self.replayed = []

    def since(self, instant):
        assert instant == SINCE
        return self.spans

    def find(self, writer, number):
        method = "AuditService/SearchAccess" if (writer, number) in self.others else "CreditService/CheckEligibility"
        draft = Draft({"method": method})
        return seal(draft, writer, number, SINCE, bytes(salts_needed(draft)))

    def replay(self, entry: Entry, item=None):
        assert item is None
        place = (entry.writer, entry.number)
        self.replayed.append(place)
        return Replayed(result=self.results.get(place, ReplayResult.IDENTICAL))


def sample(record, seed=7):
    return ReplaySample(record, record, record, random.Random(seed))  # noqa: S311 - a test's


@given(
    st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3),
    st.integers(1, 30),
    st.integers(),
)
def test_decisions_are_drawn_each_once_within_their_span_and_as_many_as_there_are(bounds, size, seed):
    spans = {writer: (first, first + more) for writer, (first, more) in bounds.items()}
    record = Record(spans)
    run = sample(record, seed)(size, SINCE)
    every = {(writer, number) for writer, (first, end) in spans.items() for number in range(first, end)}

    assert len(set(record.replayed)) == len(record.replayed) == min(size, len(every)) == run.replayed
    assert set(record.replayed) <= every


def test_every_decision_can_be_drawn():
    drawn = Counter()
    for seed in range(200):
        record = Record({"a": (3, 6), "b": (0, 2)})
        sample(record, seed)(1, SINCE)
        drawn.update(record.replayed)
    assert drawn.keys() == {("a", 3), ("a", 4), ("a", 5), ("b", 0), ("b", 1)}
    assert min(drawn.values()) > 15


def test_calls_that_decide_nothing_are_passed_over_and_counted():
    record = Record({"a": (0, 10)}, others=[("a", n) for n in range(8)])
    run = sample(record)(2, SINCE)
    assert sorted(record.replayed) == [("a", 8), ("a", 9)]
    assert run.replayed == 2
    assert run.looked_at <= 10


def test_what_is_not_identical_is_named():
    record = Record({"a": (0, 3)}, {("a", 1): ReplayResult.DIFFERENT, ("a", 2): ReplayResult.DIFFERENT_INPUTS})
    run = sample(record)(3, SINCE)
    assert run.different == 1
    assert {(each.number, each.result) for each in run.named} == {
        (1, ReplayResult.DIFFERENT),
        (2, ReplayResult.DIFFERENT_INPUTS),
    }


class Hand:
    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def boot_seconds(self):
        return 0.0


class Audit:
    def __init__(self):
        self.bodies = []

    async def record(self, draft):
        self.bodies.append(draft.body)


def local(day, clock):
    """Return an instant by its civil day of November 2026 and time in Shanghai."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


class Night:
    """A nightly replay with a clock that is moved by hand."""

    def __init__(self, begin, results=None, record=None):
        self.clock, self.audit, self.lease = Hand(begin), Audit(), HandLease()
        self.record = record or Record({"a": (0, 3)}, results)
        self.runs = []

        def run(size, since):
            self.runs.append((size, since))
            return replace(sample(self.record)(size, SINCE), since=since)

        self.nightly = NightlyReplay(ReplaySettings(3, time(2, 30)), run, self.audit, self.clock, self.lease)

    def look(self, moment):
        self.clock.moment = moment
        return asyncio.run(self.nightly.look())


def test_it_runs_once_a_night_from_the_local_time_on_over_the_day_before():
    night = Night(local(24, "12:00"))
    looks = ["24 23:59", "25 02:29", "25 02:30", "25 02:31", "25 23:00", "26 02:29", "26 02:45", "26 03:00"]
    ran = [look for look in looks if night.look(local(int(look[:2]), look[3:])) is not None]

    assert ran == ["25 02:30", "26 02:45"]
    assert [since for _, since in night.runs] == [local(24, "02:30"), local(25, "02:45")]
    assert [size for size, _ in night.runs] == [3, 3]


def test_a_process_that_starts_before_the_time_runs_the_same_night():
    night = Night(local(25, "01:00"))
    assert night.look(local(25, "02:30")) is not None


def test_it_runs_where_the_lease_is_held_and_waits_there_for_whoever_takes_it_over():
    night = Night(local(25, "01:00"))
    night.lease.held = False
    assert night.look(local(25, "02:30")) is None
    night.lease.held = True
    assert night.look(local(25, "02:31")) is not None
    assert len(night.runs) == 1


def test_what_came_of_it_is_an_entry_and_a_figure_and_a_difference_is_an_alarm(caplog):
    night = Night(local(25, "01:00"), {("a", 1): ReplayResult.DIFFERENT})
    assert (night.nightly.figures().at, night.nightly.figures().replayed) == (None, 0)
    night.look(local(25, "02:30"))
    (body,) = night.audit.bodies

    assert (body["method"], body["outcome"]) == ("AuditService", "DECISIONS_REPLAYED")
    assert body["replay"]["results"] == {"IDENTICAL": 2, "DIFFERENT": 1}
    assert body["replay"]["named"] == ["a/1"]
    figures = night.nightly.figures()
    assert (figures.at, figures.replayed, figures.different) == (local(25, "02:30"), 3, 1)
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    assert "a/1: DIFFERENT" in caplog.text


def test_a_night_without_a_difference_is_no_alarm(caplog):
    caplog.set_level("INFO")
    night = Night(local(25, "01:00"))
    night.look(local(25, "02:30"))
    assert [each.levelname for each in caplog.records] == ["INFO"]


def test_a_store_that_cannot_be_read_is_tried_again_the_same_night():
    night = Night(local(25, "01:00"))
    night.record.spans = None
    night.record.since = lambda _: (_ for _ in ()).throw(StoreUnavailableError("gone"))
    with pytest.raises(StoreUnavailableError):
        night.look(local(25, "02:30"))
    night.record.since = lambda _: {"a": (0, 3)}
    assert night.look(local(25, "02:31")) is not None


def loaded(folder, section):
    begin, _, rest = SHIPPED.read_text(encoding="utf-8").partition("[replay]\n")
    _, _, end = rest.partition("\n\n")
    file = folder / "gateway.toml"
    file.write_text(f"{begin}{section}\n{end}", encoding="utf-8")
    return load_gateway(file).replay


def test_what_is_shipped_is_what_holds_without_a_section(tmp_path):
    assert load_gateway(SHIPPED).replay == loaded(tmp_path, "") == loaded(tmp_path, "[replay]") == ReplaySettings()


def test_the_file_says_how_many_and_when(tmp_path):
    assert loaded(tmp_path, '[replay]\nsample = 0\nat = "23:59"') == ReplaySettings(0, time(23, 59))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("sample = -1", "sample"),
        ("sample = 1001", "sample"),
        ("sample = 1.5", "sample"),
        ('at = "24:00"', "at"),
        ('at = "2:30"', "at"),
        ('at = "02:60"', "at"),
        ("at = 02:30:00", "at"),
        ("often = 1", "often"),
    ],
)
def test_what_is_wrong_stops_the_start_with_its_key(tmp_path, line, key):
    with pytest.raises(ConfigurationError, match=rf"replay\.{key}"):
        loaded(tmp_path, f"[replay]\n{line}")
