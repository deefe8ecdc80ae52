"""An officer's spreadsheet comes back with an answer on each line, and each answer is on the gateway's record."""

from __future__ import annotations

from uuid import uuid4

import pytest
from e2e.batch_files import HEADER, KILL, answered, csv_file, killed_at, settings, words, workbook
from e2e.served import body_of, new_party
from jointsanctions.v1 import common_pb2

from adapters.files.answers import ANSWER_HEADERS
from adapters.journal import Journal
from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
ASK = ("--point", "AWARDS_PUBLICITY", "--officer", "li.wei")


@pytest.fixture
def ask(served, tmp_path):
    def run(source, out, *options, name="awards", mode="enforce"):
        file, journal = settings(tmp_path, name, f"127.0.0.1:{served.port}", mode)
        said = words(served.place, file, name, "--ask", str(source), "--out", str(out), *options)
        return main(said), journal

    return run


def position(served, line):
    """Return the entry at the place that an answered line gives."""
    where, leaf, *_ = line["留痕位置 audit position"].split()
    writer, number = where.split("/")
    entry = served.entries(int(number), writer)[0]
    assert common_pb2.AuditPosition(writer=writer, number=int(number), leaf_hash=bytes.fromhex(leaf))
    return body_of(entry)


def test_what_the_settings_say_of_purpose_and_case_numbers_holds_for_a_file_too(served, tmp_path, capsys):
    """A mandate that names purposes answers nothing without one, and a number of another form is not asked about."""
    file, _ = settings(tmp_path, "awards", f"127.0.0.1:{served.port}")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('mode = "enforce"', 'mode = "enforce"\npurpose = "评选"', 1), encoding="utf-8")
    clear, out = served.city.example("grade_a").uscc, tmp_path / "answered.csv"
    rows = [(1, clear, "", "PX-1", ""), (2, clear, "", "第1届", "")]
    source = csv_file(tmp_path / "nominees.csv", HEADER, *rows)

    code = main(words(served.place, file, "awards", "--ask", str(source), "--out", str(out), "--valid-lines", *ASK))

    first, second = answered(out)
    assert (code, first["verdict"], position(served, first)["purpose"]) == (1, "CLEAR", "评选")
    assert second["verdict"] == "UNVERIFIABLE"
    assert "编号格式" in second["原因 because"]
    assert "column D 评选编号" in capsys.readouterr().err


def test_nominees_come_back_with_their_answers_and_each_stands_on_record(served, ask, tmp_path):
    listed, clear, case = served.city.example("listed"), served.city.example("grade_a"), f"PX-{uuid4().hex}"
    source = workbook(
        tmp_path / "nominees.xlsx",
        HEADER,
        (1, listed.uscc, listed.name, case, "优质工程"),
        (2, clear.uscc, clear.name, case, "优质工程"),
        (3, new_party().uscc, None, case, "优质工程"),
    )

    code, journal = ask(source, tmp_path / "answered.xlsx", *ASK)

    first, second, third = answered(tmp_path / "answered.xlsx")
    assert code == 0
    assert [each["verdict"] for each in (first, second)] == ["RESTRICTED", "CLEAR"]
    assert (first["结论"], second["结论"]) == ("受限", "可以办理")
    assert third["verdict"] in {"CLEAR", "CONDITIONAL"}
    assert [first[name] for name in HEADER] == [1, listed.uscc, listed.name, case, "优质工程"]
    assert "BLOCK [A-90/" in first["measures and legal basis"]
    assert "依据" in first["措施及依据"]
    assert first["应当如何办理"].startswith("不得批准")
    assert first["有效至 valid until"].endswith("+08:00")
    assert [each["原文件行号 line"] for each in (first, second, third)] == ["2", "3", "4"]
    body = position(served, first)
    assert body["case"] == case
    with Journal(journal) as kept:
        found = kept.answer_to(int(first["台账号 journal number"]))
        assert (found.case_ref, found.part, found.verdict) == (case, "优质工程", common_pb2.VERDICT_RESTRICTED)


def test_lines_of_one_case_share_a_call_and_other_cases_have_their_own(served, ask, tmp_path):
    case, parties = f"PX-{uuid4().hex}", [new_party().uscc for _ in range(4)]
    rows = [(i, code, "", case if i < 3 else f"{case}-{i}", "") for i, code in enumerate(parties)]
    ask(csv_file(tmp_path / "n.csv", HEADER, *rows), tmp_path / "out.csv", *ASK)

    places = [each["留痕位置 audit position"].split()[0] for each in answered(tmp_path / "out.csv", "utf-8")]

    assert len(set(places[:3])) == 1
    assert len(set(places)) == 2


