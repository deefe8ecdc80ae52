"""``jsg outcome`` against a real gateway: what a deciding system types, and what HRSS sees."""

from __future__ import annotations

import json

import pytest
from e2e.reported import Listed
from e2e.served import HRSS, gateway_in
from google.protobuf import json_format
from jointsanctions.v1 import outcome_pb2

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture
def jsg(served, capsys):
    """Return a function that types a command, and gives its exit code and what it printed."""

    def typed(*words, who=""):
        caller = ("--as", who) if who else ()
        place = ("--config", str(served.place.config), "--state", str(served.place.state))
        code = main([*place, "--address", f"127.0.0.1:{served.port}", *caller, "outcome", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


def words(case, answer, *more, outcome="refused"):
    position = answer.audit_position
    place = ("--answer", f"{position.writer}/{position.number}", "--leaf", position.leaf_hash.hex())
    asked = (case.uscc, "--area", "bidding", "--point", "award", "--case", "TENDER-1")
    return ("report", *asked, *place, "--outcome", outcome, "--document", "示交易〔2026〕7号", *more)


def test_an_outcome_is_missing_then_reported_listed_and_examined_again(served, jsg):
    case = Listed(served)
    answer = case.asked()
    code, said = jsg("list", "--area", "bidding", "--missing", "--uscc", case.uscc)
    assert code == 0
    assert f"TENDER-1  BIDDING_AWARD  {case.uscc}" in said
    assert answer.audit_position.leaf_hash.hex() in said

    conditions = ("--met", "officer_review=已核实整改")
    code, said = jsg(*words(case, answer, *conditions, outcome="granted_with_conditions"))
    assert (code, said.startswith("已登记 reported  outcome-")) == (0, True)
    mine = said.split()[-1]
    assert case.uscc not in jsg("list", "--area", "bidding", "--missing", "--uscc", case.uscc)[1]
    code, said = jsg("list", "--area", "bidding", "--uscc", case.uscc)
    assert "附条件准予 granted with conditions" in said
    assert "人工复核 officer's review: 已核实整改" in said

    case.revoked()
    code, said = jsg("decided", "--json")
    found = json_format.Parse(said, outcome_pb2.ListDecidedCasesResponse())
    (seen,) = [each for each in found.cases if each.record_id == case.key]
    assert (code, seen.decided.reexamine, seen.decided.outcome.outcome_id) == (3, True, mine)
    again = ("--supersedes", mine, "--ending", seen.ending_id)
    assert jsg(*words(case, case.asked(), *again, outcome="granted"))[0] == 0
    assert case.uscc not in jsg("decided")[1]
    assert "已重新审查 examined again" in jsg("decided", "--all")[1]


def test_a_repetition_under_the_same_request_id_adds_nothing(served, jsg):
    case = Listed(served)
    typed = words(case, case.asked(), "--request-id", f"{case.uscc}-typed")
    assert jsg(*typed) == jsg(*typed)
    assert len(json.loads(jsg("list", "--area", "bidding", "--uscc", case.uscc, "--json")[1])["outcomes"]) == 1


def test_a_refusal_names_the_reason_and_the_field(served, jsg):
    case, other = Listed(served), Listed(served)
    code, said = jsg(*words(other, case.asked()))
    assert (code, "MALFORMED_REQUEST" in said, "field=uscc" in said) == (1, True, True)
    assert jsg("decided", who="public-resources-trading.asking-system")[0] == 1
    assert jsg("decided", who=HRSS)[0] in {0, 3}


def test_without_a_term_nothing_is_overdue(tmp_path, capsys):
    with gateway_in(tmp_path, changes={"[outcomes]\ndue_days = 5\n": ""}, filled=False) as served:
        case = Listed(served)
        case.asked()
        place = ("--config", str(served.place.config), "--state", str(served.place.state))
        typed = ("outcome", "list", "--area", "bidding", "--missing", "--json")
        assert main([*place, "--address", f"127.0.0.1:{served.port}", *typed]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [("due_on" in each, "overdue" in each) for each in found["missing"]] == [(False, False)]
    assert "due_working_days" not in found
