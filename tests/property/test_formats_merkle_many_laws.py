"""One proof for many leaves: it leads to the root of any tree, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.merkle import inclusion_path, leaf_hash, node_hash, root
from formats.merkle_many import absent_hashes, root_of_many


def nodes_of(leaves):
    """Return a reader of complete subtrees."""

    def read(height, index):
        if height == 0:
            return leaves[index]
        return node_hash(read(height - 1, 2 * index), read(height - 1, 2 * index + 1))

    return read


@st.composite
def trees(draw):
    """Draw a tree, and some of its leaves."""
    size = draw(st.integers(1, 70))
    leaves = [leaf_hash(str(place).encode()) for place in range(size)]
    indexes = sorted(draw(st.sets(st.integers(0, size - 1), min_size=1)))
    return leaves, indexes


@given(trees())
def test_the_leaves_and_the_hashes_between_them_lead_to_the_root_and_all_are_needed(tree):
    leaves, indexes = tree
    proof = list(absent_hashes(nodes_of(leaves), indexes, len(leaves)))
    hashes = iter(proof)

    assert root_of_many({index: leaves[index] for index in indexes}, len(leaves), hashes) == root(leaves)
    assert next(hashes, None) is None
    assert len(proof) <= sum(len(inclusion_path(leaves, index)) for index in indexes)


@given(trees(), st.data())
def test_another_leaf_another_hash_or_another_size_leads_elsewhere(tree, data):
    leaves, indexes = tree
    proof = list(absent_hashes(nodes_of(leaves), indexes, len(leaves)))
    held = {index: leaves[index] for index in indexes}
    changed = data.draw(st.sampled_from(indexes))
    assert root_of_many({**held, changed: leaf_hash(b"another")}, len(leaves), iter(proof)) != root(leaves)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        other = [*proof[:place], leaf_hash(b"another"), *proof[place + 1 :]]
        assert root_of_many(held, len(leaves), iter(other)) != root(leaves)
        with pytest.raises(ValueError, match="missing"):
            root_of_many(held, len(leaves), iter(proof[:-1]))


@given(trees())
def test_a_proof_of_all_leaves_holds_no_hash_and_one_of_a_single_leaf_is_its_path(tree):
    leaves, indexes = tree
    read, size = nodes_of(leaves), len(leaves)
    assert list(absent_hashes(read, range(size), size)) == []
    single = list(absent_hashes(read, indexes[:1], size))
    assert sorted(single) == sorted(inclusion_path(leaves, indexes[0]))


@pytest.mark.parametrize(("indexes", "size"), [([], 5), ([5], 5), ([-1], 5), ([0], 0)])
def test_leaves_that_no_tree_of_the_size_has_are_refused(indexes, size):
    read = nodes_of([leaf_hash(b"")] * 8)
    with pytest.raises(ValueError, match="do not lie"):
        list(absent_hashes(read, indexes, size))
    with pytest.raises(ValueError, match="do not lie"):
        root_of_many(dict.fromkeys(indexes, leaf_hash(b"")), size, iter(()))
