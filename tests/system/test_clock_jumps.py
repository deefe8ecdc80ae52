"""A gateway whose clock jumps, years ahead or back: it never answers CLEAR by a wrong clock, and needs no restart."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from e2e.served import WRITER, body_of, new_party
from listing_on_a_clock import Listed
from moved_clock import LIVES, City, at

from gateway.cli.tour_story import HEAVIEST
from gateway.domain.vocabulary import Effect
from gateway.sample.records import listing
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.timeout(600)
NOW = "2027-03-02"
BLOCKS = {point for point, effect in HEAVIEST.items() if effect is Effect.BLOCK}
EXPIRED = at("2026-03-02") + timedelta(days=LIVES)


@pytest.fixture
def city(tmp_path):
    """A city of March 2026 that has come to March 2027."""
    city = City(tmp_path, at("2026-03-02"))
    with city.served():
        city.clock.run_from(at(NOW))
        city.confirm()
        yield city
    city.close()


@pytest.fixture
def listed(city):
    """An enterprise whose listing weighs from 1 August 2026 to 29 July 2029."""
    listed = Listed(city, new_party(), date(2020, 1, 1))
    listed.send("wage_list", *listing(listed.party, listed.listing_id, date(2026, 7, 29)))
    assert verdicts(listed) == by_listing("CONDITIONAL")
    return listed


def verdicts(listed):
    return {point: listed.ask(point).verdict for point in HEAVIEST}


def by_listing(otherwise):
    """Return RESTRICTED where a listing in force blocks, and *otherwise* elsewhere."""
    return {point: "RESTRICTED" if point in BLOCKS else otherwise for point in HEAVIEST}


def doubts(listed):
    return {doubt for point in HEAVIEST for doubt in listed.ask(point).doubts}


def entries(city):
    """Return every entry that was recorded so far."""
    place = FolderPlace(city.place.state / "audit")
    found = read_entries(place.readers()[WRITER], WRITER, 0, 1_000_000, with_lines=True)
    place.close()
    return found


def test_a_clock_that_jumps_ahead_answers_nothing_until_every_feed_is_confirmed(city, listed):
    city.clock.run_from(at("2028-03-02"))
    assert verdicts(listed) == by_listing("UNVERIFIABLE"), "what is proven stays, and nothing else is said"
    assert {doubt.partition(":")[0] for doubt in doubts(listed)} == {"STALE_SOURCE"}
    city.confirm()
    assert verdicts(listed) == by_listing("CONDITIONAL")
    city.clock.run_from(at("2029-08-02"))
    assert set(verdicts(listed).values()) == {"UNVERIFIABLE"}
    city.confirm()
    assert set(verdicts(listed).values()) == {"CLEAR"}


@pytest.mark.parametrize("back", ["2026-07-01", "2027-03-01"])
def test_a_clock_that_was_set_back_is_doubted_and_clears_nobody(city, listed, back):
    city.clock.run_from(at(back))
    expected = by_listing("UNVERIFIABLE") if back > "2026-08" else dict.fromkeys(HEAVIEST, "UNVERIFIABLE")
    assert verdicts(listed) == expected
    assert "CLOCK" in {doubt.partition(":")[0] for doubt in doubts(listed)}
    code, text, _ = city.run("doctor", "--json")
    assert code == 1
    assert "behind the confirmation of wage_list" in text
    city.clock.run_from(at(NOW) + timedelta(minutes=30))
    assert verdicts(listed) == by_listing("CONDITIONAL"), "right again, without a restart"


def test_feeds_that_were_confirmed_under_a_clock_ahead_are_doubted_until_confirmed_again(city, listed):
    city.clock.run_from(at("2029-08-02"))
    city.confirm()
    city.clock.run_from(at(NOW) + timedelta(hours=1))
    assert verdicts(listed) == by_listing("UNVERIFIABLE")
    city.confirm()
    assert verdicts(listed) == by_listing("CONDITIONAL")


def test_the_record_goes_on_in_order_whatever_the_clock_does(city, listed):
    for day in ("2029-03-02", "2026-03-05", NOW):
        city.clock.run_from(at(day))
        verdicts(listed)
    found = entries(city)
    assert [entry.number for entry in found] == list(range(len(found)))
    assert not [wrong for entry in found if (wrong := flaw(entry))]
    assert all(before.time <= after.time for before, after in pairwise(found))
    assert found[-1].time > at("2029-03-02"), "time does not go back in a queue"


def test_a_gateway_starts_again_behind_its_own_record_and_refuses_to_start_before_its_certificate(tmp_path):
    city = City(tmp_path, at("2026-03-02"))
    with city.served():
        city.clock.run_from(at(NOW))
        city.confirm()
        listed = Listed(city, new_party(), date(2020, 1, 1))
        assert set(verdicts(listed).values()) == {"CLEAR"}
    city.clock.run_from(at("2026-03-05"))
    with city.served():
        assert set(verdicts(listed).values()) == {"UNVERIFIABLE"}
    city.clock.run_from(at("2026-03-01"))
    code, _, complaint = city.run("serve", "--listen", "127.0.0.1:0")
    assert code == 1
    assert "is valid only from 2026-03-02" in complaint
    city.close()


def test_past_the_certificates_end_nobody_is_answered_and_health_says_so(city, listed):
    city.clock.run_from(EXPIRED - timedelta(hours=1))
    city.confirm()
    assert set(verdicts(listed).values()) == {"CLEAR"}
    city.clock.run_from(EXPIRED + timedelta(hours=1))
    before = len(entries(city))
    code, text, complaint = city.run(*listed.question(next(iter(HEAVIEST))))
    assert (code, text) == (1, "")
    assert "expired" in complaint
    # The gateway itself may record meanwhile that a day is indexed, which no caller asked for.
    assert not [body for body in map(body_of, entries(city)[before:]) if "caller" in body]
    while not any("the certificate expired" in line["event"] for line in city.log()):
        pass
