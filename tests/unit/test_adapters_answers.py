"""Answers that are not what was asked for: on record, and worth nothing."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from jointsanctions.v1 import common_pb2
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    act,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    peer,
    reviewed,
    together,
)

from adapters.bidding import EVALUATION
from adapters.errors import RestrictedError, UnverifiableError


def _set(**fields):
    """Return a change of an answer: names with two underscores lead into messages."""

    def change(response):
        for path, value in fields.items():
            *way, last = path.split("__")
            message = response
            for name in way:
                message = getattr(message, name)
            if value is None:
                message.ClearField(last)
            elif isinstance(value, datetime):
                getattr(message, last).FromDatetime(value)
            else:
                setattr(message, last, value)
        return response

    return change


def _weighs(effect, verdict=CLEAR):
    def change(response):
        response.decision.verdict = verdict
        response.decision.measures.add(effect=effect)
        return response

    return change


def _other_parties(change):
    def changed(response):
        change(response.decision.other_parties)
        return response

    return changed


FAULTS = {
    "OTHER_PARTY lead": _set(decision__enterprise__uscc=code(9)),
    "OTHER_PARTY none": _set(decision__enterprise=None),
    "OTHER_PARTY lost": _other_parties(lambda others: others.pop()),
    "OTHER_PARTY added": _other_parties(lambda others: others.add(uscc=code(9))),
    "NOT_RECORDED writer": _set(audit_position__writer=""),
    "NOT_RECORDED leaf": _set(audit_position__leaf_hash=b"short"),
    "NOT_RECORDED none": _set(audit_position=None),
    "INCOHERENT unset": _set(decision__verdict=common_pb2.VERDICT_UNSPECIFIED),
    "INCOHERENT unknown": _set(decision__verdict=9),
    "INCOHERENT clear but blocked": _weighs(common_pb2.EFFECT_BLOCK),
    "INCOHERENT clear but to be reviewed": _weighs(common_pb2.EFFECT_REVIEW),
    "INCOHERENT clear but inconvenient": _weighs(common_pb2.EFFECT_NO_CONVENIENCE),
    "INCOHERENT unknown effect": _weighs(17),
    "INCOHERENT unset effect": _weighs(common_pb2.EFFECT_UNSPECIFIED),
    "INCOHERENT conditional without a condition": _set(decision__verdict=CONDITIONAL),
    "INCOHERENT conditional but blocked": _weighs(common_pb2.EFFECT_BLOCK, CONDITIONAL),
    "NOT_PRESENT past": _set(basis__as_of=NOW - timedelta(minutes=3)),
    "NOT_PRESENT ahead": _set(basis__as_of=NOW + timedelta(minutes=3)),
    "NOT_PRESENT outlook": _set(basis__preview=True),
    "NOT_PRESENT none": _set(basis__as_of=None),
    "NOT_PRESENT impossible": _set(basis__as_of__seconds=2**62),
    "EXPIRED past": _set(decision__valid_until=NOW - timedelta(seconds=1)),
    "EXPIRED now": _set(decision__valid_until=NOW),
    "EXPIRED none": _set(decision__valid_until=None),
}


def test_an_expired_restriction_still_restricts(engine, peer):
    peer.says(code(1), RESTRICTED, BLOCK, valid_until=NOW - timedelta(days=1))

    with pytest.raises(RestrictedError):
        engine.require_clearance(act())


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_may_not_be_relied_upon_is_on_record_and_clears_nobody(engine, peer, journal, fault):
    peer.twist = FAULTS[fault]

    with pytest.raises(UnverifiableError) as caught:
        engine.require_clearance(act(together(1, 2)))

    assert caught.value.reason == fault.split()[0]
    (recorded,) = journal.last_answers("T-2026-17", EVALUATION)
    assert recorded.fault == fault.split()[0]


def test_an_answer_that_names_another_party_is_none_to_who_asks_alone(engine, peer):
    peer.twist = FAULTS["OTHER_PARTY added"]

    with pytest.raises(UnverifiableError) as caught:
        engine.require_clearance(act())
    assert caught.value.reason == "OTHER_PARTY"


def test_a_restriction_of_somebody_else_is_no_answer_about_us(engine, peer):
    peer.says(code(1), RESTRICTED, BLOCK)
    peer.twist = FAULTS["OTHER_PARTY lead"]

    with pytest.raises(UnverifiableError) as caught:
        engine.require_clearance(act())
    assert caught.value.reason == "OTHER_PARTY"
