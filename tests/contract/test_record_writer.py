"""Whatever the store has is written as it was sent, but for row, the source's own key, and persons; on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from jointsanctions.v1 import listing_pb2, record_pb2, withdrawal_pb2
from kind_records import PERSON, SAMPLES, record_of
from store_samples import attach, code, fact, held, submission

from gateway.domain.kinds import KINDS
from gateway.domain.kinds.fact import PersonFact
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.rpc.changes import _change
from gateway.rpc.record_acts import SHOWN
from gateway.rpc.records import RecordReader
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault
from gateway.services.ports.facts import HeldNotice

DAY = "2026-03-05"
WHO = listing_pb2.PersonRef(**PERSON)
CHAIN = record_pb2.ListingChain(
    order_number="责1号",
    order_delivered_on="2026-01-05",
    order_due_on="2026-01-20",
    pre_notice_number="告1号",
    pre_notice_delivered_on="2026-02-05",
)
ACTS = {
    Kind.ORDER_ISSUED: {"due_on": "2026-03-20"},
    Kind.DECISION: {"chain": CHAIN, "reason": "REFUSED_TO_PAY", "persons": [WHO]},
    Kind.DELIVERY: {"delivered_to": WHO},
    Kind.REPAIR_APPLIED: {"corrected_on": "2026-03-01"},
}
"""What an act carries beside its listing, kind and day."""


@pytest.fixture
def reader(tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return RecordReader(KeyedPersonVault(tmp_path / "persons.key"))


def told(store, change_log, *rows):
    """Store the rows and return what is told of their revision, by record id."""
    revision, _ = store.submit(submission("a", *rows))
    (changes,) = change_log.changes(revision - 1, revision)
    return {change.record_id: _change(change) for change in changes.changes}


def stored(reader, sent):
    return replace(reader.read(sent, "feed").content, uscc=code(1))


def bare(sent, *persons):
    """Return the record as it may be shown."""
    shown = record_pb2.Record()
    shown.CopyFrom(sent)
    shown.ClearField("row")
    shown.ClearField("source_key")
    shown.ClearField("name")
    for name in persons:
        getattr(shown, shown.WhichOneof("fact")).ClearField(name)
    return shown


@pytest.mark.parametrize("name", [name for name in KINDS if not isinstance(SAMPLES[name], PersonFact)])
def test_a_record_of_every_kind_is_told_as_it_was_sent(store, change_log, reader, name):
    sent = record_of(SAMPLES[name])
    person = ["person"]
    naming = {"enterprise": ["legal_representative"], "post": person, "identity_dispute": person}
    named = naming.get(name, [])
    before = [fact(1, "complaint"), fact(1, "arrears"), fact(1, "publication")]
    row = stored(reader, sent)
    change = told(store, change_log, *before, row)[row.record_id]

    assert change.record == bare(sent, *named)
    assert change.persons == len(named)
    assert PERSON["name"].encode() not in change.SerializeToString()


@pytest.mark.parametrize("kind", sorted(set(Kind) - SHOWN))
def test_an_act_of_every_kind_is_told_as_it_was_sent(store, change_log, reader, kind):
    number = listing_pb2.ListingActKind.Value(f"LISTING_ACT_KIND_{kind.name}")
    act = record_pb2.ListingAct(listing_id="L", act=number, on=DAY, **ACTS.get(kind, {}))
    if kind is Kind.DELIVERY:
        act.at.FromJsonString(f"{DAY}T01:30:00Z")
    sent = record_pb2.Record(
        row=1, source_key="k", uscc=code(1), authority="示例局", document_number="1号", listing_act=act
    )
    row = stored(reader, sent)
    change = told(store, change_log, row)[row.record_id]

    assert change.record == bare(sent, "persons", "delivered_to")
    assert change.persons == (kind in {Kind.DECISION, Kind.DELIVERY})
    assert dict(change.said) == ({"delivered_to": "PERSON"} if kind is Kind.DELIVERY else {})


def test_what_a_step_says_with_an_act_is_told_beside_its_record(store, change_log, reader):
    number = listing_pb2.LISTING_ACT_KIND_DELIVERY
    sent = record_pb2.Record(row=1, source_key="k", authority="示例局", document_number="1号")
    sent.listing_act.CopyFrom(record_pb2.ListingAct(listing_id="L", act=number, on=DAY))
    row = replace(stored(reader, sent), act_details='{"method":"示例方式"}')
    row = replace(row, listing_act=replace(row.listing_act, party=code(1)))
    change = told(store, change_log, row)[row.record_id]

    assert dict(change.said) == {"method": "示例方式", "delivered_to": "ENTERPRISE"}
    assert change.persons == 0


def test_a_held_notice_is_told_with_the_name_and_the_code_that_were_printed(store, change_log):
    row = held("notice-1", "示例商行")
    row = replace(row, held=HeldNotice(row.held.fact, "示例商行", "9142O300MA1", "fails"))
    change = told(store, change_log, row)["notice-1"]

    assert (change.uscc, change.record.uscc, change.record.name) == ("", "9142O300MA1", "示例商行")
    assert change.record.WhichOneof("fact") == "published_notice"


def test_an_attachment_names_the_record_that_it_attaches(store, change_log):
    told(store, change_log, held("notice-1"))
    revision, _ = store.submit(submission("b", attach(3)))
    (changes,) = change_log.changes(revision - 1, revision)
    attached = _change(changes.changes[0])

    assert attached.record.uscc == code(3)
    assert attached.record.attachment.record_id == "notice-1"
    assert date.fromisoformat(attached.record.attachment.decided_on)


@pytest.mark.parametrize("until", [None, date(2026, 4, 1)])
def test_a_withdrawal_names_what_it_takes_back_and_is_no_record(store, change_log, until):
    rows = [fact(1, "publication"), fact(1, "withdrawal", "w", target_id="publication-1", holds_until=until)]
    change = told(store, change_log, *rows)["w"]

    assert change.record.WhichOneof("fact") is None
    assert change.withdrawal == withdrawal_pb2.Withdrawal(
        record_id="publication-1",
        decided_on=rows[1].fact.decided_on.isoformat(),
        holds_until="" if until is None else until.isoformat(),
        reason=rows[1].fact.reason,
    )
