"""Pages of receipts and their query codes, by the commands and over the wire."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, FINANCE, award, body_of
from jointsanctions.v1 import credit_pb2, receipt_pb2
from log_folders import logs_begun

from formats.query_code import decode_query_code, encode_query_code
from formats.receipt import decode_receipt
from gateway.cli.main import main
from gateway.cli.receipt_page import query_code_of

ALONE = Path(__file__).parents[2] / "tools" / "verify_receipt.py"
RECEIPT = "/jointsanctions.v1.CreditService/GetReceipt"


def fetched(served, who=BIDDING, **wanted):
    return served.send(RECEIPT, receipt_pb2.GetReceiptRequest(officer="o-1", **wanted), who)


@pytest.fixture(scope="module")
def asked(served):
    """Return an answer's receipt as its caller has it, and its query code."""
    answer = credit_pb2.CheckEligibilityResponse.FromString(
        served.send(CHECK, award(served.city.example("listed").uscc)).answer
    )
    place = answer.audit_position
    found = fetched(served, writer=place.writer, number=place.number, leaf_hash=place.leaf_hash)
    content = receipt_pb2.GetReceiptResponse.FromString(found.answer).receipt
    return content, query_code_of(decode_receipt(content))


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " "), lambda code: code[::1] + " "])
def test_by_the_code_on_paper_the_agency_has_the_receipt_again(served, asked, typed):
    content, code = asked
    found = receipt_pb2.GetReceiptResponse.FromString(fetched(served, query_code=typed(code)).answer)
    first, again = decode_receipt(content), decode_receipt(found.receipt)
    assert (again.envelope, again.salt, again.body) == (first.envelope, first.salt, first.body)
    body = body_of(served.entry(found.audit_position))
    assert body["proof"] == {"year": int(found.origin[-4:]), "index": found.index}


def test_an_auditor_has_it_without_the_question(served, asked):
    content, code = asked
    found = receipt_pb2.GetReceiptResponse.FromString(fetched(served, AUDITOR, query_code=code).answer)
    assert decode_receipt(found.receipt).envelope == decode_receipt(content).envelope
    assert not decode_receipt(found.receipt).body


def test_nobody_else_learns_whether_a_code_is_one(served, asked):
    _, code = asked
    theirs = fetched(served, FINANCE, query_code=code)
    year, index = decode_query_code(code).year, 3
    nothing = fetched(served, FINANCE, query_code=encode_query_code(year, index, bytes(32)))
    far = fetched(served, FINANCE, query_code=encode_query_code(2099, 2**50, bytes(32)))
    opening = fetched(served, query_code=encode_query_code(year, 0, bytes(32)))

    assert {each.reason for each in (theirs, nothing, far, opening)} == {"ENTERPRISE_NOT_FOUND"}
    assert len({each.details for each in (theirs, nothing, far, opening)}) == 1
    assert {key for each in (theirs, nothing) for (info,) in [each.infos] for key in info.metadata} == {
        key for (info,) in [nothing.infos] for key in info.metadata
    }


def test_a_place_is_not_enough_without_the_beginning_of_the_leaf_hash(served, asked):
    code = decode_query_code(asked[1])
    other = fetched(served, query_code=encode_query_code(code.year, code.index, bytes(32)))
    assert other.reason == "ENTERPRISE_NOT_FOUND"


@pytest.mark.parametrize(
    "wanted",
    [
        {"query_code": "0TZZ-ZZZZ-ZZZZ-ZZ11-00"},
        {"query_code": "?"},
        {"query_code": "A" * 100},
        {"writer": "gw1-0"},
        {"number": 4},
        {"leaf_hash": bytes(32)},
    ],
)
def test_what_is_no_code_or_more_than_one_is_refused_by_name(served, asked, wanted):
    _, code = asked
    outcome = fetched(served, **{"query_code": code, **wanted})
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "query_code")


