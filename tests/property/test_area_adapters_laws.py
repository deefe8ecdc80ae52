"""Laws of all nine adapters: nothing is granted that was not cleared, whatever comes back, and wages always go."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import RULES, adapter_of, met, way

from adapters.bounds import Bound
from adapters.errors import ConditionNotMetError, GatewayError, NotClearedError
from adapters.funding import FundApplication, Funds
from adapters.journal import Journal
from adapters.lending import Loan
from adapters.participation import Cutoff, Enterprise, Form
from adapters.procurement import QUALIFICATION_REVIEW, Purchase, Supplier
from adapters.questions import Party
from formats.identifiers import uscc_check_character

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AREAS = sorted(RULES)
EFFECTS = common_pb2.Effect.values()


def code(number):
    first = f"91420300MA{number:07d}"
    return first + uscc_check_character(first)


class Gateway:
    """Stands for the gateway's port: clear, until ``said`` decides what comes back."""

    asserts_officers = False

    def __init__(self):
        self.said = None

    def check(self, request):
        response = credit_pb2.CheckEligibilityResponse(decision=self._decision(request))
        return self._envelope(response)

    def batch(self, request):
        items = [
            credit_pb2.BatchItemDecision(item_id=each.item_id, decision=self._decision(each)) for each in request.items
        ]
        return self._envelope(credit_pb2.BatchCheckEligibilityResponse(items=items))

    def check_person(self, request):
        assert request.person.document_number
        decision = credit_pb2.PersonDecision(verdict=common_pb2.VERDICT_CLEAR)
        decision.valid_until.FromDatetime(NOW + timedelta(hours=1))
        return self._envelope(credit_pb2.CheckPersonResponse(decision=decision))

    def _decision(self, item):
        decision = credit_pb2.Decision(verdict=common_pb2.VERDICT_CLEAR)
        decision.enterprise.uscc = item.enterprise.uscc
        for other in item.consortium_members:
            decision.other_parties.add(uscc=other.uscc)
        decision.valid_until.FromDatetime(NOW + timedelta(hours=1))
        if self.said is not None:
            self.said(decision)
        return decision

    def _envelope(self, response):
        response.basis.as_of.FromDatetime(NOW)
        response.audit_position.writer = "w1"
        response.audit_position.leaf_hash = b"h" * 32
        return response


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def fresh(folder):
    return Journal(Path(tempfile.mkdtemp(dir=folder)) / "journal.db")


measures = st.builds(
    common_pb2.Measure,
    rule_id=st.sampled_from(["A", "B"]),
    effect=st.one_of(st.sampled_from(EFFECTS), st.integers(0, 20)),
    trigger=st.sampled_from([common_pb2.TRIGGER_LISTING, common_pb2.TRIGGER_PENALTY]),
)


@st.composite
def sayings(draw):
    """Draw what comes back: an error, or any verdict with any measures, perhaps about somebody else or over."""
    verdict, said = draw(st.integers(0, 9)), draw(st.lists(measures, max_size=3))
    other, over, silent = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([False, False, True]))

    def say(decision):
        if silent:
            raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "nobody")
        decision.verdict = verdict
        decision.measures.extend(said)
        if other and over:
            decision.enterprise.uscc = code(999)
        elif over:
            decision.valid_until.FromDatetime(NOW)

    strongest = max((measure.effect for measure in said), default=1)
    known = all(measure.effect in EFFECTS and measure.effect for measure in said)
    clear = not silent and not over and known and verdict == common_pb2.VERDICT_CLEAR and strongest <= 2
    return say, clear


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(AREAS), st.integers(0, 9), sayings())
def test_no_area_grants_anything_on_an_answer_that_is_not_clear(folder, area, place, saying):
    say, clear = saying
    gateway = Gateway()
    with fresh(folder) as journal:
        steps = way(area, adapter_of(area, gateway, journal, clock=lambda: NOW), code(1))
        for _, check in steps.checks:
            check()
        number, grant = place % len(steps.gates), None
        for _, gate in steps.gates[:number]:
            grant = gate(grant, None)
        gateway.said = say
        try:
            granted = steps.gates[number][1](grant, None).stopped_by is None
        except NotClearedError:
            granted = False

    assert granted is clear


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(AREAS), st.lists(measures, min_size=1, max_size=3))
def test_a_condition_is_granted_only_when_it_was_met_and_it_can_be_met_unless_it_raises_security(folder, area, said):
    def say(decision):
        decision.verdict = common_pb2.VERDICT_CONDITIONAL
        decision.measures.extend(said)

    gateway = Gateway()
    with fresh(folder) as journal:
        steps = way(area, adapter_of(area, gateway, journal, clock=lambda: NOW), code(1))
        for _, check in steps.checks:
            check()
        gateway.said = say
        _, gate = steps.gates[0]
        with pytest.raises(NotClearedError) as caught:
            gate(None, None)
        if not isinstance(caught.value, ConditionNotMetError):
            return
        try:
            reviewed = met(caught.value.conditional)
        except ConditionNotMetError:
            assert common_pb2.EFFECT_RAISE_SECURITY in {measure.effect for measure in said}
            return
        assert gate(None, reviewed).stopped_by is None


@settings(max_examples=60, deadline=None)
@given(st.booleans(), sayings())
def test_wages_go_whatever_comes_back_and_what_was_not_clear_stays_open(folder, funds, saying):
    say, clear = saying
    gateway, who = Gateway(), Enterprise(code(1))
    gateway.said = say
    with fresh(folder) as journal:
        adapter = adapter_of("funding" if funds else "lending", gateway, journal, clock=lambda: NOW)
        if funds:
            gone = adapter.pay_wages(FundApplication("C-1", Funds.NEW_GRANT), who, "Li")
            still = adapter.check_pending_wages("Li")
        else:
            gone = adapter.use_wage_account(Loan("C-1"), who, "Li")
            still = adapter.check_pending_accounts("Li")

    assert (gone.pending is None) is clear
    assert len(still) == (not clear)


groups = st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True)


@settings(max_examples=25, deadline=None)
@given(groups, groups, st.randoms(use_true_random=False))
def test_a_result_is_announced_for_the_reviewed_set_of_suppliers_in_any_order_and_for_no_other(
    folder, reviewed, winner, random
):
    purchase = Purchase("C-1", names_list=True, cutoff=Cutoff.not_fixed())
    shuffled = random.sample(winner, len(winner))
    with fresh(folder) as journal:
        adapter = adapter_of("procurement", Gateway(), journal, clock=lambda: NOW)
        adapter.check_all(purchase, QUALIFICATION_REVIEW, [supplier(reviewed)], "Li")
        try:
            granted = bool(adapter.announce(purchase, supplier(shuffled), "Li").parties)
        except NotClearedError:
            granted = False

    assert granted is (set(reviewed) == set(winner))


def supplier(numbers):
    lead, *others = numbers
    members = tuple(Party(code(each)) for each in others)
    return Supplier(code(lead), "", Form.CONSORTIUM if members else Form.SINGLE, members)


@given(st.sampled_from([each for each in EFFECTS if each]), st.integers(0, 9), st.lists(measures, max_size=4))
def test_a_bound_allows_nothing_stronger_and_a_weaker_bound_never_more(strongest, verdict, said):
    allowed = Bound(strongest).allows(None, verdict, said)

    if strongest < common_pb2.EFFECT_BLOCK:
        expected = verdict != common_pb2.VERDICT_RESTRICTED and all(each.effect <= strongest for each in said)
        assert allowed is expected
    for weaker in range(1, strongest):
        assert allowed or not Bound(weaker).allows(None, verdict, said)
