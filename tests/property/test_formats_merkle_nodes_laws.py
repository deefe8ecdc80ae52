"""Stored nodes give the roots and proofs of every size that the tree ever had."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formats.merkle import HASH_SIZE, leaf_hash, node_hash, root, verify_consistency, verify_inclusion
from formats.merkle_nodes import consistency_proof, inclusion_proof, root_at
from formats.tiles import WIDTH, reader_of_tiles, root_of_full_tile, tiles_between

LEAVES = [leaf_hash(str(number).encode()) for number in range(1_200)]
SIZES = st.integers(0, len(LEAVES))


def read(height: int, index: int) -> bytes:
    """Return a node, made from the leaves each time."""
    return root(LEAVES[index << height : (index + 1) << height])


@given(SIZES)
def test_the_root_at_any_size_is_that_of_the_leaves(size):
    assert root_at(read, size) == root(LEAVES[:size])


@given(st.data(), st.integers(1, len(LEAVES)))
def test_every_leaf_is_proven_in_every_tree_that_holds_it(data, size):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(read, index, size)

    assert verify_inclusion(LEAVES[index], index, size, path, root(LEAVES[:size]))


@given(st.data(), SIZES)
def test_every_tree_is_proven_to_grow_from_every_smaller_one(data, new):
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(read, old, new)

    assert verify_consistency(old, new, proof, root(LEAVES[:old]), root(LEAVES[:new]))


@given(st.data(), st.integers(1, len(LEAVES)))
def test_no_changed_proof_of_growth_holds(data, new):
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(read, old, new)
    before, after = root(LEAVES[:old]), root(LEAVES[:new])
    place = data.draw(st.integers(0, len(proof) * HASH_SIZE + 2 * HASH_SIZE - 1))
    parts = [bytearray(each) for each in (before, after, *proof)]
    parts[place // HASH_SIZE][place % HASH_SIZE] ^= 1 << data.draw(st.integers(0, 7))
    before, after, *proof = map(bytes, parts)

    assert not verify_consistency(old, new, proof, before, after)


@given(st.data(), st.integers(2, len(LEAVES)))
def test_no_proof_of_growth_holds_longer_shorter_or_for_other_sizes(data, new):
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(read, old, new)
    before, after = root(LEAVES[:old]), root(LEAVES[:new])
    extra = data.draw(st.sampled_from([before, after, LEAVES[0]]))

    assert not verify_consistency(old, new, proof[:-1], before, after)
    assert not verify_consistency(old, new, [*proof, extra], before, after)
    assert not verify_consistency(old, new, [extra, *proof], before, after)
    assert not verify_consistency(0, new, proof, before, after)
    assert not verify_consistency(new, new, proof, before, after)


@given(SIZES, SIZES)
def test_tiles_written_in_any_steps_hold_the_whole_tree(first, second):
    old, new = sorted((first, second))
    tiles: dict[tuple[int, int], bytes] = {}
    for begin, end in ((0, old), (old, new)):
        for tile in tiles_between(begin, end):
            hashes = [
                LEAVES[each] if tile.level == 0 else root_of_full_tile(tiles[tile.level - 1, each])
                for each in range(tile.number * WIDTH, tile.number * WIDTH + tile.width)
            ]
            tiles[tile.level, tile.number] = b"".join(hashes)

    assert root_at(reader_of_tiles(lambda level, number: tiles[level, number]), new) == root(LEAVES[:new])


def test_a_tree_that_does_not_begin_with_the_earlier_one_has_no_proof():
    forked = [*LEAVES[:5], leaf_hash(b"other"), *LEAVES[6:9]]
    for old in range(6, 9):
        proof = consistency_proof(lambda height, index: root(forked[index << height : (index + 1) << height]), old, 9)

        assert not verify_consistency(old, 9, proof, root(LEAVES[:old]), root(forked))
        assert not verify_consistency(old, 9, proof, root(forked[:old]), root(LEAVES[:9]))


def test_nodes_are_hashed_as_the_standard_says():
    assert read(1, 0) == node_hash(LEAVES[0], LEAVES[1])
