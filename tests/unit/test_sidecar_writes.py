"""What a side-car writes, before a peer at the wire: parts, grants that carry an act, conditions by the words kept."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from jointsanctions.v1 import outcome_pb2 as pb
from test_adapters_peer import CONDITIONAL, REVIEW, at_the_wire, code, peer  # noqa: F401
from test_sidecar_faults import PERSON, WHO, side  # noqa: F401

from adapters.http.areas import AREAS
from adapters.http.examples import examples
from adapters.outcomes import part_of


def instant(moment):
    return moment.isoformat().replace("+00:00", "Z")


def reviewed(sidecar, number):
    review = {"officer": "wang", "reason": "looked at", "decidedAt": instant(datetime.now(UTC))}
    return sidecar.post(f"/v1/checks/{number}/fulfilment", {"officerReview": review}, uuid4().hex)


def test_a_grant_carries_an_act_of_its_own_parties_alone(side):
    other = code(2)
    with side("funding") as sidecar:
        approved = []
        for who in (WHO, other):
            assert sidecar.post("/v1/checks", sidecar.about(who, "APPLICATION", "C-1")).json["mayProceed"]
            said = sidecar.post("/v1/grants", sidecar.about(who, "APPROVAL", "C-1"), uuid4().hex)
            approved.append(said.json["number"])
        for who, carrying, status in ((other, approved[0], 409), (other, approved[1], 201)):
            about = sidecar.about(who, "PAYMENT", "C-1", carriedBy=carrying)
            paid = sidecar.post("/v1/grants", about, uuid4().hex)
            assert paid.status == status, paid.raw
            assert status == 201 or paid.reason == "OTHER_PARTIES"


def test_a_part_that_is_too_long_and_a_lot_that_is_another_are_named_and_nobody_is_asked(side, peer):
    long, who = "段" * 22, {"enterprise": {"uscc": WHO}}
    with side("guarantee") as sidecar:
        said = sidecar.post("/v1/checks", {"question": sidecar.question("ISSUE", "C-1", part=long), **who})
        assert (said.status, said.json["field"]) == (422, "question.part")
    with side("bidding") as sidecar:
        question = sidecar.question("EVALUATION", "C-1")
        facts = question["caseFacts"]["bidding"]
        lots = [{"caseFacts": {"bidding": {**facts, "lot": lot}}} for lot in (long, "2")]
        said = sidecar.post("/v1/checks", {"question": {**question, **lots[0]}, **who})
        assert (said.status, said.json["field"]) == (422, "question.caseFacts.bidding.lot")
        items = [{"itemId": "one", **who}, {"itemId": "other", "enterprise": {"uscc": code(2)}, **lots[1]}]
        said = sidecar.post("/v1/check-batches", {"question": question, "items": items})
        assert (said.status, said.json["field"]) == (422, "items[1].caseFacts")
    assert peer.requests == []


def test_what_is_reported_over_http_is_of_the_part_that_was_asked_about(side, monkeypatch):
    sent = []

    def take(_client, request):
        sent.append(request)
        return pb.ReportOutcomeResponse(outcome_id="outcome-1")

    with side("guarantee") as sidecar:
        monkeypatch.setattr(type(sidecar.sidecar.client), "report_outcome", take)
        for part in ("", "2", "第一标段" * 5):
            question = sidecar.question("ISSUE", "C-1", part=part)
            number = sidecar.post("/v1/checks", {"question": question, "enterprise": {"uscc": WHO}}).json["number"]
            done = {
                "check": number,
                "officer": "li",
                "outcome": "OUTCOME_KIND_REFUSED",
                "decidedOn": datetime.now(UTC).date().isoformat(),
            }
            said = sidecar.post("/v1/outcomes", done, uuid4().hex)
            assert (said.status, said.json["outcomeId"]) == (201, "outcome-1"), said.raw

    assert [each.part for each in sent] == [part_of(each) for each in ("", "2", "第一标段" * 5)]
    assert {(each.uscc, each.case_ref) for each in sent} == {(WHO, "C-1")}


def test_an_enterprises_conditions_are_not_met_as_a_persons_are(side, peer):
    peer.says(WHO, CONDITIONAL, REVIEW)
    with side("awards") as sidecar:
        number = sidecar.post("/v1/checks", sidecar.about(WHO, "NOMINATION", "C-1")).json["number"]
        review = {"officerReview": {"officer": "wang", "reason": "looked at", "decidedAt": instant(datetime.now(UTC))}}
        said = sidecar.post(f"/v1/person-checks/{number}/fulfilment", review, uuid4().hex)
        assert (said.status, said.reason) == (404, "NOT_FOUND")
        about = {"person": PERSON, "officer": "wang"}
        said = sidecar.post(f"/v1/person-checks/{number}/confirmation", about)
        assert (said.status, said.reason) == (404, "NOT_FOUND")


def test_the_conditions_of_an_answer_that_may_not_be_relied_upon_are_met_by_nobody(side, peer):
    def about_another_moment(response):
        response.basis.preview = True
        return response

    bodies = examples(AREAS["awards"])
    peer.says(bodies["CheckRequest"]["enterprise"]["uscc"], CONDITIONAL, REVIEW)
    peer.person = credit_pb2.PersonDecision(
        verdict=CONDITIONAL, match_quality=credit_pb2.PERSON_MATCH_EXACT, measures=[REVIEW]
    )
    peer.twist = about_another_moment
    review = {"officerReview": {"officer": "wang", "reason": "looked at", "decidedAt": instant(datetime.now(UTC))}}
    with side("awards") as sidecar:
        for number, (kind, name) in enumerate((("checks", "CheckRequest"), ("person-checks", "PersonCheckRequest")), 1):
            assert sidecar.post(f"/v1/{kind}", bodies[name]).reason == "NOT_PRESENT"
            said = sidecar.post(f"/v1/{kind}/{number}/fulfilment", review, uuid4().hex)
            assert (said.status, said.reason) == (409, "NOT_CONDITIONAL")


@pytest.mark.parametrize("area", ["bidding", "guarantee", "awards"])
def test_nothing_is_granted_at_a_point_that_only_asks(side, peer, area):
    asks_only = set(AREAS[area].points()) - {common_pb2.DecisionPoint.Name(each) for each in AREAS[area].acts}
    assert asks_only
    with side(area) as sidecar:
        for name in asks_only:
            body = sidecar.about(WHO, name.partition(f"{area.upper()}_")[2], "C-1")
            said = sidecar.post("/v1/grants", body, uuid4().hex)
            assert (said.status, said.json["field"]) == (422, "question.decisionPoint")
    assert peer.requests == []


def test_about_a_person_nothing_is_granted_where_nothing_is(side, peer):
    with side("awards") as sidecar:
        body = examples(AREAS["awards"])["PersonCheckRequest"]
        question = {**body["question"], "decisionPoint": "DECISION_POINT_AWARDS_NOMINATION"}
        said = sidecar.post("/v1/person-grants", {**body, "question": question}, uuid4().hex)
    assert (said.status, said.json["field"], peer.requests) == (422, "question.decisionPoint", [])


def test_the_words_of_a_conditional_answer_are_kept_with_it_and_for_as_long_as_it_holds(side, peer):
    """They are what an officer's review is held against; nothing is kept longer than it is needed (C-02)."""
    peer.says(WHO, CONDITIONAL, REVIEW)
    with side("licensing") as sidecar:
        first = sidecar.post("/v1/checks", sidecar.about(WHO, "ACCEPTANCE", "C-1")).json["number"]
        assert reviewed(sidecar, first).status == 201

        journal, later = sidecar.sidecar.journal, datetime.now(UTC) + timedelta(hours=3)
        assert journal.held(first) is not None
        asked = sidecar.sidecar.view.asked(first, journal)
        (number,) = journal.record_questions([asked.question._replace(call_id=uuid4().hex)])
        journal.record_answers({number: asked.answer}, later)
        assert journal.held(first) is None, "it holds no longer"
        with closing(sqlite3.connect(sidecar.journal)) as connection:
            assert connection.execute("SELECT count(*) FROM held_answer").fetchone() == (0,)
        gone = reviewed(sidecar, first)
        assert (gone.status, gone.reason) == (409, "EXPIRED")
