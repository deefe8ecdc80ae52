"""What a record holds for whom: what weighs now for those who decide, what ended as well for justice, all for HRSS."""

from __future__ import annotations

import asyncio

import pytest
from builders import (
    AUTHORITY,
    NOW,
    TODAY,
    USCC,
    act,
    arrears,
    complaint,
    conviction,
    dossier,
    five_systems,
    listed,
    listing,
    penalty,
    policy,
    publication,
    red_entry,
)

from gateway.domain.disclosure.sight import WHOLE, sight_of
from gateway.domain.disclosure.words import Column, Condition
from gateway.domain.listings import state_at
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.vocabulary import Trigger
from gateway.domain.withdrawals import Withdrawal
from gateway.services.get_credit_record import GetCreditRecord
from gateway.services.identify import NamedParty

PARTY = NamedParty(USCC, "", RelationKind.SELF, conforming=True, field="enterprise")
APPROVED = {Condition.CASE, Condition.APPROVAL}
PUBLIC = publication("2026-10-01", "2027-10-01", record_id="public")
HIDDEN = publication("2024-01-01", "2025-01-01", record_id="hidden")
AHEAD = publication("2026-12-01", "2027-12-01", record_id="ahead")
VOID = penalty("2026-09-01", "2027-09-01", record_id="void")
SHORTENED = penalty("2026-08-01", "2027-08-01", record_id="shortened")
FACTS = (
    PUBLIC,
    HIDDEN,
    AHEAD,
    VOID,
    SHORTENED,
    conviction("2026-05-01", record_id="judgment"),
    complaint("2026-06-01", record_id="complaint"),
    arrears("2026-07-01", record_id="arrears"),
    five_systems(),
    red_entry("2020-01-01"),
    *(
        Withdrawal(
            record_id=f"withdrawal-{target}",
            authority=AUTHORITY,
            document_number="撤1号",
            target_id=target,
            decided_on=TODAY,
            holds_until=until,
            reason="错误",
        )
        for target, until in (("void", None), ("shortened", TODAY))
    ),
)
LISTINGS = {
    "IN_FORCE": listed(listing_id="IN_FORCE"),
    "REPAIRED": listed("2024-06-01", "2024-06-02", act(Kind.REPAIR, "2026-01-01"), listing_id="REPAIRED"),
    "EXPIRED": listed("2020-06-01", "2020-06-02", listing_id="EXPIRED"),
    "STAYED": listed("2026-06-01", "2026-06-02", act(Kind.STAY, "2026-07-01"), listing_id="STAYED"),
    "REVOKED": listed("2026-06-01", "2026-06-02", act(Kind.REVOCATION, "2026-07-01"), listing_id="REVOKED"),
    "DECIDED": listing(act(Kind.DECISION, "2026-11-20"), listing_id="DECIDED"),
}
ENDED = {"IN_FORCE", "REPAIRED", "EXPIRED", "STAYED"}


class Store:
    """A register and a history that hold one enterprise."""

    revision = 1

    def __init__(self, *facts):
        self._dossier = dossier(*facts)

    def dossier(self, _uscc, _revision):
        return self._dossier


def read(sight, *facts):
    store = Store(*facts)
    reading = GetCreditRecord(store, store, policy())
    return asyncio.run(reading(sight, PARTY, NOW, None))


def justice(column, met=APPROVED):
    return sight_of({column}, met)


def ids(record):
    return {fact.record_id for fact in record.facts}


@pytest.mark.parametrize("name", LISTINGS)
def test_the_samples_stand_as_they_are_called(name):
    assert state_at(LISTINGS[name], NOW).value == name


@pytest.mark.parametrize(
    ("sight", "shown"),
    [
        (WHOLE, set(LISTINGS)),
        (justice(Column.POLICE), ENDED),
        (justice(Column.POLICE, {Condition.CASE}), {"IN_FORCE"}),
        (justice(Column.COURT), ENDED),
        (justice(Column.BIDDING), {"IN_FORCE"}),
        (justice(Column.BANK, set(Condition)), {"IN_FORCE"}),
        (sight_of((), set(Condition)), set()),
    ],
)
def test_listings_that_ended_are_for_justice_and_those_that_never_weighed_for_hrss(sight, shown):
    assert {each.listing_id for each in read(sight, *LISTINGS.values()).listings} == shown


@pytest.mark.parametrize(
    ("column", "more"),
    [
        (Column.POLICE, {"complaint", "systems"}),
        (Column.PROCURATORATE, {"complaint"}),
        (Column.COURT, set()),
    ],
)
def test_justice_is_told_what_holds_or_held_of_the_classes_that_it_sees(column, more):
    systems = next(fact.record_id for fact in FACTS if fact.wire_name == "five_systems")
    wanted = {"public", "hidden", "shortened", "judgment", "arrears"}
    wanted |= {systems if each == "systems" else each for each in more}
    record = read(justice(column), *FACTS)

    assert ids(record) == wanted
    assert [fact.restricts_until for fact in record.facts if fact.record_id == "shortened"] == [TODAY]
    assert record.grounds == ()
    assert record.other_grades == ()


def test_hrss_is_told_every_fact_and_those_who_decide_none_but_what_weighs():
    whole, bidding = read(WHOLE, *FACTS), read(justice(Column.BIDDING), *FACTS)

    assert ids(whole) == {fact.record_id for fact in FACTS}
    assert whole.other_grades
    assert ids(bidding) == set()
    assert {ground.trigger for ground in bidding.grounds} >= {Trigger.PUBLICATION, Trigger.CONVICTION}
