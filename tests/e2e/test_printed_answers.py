"""Printing against a gateway: an answer and a decision to list, each with the code that finds its entry."""

from __future__ import annotations

import json

import pytest
from e2e.served import BIDDING, HRSS
from e2e.test_listing_life import CONTENT, ERROR, Office, listed
from printed import read_pdf

from formats.receipt import decode_receipt
from gateway.cli.main import main
from gateway.cli.receipt_page import query_code_of

pytestmark = pytest.mark.xdist_group("served")
REGISTRATION = ("--area", "bidding", "--point", "registration", "--case", "JSGC-2026-41", "--officer", "li.wei")


def place_of(served):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    return [*place, "--address", f"127.0.0.1:{served.port}"]


def code_on(file):
    (scanned,) = read_pdf(file.read_bytes()).codes
    return scanned.partition("\n")[0]


def test_an_answer_is_printed_with_the_code_that_fetches_its_receipt(served, tmp_path, capsys):
    place, paper, receipt, again = place_of(served), tmp_path / "a.pdf", tmp_path / "a.json", tmp_path / "b.json"
    uscc = served.city.example("grade_a").uscc
    kept = ["--receipt", str(receipt), "--print", str(paper)]
    assert main([*place, "--as", BIDDING, "check", uscc, *REGISTRATION, *kept]) == 0
    shown = read_pdf(paper.read_bytes()).text
    for said in (uscc, "可以办理", "无限制措施", "JSGC-2026-41", "li.wei", BIDDING.replace(".", "/")):
        assert said in shown, said
    code = code_on(paper)
    assert code == query_code_of(decode_receipt(receipt.read_bytes()))
    assert read_pdf(paper.read_bytes()).attached == {"receipt.json": receipt.read_bytes()}
    assert main([*place, "--as", BIDDING, "audit", "receipt", code, "--out", str(again)]) == 0
    assert decode_receipt(again.read_bytes()).envelope == decode_receipt(receipt.read_bytes()).envelope


def test_what_cannot_be_printed_is_told_with_how_to_fetch_its_receipt_and_the_answer_stands(served, tmp_path, capsys):
    place, nowhere = place_of(served), tmp_path / "nowhere" / "a.pdf"
    uscc = served.city.example("grade_a").uscc
    assert main([*place, "--as", BIDDING, "check", uscc, *REGISTRATION, "--print", str(nowhere)]) == 1
    said = capsys.readouterr()
    assert "CLEAR" in said.out
    assert f"--print {nowhere}: " in said.err
    assert "jsg audit receipt" in said.err


def test_the_decision_is_printed_with_what_it_must_state_and_the_code_of_that_reading(served, tmp_path, capsys):
    office = Office(served, capsys, tmp_path)
    paper = tmp_path / "decision.pdf"
    code, text = office.jsg("listing", "print", office.listing, "--out", paper)
    assert code == ERROR, text
    listed(office)
    code, text = office.jsg("listing", "print", office.listing, "--out", paper, "--name", "示例市某某公司", "--json")
    assert code == 0, text
    shown = read_pdf(paper.read_bytes())
    for said in (*CONTENT[1::2], "示例人社监〔2026〕9号", "示例市某某公司", "REFUSED_TO_PAY", "回证3", "修复告知1号"):
        assert said in shown.text, said
    assert shown.text.count("姓名、职务") == 2
    assert "示例甲" not in shown.text
    query_code = json.loads(text)["query_code"]
    assert shown.codes == (f"{query_code}\njsg audit receipt {query_code}",)
    code, text = office.jsg("--as", HRSS, "audit", "receipt", query_code, "--out", tmp_path / "a.json")
    assert code == 0, text
