"""Answers that may not be used, and none at all, before the side-cars of the areas: a peer at the wire says them."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import grpc
import pytest
from e2e.sidecars_inside import opened
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CLEAR,
    CONDITIONAL,
    RESTRICTED,
    REVIEW,
    Refusal,
    at_the_wire,
    code,
    peer,
)

from adapters.acts import Mode
from adapters.http.areas import AREAS
from adapters.http.examples import examples
from adapters.http.settings import load
from adapters.http.upkeep import Upkeep
from gateway.cli.main import main

CONFIG = Path(__file__).parents[2] / "config"
WHO = code(1)
PERSON = {"documentType": "PASSPORT", "documentNumber": "E00000000", "name": "示例甲"}


@pytest.fixture
def side(at_the_wire, peer, tmp_path):
    """Return a function that opens the side-car of an area before the peer."""
    peer.clock.now = datetime.now(UTC)

    @contextmanager
    def run(area, mode=Mode.ENFORCE):
        settings = load(CONFIG / f"adapter-{area}.toml", area, tmp_path)
        journal = tmp_path / f"{area}.sqlite"
        with opened(replace(settings, client=at_the_wire[1], journal=journal, mode=mode)) as sidecar:
            yield sidecar

    return run


def wages(sidecar, point, ref="C-1"):
    question = {"decisionPoint": point, "caseRef": ref, "officer": "li"}
    return sidecar.post("/v1/wages", {"question": question, "enterprise": {"uscc": WHO}})


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("area", "point"),
    [
        ("funding", "DECISION_POINT_FUNDING_WAGE_PAYMENT"),
        ("lending", "DECISION_POINT_LENDING_WAGE_ACCOUNT"),
    ],
)
def test_wages_go_on_without_an_answer_and_are_asked_about_until_there_is_one(side, peer, area, point, mode):
    with side(area, mode) as sidecar:
        peer.refusals = [Refusal(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE")]
        said = wages(sidecar, point)
        assert (said.status, said.json["mayProceed"], "answer" in said.json) == (200, True, False)
        assert said.json["pending"]["reason"] == "AREA_NOT_IN_MANDATE"
        (still,) = sidecar.get("/v1/wages").json["open"]
        assert (still["caseRef"], still["enterprise"]) == ("C-1", WHO)

        Upkeep(sidecar.sidecar).once()

        assert sidecar.get("/v1/wages").json["open"] == []
        peer.says(WHO, RESTRICTED, BLOCK)
        beyond = wages(sidecar, point, "C-2")
        assert (beyond.status, beyond.json["mayProceed"], beyond.json["pending"]["reason"]) == (
            200,
            True,
            "BEYOND_BOUND",
        )


def test_while_nobody_answers_one_open_question_is_asked_again_and_the_others_wait(side, peer, monkeypatch):
    with side("funding") as sidecar:
        peer.refusals = [Refusal(grpc.StatusCode.PERMISSION_DENIED, "MANDATE_NOT_IN_FORCE")] * 3
        for ref in ("C-1", "C-2", "C-3"):
            wages(sidecar, "DECISION_POINT_FUNDING_WAGE_PAYMENT", ref)
        asked = []
        again = type(sidecar.sidecar.client).check

        def away(client, request):
            asked.append(request.question.case_ref)
            return again(client, request)

        monkeypatch.setattr(type(sidecar.sidecar.client), "check", away)
        peer.refusals = [Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")] * 3
        Upkeep(sidecar.sidecar).once()

        assert asked == ["C-1"]
        assert len(sidecar.get("/v1/wages").json["open"]) == 3


def test_a_check_that_got_no_answer_is_made_by_the_upkeep_once_somebody_answers(side, peer):
    body = {
        "question": {"decisionPoint": "DECISION_POINT_LICENSING_ACCEPTANCE", "caseRef": "C-1", "officer": "li"},
        "enterprise": {"uscc": WHO},
    }
    with side("licensing") as sidecar:
        peer.refusals = [Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")] * 2
        assert sidecar.post("/v1/checks", body).status == 503
        pending = sidecar.sidecar.journal.pending
        assert pending.waiting() == 1
        Upkeep(sidecar.sidecar).once()
        assert pending.waiting() == 1, "there is no answer still"

        peer.refusals = []
        peer.says(WHO, CLEAR)
        Upkeep(sidecar.sidecar).once()

        assert pending.waiting() == 0
        (made,) = pending.results()
        assert made.verdict == common_pb2.VERDICT_CLEAR


@pytest.mark.parametrize(("area", "check", "gate"), [
    ("licensing", "LICENSING_ACCEPTANCE", "LICENSING_RENEWAL"),
    ("lending", "LENDING_APPROVAL", "LENDING_RENEWAL"),
    ("awards", "AWARDS_REVOCATION", ""),
    ("market_access", "MARKET_ACCESS_SECTOR_PERMIT", "MARKET_ACCESS_SECTOR_PERMIT"),
])  # fmt: skip
def test_where_the_law_lets_nobody_be_barred_an_answer_that_does_is_none(side, peer, area, check, gate):
    peer.says(WHO, RESTRICTED, BLOCK)
    with side(area) as sidecar:
        body = {"question": {"caseRef": "C-1", "officer": "li"}, "enterprise": {"uscc": WHO}}
        for path, point in (("/v1/checks", check), ("/v1/grants", gate)):
            if point:
                body["question"]["decisionPoint"] = f"DECISION_POINT_{point}"
                said = sidecar.post(path, body, uuid4().hex if path.endswith("grants") else None)
                assert (said.status, said.reason, "answer" in said.json) == (502, "BEYOND_BOUND", False)


def test_measures_that_contradict_each_other_let_no_security_be_set(side, peer):
    bounds = (
        common_pb2.SecurityBound(kind="WAGE_DEPOSIT", raised_fen=3_000_000),
        common_pb2.SecurityBound(kind="WAGE_DEPOSIT", cap_fen=2_500_000),
    )
    raising = [
        common_pb2.Measure(
            rule_id="A-50/x", effect=common_pb2.EFFECT_RAISE_SECURITY, party_uscc=WHO, security_bound=each
        )
        for each in bounds
    ]
    peer.says(WHO, CONDITIONAL, *raising)
    with side("guarantee") as sidecar:
        body = sidecar.about(WHO, "TENDER_DOCUMENT", "C-1")
        said = sidecar.post("/v1/checks", body)
        assert (said.status, said.reason) == (502, "BEYOND_BOUND")
        items = [{"itemId": each, "enterprise": {"uscc": code(i)}} for i, each in enumerate(("one", "other"), 1)]
        batch = sidecar.post("/v1/check-batches", {"question": body["question"], "items": items}).json
        assert batch["items"][0]["problem"]["reason"] == "BEYOND_BOUND"
        assert batch["items"][1]["answer"]["security"] == {"leastFen": "2000000"}


def test_what_was_approved_as_new_is_paid_as_an_earlier_grant(side, peer):
    with side("funding") as sidecar:
        sidecar.post("/v1/checks", sidecar.about(WHO, "APPLICATION", "C-1"))
        approval = sidecar.post("/v1/grants", sidecar.about(WHO, "APPROVAL", "C-1"), "k1").json["number"]
        peer.says(WHO, CONDITIONAL, REVIEW)
        paid = sidecar.post("/v1/grants", sidecar.about(WHO, "PAYMENT", "C-1", carriedBy=approval), "k2")

    assert (paid.status, paid.reason) == (409, "CONDITION_NOT_MET")
    assert [each.question.case_facts.funding.fund_kind for each in peer.requests] == [
        credit_pb2.FUND_KIND_NEW_GRANT,
        credit_pb2.FUND_KIND_NEW_GRANT,
        credit_pb2.FUND_KIND_EARLIER_GRANT,
    ]


@pytest.mark.parametrize("carried", [{}, {"carriedBy": 99}, {"carriedBy": 1}, {"reviewed": 77}])
def test_in_observe_mode_no_want_of_a_carrying_grant_or_review_stops_an_act(side, carried):
    with side("funding", Mode.OBSERVE) as sidecar:
        said = sidecar.post("/v1/grants", sidecar.about(WHO, "PAYMENT", "C-1", **carried), uuid4().hex)

    assert (said.status, said.json["mayProceed"], said.json["wouldBeStoppedBy"]) == (201, True, "NO_EARLIER_ANSWER")


@pytest.mark.parametrize("area", AREAS)
def test_observing_stops_nothing_in_any_area_and_tells_what_it_would_have(side, peer, tmp_path, capsys, area):
    peer.refusals = []
    peer.says(WHO, CONDITIONAL, REVIEW)
    peer.person = credit_pb2.PersonDecision(
        verdict=CONDITIONAL, match_quality=credit_pb2.PERSON_MATCH_EXACT, measures=[REVIEW]
    )
    with side(area, Mode.OBSERVE) as sidecar:
        point = common_pb2.DecisionPoint.Name(AREAS[area].sample.check).partition(f"{area.upper()}_")[2]
        said = sidecar.post("/v1/checks", sidecar.about(WHO, point, "C-1")).json
        asked = 1
        if AREAS[area].persons:
            body = examples(AREAS[area])["PersonCheckRequest"]
            person = sidecar.post("/v1/person-checks", body).json
            assert (person["standing"], person["mayProceed"]) == ("OBSERVED", True)
            asked = 2
        day = sidecar.get("/v1/observed").json
    assert (said["standing"], said["mayProceed"]) == ("OBSERVED", True)
    assert (day["questions"], day["wouldBeStopped"]) == (asked, asked)

    text = (CONFIG / f"adapter-{area}.toml").read_text(encoding="utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(text.replace(f"side-car/{area}.sqlite", str(tmp_path / f"{area}.sqlite")), encoding="utf-8")
    place = ["--config", str(CONFIG), "--state", str(tmp_path)]
    assert main([*place, "adapter", area, "--file", str(file), "--report", day["date"]]) == 0
    told = capsys.readouterr().out
    assert f"  C-1  {WHO}  " in told
    assert ("  person-1  " in told) == bool(AREAS[area].persons)


def test_a_restriction_of_a_person_whom_nobody_confirmed_is_no_answer(side, peer):
    peer.person = credit_pb2.PersonDecision(
        verdict=RESTRICTED, match_quality=credit_pb2.PERSON_MATCH_EXACT, measures=[BLOCK]
    )
    with side("awards") as sidecar:
        body = {
            "question": sidecar.question("NOMINATION", "C-1"),
            "person": PERSON,
            "reference": "person-1",
            "capacity": "PERSON_CAPACITY_OWN_NAME",
        }
        said = sidecar.post("/v1/person-checks", body)

    assert (said.status, said.reason, "answer" in said.json) == (502, "UNCONFIRMED", False)


def test_a_condition_about_a_person_that_is_not_known_here_is_no_answer(side, peer):
    peer.person = credit_pb2.PersonDecision(
        verdict=CONDITIONAL, match_quality=credit_pb2.PERSON_MATCH_EXACT, measures=[REVIEW]
    )
    peer.person.conditions.add(kind=99)
    with side("awards") as sidecar:
        question = sidecar.question("NOMINATION", "C-1")
        about = {"person": PERSON, "reference": "person-1", "capacity": "PERSON_CAPACITY_OWN_NAME"}
        said = sidecar.post("/v1/person-checks", {"question": question, **about})

    assert (said.status, said.reason) == (502, "UNEXPECTED")


def test_a_persons_conditions_are_not_met_as_an_enterprises_are(side, peer):
    peer.person = credit_pb2.PersonDecision(
        verdict=CONDITIONAL, match_quality=credit_pb2.PERSON_MATCH_EXACT, measures=[REVIEW]
    )
    with side("awards") as sidecar:
        number = sidecar.post("/v1/person-checks", examples(AREAS["awards"])["PersonCheckRequest"]).json["number"]
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        review = {"officerReview": {"officer": "wang", "reason": "looked at", "decidedAt": now}}
        said = sidecar.post(f"/v1/checks/{number}/fulfilment", review, uuid4().hex)

    assert (said.status, said.reason) == (404, "NOT_FOUND")


def test_what_may_not_be_set_is_not_asked_and_a_part_is_asked_about_by_itself(side, peer):
    with side("guarantee") as sidecar:
        bond = {"securityKind": "SECURITY_KIND_BID_BOND", "contractAmountFen": "1000000"}
        parts = {"caseFacts": {"guarantee": bond}, "ordinaryFen": "20001"}
        body = {"question": sidecar.question("ISSUE", "C-1", **parts), "enterprise": {"uscc": WHO}}
        assert sidecar.post("/v1/checks", body).json["field"] == "question.ordinaryFen"
        assert peer.requests == []
        body["question"] |= {"ordinaryFen": "20000", "part": "2"}
        number = sidecar.post("/v1/checks", body).json["number"]
        assert sidecar.get(f"/v1/checks/{number}").json["part"] == "2"


def test_no_digest_is_kept_of_a_person(side):
    with side("awards") as sidecar:
        about = {
            "question": sidecar.question("CONFERRAL", "C-1"),
            "reference": "person-1",
            "capacity": "PERSON_CAPACITY_OWN_NAME",
        }
        for key, number in (("k1", "E00000000"), ("k2", "E00000001")):
            body = {**about, "person": {**PERSON, "documentNumber": number}}
            assert sidecar.post("/v1/person-grants", body, key).reason == "NO_EARLIER_ANSWER"
        with closing(sqlite3.connect(sidecar.journal)) as connection:
            first, second = connection.execute("SELECT request FROM asked_write ORDER BY key").fetchall()

    assert first == second


def test_an_answer_that_clears_is_needed_in_every_area_and_not_its_absence(side, peer):
    for area in ("procurement", "licensing", "guarantee", "qualification", "lending", "market_access", "awards"):
        with side(area) as sidecar:
            peer.says(WHO, CLEAR)
            check = sidecar.area.sample.check
            point = common_pb2.DecisionPoint.Name(check).partition(f"{area.upper()}_")[2]
            assert sidecar.post("/v1/checks", sidecar.about(WHO, point, "C-1")).json["mayProceed"]
            peer.refusals = [Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")]
            silent = sidecar.post("/v1/checks", sidecar.about(WHO, point, "C-2"))
            assert (silent.status, silent.reason) == (503, "DEADLINE_PASSED"), area
