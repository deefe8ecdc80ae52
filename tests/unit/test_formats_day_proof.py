"""Proofs of days that do not hold: days and entries left out, other indexes, other enterprises, other entries."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from formats import canonical
from formats.checkpoint import Checkpoint
from formats.day_index import DayTree, depth_of, position_of, root_of, width_of
from formats.day_proof import (
    DayProofError,
    DaySpots,
    before_of,
    decode_day_proof,
    encode_day_proof,
    is_day_proof,
    verify_day_proof,
)
from formats.merkle import inclusion_path, leaf_hash, root
from formats.note import Note, Signature, SignatureKind, VerificationKey, encode_note
from formats.receipt import Receipt, encode_receipt
from formats.tlog_proof import TlogProof, encode_proof
from gateway.security.log_keys import holds

OWN, OTHER = "91420300MA10004470", "91110108551385082Q"
ORIGIN = "shiyan.example/audit/2026"
FIRST = date(2026, 11, 24)
SEED = bytes(range(32))
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerificationKey(ORIGIN, SignatureKind.ED25519, PRIVATE.public_key().public_bytes_raw())


def tree_of(day, side, said):
    leaves = sorted((position_of(str(day), side, code), content) for code, content in said.items())
    tree = DayTree(SEED, depth_of([place for place, _ in leaves]))
    return tree, leaves, tree.nodes(leaves, width_of(len(leaves)))


def said_of(code):
    entries = [{"at": "2026-11-24T04:00:00.000000Z", "index": 1, "log": "2026"}]
    return canonical.encode({"uscc": code, "entries": entries})


def statements(days=3, **changes):
    """Return a chain of indexes in which OWN is named, and OTHER is not; *changes* are made to the second."""
    found, before = [], "0" * 64
    for number in range(days):
        day = FIRST + timedelta(days=number)
        covers = [{"writer": "w", "first": 10 * number, "end": 10 * number + 10}]
        said = {"number": number, "day": str(day), "before": before, "covers": covers}
        for side in ("ordinary", "investigation"):
            tree, _, nodes = tree_of(day, side, {OWN: said_of(OWN)} if side == "ordinary" else {})
            said[side] = {"root": root_of(nodes).hex(), "depth": tree._depth}
        if number == 1:
            said |= changes
        found.append(said)
        before = before_of(said)
    return found


def receipt_of(body):
    """Return the receipt of an entry in a log of two."""
    content, salt = canonical.encode(body), bytes(16)
    envelope = canonical.encode({"body": hashlib.sha256(salt + content).hexdigest(), "n": 1, "writer": "w", "v": 1})
    leaves = [leaf_hash(b"opening"), leaf_hash(envelope)]
    text = Checkpoint(ORIGIN, 2, root(leaves)).text
    note = encode_note(Note(text, (Signature(ORIGIN, KEY.key_id, PRIVATE.sign(text.encode())),)))
    proof = encode_proof(TlogProof(1, tuple(inclusion_path(leaves, 1)), note))
    return encode_receipt(Receipt(envelope, salt, content, None, proof, str(KEY)))


def entry_of(statement, **changes):
    return receipt_of({"method": "AuditService", "outcome": "DAY_INDEXED", "day_index": statement} | changes)


def spots_of(statement, code, sides=("ordinary",)):
    found = {}
    for side in sides:
        day = date.fromisoformat(statement["day"])
        tree, leaves, nodes = tree_of(day, side, {OWN: said_of(OWN)} if side == "ordinary" else {})
        found[side] = tree.spot(nodes, leaves, position_of(statement["day"], side, code))
    return found


def days_of(chain, code=OWN, sides=("ordinary",)):
    return [DaySpots(entry_of(each), spots_of(each, code, sides)) for each in chain]


def verified(days, code=OWN, keys=(KEY,)):
    return verify_day_proof(encode_day_proof(code, days), list(keys), holds)


def test_a_chain_of_days_proves_what_each_names_and_that_nothing_else_is_named():
    uscc, days = verified(days_of(statements()))
    _, absent = verified(days_of(statements(), OTHER), OTHER)
    _, both = verified(days_of(statements(), OWN, ("ordinary", "investigation")))

    assert (uscc, [each.day for each in days]) == (OWN, [FIRST + timedelta(days=number) for number in range(3)])
    assert [len(each.entries["ordinary"]) for each in days] == [1, 1, 1]
    assert [each.entries for each in absent] == [{"ordinary": ()}] * 3
    assert both[0].entries["investigation"] == ()
    assert (days[0].log, days[0].index, days[0].number) == (ORIGIN, 1, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"day": "2026-11-26"}, "is not the day behind"),
        ({"number": 2}, "is not the day behind"),
        ({"before": "1" * 64}, "follows from another index"),
        ({"covers": [{"writer": "w", "first": 11, "end": 20}]}, "leaves out entries of w"),
        ({"ordinary": {"root": "00" * 32, "depth": 64}}, "is not what the ordinary index has"),
        ({"ordinary": {"depth": 64}}, "is not complete"),
        ({"covers": None}, "is not complete"),
    ],
)
def test_a_chain_with_a_link_that_does_not_hold_proves_nothing(change, why):
    with pytest.raises(DayProofError, match=why):
        verified(days_of(statements(2, **change)))


def test_a_day_that_is_left_out_is_missed():
    first, _, third = statements()
    with pytest.raises(DayProofError, match="is not the day behind"):
        verified(days_of([first, third]))


def test_what_is_shown_of_another_enterprise_day_or_side_proves_nothing():
    first, second, _ = statements()
    with pytest.raises(DayProofError, match="is not what"):
        verified([DaySpots(entry_of(first), spots_of(first, OTHER))])
    with pytest.raises(DayProofError, match="is not what"):
        verified([DaySpots(entry_of(first), spots_of(second, OWN))])
    with pytest.raises(DayProofError, match="is not what"):
        verified([DaySpots(entry_of(first), {"investigation": spots_of(first, OWN)["ordinary"]})])
    with pytest.raises(DayProofError, match="shows other sides"):
        verified([DaySpots(entry_of(first), {})])
    both = DaySpots(entry_of(second), spots_of(second, OWN, ("ordinary", "investigation")))
    with pytest.raises(DayProofError, match="shows other sides"):
        verified([*days_of([first]), both])
    with pytest.raises(DayProofError, match="names no day"):
        verified([])


@pytest.mark.parametrize(
    "change", [{"method": "AuditService/GetDayProof"}, {"outcome": "OK"}, {"day_index": None}, {"day_index": []}]
)
def test_only_the_gateways_own_entry_is_that_of_an_index(change):
    (first,) = statements(1)
    with pytest.raises(DayProofError, match="is not that of an index"):
        verified([DaySpots(entry_of(first, **change), spots_of(first, OWN))])


def test_a_receipt_that_does_not_hold_or_shows_no_body_is_no_proof():
    (first,) = statements(1)
    with pytest.raises(DayProofError, match="the receipt of an index"):
        verified(days_of([first]), keys=())
    broken = entry_of(first).replace(b"2026-11-24", b"2026-11-25")
    with pytest.raises(DayProofError, match="the receipt of an index"):
        verified([DaySpots(broken, spots_of(first, OWN))])


@pytest.mark.parametrize(
    "content",
    [
        {"uscc": OTHER, "entries": [{"index": 1}]},
        {"uscc": OWN, "entries": []},
    ],
)
def test_a_leaf_that_names_another_enterprise_or_nothing_is_refused(content):
    day = str(FIRST)
    leaf = canonical.encode(content)
    tree = DayTree(SEED, 64)
    leaves = [(position_of(day, "ordinary", OWN), leaf)]
    nodes = tree.nodes(leaves, 6)
    (said,) = statements(1)
    said["ordinary"] = {"root": root_of(nodes).hex(), "depth": 64}
    spot = tree.spot(nodes, leaves, position_of(day, "ordinary", OWN))
    with pytest.raises(DayProofError, match="another enterprise's"):
        verified([DaySpots(entry_of(said), {"ordinary": spot})])


def test_a_proof_is_read_back_as_it_was_written_and_in_no_other_form():
    data = encode_day_proof(OWN, days_of(statements()))
    code, days = decode_day_proof(data)

    assert encode_day_proof(code, days) == data
    assert is_day_proof(data)
    assert not is_day_proof(entry_of(statements(1)[0]))
    for other in (
        data.replace(b"day-proof/v1", b"day-proof/v2"),
        data.replace(b'"salt":"', b'"salt":"A', 1),
        data + b" ",
        b"[]",
        b"\xff",
        data.replace(b'"spots"', b'"spats"', 1),
        data.replace(b'"content"', b'"contant"', 1),
    ):
        with pytest.raises(DayProofError, match="not a proof"):
            decode_day_proof(other)


def test_upper_case_hexadecimal_is_another_form():
    (day,) = days_of(statements(1))
    data = encode_day_proof(OWN, [day])
    salt = day.spots["ordinary"].salt.hex().encode()
    with pytest.raises(DayProofError, match="written as it must be"):
        decode_day_proof(data.replace(salt, salt.upper()))


def test_a_path_that_is_cut_off_proves_nothing():
    (first,) = statements(1)
    spot = spots_of(first, OWN)["ordinary"]
    with pytest.raises(DayProofError, match="is not what"):
        verified([DaySpots(entry_of(first), {"ordinary": replace(spot, path=spot.path[:-1])})])
