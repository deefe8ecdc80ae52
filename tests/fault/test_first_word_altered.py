"""A first person's word that was altered on the way: the gateway holds it against its own record (A-125)."""

from __future__ import annotations

import json

import pytest
from e2e.registered import Registered, applicant
from e2e.reported import Listed
from e2e.test_awards_cleared import holder
from jointsanctions.v1 import common_pb2, credit_pb2

from console.gating import Gated, first_word, joined, read_word

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
CLEARED = credit_pb2.AWARD_CLEARANCE_CLEARED
PUBLICITY = common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY
OTHER_HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture(scope="module")
def begun(served):
    """Return a case with two who are restricted, and the first person's word about one of them as a file."""
    one, two = Listed(served), Listed(served)
    case = Registered(served, applicant(one.uscc), applicant(two.uscc))
    for each in (one, two):
        case.asked(each.uscc, revision=two.revision, point=PUBLICITY)
    word = credit_pb2.AwardEmergency(reason="抢险救灾", document_number="示应急〔2026〕1号")
    request = case.clearing(one.uscc, officer="li", emergency=word)
    said = case.cleared(one.uscc, officer="li", emergency=word, who=holder(served, "li"))
    return case, two, json.loads(first_word(Gated(request, said, None)))


def altered(word, *path, value):
    """Return the word with one value put in the place of another."""
    changed = json.loads(json.dumps(word))
    at = changed
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return changed


def second(served, case, word, who="wang"):
    request = joined(read_word(json.dumps(word).encode()), who)
    return served.send("/jointsanctions.v1.CreditService/ClearAward", request, holder(served, who))


def test_whatever_is_altered_the_second_person_clears_nothing(served, begun):
    case, two, word = begun
    elsewhere = Registered(served, applicant(two.uscc))
    for path, value, reason in (
        (("emergency", "reason"), "另一理由", "MALFORMED_REQUEST"),
        (("emergency", "document_number"), "示应急〔2026〕2号", "MALFORMED_REQUEST"),
        (("applicant", "enterprise", "uscc"), two.uscc, "MALFORMED_REQUEST"),
        (("decision_point",), "DECISION_POINT_BIDDING_CONTRACT", "MALFORMED_REQUEST"),
        (("case_ref",), elsewhere.case_ref, "MALFORMED_REQUEST"),
        (("case_ref",), "NO-SUCH-CASE", "ENTERPRISE_NOT_FOUND"),
        (("emergency", "first", "leaf_hash"), OTHER_HASH, "ENTERPRISE_NOT_FOUND"),
        (("emergency", "first", "number"), "0", "ENTERPRISE_NOT_FOUND"),
        (("emergency", "first", "writer"), "gw9-9", "ENTERPRISE_NOT_FOUND"),
    ):
        refused = second(served, case, altered(word, *path, value=value))
        assert refused.reason == reason, (path, refused.reason)


def test_the_first_person_under_another_officers_name_is_no_second(served, begun):
    *_, word = begun
    request = joined(read_word(json.dumps(word).encode()), "zhao")
    assert served.send("/jointsanctions.v1.CreditService/ClearAward", request, holder(served, "li")).reason == (
        "SECOND_PERSON_REQUIRED"
    )


def test_as_it_was_said_it_clears(served, begun):
    case, _, word = begun
    done = credit_pb2.ClearAwardResponse.FromString(second(served, case, word).answer)
    assert done.clearance == CLEARED
