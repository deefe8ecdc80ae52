"""Which applicants of one lot are related, by what the register holds (A-104)."""

from __future__ import annotations

import pytest
from builders import profile
from case_samples import applicant
from store_samples import code

from gateway.domain.kinds.fact import PersonKey
from gateway.domain.related_bidders import BidderRelation, related_pairs

SAME, CONTROL = BidderRelation.SAME_PERSON_IN_CHARGE, BidderRelation.CONTROL
LI, WANG = PersonKey("li"), PersonKey("wang")


def of(person=None, head=None):
    return profile(representative_key=person, head_office_uscc=None if head is None else code(head))


@pytest.mark.parametrize(
    ("one", "other", "relations"),
    [
        (of(LI), of(LI), [SAME]),
        (of(LI), of(WANG), []),
        (of(), of(), []),
        (of(head=2), of(), [CONTROL]),
        (of(), of(head=1), [CONTROL]),
        (of(head=9), of(head=9), [CONTROL]),
        (of(head=8), of(head=9), []),
        (of(LI, head=2), of(LI), [SAME, CONTROL]),
    ],
)
def test_two_applicants_are_related_by_the_person_in_charge_and_by_control(one, other, relations):
    for order in ((applicant(1), applicant(2)), (applicant(2), applicant(1))):
        found = related_pairs(order, {code(1): one, code(2): other})
        assert found == [(*sorted((code(1), code(2))), relation) for relation in relations]


def test_members_of_one_consortium_are_no_pair_and_those_of_another_are():
    everybody = {code(number): of(LI) for number in (1, 2, 3)}
    found = related_pairs([applicant(1, 2), applicant(3)], everybody)
    assert {(pair.uscc, pair.other_uscc) for pair in found} == {
        tuple(sorted((code(1), code(3)))),
        tuple(sorted((code(2), code(3)))),
    }


def test_of_who_has_no_profile_nothing_is_found():
    assert related_pairs([applicant(1), applicant(2)], {code(1): of(LI)}) == []
