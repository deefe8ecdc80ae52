"""Laws of mandates: half-open validity, one role beside an auditor's, and what is written is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import given
from mandate_samples import FRAME, INSTANT, NOW, OPERATOR, mandate

from gateway.domain.agencies import ALWAYS, NEVER, Agencies, Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.mandate_changes import fault_of, mandate_after
from gateway.domain.mandates import Ending, key_of
from gateway.domain.quotas import AS_SHIPPED, Quota
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint
from gateway.storage.mandate_content import read_mandate, read_wanted, write_mandate, write_wanted

moments = st.integers(-20, 20).map(lambda days: NOW + timedelta(days=days))
begins = st.just(ALWAYS) | moments
ends = st.just(NEVER) | moments
bare = st.builds(
    lambda agency, role, span: mandate(agency, role, valid_from=min(span), valid_until=max(span)),
    st.sampled_from(["a", "b"]),
    st.sampled_from([Role.AUDITOR, Role.OPERATOR, Role.PRODUCER, Role.ASKING_SYSTEM, Role.COURT]),
    st.tuples(begins, ends),
)
sets_of_mandates = st.lists(bare, unique_by=key_of, max_size=8)
texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
points = st.frozensets(st.sampled_from([point for point in DecisionPoint if point.area not in DISABLED_AREAS]))
quotas = st.fixed_dictionaries({}, optional={name: st.integers(1, 9999) for name in Quota.__dataclass_fields__})
whole = st.builds(
    lambda granted, purposes, span, own, basis, bound: mandate(
        bound_to_territory=bound,
        areas=frozenset(point.area for point in granted),
        points=granted,
        purposes=purposes,
        authorities=purposes,
        valid_from=min(span),
        valid_until=max(span),
        quota=replace(AS_SHIPPED.quota, **own),
        own_quota=frozenset(own),
        legal_basis=basis,
    ),
    points,
    st.frozensets(texts),
    st.tuples(begins, ends),
    quotas,
    texts,
    st.booleans(),
)


def holds(mandates):
    try:
        Agencies(mandates, "")
    except MandateError as error:
        if error.reason.endswith("cannot be auditor and something else (R-03)"):
            return False
        raise
    return True


def breaks_r03(mandates):
    """Look at every instant at which anything begins, and nothing else: between them nothing changes."""
    for at in {each.valid_from for each in mandates}:
        for agency in ("a", "b"):
            roles = {each.role for each in mandates if each.agency_id == agency and each.in_force(at)}
            if Role.AUDITOR in roles and len(roles) > 1:
                return True
    return False


@given(sets_of_mandates)
def test_a_set_holds_exactly_when_at_no_instant_an_auditor_is_something_else(mandates):
    """R-03."""
    assert holds(mandates) is not breaks_r03(mandates)


@given(sets_of_mandates, st.randoms())
def test_the_order_of_mandates_never_matters(mandates, random):
    assert holds(mandates) == holds(random.sample(mandates, len(mandates)))


@given(sets_of_mandates, bare)
def test_what_is_approved_beside_what_stands_never_breaks_the_separation_of_roles(standing, wanted):
    """R-03, at approval."""
    standing = [each for each in standing if key_of(each) != key_of(OPERATOR)]
    after = [OPERATOR, *(each for each in standing if key_of(each) != key_of(wanted)), wanted]
    if holds(standing):
        assert (fault_of(wanted, [OPERATOR, *standing], FRAME) is None) is not breaks_r03(after)


@given(bare, moments)
def test_a_mandate_is_either_not_begun_in_force_or_ended(own, at):
    assert own.in_force(at) is (own.valid_from <= at < own.valid_until)
    if own.valid_from < own.valid_until:
        assert own.in_force(own.valid_from)
    assert not own.in_force(own.valid_until)


@given(bare, st.none() | moments, moments, moments)
def test_an_ending_takes_away_and_never_grants(own, ends_at, approved_at, at):
    ended = mandate_after(Ending(own.agency_id, own.role, ends_at), [own], approved_at)

    assert ended.valid_from == own.valid_from
    assert own.in_force(at) or not ended.in_force(at)
    if at < approved_at:
        assert ended.in_force(at) == own.in_force(at)
    if at >= max(ends_at or approved_at, approved_at):
        assert not ended.in_force(at)


@given(whole, st.integers(1, 10**6))
def test_a_mandate_is_read_back_as_it_was_written(own, number):
    assert read_mandate(write_mandate(own), AS_SHIPPED.quota, number) == replace(own, version=number)
    assert read_wanted(write_wanted(own), AS_SHIPPED.quota) == own


@given(whole, st.integers(1, 99))
def test_numbers_that_are_not_its_own_are_the_gateways(own, per_second):
    other = replace(AS_SHIPPED.quota, per_second=per_second)
    found = read_mandate(write_mandate(own), other, 1).quota

    assert found == replace(other, **{name: getattr(own.quota, name) for name in own.own_quota})


@given(st.none() | moments)
def test_an_ending_is_read_back_as_it_was_written(ends_at):
    wanted = Ending("a", Role.BANK, ends_at)
    assert read_wanted(write_wanted(wanted), AS_SHIPPED.quota) == wanted


def test_an_instant_before_its_end_a_mandate_still_holds():
    own = mandate(valid_until=NOW)
    assert own.in_force(NOW - INSTANT)


def test_every_area_can_be_drawn():
    assert {point.area for point in DecisionPoint} == set(Area) - DISABLED_AREAS
