"""What a hold on a referral keeps, on both stores: entries that name it, and its files as they are."""

from __future__ import annotations

import asyncio

import pytest
from audit_calls import body, record
from contract.test_erasing_entries import NOW as LATER
from contract.test_erasing_entries import OLD, entries, fill, run
from contract.test_meeting_store import FixedClock
from contract.test_referral_store import opened
from listing_life import CALENDAR
from referral_samples import AGENCIES, FILE, HRSS, NOW, POLICE, TABLE, facts

from formats.civil import civil_date
from gateway.domain.audit import Draft
from gateway.domain.errors import EnterpriseNotFoundError, RequestIdReusedError, StateError, StoreUnavailableError
from gateway.domain.referral_holds import HoldAct, HoldState, HoldStep
from gateway.domain.referral_parts import UploadedFile
from gateway.domain.retention import LegalHold, RetentionTerms
from gateway.domain.two_persons import Spoken
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault
from gateway.services.apply_retention import ApplyRetention
from gateway.services.dossiers import Dossiers
from gateway.services.referral_holds import HeldReferrals, HoldRequest, ReferralHolds
from gateway.services.referrals import FactsRequest, Law, Referrals
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.referrals import SqlReferralStore

pytest_plugins = ("audit_places",)

CHEN, WANG = Spoken("chen", "officer-1", signed=False), Spoken("wang", "officer-2", signed=False)
TODAY = civil_date(NOW)


@pytest.fixture
def index(place, key_file, tmp_path):
    (tmp_path / "audit").mkdir(exist_ok=True)
    index = AccessIndex(place, key_file)
    yield index
    index.close()


def test_a_hold_on_a_referral_keeps_every_entry_that_names_it_and_no_other(place, index):
    def named(**said):
        return Draft(body(method="ReferralService/GetReferral", **said))

    others = [named(referral="YS-2"), named(referrals=["YS-2"]), named(case="YS-1")]
    record(place, named(referral="YS-1"), named(referrals=["YS-2", "YS-1"]), *others, times=[OLD] * 5)
    asked = []

    def held(day):
        asked.append(day)
        return [LegalHold("d", referral="YS-1"), LegalHold("e", referral="YS-1")]

    use = ApplyRetention(QueueArchive(place, index), RetentionTerms(), (), held)
    assert use.look(None, LATER).referrals == 1
    assert run(use) == ({"ORDINARY": 3}, 2, 0, 3)
    assert [entry.erased for entry in entries(place)] == [False, False, True, True, True]
    assert set(asked) == {civil_date(LATER)}
    assert run(ApplyRetention(QueueArchive(place, index), RetentionTerms(), ())) == ({"ORDINARY": 2}, 0, 0, 2), (
        "and no longer than it is in force"
    )


def test_where_the_holds_of_referrals_cannot_be_read_nothing_is_erased(place, index):
    def away(_):
        raise StoreUnavailableError("the store is away")

    fill(place)
    before = entries(place)
    with pytest.raises(StoreUnavailableError):
        run(ApplyRetention(QueueArchive(place, index), RetentionTerms(), (), away))
    assert entries(place) == before


@pytest.fixture
def store(engine, tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return SqlReferralStore(engine, KeyedPersonVault(tmp_path / "persons.key"))


@pytest.fixture
def referrals(store):
    made = Referrals(store, AGENCIES, FixedClock(NOW), "w", Law(TABLE, CALENDAR))
    opened(made)
    return made


def said(referrals, step, by, *, request_id="", agency=HRSS, **other):
    """Say a word about the hold H-1, and return how it stands."""
    act = HoldAct(step, "H-1", "文1号", "在审案件", by, **other)
    request = HoldRequest(request_id or f"{step}{by.holder}", "d", "YS-1", act)
    _, hold = asyncio.run(ReferralHolds(referrals).act(agency, request))
    return hold.state(TODAY)


PLACING, RELEASE = HoldStep.PLACING, HoldStep.RELEASE_ASKED


def test_a_hold_is_found_from_its_placing_to_the_second_word_for_its_release(referrals, store):
    held = HeldReferrals(store)
    assert held(TODAY) == []
    assert said(referrals, PLACING, CHEN) is HoldState.IN_FORCE
    assert held(TODAY) == [LegalHold("文1号", referral="YS-1")]
    assert said(referrals, RELEASE, CHEN) is HoldState.RELEASE_ASKED
    assert held(TODAY) == [LegalHold("文1号", referral="YS-1")]
    assert said(referrals, RELEASE, WANG) is HoldState.RELEASED
    assert held(TODAY) == []
    assert HeldReferrals(store)(TODAY) == []


def test_a_hold_with_an_end_is_found_on_its_last_day_alone_and_whoever_starts_anew_finds_it(referrals, store):
    said(referrals, PLACING, CHEN, until=TODAY)
    for held in (HeldReferrals(store), HeldReferrals(store)):
        assert [len(held(day)) for day in (TODAY, TODAY.replace(day=7))] == [1, 0]


def test_the_same_word_again_says_nothing_more(referrals):
    said(referrals, PLACING, CHEN)
    assert said(referrals, RELEASE, CHEN) is said(referrals, RELEASE, CHEN) is HoldState.RELEASE_ASKED
    with pytest.raises(RequestIdReusedError):
        asyncio.run(ReferralHolds(referrals).act(HRSS, HoldRequest("PLACINGchen", "other", "YS-1", HOLD)))


HOLD = HoldAct(PLACING, "H-2", "文2号", "另案", CHEN)


def test_a_case_of_somebody_else_is_not_there_to_be_held(referrals):
    for agency in (POLICE, AGENCIES[3]):
        with pytest.raises(EnterpriseNotFoundError):
            said(referrals, PLACING, CHEN, agency=agency)


@pytest.mark.parametrize("item_id", ["", "order"])
def test_a_file_on_hold_is_not_replaced_and_the_same_file_comes_again(referrals, engine, item_id):
    dossiers = Dossiers(referrals, SqlDeliveries(engine), signers=None)

    def keep(file, request_id):
        return asyncio.run(dossiers.keep(HRSS, "YS-1", request_id, file)).referral.uploaded

    other = UploadedFile("order", "ef" * 32, 9)
    keep(FILE, "k-1")
    said(referrals, PLACING, CHEN, item_id=item_id)
    with pytest.raises(StateError) as refused:
        keep(other, "k-2")
    assert refused.value.metadata["why"] == "ON_HOLD"
    assert keep(FILE, "k-3") == {"order": FILE}
    assert "film" in keep(UploadedFile("film", "ab" * 32, 9), "k-4"), "what is new takes nothing away"
    said(referrals, RELEASE, CHEN)
    said(referrals, RELEASE, WANG)
    assert keep(other, "k-5")["order"] == other


def test_facts_of_a_case_on_hold_are_corrected_as_ever(referrals):
    said(referrals, PLACING, CHEN)
    request = FactsRequest("c", "c", "YS-1", facts(serious_consequences=True), "", 1, None)
    assert asyncio.run(referrals.open(HRSS, request)).referral.version == 2
