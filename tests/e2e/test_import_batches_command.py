"""``jsg import --stage`` and the words about a batch, as two officers at their terminals type them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import HRSS, new_party, today
from google.protobuf import json_format

from gateway.cli.main import main
from gateway.sample.records import listing
from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("served")
LI, WANG = f"{HRSS}.li", f"{HRSS}.wang"


@pytest.fixture
def jsg(served, capsys):
    """Return a function that runs a command as somebody, and returns its exit code, its output and its errors."""
    for who in (LI, WANG):
        if not (served.place.state / "pki" / "clients" / f"{who}.pem").exists():
            issue_client(served.place.state / "pki", *who.split("."), 90, datetime.now(UTC))

    def run(*words, who=LI):
        place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}", "--as", who]
        capsys.readouterr()
        code = main([*place, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path):
    """Return a function that writes listings of so many new enterprises to a file of the feed wage_list."""

    def write(count):
        path = tmp_path / "wage_list.jsonl"
        decided = today() - timedelta(days=30)
        parties = [new_party() for _ in range(count)]
        records = [record for party in parties for record in listing(party, f"L-{party.uscc}", decided)]
        lines = [
            json.dumps(json_format.MessageToDict(record, preserving_proto_field_name=True), ensure_ascii=False)
            for record in records
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path), parties

    return write


def staged(jsg, path, *more):
    code, out, err = jsg("import", path, "--stage", *more)
    assert code == 0, out + err
    batch, digest = re.search(r"jsg import approve (batch-\w+) --difference (\w+)", out).groups()
    return batch, digest, out


def test_a_file_is_staged_shown_approved_by_another_and_revoked_by_another(jsg, file):
    path, parties = file(11)
    batch, digest, out = staged(jsg, path)
    assert "须第二人审批 by a second person" in out
    assert out.count("无 none → 限制 block") == 11
    assert staged(jsg, path)[:2] == (batch, digest)

    code, out, _ = jsg("import", "list", "--waiting")
    assert (code, f"{batch}  待审批 waits for approval  wage_list" in out) == (0, True)
    code, out, _ = jsg("import", "show", batch, "--limit", "2")
    assert (code, out.count("→"), "more: --page" in out) == (0, 2, True)
    page = out.rsplit("--page ", 1)[1].strip()
    assert sorted(p.uscc for p in parties)[2] in jsg("import", "show", batch, "--limit", "2", "--page", page)[1]

    code, _, err = jsg("import", "approve", batch, "--difference", digest)
    assert (code, "SECOND_PERSON_REQUIRED" in err) == (1, True)
    code, out, _ = jsg("import", "approve", batch, "--difference", digest, who=WANG)
    assert (code, "stored 22, unchanged 0, held 0, rejected 0" in out) == (0, True)

    code, _, err = jsg("import", "revoke", batch, "--reason", "wrong file", "--document", "撤1号")
    assert (code, "SECOND_PERSON_REQUIRED" in err) == (1, True)
    code, out, _ = jsg("import", "revoke", batch, "--reason", "wrong file", "--document", "撤1号", who=WANG)
    assert (code, "void 22, of which restored 0, left 0" in out) == (0, True)
    code, out, _ = jsg("import", path, "--stage")
    assert (code, "--again 2" in out) == (1, True)
    again, _, _ = staged(jsg, path, "--again", "2")
    assert again != batch
    code, out, _ = jsg("import", "discard", again, "--reason", "not needed")
    assert (code, out) == (0, f"{again}: 已放弃 discarded\n")


def test_an_approval_of_what_was_shown_before_shows_what_it_is_now(jsg, file):
    path, _ = file(1)
    batch, digest, _ = staged(jsg, path)
    code, out, _ = jsg("import", path)
    assert (code, "batch 批次 batch-" in out) == (0, True)
    code, out, err = jsg("import", "approve", batch, "--difference", digest)
    assert (code, "DIFFERENCE_CHANGED" in err, "无变化 unchanged 2" in out) == (1, True, True)


def test_json_holds_the_difference_and_the_answers(jsg, file):
    path, _ = file(1)
    code, out, _ = jsg("import", path, "--stage", "--json")
    (report,) = json.loads(out)["files"]
    assert (code, report["staged"], report["import"]["difference"]["restricted"]) == (0, 2, "1")
    digest = report["import"]["difference"]["digest"]
    code, out, _ = jsg("import", "approve", report["batch"], "--difference", digest, "--json")
    assert (code, json.loads(out)["batch"]["state"]) == (0, "IMPORT_STATE_APPLIED")


def test_a_word_without_its_batch_is_a_usage_error(jsg):
    with pytest.raises(SystemExit) as ended:
        jsg("import", "revoke", "--reason", "r", "--document", "d")
    assert ended.value.code == 2
