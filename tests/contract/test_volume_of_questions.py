"""How much was asked, counted beside the access index: the same on SQLite and PostgreSQL, and when made anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from audit_calls import NOON, body, line, record

from gateway.domain.audit import Draft
from gateway.services.ports.volume import VolumeWanted
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_volume import IndexedVolume
from gateway.storage.audit_reader import read_entries

pytest_plugins = ("audit_places",)
BATCH = "CreditService/BatchCheckEligibility"
YEAR = VolumeWanted(date(2026, 1, 1), date(2026, 12, 31))


def asked(index, wanted=YEAR):
    return sorted(
        ((wanted.since + timedelta(days=day)).isoformat(), agency, area, count)
        for (agency, area), counts in IndexedVolume(index).asked(wanted).items()
        for day, count in enumerate(counts)
        if count
    )


@pytest.fixture
def index(place, key_file):
    # The folder of the queues is there once something was written; this is no question.
    record(place, Draft(body(method="AuditService/SearchAccess")), writer="node-0.0")
    return AccessIndex(place, key_file)


def test_each_question_counts_on_its_day_in_shanghai(place, index):
    before, after = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 24, 16, tzinfo=UTC)
    record(place, *[Draft(body(area=1))] * 3, times=[before, after, after])
    record(place, Draft(body(area=2, caller={"agency": "bank"})), Draft(body(caller={})), writer="node-1.1")

    assert asked(index) == [
        ("2026-11-24", "", 0, 1),
        ("2026-11-24", "bank", 2, 1),
        ("2026-11-24", "bidding", 1, 1),
        ("2026-11-25", "bidding", 1, 2),
    ]
    record(place, Draft(body(area=1)), times=[after])
    assert asked(index)[-1] == ("2026-11-25", "bidding", 1, 3)


def test_of_a_batch_each_item_is_a_question_and_one_that_was_refused_is_one(place, index):
    record(
        place,
        Draft(body(method=BATCH, area=1), [line(0, "U1"), line(1, "U2")]),
        Draft(body(method=BATCH, area=1, outcome="QUOTA_EXCEEDED")),
        Draft(body(method="CreditService/ClearAward", area=1)),
        Draft(body(method="CreditService/CheckPerson", area=1, outcome="MALFORMED_REQUEST")),
        Draft(body(method="CreditService/ReportOutcome", area=1)),
        Draft(body(method="AuditService/SearchAccess")),
    )

    assert asked(index) == [("2026-11-24", "bidding", 1, 5)]


def test_days_agency_and_area_narrow_it(place, index):
    later = NOON.replace(day=26)
    record(
        place,
        Draft(body(area=1)),
        Draft(body(area=2)),
        Draft(body(area=1, caller={"agency": "bank"})),
        Draft(body(area=1)),
        times=[NOON, NOON, NOON, later],
    )
    first, last = date(2026, 11, 24), date(2026, 11, 26)

    assert asked(index, VolumeWanted(first, first, agency="bidding", area=1)) == [("2026-11-24", "bidding", 1, 1)]
    assert asked(index, VolumeWanted(first, last, area=2)) == [("2026-11-24", "bidding", 2, 1)]
    assert asked(index, VolumeWanted(first, last, agency="bank")) == [("2026-11-24", "bank", 1, 1)]
    assert asked(index, VolumeWanted(last, last)) == [("2026-11-26", "bidding", 1, 1)]
    assert IndexedVolume(index).asked(VolumeWanted(date(2026, 11, 25), date(2026, 11, 25))) == {}
    assert IndexedVolume(index).asked(VolumeWanted(first, last, agency="bank")) == {("bank", 1): [1, 0, 0]}


def test_what_is_erased_counts_no_more_and_only_once(place, index):
    record(place, *[Draft(body(area=1))] * 3, Draft(body(area=2)))
    assert asked(index) == [("2026-11-24", "bidding", 1, 3), ("2026-11-24", "bidding", 2, 1)]
    gone = [entry for entry in read_entries(place.readers()["node-1.0"], "node-1.0", 0, 10) if entry.number in {1, 3}]
    index.forget(gone)
    index.forget(gone)

    assert asked(index) == [("2026-11-24", "bidding", 1, 2)]
    assert list(IndexedVolume(index).asked(YEAR)) == [("bidding", 1)], "of what is gone there is no line of zeros"


def test_what_is_not_in_the_index_yet_is_not_taken_from_what_is(place, index):
    record(place, Draft(body(area=1)))
    asked(index)
    record(place, Draft(body(area=1)))
    (late,) = read_entries(place.readers()["node-1.0"], "node-1.0", 1, 10)
    index.forget([late])

    # It is still in its queue here, and gets in with the next look.
    assert asked(index) == [("2026-11-24", "bidding", 1, 2)]


def test_it_is_made_anew_with_the_index(place, index):
    record(place, *[Draft(body(area=1))] * 3, Draft(body(method=BATCH, area=2), [line(0, "U1"), line(1, "U2")]))
    sound = asked(index)
    index.rebuild()

    assert asked(index) == sound == [("2026-11-24", "bidding", 1, 3), ("2026-11-24", "bidding", 2, 2)]
