"""Laws of covered awards: against an oracle of its own, in any order, and never covered by what does not cover."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from award_samples import ANSWER, AWARD, HOUR
from builders import NOW, OTHER_USCC, USCC
from hypothesis import example, given
from hypothesis import strategies as st
from outcome_samples import outcome

from formats.civil import civil_date
from gateway.domain.award_cover import FULFILS, GivenAnswer, UncoveredReason, uncovered, within
from gateway.domain.outcome_duty import FINAL_POINTS
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

moments = st.integers(-6, 6).map(lambda hours: NOW + hours * HOUR)
answers = st.builds(
    GivenAnswer,
    area=st.sampled_from([Area.BIDDING, Area.BIDDING, Area.PROCUREMENT]),
    point=st.sampled_from([DecisionPoint.BIDDING_AWARD, DecisionPoint.BIDDING_REGISTRATION]),
    case_ref=st.sampled_from(["T-1", "T-1", "T-2"]),
    usccs=st.sampled_from([frozenset({USCC}), frozenset({USCC, OTHER_USCC}), frozenset({OTHER_USCC})]),
    agency=st.sampled_from(["bidding", "bidding", "finance"]),
    verdict=st.sampled_from(Verdict),
    answered_at=moments,
    valid_until=st.one_of(st.none(), moments),
    preview=st.sampled_from([False, False, True]),
    writer=st.just("gw1-0"),
    number=st.integers(0, 99),
    item=st.none(),
)
lists = st.lists(answers, max_size=6, unique_by=lambda each: each.number)


def granted(when, by_day, agency):
    """Return an award at an instant, or of which only the day is known."""
    earliest, latest = within(civil_date(when)) if by_day else (when, when)
    return replace(AWARD, earliest=earliest, latest=latest, agency=agency)


awards = st.builds(granted, moments, st.booleans(), st.sampled_from(["", "bidding"]))
reports = st.lists(
    st.builds(
        lambda kind, agency, days: outcome(
            kind=kind, agency=agency, uscc=USCC, case_ref="T-1", decided_on=civil_date(NOW) + timedelta(days=days)
        ),
        st.sampled_from(OutcomeKind),
        st.sampled_from(["bidding", "finance"]),
        st.integers(-1, 1),
    ),
    max_size=3,
)


def relies_on(award, found):
    """Return the answer on which an award rests, by a plain reading of the rule; None where there is none."""
    best = None
    for each in found:
        fits = (
            each.area == award.area
            and each.case_ref == award.case_ref
            and award.uscc in each.usccs
            and not each.preview
            and each.point in FINAL_POINTS
            and each.answered_at <= award.latest
            and (not award.agency or award.agency == each.agency)
        )
        if fits and (best is None or (each.answered_at, each.number) > (best.answered_at, best.number)):
            best = each
    return best


def is_covered(award, found, told):
    """Return whether an award is covered, by a plain reading of the rule."""
    best = relies_on(award, found)
    if best is None or best.valid_until is None or best.valid_until <= award.earliest:
        return False
    if best.verdict is Verdict.CLEAR:
        return True
    met = [
        each
        for each in told
        if each.kind in FULFILS and each.agency == best.agency and each.decided_on <= civil_date(award.latest)
    ]
    return best.verdict is Verdict.CONDITIONAL and bool(met)


@given(awards, lists, reports)
@example(AWARD, [ANSWER], [])
@example(AWARD, [replace(ANSWER, verdict=Verdict.CONDITIONAL)], [outcome(kind=OutcomeKind.OVERRIDDEN, uscc=USCC)])
def test_an_award_is_covered_exactly_when_the_oracle_says_so(award, found, told):
    assert (uncovered(award, found, told) is None) == is_covered(award, found, told)


@given(awards, lists, reports)
def test_the_order_of_answers_and_outcomes_never_matters(award, found, told):
    assert uncovered(award, found, told) == uncovered(award, found[::-1], told[::-1])


@given(awards, lists, reports, answers)
def test_what_was_asked_elsewhere_later_or_ahead_never_covers_an_award(award, found, told, other):
    before = uncovered(award, found, told)
    for passed_over in (
        replace(other, case_ref="T-3"),
        replace(other, usccs=frozenset({OTHER_USCC})),
        replace(other, preview=True),
        replace(other, point=DecisionPoint.BIDDING_REGISTRATION),
        replace(other, answered_at=award.latest + timedelta(microseconds=1)),
        replace(other, area=Area.LENDING),
    ):
        after = uncovered(award, [*found, passed_over], told)
        assert (before is None) == (after is None)


@given(awards, lists, reports)
def test_what_says_why_names_an_answer_unless_nothing_was_ever_asked(award, found, told):
    why = uncovered(award, found, told)
    if why is not None:
        assert (why.nearest is None) == (why.reason is UncoveredReason.NEVER_ASKED)
        assert why.nearest is None or why.nearest in found


@given(awards, lists, reports)
def test_an_award_of_which_only_the_day_is_known_is_covered_by_whatever_covers_its_last_instant(award, found, told):
    earliest, latest = within(civil_date(award.latest))
    by_day = replace(award, earliest=earliest, latest=latest)
    if uncovered(replace(award, earliest=latest, latest=latest), found, told) is None:
        assert uncovered(by_day, found, told) is None
