"""Wages go on whatever comes of the question, and what was not answered is asked again."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from datetime import timedelta

import grpc
import pytest
from jointsanctions.v1 import common_pb2
from nine_areas import adapter_of
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    UNVERIFIABLE,
    Refusal,
    at_the_wire,
    client,
    code,
    journal,
    peer,
)

from adapters.entries import OutcomeKind, Question
from adapters.errors import JournalUnavailableError
from adapters.funding import WAGE_PAYMENT, FundApplication, Funds
from adapters.lending import WAGE_ACCOUNT, Loan
from adapters.participation import Enterprise

WHO = Enterprise(code(1))
NOTICE = common_pb2.Measure(rule_id="A-10/LISTING/wages", effect=common_pb2.EFFECT_NOTICE, party_uscc=code(1))


class Fund:
    """Payments of wages from funds."""

    area, point = "funding", WAGE_PAYMENT

    def __init__(self, adapter):
        self.adapter = adapter

    def pay(self, ref="C-1", who=WHO, part=""):
        return self.adapter.pay_wages(FundApplication(ref, Funds.NEW_GRANT, part), who, "Li")

    def again(self):
        return self.adapter.check_pending_wages("system")


class Account:
    """The use of a wage account."""

    area, point = "lending", WAGE_ACCOUNT

    def __init__(self, adapter):
        self.adapter = adapter

    def pay(self, ref="C-1", who=WHO, part=""):
        return self.adapter.use_wage_account(Loan(ref, part), who, "Li")

    def again(self):
        return self.adapter.check_pending_accounts("system")


@pytest.fixture(params=[Fund, Account], ids=["funds", "account"])
def kind(request):
    return request.param


@pytest.fixture
def wages(kind, client, journal, peer):
    return kind(adapter_of(kind.area, client, journal, clock=peer.clock))


@pytest.mark.parametrize("measures", [(), (NOTICE,)])
def test_a_clear_answer_is_told_and_recorded(wages, peer, journal, measures):
    peer.says(code(1), CLEAR, *measures)

    gone = wages.pay()

    assert (gone.pending, gone.told) == (None, measures)
    assert [(owed.question, owed.kind) for owed in journal.outcomes_owed()] == [
        (gone.asked.number, OutcomeKind.GRANTED)
    ]
    assert wages.again() == ()
    (request,) = peer.requests
    assert (request.question.decision_point, request.question.case_facts.WhichOneof("facts")) == (wages.point, None)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((UNVERIFIABLE,), "UNVERIFIABLE"),
        ((RESTRICTED, BLOCK), "BEYOND_BOUND"),
        ((RESTRICTED,), "BEYOND_BOUND"),
        ((CONDITIONAL, REVIEW), "BEYOND_BOUND"),
        ((CLEAR, BLOCK), "BEYOND_BOUND"),
        ((9,), "INCOHERENT"),
    ],
)
def test_an_answer_that_may_not_be_used_stops_no_wages_and_is_asked_again(wages, peer, journal, said, reason):
    peer.says(code(1), *said)
    gone = wages.pay()
    assert (gone.pending.reason, gone.told) == (reason, ())
    assert journal.outcomes_owed() == ()

    (still,) = wages.again()
    assert (still.case_ref, still.pending.reason) == ("C-1", reason)
    peer.says(code(1), CLEAR, NOTICE)
    (done,) = wages.again()
    assert (done.pending, done.told) == (None, (NOTICE,))
    assert wages.again() == ()


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED"),
        Refusal(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE"),
    ],
)
def test_no_answer_stops_no_wages_and_the_question_stays_open(wages, peer, refusal):
    peer.refusals = [refusal]

    gone = wages.pay(part="2")

    assert (gone.asked, gone.pending.reason, gone.part) == (None, refusal.reason, "2")
    peer.clock.now = NOW + timedelta(hours=3)
    (done,) = wages.again()
    assert (done.pending, done.part, done.asked.question.officer) == (None, "2", "system")
    assert wages.again() == ()


def test_a_question_whose_asker_was_killed_before_the_answer_stays_open(wages, journal, kind):
    asked = Question(
        call_id="c",
        asked_at=NOW,
        area=common_pb2.AREA_FUNDING,
        decision_point=kind.point,
        case_ref="C-9",
        part="",
        officer="Li",
        lead=code(1),
        parties=frozenset({code(1)}),
        request_digest=b"d",
    )
    journal.record_questions([asked])

    (done,) = wages.again()

    assert (done.case_ref, done.pending) == ("C-9", None)


def test_what_is_open_is_told_apart_by_case_part_and_enterprise(wages, peer):
    peer.says(code(1), UNVERIFIABLE)
    peer.says(code(2), UNVERIFIABLE)
    for ref, part, number in (("C-1", "", 1), ("C-1", "2", 1), ("C-2", "", 1), ("C-1", "", 2), ("C-1", "", 3)):
        wages.pay(ref, Enterprise(code(number)), part)
    wages.pay("C-2", Enterprise(code(3)))
    peer.says(code(1), CLEAR)

    again = wages.again()

    assert [(gone.case_ref, gone.part, gone.pending is None) for gone in again] == [
        ("C-1", "", True),
        ("C-1", "2", True),
        ("C-2", "", True),
        ("C-1", "", False),
    ]
    assert len(wages.again()) == 1


def test_wages_of_a_later_month_are_open_though_an_earlier_one_was_answered(wages, peer):
    wages.pay()
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]
    wages.pay()

    assert [gone.pending for gone in wages.again()] == [None]


def test_a_malformed_question_stops_no_wages_and_names_the_field(wages, peer):
    gone = wages.pay(who=Enterprise("123"))

    assert (gone.pending.reason, gone.pending.field) == ("MALFORMED_REQUEST", "enterprise.uscc")
    assert (peer.requests, wages.again()) == ([], ())


def test_a_journal_that_cannot_be_written_stops_no_wages(wages, journal):
    journal.close()

    gone = wages.pay()

    assert isinstance(gone.pending, JournalUnavailableError)
    with pytest.raises(JournalUnavailableError):
        wages.again()


def test_an_outcome_that_cannot_be_recorded_stops_no_wages_and_says_so(wages, journal):
    journal._connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON outcome BEGIN SELECT RAISE (ABORT, 'disk is full'); END"
    )

    assert isinstance(wages.pay().pending, JournalUnavailableError)


def test_observe_mode_asks_the_same_and_keeps_the_same_open(kind, client, journal, peer):
    wages = kind(adapter_of(kind.area, client, journal, "observe", peer.clock))
    peer.says(code(1), UNVERIFIABLE)
    assert wages.pay().pending.reason == "UNVERIFIABLE"
    assert journal.outcomes_owed() == ()  # it would not have been stopped
    peer.says(code(1), CLEAR, NOTICE)

    (done,) = wages.again()

    assert (done.pending, done.told) == (None, (NOTICE,))


def test_the_two_closed_points_do_not_see_each_others_open_questions(client, journal, peer):
    funds, account = (kind(adapter_of(kind.area, client, journal, clock=peer.clock)) for kind in (Fund, Account))
    peer.says(code(1), UNVERIFIABLE)
    funds.pay()

    assert account.again() == ()
    assert len(funds.again()) == 1
