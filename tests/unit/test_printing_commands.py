"""The commands that print: what a file's name says is made, and nothing is asked when it cannot be."""

from __future__ import annotations

import argparse
import json
import sys

import pytest
from printed import read_pdf, squeezed
from unit.test_receipt_page import with_body
from unit.test_referral_letters import SENT, case

from adapters.errors import SettingsError
from adapters.letters.referring import referral_letter
from formats.receipt import ReceiptError, decode_receipt, encode_receipt
from gateway.cli import page_words as words
from gateway.cli.check_kept import Kept, recorded
from gateway.cli.main import main, parser
from gateway.cli.receipt_page import page_of
from gateway.cli.receipt_print import receipt_print
from gateway.cli.receipt_said import parts_of
from gateway.cli.referral_letter import _writer

CALLER = {"agency": "trading-centre", "role": "asking-system"}


@pytest.fixture
def receipt(tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(encode_receipt(with_body(caller=CALLER, officer="李经办")))
    return file


def test_a_receipt_is_printed_where_the_file_is_called_pdf_and_is_a_page_with_it_elsewhere(receipt, tmp_path, capsys):
    paper, page = tmp_path / "a.PDF", tmp_path / "a.html"
    assert main(["audit", "page", str(receipt), "--out", str(paper), "--json"]) == 0
    code = json.loads(capsys.readouterr().out)["query_code"]
    assert main(["audit", "page", str(receipt), "--out", str(page)]) == 0
    shown = read_pdf(paper.read_bytes())
    assert shown.codes == (f"{code}\njsg audit receipt {code}",)
    assert shown.attached == {"receipt.json": receipt.read_bytes()}
    assert page.read_text(encoding="utf-8") == page_of(receipt.read_bytes())


def test_paper_says_of_a_receipt_what_its_page_on_a_screen_says(receipt, tmp_path):
    paper = tmp_path / "a.pdf"
    assert main(["audit", "page", str(receipt), "--out", str(paper)]) == 0
    shown, page = read_pdf(paper.read_bytes()).text, page_of(receipt.read_bytes())
    for said in ("trading-centre / asking-system", "李经办", "项目-17", *words.TITLE, words.NO_ANSWER[0]):
        assert said in page
        assert squeezed(said) in shown
    assert receipt_print(receipt.read_bytes()).blocks[:-1] == tuple(parts_of(decode_receipt(receipt.read_bytes())))


def test_what_is_no_receipt_is_not_printed(tmp_path, capsys):
    (tmp_path / "a").write_bytes(b"{}")
    assert main(["audit", "page", str(tmp_path / "a"), "--out", str(tmp_path / "b.pdf")]) == 1
    assert "not a receipt" in capsys.readouterr().err
    assert not (tmp_path / "b.pdf").exists()
    with pytest.raises(ReceiptError, match="cannot be read"):
        receipt_print(encode_receipt(with_body(verdict=99)))


def test_a_character_that_no_font_has_is_told_and_nothing_is_written(tmp_path, capsys):
    (tmp_path / "a").write_bytes(encode_receipt(with_body(caller=CALLER, officer="李\U0001f600")))
    assert main(["audit", "page", str(tmp_path / "a"), "--out", str(tmp_path / "b.pdf")]) == 1
    assert "U+1F600" in capsys.readouterr().err
    assert not (tmp_path / "b.pdf").exists()


def test_a_letter_is_printed_where_the_file_is_called_pdf(tmp_path):
    draft = referral_letter(case(SENT))
    paper = _writer(argparse.Namespace(out=tmp_path / "a.pdf", fonts=None, referral="YS-2026-7"))(draft)
    assert squeezed(draft.body[0].zh) in read_pdf(paper).text
    assert read_pdf(paper).codes == ("YS-2026-7\njsg referral show YS-2026-7",)
    assert _writer(argparse.Namespace(out=tmp_path / "a.docx", fonts=None, referral="YS-2026-7"))(draft)[:2] == b"PK"


def test_without_the_libraries_it_is_said_before_anything_is_asked(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.delitem(sys.modules, "console.printing.pdf", raising=False)
    asked = ["check", "91420399MA00K2UM2D", "--area", "bidding", "--point", "award", "--case", "1"]
    assert main([*asked, "--print", str(tmp_path / "a.pdf")]) == 1
    assert "extra `print`" in capsys.readouterr().err
    assert main(["listing", "print", "L-17", "--out", str(tmp_path / "a.pdf")]) == 1
    assert "extra `print`" in capsys.readouterr().err
    with pytest.raises(SettingsError, match="extra `print`"):
        _writer(argparse.Namespace(out=tmp_path / "a.pdf", fonts=None))


def test_nothing_is_fetched_when_nothing_is_to_be_kept():
    asked = ["check", "91420399MA00K2UM2D", "--area", "bidding", "--point", "award", "--case", "1"]
    kept = Kept.of(parser(asked).parse_args(asked))
    assert (kept.receipt, kept.page, kept.write_pdf) == (None, None, None)
    assert kept.keep(None, None, None)


def test_who_asked_and_when_are_the_records_own_words(receipt):
    found = recorded(receipt.read_bytes())
    assert (found.agency, found.at.isoformat()) == ("trading-centre / asking-system", "2026-11-24T04:00:00+00:00")
    with pytest.raises(ReceiptError, match="cannot be read"):
        recorded(encode_receipt(with_body()))
