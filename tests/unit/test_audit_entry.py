"""The audit entry, byte for byte, and what ``flaw`` says of one that was changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from formats import merkle
from gateway.domain.audit import BODY_LIMIT, LINE_LIMIT, Draft, EntryTooLargeError, salts_needed, seal
from gateway.storage.audit_verify import flaw

NOON = datetime(2026, 11, 24, 4, 0, 0, 123456, tzinfo=UTC)
SALT = bytes(range(16))
SINGLE = Draft({"outcome": "OK", "method": "CreditService/CheckEligibility", "case": "鄂-2026-1"})
BATCH = Draft({"outcome": "OK"}, [{"item": 0, "verdict": 1}, {"item": 1, "verdict": 3}, {"item": 2, "verdict": 2}])


def sealed(draft, number=7):
    salts = b"".join(bytes([i]) * 16 for i in range(1 + len(draft.lines)))
    return seal(draft, "node-1.0", number, NOON, salts)


def test_the_stored_bytes_are_these_and_stay_these():
    entry = seal(SINGLE, "node-1.0", 7, NOON, SALT)

    assert entry.body == '{"case":"鄂-2026-1","method":"CreditService/CheckEligibility","outcome":"OK"}'.encode()
    assert entry.envelope == (
        b'{"body":"' + hashlib.sha256(SALT + entry.body).hexdigest().encode() + b'",'
        b'"n":7,"time":"2026-11-24T04:00:00.123456Z","v":1,"writer":"node-1.0"}'
    )
    assert entry.leaf == hashlib.sha256(b"\x00" + entry.envelope).digest()
    assert entry.leaf.hex() == "6813fb0fd6e6b70cb9f58ce1dc47c2a0a95b4b7883ef295053a4742be44458f2"


def test_the_body_of_a_batch_holds_the_root_over_its_salted_lines():
    entry = sealed(BATCH)
    leaves = [
        hashlib.sha256(b"\x00" + bytes([i]) * 16 + line.content).digest() for i, line in enumerate(entry.lines, 1)
    ]
    root = hashlib.sha256(b"\x01" + hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest() + leaves[2]).hexdigest()

    assert entry.body == f'{{"lines":{{"count":3,"root":"{root}"}},"outcome":"OK"}}'.encode()
    assert [line.leaf for line in entry.lines] == leaves
    assert [line.content for line in entry.lines] == [
        b'{"item":0,"verdict":1}',
        b'{"item":1,"verdict":3}',
        b'{"item":2,"verdict":2}',
    ]


def test_the_envelope_names_nobody():
    entry = sealed(Draft({"caller": {"agency": "zhaobiao"}, "officer": "w-17", "enterprises": ["91420300MA48XXXX0A"]}))

    for name in (b"zhaobiao", b"w-17", b"91420300"):
        assert name not in entry.envelope


def test_one_line_is_proven_without_showing_another():
    entry = sealed(BATCH)
    path = merkle.inclusion_path([line.leaf for line in entry.lines], 1)
    shown = entry.lines[1]
    disclosed = shown.salt + shown.content + b"".join(path)

    assert merkle.verify_inclusion(
        merkle.leaf_hash(shown.salt + shown.content), 1, 3, path, merkle.root([line.leaf for line in entry.lines])
    )
    for other in (entry.lines[0], entry.lines[2]):
        assert other.content not in disclosed
        assert other.salt not in disclosed


def test_equal_lines_have_unequal_leaves_so_that_nobody_can_guess_them():
    entry = sealed(Draft({}, [{"verdict": 1}, {"verdict": 1}]))

    assert entry.lines[0].content == entry.lines[1].content
    assert entry.lines[0].leaf != entry.lines[1].leaf


@pytest.mark.parametrize(("draft", "count"), [(SINGLE, 16), (BATCH, 64)])
def test_every_body_and_every_line_has_a_salt_of_its_own(draft, count):
    assert salts_needed(draft) == count
    entry = sealed(draft)

    assert len({entry.salt, *(line.salt for line in entry.lines)}) == count // 16


def test_a_body_or_line_over_its_cap_is_a_fault_of_ours():
    with pytest.raises(EntryTooLargeError, match="body"):
        sealed(Draft({"case": "x" * BODY_LIMIT}))
    with pytest.raises(EntryTooLargeError, match="line"):
        sealed(Draft({}, [{"id": "x" * LINE_LIMIT}]))
    assert flaw(sealed(Draft({"case": "x" * (BODY_LIMIT - len('{"case":""}'))}))) == ""
    assert flaw(sealed(Draft({}, [{"id": "x" * (LINE_LIMIT - len('{"id":""}'))}]))) == ""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"leaf": bytes(32)}, "leaf"),
        ({"envelope": b"{}"}, "leaf"),
        ({"salt": bytes(15) + b"x"}, "'body'"),
        ({"body": b"{}"}, "'body'"),
        ({"number": 8}, "'n'"),
        ({"writer": "node-2.0"}, "'writer'"),
        ({"time": NOON.replace(microsecond=123457)}, "'time'"),
        ({"lines": ()}, "missing"),
    ],
)
def test_a_changed_part_of_an_entry_is_named(change, named):
    entry = sealed(BATCH)

    assert flaw(entry) == ""
    assert named in flaw(replace(entry, **change))


@pytest.mark.parametrize("envelope", [b"{}", b"[]", b"not JSON", b'{"v": 1}', b"\xff"])
def test_an_envelope_that_is_none_is_refused_even_with_its_right_leaf(envelope):
    assert "envelope" in flaw(replace(sealed(SINGLE), envelope=envelope, leaf=merkle.leaf_hash(envelope)))


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 1), (0, 1, 2, 2)])
def test_lines_swapped_dropped_or_added_are_not_those_under_the_root(order):
    entry = sealed(BATCH)

    assert "root" in flaw(replace(entry, lines=tuple(entry.lines[i] for i in order)))


def test_lines_of_an_entry_that_counts_none_are_refused():
    assert "root" in flaw(replace(sealed(SINGLE), lines=sealed(BATCH).lines))


def test_lines_that_were_not_read_are_not_looked_at():
    entry = replace(sealed(BATCH), lines=())

    assert flaw(entry, with_lines=False) == ""
    assert "missing" in flaw(entry)
