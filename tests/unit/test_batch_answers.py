"""What comes back of a batch file: every line answered, or UNVERIFIABLE with its reason, and the file whole or none."""

from __future__ import annotations

import csv

import grpc
import openpyxl
import pytest
from batch_samples import ASKED, HEADER, UNKNOWN, Answering, answered, code, csv_of, examined, workbook
from jointsanctions.v1 import common_pb2

from adapters.errors import GatewayError
from adapters.files.answers import ANSWER_HEADERS
from adapters.files.asking import CALLS_AT_ONCE, IN_A_ROW, GatewayAwayError
from adapters.files.writing import TargetError, written_whole
from adapters.journal import Journal
from formats.file_encoding import FileFault
from formats.spreadsheet import restored


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def lines(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def away(_request):
    raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "away")


def test_cells_come_back_as_they_were_and_none_of_them_runs(tmp_path, journal):
    cells = ["=1+1", "+86", "-5", "@x", "＝1", "\tx", " x ", "'=x", '逗号,引号"', "多\n行", ""]
    source = csv_of(tmp_path / "a.csv", (*HEADER, "备注"), *[(code(1), "", "PX-1", cell) for cell in cells])

    answered(source, tmp_path / "out.csv", journal, Answering())

    found = [each["备注"] for each in lines(tmp_path / "out.csv")]
    assert [restored(each) for each in found] == cells
    assert not [each for each in found if each[:1] in tuple("=+-@＝\t")]


def test_what_a_workbook_held_stays_what_it_was(tmp_path, journal):
    source = workbook(tmp_path / "a.xlsx", (*HEADER, "数", "是否"), (code(1), "示例", "PX-1", 12.5, True))

    answered(source, tmp_path / "out.xlsx", journal, Answering())

    row = next(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert row[:5] == (code(1), "示例", "PX-1", 12.5, True)


def test_a_case_number_that_is_typed_as_a_whole_number_is_asked_about_as_such(tmp_path, journal):
    client = Answering()
    answered(workbook(tmp_path / "a.xlsx", HEADER, (code(1), "", 20260007)), tmp_path / "out.csv", journal, client)

    assert journal.last_answers("20260007", 91)
    assert client.asked == [code(1)]


def test_each_line_asks_in_its_own_words_of_officer_purpose_and_point(tmp_path, journal):
    sent = []
    header = (*HEADER, "经办人", "事由", "环节")
    rows = [(code(1), "", "PX-1", "wang", "复核", "推荐"), (code(2), "", "PX-2", "", "", "复查")]

    answered(csv_of(tmp_path / "a.csv", header, *rows), tmp_path / "out.csv", journal, Answering(sent.append))

    asked = {each.enterprise.uscc: each.question for each in sent}
    said = [(each.officer, each.purpose, each.decision_point) for each in (asked[code(1)], asked[code(2)])]
    assert said == [
        ("wang", "复核", common_pb2.DECISION_POINT_AWARDS_NOMINATION),
        (ASKED.officer, "", common_pb2.DECISION_POINT_AWARDS_REVOCATION),
    ]


@pytest.mark.parametrize("others", [(), (code(1),)], ids=["alone", "in a batch"])
def test_a_code_of_which_the_register_has_nothing_is_said_to_be_one_whatever_the_verdict(tmp_path, journal, others):
    rows = [(each, "", "PX-1") for each in (*others, UNKNOWN)]

    answered(csv_of(tmp_path / "a.csv", HEADER, *rows), tmp_path / "out.csv", journal, Answering())

    *known, unknown = [(each["verdict"], each["原因 because"]) for each in lines(tmp_path / "out.csv")]
    assert known == [("CLEAR", "") for _ in others]
    assert unknown[0] == "CLEAR"
    assert unknown[1].startswith(f"NOT_IN_REGISTER {UNKNOWN}: 登记信息中没有此代码")


def test_an_answer_about_somebody_else_says_nothing_of_whom_the_register_knows(tmp_path, journal):
    class Mistaken(Answering):
        def _decide(self, decision, _asked):
            super()._decide(decision, UNKNOWN)

    answered(csv_of(tmp_path / "a.csv", HEADER, (code(1), "", "PX-1")), tmp_path / "out.csv", journal, Mistaken())

    (line,) = lines(tmp_path / "out.csv")
    assert (line["verdict"], line["原因 because"]) == ("UNVERIFIABLE", "OTHER_PARTY")


def test_a_line_without_an_answer_is_unverifiable_with_its_reason_and_waits_in_the_journal(tmp_path, journal):
    def some(request):
        if request.question.decision_point == common_pb2.DECISION_POINT_AWARDS_REVOCATION:
            away(request)

    # Lines of one decision point may share a call: the one of another goes in a call of its own.
    points = ["推荐", "推荐", "复查", "推荐"]
    rows = [(code(i), "", f"PX-{i}", point) for i, point in enumerate(points)]
    source = csv_of(tmp_path / "a.csv", (*HEADER, "环节"), *rows)

    summary = answered(source, tmp_path / "out.csv", journal, Answering(some))

    found = lines(tmp_path / "out.csv")
    assert dict(summary.verdicts) == {"CLEAR": 3, "UNVERIFIABLE": 1}
    assert [each["verdict"] for each in found] == ["CLEAR", "CLEAR", "UNVERIFIABLE", "CLEAR"]
    assert found[2]["原因 because"] == "NO_ANSWER"
    assert found[2]["应当如何办理"].startswith("等待")
    assert journal.pending.waiting() == 1
    assert found[2]["台账号 journal number"]


def test_a_gateway_that_is_away_ends_the_run_and_nothing_is_written(tmp_path, journal):
    client = Answering(away)
    source = csv_of(tmp_path / "a.csv", HEADER, *[(code(i), "", f"PX-{i}") for i in range(200)])

    with pytest.raises(GatewayAwayError):
        answered(source, tmp_path / "out.csv", journal, client)

    assert client.calls <= IN_A_ROW + CALLS_AT_ONCE
    assert {each.name for each in tmp_path.iterdir() if "out" in each.name} == set()


def test_a_file_that_was_changed_meanwhile_is_not_answered(tmp_path, journal):
    source = csv_of(tmp_path / "a.csv", HEADER, (code(1), "", "PX-1"))

    def changes(_request):
        with source.open("a", encoding="utf-8") as file:
            file.write("\r\n")

    with pytest.raises(FileFault, match="changed while it was read"):
        answered(source, tmp_path / "out.csv", journal, Answering(changes))
    assert not (tmp_path / "out.csv").exists()


def test_what_is_there_already_is_never_written_over(tmp_path, journal):
    source, out = csv_of(tmp_path / "a.csv", HEADER, (code(1), "", "PX-1")), tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    client = Answering()

    with pytest.raises(TargetError, match="is there already"):
        answered(source, out, journal, client)

    assert out.read_text(encoding="utf-8") == "mine"
    assert client.calls == 0
    assert not (tmp_path / ".out.csv.part").exists()


def test_two_runs_do_not_write_one_file(tmp_path):
    with written_whole(tmp_path / "out.csv", "utf-8") as sheet:
        with pytest.raises(TargetError, match="another run"), written_whole(tmp_path / "out.csv", "utf-8"):
            pass
        sheet.write(["x"])

    assert (tmp_path / "out.csv").read_bytes() == b"x\r\n"


def test_what_a_killed_run_left_is_begun_anew(tmp_path):
    (tmp_path / ".out.csv.part").write_text("left behind, and longer than what comes", encoding="utf-8")

    with written_whole(tmp_path / "out.csv", "utf-8") as sheet:
        sheet.write(["new"])

    assert (tmp_path / "out.csv").read_bytes() == b"new\r\n"
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / ".out.csv.part").exists()


