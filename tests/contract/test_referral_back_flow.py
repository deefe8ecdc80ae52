"""What flows back from a referral, in every store: a filing bars a listing's early removal, a judgment is a record."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.test_meeting_store import answers
from contract.test_referral_store import clock, digest_of, kept, referrals, sent_on, vault  # noqa: F401 - fixtures
from referral_samples import COURT, HRSS, NOW, POLICE, PROCURATORATE, facts, step
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from store_samples import act, code, fact, profile, submission

from formats.civil import civil_date
from gateway.domain.errors import MalformedRequestError, StoreUnavailableError
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.listing_acts import still_open
from gateway.domain.referral_elements import ReferralDebtor
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.vocabulary import ListingActKind
from gateway.services.referrals import FactsRequest, StepRequest
from gateway.storage.docket import SqlDocket

TODAY = civil_date(NOW)
AUTHORITY = "十堰市人社局"
FIRST = code(1)
OURS = replace(HRSS, authorities=frozenset({AUTHORITY}))
BARRED = (Kind.RECEIPT, Kind.FILING)
INDICTED = (*BARRED, Kind.INDICTMENT)
BY = {
    Kind.RECEIPT: POLICE,
    Kind.NON_FILING: POLICE,
    Kind.FILING: POLICE,
    Kind.WITHDRAWAL: POLICE,
    Kind.NON_FILING_UPHELD: POLICE,
    Kind.RECONSIDERATION_REQUEST: OURS,
    Kind.HANDOVER: OURS,
    Kind.INDICTMENT: PROCURATORATE,
    Kind.NON_PROSECUTION: PROCURATORATE,
    Kind.CONVICTION: COURT,
    Kind.EXEMPTION: COURT,
    Kind.ACQUITTAL: COURT,
    Kind.CLOSING: OURS,
}


@pytest.fixture
def listed(store):
    """A listing of each of two enterprises, by one authority, that weighs."""
    of_each = [
        row
        for number in (1, 2)
        for row in (
            profile(number),
            act(number, on=TODAY - timedelta(days=9)),
            act(number, ListingActKind.DELIVERY, TODAY - timedelta(days=7)),
        )
    ]
    store.submit(submission("listed", *of_each, fact(2, "publication")))


def opened(referrals, listing_id="listing-1", uscc=FIRST, by=OURS, **other):  # noqa: F811 - the fixture's value
    found = facts(listing_id=listing_id, **other)
    request = FactsRequest("open", digest_of(found), "YS-1", found, uscc, 0, step())
    return asyncio.run(referrals.open(by, request)).referral


def took(referrals, kind, request_id="", **other):  # noqa: F811
    by = BY[kind]
    if kind in {Kind.CONVICTION, Kind.EXEMPTION}:
        other.setdefault("effective_on", TODAY)
    if kind is Kind.INDICTMENT:
        other["to_agency"] = COURT.agency_id
    taken = step(kind, by.agency_id, **other)
    request = StepRequest(request_id or kind.name, digest_of(taken), "YS-1", taken)
    return asyncio.run(referrals.step(by, request))


def brought(referrals, *kinds, **other):  # noqa: F811
    """Open and send a case that names a listing, and take steps; return what the last one wrote."""
    opened(referrals, **other)
    sent_on(referrals)
    written = None
    for kind in kinds:
        written = took(referrals, kind)
    return written


def bars(store, listing_id="listing-1"):
    """Return the documents of the bars that stand on a listing."""
    held = store.held_listing(listing_id)[1]
    still = still_open(held.listing.acts, ListingActKind.CRIMINAL_BAR_SET, ListingActKind.CRIMINAL_BAR_LIFTED)
    return [each.document_number for each in still]


def convictions(engine, number=1):
    _, found = SqlDocket(engine).dossiers([code(number)])
    return [each for dossier in found for each in dossier.facts if isinstance(each, Conviction)]


def test_a_filing_sets_the_bar_under_its_document_and_says_whose_it_is(referrals, store, listed):  # noqa: F811
    brought(referrals, Kind.RECEIPT)
    assert bars(store) == [], "not by the referral (L-25)"
    took(referrals, Kind.FILING)

    held = store.held_listing("listing-1")[1]
    (bar,) = [each for each in held.listing.acts if each.kind is ListingActKind.CRIMINAL_BAR_SET]
    assert (bar.document_number, bar.on, bar.authority) == ("FILING号", TODAY, AUTHORITY)
    assert held.said[bar.act_id] == {"ordered_by": POLICE.name_zh}
    assert bars(store, "listing-2") == []


@pytest.mark.parametrize(
    ("kinds", "stands"),
    [
        ((*BARRED, Kind.WITHDRAWAL), False),
        ((*BARRED, Kind.HANDOVER, Kind.WITHDRAWAL), False),
        ((*BARRED, Kind.NON_PROSECUTION), False),
        ((*INDICTED, Kind.ACQUITTAL), False),
        (INDICTED, True),
        ((*INDICTED, Kind.CONVICTION), True),
        ((*INDICTED, Kind.EXEMPTION), True),
        ((*INDICTED, Kind.CONVICTION, Kind.CLOSING), True),
        ((Kind.RECEIPT, Kind.NON_FILING), False),
        ((Kind.RECEIPT, Kind.NON_FILING, Kind.RECONSIDERATION_REQUEST, Kind.FILING), True),
        ((Kind.RECEIPT, Kind.NON_FILING, Kind.RECONSIDERATION_REQUEST, Kind.NON_FILING_UPHELD), False),
    ],
)
def test_the_bar_stands_while_the_case_is_filed_and_not_ended_otherwise(referrals, store, listed, kinds, stands):  # noqa: F811
    brought(referrals, *kinds)
    assert bars(store) == (["FILING号"] if stands else [])


def test_the_end_of_one_case_lifts_no_bar_of_another(referrals, store, listed):  # noqa: F811
    brought(referrals, *BARRED)
    other = replace(
        act(1, ListingActKind.CRIMINAL_BAR_SET, TODAY - timedelta(days=3)).listing_act, document_number="另案号"
    )
    row = replace(
        act(1, ListingActKind.CRIMINAL_BAR_SET, TODAY - timedelta(days=3)),
        listing_act=other,
        content_digest=hashlib.sha256(b"other").hexdigest(),
    )
    store.submit(submission("other", row))
    assert bars(store) == ["另案号", "FILING号"]
    took(referrals, Kind.WITHDRAWAL)
    assert bars(store) == ["另案号"]


def test_a_step_sent_again_sets_nothing_twice_and_owes_one_entry_for_all_that_it_stored(referrals, store, listed):  # noqa: F811
    written = brought(referrals, *BARRED)
    newest, held = store.held_listing("listing-1")
    assert written.revision == newest, "the entry of the step holds the revision of the bar"
    again = took(referrals, Kind.FILING)
    assert again.revision == written.revision
    assert store.held_listing("listing-1") == (newest, held)

    assert ("FILING", newest, newest) in store.unrecorded("w")
    referrals.mark_recorded("FILING", newest, 7)
    assert [each for each in store.unrecorded("w") if each[0] == "FILING"] == []


def test_a_filing_whose_bar_cannot_be_stored_is_not_stored(referrals, store, engine, listed):  # noqa: F811
    brought(referrals, Kind.RECEIPT)

    def goes_away(_connection, _cursor, statement, parameters, *_context):
        if statement.startswith("INSERT INTO listing_act"):
            raise OperationalError(statement, parameters, OSError("the store went away between the two"))

    event.listen(engine, "before_cursor_execute", goes_away)
    with pytest.raises(StoreUnavailableError):
        took(referrals, Kind.FILING)
    event.remove(engine, "before_cursor_execute", goes_away)
    assert Kind.FILING not in {each.kind for each in asyncio.run(referrals.read(OURS, "YS-1")).acts}
    took(referrals, Kind.FILING)
    assert bars(store) == ["FILING号"]


def test_a_filing_from_before_the_listing_bars_it_from_the_day_on_which_it_is_recorded(referrals, store, clock):  # noqa: F811
    opening = act(1, on=TODAY + timedelta(days=3))
    store.submit(submission("later", profile(1), opening))
    brought(referrals, Kind.RECEIPT)
    clock.present = NOW + timedelta(days=5)
    took(referrals, Kind.FILING)

    held = store.held_listing("listing-1")[1]
    (bar,) = [each for each in held.listing.acts if each.kind is ListingActKind.CRIMINAL_BAR_SET]
    assert bar.on == TODAY + timedelta(days=5)


def test_a_revoked_listing_needs_no_bar_and_hinders_no_filing(referrals, store, listed):  # noqa: F811
    brought(referrals, Kind.RECEIPT)
    store.submit(submission("revoked", act(1, ListingActKind.REVOCATION, TODAY)))
    took(referrals, Kind.FILING)
    assert bars(store) == []


@pytest.mark.parametrize(
    ("listing_id", "uscc", "by"),
    [
        ("listing-2", code(1), OURS),
        ("nowhere", code(1), OURS),
        ("listing-1", "", OURS),
        ("listing-1", code(1), HRSS),
    ],
    ids=["another enterprise's", "unknown", "without an enterprise", "of another authority"],
)
def test_a_listing_that_is_not_the_enterprise_s_or_not_ours_is_refused_in_one_way(
    referrals,  # noqa: F811
    listed,
    listing_id,
    uscc,
    by,
):
    with pytest.raises(MalformedRequestError) as refused:
        opened(referrals, listing_id, uscc, by)
    assert refused.value.field == "facts.listing_id"
    assert str(refused.value).endswith("is no listing of this enterprise by the caller's authority")


@pytest.mark.parametrize("judgment", [Kind.CONVICTION, Kind.EXEMPTION])
def test_an_effective_judgment_is_a_record_of_the_enterprise(referrals, engine, listed, judgment):  # noqa: F811
    brought(referrals, *INDICTED)
    assert convictions(engine) == []
    took(referrals, judgment, effective_on=TODAY)

    (found,) = convictions(engine)
    assert (found.authority, found.document_number, found.effective_on) == (COURT.name_zh, f"{judgment.name}号", TODAY)


@pytest.mark.parametrize("other", [{"debtor": ReferralDebtor.ACTUAL_CONTROLLER}, {"listing_id": "", "uscc": ""}])
def test_a_person_s_conviction_is_none_of_the_enterprise_s(referrals, engine, listed, other):  # noqa: F811
    brought(referrals, *INDICTED, Kind.CONVICTION, **other)
    assert convictions(engine) == []


@pytest.mark.parametrize(
    ("kind", "effective_on"),
    [
        (Kind.CONVICTION, None),
        (Kind.EXEMPTION, None),
        (Kind.CONVICTION, TODAY + timedelta(days=1)),
        (Kind.CONVICTION, TODAY - timedelta(days=1)),
        (Kind.ACQUITTAL, TODAY),
    ],
)
def test_a_judgment_that_is_not_effective_is_not_recorded(referrals, engine, listed, kind, effective_on):  # noqa: F811
    brought(referrals, *INDICTED)
    with pytest.raises(MalformedRequestError) as refused:
        took(referrals, kind, effective_on=effective_on)
    assert refused.value.field == "step.effective_on"
    assert convictions(engine) == []


def test_no_byte_of_what_deciding_systems_are_answered_changes_before_the_judgment(
    referrals,  # noqa: F811
    store,
    history,
    clock,  # noqa: F811
    listed,
):
    """T-60: the bar is set on the way, and no answer shows it; the judgment is shown at once."""
    *without, _ = answers(history, clock)
    opened(referrals)
    sent_on(referrals)
    for kind in INDICTED:
        took(referrals, kind)
        *found, _ = answers(history, clock)
        assert found == without, kind
    assert bars(store) == ["FILING号"], "or this test could not fail"
    took(referrals, Kind.CONVICTION)
    *found, _ = answers(history, clock)
    assert found != without
