"""What a conditional answer still lacks, measure by measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from jointsanctions.v1 import common_pb2

from adapters.conditions import (
    ConvenienceWithheld,
    ExistenceConfirmed,
    Fulfilment,
    OfficerReview,
    PartyHeard,
    SecurityRaised,
    missing,
)

ASKED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NOW = ASKED + timedelta(minutes=30)
BEFORE, AFTER = ASKED - timedelta(seconds=1), NOW + timedelta(seconds=1)
REVIEW = common_pb2.Measure(rule_id="R", effect=common_pb2.EFFECT_REVIEW)
DISPUTED = common_pb2.Measure(rule_id="R", effect=common_pb2.EFFECT_REVIEW, disputed=True)
WITHHELD = common_pb2.Measure(rule_id="N", effect=common_pb2.EFFECT_NO_CONVENIENCE)
UNKNOWN = common_pb2.Measure(
    rule_id="U",
    effect=common_pb2.EFFECT_REVIEW,
    trigger=common_pb2.TRIGGER_UNKNOWN_ENTERPRISE,
    party_uscc="91420300MA10004470",
)
CEASED = common_pb2.Measure(
    rule_id="C",
    effect=common_pb2.EFFECT_REVIEW,
    trigger=common_pb2.TRIGGER_NOT_IN_BUSINESS,
    party_uscc="91420300MA10004470",
)
CEASED_EARLY = common_pb2.Measure(effect=common_pb2.EFFECT_NOTICE, trigger=common_pb2.TRIGGER_NOT_IN_BUSINESS)
LOOKED = OfficerReview("Wang", "seen", NOW)
HEARD = PartyHeard("Wang", "十人社听〔2026〕1号", NOW)
FOUND = ExistenceConfirmed(("91420300MA10004470",), "national register", "No. 7", NOW)


def raised(amount, ordinary=None, kind="WAGE_DEPOSIT"):
    return Fulfilment(security=SecurityRaised(kind, amount, ordinary))


def security(**bound):
    return common_pb2.Measure(
        rule_id="S",
        effect=common_pb2.EFFECT_RAISE_SECURITY,
        security_bound=common_pb2.SecurityBound(kind="WAGE_DEPOSIT", **bound),
    )


def lacks(measure, fulfilment):
    return missing([measure], fulfilment, ASKED, NOW)


@pytest.mark.parametrize(
    ("measure", "fulfilment"),
    [
        (REVIEW, Fulfilment(LOOKED)),
        (REVIEW, Fulfilment(OfficerReview("Wang", "seen", ASKED))),
        (DISPUTED, Fulfilment(LOOKED, heard_party=HEARD)),
        (WITHHELD, Fulfilment(convenience_withheld=ConvenienceWithheld("Wang", NOW))),
        (UNKNOWN, Fulfilment(LOOKED, existence=FOUND)),
        (CEASED, Fulfilment(LOOKED, existence=FOUND)),
        (CEASED_EARLY, Fulfilment()),
        (UNKNOWN, Fulfilment(LOOKED, existence=ExistenceConfirmed(("91420300 ma10004470",), "register", "7", BEFORE))),
        (security(), raised(1)),
        (security(cap_basis_points=200, cap_fen=1000), raised(1000)),
        (security(surcharge_percent=50), raised(150, 100)),
        (security(surcharge_percent=50), raised(149, 99)),
        (security(surcharge_percent=50, raised_rate_basis_points=300, raised_fen=150), raised(150, 100)),
        (security(surcharge_percent=50, cap_basis_points=300, cap_fen=120), raised(120, 100)),
    ],
)
def test_a_condition_that_is_met_lacks_nothing(measure, fulfilment):
    assert lacks(measure, fulfilment) == ()


@pytest.mark.parametrize(
    ("measure", "fulfilment", "word"),
    [
        (REVIEW, Fulfilment(), "review"),
        (REVIEW, Fulfilment(OfficerReview("Wang", " ", NOW)), "review"),
        (REVIEW, Fulfilment(OfficerReview("", "seen", NOW)), "review"),
        (REVIEW, Fulfilment(OfficerReview("Wang", "seen", BEFORE)), "review"),
        (REVIEW, Fulfilment(OfficerReview("Wang", "seen", AFTER)), "review"),
        (REVIEW, Fulfilment(existence=FOUND, heard_party=HEARD), "review"),
        (DISPUTED, Fulfilment(LOOKED), "hearing"),
        (DISPUTED, Fulfilment(LOOKED, heard_party=PartyHeard("Wang", " ", NOW)), "hearing"),
        (DISPUTED, Fulfilment(LOOKED, heard_party=PartyHeard(" ", "1", NOW)), "hearing"),
        (DISPUTED, Fulfilment(LOOKED, heard_party=PartyHeard("Wang", "1", AFTER)), "hearing"),
        (WITHHELD, Fulfilment(LOOKED), "convenience"),
        (WITHHELD, Fulfilment(convenience_withheld=ConvenienceWithheld("Wang", BEFORE)), "convenience"),
        (WITHHELD, Fulfilment(convenience_withheld=ConvenienceWithheld(" ", NOW)), "convenience"),
        (CEASED, Fulfilment(LOOKED), "exists and may act"),
        (CEASED, Fulfilment(existence=FOUND), "review"),
        (UNKNOWN, Fulfilment(LOOKED), "exists"),
        (UNKNOWN, Fulfilment(existence=FOUND), "review"),
        (UNKNOWN, Fulfilment(LOOKED, existence=ExistenceConfirmed((), "register", "7", NOW)), "exists"),
        (UNKNOWN, Fulfilment(LOOKED, existence=ExistenceConfirmed(FOUND.usccs, " ", "7", NOW)), "exists"),
        (UNKNOWN, Fulfilment(LOOKED, existence=ExistenceConfirmed(FOUND.usccs, "register", "", NOW)), "exists"),
        (UNKNOWN, Fulfilment(LOOKED, existence=ExistenceConfirmed(FOUND.usccs, "register", "7", AFTER)), "exists"),
        (security(), Fulfilment(LOOKED), "WAGE_DEPOSIT"),
        (security(), raised(1, kind="BID_BOND"), "WAGE_DEPOSIT"),
        (security(), raised(0), "WAGE_DEPOSIT"),
        (security(cap_basis_points=200, cap_fen=1000), raised(1001), "cap of 1000 fen"),
        (security(cap_basis_points=200), raised(1), "cap in fen"),
        (security(surcharge_percent=50), raised(149, 100), "surcharge"),
        (security(surcharge_percent=50, raised_rate_basis_points=300, raised_fen=150), raised(149, 99), "150 fen"),
        (security(surcharge_percent=50), raised(500), "surcharge"),
        (security(surcharge_percent=50), raised(500, 0), "surcharge"),
        (security(surcharge_percent=50, cap_basis_points=300, cap_fen=120), raised(119, 100), "surcharge"),
        (common_pb2.Measure(effect=common_pb2.EFFECT_RAISE_SECURITY), raised(1), "bound"),
    ],
)
def test_what_a_condition_lacks_is_named(measure, fulfilment, word):
    (lacking,) = lacks(measure, fulfilment)

    assert word in lacking


def test_every_measure_has_its_own_condition():
    lacking = missing([REVIEW, WITHHELD, security(), UNKNOWN], Fulfilment(), ASKED, NOW)

    assert [line[0] for line in lacking] == ["R", "N", "S", "U", "U"]


def test_what_was_done_is_kept_in_words():
    done = Fulfilment(LOOKED, SecurityRaised("BID_BOND", 5), FOUND, ConvenienceWithheld("Zhao", NOW), HEARD)

    assert done.officer == "Wang"
    assert done.details() == {
        "review_reason": "seen",
        "reviewed_at": "2026-11-24T08:30:00.000000Z",
        "security": "BID_BOND 5 fen",
        "existence": "national register No. 7",
        "convenience_withheld_by": "Zhao",
        "hearing_record": "十人社听〔2026〕1号",
    }
