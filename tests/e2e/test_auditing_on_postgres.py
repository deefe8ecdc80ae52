"""Replays, reviews and awards without an answer over PostgreSQL: facts, queues and log in one database."""

from __future__ import annotations

import pytest
from e2e.served import AUDITOR, BIDDING, award, today
from e2e.test_replaying import asked, is_identical, replayed
from e2e.test_reviews import asked as integrated
from e2e.test_reviews import listed, review, signed
from e2e.test_uncovered_awards import looked, row
from jointsanctions.v1 import award_cover_pb2, replay_pb2

pytestmark = pytest.mark.xdist_group("served-postgres")
SAMPLE = "/jointsanctions.v1.AuditService/ReplaySample"


def test_answers_come_out_as_they_were_by_position_and_in_a_sample(served_on_postgres):
    for name in ("listed", "grade_a"):
        answer = asked(served_on_postgres, award(served_on_postgres.city.example(name).uscc))
        assert is_identical(replayed(served_on_postgres, answer.audit_position, BIDDING))
    sample = served_on_postgres.send(SAMPLE, replay_pb2.ReplaySampleRequest(officer="o", size=3), AUDITOR)
    found = replay_pb2.ReplaySampleResponse.FromString(sample.answer)
    assert {each.result for each in found.counts} == {replay_pb2.REPLAY_RESULT_IDENTICAL}


def test_a_review_is_signed_and_listed(served_on_postgres):
    integrated(served_on_postgres)
    named = signed(served_on_postgres, review(served_on_postgres)).review_id
    assert named in {each.review_id for each in listed(served_on_postgres)}


def test_an_award_is_covered_by_its_answer(served_on_postgres):
    code = served_on_postgres.city.example("grade_a").uscc
    asked(served_on_postgres, award(code, case_ref="COVER-PG"))
    rows = [row(code, "COVER-PG", awarded_on=today().isoformat()), row(code, "COVER-NONE")]
    (standing,) = looked(served_on_postgres, rows=rows).awards
    assert (standing.case_ref, standing.reason) == ("COVER-NONE", award_cover_pb2.UNCOVERED_REASON_OTHER_CASE)
