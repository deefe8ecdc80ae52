"""Laws of the national grade, and of what is told of the grades of either scheme."""

from __future__ import annotations

from dataclasses import replace

from builders import INSTANT, NATIONAL, RULES, violation
from hypothesis import given
from hypothesis import strategies as st
from strategies import days, dossiers, facts, instants

from formats.civil import civil_date
from gateway.domain import timeline
from gateway.domain.grade_outlook import grade_at, history, outlook
from gateway.domain.kinds.labour_violation import Circumstance
from gateway.domain.vocabulary import GradeLetter

SCHEMES = st.sampled_from([RULES, NATIONAL])
violations = st.lists(
    st.builds(
        lambda day, circumstances: violation(str(day), *circumstances),
        days,
        st.sampled_from([(), (), (Circumstance.MASS_EVENT,)]),
    ),
    max_size=6,
).map(tuple)


@st.composite
def files(draw):
    """A dossier with violations among its other facts."""
    file = draw(dossiers())
    return replace(file, facts=(*file.facts, *draw(violations)))


@given(files(), violations, instants)
def test_one_more_violation_never_makes_the_national_letter_better(file, more, moment):
    before, after = (grade_at(NATIONAL, each, moment) for each in (file, replace(file, facts=(*file.facts, *more))))
    assert not after.better_than(before)


@given(files(), facts(("complaint", "arrears", "publication", "penalty", "notice", "red", "recovery")), instants)
def test_what_the_national_method_does_not_look_at_changes_nothing(file, more, moment):
    more = tuple(replace(fact, record_id=f"more-{place}") for place, fact in enumerate(more))
    assert grade_at(NATIONAL, replace(file, facts=(*file.facts, *more)), moment) == grade_at(NATIONAL, file, moment)


@given(files(), instants)
def test_the_national_grade_weighs_by_listings_of_its_year_only_between_its_evaluations(file, moment):
    grade = grade_at(NATIONAL, file, moment)
    year = NATIONAL.year_at(moment)
    assert all(cause.counts_at(moment) for cause in grade.causes)
    assert all(civil_date(cause.counts_until).year == year + 2 for cause in grade.causes)
    assert grade.letter not in {GradeLetter.A_WATCH, GradeLetter.UNDETERMINED}
    assert not grade.confirmation_due


@given(files(), SCHEMES, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_no_grade(file, rules, random):
    shuffled = list(file.facts)
    random.shuffle(shuffled)
    assert rules.graded(replace(file, facts=tuple(shuffled))) == rules.graded(file)


@given(files(), SCHEMES, instants)
def test_the_history_has_the_letter_of_the_timeline_at_every_moment(file, rules, moment):
    letter = timeline.build(file, rules).at(moment)[0].grade.letter
    held = [
        stretch.letter
        for stretch in history(rules, file)
        if (stretch.since is None or stretch.since <= moment) and (stretch.until is None or moment < stretch.until)
    ]
    assert held == [letter] == [grade_at(rules, file, moment).letter]


@given(files(), SCHEMES, instants)
def test_every_change_that_is_told_makes_a_difference_and_what_is_ahead_lies_ahead(file, rules, moment):
    seen = outlook(rules, file, moment)
    assert all(change.letter is not grade_at(rules, file, change.shows_at).letter for change in seen.changes)
    assert all(change.before is None or change.before > moment for change in seen.changes)
    assert all(stretch.since > moment for stretch in seen.ahead)
    assert [stretch.since for stretch in seen.ahead][:1] == ([seen.grade.changes_at] if seen.grade.changes_at else [])


@given(files(), instants)
def test_at_the_deadline_the_same_step_has_another_effect(file, moment):
    for change in outlook(RULES, file, moment).changes:
        if change.before is None or change.step.name != "MORE_COMPLAINTS":
            continue
        told = {(each.step, each.count): each.letter for each in outlook(RULES, file, change.before).changes}
        assert told.get((change.step, change.count)) is None
        just_before = outlook(RULES, file, change.before - INSTANT).changes
        assert change.letter in {each.letter for each in just_before if each.step is change.step}
