"""What nobody answered: pending before anybody learns of it, asked again once, and never a clearance meanwhile."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import grpc
import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CASE,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    RULES,
    UNVERIFIABLE,
    Refusal,
    act,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    facts,
    journal,
    peer,
    together,
)

from adapters import tables
from adapters.acts import Mode
from adapters.away import WAGES_GO_ON, LegalNote, PointAway, ReservedGrant, WhenAway
from adapters.bidding import AWARD, CONTRACT, EVALUATION, REGISTRATION, SUBCONTRACT_CONSENT, AwardGrant, BiddingAdapter
from adapters.bulletin import Said
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError, GatewayError, NoAnswerError, QuestionRefusedError
from adapters.granting import Granting
from adapters.journal import Journal
from adapters.outcomes import report_of
from adapters.participation import Cutoff, Form
from adapters.pending import ABANDONED_AFTER, Consequence, make_pending, pending_results
from adapters.pending_tables import PENDING
from adapters.questions import Applicant, Party, Related
from adapters.reserving import clearance_or_reservation
from adapters.tenders import Bidder, Project
from adapters.watch_tables import WATCHING

DOWN = Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")
NOTE = LegalNote("可撤销，恢复后补查。", "It can be revoked; the check is made once answers are back.")


@pytest.fixture
def path(journal, tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def reserving(peer, client, journal):
    """An engine whose evaluation may go on under reservation."""
    rules = replace(RULES, away=(PointAway(EVALUATION, WhenAway.UNDER_RESERVATION, NOTE),))
    return Enforcement(client, journal, rules, "enforce", peer.clock)


def down(peer, times=1):
    peer.refusals += [DOWN] * times


def unanswered(engine, *applicants, point=EVALUATION):
    return engine.check_all(CASE, point, applicants or (alone(),)).results


def consequences(journal):
    return [result.consequence for result in pending_results(journal)]


def test_what_nobody_answered_is_pending_and_says_under_which_number(engine, peer, journal):
    down(peer)
    errors = unanswered(engine, alone(1), alone(2), alone(3))
    assert [type(error) for error in errors] == [NoAnswerError] * 3
    assert [error.pending for error in errors] == [1, 2, 3]
    assert {error.meanwhile for error in errors} == {WhenAway.WAIT}
    assert {(error.bulletin, error.hold, error.listings) for error in errors} == {("NONE", False, ())}
    assert journal.pending.waiting() == 3


def test_what_was_answered_or_refused_for_good_is_not(engine, peer, journal):
    engine.check_all(CASE, EVALUATION, [alone(1), alone(2)])
    peer.refusals.append(Refusal(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE"))
    (refused,) = unanswered(engine)
    assert type(refused) is QuestionRefusedError
    assert journal.pending.waiting() == 0
    assert journal.pending.results() == ()


def test_it_is_pending_before_it_is_sent(engine, peer, journal):
    seen = []
    peer.twist = lambda response: seen.append(journal.pending.waiting()) or response
    engine.require_clearance(act())
    assert seen == [1]
    assert journal.pending.waiting() == 0


def test_it_is_asked_again_as_it_was_under_an_id_of_its_own(engine, peer, client, journal):
    applicant = Applicant(
        Party(code(1), "示例一"),
        (Party(code(2), "示例二"),),
        consortium=True,
        related=(Related(Party(code(3)), "控股"),),
        facts=facts(credit_pb2.PARTICIPATION_FORM_CONSORTIUM),
    )
    down(peer)
    unanswered(engine, applicant)
    assert make_pending(client, journal, peer.clock) == 1
    first, again = peer.requests
    assert first.request_id != again.request_id
    first.request_id = again.request_id = ""
    assert first == again
    assert consequences(journal) == [Consequence.TAKE_UP]


def test_an_item_of_a_batch_is_asked_again_with_its_own_facts(engine, peer, client, journal):
    down(peer)
    unanswered(engine, alone(1), together(2, 3))
    make_pending(client, journal, peer.clock)
    _, one, other = peer.requests
    assert isinstance(one, credit_pb2.CheckEligibilityRequest)
    forms = [each.question.case_facts.bidding.form for each in (one, other)]
    assert forms == [credit_pb2.PARTICIPATION_FORM_SINGLE, credit_pb2.PARTICIPATION_FORM_CONSORTIUM]
    assert [member.uscc for member in other.consortium_members] == [code(3)]


def test_while_nobody_answers_nothing_is_settled_and_nothing_is_lost(engine, peer, client, journal):
    down(peer, 3)
    unanswered(engine, alone(1), alone(2))
    for _ in range(2):
        with pytest.raises(GatewayError):
            make_pending(client, journal, peer.clock)
    assert journal.pending.waiting() == 2
    assert consequences(journal) == []
    assert make_pending(client, journal, peer.clock) == 2
    assert make_pending(client, journal, peer.clock) == 0
    assert len(peer.requests) == 5


def test_who_is_killed_between_question_and_answer_asks_once_more(engine, peer, client, journal):
    class KilledError(BaseException):
        pass

    class Killing:
        def check(self, request):
            client.check(request)
            raise KilledError

    down(peer)
    unanswered(engine)
    with pytest.raises(KilledError):
        make_pending(Killing(), journal, peer.clock)
    assert (journal.pending.waiting(), consequences(journal)) == (1, [])
    assert make_pending(client, journal, peer.clock) == 1
    assert len(peer.requests) == 3
    assert consequences(journal) == [Consequence.TAKE_UP]


def test_a_question_that_its_asker_left_behind_is_asked_again_after_a_while_and_not_before(peer, client, journal):
    class KilledError(BaseException):
        pass

    class Dying:
        asserts_officers = False

        def check(self, _request):
            raise KilledError

    with pytest.raises(KilledError):
        Enforcement(Dying(), journal, RULES, "enforce", peer.clock).require_clearance(act())
    peer.clock.now = NOW + ABANDONED_AFTER - timedelta(seconds=1)
    assert make_pending(client, journal, peer.clock) == 0
    peer.clock.now = NOW + ABANDONED_AFTER
    assert make_pending(client, journal, peer.clock) == 1


def test_what_the_gateway_will_not_answer_comes_back_as_refused(engine, peer, client, journal):
    down(peer)
    unanswered(engine, alone(1), alone(2))
    peer.refusals.append(Refusal(grpc.StatusCode.PERMISSION_DENIED, "MANDATE_NOT_IN_FORCE"))
    assert make_pending(client, journal, peer.clock) == 2
    first, second = pending_results(journal)
    assert (first.settled.refused, first.settled.verdict) == ("MANDATE_NOT_IN_FORCE", None)
    assert (second.settled.refused, second.settled.verdict) == ("", CLEAR)
    assert [first.consequence, second.consequence] == [Consequence.NOT_CLEARED, Consequence.TAKE_UP]


def test_a_result_is_handed_over_until_the_next_one_is_taken(engine, peer, client, journal):
    down(peer)
    unanswered(engine, alone(1), alone(2))
    make_pending(client, journal, peer.clock)
    assert [next(pending_results(journal)).settled.check.lead for _ in range(2)] == [code(1)] * 2
    assert [result.settled.check.lead for result in pending_results(journal)] == [code(1), code(2)]
    assert list(pending_results(journal)) == []


@pytest.mark.parametrize(
    ("answer", "follows"),
    [
        ((CLEAR,), (Consequence.TAKE_UP, Consequence.CONFIRM, OutcomeKind.GRANTED)),
        ((CONDITIONAL, REVIEW), (Consequence.NOT_CLEARED, Consequence.REVOKE, OutcomeKind.OBSERVED)),
        ((RESTRICTED, BLOCK), (Consequence.NOT_CLEARED, Consequence.REVOKE, OutcomeKind.OBSERVED)),
        ((UNVERIFIABLE,), (Consequence.NOT_CLEARED, Consequence.EXAMINE, OutcomeKind.OBSERVED)),
        ((CLEAR, BLOCK), (Consequence.NOT_CLEARED, Consequence.EXAMINE, OutcomeKind.OBSERVED)),
    ],
)
def test_what_follows_from_each_answer(reserving, peer, client, journal, answer, follows):
    down(peer, 2)
    unanswered(reserving)
    assert isinstance(clearance_or_reservation(reserving, act()), ReservedGrant)
    peer.says(code(1), *answer)
    make_pending(client, journal, peer.clock)
    (owed,) = journal.outcomes_to_report()
    assert (*consequences(journal), owed.outcome.kind) == follows
    assert "UNDER_RESERVATION" in report_of(owed).note


def test_what_is_reserved_is_on_record_with_its_note_and_opens_no_gate(reserving, peer, journal, path):
    down(peer)
    reserved = clearance_or_reservation(reserving, act())
    assert (reserved.number, reserved.parties, reserved.note) == (1, {code(1)}, NOTE)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT note_zh, note_en FROM reserved").fetchall() == [(NOTE.zh, NOTE.en)]
        assert connection.execute("SELECT kind, reported FROM outcome").fetchall() == [("RESERVED", 0)]
    assert journal.outcomes_owed() == journal.outcomes_to_report() == ()
    with pytest.raises(GateClosedError):
        reserving.accept(reserved, act())
    forged = AwardGrant(AWARD, CASE.case_ref, "", reserved.parties, NOW, reserved.number, None, b"")
    with pytest.raises(GateClosedError):
        Granting(reserving).require(forged, AWARD, CASE)


def test_a_tender_goes_on_to_the_gate_and_not_through_it(reserving, peer):
    platform = BiddingAdapter(reserving)
    project = Project(CASE.case_ref, "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
    bidder = Bidder(code(1), "", Form.SINGLE)
    down(peer, 2)
    assert isinstance(platform.go_on(project, EVALUATION, bidder, "Li"), ReservedGrant)
    with pytest.raises(NoAnswerError):
        platform.go_on(project, AWARD, bidder, "Li")
    with pytest.raises(GateClosedError):
        platform.award(project, bidder, "Li")


class Bulletin:
    """A shelf that says one thing of everybody."""

    def __init__(self, said):
        self.said = lambda _codes, _point, _now: said


def test_a_party_that_the_bulletin_lists_is_held_whatever_the_area_may_do(peer, client, journal, reserving):
    listing = (object(),)
    held = Enforcement(
        client, journal, reserving.rules, "enforce", peer.clock, Bulletin(Said("VALID", hold=True, listings=listing))
    )
    down(peer)
    with pytest.raises(NoAnswerError) as caught:
        clearance_or_reservation(held, act())
    error = caught.value
    assert (error.hold, error.meanwhile, error.listings, error.bulletin) == (True, WhenAway.HOLD, listing, "VALID")
    assert journal.pending.waiting() == 1


def test_with_an_answer_no_bulletin_is_asked(peer, client, journal):
    listed = Bulletin(Said("VALID", hold=True))
    Enforcement(client, journal, RULES, "enforce", peer.clock, listed).require_clearance(act())


def test_a_point_without_configuration_waits(engine, reserving, peer):
    down(peer, 2)
    with pytest.raises(NoAnswerError) as caught:
        clearance_or_reservation(engine, act())
    assert caught.value.meanwhile is WhenAway.WAIT
    with pytest.raises(NoAnswerError):
        clearance_or_reservation(reserving, act(point=REGISTRATION))


def test_in_observe_mode_nothing_is_reserved(reserving, peer, client, journal):
    observing = Enforcement(client, journal, reserving.rules, Mode.OBSERVE, peer.clock)
    down(peer)
    observed = clearance_or_reservation(observing, act())
    assert isinstance(observed.stopped_by, NoAnswerError)
    assert journal.pending.waiting() == 1


def test_what_was_settled_meanwhile_is_not_reserved(reserving, peer, client, journal):
    down(peer)
    (error,) = unanswered(reserving)
    make_pending(client, journal, peer.clock)
    assert not journal.pending.reserve(error.pending, NOTE, NOW, "Li")


@pytest.mark.parametrize("gate", [AWARD, CONTRACT])
def test_no_gate_goes_on_under_reservation(gate):
    with pytest.raises(ValueError, match="is a gate"):
        replace(RULES, away=(PointAway(gate, WhenAway.UNDER_RESERVATION, NOTE),))
    assert replace(RULES, away=(PointAway(gate, WhenAway.HOLD),)).when_away(gate).action is WhenAway.HOLD


def test_what_is_configured_must_be_whole():
    going_on = PointAway(SUBCONTRACT_CONSENT, WhenAway.UNDER_RESERVATION, WAGES_GO_ON)
    for away in ((going_on, going_on), (replace(going_on, point=common_pb2.DECISION_POINT_LENDING_WAGE_ACCOUNT),)):
        with pytest.raises(ValueError, match=r"twice|no decision point"):
            replace(RULES, away=away)
    for note in (None, LegalNote("", "x"), LegalNote("文", " "), LegalNote("文", "x" * 501)):
        with pytest.raises(ValueError, match="legal note"):
            PointAway(EVALUATION, WhenAway.UNDER_RESERVATION, note)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM pending",
        "UPDATE pending SET request = x''",
        "DELETE FROM settled",
        "UPDATE settled SET refused = 'x'",
        "UPDATE settled SET handed = 0",
        "DELETE FROM remade",
        "UPDATE remade SET pending = 1",
        "DELETE FROM reserved",
        "UPDATE reserved SET note_en = ''",
    ],
)
def test_nothing_pending_is_changed_or_taken_back(reserving, peer, client, journal, path, statement):
    down(peer)
    clearance_or_reservation(reserving, act())
    make_pending(client, journal, peer.clock)
    down(peer)
    unanswered(reserving)
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement)


def test_a_journal_from_before_pending_checks_takes_them(tmp_path, peer, client):
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        for statement in tables.SCHEMA:
            if statement not in (*PENDING, *tables.RECEIPTS, *WATCHING):
                connection.execute(statement)
        connection.execute("PRAGMA user_version = 2")
        connection.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
    connection.close()
    with Journal(path) as journal:
        down(peer)
        unanswered(Enforcement(client, journal, RULES, "enforce", peer.clock))
        assert journal.pending.waiting() == 1
