"""Silence becomes an entry once, on both databases, whoever looks, is killed or is restarted in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contract.test_meeting_store import FixedClock
from contract.test_referral_store import sent, took
from referral_samples import AGENCIES, NOW, POLICE
from silence_site import DELIVERED_BY, HOUR, SETTLED, Site

from gateway.domain.errors import AuditUnavailableError, StoreUnavailableError
from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_silence import Silence
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.services.establish_silence import ABANDONED
from gateway.storage import tables


@pytest.fixture
def site(engine, tmp_path):
    made = Site(engine, tmp_path)
    sent(made.referrals)
    yield made
    made.place.close()


ROW = {"agency": "hrss", "request_id": "r"}
BOTH = [(4, "police", "NOT_DELIVERED"), (4, "procuratorate", "NOT_DELIVERED")]
"""The sending is the fourth entry of the case."""


def test_a_bound_that_passes_is_recorded_once_and_told_with_the_place_of_its_entry(site):
    assert site.life(NOW, DELIVERED_BY - SETTLED, DELIVERED_BY, DELIVERED_BY + HOUR) == [0, 0, 2, 0]
    assert site.shown() == BOTH
    assert site.entries() == [(*each, "gw1-0") for each in BOTH]


def test_a_node_whose_clock_is_ahead_makes_nobody_silent(site):
    with pytest.raises(StoreUnavailableError):
        site.life(DELIVERED_BY, skew=24 * 3600.0)
    assert site.entries() == []
    assert site.life(NOW) == [0]
    assert site.life(DELIVERED_BY, skew=-0.5) == [2]


def test_who_received_in_time_is_not_silent_and_who_did_so_late_was(site):
    site.acknowledge(4)
    assert site.life(DELIVERED_BY) == [1]
    site.acknowledge(4, by="procuratorate")
    assert site.life(DELIVERED_BY + HOUR) == [0]
    assert site.shown() == [(4, "procuratorate", "NOT_DELIVERED")]


def test_what_is_not_opened_is_recorded_beside_what_was_not_delivered(site):
    site.life(NOW)
    assert site.life(NOW + 72 * HOUR + SETTLED) == [3]
    assert (4, "police", "NOT_OPENED") in site.shown()
    assert (4, "procuratorate", "NOT_OPENED") not in site.shown(), "it was sent nothing that it could open"


def test_a_silence_of_while_nobody_looked_is_recorded_with_the_instant_of_its_bound(site):
    site.clock.present = DELIVERED_BY
    site.acknowledge(4)
    assert site.life(NOW + 500 * HOUR) == [3]
    assert {each.silence.since for each in site.silences.of_case("YS-1")} == {NOW + 24 * HOUR, NOW + 72 * HOUR}


def test_after_a_restart_nothing_is_recorded_again(site):
    for _ in range(3):
        site.life(DELIVERED_BY, DELIVERED_BY + HOUR)
    assert len(site.entries()) == 2


def test_two_nodes_that_look_at_once_record_each_silence_once(site):
    site.life(DELIVERED_BY, writer="gw1-0")
    site.life(DELIVERED_BY, writer="gw2-0")
    assert site.entries() == [(*each, "gw1-0") for each in BOTH]


@pytest.mark.parametrize("fails", ["before", "after"])
def test_what_a_kill_left_owed_is_recorded_once_by_the_same_writer(site, fails):
    with pytest.raises(AuditUnavailableError):
        site.life(DELIVERED_BY, fails=fails)
    assert site.shown() == [], "what is owed to the record is no evidence yet"
    site.life(DELIVERED_BY + HOUR)
    assert site.shown() == BOTH
    assert site.entries() == [(*each, "gw1-0") for each in BOTH]


@pytest.mark.parametrize("fails", ["before", "after"])
def test_what_a_node_that_stays_away_owed_is_taken_over_after_a_while_and_recorded_once(site, fails):
    with pytest.raises(AuditUnavailableError):
        site.life(DELIVERED_BY, fails=fails)
    assert site.life(DELIVERED_BY + ABANDONED, writer="gw2-0") == [0], "it may still be recording"
    site.life(DELIVERED_BY + ABANDONED + timedelta.resolution, writer="gw2-0")
    site.life(DELIVERED_BY + HOUR, writer="gw1-0")
    assert site.shown() == BOTH
    first = "gw2-0" if fails == "before" else "gw1-0"
    assert site.entries() == [(*BOTH[0], first), (*BOTH[1], "gw2-0")]


def test_an_entry_that_comes_while_a_process_looks_has_bounds_of_its_own(site):
    site.acknowledge(4)
    site.acknowledge(4, by="procuratorate")
    site.life(NOW)
    site.clock.present = NOW + 10 * HOUR
    took(site.referrals, Kind.RECEIPT, by=POLICE, at=NOW + 10 * HOUR)
    late = NOW + 34 * HOUR + SETTLED
    assert site.life(late - timedelta.resolution, late) == [0, 1]
    assert site.shown() == [(5, "procuratorate", "NOT_DELIVERED")]


def test_a_recipient_whose_mandate_begins_again_is_looked_at_without_a_new_entry(site):
    class Callers(list):
        """The callers of a process, as they come and go."""

    callers = Callers(each for each in AGENCIES if each != POLICE)

    class Passing(FixedClock):
        """Lets the police have a mandate again on the second look."""

        looks = 0

        def now(self):
            self.looks += 1
            if self.looks == 2:
                callers.append(POLICE)
            return self.present

    site.clock = Passing(NOW)
    assert site.life(DELIVERED_BY, DELIVERED_BY + HOUR, callers=callers) == [1, 1]


def test_each_other_party_is_shown_its_own_silence_alone(site):
    site.life(DELIVERED_BY)
    assert site.shown(POLICE) == [BOTH[0]]


def test_one_case_that_cannot_be_read_keeps_no_other_from_being_looked_at(site):
    with site.engine.begin() as connection:
        connection.execute(
            tables.referral_entry.insert(),
            {**ROW, "number": 5, "referral_id": "AA-0", "recorded_at": NOW, "sealed": b"\x00no entry"},
        )
    assert site.life(DELIVERED_BY) == [2]


def test_of_two_who_keep_the_same_silence_the_first_does(site):
    wanted = Silence("YS-1", 4, "police", TransportState.NOT_DELIVERED, NOW)
    (kept,) = site.silences.establish([wanted], "gw1-0", NOW)
    assert site.silences.establish([wanted], "gw2-0", NOW) == []
    assert site.silences.owed("gw2-0", NOW, NOW) == []
    assert site.silences.owed("gw1-0", NOW + HOUR, NOW) == [kept]
    (taken,) = site.silences.owed("gw2-0", NOW + 2 * HOUR, NOW + 2 * HOUR)
    assert taken.silence == wanted
    assert site.silences.owed("gw3-0", NOW + 3 * HOUR, NOW + 2 * HOUR) == [], "who took it over has its own time"
    assert site.silences.owed("gw1-0", NOW + 2 * HOUR, NOW) == []
    site.silences.recorded(wanted, "gw2-0", 7)
    site.silences.recorded(wanted, "gw1-0", 9)
    (found,) = site.silences.of_case("YS-1")
    assert (found.writer, found.number) == ("gw2-0", 7), "the first place counts"
    assert site.silences.of_case("YS-2") == []
