"""Silence as evidence: judged at its bound by what had been done then, and of nobody who could not see anything yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_samples import COURT, FARTHER, NOW, PART, PAYMENT, POLICE, PROCURATORATE, SHARED, facts, step

from gateway.domain.audit import seal
from gateway.domain.referral_inbox import Arrival, Received, TransportBounds, TransportState, arrivals_of, evidence_of
from gateway.domain.referral_silence import SETTLED, Silence, draft_of, establishes, next_look, silences_of
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies, ReferralEntry, referral_of

HOUR = timedelta(hours=1)
BOUNDS = TransportBounds(24 * HOUR, 72 * HOUR)
ENTRY = ReferralEntry("YS-1", step(Kind.SENDING, to_agency="police"), "hrss", NOW, part=PART, place=4)
NOT_DELIVERED, NOT_OPENED = TransportState.NOT_DELIVERED, TransportState.NOT_OPENED


def received(acknowledged=None, fetched=None):
    return Received(
        "police",
        {4: NOW + acknowledged * HOUR} if acknowledged is not None else {},
        {"order": NOW + fetched * HOUR} if fetched is not None else {},
    )


def silent(hours, *, files=("order",), **done):
    arrival = Arrival(ENTRY, NOW, frozenset(files))
    return [
        (each.state, each.since)
        for each in silences_of("YS-1", arrival, received(**done), NOW + hours * HOUR + SETTLED, BOUNDS)
    ]


UNDELIVERED = (NOT_DELIVERED, NOW + 24 * HOUR)
UNOPENED = (NOT_OPENED, NOW + 72 * HOUR)


def test_each_bound_that_passed_in_silence_is_evidence_from_its_own_instant_on():
    assert [silent(hours) for hours in (0, 23.99, 24, 71.99, 72, 900)] == [
        [],
        [],
        [UNDELIVERED],
        [UNDELIVERED],
        [UNDELIVERED, UNOPENED],
        [UNDELIVERED, UNOPENED],
    ]
    assert silent(900, files=()) == [UNDELIVERED], "where nothing can be fetched, nothing is left unopened"


def test_a_silence_that_was_is_found_however_late_it_is_looked_for_and_whatever_came_after():
    assert silent(900, acknowledged=24.01, fetched=72.01) == [UNDELIVERED, UNOPENED]
    assert silent(900, acknowledged=24) == [UNOPENED], "what is done at the very bound is in time"
    assert silent(900, acknowledged=23, fetched=72) == []
    assert silent(900, fetched=10) == [], "what was fetched was delivered"


def test_a_bound_settles_before_it_is_judged():
    arrival = Arrival(ENTRY, NOW, frozenset())
    at = NOW + 24 * HOUR + SETTLED
    assert list(silences_of("YS-1", arrival, received(), at - timedelta.resolution, BOUNDS)) == []
    assert list(silences_of("YS-1", arrival, received(), at, BOUNDS)) != []


def test_the_next_look_is_when_a_bound_has_settled_and_none_after_the_last():
    arrival = Arrival(ENTRY, NOW, frozenset())
    first, second = NOW + 24 * HOUR + SETTLED, NOW + 72 * HOUR + SETTLED
    assert [next_look(arrival, now, BOUNDS) for now in (NOW, first, second)] == [first, second, None]


@given(st.floats(0, 200), st.one_of(st.none(), st.floats(0, 200)), st.one_of(st.none(), st.floats(0, 200)))
def test_no_silence_is_on_record_that_the_transport_did_not_show_at_that_instant(hours, acknowledged, fetched):
    arrival, done = Arrival(ENTRY, NOW, frozenset({"order"})), received(acknowledged, fetched)
    found = list(silences_of("YS-1", arrival, done, NOW + hours * HOUR, BOUNDS))

    assert [each.state for each in found] == sorted({each.state for each in found})
    for each in found:
        assert evidence_of(arrival, done, each.since, BOUNDS).state is each.state


def case_of(*contents):
    """Return a case whose entries are an hour apart."""
    entries = []
    for place, (who, content) in enumerate(contents, 1):
        sending = getattr(content, "kind", None) is Kind.SENDING
        more = {"part": PART, "copies": Copies("procuratorate", "court")} if sending else {}
        entries.append(ReferralEntry("YS-1", content, who, NOW + place * HOUR, place=place, **more))
    return referral_of(entries)


SENT = [
    ("hrss", facts()),
    ("hrss", step()),
    ("hrss", step(Kind.APPROVAL)),
    ("hrss", step(Kind.SENDING, to_agency="police")),
    ("police", step(Kind.RECEIPT, "police")),
]


def arrivals(case, agency):
    return {each.entry.place: (each.at - NOW) // HOUR for each in arrivals_of(case, agency)}


def test_nobody_is_silent_about_what_came_before_it_took_part():
    case = case_of(
        *SENT,
        ("police", step(Kind.FORWARDING, "police", to_agency="police-elsewhere")),
        ("police-elsewhere", step(Kind.FILING, "police-elsewhere")),
        ("hrss", PAYMENT),
        ("procuratorate", step(Kind.INDICTMENT, "procuratorate", to_agency="court")),
        ("hrss", SHARED),
    )
    assert arrivals(case, PROCURATORATE) == {4: 4, 5: 5, 6: 6, 7: 7, 8: 8}
    assert arrivals(case, FARTHER) == {4: 6, 5: 6, 6: 6, 8: 8, 9: 9}
    assert arrivals(case, COURT) == {4: 4, 5: 9, 6: 9, 7: 9, 8: 8, 9: 9}, "a notice first, and all once it is indicted"
    assert arrivals(case, POLICE) == {4: 4, 10: 10}


def test_what_an_arrival_brings_is_what_its_recipient_can_open():
    case = case_of(*SENT)
    assert [each.files for each in arrivals_of(case, POLICE)] == [{"order"}]
    assert {each.files for each in arrivals_of(case, PROCURATORATE)} == {frozenset()}


SILENCE = Silence("YS-1", 4, "police", NOT_DELIVERED, NOW)


def test_an_entry_establishes_its_silence_and_no_other():
    body = draft_of(SILENCE).body
    assert establishes({**body, "more": 1}, SILENCE)
    for other in (
        Silence("YS-2", 4, "police", NOT_DELIVERED, NOW),
        Silence("YS-1", 5, "police", NOT_DELIVERED, NOW),
        Silence("YS-1", 4, "court", NOT_DELIVERED, NOW),
        Silence("YS-1", 4, "police", NOT_OPENED, NOW),
        Silence("YS-1", 4, "police", NOT_DELIVERED, NOW + HOUR),
    ):
        assert not establishes(body, other)
    assert not establishes({**body, "outcome": "OK"}, SILENCE)


def test_the_longest_ids_fit_into_an_entry():
    long = Silence("案" * 64, 2**53 - 1, "机" * 64, NOT_DELIVERED, NOW)
    assert seal(draft_of(long), "w" * 64, 0, NOW, bytes(16)).leaf


@pytest.mark.parametrize("hours", [(24, 72), (24, 24)])
def test_where_both_bounds_are_one_not_opened_says_it_all(hours):
    bounds = TransportBounds(hours[0] * HOUR, hours[1] * HOUR)
    found = silences_of("YS-1", Arrival(ENTRY, NOW, frozenset({"order"})), received(), NOW + 80 * HOUR, bounds)
    assert [each.state for each in found] == ([NOT_DELIVERED, NOT_OPENED] if hours == (24, 72) else [NOT_OPENED])
