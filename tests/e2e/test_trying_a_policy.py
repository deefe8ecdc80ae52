"""A policy is tried over the wire on recorded questions: what would change is counted, and nothing changes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from e2e.served import AUDITOR, BATCH, BIDDING, CHECK, HRSS, REGISTRAR, award, body_of, question
from jointsanctions.v1 import common_pb2, credit_pb2
from jointsanctions.v1 import policy_pb2 as pb

from gateway.cli.main import main
from gateway.settings.policy_source import files_of

DRY_RUN = "/jointsanctions.v1.AdminService/DryRunPolicy"
OPERATIONS = "gateway-operations.operator"
SHIPPED = Path(__file__).parents[2] / "config" / "policy"
BIDDING_FILE, NATIONAL = "areas/bidding.toml", "national-2026"
NEW = """
[[document]]
key = "NEW"
level = "LAW"
title_zh = "新法"
title_en = "New"
valid_from = "2026-01-01"
articles = ["1"]
"""
pytestmark = pytest.mark.xdist_group("served")


def text_of(profile="shiyan", edits=()):
    files = files_of(SHIPPED, profile)
    for file, before, after in edits:
        written = files[file].decode()
        assert re.search(before, written), before
        files[file] = re.sub(before, after, written).encode()
    return pb.PolicyText(profile=profile, files=[pb.PolicyFile(name=n, content=c) for n, c in files.items()])


def request_of(text, **parts):
    return pb.DryRunPolicyRequest(officer="o-1", policy=text, **parts)


def tried(served, request, who=OPERATIONS):
    outcome = served.send(DRY_RUN, request, who)
    assert outcome.ok, outcome.text()
    return pb.DryRunPolicyResponse.FromString(outcome.answer)


def told(answer):
    verdict = common_pb2.Verdict.Name
    return {
        (common_pb2.Area.Name(each.area), verdict(each.verdict_before), verdict(each.verdict_after)): each.answers
        for each in answer.changes
    }


@pytest.fixture(scope="module")
def asked(served):
    """Every example of the city, asked about once at an award."""
    for example in served.city.examples:
        outcome = served.send(CHECK, award(example.uscc, example.name))
        assert outcome.ok, outcome.text()
    return served


def test_under_the_policy_in_force_every_question_is_answered_alike(asked):
    answer = tried(asked, request_of(text_of(), sample=500))

    assert (answer.decided, answer.unchanged) == (answer.decided, answer.decided)
    assert answer.decided >= len(asked.city.examples)
    assert not answer.changes
    assert not answer.refusals
    assert (answer.policy_version, len(answer.policy_digest)) == ("2026-11", 64)


def test_grades_that_no_longer_block_free_whom_they_blocked_and_nobody_else(asked):
    grade_b = asked.city.example("grade_b").uscc
    listed = asked.city.example("listed").uscc
    by_grade = tried(asked, request_of(text_of(NATIONAL), enterprises=[grade_b]), HRSS)
    by_listing = tried(asked, request_of(text_of(NATIONAL), enterprises=[listed]), HRSS)

    assert {before for _, before, _ in told(by_grade)} == {"VERDICT_RESTRICTED"}
    assert "VERDICT_RESTRICTED" not in {after for _, _, after in told(by_grade)}
    (change,) = by_grade.changes
    assert {each.uscc for each in change.examples} == {grade_b}
    assert change.examples[0].decision_point == common_pb2.DECISION_POINT_BIDDING_AWARD
    assert list(change.examples[0].rules_before) == ["A-30/TR3/award"]
    assert change.answers >= 1
    assert by_listing.decided >= 1
    assert ("AREA_BIDDING", "VERDICT_RESTRICTED", "VERDICT_CONDITIONAL") not in told(by_listing)


def test_an_item_of_a_batch_is_a_question_of_its_own(served):
    example = served.city.example("grade_b")
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(), request_id="dry-run-batch")
    for number in range(3):
        batch.items.add(item_id=str(number)).enterprise.uscc = example.uscc
    assert served.send(BATCH, batch).ok
    answer = tried(served, request_of(text_of(NATIONAL), enterprises=[example.uscc]), HRSS)

    (change,) = answer.changes
    items = {each.item for each in change.examples if each.HasField("item")}
    assert {0, 1, 2} <= items


def test_other_words_with_the_same_verdict_are_told_as_such(asked):
    listed = asked.city.example("listed").uscc
    words = text_of(edits=[("texts.toml", r"(\[remedy\.LISTING\]\nzh = \")", r"\1另：")])
    answer = tried(asked, request_of(words, enterprises=[listed]), HRSS)

    assert answer.unchanged < answer.decided
    assert all(before == after for _, before, after in told(answer))


def test_a_case_fact_that_would_newly_be_needed_is_named(served):
    party = served.city.example("grade_a").uscc
    early = award(party)
    early.question.decision_point = common_pb2.DECISION_POINT_BIDDING_REGISTRATION
    early.question.ClearField("case_facts")
    assert served.send(CHECK, early).ok
    needy = text_of(edits=[(BIDDING_FILE, r"\Aneeds = \[\]|(?<=registration\"\n)needs = \[\]", 'needs = ["lot"]')])
    answer = tried(served, request_of(needy, enterprises=[party]), HRSS)

    (refusal,) = answer.refusals
    assert (refusal.area, refusal.field) == (common_pb2.AREA_BIDDING, "case_facts.bidding.lot")
    assert refusal.answers == 1


def test_whoever_runs_the_gateway_is_told_of_no_enterprise(asked):
    answer = tried(asked, request_of(text_of(NATIONAL), sample=500))

    assert answer.changes
    for change in answer.changes:
        assert 1 <= len(change.examples) <= 5
        assert {each.uscc for each in change.examples} == {""}
    codes = [example.uscc.encode() for example in asked.city.examples]
    assert not [code for code in codes if code in answer.SerializeToString()]
    refused = asked.send(DRY_RUN, request_of(text_of(), enterprises=[asked.city.example("listed").uscc]), OPERATIONS)
    assert (refused.reason, refused.field) == ("FIELD_NOT_IN_MANDATE", "enterprises")


@pytest.mark.parametrize("who", [BIDDING, AUDITOR, REGISTRAR])
def test_nobody_else_tries_a_policy(served, who):
    assert served.send(DRY_RUN, request_of(text_of()), who).reason == "ROLE_NOT_PERMITTED"


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (("areas/licensing.toml", r'effect = "REVIEW"', 'effect = "BLOCK"'),
         ("areas/licensing.toml", "effect", "LICENSING never blocks")),
        ((BIDDING_FILE, r"step = 1\n", "step = 0\n"), (BIDDING_FILE, "step", "must be at least 1")),
        (("shiyan.toml", r"reviewer = .*\n", ""), ("shiyan.toml", "reviewer", "is missing")),
        (("legal_basis.toml", r'key = "BL"', 'key = "BLX"'), ("areas/bidding.toml", "basis", "not known")),
        (("texts.toml", r"\A", "= "), ("texts.toml", "-", "Invalid")),
    ],
)  # fmt: skip
def test_an_unsound_policy_is_not_tried_and_each_fault_is_named(served, edit, fault):
    answer = tried(served, request_of(text_of(edits=[edit])))

    file, field, reason = fault
    assert any((each.file, each.field) == (file, field) and reason in each.reason for each in answer.faults)
    assert answer.fault_count >= len(answer.faults) >= 1
    assert (answer.decided, answer.looked_at, answer.policy_digest) == (0, 0, "")


def test_a_document_whose_review_has_no_day_here_is_a_fault(served):
    added = text_of()
    for each in added.files:
        if each.name == "legal_basis.toml":
            each.content += NEW.encode()

    (found,) = tried(served, request_of(added)).faults

    assert (found.file, list(found.tables), found.field) == ("reviews.toml", ["reviewed_on"], "NEW")


def broken(**parts):
    request = request_of(text_of())
    for name, value in parts.items():
        setattr(request, name, value)
    return request


def with_files(*files):
    return request_of(pb.PolicyText(profile="shiyan", files=[pb.PolicyFile(name=n, content=c) for n, c in files]))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: broken(officer=""), "officer"),
        (lambda: broken(sample=501), "sample"),
        (lambda: request_of(pb.PolicyText()), "policy.profile"),
        (with_files, "policy.files"),
        (lambda: with_files(*[(f"areas/a{n}.toml", b"") for n in range(33)]), "policy.files"),
        (lambda: with_files(("../x.toml", b"")), "policy.files[0].name"),
        (lambda: with_files(("areas/../x.toml", b"")), "policy.files[0].name"),
        (lambda: with_files(("texts.toml", b""), ("texts.toml", b"")), "policy.files[1].name"),
        (lambda: with_files(("texts.toml", b"x" * (256 * 1024 + 1))), "policy.files[0].content"),
        (lambda: with_files(*[(f"a{n}.toml", b"x" * 256 * 1024) for n in range(5)]), "policy.files"),
    ],
)
def test_a_request_that_is_no_policy_or_too_much_is_refused_by_field(served, make, field):
    refused = served.send(DRY_RUN, make(), OPERATIONS)

    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)


def test_a_sample_and_enterprises_exclude_each_other_and_a_code_that_is_none_is_named(served):
    code = served.city.example("listed").uscc
    both = served.send(DRY_RUN, request_of(text_of(), enterprises=[code], sample=5), HRSS)
    none = served.send(DRY_RUN, request_of(text_of(), enterprises=[code, "x"]), HRSS)

    assert (both.reason, both.field) == ("MALFORMED_REQUEST", "sample")
    assert (none.reason, none.field) == ("MALFORMED_REQUEST", "enterprises[1]")


def test_a_trial_is_recorded_and_changes_no_answer(asked):
    example = asked.city.example("grade_b")
    before = credit_pb2.CheckEligibilityResponse.FromString(asked.send(CHECK, award(example.uscc)).answer)
    answer = tried(asked, request_of(text_of(NATIONAL), enterprises=[example.uscc]), HRSS)
    after = credit_pb2.CheckEligibilityResponse.FromString(asked.send(CHECK, award(example.uscc)).answer)

    assert after.decision.verdict == before.decision.verdict == common_pb2.VERDICT_RESTRICTED
    assert after.basis.policy_profile == before.basis.policy_profile == "shiyan"
    body = body_of(asked.entry(answer.audit_position))
    assert body["enterprises"] == [example.uscc]
    said = body["dry_run"]
    assert (said["profile"], said["digest"]) == (NATIONAL, answer.policy_digest)
    assert (said["decided"], said["changed"]) == (answer.decided, answer.decided - answer.unchanged)


def test_the_command_says_what_would_change_and_ends_with_four(asked, tmp_path, capsys):
    place = asked.place
    words = ["--config", str(place.config), "--state", str(place.state), "--address", f"127.0.0.1:{asked.port}"]
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "policy"))

    assert main([*words, "policy", "dry-run", str(folder), "--sample", "500"]) == 0
    assert "unchanged" in capsys.readouterr().out
    assert main([*words, "policy", "dry-run", str(folder / "national-2026.toml"), "--sample", "500", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["changes"]
    code = asked.city.example("grade_b").uscc
    assert main([*words, "policy", "dry-run", str(folder), "--profile", NATIONAL, "--enterprise", code]) == 4
    said = capsys.readouterr().out
    assert re.search(r"招标投标 BIDDING  RESTRICTED → \w+  × \d+", said)
    assert code in said
    path = folder / "areas" / "licensing.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"REVIEW"', '"BLOCK"'), encoding="utf-8")
    assert main([*words, "policy", "dry-run", str(folder)]) == 1
    assert "LICENSING never blocks" in capsys.readouterr().out
    assert main([*words, "policy", "dry-run", str(folder), "--profile", "texts"]) == 1
    assert "has no profile texts" in capsys.readouterr().err
