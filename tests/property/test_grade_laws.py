"""Laws of the 15333 grade, against a recount of the facts on the civil day asked about."""

from __future__ import annotations

from dataclasses import replace

from builders import INSTANT, RULES, USCC, rules
from hypothesis import given
from hypothesis import strategies as st
from strategies import dossiers, facts, instants, listings, profiles

from formats.civil import add_months, civil_date
from gateway.domain import timeline
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.publication import Publication
from gateway.domain.listings import ListingState, state_at
from gateway.domain.records import Dossier
from gateway.domain.shiyan_grades import causes_of, letter_at
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter, Provenance

RANK = (GradeLetter.A, GradeLetter.A_WATCH, GradeLetter.UNDETERMINED, GradeLetter.B, GradeLetter.C)
only_c = ("publication", "conviction", "notice")


def recount(file: Dossier, moment) -> GradeLetter:
    """Count on the day, fact by fact, as an officer would with the file on the table."""
    today = civil_date(moment)
    begun = [known for known in file.profiles if known.valid_from <= today]
    if not begun or not begun[-1].construction_unit:
        return GradeLetter.NOT_RATED
    own = [fact for fact in file.facts if fact.provenance is Provenance.AUTHORITY]
    convicted = any(isinstance(f, Conviction) and f.effective_on <= today < add_months(f.effective_on, 36) for f in own)
    displayed = any(
        isinstance(f, Publication) and f.for_wages and f.published_on <= today < f.display_until for f in own
    )
    if convicted or displayed or any(state_at(one, moment) is ListingState.IN_FORCE for one in file.listings):
        return GradeLetter.C
    if begun[-1].kind is EnterpriseKind.LOCAL_REG_DORMANT_2Y:
        return GradeLetter.NOT_RATED
    complaints = [f for f in own if isinstance(f, Complaint) and f.accepted_on <= today and f.verified_on <= today]
    counted = [f for f in complaints if today < add_months(f.accepted_on, 24)]
    if len({fact.payment_order_number for fact in counted}) >= 6:
        return GradeLetter.B
    found = [f for f in own if isinstance(f, ArrearsFinding) and f.found_on <= today]
    owed = [f for f in complaints if f.settled_on is None or f.settled_on > today]
    unpaid = [f for f in found if f.paid_on is None or f.paid_on > today]
    if owed or unpaid:
        return GradeLetter.UNDETERMINED
    watched = counted or [f for f in found if today < add_months(f.found_on, 24)]
    return GradeLetter.A_WATCH if watched else GradeLetter.A


def letter(file: Dossier, moment) -> GradeLetter:
    return letter_at(file, causes_of(file, RULES), RULES, moment)[0]


many_complaints = st.builds(
    Dossier,
    st.just(USCC),
    profiles(),
    facts(("complaint", "complaint", "complaint", "arrears"), most=14),
    st.lists(listings(), max_size=1).map(tuple),
)


@given(dossiers() | many_complaints, instants)
def test_the_letter_is_what_a_recount_of_the_facts_gives(file, moment):
    assert letter(file, moment) is recount(file, moment)


@given(dossiers() | many_complaints, st.data())
def test_it_is_so_at_every_edge_of_a_cause_and_just_before_it(file, data):
    causes = causes_of(file, RULES)
    edges = [edge for cause in causes for edge in (cause.counts_from, cause.counts_until) if edge is not None]
    if edges:
        edge = data.draw(st.sampled_from(sorted(edges)))
        assert letter(file, edge) is recount(file, edge)
        assert letter(file, edge - INSTANT) is recount(file, edge - INSTANT)


@given(dossiers() | many_complaints, instants)
def test_with_automatic_recovery_the_timeline_has_the_letter_of_the_facts(file, moment):
    standing, _ = timeline.build(file, RULES).at(moment)
    fresh, _, causes = letter_at(file, causes_of(file, RULES), RULES, moment)
    assert (standing.grade.letter, standing.grade.causes) == (fresh, causes)


@given(dossiers() | many_complaints, instants, st.booleans())
def test_changes_at_is_exactly_the_next_instant_of_another_letter(file, moment, by_decision):
    line = timeline.build(file, rules(recovery_by_decision=by_decision))
    standing, _ = line.at(moment)
    later = (instant for instant in line.instants if instant > moment)
    other = (i for i in later if line.at(i)[0].grade.letter is not standing.grade.letter)
    assert standing.grade.changes_at == next(other, None)


@given(dossiers() | many_complaints, instants)
def test_held_since_is_the_first_instant_of_the_letter_without_a_break(file, moment):
    line = timeline.build(file, RULES)
    grade = line.at(moment)[0].grade
    if grade.held_since is None:
        assert grade.letter is GradeLetter.NOT_RATED
    else:
        assert grade.held_since <= moment
        assert line.at(grade.held_since - INSTANT)[0].grade.letter is not grade.letter
        between = (line.at(i)[0].grade.letter for i in line.instants if grade.held_since <= i <= moment)
        assert set(between) <= {grade.letter}


@given(dossiers() | many_complaints, instants)
def test_recovery_by_decision_never_grades_better_than_automatic_recovery(file, moment):
    file = replace(file, profiles=file.profiles[:1])
    strict = timeline.build(file, rules(recovery_by_decision=True)).at(moment)[0].grade
    automatic = timeline.build(file, RULES).at(moment)[0].grade
    assert strict.letter >= automatic.letter


@given(profiles(), facts(most=6), facts(("complaint",), most=8), instants)
def test_one_more_fact_never_makes_the_letter_better(known, held, more, moment):
    fewer = Dossier(USCC, known, held)
    more = tuple(replace(fact, record_id=f"more-{place}") for place, fact in enumerate(more))
    before, after = letter(fewer, moment), letter(replace(fewer, facts=(*held, *more)), moment)
    if before is not GradeLetter.NOT_RATED:
        assert RANK.index(after) >= RANK.index(before)


@given(dossiers(), facts(("notice", "penalty", "red", "recovery")), instants)
def test_notices_penalties_and_the_red_list_change_no_letter(file, more, moment):
    assert letter(replace(file, facts=(*file.facts, *more)), moment) is letter(file, moment)


@given(dossiers(), instants)
def test_being_nonlocal_never_changes_a_letter_by_itself(file, moment):
    def all_of(kind):
        return replace(file, profiles=tuple(replace(known, kind=kind) for known in file.profiles))

    assert letter(all_of(EnterpriseKind.NONLOCAL), moment) is letter(all_of(EnterpriseKind.LOCAL), moment)


@given(dossiers(), instants)
def test_every_letter_but_a_and_not_rated_names_a_cause_that_counts_then(file, moment):
    letter_now, rule_id, causes = letter_at(file, causes_of(file, RULES), RULES, moment)
    assert bool(causes) == (letter_now not in {GradeLetter.A, GradeLetter.NOT_RATED})
    assert all(cause.counts_at(moment) for cause in causes)
    assert rule_id.startswith("G-")
