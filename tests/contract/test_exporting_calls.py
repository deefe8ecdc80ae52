"""Exporting recorded calls over both stores: what a search finds, proven row by row against the signed log."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from audit_calls import NOON, body, change, line, record
from exported_folders import bytes_of, export_to, keys_of, parts_of, wanted
from integrated_logs import ORIGIN

from formats.access_export import digest
from gateway.cli.export_verify import verify_export
from gateway.domain.access_export import ExportFormat
from gateway.domain.audit import Draft
from gateway.domain.errors import StateError
from gateway.security.log_keys import holds
from gateway.services import export_access
from gateway.services.export_parts import PartKind
from gateway.storage.access_index import AccessIndex

pytest_plugins = ("audit_places",)


def look(case, uscc="U1", agency="bidding", **content):
    """Return an answered check of one enterprise in a case."""
    caller = {"caller": {"agency": agency, "role": "asking-system"}}
    return Draft(body(**caller, case=case, enterprises=[uscc], verdict=1, **content))


def rows_of(parts):
    return [json.loads(row) for row in bytes_of(parts, PartKind.CONTENT).splitlines()]


def cases_of(parts):
    return [event["unmapped"]["case_ref"] for event in rows_of(parts)]


def test_an_export_holds_what_a_search_finds_the_newest_first_and_is_proven(site, key_file, tmp_path):
    record(site.place, *[look(f"C-{number}", f"U{number % 2}") for number in range(9)])
    record(site.place, look("C-x", "U1"), writer="node-1.1")
    site.integrate()
    index = AccessIndex(site.place, key_file)
    folder = export_to(tmp_path / "export", site, index, wanted(uscc="U1"))
    told = verify_export(folder, keys_of(site), holds)
    places = [json.loads(row)["metadata"]["uid"] for row in (folder / "rows.jsonl").read_bytes().splitlines()]

    found, _ = index.search(wanted(uscc="U1").filter, 100, "")
    assert places == [f"{row.entry.writer}/{row.entry.number}" for row in found]
    assert (told["rows"], told["logs"]) == (5, {ORIGIN: 5})


@pytest.mark.parametrize("form", ExportFormat)
def test_every_item_of_a_batch_is_a_row_of_its_entry(site, key_file, tmp_path, form):
    record(site.place, Draft(body(case="C-1"), [line(item, f"U{item}", verdict=1) for item in range(3)]))
    site.integrate()
    folder = export_to(tmp_path / "export", site, AccessIndex(site.place, key_file), wanted(form))

    told = verify_export(folder, keys_of(site), holds)
    assert (told["rows"], told["logs"]) == (4, {ORIGIN: 1})


def test_an_export_of_nothing_is_proven_too(site, key_file, tmp_path):
    record(site.place, look("C-1"))
    site.integrate()
    index = AccessIndex(site.place, key_file)
    for form in ExportFormat:
        folder = export_to(tmp_path / form.name, site, index, wanted(form, told={"uscc": "U9"}, uscc="U9"))
        assert verify_export(folder, keys_of(site), holds)["rows"] == 0


def test_rows_that_stand_in_the_logs_of_two_years_are_proven_by_both(site, key_file, tmp_path):
    record(site.place, look("C-1"), look("C-2"))
    site.integrate()
    site.clock.time = datetime(2027, 1, 5, tzinfo=UTC)
    record(site.place, look("C-3"))
    site.integrate()
    folder = export_to(tmp_path / "export", site, AccessIndex(site.place, key_file), wanted())
    later = ORIGIN.replace("2026", "2027")

    told = verify_export(folder, keys_of(site, ORIGIN, later), holds)
    assert told["logs"] == {ORIGIN: 2, later: 1}
    with pytest.raises(ValueError, match="trusted"):
        verify_export(folder, keys_of(site, later), holds)


def test_what_no_signed_checkpoint_covers_is_not_exported(site, key_file):
    record(site.place, look("C-1"))
    site.integrate()
    record(site.place, look("C-2"))
    index = AccessIndex(site.place, key_file)

    with pytest.raises(StateError) as caught:
        parts_of(site, index, wanted())
    assert caught.value.metadata == {"object": "node-1.0/1", "state": "RECORDED", "wanted": "SIGNED"}
    assert cases_of(parts_of(site, index, wanted(until=NOON + timedelta(seconds=1)))) == ["C-1"]


def test_a_call_that_is_in_no_log_yet_is_not_taken_for_another_that_is(site, key_file):
    record(site.place, look("C-1"))
    site.integrate()
    record(site.place, *[look(f"C-{number}") for number in range(2, 6)], writer="node-1.1")
    site.integrate()
    record(site.place, look("C-6"))
    with pytest.raises(StateError):
        parts_of(site, AccessIndex(site.place, key_file), wanted())


def test_a_call_that_is_in_the_log_and_not_signed_is_not_exported(site, key_file):
    record(site.place, look("C-1"))
    site.integrate()
    change(site.engine, "UPDATE log SET signed_size = 1")
    with pytest.raises(StateError):
        parts_of(site, AccessIndex(site.place, key_file), wanted())


def test_pages_are_put_together_without_a_gap_or_a_double_and_hashed_as_one(site, key_file, monkeypatch):
    monkeypatch.setattr(export_access, "PAGE", 3)
    monkeypatch.setattr(export_access, "HASHES", 2)
    record(site.place, *[look(f"C-{number}", f"U{number % 3}") for number in range(30)])
    site.integrate()
    parts = parts_of(site, AccessIndex(site.place, key_file), wanted(uscc="U1"))

    assert cases_of(parts) == [f"C-{number}" for number in range(28, 0, -3)]
    assert [part.rows for part in parts if part.kind is PartKind.CONTENT] == [3, 6, 9, 10]
    manifest = json.loads(bytes_of(parts, PartKind.MANIFEST))
    assert manifest["content_sha256"] == digest(bytes_of(parts, PartKind.CONTENT))
    assert manifest["proofs_sha256"] == digest(bytes_of(parts, PartKind.PROOFS))
    assert [part.kind for part in parts].count(PartKind.PROOFS) > 1


def test_only_looks_in_cases_without_an_outcome_of_that_agency_about_that_enterprise(site, key_file):
    record(
        site.place,
        look("C-1"),
        look("C-2"),
        look("C-3", agency="lending"),
        look("C-4", "U2"),
        Draft(body(case="C-5"), [line(item, f"U{item}", verdict=1) for item in range(3)]),
        Draft(body(case="C-6", method="AuditService/SearchAccess")),
        look("C-7", outcome="AREA_NOT_IN_MANDATE"),
        look("C-8", method="CreditService/GetCreditRecord"),
        Draft(body(case="C-9", enterprises=["U7", "U1"], relations=["RELATED_PARTY", "SELF"], verdict=1)),
    )
    site.integrate()
    reported = [
        ("bidding", "C-2", "U1"),
        ("bidding", "C-3", "U1"),
        ("bidding", "C-4", "U1"),
        ("bidding", "C-5", "U2"),
        ("bidding", "C-9", "U1"),
    ]
    parts = parts_of(site, AccessIndex(site.place, key_file), wanted(without_outcome=True), reported)

    told = [(event["unmapped"]["case_ref"], event["unmapped"].get("item")) for event in rows_of(parts)]
    assert told == [("C-8", None), ("C-5", 0), ("C-5", 1), ("C-4", None), ("C-3", None), ("C-1", None)]
