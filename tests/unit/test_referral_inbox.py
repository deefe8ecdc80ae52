"""How far an entry has come to a recipient: what was acknowledged and fetched, and silence that becomes evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_samples import COURT, FARTHER, HRSS, NOW, PART, PAYMENT, POLICE, PROCURATORATE, SHARED, facts, step

from gateway.domain.referral_inbox import (
    Arrival,
    Received,
    TransportBounds,
    TransportState,
    evidence_of,
    files_of,
    inbox_of,
)
from gateway.domain.referral_payments import BEFORE_FILING, BEFORE_INDICTMENT
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies, ReferralEntry, referral_of
from gateway.services.referral_inbox import meaning_of

BOUNDS = TransportBounds(timedelta(hours=24), timedelta(hours=72))
ENTRY = ReferralEntry("YS-1", step(Kind.SENDING, to_agency="police"), "hrss", NOW, part=PART, place=4)
HOUR = timedelta(hours=1)


def state(hours, *, acknowledged=None, fetched=None, files=("order",)):
    received = Received(
        "police",
        {4: NOW + acknowledged * HOUR} if acknowledged is not None else {},
        {"order": NOW + fetched * HOUR} if fetched is not None else {},
    )
    return evidence_of(Arrival(ENTRY, NOW, frozenset(files)), received, NOW + hours * HOUR, BOUNDS).state.name


def test_silence_becomes_evidence_at_its_bound_and_not_before():
    assert [state(hours) for hours in (0, 23.99, 24, 71.99, 72)] == [
        "RELAYED",
        "RELAYED",
        "NOT_DELIVERED",
        "NOT_DELIVERED",
        "NOT_OPENED",
    ]
    assert [state(hours, files=()) for hours in (24, 500)] == ["NOT_DELIVERED", "NOT_DELIVERED"]


def test_all_is_fetched_when_the_last_file_is_and_nothing_is_done_before_it_was():
    received = Received("police", {4: NOW + 5 * HOUR}, {"order": NOW + HOUR, "letter": NOW + 9 * HOUR})

    def found(hours, files=("order", "letter")):
        evidence = evidence_of(Arrival(ENTRY, NOW, frozenset(files)), received, NOW + hours * HOUR, BOUNDS)
        return evidence.state.name, evidence.since

    assert found(4) == ("RELAYED", NOW)
    assert found(5) == found(8) == ("DELIVERED", NOW + 5 * HOUR)
    assert found(9) == ("OPENED", NOW + 9 * HOUR)
    assert found(9, files=("order",)) == ("OPENED", NOW + HOUR)


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


def test_an_entry_brings_the_files_whose_keys_come_with_it_sent_or_shared_and_to_nobody_else():
    shared = replace(ENTRY, content=SHARED, part=None)
    assert files_of(ENTRY, "police") == files_of(shared, "police") == {"order"}
    assert files_of(ENTRY, "court") == files_of(shared, "court") == frozenset()
    assert files_of(replace(ENTRY, content=PAYMENT, part=None), "police") == frozenset()


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


SUPERVISED = ("hrss", step(Kind.SUPERVISION_REQUEST))
FILED = ("police", step(Kind.FILING, "police"))
INDICTED = ("procuratorate", step(Kind.INDICTMENT, "procuratorate", to_agency="court"))


@pytest.mark.parametrize(
    ("steps", "further"),
    [
        ([], set()),
        ([SUPERVISED], {"procuratorate"}),
        ([FILED], {"procuratorate"}),
        ([FILED, INDICTED], {"procuratorate", "court"}),
    ],
    ids=["sent, with a notice", "supervision asked for", "filed", "indicted"],
)
def test_who_opens_the_whole_dossier_follows_from_the_steps(steps, further):
    assert case_of(*SENT, *steps).full_recipients == {"hrss", "police", *further}
    assert case_of(*SENT[:3]).full_recipients == {"hrss"}


def test_a_court_that_had_a_notice_sees_no_more_once_another_court_has_the_case():
    elsewhere = replace(INDICTED[1], to_agency="court-elsewhere")
    case = case_of(*SENT, FILED, ("procuratorate", elsewhere))

    assert places(case, COURT) == [4]
    assert places(case, replace(COURT, agency_id="court-elsewhere")) == [4, 5, 6]


def test_only_police_that_have_the_case_act_and_everybody_else_that_takes_part():
    case = case_of(*SENT)
    assert [case.may_act(each) for each in (HRSS, POLICE, FARTHER, PROCURATORATE, COURT)] == [
        True,
        True,
        False,
        True,
        True,
    ]
    nobody = replace(POLICE, agency_id="")
    assert not case_of(*SENT[:3]).takes_part(nobody)


def test_what_a_payment_meant_stays_what_it_meant_when_it_was_recorded():
    case = case_of(*SENT, ("hrss", PAYMENT), FILED, ("hrss", PAYMENT), INDICTED)
    found = [meaning_of(case, entry) for entry in case.entries]

    assert [found[4], found[6]] == [BEFORE_FILING, BEFORE_INDICTMENT]
    assert {found[place] for place in (0, 1, 2, 3, 5, 7)} == {None}
