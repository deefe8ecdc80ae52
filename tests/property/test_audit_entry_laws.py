"""Laws of the audit entry: what is sealed verifies, and nothing else does."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from formats import canonical, merkle
from gateway.domain.audit import Draft, salts_needed, seal
from gateway.storage.audit_verify import flaw

keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
bodies = st.dictionaries(keys.filter(lambda key: key != "lines"), values, max_size=5)
drafts = st.builds(Draft, bodies, st.lists(bodies, max_size=9))
times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@st.composite
def entries(draw, drafts=drafts):
    draft = draw(drafts)
    salts = hashlib.shake_256(draw(st.binary(max_size=4))).digest(salts_needed(draft))
    return seal(draft, draw(st.sampled_from(["node-1.0", "n"])), draw(st.integers(0, 2**53 - 1)), draw(times), salts)


batches = entries(st.builds(Draft, bodies, st.lists(bodies, min_size=1, max_size=9)))


def flipped(data, raw):
    """Return *raw* with one bit turned."""
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    return bytes(byte ^ (1 << bit % 8 if i == bit // 8 else 0) for i, byte in enumerate(raw))


@given(entries())
def test_what_was_sealed_verifies(entry):
    assert flaw(entry) == ""


@given(entries(), st.data())
def test_one_bit_turned_anywhere_is_found(entry, data):
    part = data.draw(st.sampled_from(["envelope", "salt", "body", "leaf"]))

    assert flaw(replace(entry, **{part: flipped(data, getattr(entry, part))})) != ""


@given(batches, st.data())
def test_one_bit_turned_in_any_line_is_found(entry, data):
    item = data.draw(st.integers(0, len(entry.lines) - 1))
    part = data.draw(st.sampled_from(["salt", "content", "leaf"]))
    line = entry.lines[item]._replace(**{part: flipped(data, getattr(entry.lines[item], part))})
    changed = (*entry.lines[:item], line, *entry.lines[item + 1 :])

    assert flaw(replace(entry, lines=changed)) != ""


@given(entries(), st.data())
def test_a_changed_entry_is_found_even_when_its_leaf_was_made_anew(entry, data):
    """
    The envelope alone cannot be rewritten either: it repeats what the row says.
    """
    envelope = flipped(data, entry.envelope)

    assert flaw(replace(entry, envelope=envelope, leaf=merkle.leaf_hash(envelope))) != ""


@given(batches)
def test_each_line_is_proven_by_its_path_at_its_own_place_only(entry):
    leaves = [line.leaf for line in entry.lines]
    root = bytes.fromhex(canonical.decode(entry.body)["lines"]["root"])
    for item, line in enumerate(entry.lines):
        path = merkle.inclusion_path(leaves, item)
        leaf = merkle.leaf_hash(line.salt + line.content)

        assert merkle.verify_inclusion(leaf, item, len(leaves), path, root)
        assert not any(
            merkle.verify_inclusion(leaf, other, len(leaves), path, root)
            for other in range(len(leaves))
            if other != item
        )


@given(drafts, times)
def test_stored_json_is_that_of_rfc_8785(draft, time):
    entry = seal(draft, "node-1.0", 0, time, bytes(salts_needed(draft)))

    for content in (entry.envelope, entry.body, *(line.content for line in entry.lines)):
        assert content == rfc8785.dumps(canonical.decode(content))
    assert [canonical.decode(line.content) for line in entry.lines] == [dict(line) for line in draft.lines]