@pytest.mark.parametrize("name", ["out", "out.txt", "out.xls"])
def test_an_answered_file_is_a_workbook_or_a_csv(tmp_path, journal, name):
    client = Answering()
    with pytest.raises(TargetError, match=r"\.xlsx or \.csv"):
        answered(csv_of(tmp_path / "a.csv", HEADER, (code(1), "", "P")), tmp_path / name, journal, client)
    assert client.calls == 0


def test_a_line_whose_code_fails_its_check_spoils_no_other(tmp_path, journal):
    wrong = code(3)[:-1] + ("1" if code(3)[-1] != "1" else "2")

    def refused(request):
        """Refuse as the gateway does: in a batch the first item at fault is named."""
        items = [each.enterprise.uscc for each in getattr(request, "items", ())]
        field = f"items[{items.index(wrong)}].enterprise.uscc" if wrong in items else ""
        if not items and request.enterprise.uscc == wrong:
            field = "enterprise.uscc"
        if field:
            raise GatewayError(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": field}, "no such code")

    rows = [(wrong if i % 2 else code(i), "", "PX-1") for i in range(50)]
    client = Answering(refused)

    summary = answered(csv_of(tmp_path / "a.csv", HEADER, *rows), tmp_path / "out.csv", journal, client)

    assert dict(summary.verdicts) == {"CLEAR": 25, "UNVERIFIABLE": 25}


def test_an_answered_file_has_its_answers_once_when_it_is_asked_again(tmp_path, journal):
    answered(csv_of(tmp_path / "a.csv", HEADER, (code(1), "", "PX-1")), tmp_path / "b.csv", journal, Answering())

    answered(tmp_path / "b.csv", tmp_path / "c.csv", journal, Answering())

    assert list(lines(tmp_path / "c.csv")[0]) == [*HEADER, *ANSWER_HEADERS]
    assert examined(tmp_path / "c.csv", defaults=ASKED).lines == 1
