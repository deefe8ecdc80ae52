"""How far an entry has come to a recipient: what was acknowledged and fetched, and silence that becomes evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_samples import COURT, FARTHER, HRSS, NOW, PART, PAYMENT, POLICE, PROCURATORATE, SHARED, facts, step

from gateway.domain.referral_inbox import Received, TransportBounds, TransportState, evidence_of, inbox_of
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies, ReferralEntry, referral_of

BOUNDS = TransportBounds(timedelta(hours=24), timedelta(hours=72))
ENTRY = ReferralEntry("YS-1", step(Kind.SENDING, to_agency="police"), "hrss", NOW, part=PART, place=4)
HOUR = timedelta(hours=1)


def state(hours, *, acknowledged=None, fetched=None, files=("order",)):
    received = Received(
        "police",
        {4: NOW + acknowledged * HOUR} if acknowledged is not None else {},
        {"order": NOW + fetched * HOUR} if fetched is not None else {},
    )
    return evidence_of(ENTRY, received, files, NOW + hours * HOUR, BOUNDS).state.name


def test_silence_becomes_evidence_at_its_bound_and_not_before():
    assert [state(hours) for hours in (0, 23.99, 24, 71.99, 72)] == [
        "RELAYED",
        "RELAYED",
        "NOT_DELIVERED",
        "NOT_DELIVERED",
        "NOT_OPENED",
    ]
    assert [state(hours, files=()) for hours in (24, 500)] == ["NOT_DELIVERED", "NOT_DELIVERED"]


def test_what_was_done_late_overrules_the_silence_before_it():
    assert state(30, acknowledged=25) == "DELIVERED"
    assert state(80, acknowledged=25) == "NOT_OPENED"
    assert state(100, acknowledged=25, fetched=90) == "OPENED"
    assert state(89, acknowledged=25, fetched=90) == "NOT_OPENED"


@given(
    st.floats(0, 200),
    st.floats(0, 100),
    st.one_of(st.none(), st.floats(0, 200)),
    st.one_of(st.none(), st.floats(0, 200)),
)
def test_positive_evidence_is_never_taken_back(hours, more, acknowledged, fetched):
    done = {TransportState.DELIVERED, TransportState.OPENED}
    before = TransportState[state(hours, acknowledged=acknowledged, fetched=fetched)]
    after = TransportState[state(hours + more, acknowledged=acknowledged, fetched=fetched)]

    assert after >= before
    if before is TransportState.OPENED:
        assert after is TransportState.OPENED
    assert before in done or before is not TransportState.RELAYED or hours < 24


def test_bounds_that_are_none_or_out_of_order_are_refused():
    for delivery, opening in ((0, 1), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match=r"^opening"):
            TransportBounds(timedelta(hours=delivery), timedelta(hours=opening))


def case_of(*contents):
    """Return a case of these entries, each with who made it."""
    entries = [
        ReferralEntry(
            "YS-1",
            content,
            who,
            NOW,
            place=place,
            **(
                {"part": PART, "copies": Copies("procuratorate", "court")}
                if getattr(content, "kind", None) is Kind.SENDING
                else {}
            ),
        )
        for place, (who, content) in enumerate(contents, 1)
    ]
    return referral_of(entries)


SENT = [
    ("hrss", facts()),
    ("hrss", step()),
    ("hrss", step(Kind.APPROVAL)),
    ("hrss", step(Kind.SENDING, to_agency="police")),
]


def places(case, agency):
    return [entry.place for entry in inbox_of(case, agency)]


def test_each_receives_what_others_wrote_from_the_sending_on():
    case = case_of(*SENT, ("police", step(Kind.RECEIPT, "police")), ("hrss", PAYMENT))

    assert places(case, POLICE) == [4, 6]
    assert places(case, PROCURATORATE) == [4, 5, 6]
    assert places(case, HRSS) == [5]
    assert places(case, COURT) == [4, 6], "a notice, and what was paid"
    assert places(case, FARTHER) == []


def test_police_that_passed_a_case_on_receive_nothing_of_what_follows():
    passed = [
        *SENT,
        ("police", step(Kind.RECEIPT, "police")),
        ("police", step(Kind.FORWARDING, "police", to_agency="police-elsewhere")),
        ("police-elsewhere", step(Kind.RECEIPT, "police-elsewhere")),
        ("hrss", PAYMENT),
    ]
    case = case_of(*passed)

    assert places(case, POLICE) == [4]
    assert places(case, FARTHER) == [4, 5, 6, 8]
    assert not case.may_act(POLICE)
    assert case.may_act(FARTHER)


def test_keys_are_received_by_whom_they_are_for():
    case = case_of(*SENT, ("hrss", SHARED))

    assert 5 in places(case, POLICE)
    assert 5 not in places(case, PROCURATORATE)
    indicted = case_of(*SENT, ("procuratorate", step(Kind.INDICTMENT, "procuratorate", to_agency="court")))
    assert places(indicted, COURT) == [4, 5]
    assert replace(indicted).full_recipients == {"hrss", "police", "court"}
