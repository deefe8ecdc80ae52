"""Nine adapters against one gateway: the listed, the clear and the unknown at every decision point, to the grant."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from e2e.served import HRSS, REGISTRAR, award_known, body_of, new_party, today
from jointsanctions.v1 import common_pb2, listing_pb2, registry_pb2
from nine_areas import POINTS, RULES, SECURITY, adapter_of, met, through, way

from adapters.clearance import Clearance, ConditionalClearance
from adapters.conditions import SecurityRaised
from adapters.entries import OutcomeKind
from adapters.errors import ConditionNotMetError, GateClosedError, RestrictedError
from adapters.grants import Grant
from adapters.guarantee import amounts
from adapters.journal import Journal
from gateway.sample.records import act, listing, profile

pytestmark = pytest.mark.xdist_group("served")
AREAS = sorted(RULES)
C, R, X = "CLEAR", "CONDITIONAL", "RESTRICTED"
LISTED = {
    "awards": {"NOMINATION": X, "PUBLICITY": X, "REVOCATION": R, "CONFERRAL": X},
    "bidding": {
        "REGISTRATION": C,
        "QUALIFICATION_REVIEW": X,
        "EVALUATION": X,
        "CANDIDATE_PUBLICITY": X,
        "AWARD": X,
        "CONTRACT": R,
        "SUBCONTRACT_CONSENT": R,
    },
    "funding": {"APPLICATION": X, "APPROVAL": X, "PAYMENT": R},
    "guarantee": {"TENDER_DOCUMENT": R, "ISSUE": R, "CONTRACT": R},
    "lending": {"APPROVAL": R, "DRAWDOWN": R, "RENEWAL": R},
    "licensing": {"ACCEPTANCE": R, "DECISION": R, "RENEWAL": R},
    "market_access": {"ESTABLISHMENT": R, "REPRESENTATIVE_CHANGE": R, "SECTOR_PERMIT": R},
    "procurement": {"QUALIFICATION_REVIEW": X, "RESULT": X, "CONTRACT": X},
    "qualification": {"ACCEPTANCE": R, "DECISION": R},
}
"""What a listing comes to under the shipped policy, profile ``shiyan``, by area and decision point (A-10 to A-90)."""
UNKNOWN = {"AWARD", "CONTRACT", "SUBCONTRACT_CONSENT", "PAYMENT", "RESULT", "DRAWDOWN", "CONFERRAL"}
"""Points at which the existence of an enterprise without any record has to be confirmed first."""


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


@pytest.fixture(params=AREAS)
def area(request):
    return request.param


@pytest.fixture
def adapter(served, journal, area):
    return adapter_of(area, served.callers.as_caller(RULES[area][0]), journal)


def submit(served, who, feed, records):
    for row, record in enumerate(records, 1):
        record.row = row
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed=feed, records=records, officer="officer-7", last=True
    )
    answer = served.callers.as_caller(who).submit([chunk])
    assert answer.stored == len(records), answer
    award_known(served, answer.data_revision)


def known_party(served):
    party = new_party()
    submit(served, REGISTRAR, "market_regulation", [profile(party, today() - timedelta(900))])
    return party


def point_of(area, point):
    return POINTS[point].removeprefix(f"{area.upper()}_")


def word(call):
    """Say what came of a call, and give the conditional answer where there is one."""
    try:
        standing = call()
    except RestrictedError:
        return X, None
    except ConditionNotMetError as error:
        return R, error.conditional
    return (R, standing) if isinstance(standing, ConditionalClearance) else (C, None)


def raised(conditional, code):
    """Meet a conditional answer, with the least security that the answer lets be set where it raises one."""
    effects = {measure.effect for measure in conditional.measures}
    if common_pb2.EFFECT_RAISE_SECURITY not in effects:
        return met(conditional, code=code)
    least = amounts(conditional, SECURITY).least_fen
    assert least == 2 * SECURITY.ordinary_fen
    return met(conditional, code=code, security=SecurityRaised("WAGE_DEPOSIT", least, SECURITY.ordinary_fen))


def test_a_clear_enterprise_goes_all_the_way_and_each_grant_is_on_the_gateways_record(served, area, adapter):
    clear = served.city.example("grade_a")
    steps = way(area, adapter, clear.uscc, clear.name)
    for _, check in steps.checks:
        assert type(check()) is Clearance

    grant = None
    for point, gate in steps.gates:
        grant = gate(grant, None)
        assert isinstance(grant, Grant)
        assert (grant.decision_point, grant.parties, grant.stopped_by) == (point, {clear.uscc}, None)
        entry = served.entry(grant.position)
        assert grant.answer_digest.hex() == body_of(entry)["response"]
    assert adapter.report_outcomes(served.callers.as_caller(RULES[area][0])).refused == ()


def test_an_enterprise_without_any_record_goes_through_once_its_existence_is_confirmed(area, adapter):
    code = new_party().uscc
    steps = way(area, adapter, code)
    assert [word(check)[0] for _, check in steps.checks] == [C] * len(steps.checks)

    asked, grant = [], None
    for point, gate in steps.gates:

        def meet(conditional, point=point):
            asked.append(point_of(area, point))
            return met(conditional, code=code)

        grant = through(gate, grant, meet)
    assert set(asked) == {point_of(area, point) for point, _ in steps.gates} & UNKNOWN


def test_what_is_listed_from_the_start_gets_no_grant_that_the_law_withholds(served, area, adapter):
    code = served.city.example("listed").uscc
    steps = way(area, adapter, code)
    found = {}
    for point, check in steps.checks:
        found[point_of(area, point)], conditional = word(check)
        if conditional is not None:
            met_for(area, conditional, code)
    assert found == {name: LISTED[area][name] for name in found}

    grant = None
    for point, gate in steps.gates:
        if X in found.values() or LISTED[area][point_of(area, point)] == X:
            with pytest.raises((RestrictedError, GateClosedError)):
                gate(grant, None)
            return
        grant = through(gate, grant, lambda conditional: raised(conditional, code))
    assert grant.stopped_by is None


def met_for(area, conditional, code):
    """Meet a conditional answer at a check: for the tender document nothing is set yet, so that it stays open."""
    if area != "guarantee":
        met(conditional, code=code)


def test_a_listing_between_the_gates_stops_them_and_a_repair_lets_them_go_on(served, area, adapter, journal):
    party = known_party(served)
    steps = way(area, adapter, party.uscc, party.name)
    assert {word(check)[0] for _, check in steps.checks} <= {C}
    before = [None]
    for _, gate in steps.gates:
        before.append(gate(before[-1], None))
    key = uuid4().hex
    submit(served, HRSS, "wage_list", listing(party, key, today() - timedelta(days=400)))

    found = {}
    # Backwards, because what is answered now is the earlier answer of the gates that follow.
    for (point, gate), earlier in reversed(list(zip(steps.gates, before[:-1], strict=True))):
        found[point_of(area, point)], conditional = word(lambda gate=gate, earlier=earlier: gate(earlier, None))
        if conditional is not None:
            assert gate(earlier, raised(conditional, party.uscc)).stopped_by is None
    for point, check in steps.checks:
        found[point_of(area, point)], _ = word(check)
    assert found == LISTED[area]
    stopped = {owed.kind for owed in journal.outcomes_owed()} & {OutcomeKind.RESTRICTED}
    assert bool(stopped) is (X in found.values())

    submit(served, HRSS, "wage_list", [act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, today())])
    assert [word(check)[0] for _, check in steps.checks] == [C] * len(steps.checks)
    grant = None
    for _, gate in steps.gates:
        grant = gate(grant, None)
    assert grant.stopped_by is None


def test_observe_mode_lets_the_listed_through_in_every_area_and_says_so(served, area, journal):
    watching = adapter_of(area, served.callers.as_caller(RULES[area][0]), journal, "observe")
    steps = way(area, watching, served.city.example("listed").uscc)

    grants = []
    for _, gate in steps.gates:
        grants.append(gate(grants[-1] if grants else None, None))
    assert all(grant.stopped_by is not None for grant in grants)
