"""Referrals in every store: entries are only added, each once, sealed, and no answer rests on one."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.test_meeting_store import FixedClock, answers
from listing_life import CALENDAR
from referral_samples import (
    AGENCIES,
    CONTENTS,
    COURT,
    FARTHER,
    HRSS,
    NOW,
    PART,
    POLICE,
    PROCURATORATE,
    TABLE,
    facts,
    step,
)
from store_samples import act, code, fact, profile, submission

from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, RequestIdReusedError, StateError
from gateway.domain.referral_elements import ReferralConduct
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.domain.referrals import Copies, ReferralEntry
from gateway.domain.vocabulary import ListingActKind
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault
from gateway.services.ports.facts import Submission
from gateway.services.referrals import FactsRequest, Law, Referrals, StepRequest
from gateway.storage import tables
from gateway.storage.content import ContentError
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.referral_content import read_entry, write_entry
from gateway.storage.referrals import SqlReferralStore


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def vault(tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return KeyedPersonVault(tmp_path / "persons.key")


@pytest.fixture
def kept(engine, vault):
    return SqlReferralStore(engine, vault)


@pytest.fixture
def referrals(kept, clock):
    return Referrals(kept, AGENCIES, clock, "w", Law(TABLE, CALENDAR))


def digest_of(*content):
    return hashlib.sha256(repr(content).encode()).hexdigest()


def opened(referrals, *, by=HRSS, request_id="open", found=None, replaces=0, report=None):
    found = found or facts()
    request = FactsRequest(request_id, digest_of(found, report), "YS-1", found, "", replaces, report)
    return asyncio.run(referrals.open(by, request)).referral


def took(referrals, kind, by=HRSS, **other):
    taken = step(kind, by.agency_id, **other)
    return asyncio.run(referrals.step(by, StepRequest(kind.name, digest_of(taken), "YS-1", taken))).referral


def sent(referrals):
    """Bring the case to the police as a sending does, whose part is judged elsewhere."""
    opened(referrals, report=step())
    return sent_on(referrals)


def sent_on(referrals):
    took(referrals, Kind.APPROVAL)

    def decide(_case):
        entry = referrals.entry(HRSS, "YS-1", step(Kind.SENDING, to_agency="police"))
        return replace(entry, part=PART, copies=Copies("procuratorate"))

    return asyncio.run(referrals.add(HRSS, ("send", "d", "YS-1"), decide)).referral


def test_a_code_that_fails_its_check_is_refused_unless_a_register_knows_it(store, referrals):
    odd = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")
    request = FactsRequest("odd", digest_of(odd), "YS-1", facts(), odd, 0, step(), conforming=False)
    with pytest.raises(MalformedRequestError) as refused:
        asyncio.run(referrals.open(HRSS, request))
    assert refused.value.field == "facts.uscc"
    with pytest.raises(EnterpriseNotFoundError):
        asyncio.run(referrals.read(HRSS, "YS-1"))
    store.submit(submission("a", replace(profile(1), uscc=odd)))
    assert asyncio.run(referrals.open(HRSS, request)).referral.uscc == odd


@pytest.mark.parametrize("content", CONTENTS, ids=lambda each: type(each).__name__)
def test_what_is_stored_is_read_back_and_what_is_not_understood_is_never_skipped(content):
    entry = ReferralEntry("YS-1", content, "hrss", NOW, "91420399MA00K2U7XJ", Copies("p", "c"), PART, 7)
    written = write_entry(entry)

    assert read_entry(7, "YS-1", "hrss", NOW, written) == entry
    for wrong in (b"{}", b"[]", written[:-1], written.replace(b'"kind":"', b'"kind":"x', 1)):
        with pytest.raises(ContentError):
            read_entry(7, "YS-1", "hrss", NOW, wrong)


def test_nothing_that_an_entry_says_stands_in_the_database(referrals, engine, facts_url, tmp_path):
    sent(referrals)
    with engine.connect() as connection:
        rows = [bytes(row.sealed) for row in connection.execute(tables.referral_entry.select())]

    words = [b"420302", "依法移送".encode(), b"600000", "令1号".encode(), b"REPORT", b"police"]
    assert len(rows) == 4
    assert [word for row in rows for word in words if word in row] == []
    if facts_url.startswith("sqlite"):
        held = b"".join(path.read_bytes() for path in tmp_path.glob("facts.db*"))
        assert b"YS-1" in held, "or this test could not fail"
        assert [word for word in words[:4] if word in held] == []


def test_the_same_again_changes_nothing_and_other_content_under_the_same_id_is_refused(referrals):
    first = opened(referrals)
    assert opened(referrals) == first
    with pytest.raises(RequestIdReusedError):
        opened(referrals, found=facts(serious_consequences=True))
    assert opened(referrals, request_id="again", found=facts(serious_consequences=True), replaces=1).version == 2


def test_of_two_who_correct_at_once_one_is_refused_and_what_is_reported_is_corrected_by_nobody(referrals):
    opened(referrals)
    opened(referrals, request_id="a", replaces=1)
    with pytest.raises(StateError) as refused:
        opened(referrals, request_id="b", replaces=1)
    assert refused.value.metadata["why"] == "NEWEST_VERSION_IS_2"
    opened(referrals, request_id="c", replaces=2, report=step())
    with pytest.raises(StateError) as refused:
        opened(referrals, request_id="d", replaces=3)
    assert refused.value.metadata["why"] == "REPORTED_ALREADY"


def test_what_was_refused_is_corrected_and_reported_again(referrals):
    opened(referrals, report=step())
    took(referrals, Kind.REFUSAL)
    again = opened(
        referrals,
        request_id="again",
        found=facts(serious_consequences=True),
        replaces=1,
        report=step(document_number="再报号"),
    )
    assert (again.version, again.stage) == (2, Stage.REPORTED)


def test_a_report_is_refused_for_what_blocks_and_not_for_what_warns(referrals):
    with pytest.raises(StateError) as refused:
        opened(referrals, found=facts(conducts=frozenset()), report=step())
    assert (refused.value.metadata["why"], refused.value.metadata["rules"]) == ("ELEMENT_NOT_SHOWN", "T-01")
    absent = facts(conducts=frozenset({ReferralConduct.FAILS_TO_APPEAR}))
    assert opened(referrals, found=absent, report=step()).stage is Stage.REPORTED


def test_another_bureau_s_case_is_not_there_and_cannot_be_taken_over(referrals):
    opened(referrals)
    other = replace(HRSS, agency_id="hrss-of-elsewhere")
    for attempt in (
        lambda: opened(referrals, by=other, request_id="b", replaces=1),
        lambda: asyncio.run(referrals.read(other, "YS-1")),
        lambda: took(referrals, Kind.APPROVAL, by=other),
    ):
        with pytest.raises(EnterpriseNotFoundError):
            attempt()


def test_who_takes_part_is_told_from_the_sending_on(referrals):
    opened(referrals, report=step())
    for agency in (POLICE, PROCURATORATE, COURT, FARTHER):
        assert asyncio.run(referrals.listed(agency, open_only=False)) == []
    case = sent_on(referrals)
    assert case.stage is Stage.SENT
    assert [asyncio.run(referrals.listed(each, open_only=False)) for each in (POLICE, PROCURATORATE)] == [
        [case],
        [case],
    ]
    assert [asyncio.run(referrals.listed(each, open_only=False)) for each in (COURT, FARTHER)] == [[], []]
    took(referrals, Kind.RECEIPT, by=POLICE)
    took(referrals, Kind.FILING, by=POLICE)
    took(referrals, Kind.INDICTMENT, by=PROCURATORATE, to_agency="court")
    assert asyncio.run(referrals.read(COURT, "YS-1")).stage is Stage.INDICTED


@pytest.mark.parametrize(
    ("kind", "named", "field"),
    [
        (Kind.FORWARDING, "nobody", "step.to_agency"),
        (Kind.FORWARDING, "court", "step.to_agency"),
        (Kind.FILING, "police", "step.to_agency"),
    ],
)
def test_a_step_names_who_gets_the_case_where_it_must_and_nowhere_else(referrals, kind, named, field):
    sent(referrals)
    took(referrals, Kind.RECEIPT, by=POLICE)
    with pytest.raises(MalformedRequestError) as refused:
        took(referrals, kind, by=POLICE, to_agency=named)
    assert refused.value.field == field


def test_an_entry_is_owed_until_it_is_marked(referrals, store):
    opened(referrals)
    assert store.unrecorded("w") == [("open", 0, 0)]
    referrals.mark_recorded("open", 0, 7)
    assert store.unrecorded("w") == []


def test_what_is_acknowledged_and_fetched_is_kept_once(engine):
    deliveries = SqlDeliveries(engine)

    def asked(request_id, digest="d"):
        return Submission(request_id, 0, digest, "", "police", "w", NOW, rows=())

    assert deliveries.acknowledge(asked("a"), [3, 5]) == (0, 2)
    assert deliveries.acknowledge(asked("a"), [3, 5]) == (0, 0)
    assert deliveries.acknowledge(asked("b"), [5, 7]) == (0, 1)
    with pytest.raises(RequestIdReusedError):
        deliveries.acknowledge(asked("b", "other"), [9])
    deliveries.fetched("police", "YS-1", "order", NOW)
    deliveries.fetched("police", "YS-1", "order", NOW + timedelta(days=1))
    assert set(deliveries.received("police", "").acknowledged) == {3, 5, 7}
    received = deliveries.received("police", "YS-1")
    assert (received.acknowledged, received.fetched) == ({}, {"order": NOW}), "those entries are of no such case"
    assert deliveries.received("court", "YS-1").acknowledged == {}


def test_a_referral_changes_no_byte_of_any_answer_before_a_judgment(store, history, referrals, clock):
    """Invariant 13, promise 8: with and without a referral deciding systems are answered the same bytes."""
    listed = (act(1, on=NOW.date().replace(day=2)), act(1, ListingActKind.DELIVERY, NOW.date().replace(day=4)))
    store.submit(submission("a", profile(1), profile(2), *listed, fact(2, "publication")))
    without = answers(history, clock)
    sent(referrals)
    took(referrals, Kind.RECEIPT, by=POLICE)
    took(referrals, Kind.FILING, by=POLICE)
    assert answers(history, clock) == without
    store.submit(submission("b", fact(3, "arrears", found_on=NOW.date().replace(day=1))))
    assert answers(history, clock) != without, "or this test could not fail"
