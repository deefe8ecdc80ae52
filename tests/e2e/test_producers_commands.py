"""``jsg import`` and ``jsg registry attach``, as a producer types them, against a gateway that serves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from e2e.served import HRSS, award_known, body_of, new_party, today
from jointsanctions.v1 import credit_pb2

from gateway.cli.import_submission import CHUNK_RECORDS

pytestmark = pytest.mark.xdist_group("served")
HEADER = "name,uscc,list,authority,published_on,case_no"
LIST = "重大劳动保障违法案件"


def jsg(served, *words):
    """Run the command and return its exit code and the JSON that it printed."""
    place = ["--config", served.place.config, "--state", served.place.state, "--address", f"127.0.0.1:{served.port}"]
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, [*place, *words, "--json"])],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout)


def notices(folder, parties):
    """Write notices that were published without a code."""
    file = folder / "notices.csv"
    lines = [f"{party.name},,{LIST},示例市人社局,{today().isoformat()},示例{party.uscc}号" for party in parties]
    file.write_text("\r\n".join([HEADER, *lines, ""]), encoding="utf-8", newline="")
    return file


def submissions(served, before):
    """Return outcome and rows of every submission recorded since."""
    bodies = map(body_of, served.entries(before))
    return [(body["outcome"], body["rows"]) for body in bodies if body["method"] == "RegistryService/SubmitRecords"]


@pytest.mark.parametrize("rows", [1, CHUNK_RECORDS, CHUNK_RECORDS + 1])
def test_an_imported_file_is_a_complete_submission_also_when_it_fills_its_last_chunk(served, tmp_path, rows):
    file, before = notices(tmp_path, [new_party() for _ in range(rows)]), served.next_number()
    exits = [jsg(served, "import", file, "--mapping", "published-notices")[0] for _ in range(2)]

    assert exits == [0, 0]
    # The second time the gateway says that it has everything, and nothing is sent.
    assert submissions(served, before) == [("OK", {"stored": 0, "unchanged": 0, "held": rows, "rejected": 0})]


def test_an_officer_attaches_a_held_notice_to_its_enterprise(served, tmp_path):
    party = new_party()
    _, report = jsg(served, "import", notices(tmp_path, [party]), "--mapping", "published-notices")
    ((held,),) = (file["held_rows"] for file in report["files"])
    before = served.next_number()
    decided = ("--feed", "publications", "--authority", "示例市人社局", "--document", "示例1号")
    code, answer = jsg(served, "registry", "attach", held["record_id"], party.uscc, *decided)
    award_known(served, int(answer["data_revision"]))
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = party.uscc

    assert code == 0
    assert submissions(served, before) == [("OK", {"stored": 1, "unchanged": 0, "held": 0, "rejected": 0})]
    assert len(served.callers.as_caller(HRSS).credit_record(request).facts) == 1


def test_an_officer_takes_a_wrong_attachment_back_and_it_is_held_again(served, tmp_path):
    """X-01."""
    party = new_party()
    _, report = jsg(served, "import", notices(tmp_path, [party]), "--mapping", "published-notices")
    ((held,),) = (file["held_rows"] for file in report["files"])
    decided = ("--feed", "publications", "--authority", "示例市人社局", "--document", "示例1号")
    assert jsg(served, "registry", "attach", held["record_id"], party.uscc, *decided)[0] == 0
    code, answer = jsg(served, "registry", "detach", held["record_id"], *decided)
    award_known(served, int(answer["data_revision"]))
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = party.uscc

    assert code == 0
    assert not served.callers.as_caller(HRSS).credit_record(request).facts
    again, refused = jsg(served, "registry", "detach", "published_notice-none", *decided)
    assert again == 1
    assert [row["field"] for row in refused["rows"]] == ["attachment.record_id"]