def test_a_file_at_fault_is_named_line_by_line_and_nothing_is_asked(served, ask, tmp_path, capsys):
    before, clear = served.next_number(), served.city.example("grade_a")
    rows = [
        (1, clear.uscc, "", "PX-1", ""),
        (2, "91420399MA00", "", "PX-1", ""),
        (3, clear.uscc, "", "", ""),
        (4, clear.uscc, "", "=HYPERLINK()", ""),
    ]
    source = workbook(tmp_path / "n.xlsx", HEADER, *rows)

    code, journal = ask(source, tmp_path / "out.xlsx", *ASK)

    said = capsys.readouterr().err
    assert code == 1
    assert "第3行 line 3, 列 column B 统一社会信用代码" in said
    assert "第4行 line 4, 列 column D 评选编号" in said
    assert "第5行 line 5, 列 column D 评选编号: 单元格为公式" in said
    assert served.next_number() == before
    assert not (tmp_path / "out.xlsx").exists()
    assert not journal.exists()


def test_valid_lines_alone_are_asked_about_where_that_is_wanted(served, ask, tmp_path):
    listed = served.city.example("listed")
    source = workbook(tmp_path / "n.xlsx", HEADER, (1, "not a code", "", "PX-1", ""), (2, listed.uscc, "", "PX-1", ""))

    code, _ = ask(source, tmp_path / "out.xlsx", *ASK, "--valid-lines")

    faulty, asked = answered(tmp_path / "out.xlsx")
    assert code == 1
    assert (faulty["verdict"], asked["verdict"]) == ("UNVERIFIABLE", "RESTRICTED")
    assert faulty["原因 because"].startswith("NOT_ASKED")
    assert not faulty["留痕位置 audit position"]


def test_a_code_that_no_register_knows_is_unverifiable_and_spoils_no_other_line(served, ask, tmp_path):
    clear = served.city.example("grade_a").uscc
    wrong = clear[:-1] + ("1" if clear[-1] != "1" else "2")
    rows = [(i, wrong if i % 2 else clear, "", "PX-1", "") for i in range(40)]

    code, _ = ask(csv_file(tmp_path / "n.csv", HEADER, *rows), tmp_path / "out.csv", *ASK)

    found = answered(tmp_path / "out.csv", "utf-8")
    assert code == 1
    assert [each["verdict"] for each in found] == ["CLEAR", "UNVERIFIABLE"] * 20
    assert {each["原因 because"] for each in found} == {"", "MALFORMED_REQUEST"}


def test_funds_are_answered_by_what_the_money_is_for(served, ask, tmp_path):
    listed = served.city.example("listed").uscc
    header = ("申报编号", "uscc", "资金类型", "环节", "经办人")
    kinds = (("新申请", "申报"), ("救助", "申报"), ("", "工资拨付"), ("此前已批准", "拨付"), ("新申请", "拨付"))
    rows = [(f"ZJ-{i}", listed, kind, point, "li.wei") for i, (kind, point) in enumerate(kinds)]

    code, _ = ask(csv_file(tmp_path / "f.csv", header, *rows), tmp_path / "out.csv", name="funding")

    found = answered(tmp_path / "out.csv", "utf-8")
    assert code == 0
    assert found[0]["verdict"] == "RESTRICTED"
    assert found[2]["verdict"] == "CLEAR"
    # What was approved as new is an earlier grant when it is paid, and no payment of one is barred.
    assert [each["verdict"] for each in found[3:]] == ["CONDITIONAL", "CONDITIONAL"]
    assert found[1]["verdict"] != "RESTRICTED"
    assert found[2]["应当如何办理"].startswith("工资照付")


def test_a_loan_book_blocks_no_running_loan_and_no_wages(served, ask, tmp_path):
    listed = served.city.example("listed").uscc
    points = ("授信审批", "提款", "续贷", "工资专户")
    rows = [(f"HT-{i}", listed, point, "zhao.min") for i, point in enumerate(points)]
    header = ("合同编号", "统一社会信用代码", "环节", "客户经理")

    code, _ = ask(csv_file(tmp_path / "l.csv", header, *rows), tmp_path / "out.csv", name="lending")

    found = answered(tmp_path / "out.csv", "utf-8")
    assert code == 0
    assert [each["verdict"] for each in found] == ["CONDITIONAL", "CONDITIONAL", "CONDITIONAL", "CLEAR"]
    assert found[3]["what it obliges to"].startswith("wages are paid")


