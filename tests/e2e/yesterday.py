"""A gateway that was asked yesterday, and what is sent to it about that day."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from audit_calls import record
from e2e.served import AUDITOR, CONFIG, gateway_in, prepared, today
from indexed_days import OWN, asked, investigated
from jointsanctions.v1 import common_pb2, day_index_pb2, opened_entry_pb2, subject_pb2
from log_folders import logs_begun

from formats.civil import midnight
from formats.day_proof import verify_day_proof
from formats.note import parse_key
from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.security.log_keys import holds

WINDOW, POLICE, COURT = "hrss-window.subject", "public-security.police", "sample-court.court"
PROOF = "/jointsanctions.v1.AuditService/GetDayProof"
OWN_PROOF = "/jointsanctions.v1.SubjectService/GetOwnDayProof"
COUNT = "/jointsanctions.v1.AuditService/GetCallCount"
OPEN = "/jointsanctions.v1.AuditService/OpenEntry"
RELEASE = "/jointsanctions.v1.AuditService/ReleaseInvestigation"
WHO_ASKED = "/jointsanctions.v1.SubjectService/ListWhoAsked"
TOOL = Path(__file__).parents[2] / "tools" / "verify_days.py"
DAY = today() - timedelta(days=1)
CASE = "鄂公侦〔2026〕12号"
EARLIER = "gw0-0"
"""A queue of a process that is no more, with yesterday's calls."""


@contextmanager
def asked_yesterday(folder):
    """Serve a gateway that was asked yesterday, once by the police; a court has a mandate."""
    shutil.copytree(CONFIG, folder / "config")
    with (folder / "config" / "agencies.toml").open("a", encoding="utf-8") as file:
        entry = '\n[[agency]]\nid = "{}"\nrole = "{}"\nname_zh = "示例"\nname_en = "Sample"\nterritory = "420300"\n'
        file.write(entry.format(*COURT.split(".")))
    place = prepared(folder, {})
    settings = load_config(place.config).settings
    engine = store_engine(settings)
    queues = audit_place(settings, engine)
    drafts = [
        asked(OWN, agency="public-resources-trading"),
        asked(OWN, agency="public-resources-trading", outcome="AREA_NOT_IN_MANDATE"),
        investigated(OWN, case=CASE),
    ]
    noon = midnight(DAY) + timedelta(hours=12)
    record(queues, *drafts, writer=EARLIER, times=[noon + timedelta(seconds=second) for second in range(3)])
    queues.close()
    engine.dispose()
    with gateway_in(folder, filled=False) as gateway:
        until_indexed(gateway)
        yield gateway


def until_indexed(gateway):
    """Ask again and again until the day has its index; a day is indexed a minute after its end."""
    while not (found := gateway.send(PROOF, wanted(), AUDITOR)).ok:
        assert found.reason in {"STATE", "QUOTA_EXCEEDED"}, found.text()


def wanted(**parts):
    named = {"uscc": OWN, "from_day": DAY.isoformat(), "until_day": DAY.isoformat(), "officer": "o-1"}
    return day_index_pb2.GetDayProofRequest(**{**named, **parts})


def own(**parts):
    named = {"from_day": DAY.isoformat(), "until_day": DAY.isoformat(), "officer": "o-1", "case_ref": "窗口1"}
    code = parts.pop("uscc", OWN)
    return day_index_pb2.GetOwnDayProofRequest(**{**named, **parts}, enterprise=common_pb2.EnterpriseRef(uscc=code))


def counted(**parts):
    return day_index_pb2.GetCallCountRequest(**{"day": DAY.isoformat(), "officer": "o-1", **parts})


def releasing(**parts):
    named = {
        "request_id": "release-1",
        "case_ref": CASE,
        "document_number": "鄂公法〔2026〕8号",
        "review_on": "2099-01-31",
        "officer": "o-1",
    }
    return day_index_pb2.ReleaseInvestigationRequest(**{**named, **parts})


APPROVAL = common_pb2.Authorization(document_number="鄂法〔2026〕3号", signed_on="2026-01-05", purpose="审理")


def key_file(gateway):
    return logs_begun(gateway.place.state)[0] / "vkey"


def proven(gateway, content):
    """Return what a proof proves to the verifier of the program, after the other one has agreed."""
    key = key_file(gateway).read_text().strip()
    file = gateway.place.state / "proof.json"
    file.write_bytes(content)
    tool = subprocess.run([sys.executable, TOOL, "--key", key, file], capture_output=True, text=True, check=False)
    assert tool.returncode == 0, tool.stdout + tool.stderr
    told = json.loads(tool.stdout.partition("proven: ")[2])
    uscc, days = verify_day_proof(content, [parse_key(key)], holds)
    sides = {side: [each for day in days for each in day.entries[side]] for side in days[0].entries}
    assert {side: told.get(side) for side in sides} == sides
    assert (told["uscc"], told["from"], told["until"]) == (uscc, str(days[0].day), str(days[-1].day))
    return sides


def proof_of(gateway, path, request, who, answer=day_index_pb2.GetDayProofResponse):
    outcome = gateway.send(path, request, who)
    assert outcome.ok, outcome.text()
    return answer.FromString(outcome.answer).proof


def opening(**parts):
    named = {"log": today().year, "index": 1, "officer": "o-1", "case_ref": "鄂法2026-1"}
    return opened_entry_pb2.OpenEntryRequest(**{**named, "authorization_ref": APPROVAL, **parts})


def named_by_the_proof(gateway):
    """Return the index in the log of the investigation that yesterday's index names."""
    request = wanted(case_ref="鄂法2026-1", authorization_ref=APPROVAL)
    return proven(gateway, proof_of(gateway, PROOF, request, COURT))["investigation"][0]["index"]


def commands_of(gateway):
    place = ["--config", str(gateway.place.config), "--state", str(gateway.place.state)]
    return [*place, "--address", f"127.0.0.1:{gateway.port}"]


def who_asked(gateway):
    request = subject_pb2.ListWhoAskedRequest(case_ref="窗口1", officer="o", page_size=1_000)
    request.enterprise.uscc = OWN
    answer = subject_pb2.ListWhoAskedResponse.FromString(gateway.send(WHO_ASKED, request, WINDOW).answer)
    return [each.agency for each in answer.questions if each.agency != "hrss-window"]
