"""Laws of the adapters that hold for all inputs: order-free, fail closed, nothing lost."""

from __future__ import annotations

import json
import tempfile
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.answers import Received, head_of, measure_keys, read_answer, response_digest
from adapters.bidding import AWARD, CANDIDATE_PUBLICITY, REGISTRATION, BiddingAdapter, bidding_rules
from adapters.bidding_ocds import annotate_tender
from adapters.clearance import Clearance, ConditionalClearance
from adapters.conditions import Fulfilment, OfficerReview, missing
from adapters.enforcement import Enforcement
from adapters.entries import RecordedAnswer
from adapters.errors import NotClearedError
from adapters.gates import earlier_missing, members_changed
from adapters.journal import Journal
from adapters.ocds import EXTENSION
from adapters.participation import Cutoff, Form
from adapters.questions import Applicant, Case, Party
from adapters.rules import Earlier
from adapters.tenders import Bidder, OcdsBids, Project
from formats.identifiers import uscc_check_character

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PROJECT = Project("T-1", "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
RULES = bidding_rules(timedelta(days=15), timedelta(days=30))
EFFECTS = [value for value in common_pb2.Effect.values() if value]
VERDICTS = [value for value in common_pb2.Verdict.values() if value]


def code(number):
    first = f"91420300MA{number:07d}"
    return first + uscc_check_character(first)


class Gateway:
    """Stands for the gateway's port: answers for the enterprises named, everybody else is clear."""

    asserts_officers = False

    def __init__(self, decisions=None):
        self.decisions = decisions or {}
        self.requests = []

    def _decision(self, item):
        codes = [item.enterprise.uscc, *(member.uscc for member in item.consortium_members)]
        decision = credit_pb2.Decision(verdict=max(self.decisions.get(each, 1) for each in codes))
        decision.enterprise.uscc = codes[0]
        for other in codes[1:]:
            decision.other_parties.add(uscc=other)
        if decision.verdict == common_pb2.VERDICT_CONDITIONAL:
            decision.measures.add(effect=common_pb2.EFFECT_REVIEW)
        decision.valid_until.FromDatetime(NOW + timedelta(hours=1))
        return decision

    def _envelope(self, response):
        response.basis.as_of.FromDatetime(NOW)
        response.audit_position.writer = "w1"
        response.audit_position.leaf_hash = b"h" * 32
        return response

    def check(self, request):
        self.requests.append(request)
        return self._envelope(credit_pb2.CheckEligibilityResponse(decision=self._decision(request)))

    def batch(self, request):
        self.requests.append(request)
        items = [
            credit_pb2.BatchItemDecision(item_id=item.item_id, decision=self._decision(item)) for item in request.items
        ]
        return self._envelope(credit_pb2.BatchCheckEligibilityResponse(items=items))


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def platform(gateway, journal):
    return BiddingAdapter(Enforcement(gateway, journal, RULES, "enforce", lambda: NOW))


def fresh(folder):
    return Journal(Path(tempfile.mkdtemp(dir=folder)) / "journal.db")


def bidder(numbers):
    lead, *others = numbers
    members = tuple(Party(code(each)) for each in others)
    return Bidder(code(lead), "", Form.CONSORTIUM if members else Form.SINGLE, members)


groups = st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True)


@settings(max_examples=25, deadline=None)
@given(groups, st.randoms(use_true_random=False), st.sampled_from(VERDICTS), st.integers(0, 4))
def test_neither_the_order_of_members_nor_who_leads_changes_what_comes_of_it(folder, group, random, verdict, who):
    shuffled = random.sample(group, len(group))
    gateway = Gateway({code(group[who % len(group)]): verdict})
    with fresh(folder) as journal:
        adapter = platform(gateway, journal)
        first, second = (
            adapter.check_all(PROJECT, CANDIDATE_PUBLICITY, [bidder(each)], "Li").results[0].result
            for each in (group, shuffled)
        )

    assert type(first) is type(second)


@settings(max_examples=25, deadline=None)
@given(groups, groups)
def test_the_award_gate_opens_for_the_same_set_of_parties_and_for_no_other(folder, published, winner):
    with fresh(folder) as journal:
        adapter = platform(Gateway(), journal)
        adapter.check_all(PROJECT, CANDIDATE_PUBLICITY, [bidder(published)], "Li")
        try:
            adapter.award(PROJECT, bidder(winner), "Li")
            granted = True
        except NotClearedError:
            granted = False

    assert granted is (set(published) == set(winner))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=6))
def test_what_one_bidder_gets_depends_on_no_other(folder, verdicts):
    gateway = Gateway({code(i): verdict for i, verdict in enumerate(verdicts)})
    with fresh(folder) as journal:
        together = platform(gateway, journal).check_all(
            PROJECT, CANDIDATE_PUBLICITY, [bidder([i]) for i in range(len(verdicts))], "Li"
        )
        alone = [
            platform(gateway, journal).check_all(PROJECT, CANDIDATE_PUBLICITY, [bidder([i])], "Li").results[0]
            for i in range(len(verdicts))
        ]

    assert [type(each.result) for each in together.results] == [type(each.result) for each in alone]


