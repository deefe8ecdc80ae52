"""Side-cars killed in the middle of a write, and gateways that are gone: nothing is granted twice or unseen."""

from __future__ import annotations

import http.client
import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest
from e2e.sidecars import about, configured, sidecar_of

from gateway.cli.main import main

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
AFTER_THE_GRANT = (
    f"from adapters.http.keeping import SidecarJournal\ndef killed(*_):\n    {KILLED}\nSidecarJournal.end = killed"
)
BEFORE_THE_GRANT = f"from adapters.granting import Granting\ndef killed(*_):\n    {KILLED}\nGranting._record = killed"


def outcomes(journal, case):
    query = (
        "SELECT o.kind, q.number FROM question q LEFT JOIN outcome o ON o.question = q.number"
        " WHERE q.case_ref = ? AND q.decision_point = ? ORDER BY q.number"
    )
    with closing(sqlite3.connect(journal)) as connection:
        award = connection.execute("SELECT max(decision_point) FROM question WHERE case_ref = ?", (case,)).fetchone()[0]
        return connection.execute(query, (case, award)).fetchall()


@pytest.mark.parametrize(("before", "questions"), [(AFTER_THE_GRANT, 1), (BEFORE_THE_GRANT, 2)])
def test_a_grant_that_was_cut_off_is_found_under_its_key_or_asked_for_anew(served, tmp_path, before, questions):
    winner, case, key = served.city.example("grade_a"), f"T-{uuid4().hex}", uuid4().hex
    with sidecar_of(served.place, tmp_path, served.port, before=before) as victim:
        assert victim.post("/v1/checks", about(winner, "CANDIDATE_PUBLICITY", case)).json["mayProceed"]
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            victim.post("/v1/grants", about(winner, case=case), key)
        assert victim.process.wait(timeout=30) == -9

    with sidecar_of(served.place, tmp_path, served.port) as sidecar:
        granted = sidecar.post("/v1/grants", about(winner, case=case), key)
        again = sidecar.post("/v1/grants", about(winner, case=case), key)

    assert (granted.status, again.status, again.json) == (201, 201, granted.json)
    found = outcomes(sidecar.journal, case)
    assert len(found) == questions
    assert [(kind, number) for kind, number in found if kind] == [("GRANTED", granted.json["number"])]


def test_a_gateway_that_is_gone_grants_nothing_and_the_journal_shows_that_it_was_asked(start_gateway, tmp_path):
    gateway = start_gateway()
    winner, case = gateway.city.example("grade_a"), f"T-{uuid4().hex}"
    patience = {"deadline_seconds = 10": "deadline_seconds = 2"}
    with sidecar_of(gateway.place, tmp_path, gateway.port, changes=patience) as sidecar:
        assert sidecar.post("/v1/checks", about(winner, "CANDIDATE_PUBLICITY", case)).json["mayProceed"]
        gateway.process.terminate()
        gateway.process.wait(timeout=60)

        said = sidecar.post("/v1/checks", about(winner, case=case))
        refused = sidecar.post("/v1/grants", about(winner, case=case), uuid4().hex)
        health = sidecar.get("/v1/health")
        asked = sidecar.get("/v1/checks/2").json

    assert (said.status, said.reason, refused.status, refused.reason) == (503, "NO_ANSWER", 503, "NO_ANSWER")
    assert (health.status, health.json["ready"], health.json["gateway"]) == (503, False, False)
    assert (asked["caseRef"], asked["failure"], asked["outcomes"]) == (case, "NO_ANSWER", [])
    assert "verdict" not in asked


def test_a_second_side_car_on_the_same_journal_does_not_start(served, tmp_path, capsys):
    with sidecar_of(served.place, tmp_path, served.port):
        file, _ = configured(tmp_path, f"127.0.0.1:{served.port}")
        place = ["--config", str(served.place.config), "--state", str(served.place.state)]
        assert main([*place, "adapter", "bidding", "--file", str(file)]) == 1
    assert "another side-car" in capsys.readouterr().err


def test_it_ends_by_itself_when_it_is_told_to(served, tmp_path):
    with sidecar_of(served.place, tmp_path, served.port) as sidecar:
        sidecar.process.terminate()
        assert sidecar.process.wait(timeout=60) == 0
        with pytest.raises(ConnectionRefusedError):
            sidecar.get("/v1/health")


def test_what_would_have_been_stopped_is_told_of_the_day(served, tmp_path):
    listed, case = served.city.example("listed"), f"T-{uuid4().hex}"
    with sidecar_of(served.place, tmp_path, served.port, changes={'mode = "enforce"': 'mode = "observe"'}) as sidecar:
        said = sidecar.post("/v1/checks", about(listed, "EVALUATION", case)).json
        assert (said["standing"], said["mayProceed"], said["wouldBeStoppedBy"]) == ("OBSERVED", True, "RESTRICTED")
        granted = sidecar.post("/v1/grants", about(listed, case=case), uuid4().hex)
        assert (granted.status, granted.json["wouldBeStoppedBy"]) == (201, "NO_EARLIER_ANSWER")
        day = sidecar.get("/v1/observed").json
    assert (day["questions"], day["wouldBeStopped"]) == (2, 2)
    assert day["byReason"] == {"NO_EARLIER_ANSWER": 1, "RESTRICTED": 2}
    file, _ = configured(tmp_path, "127.0.0.1:1")
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    assert main([*place, "adapter", "bidding", "--file", str(file), "--report", day["date"]]) == 0
