"""Bytes of referrals that nobody should send: each method refuses them naming the field, records it, stores nothing."""

from __future__ import annotations

import json

import grpc
import pytest
from e2e.referring import HRSS, POLICE, PROCURATORATE, SERVICE, facts, step
from e2e.served import outcome_of
from jointsanctions.v1 import referral_pb2 as pb
from sqlalchemy import func, select

from gateway.storage import tables
from gateway.storage.engine import reading

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")

METHODS = {method.name: method for method in pb.DESCRIPTOR.services_by_name["ReferralService"].methods}
NO_MESSAGE = (b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x00", b"\x0b\x0c", b"\xf8\x07\x01", b"\x80" * 11)
PARTY = {"SignReceipt": POLICE, "DecideFiling": POLICE}
"""Who calls what is not for HRSS."""


def ask(served, method, raw):
    """Send bytes to a method of any shape; return what ended the call."""
    path, channel = f"{SERVICE}{method.name}", served.channel(PARTY.get(method.name, HRSS))
    if method.client_streaming:
        return outcome_of(channel.stream_unary(path, None, None), iter([raw]))
    if method.server_streaming:

        def first(sent, timeout):
            return next(channel.unary_stream(path, None, None)(sent, timeout=timeout))

        return outcome_of(first, raw)
    return outcome_of(channel.unary_unary(path, None, None), raw)


def rows(served):
    stored = (tables.referral_entry, tables.referral_delivery, tables.referral_fetch, tables.dossier_key)
    with reading(served._engine) as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in stored]


def refused(served, method, raw):
    """Send what must be refused as malformed; return the field. It is recorded and stores nothing."""
    before, there = served.next_number(), rows(served)
    outcome = ask(served, method, raw)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST"), outcome.text()
    (entry,) = served.entries(before)
    body = json.loads(entry.body)
    assert (body["method"], body["outcome"]) == (f"ReferralService/{method.name}", "MALFORMED_REQUEST")
    assert body.get("field", "") == outcome.field
    assert rows(served) == there
    return outcome.field


@pytest.mark.parametrize("name", sorted(METHODS))
def test_bytes_that_are_no_message_are_refused_by_every_method(served, name):
    for content in NO_MESSAGE:
        refused(served, METHODS[name], content)


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"ApproveReferral"}))
def test_an_empty_message_is_refused_by_every_method_that_needs_anything(served, name):
    assert refused(served, METHODS[name], b"") in {"request_id", "officer"}


def opening(**other):
    whole = {"request_id": "r", "officer": "o", "referral_id": "YS-m", "facts": facts(), "report": step("REPORT", 1)}
    return pb.OpenReferralRequest(**{**whole, **other})


def of_facts(change):
    request = opening()
    change(request.facts)
    return request


def of_report(change):
    request = opening()
    change(request.report)
    return request


MALFORMED = {
    "no county": (of_facts(lambda f: f.ClearField("county")), "facts.county"),
    "a county that is none": (of_facts(lambda f: setattr(f, "county", "4203")), "facts.county"),
    "no debtor": (of_facts(lambda f: f.ClearField("debtor")), "facts.debtor"),
    "a code too short": (of_facts(lambda f: setattr(f, "uscc", "91420399MA00K2U7X")), "facts.uscc"),
    "a code whose check character is another": (
        of_facts(lambda f: setattr(f, "uscc", "91420399MA00K2UM2E")),
        "facts.uscc",
    ),
    "no claims": (of_facts(lambda f: f.ClearField("claims")), "facts.claims"),
    "a day that there is not": (
        of_facts(lambda f: setattr(f.order, "due_on", "2026-02-30")),
        "facts.order.due_on",
    ),
    "a hash that is none": (of_report(lambda s: setattr(s, "document_sha256", "AB")), "report.document_sha256"),
    "a document without a number": (of_report(lambda s: s.ClearField("document_number")), "report.document_number"),
    "a step that there is not": (of_report(lambda s: setattr(s, "kind", 99)), "report.kind"),
    "a step of another method": (
        of_report(lambda s: setattr(s, "kind", pb.REFERRAL_ACT_KIND_SENDING)),
        "report.kind",
    ),
    "nobody who took it": (of_report(lambda s: s.ClearField("officers")), "report.officers"),
    "a team of one": (of_report(lambda s: s.officers.pop()), "report.officers"),
    "an officer twice": (of_report(lambda s: s.officers.append(s.officers[0])), "report.officers"),
    "officers without end": (of_report(lambda s: s.officers.extend(f"o-{n}" for n in range(20))), "report.officers"),
    "a worker twice": (of_facts(lambda f: f.claims.append(f.claims[0])), "facts.claims"),
    "workers without end": (
        of_facts(lambda f: f.claims.extend(pb.WorkerClaim(worker=f"x{n}", owed_fen=1) for n in range(2_000))),
        "facts.claims",
    ),
    "less than nothing owed": (of_facts(lambda f: setattr(f.claims[1], "owed_fen", -1)), "facts.claims[1].owed_fen"),
    "more owed than there is": (
        of_facts(lambda f: setattr(f.claims[0], "owed_fen", 10**13 + 1)),
        "facts.claims[0].owed_fen",
    ),
    "months of a lifetime": (
        of_facts(lambda f: setattr(f.claims[0], "unpaid_months", 601)),
        "facts.claims[0].unpaid_months",
    ),
    "a conduct twice": (of_facts(lambda f: f.conducts.append(f.conducts[0])), "facts.conducts"),
    "a delivery without its day": (
        of_facts(lambda f: f.order.ClearField("delivered_on")),
        "facts.order.delivery",
    ),
    "a time that ends before the order": (
        of_facts(lambda f: setattr(f.order, "due_on", "2020-01-01")),
        "facts.order.due_on",
    ),
    "a delivery before the order": (
        of_facts(lambda f: setattr(f.order, "delivered_on", "2020-01-01")),
        "facts.order.delivered_on",
    ),
    "an id with a slash": (opening(referral_id="a/b"), "referral_id"),
    "an id that is a folder": (opening(referral_id=".."), "referral_id"),
    "no officer": (opening(officer=""), "officer"),
    "a control character": (of_report(lambda s: setattr(s, "reasons", "a\0b")), "report.reasons"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_opening_is_refused_naming_the_field(served, what):
    request, field = MALFORMED[what]
    assert refused(served, METHODS["OpenReferral"], request.SerializeToString()) == field


def test_who_may_not_refer_is_refused_before_its_bytes_are_looked_at(served):
    for raw in (b"\xff", opening(officer="").SerializeToString()):
        outcome = served.raw(f"{SERVICE}OpenReferral", raw, PROCURATORATE)
        assert outcome.reason == "ROLE_NOT_PERMITTED"