def test_a_file_in_gb18030_is_read_when_it_is_declared_and_refused_by_name_when_it_is_not(
    served, ask, tmp_path, capsys
):
    listed = served.city.example("listed")
    source = csv_file(tmp_path / "n.csv", HEADER, (1, listed.uscc, listed.name, "PX-1", ""), encoding="gb18030")

    refused, _ = ask(source, tmp_path / "out.csv", *ASK)
    said = capsys.readouterr().err
    code, _ = ask(source, tmp_path / "out.csv", *ASK, "--encoding", "gb18030")

    assert refused == 1
    assert "可按GB18030读取" in said
    assert "reads as GB18030" in said
    assert code == 0
    (line,) = answered(tmp_path / "out.csv", "gb18030")
    assert (line["企业名称"], line["verdict"]) == (listed.name, "RESTRICTED")


def test_a_formula_comes_back_as_text_that_never_runs(served, ask, tmp_path):
    clear = served.city.example("grade_a").uscc
    evil = '=HYPERLINK("http://evil.example","x")'
    source = workbook(tmp_path / "n.xlsx", HEADER, (evil, clear, "", "PX-1", "@SUM(1)"))

    ask(source, tmp_path / "out.xlsx", *ASK)
    ask(source, tmp_path / "out.csv", *ASK)

    (cell, *_), *_ = list(workbook_rows(tmp_path / "out.xlsx"))[1:]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", evil, True)
    (line,) = answered(tmp_path / "out.csv")
    assert (line["序号"], line["奖项类别"]) == (f"'{evil}", "'@SUM(1)")


def workbook_rows(path):
    import openpyxl  # noqa: PLC0415

    return openpyxl.load_workbook(path).active.iter_rows()


def test_an_answered_file_can_be_asked_again_and_what_is_there_is_never_written_over(served, ask, tmp_path, capsys):
    clear = served.city.example("grade_a").uscc
    ask(workbook(tmp_path / "n.xlsx", HEADER, (1, clear, "", "PX-1", "")), tmp_path / "first.xlsx", *ASK)
    first = (tmp_path / "first.xlsx").read_bytes()

    assert ask(tmp_path / "first.xlsx", tmp_path / "second.xlsx", *ASK)[0] == 0
    assert ask(tmp_path / "n.xlsx", tmp_path / "first.xlsx", *ASK)[0] == 1

    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "first.xlsx").read_bytes() == first
    (line,) = answered(tmp_path / "second.xlsx")
    assert list(line) == [*HEADER, *ANSWER_HEADERS]


def test_observe_mode_tells_the_verdict_and_says_so(served, ask, tmp_path):
    listed = served.city.example("listed").uscc
    source = csv_file(tmp_path / "n.csv", HEADER, (1, listed, "", "PX-1", ""))

    ask(source, tmp_path / "out.csv", *ASK, mode="observe")

    (line,) = answered(tmp_path / "out.csv", "utf-8")
    assert (line["verdict"], line["模式 mode"]) == ("RESTRICTED", "observe")


@pytest.mark.parametrize("at", ["adapters.files.run.answer_cells", "adapters.files.writing.os.fsync"])
def test_a_run_that_is_killed_leaves_no_answered_file_and_is_begun_anew(served, tmp_path, at):
    clear = served.city.example("grade_a").uscc
    source = csv_file(tmp_path / "n.csv", HEADER, *[(i, clear, "", f"PX-{i}", "") for i in range(5)])
    file, journal = settings(tmp_path, "awards", f"127.0.0.1:{served.port}")
    out = tmp_path / "out.csv"
    said = words(served.place, file, "awards", "--ask", str(source), "--out", str(out), *ASK)
    module, _, name = at.rpartition(".")
    owner = module.removesuffix(".os")
    target = "m.os" if module.endswith(".os") else "m"
    patch = f"import importlib; m = importlib.import_module({owner!r}); {target}.{name} = lambda *_: {KILL}"

    ended = killed_at(served.place, said, patch)

    assert ended.returncode == -9, ended.stderr
    assert not out.exists()
    assert main(said) == 0
    assert [each["verdict"] for each in answered(out, "utf-8")] == ["CLEAR"] * 5
    assert not [each for each in tmp_path.iterdir() if each.name.endswith(".part")]
    with Journal(journal) as kept:
        assert (
            sum(len(kept.last_answers(f"PX-{i}", common_pb2.DECISION_POINT_AWARDS_PUBLICITY)) for i in range(5)) == 10
        )
