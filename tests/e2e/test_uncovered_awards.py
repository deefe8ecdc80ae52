"""Awards that no answer covers, over the wire: of a list, of what was reported, and at the terminal."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import AUDITOR, BATCH, CHECK, award, body_of, new_party, question, today
from jointsanctions.v1 import award_cover_pb2 as pb
from jointsanctions.v1 import common_pb2, credit_pb2, outcome_pb2

from gateway.cli.main import main

UNCOVERED = "/jointsanctions.v1.AuditService/ListUncoveredAwards"
REPORT = "/jointsanctions.v1.CreditService/ReportOutcome"
pytestmark = pytest.mark.xdist_group("served")
_numbers = itertools.count()


def case():
    return f"COVER-{next(_numbers)}"


def asked(served, code, case_ref):
    outcome = served.send(CHECK, award(code, case_ref=case_ref))
    assert outcome.ok, outcome.text()
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)


def row(code, case_ref, **parts):
    whole = {"row_id": f"r{next(_numbers)}", "area": common_pb2.AREA_BIDDING, "case_ref": case_ref, "uscc": code}
    if "awarded_at" not in parts:
        whole["awarded_on"] = today().isoformat()
    return pb.AwardRow(**{**whole, **parts})


def looked(served, **parts):
    outcome = served.send(UNCOVERED, pb.ListUncoveredAwardsRequest(officer="o-1", **parts), AUDITOR)
    assert outcome.ok, outcome.text()
    return pb.ListUncoveredAwardsResponse.FromString(outcome.answer)


def reason(served, one):
    """Return why one row stands out, without its prefix; empty when it is covered."""
    found = looked(served, rows=[one])
    assert found.looked_at == 1
    return pb.UncoveredReason.Name(found.awards[0].reason)[len("UNCOVERED_REASON_") :] if found.awards else ""


def clear(served):
    return served.city.example("grade_a").uscc


def test_each_award_of_a_list_is_covered_or_stands_out_with_its_reason(served):
    code, listed = clear(served), served.city.example("listed").uscc
    here, elsewhere, restricted = case(), case(), case()
    answer = asked(served, code, here)
    asked(served, listed, restricted)
    later = answer.decision.valid_until

    assert reason(served, row(code, here)) == ""
    assert reason(served, row(new_party().uscc, elsewhere)) == "NEVER_ASKED"
    assert reason(served, row(code, elsewhere)) == "OTHER_CASE"
    assert reason(served, row(new_party().uscc, here)) == "OTHER_ENTERPRISE"
    assert reason(served, row(listed, restricted)) == "RESTRICTED"
    assert reason(served, row(code, here, awarded_at=later)) == "EXPIRED"
    before = answer.audit_position.recorded_at.ToDatetime(UTC) - timedelta(minutes=1)
    early = row(code, here, awarded_at=before)
    assert reason(served, early) == "ASKED_AFTER"
    assert reason(served, row(code, here, awarded_at=answer.audit_position.recorded_at)) == ""
    assert reason(served, row(code, here, agency="finance")) == "NEVER_ASKED"
    assert reason(served, row(code, here, agency="public-resources-trading")) == ""


def test_a_bidder_of_a_batch_is_covered_by_its_own_item(served):
    here, codes = case(), [clear(served), served.city.example("listed").uscc]
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(case_ref=here), request_id=here)
    for number, code in enumerate(codes):
        batch.items.add(item_id=f"i{number}").enterprise.uscc = code
    assert served.send(BATCH, batch).ok
    found = looked(served, rows=[row(code, here) for code in codes])

    (standing,) = found.awards
    assert (standing.uscc, standing.nearest.item) == (codes[1], 1)
    assert standing.nearest.verdict == common_pb2.VERDICT_RESTRICTED


def test_an_auditor_is_told_the_answer_that_comes_nearest_and_no_measures(served):
    code, here = served.city.example("listed").uscc, case()
    position = asked(served, code, here).audit_position
    (standing,) = looked(served, rows=[row(code, here)]).awards

    assert (standing.nearest.writer, standing.nearest.number) == (position.writer, position.number)
    assert standing.nearest.valid_until.ToDatetime() >= standing.nearest.answered_at.ToDatetime() - timedelta(seconds=9)
    names = {field.name for message in (pb.UncoveredAward, pb.NearestAnswer) for field in message.DESCRIPTOR.fields}
    assert not names & {"measures", "grade", "persons", "record_id"}


def report(served, answer, code, case_ref, kind, **parts):
    request = outcome_pb2.ReportOutcomeRequest(
        request_id=f"o{next(_numbers)}-{case_ref}",
        area=common_pb2.AREA_BIDDING,
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
        case_ref=case_ref,
        officer="officer-7",
        uscc=code,
        outcome=kind,
        decided_on=today().isoformat(),
        **parts,
    )
    position = answer.audit_position
    request.answer.writer, request.answer.number = position.writer, position.number
    request.answer.leaf_hash = position.leaf_hash
    outcome = served.send(REPORT, request)
    assert outcome.ok, outcome.text()
    return outcome_pb2.ReportOutcomeResponse.FromString(outcome.answer).outcome_id


def reported(served, **parts):
    """Return the awards among what was reported that stand out, page after page, and how many were looked at."""
    found, looked_at, token = [], 0, ""
    while True:
        page = looked(served, page_size=2, page_token=token, **parts)
        found += page.awards
        looked_at += page.looked_at
        token = page.next_page_token
        if not token:
            return found, looked_at


def test_reported_awards_stand_out_page_after_page(served):
    listed, good = served.city.example("listed").uscc, clear(served)
    ids = {}
    for name, code, kind in (
        ("granted", good, outcome_pb2.OUTCOME_KIND_GRANTED),
        ("against", listed, outcome_pb2.OUTCOME_KIND_GRANTED),
        ("unstopped", listed, outcome_pb2.OUTCOME_KIND_NOT_STOPPED),
        ("refused", listed, outcome_pb2.OUTCOME_KIND_REFUSED),
    ):
        here = case()
        ids[name] = report(served, asked(served, code, here), code, here, kind)
    found, looked_at = reported(served, area=common_pb2.AREA_BIDDING, since_on=today().isoformat())
    standing = {each.outcome_id: each for each in found}

    assert {ids["against"], ids["unstopped"]} <= standing.keys()
    assert not {ids["granted"], ids["refused"]} & standing.keys()
    assert looked_at >= 3
    assert standing[ids["against"]].reason == pb.UNCOVERED_REASON_RESTRICTED
    assert standing[ids["against"]].agency == "public-resources-trading"
    assert reported(served, agency="audit-bureau") == ([], 0)
    assert reported(served, since_on=(today() + timedelta(days=1)).isoformat()) == ([], 0)


def test_a_conditional_award_is_covered_once_its_conditions_are_reported(served):
    here, code = case(), new_party().uscc
    answer = asked(served, code, here)
    assert answer.decision.verdict == common_pb2.VERDICT_CONDITIONAL

    assert reason(served, row(code, here)) == "CONDITIONS_NOT_FULFILLED"
    met = outcome_pb2.FulfilledCondition(kind=outcome_pb2.FULFILMENT_KIND_EXISTENCE_CONFIRMED, text="已核实")
    fulfilled = outcome_pb2.OUTCOME_KIND_CONDITIONS_FULFILLED
    first = report(served, answer, code, here, fulfilled, conditions=[met])
    assert reason(served, row(code, here)) == ""
    report(served, answer, code, here, outcome_pb2.OUTCOME_KIND_REFUSED, supersedes=first)
    assert reason(served, row(code, here)) == "CONDITIONS_NOT_FULFILLED"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"rows": [pb.AwardRow()]}, "rows[0].row_id"),
        ({"rows": [row("91420300MA0000001R", "T-1", area=0)]}, "rows[0].area"),
        ({"rows": [row("91420300MA0000001R", "")]}, "rows[0].case_ref"),
        ({"rows": [row("", "T-1")]}, "rows[0].uscc"),
        ({"rows": [row("91420300MA0000001R", "T-1", awarded_on="")]}, "rows[0].awarded_at"),
        ({"rows": [row("91420300MA0000001R", "T-1", awarded_on="2026-13-01")]}, "rows[0].awarded_on"),
        ({"rows": [row("91420300MA0000001R", "T-1", row_id="a")] * 2}, "rows[1].row_id"),
        ({"rows": [row("91420300MA0000001R", "T-1")] * 501}, "rows"),
        ({"rows": [row("91420300MA0000001R", "T-1")], "page_size": 1}, "page_size"),
        ({"rows": [row("91420300MA0000001R", "T-1")], "agency": "finance"}, "agency"),
        ({"since_on": "2026-02-02", "until_on": "2026-02-01"}, "until_on"),
        ({"page_size": 501}, "page_size"),
        ({"page_token": "none"}, "page_token"),
        ({"officer": ""}, "officer"),
    ],
)
def test_what_is_malformed_is_refused_by_name(served, parts, field):
    outcome = served.send(UNCOVERED, pb.ListUncoveredAwardsRequest(**{"officer": "o-1", **parts}), AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_the_list_is_recorded_by_its_hash_with_what_came_of_it(served):
    here, code = case(), clear(served)
    found = looked(served, rows=[row(code, here), row(new_party().uscc, here)])
    told = body_of(served.entry(found.audit_position))["awards"]

    assert (told["listed"], told["looked_at"], told["uncovered"], len(told["list"])) == (2, 2, 2, 64)


def test_the_command_reads_a_list_and_names_the_line_at_fault(served, tmp_path, capsys):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    place += ["--address", f"127.0.0.1:{served.port}", "audit", "uncovered"]
    here, code, file = case(), clear(served), tmp_path / "awards.csv"
    asked(served, code, here)
    good = f"case,uscc,awarded,area\n{here},{code},{today().isoformat()},bidding\n"
    file.write_bytes(good.encode("utf-8-sig"))
    assert main([*place, str(file)]) == 0
    assert "uncovered: 0" in capsys.readouterr().out
    instant = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    file.write_text(f"{good}示例-9,{new_party().uscc},{instant},bidding\n", encoding="utf-8")
    assert main([*place, str(file), "--json"]) == 3
    (standing,) = json.loads(capsys.readouterr().out)["awards"]
    assert (standing["row_id"], standing["reason"]) == ("line 3", "UNCOVERED_REASON_NEVER_ASKED")
    assert main([*place, str(file)]) == 3
    assert "从未查询 NEVER_ASKED" in capsys.readouterr().out
    for wrong, said in (
        (good.replace("bidding", "sewing"), "line 2: area"),
        (good.replace(today().isoformat(), "today"), "line 2: awarded"),
        (good.replace(code, ""), "line 2: uscc is empty"),
        ("case,uscc\n", "there is no column awarded, area"),
        (good + '"never closed', "after line 2"),
        (good.replace("bidding", "bidding,1"), "line 2: has more values"),
    ):
        file.write_text(wrong, encoding="utf-8")
        assert main([*place, str(file)]) == 1
        assert said in capsys.readouterr().err
    assert main([*place, str(file), "--area", "bidding"]) == 2
    assert main([*place, "--area", "lending"]) in {0, 3}
