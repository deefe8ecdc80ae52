"""Every field of every response tells of something that is written down, and what is left out agrees with that."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from contract.test_every_method_is_guarded import METHODS, RPCS
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2

from gateway.domain import kinds
from gateway.domain.agencies import ASKING_ROLES, Role
from gateway.domain.disclosure.columns import BY_AREA, BY_ROLE, DECIDING
from gateway.domain.disclosure.kinds import KINDS, TRIGGERS
from gateway.domain.disclosure.table import TABLE, UNTABLED
from gateway.domain.disclosure.words import Column, FieldClass, Level
from gateway.domain.vocabulary import DISABLED_AREAS, Area, Trigger
from gateway.rpc.field_classes import EVERYWHERE, FIELDS, Mark
from gateway.rpc.field_classes.answers import ANSWERS
from gateway.rpc.field_classes.records import RECORDS
from gateway.rpc.field_classes.referrals import REFERRALS
from gateway.rpc.field_classes.registry import REGISTRY
from gateway.rpc.field_classes.upkeep import UPKEEP
from gateway.rpc.projection import DETAILS, LINK, NUMBERS

PACKAGE = "jointsanctions.v1."
SHARED = {"LocalizedText", "AuditPosition"}
"""Messages that are values: the field that holds one is placed, not what is in it."""
DECIDERS = {Role.ASKING_SYSTEM, Role.BANK}
REACHED = {
    FieldClass.IDENTITY, FieldClass.GRADE, FieldClass.LISTING, FieldClass.COMPLAINT, FieldClass.ACCESS_LOG,
    FieldClass.PREVENTION,
}  # fmt: skip
"""What the responses to deciding systems have a place for, beside records. Of these ``GradeFact`` is filled for HRSS
alone, and a ``Clock`` there is that of a step of a joint meeting."""


def is_inner(field):
    """Return whether a field holds another message of the contract, whose own fields are placed."""
    kind = field.message_type
    if kind is None or kind.GetOptions().map_entry or not kind.full_name.startswith(PACKAGE):
        return False
    return kind.name not in SHARED


def fields_of(message, seen=None):
    """Return (message, field) for every field that a response of this descriptor can hold, however deep."""
    seen = set() if seen is None else seen
    if message.full_name in seen:
        return set()
    seen.add(message.full_name)
    found = {(message.full_name.removeprefix(PACKAGE), field.name) for field in message.fields if not is_inner(field)}
    return found.union(*(fields_of(field.message_type, seen) for field in message.fields if is_inner(field)))


HELD = set().union(*(fields_of(rpc.output_type) for rpc in RPCS.values()))


def test_every_field_of_every_response_is_placed_and_no_other_is():
    plain = {(message, name) for message, name in HELD if name in EVERYWHERE}
    assert FIELDS.keys() == HELD - plain


def test_no_field_is_placed_twice():
    lines = [line for text in (ANSWERS, RECORDS, REFERRALS, REGISTRY, UPKEEP) for line in text.strip().splitlines()]
    named, message = Counter(), ""
    for line in lines:
        head, _, names = line.rpartition(":")
        message = head.split()[0] if head else message
        named.update((message, name) for name in names.split())
    assert [each for each, times in named.items() if times > 1] == []


def reached_by(roles):
    """Return what the responses of every method that is for one of *roles* have a place for."""
    rpcs = [RPCS[name] for name, method in METHODS.items() if method.roles & roles]
    held = set().union(*(fields_of(rpc.output_type) for rpc in rpcs))
    return {FIELDS[each] for each in held if each[1] not in EVERYWHERE}


def test_no_response_to_a_deciding_system_has_a_place_for_a_referral():
    """Invariant 13 of the rules: referral data never reaches bidding, procurement, licensing, banks or awards."""
    reached = reached_by(DECIDERS)
    assert not reached & {FieldClass.REFERRAL, FieldClass.DOSSIER}
    assert reached - set(Mark) - UNTABLED <= REACHED
    assert reached & UNTABLED <= REACHED


@pytest.mark.parametrize("told", [FieldClass.REFERRAL, FieldClass.DOSSIER, FieldClass.WORKER])
def test_the_table_never_shows_a_deciding_column_a_referral_or_a_worker(told):
    assert {column for column in DECIDING if TABLE[told][column]} == set()


def test_no_field_of_a_response_to_a_deciding_system_is_called_after_a_referral():
    """A field that was placed wrongly would still be named after what it holds."""
    rpcs = [RPCS[name] for name, method in METHODS.items() if method.roles & DECIDERS]
    held = set().union(*(fields_of(rpc.output_type) for rpc in rpcs))
    words = ("referral", "dossier", "suspect", "indict", "criminal", "police")
    assert [each for each in held if any(word in f"{each[0]}.{each[1]}".lower() for word in words)] == []


@pytest.mark.parametrize("message", [common_pb2.Measure, credit_pb2.FactRecord, ending_pb2.Ending])
def test_what_the_reason_alone_leaves_out_is_what_is_placed_as_the_records(message):
    name = message.DESCRIPTOR.name
    of_record = {field for (of, field), told in FIELDS.items() if of == name and told is Mark.RECORD}
    assert {*NUMBERS[name], *DETAILS[name]} == of_record


def test_what_is_left_out_of_a_grade_and_of_a_relation_is_placed_as_such():
    assert {FIELDS["Grade", name] for name in NUMBERS["Grade"]} == {FieldClass.GRADE}
    assert {FIELDS["Measure", name] for name in LINK} == {FieldClass.IDENTITY}


def test_the_table_has_a_cell_for_every_class_and_column():
    assert TABLE.keys() == set(FieldClass)
    assert {frozenset(row) for row in TABLE.values()} == {frozenset(Column)}


def test_every_trigger_and_every_kind_of_record_is_placed():
    assert TRIGGERS.keys() == set(Trigger)
    beside = {"listing_act", "listing", "attachment", "withdrawal", "shown_repair", "objection"}
    assert KINDS.keys() == {*kinds.KINDS, *beside}


def test_every_role_but_the_operator_and_every_area_that_is_decided_here_has_its_columns():
    assert BY_ROLE.keys() == set(Role) - ASKING_ROLES - {Role.OPERATOR}
    assert BY_AREA.keys() == set(Area) - DISABLED_AREAS
    assert all(BY_AREA.values())


SYMBOLS = {Level.FULL: "●", Level.MASKED: "◐", Level.REASON_ONLY: "○"}
PAGE = (Path(__file__).parents[2] / "docs/disclosure.md").read_text(encoding="utf-8")


def written(cell):
    """Return a cell as the page has it: each grant by its symbol, and the words of its conditions."""
    grants = [" ".join([SYMBOLS[level], " and ".join(sorted(conditions))]).strip() for level, conditions in cell]
    return ", ".join(grants) or "–"


def test_the_page_shows_the_table_as_shipped():
    rows = {}
    for line in PAGE.splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if cells[0].strip("`") in set(FieldClass):
            rows[FieldClass(cells[0].strip("`"))] = cells[1:]
    assert rows == {told: [written(row[column]) for column in Column] for told, row in TABLE.items()}
