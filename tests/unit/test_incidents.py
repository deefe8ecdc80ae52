"""What comes from one incident counts once: by the payment order, or by an officer's act; malicious claims never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import AUTHORITY, RULES, arrears, at, complaint, day, dossier

from gateway.domain.incidents import incidents_of
from gateway.domain.kinds.incident_act import IncidentAct, IncidentChange
from gateway.domain.kinds.malicious_claim import MaliciousClaim
from gateway.domain.shiyan_grades import causes_of, letter_at
from gateway.domain.vocabulary import GradeLetter

LATER = at("2026-11-24")


def join(concerned, joined, on="2026-05-01", record_id="act"):
    return IncidentAct(
        record_id=record_id,
        change=IncidentChange.JOIN,
        concerned_record_id=concerned.record_id,
        joined_record_id=joined.record_id,
        decided_on=day(on),
    )


def split(concerned, on="2026-06-01", record_id="act"):
    return IncidentAct(
        record_id=record_id,
        change=IncidentChange.SPLIT,
        concerned_record_id=concerned.record_id,
        decided_on=day(on),
    )


def malicious(concerned, on="2026-05-01"):
    return MaliciousClaim(
        record_id=f"M-{concerned.record_id}", complaint_record_id=concerned.record_id, decided_on=day(on)
    )


def same(facts, one, other):
    found = incidents_of(facts)
    return found[one.record_id] == found[other.record_id]


def letter(*facts):
    file = dossier(*facts)
    return letter_at(file, causes_of(file, RULES), RULES, LATER)[0]


def six(**changes):
    return [complaint(f"2026-01-0{number}", "2026-02-01", **changes) for number in range(1, 7)]


def test_one_order_of_one_authority_is_one_incident_whatever_the_kind():
    one, other = complaint("2026-01-01", payment_order_number="1号"), arrears("2026-01-05", payment_order_number="1号")
    assert same([one, other], one, other)
    assert not same([one, replace(other, authority="别处")], one, other)
    assert not same([one, replace(other, payment_order_number="2号")], one, other)


def test_without_an_order_a_record_is_of_an_incident_of_its_own():
    one, other = complaint("2026-01-01"), complaint("2026-01-01")
    assert not same([one, other], one, other)


def test_no_incident_is_named_like_another_by_accident():
    one = complaint("2026-01-01", record_id="x")
    named = complaint("2026-01-01", record_id="y", payment_order_number="x")
    assert not same([one, named], one, named)
    first = complaint("2026-01-01", authority="甲/乙", payment_order_number="丙")
    second = complaint("2026-01-01", authority="甲", payment_order_number="乙/丙")
    assert not same([first, second], first, second)


def test_an_act_joins_and_another_splits_in_the_order_of_their_days():
    one, other = complaint("2026-01-01"), complaint("2026-01-02")
    joined, divided = join(one, other, "2026-05-01", "a"), split(one, "2026-06-01", "b")
    assert same([one, other, joined], one, other)
    assert not same([one, other, divided, joined], one, other)
    assert same([one, other, divided, replace(joined, decided_on=day("2026-07-01"))], one, other)


def test_acts_of_one_day_are_taken_in_the_order_of_their_ids():
    one, other = complaint("2026-01-01"), complaint("2026-01-02")
    assert not same([one, other, join(one, other, record_id="a"), split(one, "2026-05-01", "b")], one, other)
    assert same([one, other, join(one, other, record_id="b"), split(one, "2026-05-01", "a")], one, other)


def test_a_split_leaves_also_those_who_were_joined_to_its_own_incident():
    one, other = complaint("2026-01-01"), complaint("2026-01-02")
    acts = [join(other, one, "2026-05-01", "a"), split(one, "2026-06-01", "b")]
    assert not same([one, other, *acts], one, other)


def test_an_act_about_a_record_that_is_elsewhere_now_changes_nothing():
    one, gone = complaint("2026-01-01"), complaint("2026-01-02")
    assert incidents_of([one, join(one, gone), join(gone, one, record_id="b"), split(gone)]) == incidents_of([one])


def test_six_complaints_of_which_two_were_joined_are_no_b_and_split_again_they_are():
    facts = six()
    assert letter(*facts) is GradeLetter.B
    joined = join(facts[0], facts[1])
    assert letter(*facts, joined) is GradeLetter.A_WATCH
    assert letter(*facts, joined, split(facts[0], record_id="b")) is GradeLetter.B


def test_six_complaints_under_one_order_are_one_incident_until_they_are_split():
    facts = six(payment_order_number="1号")
    assert letter(*facts) is GradeLetter.A_WATCH
    acts = [split(fact, record_id=f"S-{fact.record_id}") for fact in facts[1:]]
    assert letter(*facts, *acts) is GradeLetter.B


def test_a_malicious_claim_takes_its_complaint_out_of_every_count():
    facts = six()
    assert letter(*facts, malicious(facts[0])) is GradeLetter.A_WATCH
    assert letter(*facts, *(malicious(fact) for fact in facts)) is GradeLetter.A


def test_nothing_is_owed_on_a_malicious_claim():
    owed = complaint("2026-01-01")
    assert letter(owed) is GradeLetter.UNDETERMINED
    assert letter(owed, malicious(owed)) is GradeLetter.A


def test_a_malicious_claim_of_one_complaint_leaves_arrears_and_others_alone():
    owed = arrears("2026-01-01")
    assert letter(owed, malicious(owed)) is GradeLetter.UNDETERMINED
    assert letter(complaint("2026-01-01"), malicious(complaint("2026-01-02"))) is GradeLetter.UNDETERMINED


@pytest.mark.parametrize(
    ("change", "joined", "field"),
    [
        (IncidentChange.JOIN, "", "joined_record_id"),
        (IncidentChange.JOIN, "T-1", "joined_record_id"),
        (IncidentChange.SPLIT, "T-2", "joined_record_id"),
        (IncidentChange.JOIN, "T-2", None),
        (IncidentChange.SPLIT, "", None),
    ],
)
def test_an_act_names_another_record_exactly_where_it_joins(change, joined, field):
    act = IncidentAct(
        record_id="a",
        authority=AUTHORITY,
        change=change,
        concerned_record_id="T-1",
        joined_record_id=joined,
        decided_on=date(2026, 5, 1),
    )
    assert [fault.field for fault in act.faults()] == ([field] if field else [])
