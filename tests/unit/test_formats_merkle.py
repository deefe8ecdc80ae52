"""Merkle trees, by the vectors of RFC 6962 and by example."""

from __future__ import annotations

import hashlib

import pytest

from formats.merkle import EMPTY_ROOT, Frontier, inclusion_path, leaf_hash, node_hash, root, verify_inclusion

ABC = [leaf_hash(each) for each in (b"a", b"b", b"c")]

# The test inputs and roots for 1 to 8 leaves that Certificate Transparency implementations share.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_three_leaves_have_the_known_root():
    assert root(ABC).hex() == "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_vectors_of_certificate_transparency_hold(size):
    leaves = [leaf_hash(bytes.fromhex(each)) for each in CT_LEAVES[:size]]

    assert root(leaves).hex() == CT_ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing():
    assert root([]) == Frontier().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_leaves_and_nodes_are_hashed_under_different_prefixes():
    assert leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert node_hash(ABC[0], ABC[1]) == hashlib.sha256(b"\x01" + ABC[0] + ABC[1]).digest()


def test_paths_of_three_leaves_are_these():
    assert inclusion_path(ABC, 0) == [ABC[1], ABC[2]]
    assert inclusion_path(ABC, 2) == [node_hash(ABC[0], ABC[1])]
    assert inclusion_path(ABC[:1], 0) == []


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_path_and_no_proof(index):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_path(ABC, index)
    assert not verify_inclusion(ABC[2], index, 3, inclusion_path(ABC, 2), root(ABC))


def test_a_negative_index_counts_from_nowhere():
    assert not verify_inclusion(ABC[1], -1, 2, [ABC[0]], root(ABC[:2]))


def test_a_path_that_reaches_the_root_too_early_or_too_late_for_the_size_proves_nothing():
    pair = root(ABC[:2])

    assert verify_inclusion(ABC[0], 0, 2, [ABC[1]], pair)
    assert not verify_inclusion(ABC[0], 0, 3, [ABC[1]], pair)
    assert not verify_inclusion(ABC[0], 0, 3, [], ABC[0])
    assert not verify_inclusion(ABC[1], 0, 1, [ABC[0]], pair)


def test_nothing_is_proven_of_an_empty_tree():
    assert not verify_inclusion(EMPTY_ROOT, 0, 0, [], EMPTY_ROOT)


def test_bytes_cannot_be_moved_between_the_hashes_of_a_proof():
    """The leaf and its sibling are only concatenated, so their lengths must be fixed."""
    both = ABC[0] + ABC[1]

    assert verify_inclusion(both[:32], 0, 2, [both[32:]], node_hash(ABC[0], ABC[1]))
    assert not verify_inclusion(both[:31], 0, 2, [both[31:]], node_hash(ABC[0], ABC[1]))


def test_hashes_of_another_size_are_refused():
    frontier = Frontier()
    frontier.append(ABC[0])

    for act in (lambda: frontier.append(b"short"), lambda: root([b"short"]), lambda: inclusion_path([b"", b""], 0)):
        with pytest.raises(ValueError, match="32 bytes"):
            act()
    assert (frontier.size, frontier.root()) == (1, ABC[0])
