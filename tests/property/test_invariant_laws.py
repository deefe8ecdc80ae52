"""Invariants 1 to 3: an answer for everybody, no block without its reasons, none for licences and loans."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import PROFILES, RULES, USCC, moment, policy, subject
from case_strategies import cases, moments, questions
from hypothesis import given
from hypothesis import strategies as st

from formats.civil import civil_date
from gateway.domain import timeline
from gateway.domain.eligibility import decide
from gateway.domain.grounds import GRADE_TRIGGERS
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.records import Unresolved
from gateway.domain.vocabulary import Area, DecisionPoint, Effect, GradeLetter, MatchQuality, Verdict

GRADES = frozenset(GRADE_TRIGGERS.values())
NEVER_BLOCKED = {Area.LICENSING, Area.LENDING}
"""A-40 and A-70."""


@st.composite
def incomplete(draw):
    """Return parties as the store might have them: of each ground the authority and the number may be missing."""
    parties = draw(cases())
    lacks = st.sampled_from([{}, {"authority": ""}, {"document_number": ""}, {"authority": "", "document_number": ""}])

    def stripped(ground):
        return ground if ground.trigger in GRADES else replace(ground, **draw(lacks))

    def line(party):
        standings = tuple(
            replace(standing, grounds=tuple(map(stripped, standing.grounds))) for standing in party.timeline.standings
        )
        return replace(party.timeline, standings=standings)

    return tuple(party._replace(timeline=line(party)) for party in parties)


same_names = st.builds(
    Unresolved,
    record_id=st.just("N-namesake"),
    name=st.just("示例公司"),
    notice_list=st.sampled_from(NoticeList),
    authority=st.sampled_from(["", "示例县人社局"]),
    document_number=st.sampled_from(["", "示例〔9〕号"]),
    published_on=moments.map(civil_date),
)


def decided(parties, asked, profile, at, point):
    return decide(tuple(parties), asked._replace(point=point), policy(profile), moment(at))


@pytest.mark.parametrize("name", PROFILES)
@given(asked=questions(), at=moments, named=st.sampled_from(["", "示例公司"]))
def test_invariant_1_an_enterprise_without_any_record_gets_an_answer_and_never_an_empty_one(name, asked, at, named):
    nobody = subject(name="", name_sent=named, match=MatchQuality.UNKNOWN, timeline=timeline.empty(RULES))
    for point in DecisionPoint:
        answer = decided([nobody], asked, name, at, point)
        assert answer.verdict in {Verdict.CLEAR, Verdict.CONDITIONAL}
        assert (answer.subjects[0].uscc, answer.grade.letter) == (USCC, GradeLetter.NOT_RATED)
        assert answer.valid_until > at
        weighing = [measure.effect for measure in answer.measures]
        assert (max(weighing, default=Effect.NONE) > Effect.NOTICE) is (answer.verdict is Verdict.CONDITIONAL)


@pytest.mark.parametrize("name", PROFILES)
@given(parties=incomplete(), asked=questions(), at=moments)
def test_invariant_2_for_every_block_there_is_a_live_basis_a_decision_number_an_end_and_a_remedy(
    name, parties, asked, at
):
    for point in DecisionPoint:
        answer = decided(parties, asked, name, at, point)
        for measure in answer.measures:
            if measure.effect is not Effect.BLOCK:
                continue
            row, ground = measure.row, measure.ground
            assert set(policy(name).live(row.basis, civil_date(at))) == {policy(name).bases[key] for key in row.basis}
            assert row.basis
            assert not measure.basis_lapsed
            assert ground.authority
            assert ground.document_number
            assert ground.effective_until is not None or ground.trigger in GRADES
            assert ground.effective_until is None or ground.effective_until > at
            assert all((row.ends_by.zh, row.ends_by.en, row.remedy.zh, row.remedy.en))
        restricted = any(measure.effect is Effect.BLOCK for measure in answer.measures)
        assert (answer.verdict is Verdict.RESTRICTED) is restricted


@pytest.mark.parametrize("name", PROFILES)
@given(parties=cases() | incomplete(), asked=questions(), at=moments, names=st.lists(same_names, max_size=2))
def test_invariant_3_no_input_blocks_a_production_licence_or_a_loan(name, parties, asked, at, names):
    first, *others = parties
    parties = (first._replace(same_name=tuple(names)), *others)
    for point in (point for point in DecisionPoint if point.area in NEVER_BLOCKED):
        answer = decided(parties, asked, name, at, point)
        assert max((measure.effect for measure in answer.measures), default=Effect.NONE) <= Effect.REVIEW
        assert answer.verdict is not Verdict.RESTRICTED
