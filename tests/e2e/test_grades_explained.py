"""Grades explained over the wire: to HRSS all of it, to the enterprise its own, to nobody else anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import BIDDING, FINANCE, HRSS, REGISTRAR, outcome_of
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import common_pb2, credit_pb2, grade_pb2, subject_pb2

pytestmark = pytest.mark.xdist_group("served")

EXPLAIN = "/jointsanctions.v1.RegistryService/ExplainGrade"
OWN = "/jointsanctions.v1.SubjectService/GetOwnGrade"
WINDOW = "hrss-window.subject"
PAST = Timestamp(seconds=int((datetime.now(UTC) - timedelta(days=30)).timestamp()))
LETTERS = common_pb2.GradeLetter


def asking(kind, uscc, **parts):
    enterprise = common_pb2.EnterpriseRef(uscc=uscc)
    return kind(**({"enterprise": enterprise, "case_ref": "DC-2026-3", "officer": "officer-7"} | parts))


def explained(served, key, **parts):
    request = asking(grade_pb2.ExplainGradeRequest, served.city.example(key).uscc, **parts)
    return served.callers.as_caller(HRSS).explain_grade(request)


def own(served, key):
    request = asking(subject_pb2.GetOwnGradeRequest, served.city.example(key).uscc)
    return served.callers.as_caller(WINDOW).own_grade(request)


def letters(answer):
    return {each.grade.scheme: LETTERS.Name(each.grade.letter).removeprefix("GRADE_LETTER_") for each in answer.schemes}


def test_hrss_sees_the_grades_of_both_schemes_beside_each_other(served):
    assert letters(explained(served, "grade_b")) == {"shiyan-15333": "B", "national-2016": "B"}
    assert letters(explained(served, "grade_c")) == {"shiyan-15333": "C", "national-2016": "C"}
    assert letters(explained(served, "grade_a_two_years")) == {"shiyan-15333": "A", "national-2016": "A"}
    assert [each.weighs for each in explained(served, "grade_b").schemes] == [True, False]


def test_each_fact_has_its_days_and_each_change_its_words(served):
    local, national = explained(served, "grade_b").schemes
    assert [fact.kind for fact in local.grade.facts] == ["complaint"] * 6
    assert all(fact.counts_from < fact.counts_until for fact in local.grade.facts)
    assert (national.grade.period, [fact.kind for fact in national.grade.facts]) == (
        str(served.made_on.year - 1),
        ["violation"],
    )
    steps = {change.step for change in (*local.changes, *national.changes)}
    assert {"DECISIONS_REVOKED", "MORE_VIOLATIONS"} <= steps
    assert all(change.text.zh and change.text.en and "{" not in change.text.en for change in national.changes)
    assert [LETTERS.Name(each.letter) for each in local.ahead][-1] == "GRADE_LETTER_A"
    assert local.history[-1].since == local.ahead[-1].since


def test_the_history_as_known_then_is_told_where_it_is_asked_for(served):
    assert all(not each.history_as_known_then for each in explained(served, "grade_b").schemes)
    then = explained(served, "grade_b", known_at=PAST)
    local = then.schemes[0]
    assert [LETTERS.Name(each.letter) for each in local.history_as_known_then] == ["GRADE_LETTER_NOT_RATED"]
    assert len(local.history) > 1
    assert LETTERS.Name(local.grade.letter) == "GRADE_LETTER_NOT_RATED"
    assert then.basis.known_at == PAST


def test_an_explanation_is_recorded_with_case_officer_and_enterprise(served):
    answer = explained(served, "grade_c", purpose="file review")
    body = served.entry(answer.audit_position).body
    assert b'"RegistryService/ExplainGrade"' in body
    for told in ("DC-2026-3", "officer-7", "file review", served.city.example("grade_c").uscc):
        assert told.encode() in body


@pytest.mark.parametrize(
    ("who", "reason"),
    [(REGISTRAR, "FIELD_NOT_IN_MANDATE"), (BIDDING, "ROLE_NOT_PERMITTED"), (WINDOW, "ROLE_NOT_PERMITTED")],
)
def test_nobody_but_hrss_is_told_why(served, who, reason):
    code = served.city.example("grade_c").uscc
    for uscc in (code, "no code"):
        outcome = served.send(EXPLAIN, asking(grade_pb2.ExplainGradeRequest, uscc), who)
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, reason)
        assert code not in outcome.text()


@pytest.mark.parametrize("who", [HRSS, BIDDING, FINANCE])
def test_nobody_but_the_window_asks_for_an_enterprise(served, who):
    outcome = served.send(OWN, asking(subject_pb2.GetOwnGradeRequest, served.city.example("grade_c").uscc), who)
    assert outcome.reason == "ROLE_NOT_PERMITTED"


@pytest.mark.parametrize(
    ("parts", "reason", "field"),
    [
        ({"case_ref": ""}, "AUTHORIZATION_MISSING", "case_ref"),
        ({"officer": ""}, "MALFORMED_REQUEST", "officer"),
        ({"enterprise": common_pb2.EnterpriseRef()}, "MALFORMED_REQUEST", "enterprise.uscc"),
        ({"enterprise": common_pb2.EnterpriseRef(uscc="91420300MA0000001X")}, "MALFORMED_REQUEST", "enterprise.uscc"),
    ],
)
def test_a_read_without_its_fields_is_refused_by_name(served, parts, reason, field):
    code = served.city.example("grade_a").uscc
    for path, kind, who in (
        (EXPLAIN, grade_pb2.ExplainGradeRequest, HRSS),
        (OWN, subject_pb2.GetOwnGradeRequest, WINDOW),
    ):
        outcome = served.send(path, asking(kind, code, **parts), who)
        assert (outcome.reason, outcome.field) == (reason, field)


def test_a_moment_ahead_is_refused(served):
    ahead = Timestamp(seconds=int((datetime.now(UTC) + timedelta(days=30)).timestamp()))
    request = asking(grade_pb2.ExplainGradeRequest, served.city.example("grade_a").uscc, as_of=ahead)
    assert served.send(EXPLAIN, request, HRSS).field == "as_of"


def test_an_enterprise_is_told_its_grades_and_why_without_the_ids_of_records(served):
    answer = own(served, "grade_b")
    local, national = answer.grades
    assert (local.weighs, national.weighs) == (True, False)
    assert [(fact.kind, fact.count, fact.document_number) for fact in local.facts] == [("complaint", 6, "")]
    assert [fact.kind for fact in national.facts] == ["violation"]
    assert national.facts[0].document_number
    assert all(text.zh and text.en for each in answer.grades for text in (*each.changes, *each.ahead))
    assert not local.grade.facts
    told = str(answer)
    for fact in explained(served, "grade_b").schemes[0].grade.facts:
        assert fact.record_id not in told


def test_an_enterprise_nobody_knows_is_not_rated_by_any_scheme(served):
    request = asking(subject_pb2.GetOwnGradeRequest, served.city.example("unknown").uscc)
    answer = served.callers.as_caller(WINDOW).own_grade(request)
    assert not answer.enterprise.known
    assert {LETTERS.Name(each.grade.letter) for each in answer.grades} == {"GRADE_LETTER_NOT_RATED"}


def test_a_credit_record_shows_both_grades_to_hrss_and_one_to_others(served):
    request = asking(credit_pb2.GetCreditRecordRequest, served.city.example("grade_b").uscc)
    whole = served.callers.as_caller(HRSS).credit_record(request)
    assert (whole.grade.scheme, [each.scheme for each in whole.other_grades]) == ("shiyan-15333", ["national-2016"])
    assert [fact.kind for fact in whole.other_grades[0].facts] == ["violation"]
    assert not served.callers.as_caller(BIDDING).credit_record(request).other_grades


def test_the_deposit_is_shown_by_both_rules(served):
    clean, listed = explained(served, "grade_a_two_years").deposit, explained(served, "listed").deposit
    assert "D-04" in {each.rule_id for each in clean.national}
    assert [(each.rule_id, each.percent) for each in clean.local] == [("G-06", -100)]
    assert not clean.suspended
    assert [(each.rule_id, each.percent) for each in listed.national] == [("D-06", 100)]
    assert (list(listed.local), listed.suspended, listed.local_more_generous) == ([], True, False)
    assert not any(each.HasField("rate_basis_points") for each in (*clean.national, *clean.local))


def test_what_is_unknown_in_a_request_is_refused(served):
    call = served.channel(HRSS).unary_unary(EXPLAIN)
    assert outcome_of(call, b"\xf8\x07\x01").reason == "MALFORMED_REQUEST"
