"""What a referral's file must show before it goes, element by element, and what a payment means where it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from referral_samples import TABLE, facts

from formats.dossier import DossierItem, EvidenceKind, Material, sealed_bytes
from gateway.domain.referral_amounts import AmountRow, Amounts, AmountTable, WorkerClaim, amount_finding
from gateway.domain.referral_elements import OrderDelivery, ReferralConduct, element_gaps
from gateway.domain.referral_materials import material_gaps
from gateway.domain.referral_payments import AFTER, BEFORE_FILING, BEFORE_INDICTMENT, BEFORE_JUDGMENT, MEANINGS
from gateway.domain.referral_words import ReferralStage as Stage

TODAY = date(2026, 3, 6)
ORDER = facts().order
HIDES, MOVES, ABSENT = (
    frozenset({each})
    for each in (ReferralConduct.HIDES, ReferralConduct.MOVES_PROPERTY, ReferralConduct.FAILS_TO_APPEAR)
)
LOWER, GENERAL = Amounts(500_000, 3_000_000), Amounts(1_000_000, 5_000_000)


def told(gaps):
    return [f"{gap.rule} {gap.weight.name}" for gap in gaps]


def gaps(table=TABLE, on=TODAY, **other):
    return told(element_gaps(facts(**other), table, on))


def order(**other):
    return {"order": replace(ORDER, **other)}


def test_a_file_that_shows_everything_has_no_gap():
    assert gaps() == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (order(delivered_on=None, delivery=None), ["T-04 BLOCKS"]),
        (order(delivered_on=None), ["T-04 BLOCKS"]),
        (order(delivery=None), ["T-04 BLOCKS"]),
        (order(delivered_on=ORDER.due_on), []),
        (order(delivered_on=ORDER.due_on + timedelta(days=1)), ["T-04 BLOCKS"]),
        (order(due_on=TODAY - timedelta(days=1)), []),
        (order(due_on=TODAY), ["T-04 BLOCKS"]),
        (order(delivery=OrderDelivery.PUBLIC_NOTICE), ["T-04 WARNS"]),
        (order(delivery=OrderDelivery.ELECTRONIC), []),
        ({"excuse_proven": True}, ["T-04 BLOCKS"]),
        ({"conducts": frozenset()}, ["T-01 BLOCKS"]),
        ({"conducts": ABSENT}, ["T-06 WARNS"]),
        ({"conducts": ABSENT | MOVES}, []),
        ({"county": "420399"}, ["T-03 BLOCKS"]),
        ({"claims": (WorkerClaim("w", 999_999, 3),)}, ["T-03 BLOCKS"]),
        ({"claims": (WorkerClaim("w", 1_000_000, 3),)}, []),
    ],
)
def test_each_element_that_is_not_shown_is_told_with_its_rule_and_weight(other, expected):
    assert gaps(**other) == expected


@pytest.mark.parametrize(
    ("conducts", "expected"),
    [(HIDES, []), (ABSENT, ["T-06 WARNS"]), (MOVES, ["T-05 BLOCKS"]), (MOVES | HIDES, [])],
    ids=["hides", "does not come", "moves property", "both"],
)
def test_an_order_that_was_put_up_is_delivered_to_who_hides_alone(conducts, expected):
    put_up = order(delivery=OrderDelivery.POSTED_UP_AND_RECORDED)
    assert gaps(**put_up, conducts=conducts) == expected


@pytest.mark.parametrize(
    ("decide", "contested", "fen", "expected"),
    [
        (GENERAL, LOWER, 700_000, ["T-03 BLOCKS"]),
        (LOWER, GENERAL, 700_000, ["T-03 WARNS"]),
        (LOWER, GENERAL, 400_000, ["T-03 BLOCKS"]),
        (GENERAL, LOWER, 1_000_000, []),
        (LOWER, None, 700_000, []),
    ],
)
def test_where_it_is_open_which_amounts_hold_what_only_one_of_them_makes_large_is_told(
    decide, contested, fen, expected
):
    table = AmountTable([AmountRow(frozenset({"420302"}), date(2014, 1, 1), decide, "invented", contested)])
    assert gaps(table, claims=(WorkerClaim("w", fen, 3),)) == expected


@pytest.mark.parametrize(
    ("workers", "fen", "large"), [(10, 500_000, True), (10, 499_999, False), (9, 999_999, False), (11, 454_546, True)]
)
def test_ten_workers_reach_the_amount_together_to_the_fen(workers, fen, large):
    claims = [WorkerClaim(f"w{number}", fen, 1) for number in range(workers)]
    assert amount_finding(claims, GENERAL).ten_workers is large


def test_a_worker_who_is_owed_nothing_is_not_one_of_ten():
    claims = [WorkerClaim(f"w{number}", 900_000, 1) for number in range(9)]
    assert not amount_finding([*claims, WorkerClaim("w9", 0, 1)], GENERAL).ten_workers
    assert amount_finding([*claims, WorkerClaim("w9", 1, 1)], GENERAL).ten_workers


@pytest.mark.parametrize(
    ("one", "ten", "fits"),
    [
        (500_000, 3_000_000, True),
        (499_999, 3_000_000, False),
        (500_000, 2_999_999, False),
        (2_000_000, 10_000_000, True),
        (2_000_001, 10_000_000, False),
        (2_000_000, 10_000_001, False),
    ],
)
@pytest.mark.parametrize("contested", [False, True])
def test_the_band_of_the_nation_holds_for_both_amounts_and_for_what_is_contested(one, ten, fits, contested):
    wanted = Amounts(one, ten)
    row = AmountRow(
        frozenset({"420302"}),
        date(2014, 1, 1),
        GENERAL if contested else wanted,
        "invented",
        wanted if contested else None,
    )
    if fits:
        assert AmountTable([row]).row("420302", TODAY) == row
    else:
        with pytest.raises(ValueError, match=r"^420302: .*band"):
            AmountTable([row])


WANTED = {
    Material.CASE_DATA: "T-51",
    Material.REFERRAL_LETTER: "T-50",
    Material.INVESTIGATION_REPORT: "T-50",
    Material.ITEM_LIST: "T-50",
    Material.APPROVAL_FORM: "T-51",
    Material.ORDER: "T-51",
    Material.ORDER_DELIVERY: "T-51",
    Material.WORKER_INTERVIEWS: "T-51",
    Material.DEBTOR_DATA: "T-51",
}


def item(material, evidence=EvidenceKind.DOCUMENTARY):
    digests = ("ab" * 32, sealed_bytes(7), "cd" * 32)
    return DossierItem(material.value, material, evidence, "application/pdf", "o-1", TODAY, 7, *digests)


@pytest.mark.parametrize("missing", WANTED, ids=lambda each: each.name)
def test_each_material_that_is_missing_keeps_the_case_back(missing):
    assert told(material_gaps(map(item, WANTED.keys() - {missing}))) == [f"{WANTED[missing]} BLOCKS"]


def test_an_expert_report_is_wanted_of_nobody_and_more_than_is_wanted_hurts_nothing():
    assert told(material_gaps(map(item, WANTED))) == told(material_gaps(map(item, Material))) == []


@pytest.mark.parametrize("kind", EvidenceKind)
def test_beside_interviews_there_must_be_something_that_is_evidence_as_it_is(kind):
    found = told(material_gaps([item(each, kind) for each in WANTED]))
    assert found == (["T-53 WARNS"] if kind in {EvidenceKind.NONE, EvidenceKind.INTERVIEW} else [])


def test_what_a_payment_means_follows_from_where_the_case_stands():
    later = {
        BEFORE_INDICTMENT: {Stage.FILED, Stage.HANDED_OVER},
        BEFORE_JUDGMENT: {Stage.INDICTED},
        AFTER: {
            *(Stage.WITHDRAWN, Stage.NON_PROSECUTED, Stage.CONVICTED, Stage.ACQUITTED, Stage.EXEMPTED),
            *(Stage.RETURNED_ADMIN, Stage.CLOSED),
        },
    }
    for meaning, stages in later.items():
        assert {MEANINGS[stage] for stage in stages} == {meaning}
    others = set(Stage) - set().union(*later.values())
    assert {MEANINGS[stage] for stage in others} == {BEFORE_FILING}
    assert len({meaning.zh for meaning in MEANINGS.values()}) == 4
