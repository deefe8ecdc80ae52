"""How long an entry is kept, by its class; what keeps it longer; and what may stand in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.audit import Draft, Position, salts_needed, seal
from gateway.domain.retention import (
    FLOORS,
    RUN,
    LegalHold,
    RetentionClass,
    RetentionTerms,
    class_of,
    clock_is_shown,
    flaw_of_tombstone,
    kept_until,
    tombstone,
)
from gateway.storage.audit_verify import flaw

AT = datetime(2024, 2, 29, 10, tzinfo=UTC)
CHECK = "CreditService/CheckEligibility"
BY = Position("gw1-0", 7, b"leaf", AT)
DRAFT = Draft({"method": "AuditService/SearchAccess", "outcome": "OK"}, [{"item": 0}])


def erased(body, entry=None):
    whole = entry or seal(DRAFT, "w", 3, AT, bytes(range(salts_needed(DRAFT))))
    lines = tuple(line._replace(salt=b"", content=b"") for line in whole.lines)
    return replace(whole, salt=b"", body=body, lines=lines)


@pytest.mark.parametrize("name", FLOORS)
def test_no_configuration_goes_below_the_floors_of_the_law(name):
    """6 months, 3 years, 15 years (I-58)."""
    assert FLOORS == {"receipt_months": 180, "person_months": 36, "ordinary_months": 6}
    RetentionTerms(**{name: FLOORS[name]})
    with pytest.raises(ValueError, match=name):
        RetentionTerms(**{name: FLOORS[name] - 1})


def test_as_shipped_receipts_are_kept_15_years_and_all_else_5():
    terms = RetentionTerms()
    assert {of.value: terms.months(of) for of in RetentionClass} == {"RECEIPT": 180, "PERSON": 60, "ORDINARY": 60}
    assert terms.shortest == 60


@pytest.mark.parametrize(
    ("body", "of"),
    [
        ({"method": CHECK, "outcome": "OK"}, RetentionClass.RECEIPT),
        ({"method": "CreditService/BatchCheckEligibility", "outcome": "OK"}, RetentionClass.RECEIPT),
        ({"method": CHECK, "outcome": "MALFORMED_REQUEST"}, RetentionClass.ORDINARY),
        ({"method": "CreditService/CheckPerson", "outcome": "OK"}, RetentionClass.PERSON),
        ({"method": "CreditService/CheckPerson", "outcome": "AUTHORIZATION_MISSING"}, RetentionClass.PERSON),
        ({"method": "RegistryService/ListPublishable", "outcome": "OK"}, RetentionClass.PERSON),
        ({"method": RUN, "outcome": "BEGUN"}, RetentionClass.RECEIPT),
        ({"method": "AuditService/SignReview", "outcome": "OK"}, RetentionClass.RECEIPT),
        ({"method": "ReferralService", "outcome": "SILENCE_ESTABLISHED"}, RetentionClass.RECEIPT),
        ({"method": "ReferralService/GetReferral", "outcome": "OK"}, RetentionClass.ORDINARY),
        ({"method": "AuditService/SearchAccess", "outcome": "OK"}, RetentionClass.ORDINARY),
        ({}, RetentionClass.ORDINARY),
    ],
)
def test_the_class_follows_the_call(body, of):
    assert class_of(body) is of


def test_the_time_ends_at_the_start_of_a_civil_day_and_months_clamp():
    """10:00 UTC on 29 February is 18:00 in UTC+8; 12 months later there is no 29th."""
    assert kept_until(AT, 12) == datetime(2025, 2, 27, 16, tzinfo=UTC)
    late = datetime(2024, 2, 29, 16, tzinfo=UTC)
    assert kept_until(late, 12) == datetime(2025, 2, 28, 16, tzinfo=UTC)


def test_a_hold_keeps_what_all_that_it_names_applies_to():
    body = {"caller": {"agency": "a"}, "case": "C", "enterprises": ["X"]}
    assert LegalHold("d", agency="a", case_ref="C", uscc="X").keeps(body, [])
    assert LegalHold("d", uscc="Y").keeps(body, [{"enterprises": ["Y"]}])
    for other in ({"agency": "b"}, {"case_ref": "D"}, {"uscc": "Z"}):
        assert not LegalHold("d", **{"agency": "a", **other}).keeps(body, [{"enterprises": ["Y"]}])
    assert not LegalHold("d", uscc="X").keeps({}, [])


def test_a_hold_finds_the_item_of_a_batch_whose_case_is_its_own():
    body = {"caller": {"agency": "a"}}
    lines = [{"case": "C", "enterprises": ["X"]}, {"case": "D", "enterprises": ["Y"]}]
    for case_ref, uscc in (("C", ""), ("D", ""), ("C", "X"), ("D", "Y"), ("", "Y")):
        assert LegalHold("d", agency="a", case_ref=case_ref, uscc=uscc).keeps(body, lines)
    assert LegalHold("d", case_ref="C", uscc="Y").keeps({"case": "C"}, [{"enterprises": ["Y"]}]), "a case of all items"
    for case_ref, uscc in (("E", ""), ("C", "Y"), ("D", "X")):
        assert not LegalHold("d", agency="a", case_ref=case_ref, uscc=uscc).keeps(body, lines)


@pytest.mark.parametrize("said", [{"document_number": "", "uscc": "X"}, {"document_number": "d"}])
def test_a_hold_without_a_document_or_of_everything_is_none(said):
    with pytest.raises(ValueError, match="required"):
        LegalHold(**said)


def test_an_erased_entry_is_sound_and_says_by_which_run():
    body = tombstone(RetentionClass.ORDINARY, date(2029, 3, 1), BY)
    assert body == b'{"erased":{"class":"ORDINARY","on":"2029-03-01","run":"gw1-0/7"}}'
    assert flaw(erased(body)) == ""


@pytest.mark.parametrize(
    ("of", "on", "sound"),
    [
        (RetentionClass.ORDINARY, date(2024, 8, 28), False),
        (RetentionClass.ORDINARY, date(2024, 8, 29), True),
        (RetentionClass.PERSON, date(2027, 2, 27), False),
        (RetentionClass.PERSON, date(2027, 2, 28), True),
        (RetentionClass.RECEIPT, date(2039, 2, 27), False),
        (RetentionClass.RECEIPT, date(2039, 2, 28), True),
    ],
)
def test_nothing_is_soundly_erased_before_the_time_of_the_law(of, on, sound):
    assert (flaw_of_tombstone(erased(tombstone(of, on, BY))) == "") is sound


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b'{"erased":{}}',
        b'{"erased":[]}',
        b'{"erased":{"class":"X","on":"2039-01-01","run":"w/1"}}',
        b'{"erased":{"class":"ORDINARY","on":"2039-01-01","run":""}}',
        b'{"erased":{"class":"ORDINARY","on":"x","run":"w/1"}}',
    ],
)
def test_a_body_that_is_gone_without_a_word_is_a_flaw(body):
    assert "erased" in flaw(erased(body))


def test_what_is_left_of_an_erased_entry_is_still_checked():
    body = tombstone(RetentionClass.ORDINARY, date(2029, 3, 1), BY)
    sound = erased(body)
    for wrong in (
        replace(sound, envelope=sound.envelope.replace(b'"n":3', b'"n":4')),
        replace(sound, number=4),
        replace(sound, writer="v"),
        replace(sound, time=sound.time + timedelta(microseconds=1)),
        replace(sound, leaf=bytes(32)),
        replace(sound, lines=seal(DRAFT, "w", 3, AT, bytes(range(salts_needed(DRAFT)))).lines),
    ):
        assert flaw(wrong), wrong


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        (None, False),
        (AT - timedelta(days=8, microseconds=1), False),
        (AT - timedelta(days=8), True),
        (AT - timedelta(days=1), True),
        (AT - timedelta(days=1) + timedelta(microseconds=1), False),
    ],
)
def test_a_clock_is_shown_by_an_entry_of_the_week_before_that_is_a_day_old(recorded, shown):
    assert clock_is_shown(recorded, AT) is shown
