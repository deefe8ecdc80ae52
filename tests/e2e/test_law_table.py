"""Every record kind at every decision point in every case under both profiles, over mutual TLS: is it the law's table?

What the law says is data, read from its text (``law_table.toml``). An answer that is stronger or weaker fails, and so
does a question of which the table says nothing.
"""

from __future__ import annotations

import pytest
from e2e.law_cases import CONTRACT_FEN
from e2e.law_gateway import place_of
from e2e.law_table import EFFECTS, POINTS, cell
from jointsanctions.v1 import common_pb2

pytestmark = pytest.mark.xdist_group("law")
BLOCK = EFFECTS.index("BLOCK")
NEVER_BLOCKED = tuple(point for point in POINTS if point.startswith(("LICENSING", "LENDING")))
GRADES = {common_pb2.TRIGGER_GRADE_C, common_pb2.TRIGGER_GRADE_B}
ENDED = tuple(
    f"listed, {how}" for how in ("not delivered", "stayed", "hidden", "repaired", "revoked", "three years ago")
)


def verdict_of(effect):
    if effect == BLOCK:
        return "RESTRICTED"
    return "CLEAR" if effect <= EFFECTS.index("NOTICE") else "CONDITIONAL"


def differences(asked, point, profile):
    """Yield in words where an answer is not what the law says."""
    words = asked.case.words_about(asked.subject)
    told = asked.effects()
    shown = {trigger.partition(".")[0]: trigger for trigger in asked.subject.shows[profile]}
    shown |= {trigger: trigger for trigger in asked.subject.may_show if trigger in told}
    about = f"{asked.subject.key}, {point}, {sorted(words)}"
    for trigger in told.keys() - shown.keys():
        yield f"{about}: {trigger} is on the answer, and nothing on record is such"
    for trigger, variant in shown.items():
        law, effect = cell(variant, point, words, profile), told.get(trigger, 0)
        if not law.holds(effect):
            yield f"{about}: {variant} is {EFFECTS[effect]}, and the law says {law}"
    if asked.decision.enterprise.known is (asked.subject.key == "unknown"):
        yield f"{about}: known is {asked.decision.enterprise.known}"
    if asked.verdict != verdict_of(max(told.values(), default=0)):
        yield f"{about}: {asked.verdict} is not the verdict of {told}, {list(asked.decision.unverifiable_because)}"


@pytest.mark.parametrize("point", POINTS)
def test_the_answer_is_the_laws_about_everything_on_record_in_every_case(law, point):
    wrong = {line for asked in law.everybody_at(point) for line in differences(asked, point, law.profile)}
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(sorted(wrong)[:40])


@pytest.mark.parametrize("point", POINTS)
def test_invariant_2_every_block_has_its_basis_number_authority_end_and_remedy(law, point):
    for asked in law.everybody_at(point):
        for measure in asked.decision.measures:
            if measure.effect != common_pb2.EFFECT_BLOCK:
                continue
            whole = [measure.legal_basis, measure.document_number, measure.authority, measure.rule_id]
            whole += [measure.remedy.zh, measure.remedy.en, measure.ends_by.zh, measure.ends_by.en]
            assert all(whole), (asked.subject.key, measure)
            assert all(article.document and article.article and article.level for article in measure.legal_basis)
            ends = measure.HasField("effective_until") or measure.trigger in GRADES
            assert ends, (asked.subject.key, measure)


@pytest.mark.parametrize("point", NEVER_BLOCKED)
def test_invariant_3_nothing_on_record_blocks_a_licence_or_a_loan(law, point):
    effects = {place_of(measure.effect) for asked in law.everybody_at(point) for measure in asked.decision.measures}
    assert max(effects) <= EFFECTS.index("REVIEW")
    assert {asked.verdict for asked in law.everybody_at(point)} <= {"CLEAR", "CONDITIONAL"}


@pytest.mark.parametrize("point", POINTS)
def test_invariant_16_while_feeds_are_stale_a_proven_block_stays_and_all_else_is_unverifiable(law, point):
    fresh = {asked.subject.key: asked for asked in law.once_at(point, law.subjects)}
    for asked in law.stale[point]:
        proven = max(asked.effects().values(), default=0) == BLOCK
        assert asked.verdict == ("RESTRICTED" if proven else "UNVERIFIABLE"), asked.subject.key
        assert asked.effects() == fresh[asked.subject.key].effects()
        assert asked.decision.unverifiable_because


@pytest.mark.parametrize("point", POINTS)
def test_invariant_12_what_was_repaired_and_what_does_not_weigh_leaves_no_trace_in_an_answer(law, point):
    seen = {}
    for asked in law.everybody_at(point):
        found = f"W-{asked.subject.key}".encode() in asked.decision.SerializeToString()
        seen[asked.subject.key] = found or seen.get(asked.subject.key, False)
    assert [key for key in ENDED if seen[key]] == []
    assert seen["listed, published"], "what weighs is found by its number"


@pytest.mark.parametrize("point", POINTS)
def test_a_restriction_suspends_what_it_is_entitled_to_in_its_own_area_and_nothing_else_does(law, point):
    for asked in law.everybody_at(point):
        suspended = {incentive.suspended for incentive in asked.decision.incentives}
        if asked.verdict == "RESTRICTED":
            assert suspended <= {True}, asked.subject.key
        elif not asked.effects():
            assert suspended <= {False}, asked.subject.key


def test_who_is_on_the_list_and_on_the_red_list_too_is_entitled_to_what_is_suspended(law):
    told = {asked.subject.key: asked.decision for asked in law.everybody_at("FUNDING_APPLICATION")[::-1]}
    both, red = (told[key].incentives for key in ("listed, on the red list", "red_list alone"))
    assert [each.rule_id for each in both] == [each.rule_id for each in red] != []
    assert {each.suspended for each in both} == {True}
    assert {each.suspended for each in red} == {False}


CAPS = {"BID_BOND": 200, "PERFORMANCE_BOND": 1000}
"""2 % and 10 % of the contract, in basis points (BR 26 and 58, GPR 33 and 48)."""
SURCHARGES = {common_pb2.TRIGGER_LISTING: 100, common_pb2.TRIGGER_ARREARS_FINDING: 50}
"""Least surcharge on a wage deposit in percent (D-06)."""


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("GUARANTEE")])
def test_security_is_raised_within_the_laws_caps_and_by_its_surcharges(law, point):
    raised = set()
    for asked in law.everybody_at(point):
        (kind,) = {word.upper() for word in asked.case.words}
        for measure in asked.decision.measures:
            bound = measure.security_bound
            if measure.effect != common_pb2.EFFECT_RAISE_SECURITY:
                assert not measure.HasField("security_bound")
                continue
            raised.add((kind, measure.trigger))
            assert bound.kind == kind
            if kind in CAPS:
                assert (bound.cap_basis_points, bound.cap_fen) == (CAPS[kind], CONTRACT_FEN * CAPS[kind] // 10_000)
            else:
                assert bound.surcharge_percent >= SURCHARGES[measure.trigger]
    listed = {(kind, common_pb2.TRIGGER_LISTING) for kind in (*CAPS, "WAGE_DEPOSIT")}
    assert raised == {*listed, ("WAGE_DEPOSIT", common_pb2.TRIGGER_ARREARS_FINDING)}