cases = st.builds(
    Case,
    case_ref=st.sampled_from(["T-1", "T-2", "T-3"]),
    officer=st.sampled_from(["Li", "Wang"]),
    part=st.sampled_from(["", "1"]),
    purpose=st.sampled_from(["", "review"]),
)


def asked_for(request):
    """Return case, officer, purpose, facts and enterprise of each question in a request, wherever it says them."""
    question = request.question
    batch = isinstance(request, credit_pb2.BatchCheckEligibilityRequest)
    for item in request.items if batch else [request]:
        own = [getattr(item, name, "") for name in ("case_ref", "officer", "purpose")]
        said = [question.case_ref, question.officer, question.purpose]
        assert all(a == b or not (a and b) for a, b in zip(own, said, strict=True)), "said twice, and differently"
        facts = item.case_facts if batch and item.HasField("case_facts") else question.case_facts
        parts = [a or b for a, b in zip(own, said, strict=True)]
        yield (*parts, facts.SerializeToString(deterministic=True), item.enterprise.uscc)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(cases, st.integers(0, 9), st.booleans()), min_size=1, max_size=8), st.data())
def test_questions_of_any_cases_that_go_together_are_what_each_would_be_alone(folder, asking, data):
    verdicts = {code(i): data.draw(st.sampled_from(VERDICTS)) for i in range(10)}
    facts = credit_pb2.CaseFacts(bidding=credit_pb2.BiddingFacts(form=credit_pb2.PARTICIPATION_FORM_SINGLE))
    other = credit_pb2.CaseFacts(bidding=credit_pb2.BiddingFacts(form=credit_pb2.PARTICIPATION_FORM_SINGLE, lot="9"))

    def ask(engine, questions):
        return engine.carry(
            [
                (engine.step(case, REGISTRATION), (Applicant(Party(code(who)), facts=facts if same else other),))
                for case, who, same in questions
            ]
        )

    seen = []
    for company in (True, False):
        gateway = Gateway(verdicts)
        with fresh(folder) as journal:
            engine = Enforcement(gateway, journal, RULES, "enforce", lambda: NOW)
            found = ask(engine, asking) if company else [ask(engine, [each])[0] for each in asking]
            results = [type(each.results[0]) for each in found]
            kept = [
                (journal.answer_to(number + 1).case_ref, journal.answer_to(number + 1).part)
                for number in range(len(asking))
            ]
            owed = [(each.question, each.officer) for each in journal.outcomes_owed()]
        seen.append((results, kept, owed, [each for request in gateway.requests for each in asked_for(request)]))

    assert seen[0] == seen[1]


measures = st.builds(
    common_pb2.Measure,
    rule_id=st.sampled_from(["A", "B"]),
    effect=st.one_of(st.sampled_from(EFFECTS), st.integers(0, 20)),
    disputed=st.booleans(),
)
APPLICANT = Applicant(Party(code(1)))


@st.composite
def received(draw):
    """Draw an answer in which anything may be wrong."""
    decision = credit_pb2.Decision(verdict=draw(st.integers(0, 9)), measures=draw(st.lists(measures, max_size=3)))
    decision.enterprise.uscc = code(draw(st.sampled_from([1, 1, 1, 2])))
    response = credit_pb2.CheckEligibilityResponse()
    response.audit_position.writer = draw(st.sampled_from(["w1", "w1", ""]))
    response.audit_position.leaf_hash = b"h" * draw(st.sampled_from([32, 32, 0, 31]))
    response.basis.preview = draw(st.sampled_from([False, False, True]))
    response.basis.as_of.seconds = int(NOW.timestamp()) + draw(st.sampled_from([0, 0, -200, 200, 2**60]))
    decision.valid_until.seconds = int(NOW.timestamp()) + draw(st.sampled_from([60, 60, 0, -60, 2**60]))
    response.decision.CopyFrom(decision)
    return Received(response.decision, head_of(response), response_digest(response))


@given(received())
def test_a_favourable_answer_is_about_us_now_recorded_coherent_and_not_over(what):
    answer = read_answer(APPLICANT, what, NOW)
    if not answer.favourable:
        return

    strongest = max((measure.effect for measure in what.decision.measures), default=common_pb2.EFFECT_NONE)
    assert what.decision.enterprise.uscc == code(1)
    assert what.head.position.writer
    assert len(answer.position.leaf_hash) == 32
    assert abs(answer.as_of - NOW) <= timedelta(minutes=2)
    assert answer.valid_until > NOW
    assert strongest < common_pb2.EFFECT_BLOCK
    assert (answer.verdict == common_pb2.VERDICT_CLEAR) is (strongest <= common_pb2.EFFECT_NOTICE)


@given(received(), st.lists(measures, min_size=1, max_size=3))
def test_one_more_measure_never_makes_a_faulty_answer_favourable_unless_it_is_its_condition(what, more):
    before = read_answer(APPLICANT, what, NOW).fault
    what.decision.measures.extend(more)

    after = read_answer(APPLICANT, what, NOW).fault

    assert not before or after or (before == "INCOHERENT" and what.decision.verdict == common_pb2.VERDICT_CONDITIONAL)


