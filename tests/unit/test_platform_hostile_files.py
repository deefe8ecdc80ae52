"""The connector shares folders with another system: what lies there is read with bounds, and never written through."""

from __future__ import annotations

import json
import os

import pytest
from platform_stream import Stream, at, listed, named

from adapters.platform import handing
from adapters.platform.following import report
from adapters.platform.layouts import read
from gateway.cli.connector import _foreign_json

NOW = at("2026-03-10T09:00")


@pytest.fixture
def stream(tmp_path):
    found = Stream(tmp_path)
    found.tell(named(), feed="market_regulation")
    found.tell(*listed(), feed="wage_list")
    report(found.ledger, NOW)
    return found


def receipts(stream):
    return stream.settings.folder / "receipts"


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"", b"null", b'{"batch": 1, "sha256": []}']
)
def test_a_receipt_made_to_harm_stays_and_does_not_hold_up_the_others(stream, content):
    (receipts(stream) / "000000000.receipt.json").write_bytes(content)
    (receipts(stream) / "000000001.receipt.json").write_bytes(content)
    bad = handing.read_receipts(stream.ledger, NOW)

    assert [each.file for each in bad] == ["000000000.receipt.json", "000000001.receipt.json"]
    stream.receipt(1)
    assert [each.file for each in handing.read_receipts(stream.ledger, NOW)] == ["000000000.receipt.json"]


@pytest.mark.parametrize("status", [[], {}, None, 1, ["ACCEPTED"]])
def test_a_status_of_another_type_is_no_status(stream, status):
    stream.receipt(1, status=status)
    (bad,) = handing.read_receipts(stream.ledger, NOW)

    assert "status must be" in bad.why


def test_a_receipt_beyond_all_bounds_is_not_read_into_memory(stream):
    with (receipts(stream) / "000000001.receipt.json").open("wb") as file:
        file.truncate(handing._LARGEST_RECEIPT + 1)
    (bad,) = handing.read_receipts(stream.ledger, NOW)

    assert "is over" in bad.why


def test_a_link_among_the_receipts_is_not_followed(stream):
    stream.receipt(1)
    given = receipts(stream) / "000000001.receipt.json"
    elsewhere = given.rename(stream.settings.folder / "elsewhere")
    given.symlink_to(elsewhere)

    assert [each.file for each in handing.read_receipts(stream.ledger, NOW)] == [given.name]


def test_a_link_laid_where_a_file_is_about_to_be_written_is_not_written_through(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("whole", encoding="utf-8")
    (tmp_path / f".batch.csv.{os.getpid()}.part").symlink_to(victim)

    handing.put(tmp_path / "batch.csv", b"new")

    assert victim.read_text(encoding="utf-8") == "whole"
    assert (tmp_path / "batch.csv").read_bytes() == b"new"
    assert not (tmp_path / "batch.csv").is_symlink()


@pytest.mark.parametrize("content", [b'a,b\n"x', b'a\n"x"y\n', b"a\n" + b"x" * 200_000, b"\xff", b"", b"a,a\n"])
def test_what_is_no_csv_of_the_platform_is_a_fault_in_words(content):
    with pytest.raises(ValueError, match=r".+"):
        read(content)


def test_json_nested_without_end_is_a_fault_in_words():
    with pytest.raises(ValueError, match="nested too deeply"):
        _foreign_json(b"[" * 100_000)
    assert _foreign_json(json.dumps({"kinds": {}}).encode()) == {"kinds": {}}
