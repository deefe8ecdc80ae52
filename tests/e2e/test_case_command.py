"""``jsg case`` against a real gateway: a case from its registration to its end, as it is typed."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from e2e.registered import applicant, terms
from e2e.reported import Listed
from e2e.served import AUDITOR, FINANCE, HRSS, new_party
from e2e.test_awards_cleared import known
from google.protobuf import json_format
from jointsanctions.v1 import case_pb2

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
FACTS = ("--fact", "project_region=420302", "--fact", "must_be_tendered=true", "--fact", "state_funds=true")
CUTOFF = ("--fact", "cutoff_rule=NOT_FIXED")
POINT = ("--point", "award")
BOTH = 2
"""What a listing brings: itself, and grade C."""
_numbers = itertools.count()


@pytest.fixture
def jsg(served, capsys):
    """Return a function that types a command, and gives its exit code and what it printed, output before errors."""

    def typed(*words, who=""):
        caller = ("--as", who) if who else ()
        place = ("--config", str(served.place.config), "--state", str(served.place.state))
        code = main([*place, "--address", f"127.0.0.1:{served.port}", *caller, *map(str, words)])
        return code, capsys.readouterr()

    return typed


class Typed:
    """One case of the bidding platform, all of it typed."""

    def __init__(self, jsg, part="1"):
        self.jsg, self.case_ref, self.part = jsg, f"TYPED-{next(_numbers)}", part
        self.named = ("--area", "bidding", "--case", self.case_ref, "--part", part)

    def opened(self, *applicants):
        return self("open", *POINT, *FACTS, *CUTOFF, *(word for each in applicants for word in ("--applicant", each)))

    def __call__(self, command, *words):
        return self.jsg("case", command, *words, *self.named)

    def checked(self, uscc, revision):
        asked = ("--area", "bidding", "--point", "candidate_publicity", "--case", self.case_ref)
        facts = (*FACTS, *CUTOFF, "--fact", "form=SINGLE", "--fact", f"lot={self.part}")
        return self.jsg("check", uscc, *asked, *facts, "--fresh", revision)

    def watched(self, after, most):
        words = ("--area", "bidding", "--after", after, "--case", self.case_ref, "--most", most)
        code, said = self.jsg("case", "watch", *words, "--json")
        events = [json_format.Parse(line, case_pb2.CaseEvent()) for line in said.out.splitlines()]
        (cursor,) = re.findall(r"--after (\d+)", said.err)
        assert code == 0
        return events, int(cursor)

    def cleared(self, uscc, *words):
        return self("clear", uscc, *POINT, *words)


def test_a_case_is_played_from_its_registration_to_its_end(served, jsg, tmp_path):
    party, revision = known(served)
    case = Typed(jsg)
    code, said = case.opened(party.uscc)
    assert (code, f"{case.case_ref} / 1  BIDDING_AWARD  在办 open" in said.out) == (0, True)
    assert case.checked(party.uscc, revision)[0] == 0

    listed = Listed.__new__(Listed)
    listed.served, listed.party, listed.uscc, listed.key = served, party, party.uscc, f"L-{party.uscc}"
    listed.listed()
    began, cursor = case.watched(0, BOTH)
    assert {(each.kind, each.uscc) for each in began} == {(case_pb2.CASE_EVENT_KIND_BEGAN, party.uscc)}
    assert cursor == began[-1].sequence

    receipt = tmp_path / "award.json"
    code, said = case.cleared(party.uscc, "--fresh", listed.revision, "--receipt", receipt)
    assert code == 3
    assert "不予放行 NOT CLEARED" in said.out
    assert "RESTRICTED: 受限" in said.out
    assert not receipt.exists()

    code, said = jsg("case", "list", "--area", "bidding")
    mine, _, _ = said.out.partition("\n\n")[0].partition("在办 open\n  登记 registered")[2].partition("在办 open")
    assert (code, f"有情况 weighed  {party.uscc}  #{began[0].sequence} #{began[1].sequence}" in mine) == (0, True), said
    assert f"未签收 owed     {BOTH}, acknowledge by " in mine

    owed = jsg("clocks", "--clock", "A-123/acknowledge", "--json")[1].out
    mine = [each for each in json.loads(owed)["clocks"] if each["uscc"] == party.uscc]
    assert {each["agency"] for each in mine} == {"public-resources-trading"}
    assert len(mine) == BOTH
    assert case.case_ref not in owed, "the case number is the agency's own"
    sequences = [each.sequence for each in began]
    assert jsg("case", "acknowledge", *sequences, "--area", "bidding")[0] == 0
    assert party.uscc not in jsg("clocks", "--clock", "A-123/acknowledge", "--json")[1].out

    listed.revoked()
    ended, cursor = case.watched(cursor, BOTH)
    assert {each.of_sequence for each in ended} == set(sequences)
    code, said = case.cleared(party.uscc, "--fresh", listed.revision, "--receipt", receipt)
    assert (code, "准予放行 CLEARED" in said.out) == (0, True), said
    code, said = jsg("audit", "verify", receipt)
    assert (code, case.case_ref in said.out) == (0, True), said

    code, said = case("close", "--reason", "awarded")
    assert (code, "已决定 awarded" in said.out) == (0, True)
    code, said = case.cleared(party.uscc)
    assert (code, "FAILED_PRECONDITION STATE" in said.err) == (1, True)


def test_terms_come_from_a_file_and_an_amendment_names_the_version_that_it_replaces(served, jsg, tmp_path):
    first, second, third = (new_party().uscc for _ in range(3))
    case, file = Typed(jsg), tmp_path / "terms.json"
    file.write_text(json_format.MessageToJson(terms(applicant(first), applicant(second, third))), encoding="utf-8")
    code, said = case("open", "--terms", file, "--json")
    assert (code, json.loads(said.out)["case"]["version"]) == (0, 1)

    again = (*POINT, *FACTS, *CUTOFF, "--applicant", f"{second},{third}", "--consortia-fixed")
    code, said = case("amend", *again, "--replaces", 1, "--why", "一家退出")
    assert (code, f"申请 applicant  {second} + {third}" in said.out, first in said.out) == (0, True, False)
    assert "资格审查已结束 the qualification review is over" in said.out
    code, said = case("amend", *again, "--replaces", 1, "--why", "一家退出")
    assert (code, "NOT_THE_NEWEST_VERSION" in said.err) == (1, True)


def test_a_call_repeated_under_its_id_changes_nothing(served, jsg):
    case = Typed(jsg)
    typed = ("open", *POINT, *FACTS, *CUTOFF, "--request-id", f"{case.case_ref}-typed")
    assert case(*typed) == case(*typed)
    assert case("close", "--reason", "void")[0] == 0
    assert case.opened()[0] == 1, "a case that was closed is not opened again"


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (None, (), "--point: is required"),
        (None, ("--point", "coronation"), "--point coronation: bidding has registration"),
        (None, (*POINT, "--fact", "colour=red"), "--fact colour: bidding has project_region"),
        ("{", (), "--terms: "),
        ('{"applicant": []}', (), "--terms: "),
        ("{}", ("--consortia-fixed",), "--terms: gives all of the terms"),
        (" " * (1024 * 1024 + 1), (), "has more than 1048576 characters"),
    ],
    ids=["none", "no point", "no fact", "no JSON", "no field", "both", "too large"],
)
def test_terms_that_are_none_are_a_usage_error_before_anybody_is_asked(jsg, tmp_path, content, words, said):
    file = tmp_path / "terms.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    code, printed = Typed(jsg)("open", *(("--terms", file) if content is not None else ()), *words)

    assert code == 2
    assert f"jsg case: {said}" in printed.err or (said in printed.err and str(file) in printed.err)


def test_a_number_of_a_person_in_a_file_is_masked_in_what_is_said_of_it(jsg, tmp_path):
    file = tmp_path / "terms.json"
    file.write_text('{"applicants": "11010519491231002X"}', encoding="utf-8")
    code, said = Typed(jsg)("open", "--terms", file)

    assert (code, "11010519491231002X" in said.err) == (2, False)


def test_what_an_officer_may_decide_over_is_told_by_its_exit_code_and_by_what_helps(served, jsg):
    unknown = new_party().uscc
    case = Typed(jsg)
    case.opened(unknown)
    code, said = case.cleared(unknown)
    assert code == 4
    assert "NEVER_CHECKED: 本项目未查询过" in said.out
    case.checked(unknown, 0)
    code, said = case.cleared(unknown)
    assert (code, "CONDITIONS_OPEN: 条件未处理" in said.out) == (4, True)
    code, said = case.cleared(unknown, "--override", "已向市场监管部门核实", "--document", "示交易〔2026〕8号")
    assert (code, "准予放行 CLEARED" in said.out) == (0, True)
    assert case.cleared(unknown, "--document", "示交易〔2026〕8号")[0] == 2
    assert case.cleared(unknown, "--first", f"gw1-0/1/{'0' * 64}")[0] == 2


def test_a_receipt_that_cannot_be_written_is_an_error_that_says_how_to_fetch_it(served, jsg, tmp_path):
    party, revision = known(served)
    case = Typed(jsg)
    case.opened(party.uscc)
    case.checked(party.uscc, revision)
    code, said = case.cleared(party.uscc, "--receipt", tmp_path / "nowhere" / "award.json")
    assert code == 1
    (again,) = re.findall(r"jsg (audit receipt \S+/\d+ [0-9a-f]{64})", said.err)
    assert jsg(*again.split(), "--out", tmp_path / "award.json", who="public-resources-trading.asking-system")[0] == 0


def test_related_bidders_are_told_by_the_exit_code_and_so_is_that_nothing_can_be_said(served, jsg):
    case = Typed(jsg)
    case.opened()
    code, said = case("related")
    assert (code, "0 对 pairs" in said.out) == (0, True)
    other = Typed(jsg)
    unknown = new_party().uscc
    other.opened(unknown)
    code, said = other("related")
    assert (code, f"{unknown}  无登记信息" in said.out) == (5, True)


def test_hrss_sees_what_is_not_acknowledged_without_the_case_number(served, jsg):
    listed = Listed(served)
    case = Typed(jsg)
    case.opened(listed.uscc)
    events, _ = case.watched(0, BOTH)
    code, said = jsg("case", "unacknowledged")
    assert code in {0, 3}
    assert f"public-resources-trading  #{events[0].sequence}  开始产生限制 BEGAN" in said.out
    assert case.case_ref not in said.out
    assert jsg("case", "unacknowledged", who=HRSS)[0] == code
    assert jsg("case", "unacknowledged", who=FINANCE)[0] == 1
    count = json.loads(jsg("status", "--json")[1].out)["load"]["owedEvents"]
    assert int(count["count"]) >= BOTH
    assert (int(count["overdue"]), bool(count["oldest"])) == (0, True)
    assert "条未签收 not acknowledged, 0 逾期 overdue, 最早 oldest " in jsg("status")[1].out


def test_a_watch_ends_where_nothing_is_left_when_it_is_asked_to(served, jsg):
    listed = Listed(served)
    case = Typed(jsg)
    case.opened(listed.uscc)
    _, cursor = case.watched(0, BOTH)
    code, said = jsg("case", "watch", "--area", "bidding", "--after", cursor - 1, "--once", "--case", case.case_ref)
    assert code == 0
    assert f"#{cursor}  开始产生限制 BEGAN to weigh  {case.case_ref} / 1  {listed.uscc}" in said.out
    assert "未签收 owed" in said.out
    (reached,) = re.findall(r"go on with --after (\d+)", said.err)
    assert int(reached) >= cursor


def test_a_watch_that_is_refused_says_from_where_to_go_on(jsg):
    code, said = jsg("case", "watch", "--area", "bidding", "--after", 7, who=AUDITOR)

    assert code == 1
    assert "go on with --after 7" in said.err
    assert "PERMISSION_DENIED" in said.err
