"""Records of natural persons, in every store: kept by the person's key, and no part of any enterprise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from store_samples import RULES, act, attach, code, fact, profile, submission

from gateway.domain.kinds.fact import PersonKey
from gateway.domain.vocabulary import RowStatus
from gateway.storage import content, tables
from gateway.storage.timelines import TimelineReader

STORED, UNCHANGED, REJECTED = RowStatus.STORED, RowStatus.UNCHANGED, RowStatus.REJECTED
KINDS = ("exam_record", "recruitment_record", "insurance_severe_listing")


def kept(engine):
    """Return (person key, fact) of every current version."""
    column = tables.person_record.c
    with engine.connect() as connection:
        rows = connection.execute(select(tables.person_record).where(column.revision_until.is_(None))).all()
    return [(row.person_key, content.decode(row.kind, row.record_id, row.content)) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_a_persons_record_is_kept_by_the_key_and_sent_again_it_is_unchanged(store, engine, kind):
    row = fact(1, kind)
    first, outcomes = store.submit(submission("a", row))
    assert [outcome.status for outcome in outcomes] == [STORED]
    assert kept(engine) == [("p", row.fact)]
    with engine.connect() as connection:
        assert dict(connection.execute(select(tables.person)).all()) == {"p": b"sealed p"}
    again, outcomes = store.submit(submission("b", row))
    assert ([outcome.status for outcome in outcomes], again) == ([UNCHANGED], first)


def test_other_content_is_a_new_version_and_the_old_one_stays(store, engine):
    first, _ = store.submit(submission("a", fact(1, "exam_record")))
    second, outcomes = store.submit(submission("b", fact(1, "exam_record", exam="另一考试")))
    assert [outcome.status for outcome in outcomes] == [STORED]
    assert [each.exam for _, each in kept(engine)] == ["另一考试"]
    with engine.connect() as connection:
        spans = connection.execute(
            select(tables.person_record.c.revision_from, tables.person_record.c.revision_until).order_by(
                "revision_from"
            )
        ).all()
    assert spans == [(first, second), (second, None)]


def test_an_employers_entry_is_the_employers_and_moves_with_a_correction(store, history, engine):
    employers = fact(1, "insurance_severe_listing", "entry", person=None)
    first, _ = store.submit(submission("a", employers))
    assert history.dossier(code(1), first).facts == (employers.fact,)
    assert kept(engine) == []
    second, outcomes = store.submit(submission("b", fact(1, "insurance_severe_listing", "entry")))
    assert [outcome.status for outcome in outcomes] == [STORED]
    assert history.dossier(code(1), second) is None
    assert history.dossier(code(1), first).facts == (employers.fact,)
    assert [key for key, _ in kept(engine)] == ["p"]
    third, _ = store.submit(submission("c", employers))
    assert history.dossier(code(1), third).facts == (employers.fact,)
    assert kept(engine) == []


def test_a_record_of_another_kind_under_a_persons_id_is_rejected(store):
    store.submit(submission("a", fact(1, "exam_record", "x")))
    _, outcomes = store.submit(submission("b", fact(1, "recruitment_record", "x"), fact(1, "complaint", "x")))
    assert [(outcome.status, outcome.field) for outcome in outcomes] == [(REJECTED, "source_key")] * 2


def test_a_persons_record_cannot_be_attached_to_an_enterprise(store, history):
    store.submit(submission("a", fact(1, "exam_record", "x")))
    revision, outcomes = store.submit(submission("b", attach(1, target="x")))
    assert [(outcome.status, outcome.field) for outcome in outcomes] == [(REJECTED, "attachment.record_id")]
    assert history.dossier(code(1), revision) is None


def told(enterprises):
    """What an index says of each enterprise, its timeline computed."""
    return {uscc: (each.names, each.nonconforming, each.timeline) for uscc, each in enterprises.items()}


def test_no_dossier_and_no_timeline_changes_with_a_persons_records(store, history):
    """Not even those of the enterprise that the person represents, and of one with which the person is listed."""
    persons = [fact(1, kind) for kind in KINDS]
    before, _ = store.submit(
        submission("a", profile(1, representative_key=PersonKey("p")), profile(2), act(2, persons=["p"]), fact(1))
    )
    reader = TimelineReader(history, RULES)
    after, outcomes = store.submit(submission("b", *persons))
    assert [outcome.status for outcome in outcomes] == [STORED] * 3
    assert after == before + 1
    assert list(history.dossiers(after)) == list(history.dossiers(before))
    assert history.touched(before, after) == history.touched(after, after)
    then, now = reader.everything(before), reader.everything(after)
    assert (told(now.enterprises), now.unresolved) == (told(then.enterprises), then.unresolved)
    changed = reader.changes(before, after)
    assert (changed.enterprises, changed.unresolved, changed.gone) == ({}, {}, frozenset())


@pytest.mark.parametrize("kind", ["malicious_claim", "incident_act"])
def test_what_refers_to_a_record_is_taken_only_while_that_is_on_record_for_the_enterprise(store, kind):
    field = {"malicious_claim": "complaint_record_id", "incident_act": "concerned_record_id"}[kind]
    _, outcomes = store.submit(submission("a", fact(1, kind)))
    assert [(outcome.status, outcome.field) for outcome in outcomes] == [(REJECTED, f"{kind}.{field}")]
    others = replace(fact(2, kind), record_id=f"{kind}-1")
    _, outcomes = store.submit(submission("b", fact(1), fact(1, "arrears"), others, fact(1, kind)))
    assert [outcome.status for outcome in outcomes] == [STORED, STORED, REJECTED, STORED]
    _, outcomes = store.submit(submission("c", fact(1, kind)))
    assert [outcome.status for outcome in outcomes] == [UNCHANGED]


def test_what_is_referred_to_is_of_the_right_kind(store):
    store.submit(submission("a", fact(1, "arrears"), fact(1, "licence"), fact(1, "exam_record")))
    rows = [
        fact(1, "malicious_claim", complaint_record_id="arrears-1"),
        fact(1, "incident_act", concerned_record_id="licence-1"),
        fact(1, "incident_act", "other", concerned_record_id="arrears-1", joined_record_id="exam_record-1"),
        fact(1, "incident_act", "none", concerned_record_id="arrears-1", joined_record_id="nothing"),
    ]
    _, outcomes = store.submit(submission("b", *rows))
    assert [(outcome.status, outcome.field) for outcome in outcomes] == [
        (REJECTED, "malicious_claim.complaint_record_id"),
        (REJECTED, "incident_act.concerned_record_id"),
        (REJECTED, "incident_act.joined_record_id"),
        (REJECTED, "incident_act.joined_record_id"),
    ]
