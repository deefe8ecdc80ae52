"""The steps and clocks of a referral beside the law, read by itself: who, from where, to where, what starts and ends.

What stands here was written from the articles, and not from the program's tables.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from referral_samples import NOW, facts, step

from gateway.domain.agencies import Role
from gateway.domain.errors import StateError
from gateway.domain.referral_back_flow import barring, convicts
from gateway.domain.referral_elements import ReferralDebtor
from gateway.domain.referral_running import ASKING, DUTIES
from gateway.domain.referral_steps import allowed, require_step
from gateway.domain.referral_transitions import TRANSITIONS
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

TRIED = "CONVICTED ACQUITTED EXEMPTED"
INVESTIGATED = "FILED HANDED_OVER"
SENT_AND_OPEN = (
    "SENT RECEIVED FORWARDED FILED NOT_FILED RECONSIDERATION_REQUESTED NOT_FILED_UPHELD SUPERVISION_REQUESTED "
    "FILING_ORDERED SUPERVISION_REJECTED HANDED_OVER WITHDRAWN INDICTED NON_PROSECUTED CONVICTED ACQUITTED EXEMPTED "
    "RETURNED_ADMIN"
)
LAW = {
    # R310 arts 5, 6: a team of two reports, the principal decides, the section sends.
    "REPORT": ("producer", "DRAFT REFUSED", "REPORTED"),
    "APPROVAL": ("producer", "REPORTED", "APPROVED"),
    "REFUSAL": ("producer", "REPORTED", "REFUSED"),
    "SENDING": ("producer", "APPROVED", "SENT"),
    # R310 arts 7, 8: the police sign, pass on what is not theirs, ask, and decide.
    "RECEIPT": ("police", "SENT FORWARDED", "RECEIVED"),
    "FORWARDING": ("police", "RECEIVED", "FORWARDED"),
    "MATERIALS_REQUEST": ("police", f"RECEIVED {INVESTIGATED}", ""),
    "SUPPLEMENT": ("producer", SENT_AND_OPEN, ""),
    "EXTENSION": ("police", "RECEIVED", ""),
    "FILING": (
        "police",
        "RECEIVED NOT_FILED NOT_FILED_UPHELD RECONSIDERATION_REQUESTED SUPERVISION_REQUESTED FILING_ORDERED",
        "FILED",
    ),
    "NON_FILING": ("police", "RECEIVED", "NOT_FILED"),
    # R310 art. 12.
    "HANDOVER": ("producer", "FILED", "HANDED_OVER"),
    # R310 art. 9: reconsideration once, of the refusal itself; supervision of either, and of silence.
    "RECONSIDERATION_REQUEST": ("producer", "NOT_FILED", "RECONSIDERATION_REQUESTED"),
    "NON_FILING_UPHELD": ("police", "RECONSIDERATION_REQUESTED", "NOT_FILED_UPHELD"),
    "SUPERVISION_REQUEST": (
        "producer",
        "SENT RECEIVED FORWARDED NOT_FILED NOT_FILED_UPHELD RECONSIDERATION_REQUESTED",
        "SUPERVISION_REQUESTED",
    ),
    # SPP19 arts 557 to 564.
    "EXPLANATION_REQUEST": ("procuratorate", "SUPERVISION_REQUESTED", ""),
    "EXPLANATION": ("police", "SUPERVISION_REQUESTED", ""),
    "NON_FILING_VALID": ("procuratorate", "SUPERVISION_REQUESTED", "SUPERVISION_REJECTED"),
    "FILING_ORDER": ("procuratorate", "SUPERVISION_REQUESTED", "FILING_ORDERED"),
    "CORRECTION_NOTICE": ("procuratorate", "FILING_ORDERED", ""),
    "URGING": ("procuratorate", INVESTIGATED, ""),
    # What ends an investigation does not wait for the handover.
    "WITHDRAWAL": ("police", INVESTIGATED, "WITHDRAWN"),
    "INDICTMENT": ("procuratorate", INVESTIGATED, "INDICTED"),
    "NON_PROSECUTION": ("procuratorate", INVESTIGATED, "NON_PROSECUTED"),
    # SPP19 art. 373.
    "OPINION": ("procuratorate", "NON_PROSECUTED RETURNED_ADMIN", ""),
    "OPINION_ANSWER": ("producer", "NON_PROSECUTED RETURNED_ADMIN", ""),
    "CONVICTION": ("court", "INDICTED", "CONVICTED"),
    "ACQUITTAL": ("court", "INDICTED", "ACQUITTED"),
    "EXEMPTION": ("court", "INDICTED", "EXEMPTED"),
    "PROPERTY_RETURN": ("court", TRIED, ""),
    "ADMINISTRATIVE_RETURN": (
        "producer",
        "REFUSED NOT_FILED NOT_FILED_UPHELD SUPERVISION_REJECTED WITHDRAWN NON_PROSECUTED",
        "RETURNED_ADMIN",
    ),
    "CLOSING": ("producer", f"{TRIED} RETURNED_ADMIN REFUSED", "CLOSED"),
}
REASONED = (
    "REFUSAL FORWARDING MATERIALS_REQUEST EXTENSION NON_FILING RECONSIDERATION_REQUEST NON_FILING_UPHELD "
    "SUPERVISION_REQUEST EXPLANATION NON_FILING_VALID FILING_ORDER WITHDRAWAL NON_PROSECUTION"
)
ANSWERS = {"EXPLANATION": "EXPLANATION_REQUEST", "OPINION_ANSWER": "OPINION"}
FILED_OR_NOT = "FILING NON_FILING"
CLOCKS = {
    # By what each is started, by what it is fulfilled, and what leaves nothing to be done.
    "T-21/approve": ("REPORT", "APPROVAL REFUSAL", ""),
    "T-22/send": ("APPROVAL", "SENDING", ""),
    "T-25/forward": ("RECEIPT", "FORWARDING", f"{FILED_OR_NOT} MATERIALS_REQUEST EXTENSION"),
    "T-26/supply": ("MATERIALS_REQUEST", "SUPPLEMENT", f"{FILED_OR_NOT} FORWARDING"),
    "T-26/ask": ("RECEIPT", "MATERIALS_REQUEST", f"{FILED_OR_NOT} FORWARDING"),
    "T-27/decide": ("RECEIPT", FILED_OR_NOT, "FORWARDING SUPERVISION_REQUEST"),
    "T-29/hand-over": ("FILING", "HANDOVER", "INDICTMENT NON_PROSECUTION WITHDRAWAL"),
    "T-30/contest": ("NON_FILING", "RECONSIDERATION_REQUEST SUPERVISION_REQUEST ADMINISTRATIVE_RETURN", "FILING"),
    "T-31/reconsider": ("RECONSIDERATION_REQUEST", "FILING NON_FILING_UPHELD", "SUPERVISION_REQUEST"),
    "T-32/supervision": ("NON_FILING_UPHELD", "SUPERVISION_REQUEST ADMINISTRATIVE_RETURN", "FILING"),
    "T-34/explain": ("EXPLANATION_REQUEST", "EXPLANATION", "FILING FILING_ORDER NON_FILING_VALID"),
    "T-35/file": ("FILING_ORDER", "FILING", ""),
    "T-41/opinion": ("NON_PROSECUTION", "OPINION", "CLOSING"),
    "T-41/answer": ("OPINION", "OPINION_ANSWER", ""),
}


def names(words):
    return {word.name for word in words}


def test_every_step_is_there():
    assert set(LAW) == names(TRANSITIONS) == names(Kind)


@pytest.mark.parametrize("kind", LAW)
def test_a_step_is_taken_by_whom_and_from_where_the_law_says_and_leads_there(kind):
    role, stages, after = LAW[kind]
    found = TRANSITIONS[Kind[kind]]

    assert (found.role.value, names(found.stages)) == (role, set(stages.split()))
    assert found.after is (Stage[after] if after else None)
    assert found.reasons is (kind in REASONED.split())
    assert found.answers is (Kind[ANSWERS[kind]] if kind in ANSWERS else None)


def test_every_clock_is_started_and_ended_as_the_law_says():
    found = {duty.clock_id: (names(duty.starts), names(duty.done), names(duty.moot)) for duty in (*DUTIES, ASKING)}
    assert found == {name: tuple(set(words.split()) for words in row) for name, row in CLOCKS.items()}


def test_a_bar_is_set_by_the_filing_alone_and_lifted_by_whatever_pursues_nobody_any_more():
    lifting = ["NON_FILING", "NON_FILING_UPHELD", "NON_FILING_VALID", "WITHDRAWAL", "NON_PROSECUTION", "ACQUITTAL"]
    for kind in Kind:
        after_filing = barring([step(Kind.FILING), step(kind)])
        assert (after_filing is None) is (kind.name in lifting), kind
        assert (barring([step(kind)]) is not None) is (kind is Kind.FILING), kind


@pytest.mark.parametrize("debtor", ReferralDebtor)
def test_a_judgment_convicts_an_enterprise_that_is_pursued_itself(debtor):
    found = facts(debtor=debtor)
    assert convicts(found, "91420399MA00K2U7XJ") is (debtor is not ReferralDebtor.ACTUAL_CONTROLLER)
    assert convicts(found, "") is False


def refusal(acts, act):
    with pytest.raises(StateError) as refused:
        require_step(acts, act, TRANSITIONS[act.kind].role, NOW)
    return refused.value.metadata["why"]


REPORTED = step(holder="first", officers=("first-1", "first-2"))
APPROVED = step(Kind.APPROVAL)
SENT = step(Kind.SENDING, to_agency="police")
RECEIVED = [REPORTED, APPROVED, SENT, step(Kind.RECEIPT, "police")]


@pytest.mark.parametrize("kind", [Kind.APPROVAL, Kind.REFUSAL])
def test_it_is_the_team_of_the_newest_report_that_neither_approves_nor_refuses_it(kind):
    again = [REPORTED, step(Kind.REFUSAL), step(holder="second", officers=("second-1", "second-2"))]

    assert refusal(again, step(kind, officers=("second-2",), document_number="新号")) == "SAME_PERSON"
    assert refusal(again, step(kind, holder="second", document_number="新号")) == "SAME_PERSON"
    first = step(kind, holder="first", officers=("first-1",), document_number="新号")
    assert require_step(again, first, Role.PRODUCER, NOW) in {Stage.APPROVED, Stage.REFUSED}


def test_what_moves_nothing_holds_up_no_step_that_is_dated_before_it():
    asked = [*RECEIVED, step(Kind.MATERIALS_REQUEST, "police", at=NOW)]
    moved = [replace(act, at=NOW - timedelta(hours=2)) for act in RECEIVED]
    filing = step(Kind.FILING, "police", at=NOW - timedelta(hours=1))

    assert require_step([*moved, asked[-1]], filing, Role.POLICE, NOW) is Stage.FILED
    assert refusal(RECEIVED, filing) == "BEFORE_EARLIER_STEP"


def test_a_document_is_one_authority_s_and_stands_behind_one_kind_of_step():
    number = RECEIVED[-1].document_number
    assert refusal(RECEIVED, step(Kind.FILING, "police", document_number=number)) == "DOCUMENT_USED"
    theirs = step(Kind.SUPPLEMENT, "hrss", document_number=number)
    assert require_step(RECEIVED, theirs, Role.PRODUCER, NOW) is Stage.RECEIVED, "another authority counts its own"
    asked = [*RECEIVED, step(Kind.EXTENSION, "police")]
    again = step(Kind.EXTENSION, "police", document_number=asked[-1].document_number)
    assert require_step(asked, again, Role.POLICE, NOW) is Stage.RECEIVED, "one document may extend twice"


def test_a_request_is_answered_once_and_another_may_be_answered_again():
    asked = [*RECEIVED, step(Kind.SUPERVISION_REQUEST), step(Kind.EXPLANATION_REQUEST, "procuratorate")]
    answer = step(Kind.EXPLANATION, "police")

    assert Kind.EXPLANATION in allowed(asked, Role.POLICE)
    answered = [*asked, answer]
    assert Kind.EXPLANATION not in allowed(answered, Role.POLICE)
    assert refusal(answered, replace(answer, document_number="新号")) == "NO_REQUEST_OPEN"
    assert Kind.EXPLANATION in allowed([*answered, asked[-1]], Role.POLICE)


def test_nobody_takes_the_step_of_another_role():
    for role in set(Role) - {Role.POLICE}:
        with pytest.raises(StateError) as refused:
            require_step(RECEIVED, step(Kind.FILING, "police"), role, NOW)
        assert refused.value.metadata["why"] == "NOT_FROM_HERE"
