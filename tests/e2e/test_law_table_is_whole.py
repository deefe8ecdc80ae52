"""The law's table itself: a cell for everything, no row that decides nothing, every kind of record asked about."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest
from e2e.law_cases import cases_at
from e2e.law_maker import PROFILES
from e2e.law_subjects import all_subjects
from e2e.law_table import EFFECTS, POINTS, TRIGGERS, VARIANTS, cell, rows
from jointsanctions.v1 import record_pb2

from formats.civil import SHANGHAI
from gateway.domain import kinds
from gateway.domain.kinds.fact import PersonFact
from gateway.domain.kinds.penalty import Restriction

NOW = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
OF_PERSONS = {name for name, kind in kinds.KINDS.items() if issubclass(kind, PersonFact)}


def every_cell():
    for point in POINTS:
        for words in sorted({case.words for case in cases_at(point, NOW)}, key=sorted):
            for trigger in (*TRIGGERS, *VARIANTS):
                dated = ("within_the_year", "too_old") if trigger.startswith("ARREARS") else ("",)
                for profile in PROFILES:
                    for word in dated:
                        yield trigger, point, words | ({word} if word else set()), profile


def test_there_is_a_cell_for_everything_and_it_is_an_effect_or_bounds_with_a_reason():
    for trigger, point, words, profile in every_cell():
        found = cell(trigger, point, frozenset(words), profile)
        assert 0 <= found.least <= found.most < len(EFFECTS), (trigger, point, words, profile)
        assert found.row.source
        assert found.row.open or found.row.effect or found.row.as_far_as


def test_every_row_decides_a_cell():
    persons = {trigger for row in rows() for trigger in row.triggers if trigger.startswith(("EXAM", "INSURANCE"))}
    decided = {
        id(cell(trigger, point, frozenset(words), profile).row) for trigger, point, words, profile in every_cell()
    }
    decided |= {
        id(cell(trigger, point, frozenset(), profile).row)
        for trigger in persons
        for point in POINTS
        for profile in PROFILES
    }
    assert [row for row in rows() if id(row) not in decided] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.source}-{row.effect or row.as_far_as or row.most}")
def test_what_is_exact_says_no_reason_and_what_is_open_says_one(row):
    assert bool(row.effect) + bool(row.as_far_as) + bool(row.most and not row.as_far_as) == 1
    assert bool(row.open) is not bool(row.effect or (row.as_far_as and not (row.more or row.loosely or row.most)))


def test_licences_loans_and_wages_are_never_blocked_and_a_grade_only_by_the_local_method():
    for trigger, point, words, profile in every_cell():
        most = EFFECTS[cell(trigger, point, frozenset(words), profile).most]
        if point.startswith(("LICENSING", "LENDING")):
            assert most in {"NONE", "NOTICE", "NO_CONVENIENCE", "REVIEW"}
        if point.endswith(("WAGE_PAYMENT", "WAGE_ACCOUNT")):
            assert most in {"NONE", "NOTICE"}
        if trigger.startswith("GRADE") and profile == "national-2026":
            assert most in {"NONE", "NOTICE", "REVIEW"}


def test_every_kind_of_record_and_every_trigger_is_asked_about():
    subjects = all_subjects(NOW.date())
    ids = defaultdict(lambda: "some-record")
    records = [record for one in subjects for record in (*one.records, *(make(ids) for make in one.later))]
    found = {record.WhichOneof("fact") for record in records}
    every = {field.name for field in record_pb2.Record.DESCRIPTOR.oneofs_by_name["fact"].fields}
    assert every - found == OF_PERSONS - {"insurance_severe_listing"}
    shown = {trigger for one in subjects for names in one.shows.values() for trigger in names}
    assert {trigger.partition(".")[0] for trigger in shown} == set(TRIGGERS)
    assert shown - set(TRIGGERS) == set(VARIANTS)
    assert {variant.partition(".")[2] for variant in VARIANTS} == {*map(str, Restriction), "MALICIOUS"}
