"""Laws of early warnings, over any dossier, calendar and moment."""

from __future__ import annotations

from dataclasses import replace

from builders import RULES
from hypothesis import given
from hypothesis import strategies as st
from strategies import calendars, dossiers, instants

from gateway.domain.early_warnings import warnings_of
from gateway.domain.prevention import EarlyWarningKind, Milestone, Prevention, WarningParameters
from gateway.domain.timeline import build
from gateway.domain.vocabulary import GradeLetter

parameters = st.builds(WarningParameters, st.integers(1, 6), st.integers(1, 10), st.integers(1, 400))
MILESTONES = (Milestone("G-06", 24),)


@given(dossiers(), instants, calendars(), parameters)
def test_a_wider_threshold_never_warns_less(dossier, now, calendar, chosen):
    wider = replace(
        chosen,
        near_grade_b_incidents=chosen.near_grade_b_incidents + 1,
        order_working_days=chosen.order_working_days + 1,
        a_years_days=chosen.a_years_days + 1,
    )
    few = warnings_of(dossier, Prevention(RULES, MILESTONES, calendar, chosen), now)
    many = warnings_of(dossier, Prevention(RULES, MILESTONES, calendar, wider), now)
    assert set(few) <= set(many)


@given(dossiers(), instants, calendars(), parameters)
def test_whoever_is_restricted_by_grade_is_not_warned_of_it(dossier, now, calendar, chosen):
    standing, _ = build(dossier, RULES).at(now)
    kinds = {each.kind for each in warnings_of(dossier, Prevention(RULES, MILESTONES, calendar, chosen), now)}
    if standing.grade.letter in {GradeLetter.B, GradeLetter.C, GradeLetter.NOT_RATED}:
        assert not kinds & {EarlyWarningKind.NEAR_GRADE_B, EarlyWarningKind.A_YEARS_NEARLY_COMPLETE}


@given(dossiers(), instants, calendars(), parameters)
def test_every_warning_names_facts_of_this_enterprise_in_both_languages(dossier, now, calendar, chosen):
    own = {fact.record_id for fact in dossier.facts} | {act.act_id for each in dossier.listings for act in each.acts}
    for warning in warnings_of(dossier, Prevention(RULES, MILESTONES, calendar, chosen), now):
        assert set(warning.record_ids) <= own
        assert warning.record_ids or warning.kind is EarlyWarningKind.A_YEARS_NEARLY_COMPLETE
        assert warning.text.zh != warning.text.en
