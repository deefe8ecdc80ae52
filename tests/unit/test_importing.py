"""``jsg import`` from end to end, against a register in memory: what is sent, reported and returned."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import stat
from pathlib import Path

import grpc
import pytest
from jointsanctions.v1 import registry_pb2

from adapters.errors import NO_ANSWER, GatewayError
from formats.identifiers import resident_id_check_character, uscc_check_character
from gateway.cli import import_submission, importing
from gateway.cli.connection import CommandParser
from gateway.cli.import_progress import Progress

ROOT = Path(__file__).parents[2]
HEADER = "投诉编号,用人单位名称,统一社会信用代码,受理日期,查实日期,工资付清日期,受理机关"
PERSON17 = "42039919000101001"
RESIDENT = PERSON17 + resident_id_check_character(PERSON17)


def code(number):
    first17 = f"91420399MA{number:07d}"
    return first17 + uscc_check_character(first17)


def line(number, accepted="2026-03-05"):
    return f"示投{number},示例企业{number},{code(number)},{accepted},2026-04-10,,示例市人社局"


class InMemoryRegister:
    """Answers as the gateway does: stores by feed and key, and remembers what it was sent."""

    def __init__(self, *, refuse=(), hold=(), fail_at=None):
        self.records = {}
        self.calls = []
        self.refuse, self.hold, self.fail_at = refuse, hold, fail_at
        self.asked, self.remembers = [], False

    def submitted(self, request):
        self.asked.append(request.request_id)
        chunks = next((call for call in self.calls if call[0].request_id == request.request_id), [])
        if not self.remembers or not chunks:
            return registry_pb2.GetSubmissionResponse()
        kept = [record for chunk in chunks for record in chunk.records if record.row not in self.refuse]
        outcome = registry_pb2.SubmitRecordsResponse(stored=len(kept))
        return registry_pb2.GetSubmissionResponse(messages=len(chunks), outcome=outcome)

    def submit(self, requests):
        if self.fail_at == len(self.calls):
            raise GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, "nobody there")
        chunks = list(requests)
        self.calls.append(chunks)
        response = registry_pb2.SubmitRecordsResponse(data_revision=len(self.calls))
        for record in (record for chunk in chunks for record in chunk.records):
            key, row = record.source_key, record.row
            if row in self.refuse:
                response.rejected += 1
                result = response.rows.add(row=row, status=registry_pb2.ROW_STATUS_REJECTED, field="complaint.on")
                result.why.en, result.why.zh = "is wrong", "有误"
            elif row in self.hold:
                response.held += 1
                response.rows.add(row=row, status=registry_pb2.ROW_STATUS_HELD, record_id=f"held-{row}")
            elif self.records.get(key) == record:
                response.unchanged += 1
            else:
                self.records[key] = record
                response.stored += 1
        return response


@pytest.fixture
def jsg(capsys):
    """Run the command; returns exit code, what it printed, and its errors."""
    parser = argparse.ArgumentParser()
    parser.set_defaults(config=ROOT / "config")
    importing.register(parser.add_subparsers(parser_class=CommandParser))

    def run(*words, client=None):
        arguments = parser.parse_args(["import", "--mapping", "complaints", "--officer", "示例员", *map(str, words)])
        exit_code = importing.run_with(arguments, lambda _: contextlib.nullcontext(client))
        printed = capsys.readouterr()
        return exit_code, printed.out, printed.err

    return run


def written(folder, *lines, name="source.csv"):
    path = folder / name
    path.write_text("".join(f"{each}\r\n" for each in lines), encoding="utf-8", newline="")
    return path


def rejects_of(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_every_row_is_stored_and_the_exit_code_is_zero(jsg, tmp_path):
    register = InMemoryRegister()
    source = written(tmp_path, HEADER, line(1), line(2))

    exit_code, out, _ = jsg(source, client=register)

    assert exit_code == 0
    assert out.splitlines()[1].split() == ["2", "2", "0", "0", "0", str(source)]
    assert sorted(register.records) == ["示投1", "示投2"]
    assert list(tmp_path.iterdir()) == [source]


def test_running_it_again_changes_nothing_and_repeats_the_ids(jsg, tmp_path):
    register = InMemoryRegister()
    source = written(tmp_path, HEADER, line(1), line(2))
    jsg(source, client=register)
    exit_code, out, _ = jsg(source, client=register)

    assert exit_code == 0
    assert out.splitlines()[1].split()[:5] == ["2", "0", "2", "0", "0"]
    assert register.calls[0] == register.calls[1]
    assert 0 < len(register.calls[0][0].request_id.encode()) <= 64


def test_another_file_mapping_feed_or_officer_is_another_submission():
    def request_id(**changed):
        made_of = {"file_digest": "a", "mapping_digest": "b", "codec": "utf-8", "feed": "f", "officer": "o"}
        return import_submission.Source(**(made_of | changed)).request_id(0)

    same = import_submission.Source("a", "b", "utf-8", "f", "o")
    others = {request_id(**{field: "other"}) for field in ("file_digest", "mapping_digest", "codec", "feed", "officer")}
    assert request_id() == same.request_id(0)
    assert len({request_id(), same.request_id(1), *others}) == 7


def test_rows_go_out_in_chunks_and_parts(jsg, tmp_path, monkeypatch):
    monkeypatch.setattr(import_submission, "CHUNK_RECORDS", 3)
    monkeypatch.setattr(import_submission, "PART_RECORDS", 7)
    register = InMemoryRegister()
    source = written(tmp_path, HEADER, *(line(number) for number in range(10)))

    assert jsg(source, client=register)[0] == 0
    assert [[len(chunk.records) for chunk in call] for call in register.calls] == [[3, 3, 1], [3, 0]]
    assert [[chunk.last for chunk in call] for call in register.calls] == [[False, False, True], [False, True]]
    assert [len({chunk.request_id for chunk in call}) for call in register.calls] == [1, 1]
    assert register.calls[0][0].request_id != register.calls[1][0].request_id
    assert {chunk.feed for call in register.calls for chunk in call} == {"labour_inspection"}
    assert {chunk.officer for call in register.calls for chunk in call} == {"示例员"}


def test_the_limits_are_those_that_were_agreed():
    assert import_submission.CHUNK_RECORDS <= 500
    assert import_submission.PART_RECORDS <= 20_000


def test_what_is_not_taken_is_reported_with_line_field_reason_and_cells(jsg, tmp_path):
    register = InMemoryRegister(refuse={3})
    source = written(tmp_path, HEADER, line(1), line(2), line(3, accepted="soon"), line(4) + ",more", line(1))

    exit_code, out, _ = jsg(source, client=register)

    rejects = rejects_of(tmp_path / "source.csv.rejects.csv")
    assert exit_code == 1
    assert out.splitlines()[1].split()[:5] == ["5", "1", "0", "0", "4"]
    assert rejects[0] == ["line", "field", "reason_en", "reason_zh", *HEADER.split(",")]
    assert [(row[0], row[1]) for row in rejects[1:]] == [
        ("4", "受理日期"),
        ("5", ""),
        ("6", ""),
        ("3", "complaint.on"),
    ]
    assert rejects[1][4:] == line(3, accepted="soon").split(",")
    assert rejects[3][2:4] == ["the key repeats that of line 2", "主键与第2行重复"]
    assert rejects[4][2:4] == ["is wrong", "有误"]
    assert rejects[4][4:] == line(2).split(",")
    assert list(register.records) == ["示投1"]


def test_a_corrected_rejects_file_can_be_imported_as_it_is(jsg, tmp_path):
    register = InMemoryRegister()
    jsg(written(tmp_path, HEADER, line(3, accepted="soon")), client=register)
    rejects = tmp_path / "source.csv.rejects.csv"
    rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace("soon", "2026-03-05"), encoding="utf-8")

    assert jsg(rejects, client=register)[0] == 0
    assert list(register.records) == ["示投3"]


def test_a_cell_that_a_spreadsheet_would_run_is_stored_as_it_was_after_the_rejects_were_corrected(jsg, tmp_path):
    register = InMemoryRegister()
    source = written(tmp_path, HEADER, line(1, accepted="soon").replace("示例市人社局", "=示例市人社局"))
    jsg(source, client=register)
    rejects = tmp_path / "source.csv.rejects.csv"
    assert rejects_of(rejects)[1][-1] == "'=示例市人社局"

    rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace("soon", "2026-03-05"), encoding="utf-8")

    assert jsg(rejects, client=register)[0] == 0
    assert [record.authority for record in register.records.values()] == ["=示例市人社局"]


def test_the_rejects_file_is_its_owners_and_masks_residents(jsg, tmp_path):
    source = written(
        tmp_path, HEADER, line(1).replace(code(1), RESIDENT), line(2).replace("示例企业2", RESIDENT) + ",x"
    )
    target = tmp_path / "out.csv"

    exit_code, out, _ = jsg(source, "--rejects", target, client=InMemoryRegister())

    text = target.read_text(encoding="utf-8-sig")
    assert exit_code == 1
    assert RESIDENT not in text + out
    assert text.count("420***********") >= 2
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_persons_number_is_masked_in_its_own_column_whatever_it_looks_like(jsg, tmp_path):
    header = "统一社会信用代码,企业名称,生效日期,是否施工单位,企业类型,登记状态,法定代表人,证件类型,法定代表人证件号"
    source = written(tmp_path, header, f"{code(1)},示例企业1,soon,是,本地企业,存续,示甲乙,3,X1234567890123456")

    jsg(source, "--mapping", "enterprises", client=InMemoryRegister())

    assert rejects_of(tmp_path / "source.csv.rejects.csv")[1][-1] == "X12**********3456"


def test_the_rejects_of_an_earlier_run_do_not_stay(jsg, tmp_path):
    source = written(tmp_path, HEADER, line(1, accepted="soon"))
    jsg(source, client=InMemoryRegister())
    written(tmp_path, HEADER, line(1))
    jsg(source, client=InMemoryRegister())

    assert len(rejects_of(tmp_path / "source.csv.rejects.csv")) == 1


def test_held_rows_are_named_and_no_failure(jsg, tmp_path):
    source = written(tmp_path, HEADER, line(1), line(2))
    exit_code, out, _ = jsg(source, client=InMemoryRegister(hold={2}))

    assert exit_code == 0
    assert "line 2 is held as held-2" in out


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "nothing but blank lines"),
        (f"{HEADER}\r\n".encode(), "no row below the header"),
        (f"{line(1)}\r\n{line(2)}\r\n".encode(), "the header row may be missing"),
        (f"{HEADER}\r\n{line(1)}\r\n".encode("utf-16"), "UTF-16"),
        (f"{HEADER}\r\n{line(1)}\r\n".encode() + b"\xff\xff\r\n", "offset"),
    ],
)
def test_nothing_is_sent_of_a_file_that_is_not_understood(jsg, tmp_path, content, problem):
    register = InMemoryRegister()
    source = tmp_path / "source.csv"
    source.write_bytes(content)

    exit_code, out, _ = jsg(source, client=register)

    assert exit_code == 1
    assert problem in out
    assert register.calls == []


def test_a_truncated_file_keeps_its_whole_rows_and_reports_the_last(jsg, tmp_path):
    register = InMemoryRegister()
    source = tmp_path / "source.csv"
    source.write_bytes(f"{HEADER}\r\n{line(1)}\r\n{line(2)[:20]}".encode())

    exit_code, out, _ = jsg(source, client=register)

    assert exit_code == 1
    assert list(register.records) == ["示投1"]
    assert "cut off" in out
    assert rejects_of(tmp_path / "source.csv.rejects.csv")[1][0] == "3"


def test_the_same_table_in_three_encodings_gives_the_same_records(jsg, tmp_path):
    register = InMemoryRegister()
    text = f"{HEADER}\r\n{line(1)}\r\n"
    for place, codec in enumerate(("utf-8", "utf-8-sig", "gb18030")):
        source = tmp_path / f"{place}.csv"
        source.write_bytes(text.encode(codec))
        assert jsg(source, client=register)[0] == 0

    sent = [call[0].records[0] for call in register.calls]
    assert sent[0] == sent[1] == sent[2]
    assert len({call[0].request_id for call in register.calls}) == 3


def test_a_dry_run_sends_nothing_and_needs_no_client(jsg, tmp_path):
    source = written(tmp_path, HEADER, line(1), line(2, accepted="soon"))
    exit_code, out, _ = jsg(source, "--dry-run")

    assert exit_code == 1
    assert "1 rows were understood, nothing was sent" in out


def test_the_report_is_json_where_asked_for(jsg, tmp_path):
    source = written(tmp_path, HEADER, line(1), "", line(2, accepted="soon"), line(3))
    _, out, _ = jsg(source, "--json", client=InMemoryRegister(hold={5}))

    report = json.loads(out)["files"][0]
    counts = {key: report[key] for key in ("rows", "blank", "stored", "unchanged", "held", "rejected", "unanswered")}
    assert counts == {"rows": 3, "blank": 1, "stored": 1, "unchanged": 0, "held": 1, "rejected": 1, "unanswered": 0}
    assert report["reasons"][0]["field"] == "受理日期"
    assert report["held_rows"] == [{"line": 5, "record_id": "held-5", "en": "", "zh": ""}]


def test_a_gateway_that_stops_answering_is_reported_with_what_it_left_open(jsg, tmp_path, monkeypatch):
    monkeypatch.setattr(import_submission, "PART_RECORDS", 2)
    source = written(tmp_path, HEADER, *(line(number) for number in range(5)))
    exit_code, out, _ = jsg(source, "--json", client=InMemoryRegister(fail_at=1))

    report = json.loads(out)["files"][0]
    assert exit_code == 1
    assert (report["rows"], report["stored"], report["unanswered"]) == (5, 2, 3)
    assert "nobody there" in report["problem_en"]


def test_nothing_is_sent_after_a_part_that_failed(jsg, tmp_path, monkeypatch):
    monkeypatch.setattr(import_submission, "PART_RECORDS", 2)

    class FailsOnce(InMemoryRegister):
        def submit(self, requests):
            if not self.calls:
                self.calls.append(list(requests))
                raise GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, "nobody there")
            return super().submit(requests)

    register = FailsOnce()
    exit_code, _, _ = jsg(written(tmp_path, HEADER, *(line(number) for number in range(4))), client=register)

    assert exit_code == 1
    assert len(register.calls) == 1
    assert not register.records


def test_a_part_with_rows_that_left_nothing_behind_is_sent_again_for_their_reasons(jsg, tmp_path):
    register = InMemoryRegister(refuse={3})
    register.remembers = True
    source = written(tmp_path, HEADER, line(1), line(2), line(3))
    jsg(source, client=register)
    exit_code, out, _ = jsg(source, client=register)

    assert exit_code == 1
    assert len(register.calls) == 2
    assert out.splitlines()[1].split()[:5] == ["3", "0", "2", "0", "1"]


@pytest.mark.parametrize("missing", [1, 2], ids=["the mark of the end", "rows too"])
def test_a_part_that_the_gateway_has_whole_is_not_sent_again_and_one_that_it_has_not_is(
    jsg, tmp_path, monkeypatch, missing
):
    monkeypatch.setattr(import_submission, "PART_RECORDS", 4)
    monkeypatch.setattr(import_submission, "CHUNK_RECORDS", 2)
    register = InMemoryRegister(fail_at=2)
    source = written(tmp_path, HEADER, *(line(number) for number in range(13)))
    jsg(source, client=register)
    first, second = register.calls
    assert len(first) == len(second) == 3
    del second[-missing:]
    register.remembers, register.fail_at, register.calls, register.asked = True, None, [first, second], []

    exit_code, out, _ = jsg(source, client=register)

    sent = register.calls[2:]
    assert exit_code == 0
    assert [[len(chunk.records) for chunk in call] for call in sent] == [[2, 2, 0], [2, 2, 0], [1]]
    assert sent[0][0].request_id == second[0].request_id
    assert register.asked == [first[0].request_id, second[0].request_id, sent[1][0].request_id]
    assert out.splitlines()[1].split()[:5] == ["13", "9", "4", "0", "0"]
    assert "4 of them were answered in an earlier import of this file" in out


MALFORMED = """\
示例甲公司,,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示1号,,限制投标, 限制贷款
示例乙公司,,,,,,,
,,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示3号,,
示例丁公司,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示4号,,
"示例戊"公司",,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示5号,,
示例己公司,,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示6号,,见\"\"\"\"第13号\", 第75卷\", 第62916页\"\"\"
示例庚公司,,拖欠农民工工资失信联合惩戒名单,示例市人社局,示7号,2026-03-05,,
示例辛公司,示8号,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,2026-03-05,十万,
示例壬ï¼\ufffd公司,,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示9号,,
"""
"""Rows as extracts of registers have them: cells that were not quoted, quotes inside cells, fields that are missing."""


def test_every_malformed_row_is_rejected_on_its_own_line_and_none_is_stored_shifted(jsg, tmp_path):
    register = InMemoryRegister()
    header = "name,uscc,list,authority,published_on,case_no,amount_cny,note"
    good = "示例癸公司,,拖欠农民工工资失信联合惩戒名单,示例市人社局,2026-03-05,示10号,,"
    source = written(tmp_path, header, *MALFORMED.splitlines(), good)

    exit_code, out, _ = jsg(source, "--mapping", "published-notices", "--encoding", "utf-8", client=register)

    rows = rejects_of(tmp_path / "source.csv.rejects.csv")[1:]
    assert exit_code == 1
    assert [int(row[0]) for row in rows] == list(range(2, 11))
    assert all(row[2] and row[3] for row in rows)
    assert [record.name for record in register.records.values()] == ["示例癸公司"]
    assert out.splitlines()[1].split()[:5] == ["10", "1", "0", "0", "9"]


def test_an_answer_that_does_not_account_for_every_row_is_an_error(jsg, tmp_path):
    class Forgetful(InMemoryRegister):
        def submit(self, requests):
            response = super().submit(requests)
            response.stored -= 1
            return response

    exit_code, out, _ = jsg(written(tmp_path, HEADER, line(1), line(2)), client=Forgetful())

    assert exit_code == 1
    assert "accounted for 1 rows and named 0, of 2 sent" in out


def test_one_bad_file_does_not_keep_the_others_out(jsg, tmp_path):
    register = InMemoryRegister()
    missing, good = tmp_path / "missing.csv", written(tmp_path, HEADER, line(1))
    exit_code, out, _ = jsg(missing, good, client=register)

    assert exit_code == 1
    assert "cannot be read" in out
    assert list(register.records) == ["示投1"]


def test_the_feed_can_be_another_than_the_mappings(jsg, tmp_path):
    register = InMemoryRegister()
    jsg(written(tmp_path, HEADER, line(1)), "--feed", "other", client=register)

    assert register.calls[0][0].feed == "other"


@pytest.mark.parametrize(
    "words",
    [
        ["--mapping", "nothing"],
        ["--officer", ""],
        ["--officer", "长" * 22],
        ["another.csv", "--rejects", "r.csv"],
    ],
)
def test_a_usage_error_is_two_and_reads_nothing(jsg, tmp_path, words):
    register = InMemoryRegister()
    exit_code, out, err = jsg(written(tmp_path, HEADER, line(1)), *words, client=register)

    assert (exit_code, out, register.calls) == (2, "", [])
    assert err.startswith("jsg import: ")


def test_the_rejects_file_never_replaces_its_source(jsg, tmp_path):
    source = written(tmp_path, HEADER, line(1, accepted="soon"))
    before = source.read_bytes()

    assert jsg(source, "--rejects", source, client=InMemoryRegister())[0] == 2
    assert source.read_bytes() == before


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("output", "shown"), [(Terminal(), "\r\x1b[Kx.csv [######"), (io.StringIO(), "x.csv: ")])
def test_progress_shows_only_after_two_seconds(output, shown):
    now = [0.0]
    progress = Progress("x.csv", 100, output, lambda: now[0])
    now[0] = 1.9
    progress(10, 1)
    assert not output.getvalue()
    now[0] = 20.0
    progress(20, 300)
    assert output.getvalue().startswith(shown)
    assert output.getvalue().rstrip().endswith("20%, 15 lines/s, 1:20 left")
    progress.close()
