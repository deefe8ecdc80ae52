"""What ``jsg console`` hands to its pages for files: staged, with what came of each row."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from jointsanctions.v1 import import_batch_pb2 as pb
from jointsanctions.v1 import registry_pb2

from console.importing import Mending, Source
from console.mending import mend, successor
from formats.identifiers import resident_id_check_character, uscc_check_character
from gateway.cli.console_imports import ConsoleImporter

MAPPINGS = Path(__file__).parents[2] / "config" / "import"
HEADER = "投诉编号,用人单位名称,统一社会信用代码,受理日期,查实日期,工资付清日期,受理机关"
PERSON17 = "42039919000101001"
RESIDENT = PERSON17 + resident_id_check_character(PERSON17)


def code(number):
    first17 = f"91420399MA{number:07d}"
    return first17 + uscc_check_character(first17)


def row(number, accepted="2026-03-05", name=""):
    return f"示投{number},{name or f'示例企业{number}'},{code(number)},{accepted},2026-04-10,,示例市人社局"


def table(*rows):
    return "".join(f"{each}\r\n" for each in (HEADER, *rows)).encode()


class StagingRegister:
    """Stages what it is sent but the rows that it is to refuse, at once or when the difference is made."""

    def __init__(self, refuse=(), later=()):
        self.sent, self.refuse, self.later = [], refuse, later

    def submitted(self, _):
        """Know of nothing."""
        return registry_pb2.GetSubmissionResponse()

    def submit(self, requests):
        """Stage a submission."""
        response = registry_pb2.SubmitRecordsResponse()
        for chunk in requests:
            assert chunk.stage
            for record in chunk.records:
                if record.row in self.refuse:
                    response.rejected += 1
                    result = response.rows.add(row=record.row, status=registry_pb2.ROW_STATUS_REJECTED, field="uscc")
                    result.why.zh, result.why.en = "有误", "is wrong"
                else:
                    response.staged += 1
                    self.sent.append(record.source_key)
        return response

    def registry(self, rpc, request, answer, **_):
        """Complete a batch, and tell its difference."""
        found = answer()
        if rpc == "GetImport":
            for number in self.later:
                refusal = found.difference.refusals.add(row=number, field="authority")
                refusal.why.zh, refusal.why.en = "不是本机关的", "another's"
        found.batch.CopyFrom(pb.ImportBatch(batch=request.batch))
        return found


def staged(register, content, name="complaints.csv", mapping="complaints", **parts):
    importer = ConsoleImporter(register, MAPPINGS)
    return importer.stage(Source(name, content, mapping, **parts), "officer-7")


def test_what_is_understood_is_staged_and_what_is_not_comes_back_with_its_cells_and_reason():
    register = StagingRegister(refuse=(4,), later=(2,))
    found = staged(register, table(row(1), row(2, "13月"), row(3), row(4)))

    assert (found.rows, found.staged, found.problem) == (4, 2, ("", ""))
    assert found.batch.startswith("batch-")
    assert found.columns == tuple(HEADER.split(","))
    assert [(each.line, each.columns, each.why[0]) for each in found.refused] == [
        (2, ("authority",), "不是本机关的"),
        (3, ("受理日期",), found.refused[1].why[0]),
        (4, ("uscc",), "有误"),
    ]
    assert found.refused[1].cells == tuple(row(2, "13月").split(","))
    assert register.sent == ["示投1", "示投4"]


def test_where_only_what_is_on_record_refuses_a_row_it_comes_back_all_the_same():
    found = staged(StagingRegister(later=(3,)), table(row(1), row(2)))

    assert [(each.line, each.cells[0]) for each in found.refused] == [(3, "示投2")]
    assert found.rejects.startswith("\ufeffline,field".encode())


def test_what_is_corrected_is_the_same_import_however_often_it_is_staged():
    register = StagingRegister()
    mending = Mending(staged(register, table(row(1), row(2, "13月"))))
    cells = {f"cell_{place}": cell for place, cell in enumerate(row(2).split(","))}
    mend(mending, mending.imported.refused[0], cells)
    first, second = (staged(register, successor(mending).content) for _ in range(2))

    assert first.refused == ()
    assert first.batch == second.batch != mending.imported.batch
    assert register.sent == ["示投1", "示投2", "示投2"]


def test_a_cell_that_a_spreadsheet_would_run_is_harmless_in_the_file_and_as_it_was_in_the_form():
    found = staged(StagingRegister(), table(row(1, "13月", name="=HYPERLINK(1)")))
    kept = list(csv.reader(io.StringIO(found.rejects.decode("utf-8-sig"), newline="")))

    assert kept[1][5] == "'=HYPERLINK(1)"
    assert found.refused[0].cells[1] == "=HYPERLINK(1)"


def test_the_file_of_the_refused_rows_can_be_staged_as_it_is_kept():
    found = staged(StagingRegister(), table(row(1, "13月", name="=示例企业")))
    again = staged(StagingRegister(), found.rejects.replace("13月".encode(), b"2026-03-05"))

    assert (again.refused, again.staged) == ((), 1)


def test_no_residents_number_comes_back():
    found = staged(StagingRegister(), table(row(1, "13月", name=f"示例{RESIDENT}")))

    assert RESIDENT not in str(found.refused) + found.rejects.decode()


@pytest.mark.parametrize(
    ("name", "mapping", "content"),
    [
        ("x.exe", "complaints", b"x"),
        ("x.csv", "../../gateway", b"x"),
        ("x.csv", "none", b"x"),
        ("x.csv", "", b"x"),
        ("x.csv", "complaints", b"\xff\xfe"),
        ("x.csv", "complaints", b"a,b\r\n"),
        ("x.xlsx", "complaints", b"no workbook"),
        ("../../x.jsonl", "", b"{}\n"),
        ("Wage List.jsonl", "", b"{}\n"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_of_it_is_sent(name, mapping, content):
    register = StagingRegister()
    found = staged(register, content, name=name, mapping=mapping)

    assert all(found.problem) or (found.refused and found.batch == "")
    assert (register.sent, found.batch) == ([], "")


def test_a_mapping_is_one_of_the_folder_and_never_a_path(tmp_path):
    register = StagingRegister()
    source = Source("x.csv", table(row(1)), str(MAPPINGS / "complaints.toml"))
    found = ConsoleImporter(register, tmp_path).stage(source, "officer-7")

    assert "no such mapping" in found.problem[1]
    assert register.sent == []


@pytest.mark.parametrize(("name", "sent"), [("labour_inspection.jsonl", ["J-1"]), ("Labour Inspection.jsonl", [])])
def test_json_lines_go_to_the_feed_that_they_are_called_after(name, sent):
    register = StagingRegister()
    record = {"sourceKey": "J-1", "uscc": code(1), "name": "示例企业", "authority": "示例市人社局"}
    dates = {"acceptedOn": "2026-03-05", "verifiedOn": "2026-03-10"}
    line = json.dumps({**record, "documentNumber": "查〔2026〕1号", "complaint": dates})
    found = staged(register, f"{line}\n".encode(), name=name, mapping="")

    assert register.sent == sent
    assert all(found.problem) is not bool(sent)


def test_nothing_of_a_file_is_left_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    staged(StagingRegister(later=(2,)), table(row(1), row(2, "13月")))

    assert list(tmp_path.iterdir()) == []


def test_the_mappings_are_those_of_the_folder_and_one_that_is_broken_hides_no_other(tmp_path):
    for file in MAPPINGS.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    whole = ConsoleImporter(StagingRegister(), tmp_path).mappings()
    (tmp_path / "arrears.toml").write_text("title = 1")

    assert [name for name, _ in whole] == sorted(file.stem for file in MAPPINGS.glob("*.toml"))
    left = ConsoleImporter(StagingRegister(), tmp_path).mappings()
    assert [name for name, _ in whole if name not in dict(left)] == ["arrears"]
