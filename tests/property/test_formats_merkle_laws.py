"""Laws of Merkle trees, against the recursive definition of RFC 9162."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formats.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, inclusion_path, leaf_hash, node_hash, root, verify_inclusion

sizes = st.integers(1, 70)
hashes = st.binary(min_size=HASH_SIZE, max_size=HASH_SIZE)


@st.composite
def proofs(draw):
    leaves = _leaves(draw(sizes))
    index = draw(st.integers(0, len(leaves) - 1))
    return leaves, index, inclusion_path(leaves, index)


@given(st.integers(0, 140))
def test_the_root_is_that_of_the_recursive_definition(size):
    leaves = _leaves(size)

    assert root(leaves) == (_recursive_root(leaves) if leaves else EMPTY_ROOT)


@given(proofs())
def test_the_path_is_that_of_the_recursive_definition(proof):
    leaves, index, path = proof

    assert path == _recursive_path(leaves, index)


@given(proofs())
def test_every_leaf_is_proven_by_its_path(proof):
    leaves, index, path = proof

    assert verify_inclusion(leaves[index], index, len(leaves), path, root(leaves))


@given(proofs())
def test_a_path_has_the_length_that_index_and_size_give(proof):
    leaves, index, path = proof
    below = (index ^ (len(leaves) - 1)).bit_length()

    assert len(path) == below + (index >> below).bit_count()


@given(proofs(), st.data())
def test_a_path_with_one_hash_more_or_less_proves_nothing(proof, data):
    leaves, index, path = proof
    place = data.draw(st.integers(0, len(path)))
    longer = [*path[:place], data.draw(hashes), *path[place:]]

    assert not verify_inclusion(leaves[index], index, len(leaves), longer, root(leaves))
    if path:
        assert not verify_inclusion(leaves[index], index, len(leaves), path[:-1], root(leaves))
        assert not verify_inclusion(leaves[index], index, len(leaves), path[1:], root(leaves))


@given(proofs(), st.data())
def test_one_flipped_bit_anywhere_proves_nothing(proof, data):
    leaves, index, path = proof
    parts = [leaves[index], root(leaves), *path]
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, HASH_SIZE * 8 - 1))
    parts[which] = (int.from_bytes(parts[which]) ^ (1 << bit)).to_bytes(HASH_SIZE)
    leaf, above, *changed = parts

    assert not verify_inclusion(leaf, index, len(leaves), changed, above)


@given(proofs(), st.integers(-1, 80))
def test_a_leaf_is_proven_at_no_other_index(proof, other):
    leaves, index, path = proof

    proven = verify_inclusion(leaves[index], other, len(leaves), path, root(leaves))

    assert proven is (other == index)


@given(st.integers(0, 300))
def test_a_frontier_keeps_one_hash_per_set_bit_and_the_root_of_all_leaves(size):
    frontier = Frontier()
    leaves = _leaves(size)
    for leaf in leaves:
        frontier.append(leaf)

    assert frontier.size == size
    assert frontier.root() == (_recursive_root(leaves) if leaves else EMPTY_ROOT)
    assert len(frontier._hashes) == size.bit_count()


def _leaves(size):
    return [leaf_hash(str(number).encode()) for number in range(size)]


def _split(leaves):
    return 1 << ((len(leaves) - 1).bit_length() - 1)


def _recursive_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = _split(leaves)
    return node_hash(_recursive_root(leaves[:k]), _recursive_root(leaves[k:]))


def _recursive_path(leaves, index):
    if len(leaves) == 1:
        return []
    k = _split(leaves)
    if index < k:
        return [*_recursive_path(leaves[:k], index), _recursive_root(leaves[k:])]
    return [*_recursive_path(leaves[k:], index - k), _recursive_root(leaves[:k])]