def test_the_commands_fetch_by_code_make_the_page_and_verify_it(served, asked, tmp_path, capsys):
    _, code = asked
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    place += ["--address", f"127.0.0.1:{served.port}"]
    receipt, page = tmp_path / "a.json", tmp_path / "a.html"

    assert main([*place, "--as", BIDDING, "audit", "receipt", code, "--out", str(receipt)]) == 0
    assert main([*place, "audit", "page", str(receipt), "--out", str(page)]) == 0
    assert code in capsys.readouterr().out
    assert main([*place, "audit", "verify", "--json", str(page)]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "RESTRICTED"
    key = logs_begun(served.place.state)[0] / "vkey"
    apart = [sys.executable, str(ALONE), "--key", key.read_text(encoding="utf-8").strip(), str(page)]
    assert ": proven: " in subprocess.run(apart, capture_output=True, text=True, check=True).stdout

    sound = page.read_text(encoding="utf-8")
    page.write_text(sound.replace("受限，不得批准", "可以办理"), encoding="utf-8")
    assert main([*place, "audit", "verify", str(page)]) == 1
    assert "something in it was changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "query code"),
        (["gw1-0/x"], "neither WRITER/NUMBER nor a query code"),
        (["gw1-0/4"], "needs the leaf hash"),
        (["0TZZ-ZZZZ-ZZZZ-ZZ11-00"], "mistyped"),
    ],
)
def test_a_place_that_is_none_is_refused_before_anything_is_asked(served, tmp_path, capsys, words, said):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    assert main([*place, "audit", "receipt", *words, "--out", str(tmp_path / "a")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_what_is_no_receipt_has_no_page(served, tmp_path, capsys):
    (tmp_path / "a").write_bytes(b"{}")
    assert main(["audit", "page", str(tmp_path / "a"), "--out", str(tmp_path / "b")]) == 1
    assert "not a receipt" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_what_cannot_be_written_is_a_clear_error_and_the_answer_is_told_all_the_same(served, tmp_path, capsys):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    place += ["--address", f"127.0.0.1:{served.port}", "--as", BIDDING]
    nowhere, kept = tmp_path / "nowhere" / "a.json", tmp_path / "a.json"
    award_of = ["--area", "bidding", "--point", "registration", "--case", "JSGC-2026-31", "--officer", "li.wei"]

    code = main([*place, "check", served.city.example("grade_a").uscc, *award_of, "--receipt", str(nowhere)])
    said = capsys.readouterr()
    assert (code, "CLEAR" in said.out) == (1, True)
    assert f"--receipt {nowhere}: " in said.err
    (again,) = re.findall(r"jsg (audit receipt \S+/\d+ [0-9a-f]{64}) --out FILE", said.err)
    assert main([*place, *again.split(), "--out", str(nowhere)]) == 1
    assert f"--out {nowhere}: " in capsys.readouterr().err
    assert main([*place, *again.split(), "--out", str(kept)]) == 0
    assert main(["audit", "page", str(kept), "--out", str(nowhere)]) == 1
    assert f"--out {nowhere}: " in capsys.readouterr().err


def keys_of(page):
    (given,) = re.findall(r'<script type="application/json" id="given">(.*?)</script>', page, re.DOTALL)
    return json.loads(given)["keys"]


def test_the_page_that_verifies_trusts_the_keys_of_the_logs_and_their_witnesses(served, tmp_path, capsys):
    config, out = tmp_path / "config", tmp_path / "receipt.html"
    witness = "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    shutil.copytree(served.place.config, config)
    with (config / "gateway.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[witnesses]]\nkey = "{witness}"\nurl = "https://witness.example.org/w1"\n')
    place = ["--config", str(config), "--state", str(served.place.state), "audit", "verifier"]
    logs = [file.read_text(encoding="utf-8").strip() for file in sorted((served.place.state / "log").glob("*/vkey"))]

    assert main([*place, "--out", str(out)]) == 0
    assert (logs != [], keys_of(out.read_text(encoding="utf-8"))) == (True, [*logs, witness])
    (tmp_path / "keys").write_text(f"{witness}\n", encoding="utf-8")
    assert main([*place, "--keys", str(tmp_path / "keys"), "--out", str(out), "--json"]) == 0
    assert keys_of(out.read_text(encoding="utf-8")) == [witness]
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"file": str(out), "keys": [witness]}


def test_without_a_key_there_is_no_page_that_verifies(served, tmp_path, capsys):
    out = tmp_path / "receipt.html"
    empty = ["--config", str(served.place.config), "--state", str(tmp_path / "state"), "audit", "verifier"]
    assert main([*empty, "--out", str(out)]) == 2
    assert "no key is at hand" in capsys.readouterr().err
    place = ["--config", str(served.place.config), "--state", str(served.place.state), "audit", "verifier"]
    assert main([*place, "--out", str(tmp_path / "nowhere" / "a.html")]) == 1
    assert "--out" in capsys.readouterr().err
    assert not out.exists()
