"""A policy that was approved holds on its day in every process, on the same port, and past answers keep theirs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time

import grpc
import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, HRSS, THROUGH_EDGE, award, gateway_in
from jointsanctions.v1 import common_pb2, credit_pb2, replay_pb2, status_pb2
from policy_calls import NATIONAL, OPERATIONS, approve, listed, proposal_of, propose, send, text_of, versioned

from gateway.cli.main import main

REPLAY = "/jointsanctions.v1.AuditService/ReplayDecision"
SECONDS = 60
"""Within which a gateway has begun anew, on a machine that does much else."""


def asked(served, key="grade_b", who=BIDDING):
    outcome = served.send(CHECK, award(served.city.example(key).uscc), who)
    if not outcome.ok:
        # gRPC cancels what it has just taken when its server ends.
        assert outcome.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}, outcome.text()
        return None
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)


def changed(served, text):
    """Approve a policy from today on; return the digest, and what was answered until it held, in order."""
    proposal = propose(served, proposal_of(text))
    approve(served, proposal.proposal)
    answers, until = [], time.monotonic() + SECONDS
    while not answers or answers[-1] is None or answers[-1].basis.policy_digest != proposal.digest:
        assert time.monotonic() < until, f"still {answers[-1]}"
        answers.append(asked(served))
    return proposal.digest, answers


def replayed(served, position, who=AUDITOR):
    request = replay_pb2.ReplayDecisionRequest(officer="o", writer=position.writer, number=position.number)
    outcome = served.send(REPLAY, request, who)
    assert outcome.ok, outcome.text()
    return replay_pb2.ReplayDecisionResponse.FromString(outcome.answer)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("effect")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def changes(served):
    """An answer under the policy of the file, what was answered while another came to hold, and one under that."""
    before = asked(served)
    digest, answers = changed(served, text_of(NATIONAL))
    return before, digest, answers


def test_what_was_approved_for_today_is_answered_by_in_the_same_process_on_the_same_port(served, changes):
    before, digest, answers = changes

    assert before.decision.verdict == common_pb2.VERDICT_RESTRICTED
    after = answers[-1]
    assert (after.basis.policy_profile, after.basis.policy_digest) == (NATIONAL, digest)
    assert after.decision.verdict != common_pb2.VERDICT_RESTRICTED
    assert after.decision.grade.scheme != before.decision.grade.scheme
    assert served.process.poll() is None
    assert served.log.count('"event": "serving"') == 2


def test_nobody_is_cleared_by_the_former_policy_once_its_revision_is_served(served, changes):
    _, digest, answers = changes
    revision = listed(served).policies[0].data_revision
    between = [
        each for each in answers if each and each.basis.data_revision >= revision and each.basis.policy_digest != digest
    ]

    proven = common_pb2.VERDICT_RESTRICTED
    assert {each.decision.verdict for each in between} <= {common_pb2.VERDICT_UNVERIFIABLE, proven}


def test_past_answers_are_derived_by_the_policy_of_their_moment(served, changes):
    before, _, answers = changes

    for answer in (before, answers[-1]):
        found = replayed(served, answer.audit_position, HRSS if answer is None else AUDITOR)
        assert found.result == replay_pb2.REPLAY_RESULT_IDENTICAL, found
        assert not found.inputs


def test_status_doctor_and_list_say_which_policy_holds(served, changes, capsys):
    _, digest, _ = changes
    outcome = send(served, "GetStatus", status_pb2.GetStatusRequest(officer="o"), OPERATIONS)
    versions = status_pb2.GetStatusResponse.FromString(outcome.answer).versions
    assert (versions.policy_number, versions.policy_digest, versions.policy_profile) == (1, digest, NATIONAL)
    assert listed(served).number == 1
    place = served.place
    words = ["--config", str(place.config), "--state", str(place.state), "--address", f"127.0.0.1:{served.port}"]
    main([*words, "doctor", "--json"])
    found = {each["link"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["policy"]["sound"]
    assert f"number 1 of the store, {NATIONAL}" in found["policy"]["found"]


def test_the_file_no_longer_decides_and_a_proposal_is_shown_until_it_is_approved(served, changes):
    _, digest, _ = changes
    (served.place.config / "policy" / "shiyan.toml").touch()
    proposal = propose(served, proposal_of(versioned("later", NATIONAL)))
    outcome = send(served, "GetStatus", status_pb2.GetStatusRequest(officer="o"), OPERATIONS)

    assert status_pb2.GetStatusResponse.FromString(outcome.answer).versions.waiting_policy == proposal.proposal
    assert asked(served).basis.policy_digest == digest


def start(served):
    """Start a second process of the gateway's; return how it ended and what it said."""
    place = served.place
    words = [
        "--config",
        str(place.config),
        "--state",
        str(place.state),
        "serve",
        "--worker",
        "1",
        *([] if THROUGH_EDGE else ["--listen", "127.0.0.1:0"]),
    ]
    done = subprocess.run([sys.executable, "-m", "gateway", *words], capture_output=True, timeout=SECONDS, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_a_node_that_cannot_read_the_policy_in_force_does_not_start(served, changes):
    assert changes
    reviews = served.place.config / "policy" / "reviews.toml"
    text = reviews.read_text(encoding="utf-8")
    with sqlite3.connect(served.place.state / "facts.sqlite") as store:
        (content,) = store.execute("SELECT content FROM policy_proposal WHERE number = 1").fetchone()
        files = json.loads(content)
    # The configuration itself stays sound: of the store's policy alone a document is missing its day.
    added = files["legal_basis.toml"] + (
        '\n[[document]]\nkey = "NEW"\nlevel = "LAW"\ntitle_zh = "x"\ntitle_en = "x"\nvalid_from = "2026-01-01"\n'
        'articles = ["1"]\n'
    )
    for stored, said in [
        ({**files, "legal_basis.toml": added}, "it is not what was approved"),
        ({**files, "texts.toml": "="}, "texts.toml"),
    ]:
        with sqlite3.connect(served.place.state / "facts.sqlite") as store:
            store.execute("UPDATE policy_proposal SET content = ? WHERE number = 1", (json.dumps(stored),))
        try:
            code, told = start(served)
        finally:
            with sqlite3.connect(served.place.state / "facts.sqlite") as store:
                store.execute("UPDATE policy_proposal SET content = ? WHERE number = 1", (content,))
        assert code == 1
        assert "the policy in force, number 1 of the store" in told
        assert said in told
    assert reviews.read_text(encoding="utf-8") == text


def test_every_worker_on_a_port_answers_by_it(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("workers"), workers=2) as served:
        digest, _ = changed(served, versioned("both"))
        until = time.monotonic() + SECONDS
        while served.log.count('"event": "serving"') < 4:
            assert time.monotonic() < until
            asked(served)
        writers = {}
        while len(writers) < 2:
            channel = served.new_channel()
            try:
                call = channel.unary_unary(CHECK, None, None)
                raw = call(award(served.city.example("grade_b").uscc).SerializeToString(), timeout=20)
            finally:
                channel.close()
            answer = credit_pb2.CheckEligibilityResponse.FromString(raw)
            writers[answer.audit_position.writer] = answer.basis.policy_digest
            assert time.monotonic() < until
        assert set(writers.values()) == {digest}
