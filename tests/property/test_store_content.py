"""Every kind of fact survives being kept as text, and no kind is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import FACTS

from formats import canonical
from gateway.domain import kinds
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.fact import Fact
from gateway.domain.objections import Objection
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.storage.content import KINDS, ContentError, decode, encode, kind_of


def test_every_kind_of_fact_but_profiles_has_a_name_and_a_sample():
    wanted = (set(kinds.KINDS.values()) - {EnterpriseProfile}) | {Withdrawal, ShownRepair, Objection}
    assert set(KINDS.values()) == wanted == {type(fact) for _, fact in FACTS}
    assert [kind for kind, _ in FACTS] == [type(fact).wire_name for _, fact in FACTS]


@pytest.mark.parametrize(("kind", "fact"), FACTS, ids=[kind for kind, _ in FACTS])
def test_a_fact_comes_back_equal(kind, fact):
    assert kind_of(fact) == kind
    assert decode(kind, fact.record_id, encode(fact)) == fact


text = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.sampled_from(FACTS),
    text,
    st.fixed_dictionaries(
        {
            "str": text,
            "date": st.dates(),
            "date | None": st.none() | st.dates(),
            "int": st.integers(-(2**53) + 1, 2**53 - 1),
            "bool": st.booleans(),
        }
    ),
)
def test_a_fact_comes_back_equal_whatever_it_holds(sample, record_id, by_type):
    kind, fact = sample
    changes = {f.name: by_type[f.type] for f in fact.__dataclass_fields__.values() if f.type in by_type}
    changed = replace(fact, **{**changes, "record_id": record_id})
    assert decode(kind, record_id, encode(changed)) == changed


def test_a_notice_that_claims_to_come_from_its_authority_is_not_read():
    (notice,) = (fact for kind, fact in FACTS if kind == "published_notice")
    text = encode(notice).replace("PUBLISHED_NOTICE", "AUTHORITY")
    with pytest.raises(ContentError, match=r"record n-1: .* does not come from AUTHORITY"):
        decode("published_notice", "n-1", text)


def test_a_class_without_a_kind_is_refused():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Rumour(Fact):
        pass

    with pytest.raises(ContentError, match="Rumour"):
        encode(Rumour(record_id="x"))


@pytest.mark.parametrize(
    ("was", "becomes"), [('"workers":12', '"workers":true'), ('"malicious":true', '"malicious":1'), (":12", ':"12"')]
)
def test_an_integer_is_no_flag_a_flag_no_integer_and_a_text_neither(was, becomes):
    arrears = dict(FACTS)["arrears"]
    text = encode(arrears)
    assert text.count(was) == 1
    with pytest.raises(ContentError, match=r"workers|malicious"):
        decode("arrears", "a", text.replace(was, becomes))


def without(kind, field):
    values = canonical.decode(encode(dict(FACTS)[kind]).encode())
    del values[field]
    return canonical.encode(values).decode()


def test_what_was_stored_before_a_field_came_is_read_with_its_default():
    assert decode("five_systems", "f", without("five_systems", "evidence_ref")) == dict(FACTS)["five_systems"]
    assert decode("penalty", "n", without("penalty", "fine_fen")) == dict(FACTS)["penalty"]


@pytest.mark.parametrize("field", ["restriction", "restricts_from", "restricts_until", "authority", "provenance"])
def test_what_decides_whether_a_record_weighs_is_never_defaulted(field):
    with pytest.raises(ContentError, match=field):
        decode("penalty", "n", without("penalty", field))


def test_a_list_that_is_no_list_or_has_an_unknown_word_is_an_error():
    text = encode(dict(FACTS)["labour_violation"])
    for damage in ('"MASS_EVENT"', '["RUMOUR"]', "null"):
        with pytest.raises(ContentError, match="circumstances"):
            decode("labour_violation", "l", text.replace('["MASS_EVENT","REFUSED_TO_PERFORM"]', damage))
