"""Hypothesis strategies of whole questions: points, case facts and parties; nothing here asserts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from builders import PROFILES, RULES, USCC, question, subject
from hypothesis import strategies as st
from strategies import dossiers, instants

from gateway.domain import timeline
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import CutoffRule, DecisionPoint, FundKind, MatchQuality, SecurityKind, Trigger

MEMBER, RELATED = RelationKind.CONSORTIUM_MEMBER, RelationKind.RELATED_PARTY
points = st.sampled_from(DecisionPoint)
using = st.sampled_from(PROFILES)
moments = instants.filter(lambda at: at.year >= 2023)
GRADES = {Trigger.GRADE_B, Trigger.GRADE_C}


def cutoff(instant):
    """Return the two facts that say whether, and at which instant, a cut-off is fixed."""
    return {"cutoff_rule": CutoffRule.NOT_FIXED if instant is None else CutoffRule.FIXED, "cutoff_at": instant}


def under(asked, instant):
    return asked._replace(facts=replace(asked.facts, **cutoff(instant)))


@st.composite
def questions(draw, point=None):
    """Return a question at any point with facts drawn within reason."""
    flags = {name: draw(st.booleans()) for name in ("must_be_tendered", "state_funds", "tender_document_names_list")}
    return question(
        draw(points) if point is None else point,
        explain=draw(st.booleans()),
        project_region=draw(st.sampled_from(["420302", "110000"])),
        fund_kind=draw(st.sampled_from(FundKind)),
        security_kind=draw(st.sampled_from(SecurityKind)),
        application_date=draw(st.dates(date(2022, 1, 1), date(2022, 12, 31))),
        **cutoff(draw(st.none() | instants)),
        **flags,
    )


@st.composite
def subjects(draw, uscc=USCC, relation=RelationKind.SELF):
    match = draw(st.sampled_from([MatchQuality.EXACT, MatchQuality.EXACT, MatchQuality.NAME_DIFFERS]))
    return subject(uscc=uscc, relation=relation, match=match, timeline=timeline.build(draw(dossiers(uscc)), RULES))


@st.composite
def cases(draw):
    others = [
        draw(subjects(f"91420300MA000{number + 5:04}R", draw(st.sampled_from([MEMBER, RELATED]))))
        for number in range(draw(st.integers(0, 3)))
    ]
    return (draw(subjects()), *others)
