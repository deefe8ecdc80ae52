"""What is weighed once for several enterprises of a call is what would be weighed for each of them alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, RULES, TODAY, USCC, listed, moment, policy, question, subject
from case_strategies import cases, moments, questions, using
from hypothesis import given
from hypothesis import strategies as st
from strategies import profiles
from unit.test_eligibility import GUARANTEE, NAMESAKE

from gateway.domain import timeline
from gateway.domain.eligibility import decide
from gateway.domain.records import Dossier, RelationKind
from gateway.domain.timeline import Timeline
from gateway.domain.vocabulary import MatchQuality, Verdict
from gateway.services.alike import Alike

doubts = st.sampled_from([(), (), ("STALE_SOURCE: listings",)])
OTHERS = [f"91420300MA000{number:04}R" for number in range(20, 26)]


@st.composite
def plain_parties(draw):
    """Return enterprises, each alone, on which nothing weighs but how it was named and whether it is in business."""
    codes = draw(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=5))
    files = [Dossier(code, draw(profiles())) for code in codes]
    return [
        (subject(uscc=file.uscc, match=draw(st.sampled_from(MatchQuality)), timeline=timeline.build(file, RULES)),)
        for file in files
    ]


@given(
    st.lists(cases(), max_size=3),
    plain_parties(),
    st.lists(questions(), min_size=2, max_size=2),
    using,
    moments,
    doubts,
)
def test_each_gets_the_answer_that_it_would_get_alone(some, plain, asked, profile, at, doubted):
    when = moment(at, *doubted, valid_until=at + timedelta(hours=4))
    alike = Alike(policy(profile), when)

    for place, who in enumerate([*plain, *some, *plain]):
        one = asked[place % 2]
        assert alike.decide(tuple(who), one) == decide(tuple(who), one, policy(profile), when)


def test_what_is_the_same_is_weighed_once():
    alike = Alike(policy(), moment())
    asked = question()
    first = alike.decide((subject(uscc=USCC),), asked)
    second = alike.decide((subject(uscc=OTHERS[0]),), asked)

    assert second.weighed is first.weighed
    assert [each.uscc for each in second.subjects] == [OTHERS[0]]


def test_what_changes_an_answer_only_after_it_holds_no_more_keeps_nothing_apart():
    when = moment(valid_until=NOW + timedelta(hours=1))
    alike, asked = Alike(policy(), when), question()
    first = alike.decide((subject(uscc=OTHERS[0]),), asked)
    later = subject(uscc=OTHERS[1], timeline=LATER)

    assert alike.decide((later,), asked).weighed is first.weighed


def standing(**changes):
    """Return a timeline on which all that is given holds for ever."""
    return Timeline((), (replace(subject().timeline.at(NOW)[0], **changes),))


LATER = Timeline((NOW + timedelta(hours=1),), (subject().timeline.at(NOW)[0],) * 2)
BLOCKED = subject(listed()).timeline.at(NOW)[0].grounds


@pytest.mark.parametrize(
    ("before", "then"),
    [
        pytest.param({}, {"timeline": LATER}, id="an end that comes earlier"),
        pytest.param({}, {"timeline": standing(grounds=BLOCKED)}, id="what weighs"),
        pytest.param({}, {"timeline": standing(ceased_on=TODAY)}, id="out of business"),
        pytest.param({}, {"match": MatchQuality.NAME_DIFFERS}, id="how it was named"),
        pytest.param({"match": MatchQuality.UNKNOWN}, {"match": MatchQuality.UNKNOWN}, id="what names itself"),
        pytest.param({}, {"same_name": (NAMESAKE,)}, id="a namesake"),
    ],
)
def test_whatever_is_looked_at_beside_the_question_is_never_another_s(before, then):
    alike, asked = Alike(policy(), moment()), question()
    alike.decide((subject(uscc=OTHERS[0], **before),), asked)
    who = (subject(uscc=OTHERS[1], **then),)

    assert alike.decide(who, asked) == decide(who, asked, policy(), moment())


def test_a_member_of_a_consortium_weighs_whoever_asked_before():
    alike, asked = Alike(policy(), moment()), question()
    alike.decide((subject(uscc=OTHERS[0]),), asked)
    who = (subject(uscc=OTHERS[0]), subject(listed(), uscc=OTHERS[1], relation=RelationKind.CONSORTIUM_MEMBER))

    assert alike.decide(who, asked).verdict is Verdict.RESTRICTED


def test_what_a_grade_earns_is_never_another_s():
    alike, asked = Alike(policy(), moment()), question(**GUARANTEE)
    assert not alike.decide((subject(uscc=OTHERS[0], timeline=standing(grade=RULES.never_rated)),), asked).incentives
    assert alike.decide((subject(uscc=OTHERS[1]),), asked).incentives


def test_other_facts_and_an_explanation_are_weighed_by_themselves():
    alike, asked = Alike(policy(), moment()), question()
    first = alike.decide((subject(),), asked)
    for other in (question(), asked._replace(explain=True)):
        assert alike.decide((subject(),), other).weighed is not first.weighed
