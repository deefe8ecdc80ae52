"""The end of a listing tells nobody through whom it had reached an enterprise, where the answer had not told it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from e2e.disclosed import BANK, City, ask, asking, submit
from e2e.served import BIDDING, REGISTRAR, new_party, today
from jointsanctions.v1 import common_pb2, ending_pb2, listing_pb2

from gateway.sample import records

pytestmark = pytest.mark.xdist_group("disclosed")
_numbers = itertools.count(1)


@pytest.fixture
def city(city_of_columns):
    return city_of_columns


def reached_by_a_listing(city):
    """Return a city whose enterprise a listing of the other reaches through their representative, and the listing."""
    number = next(_numbers)
    person = listing_pb2.PersonRef(name="示例丙", document_type="PASSPORT", document_number=f"E100000{number:02}")
    enterprise, other, since = new_party(), new_party(), today() - timedelta(days=800)
    profiles = [records.profile(enterprise, since, representative=person), records.profile(other, since)]
    submit(city.served, "market_regulation", profiles, REGISTRAR)
    key = f"T-{number}"
    listing = records.listing(other, key, today() - timedelta(days=80), persons=[person])
    revision = submit(city.served, "wage_list", listing)
    return City(city.served, enterprise, other, revision), key


def endings(city, who):
    outcome = city.served.send(
        "/jointsanctions.v1.CreditService/ListEndings", ending_pb2.ListEndingsRequest(officer="o", page_size=100), who
    )
    return list(ending_pb2.ListEndingsResponse.FromString(outcome.answer).endings)


def revoke(city, key):
    submit(city.served, "wage_list", [records.act(city.other, key, listing_pb2.LISTING_ACT_KIND_REVOCATION, today())])


def through_a_person(answer):
    trigger = common_pb2.TRIGGER_LISTED_PERSON
    return [measure for measure in answer.decision.measures if measure.trigger == trigger]


def test_who_was_not_told_whose_listing_it_is_is_not_told_by_its_end(city):
    reached, key = reached_by_a_listing(city)
    for who, area in ((BANK, "LENDING"), (asking("AWARDS"), "AWARDS"), (BIDDING, "BIDDING")):
        (measure,) = through_a_person(ask(reached, who, area)[0])
        assert bool(measure.party_uscc) == (who == BIDDING)
    revoke(reached, key)
    for who in (BANK, asking("AWARDS")):
        (ending,) = endings(city, who)
        assert (ending.kind, list(ending.case_refs)) == (ending_pb2.ENDING_KIND_VOID_FROM_START, ["D-2026-1"])
        assert (ending.reexamine, bool(ending.instruction.zh)) == (True, True)
        assert [ending.uscc, ending.record_id, ending.document_number, ending.authority] == [""] * 4
    (ending,) = [each for each in endings(city, BIDDING) if each.uscc == reached.other.uscc]
    assert ending.record_id
    assert ending.document_number


def test_who_was_told_of_the_listing_of_its_own_enterprise_is_told_which_it_was(city):
    reached, key = reached_by_a_listing(city)
    own = City(city.served, reached.other, reached.enterprise, reached.revision)
    for each in (reached, own):
        ask(each, BANK, "LENDING")
    revoke(reached, key)
    (ending,) = [each for each in endings(city, BANK) if each.uscc]
    assert ending.uscc == reached.other.uscc
    assert ending.record_id
    assert ending.document_number
