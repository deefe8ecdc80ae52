"""Laws of every kind: what the wire says of it is what is read, and a field at fault is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import changes_pb2
from kind_records import PERSON, SAMPLES, record_of
from store_samples import code

from gateway.domain import kinds
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.fact import Decided, PersonKey, Uscc
from gateway.domain.recorded import RecordedVersion
from gateway.rpc.record_kinds import _path
from gateway.rpc.record_writer import put_content
from gateway.rpc.records import RecordReader
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault
from gateway.storage import content

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
near = st.dates(date(2026, 1, 1), date(2026, 1, 4))
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=10)


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    path = tmp_path_factory.mktemp("persons") / "persons.key"
    create_keys(path, PersonHash.SM3, Sealing.SM4_GCM)
    return KeyedPersonVault(path)


@pytest.fixture(scope="module")
def reader(vault):
    return RecordReader(vault)


def values_of(attribute, person_key):
    """Return a strategy of what may stand in a field."""
    kind = attribute.type
    if kind is date:
        found = near | days
    elif kind is str:
        return (st.just("") | words) if attribute.optional else words
    elif kind is bool:
        found = st.booleans()
    elif kind is int:
        found = st.integers(attribute.least, 2**31 - 1)
    elif kind is PersonKey:
        found = st.just(person_key)
    elif kind is Uscc:
        found = st.integers(1, 999).map(code)
    else:
        found = st.sampled_from(list(kind))
    if attribute.repeated:
        return st.lists(found, unique=True, max_size=3).map(tuple)
    return st.none() | found if attribute.optional else found


@st.composite
def facts(draw, person_key):
    kind = kinds.KINDS[draw(st.sampled_from(list(kinds.KINDS)))]
    drawn = {each.name: draw(values_of(each, person_key)) for each in content_of(kind)}
    return kind(record_id="x", authority="示例局", document_number="1号", provenance=kind.arrives_as, **drawn)


def read(reader, record):
    row = reader.read(record, "feed").content
    return row.profile or row.fact


@given(data=st.data())
def test_what_is_sent_is_read_kept_and_read_again_or_the_first_fault_is_named(reader, vault, data):
    key = vault.key(PERSON["document_type"], PERSON["document_number"])
    fact = data.draw(facts(key))
    record = record_of(fact)
    faults = list(fact.faults())
    if faults:
        with pytest.raises(MalformedRequestError) as caught:
            read(reader, record)
        wire = {each.name: each.wire for each in content_of(type(fact))}
        assert caught.value.field == f"{fact.wire_name}.{wire[faults[0].field]}"
        return
    came = read(reader, record)
    assert type(came) is type(fact)
    assert came.provenance is type(fact).arrives_as
    assert all(getattr(came, each.name) == getattr(fact, each.name) for each in content_of(type(fact)))
    if not isinstance(came, EnterpriseProfile):
        assert content.decode(came.wire_name, came.record_id, content.encode(came)) == came


@given(data=st.data())
def test_what_is_on_record_is_written_as_it_was_sent_but_for_the_persons(reader, vault, data):
    fact = data.draw(facts(vault.key(PERSON["document_type"], PERSON["document_number"])))
    sent = record_of(fact)
    version = RecordedVersion(kind=fact.wire_name, record_id="x", uscc=sent.uscc, name=sent.name, content=fact)
    shown = changes_pb2.Change()
    put_content(shown, version)
    persons = [each.wire for each in content_of(type(fact)) if each.type is PersonKey]
    for name in persons:
        getattr(sent, fact.wire_name).ClearField(name)
    sent.ClearField("row")
    sent.ClearField("source_key")

    assert shown.record == sent
    if not persons and not list(fact.faults()):
        shown.record.source_key = "k"
        came = read(reader, shown.record)
        assert replace(came, record_id="x") == fact


def spoilings(attribute):
    """Yield (what is done to the field, the part of it that is named) for every way in which it may be at fault."""
    kind, name = attribute.type, attribute.wire
    if attribute.repeated:
        word = next(iter(kind))
        yield lambda m: (m.ClearField(name), getattr(m, name).append("NONSENSE")), "[0]"
        yield lambda m: (m.ClearField(name), getattr(m, name).extend([word, word])), "[1]"
        return
    if not attribute.optional:
        yield lambda m: m.ClearField(name), ".name" if kind is PersonKey else ""
    if kind is PersonKey:
        yield lambda m: setattr(getattr(m, name), "document_type", "LIBRARY_CARD"), ".document_type"
        yield lambda m: setattr(getattr(m, name), "document_number", ""), ".document_number"
        yield lambda m: setattr(getattr(m, name), "name", "甲" * 41), ".name"
    elif kind is int:
        yield lambda m: setattr(m, name, attribute.least - 1), ""
    elif kind is str:
        yield lambda m: setattr(m, name, "x" * (attribute.limit + 1)), ""
        yield lambda m: setattr(m, name, "a\u202eb"), ""
        if not attribute.optional:
            yield lambda m: setattr(m, name, "  "), ""
    elif kind is date:
        yield lambda m: setattr(m, name, "2026-02-30"), ""
        yield lambda m: setattr(m, name, "1999-12-31"), ""
    elif kind is Uscc or issubclass(kind, StrEnum):
        yield lambda m: setattr(m, name, "NONSENSE"), ""
    elif issubclass(kind, IntEnum):
        yield lambda m: setattr(m, name, 99), ""


SPOILT = [
    pytest.param(name, spoil, f"{name}.{attribute.wire}{part}", id=f"{name}.{attribute.wire}-{place}")
    for name, kind in kinds.KINDS.items()
    for attribute in content_of(kind)
    for place, (spoil, part) in enumerate(spoilings(attribute))
]


@pytest.mark.parametrize(("name", "spoil", "field"), SPOILT)
def test_a_field_at_fault_is_named(reader, name, spoil, field):
    record = record_of(SAMPLES[name])
    read(reader, record)
    message = getattr(record, name)
    spoil(message)
    with pytest.raises(MalformedRequestError) as caught:
        read(reader, record)
    assert caught.value.field == field


def test_a_fault_between_fields_is_named_as_on_the_wire():
    assert _path(kinds.KINDS["published_notice"], "notice_list") == "published_notice.list"
    assert _path(kinds.KINDS["enterprise"], "representative_key") == "enterprise.legal_representative"


@pytest.mark.parametrize("field", ["rate_basis_points", "deposited_fen", "exempt"])
def test_what_is_0_or_no_must_have_been_said(reader, field):
    exempt = {"exempt": True, "rate_basis_points": 0, "deposited_fen": 0, "form": None}
    record = record_of(replace(SAMPLES["wage_deposit"], **exempt))
    assert read(reader, record).exempt
    record.wage_deposit.ClearField(field)
    with pytest.raises(MalformedRequestError) as caught:
        read(reader, record)
    assert caught.value.field == f"wage_deposit.{field}"


@pytest.mark.parametrize("name", kinds.KINDS)
@pytest.mark.parametrize("field", ["authority", "document_number", "name"])
def test_the_header_has_what_the_kind_needs(reader, name, field):
    kind = kinds.KINDS[name]
    needed = {
        "authority": kind.decided is not Decided.BY_NOBODY,
        "document_number": kind.decided is Decided.WITH_NUMBER,
        "name": kind.name_required,
    }[field]
    record = record_of(SAMPLES[name])
    record.ClearField(field)
    if not needed:
        assert read(reader, record) is not None
        return
    with pytest.raises(MalformedRequestError) as caught:
        read(reader, record)
    assert caught.value.field == field


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_person_is_sealed_and_found_by_the_key_and_the_number_is_nowhere(reader, vault, name):
    record = record_of(SAMPLES[name])
    persons = [each for each in content_of(kinds.KINDS[name]) if each.type is PersonKey]
    for person in persons:
        for field, value in PERSON.items():
            setattr(getattr(getattr(record, name), person.wire), field, value)
    row = reader.read(record, "feed").content
    key = vault.key(PERSON["document_type"], PERSON["document_number"])
    assert {sealed for sealed, _ in row.sealed_persons} == ({key} if persons else set())
    assert all(getattr(row.profile or row.fact, person.name) == key for person in persons)
    assert PERSON["document_number"] not in repr(row)
