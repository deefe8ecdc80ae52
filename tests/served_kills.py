"""Kill −9 of a whole gateway under load: clients that ask and submit until it is gone, and what must hold then."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field

import grpc
from e2e.served import (
    BATCH,
    BIDDING,
    CHECK,
    HRSS,
    SUBMIT,
    WRITER,
    award,
    gateway_in,
    new_party,
    outcome_of,
    today,
)
from jointsanctions.v1 import credit_pb2, registry_pb2
from sqlalchemy import select

from gateway.sample.records import complaint
from gateway.storage import tables
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import reading
from gateway.storage.facts import SqlFactStore

ROWS = 7
"""Records of one submission."""


@dataclass
class Load:
    """Clients that ask and submit until their server is gone, and everything that they were told."""

    answers: list[tuple[str, object, bytes]] = field(default_factory=list)
    """Method, answer and the SHA-256 of the request's bytes."""
    submitted: list[str] = field(default_factory=list)
    """Request id of every submission begun, answered or not."""
    told: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stored: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """As ``told``, for submissions: the process that takes them in is started by the first."""

    def ask(self, gateway, path, make, kind, who):
        channel = gateway.new_channel(who)
        with channel:
            call = (channel.stream_unary if path == SUBMIT else channel.unary_unary)(path, None, None)
            while True:
                sent = make().SerializeToString()
                outcome = outcome_of(call, iter([sent]) if path == SUBMIT else sent)
                if not outcome.ok:
                    assert outcome.code is grpc.StatusCode.UNAVAILABLE, outcome.text()
                    return
                self.answers.append((path, kind.FromString(outcome.answer), hashlib.sha256(sent).digest()))
                self.told.release()
                if path == SUBMIT:
                    self.stored.release()

    def submission(self):
        party = new_party()
        self.submitted.append(party.uscc)
        records = [complaint(party, f"{party.uscc}-{row}", today(), None) for row in range(ROWS)]
        return registry_pb2.SubmitRecordsRequest(
            request_id=party.uscc, feed="labour_inspection", officer="o", records=records, last=True
        )

    @staticmethod
    def batch():
        batch = credit_pb2.BatchCheckEligibilityRequest(question=award("").question)
        for place in range(5):
            batch.items.add(item_id=str(place)).enterprise.uscc = new_party().uscc
        return batch

    def clients(self, gateway):
        one = (CHECK, lambda: award(new_party().uscc), credit_pb2.CheckEligibilityResponse, BIDDING)
        many = (BATCH, self.batch, credit_pb2.BatchCheckEligibilityResponse, BIDDING)
        submit = (SUBMIT, self.submission, registry_pb2.SubmitRecordsResponse, HRSS)
        for how in (one, one, many, submit, submit):
            yield threading.Thread(target=self.ask, args=(gateway, *how))


def kill_under(load, launcher, folder, answers):
    """Serve until clients had so many answers, and kill the process while they go on asking."""
    with gateway_in(folder, filled=False, serve=launcher.serving) as gateway:
        clients = list(load.clients(gateway))
        for client in clients:
            client.start()
        assert load.stored.acquire(timeout=30)
        for _ in range(answers):
            assert load.told.acquire(timeout=30)
        gateway.process.kill()
        for client in clients:
            client.join()
        assert gateway.process.wait() == -9


def check_answers(load, entries, kills):
    """Each answer received stands at its place with its hash; the queue has no gap and every entry is sound."""
    assert [entry.number for entry in entries] == list(range(len(entries)))
    assert not [wrong for entry in entries if (wrong := flaw(entry))]
    places = [answer.audit_position.number for _, answer, _ in load.answers]
    assert len(places) == len(set(places)) >= kills
    for path, answer, sent in load.answers:
        entry = entries[answer.audit_position.number]
        assert answer.audit_position.writer == WRITER
        assert answer.audit_position.leaf_hash == entry.leaf
        body = json.loads(entry.body)
        assert path.endswith(body["method"])
        # Of a submission, which has a place for persons' numbers, the hash is keyed.
        assert body["request"].get("sha256") == (None if path == SUBMIT else sent.hex())
        assert bool(body["request"].get("keyed")) == (path == SUBMIT)
        assert [line.leaf for line in entry.lines] == [item.line_hash for item in getattr(answer, "items", ())]


def check_facts(load, entries, gateway):
    """Of each submission all rows are stored or none, and every revision is in an entry that names its request."""
    with reading(gateway._engine) as connection:
        stored = Counter(connection.execute(select(tables.simple_record.c.uscc)).scalars())
        revisions = {row.id: row.request_id for row in connection.execute(select(tables.revision))}
    assert set(stored.values()) == {ROWS}
    assert set(stored) <= set(load.submitted)
    assert set(stored) == set(revisions.values())
    assert sorted(revisions) == list(range(1, len(revisions) + 1))

    answered = {answer.data_revision for path, answer, _ in load.answers if path == SUBMIT}
    assert answered <= set(revisions)
    recorded = {}
    for entry in entries:
        body = json.loads(entry.body)
        if "revisions" in body:
            assert body["outcome"] in {"OK", "RECOVERED", "CANCELLED"}
            first, last = body["revisions"]
            recorded |= dict.fromkeys(range(first, last + 1), body["request"]["id"])
    assert recorded == revisions
    assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