@given(st.lists(measures, max_size=4))
def test_measures_are_the_same_in_any_order_and_another_is_another(some):
    more = common_pb2.Measure(rule_id="C")

    assert measure_keys(some) == measure_keys(reversed(some))
    assert not measure_keys([*some, more]) <= measure_keys(some)


@given(st.lists(measures, max_size=4), st.lists(measures, max_size=2), st.booleans())
def test_more_measures_never_lack_less(some, more, has_review):
    done = Fulfilment(OfficerReview("Wang", "seen", NOW) if has_review else None)

    assert set(missing(some, done, NOW, NOW)) <= set(missing([*some, *more], done, NOW, NOW))


recorded = st.builds(
    RecordedAnswer,
    number=st.integers(1, 99),
    decision_point=st.just(CANDIDATE_PUBLICITY),
    case_ref=st.just("T-1"),
    part=st.sampled_from(["", "2"]),
    parties=st.frozensets(st.sampled_from("ABC"), min_size=1),
    verdict=st.sampled_from(VERDICTS),
    fault=st.sampled_from(["", "", "EXPIRED"]),
    as_of=st.none() | st.integers(-20, 5).map(lambda days: NOW + timedelta(days=days)),
    valid_until=st.none(),
    position=st.none(),
    digest=st.just(b""),
    outcomes=st.frozensets(st.sampled_from(["FULFILLED", "GRANTED"])),
)


@given(st.lists(recorded, max_size=6), st.frozensets(st.sampled_from("ABC"), min_size=1))
def test_the_newest_answer_about_exactly_these_parties_opens_the_gate_or_nothing_does(answers, parties):
    closed = earlier_missing(answers, "", parties, Earlier(CANDIDATE_PUBLICITY, timedelta(days=15)), NOW)
    ours = [answer for answer in answers if (answer.part, answer.parties) == ("", parties)]

    assert closed is not None or (
        not ours[0].fault
        and timedelta(0) <= NOW - ours[0].as_of <= timedelta(days=15)
        and (
            ours[0].verdict == common_pb2.VERDICT_CLEAR
            or (ours[0].verdict == common_pb2.VERDICT_CONDITIONAL and "FULFILLED" in ours[0].outcomes)
        )
    )


@given(st.lists(recorded, max_size=6), st.frozensets(st.sampled_from("ABC"), min_size=1))
def test_whoever_was_reviewed_first_stays_and_nobody_who_shares_a_member_comes_in(reviews, parties):
    reviewed = [each.parties for each in reviews if not each.part and not each.fault and each.parties & parties]

    assert (members_changed(reviews, "", parties) is None) is (not reviewed or reviewed[-1] == parties)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS))
def test_nothing_but_clear_or_a_condition_goes_ahead(folder, own, members):
    gateway = Gateway({code(1): own, code(2): members})
    applicant = Applicant(Party(code(1)), (Party(code(2)),), consortium=True, facts=_facts())
    with fresh(folder) as journal:
        try:
            standing = Enforcement(gateway, journal, RULES, "enforce", lambda: NOW).require_clearance(
                Act(Case("T-1", "Li"), AWARD, applicant)
            )
        except NotClearedError:
            standing = None

    expected = {1: Clearance, 2: ConditionalClearance}.get(max(own, members), type(None))
    assert type(standing) is expected


def _facts():
    form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    bidding = credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=True,
        form=form,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    return credit_pb2.CaseFacts(bidding=bidding)


texts = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(texts.filter(lambda name: name not in {"ocid", "parties", "tender", "awards", "releases"}), values),
    st.dictionaries(
        texts.filter(lambda name: name not in {"id", "identifier", "additionalIdentifiers", "name"}), values
    ),
    st.lists(st.sampled_from(VERDICTS), max_size=4),
)
def test_a_release_loses_nothing_and_gains_the_annotations_only(folder, of_release, of_party, verdicts):
    parties = [
        of_party | {"id": f"P{i}", "identifier": {"scheme": "CN-USCC", "id": code(i)}} for i in range(len(verdicts))
    ]
    document = of_release | {
        "ocid": "ocds-1",
        "parties": [*parties, of_party | {"id": "other"}],
        "tender": {"tenderers": [{"id": party["id"]} for party in parties]},
    }
    gateway = Gateway({code(i): verdict for i, verdict in enumerate(verdicts)})
    with fresh(folder) as journal:
        adapter = platform(gateway, journal)
        text = annotate_tender(json.dumps(document), adapter, PROJECT, CANDIDATE_PUBLICITY, OcdsBids("Li", {}))

    result = json.loads(text)
    written = [party.pop(EXTENSION, None) for party in result["parties"]]
    plain = deepcopy(document)
    for party in plain["parties"]:
        party.pop(EXTENSION, None)
    for party in result["parties"]:
        party.pop(EXTENSION, None)
    assert result == plain
    assert [each["verdict"] for each in written[:-1]] == [
        common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_") for verdict in verdicts
    ]
