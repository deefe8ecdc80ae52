"""What a publication must say before it is taken; records from before that rule stay readable (P-01 to P-03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from kind_records import SAMPLES

from gateway.domain.kinds.publication import PUBLISHED_FIELDS, PUBLISHED_TEXTS, ViolationKind
from gateway.storage import content

WHOLE = SAMPLES["publication"]
OLD = '{"authority":"甲局","display_until":"2027-02-03","document_number":"1号","for_wages":true,"provenance":"AUTHORITY","published_on":"2026-02-03"}'  # noqa: E501 - as it was stored


def faults(**changes):
    return [fault.field for fault in replace(WHOLE, **changes).faults()]


def test_a_whole_publication_has_no_fault():
    assert faults() == []
    assert WHOLE.missing == ()


@pytest.mark.parametrize("name", PUBLISHED_FIELDS)
def test_each_part_that_the_law_names_is_required_on_arrival(name):
    kind = type(getattr(WHOLE, name))
    unsaid = {bool: False, str: "", date: None, ViolationKind: None}[kind]
    assert faults(**{name: unsaid})[0] == name
    assert replace(WHOLE, **{name: unsaid}).missing == (name,)


def test_a_case_is_published_after_its_decision_and_for_three_years_from_it_at_most():
    assert faults(decided_on=WHOLE.published_on) == []
    assert faults(decided_on=date(2026, 2, 4)) == ["published_on"]
    assert faults(display_until=date(2029, 1, 20)) == []
    assert faults(display_until=date(2029, 1, 21)) == ["display_until"]


def test_arrears_of_wages_are_published_for_wages():
    assert faults(for_wages=False) == ["for_wages"]
    assert faults(for_wages=False, violation=ViolationKind.CHILD_LABOUR) == []


@pytest.mark.parametrize("name", PUBLISHED_TEXTS)
@pytest.mark.parametrize("number", ["13812345678", "6222021234567890123", "11010519491231002X", "E12345678"])
def test_no_text_of_a_publication_holds_a_private_number(name, number):
    (fault,) = replace(WHOLE, **{name: f"示例{number}"}).faults()
    assert fault.field == name
    assert number not in fault.why


def test_a_record_from_before_these_fields_is_readable_and_says_what_it_lacks():
    old = content.decode("publication", "p", OLD)
    assert (old.published_on, old.for_wages) == (date(2026, 2, 3), True)
    assert old.missing == PUBLISHED_FIELDS
