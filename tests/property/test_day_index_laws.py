"""The tree of a day's index: whoever is in it is proven with all that is said of it, whoever is not, absent."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from formats.day_index import (
    BITS,
    LEAST_DEPTH,
    LEAST_WIDTH,
    DayTree,
    Spot,
    depth_of,
    position_of,
    root_from,
    root_of,
    width_of,
)

DAY, SIDE = "2026-11-24", "ordinary"
codes = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18)
contents = st.dictionaries(codes, st.binary(min_size=1, max_size=40), max_size=40)
seeds = st.binary(min_size=32, max_size=32)


def grown(said, seed):
    """Return tree, nodes and leaves of what is said of each code."""
    leaves = sorted((position_of(DAY, SIDE, code), content) for code, content in said.items())
    tree = DayTree(seed, depth_of([position for position, _ in leaves]))
    return tree, tree.nodes(leaves, width_of(len(leaves))), leaves


def reference_root(leaves, seed, depth, width, level=0, prefix=0):
    """Make the root from the definition: by recursion over prefixes, looking at every leaf each time."""

    def salt(at, name):
        return hmac.new(seed, f"{at}/{name:x}".encode(), hashlib.sha256).digest()

    here = [leaf for leaf in leaves if leaf[0] >> (BITS - level) == prefix]
    if not here and level >= width:
        return hashlib.sha256(b"\x02" + salt(level, prefix)).digest()
    if level == depth:
        ((_, content),) = here
        return hashlib.sha256(b"\x00" + salt(level, prefix) + content).digest()
    halves = [reference_root(here, seed, depth, width, level + 1, 2 * prefix + bit) for bit in (0, 1)]
    return hashlib.sha256(b"\x01" + b"".join(halves)).digest()


@given(contents, seeds)
def test_the_root_is_that_of_the_definition(said, seed):
    _, nodes, leaves = grown(said, seed)
    depth, width = depth_of([position for position, _ in leaves]), width_of(len(leaves))

    assert root_of(nodes) == reference_root(leaves, seed, depth, width)


@given(contents, codes, seeds)
def test_everybody_is_proven_with_what_is_said_of_them_or_with_nothing(said, other, seed):
    tree, nodes, leaves = grown(said, seed)
    depth = depth_of([position for position, _ in leaves])
    for code in {*said, other}:
        position = position_of(DAY, SIDE, code)
        spot = tree.spot(nodes, leaves, position)

        assert spot.content == said.get(code, b"")
        assert root_from(position, depth, spot) == root_of(nodes)


@given(contents, codes, codes, seeds)
def test_a_place_proves_nothing_of_anybody_else(said, one, other, seed):
    tree, nodes, leaves = grown(said | {one: b"x"}, seed)
    depth = depth_of([position for position, _ in leaves])
    spot = tree.spot(nodes, leaves, position_of(DAY, SIDE, one))
    if one != other:
        assert root_from(position_of(DAY, SIDE, other), depth, spot) != root_of(nodes)
    assert root_from(position_of("2026-11-25", SIDE, one), depth, spot) != root_of(nodes)
    assert root_from(position_of(DAY, "investigation", one), depth, spot) != root_of(nodes)


@given(contents, codes, seeds, st.data())
def test_no_spot_that_was_changed_leads_to_the_root(said, code, seed, data):
    tree, nodes, leaves = grown(said, seed)
    depth = depth_of([position for position, _ in leaves])
    position = position_of(DAY, SIDE, code)
    spot = tree.spot(nodes, leaves, position)
    at = data.draw(st.integers(0, len(spot.path) - 1))
    path = list(spot.path)
    path[at] = bytes([path[at][0] ^ 1]) + path[at][1:]
    forged = [
        replace(spot, path=tuple(path)),
        replace(spot, path=spot.path[:at]),
        replace(spot, path=(*spot.path, spot.path[0])),
        replace(spot, salt=bytes(32)),
        replace(spot, salt=spot.salt + b"x"),
        replace(spot, content=spot.content + b"x"),
        replace(spot, content=b"" if spot.content else b"x"),
    ]

    assert root_of(nodes) not in {root_from(position, depth, each) for each in forged}


@given(contents, codes, seeds)
def test_an_enterprise_that_is_there_cannot_be_shown_absent_at_any_height(said, code, seed):
    """An empty place above it, made of hashes that the tree has, must not lead to the root."""
    tree, nodes, leaves = grown(said | {code: b"asked"}, seed)
    depth, position = depth_of([place for place, _ in leaves]), position_of(DAY, SIDE, code)
    spot = tree.spot(nodes, leaves, position)
    for level in range(len(spot.path)):
        shown = replace(spot, content=b"", path=spot.path[level:])

        assert root_from(position, depth, shown) != root_of(nodes)


@given(contents, codes)
def test_hashes_beside_a_path_differ_under_every_secret(said, code):
    """So that nothing of others can be tried out: whether somebody is below a hash cannot be told."""
    one, other = bytes(32), bytes([1] * 32)
    paths = []
    for seed in (one, other):
        tree, nodes, leaves = grown(said, seed)
        paths.append(set(tree.spot(nodes, leaves, position_of(DAY, SIDE, code)).path))

    assert not paths[0] & paths[1]


@given(st.sets(st.integers(0, 2**BITS - 1), min_size=2, max_size=20))
def test_the_depth_tells_all_positions_apart(positions):
    depth = depth_of(sorted(positions))

    assert len({position >> (BITS - depth) for position in positions}) == len(positions)
    assert LEAST_DEPTH <= depth <= BITS


def test_two_whose_first_bits_are_alike_stand_deeper():
    one = 1 << (BITS - 1)

    assert depth_of([one, one | 1 << (BITS - 70)]) == 72
    assert depth_of([one, one | 1]) == BITS
    assert depth_of([]) == LEAST_DEPTH
    assert width_of(0) == LEAST_WIDTH


def test_a_spot_of_another_form_leads_nowhere():
    position, salt, beside = position_of(DAY, SIDE, "x"), bytes(32), (bytes(32),) * LEAST_DEPTH
    assert root_from(position, LEAST_DEPTH, Spot(salt, b"x", beside)) is not None
    assert root_from(position, LEAST_DEPTH, Spot(salt, b"", beside[:LEAST_WIDTH])) is not None
    for spot in (
        Spot(salt, b"x", beside[1:]),
        Spot(salt, b"x", (*beside, salt)),
        Spot(salt, b"", beside[: LEAST_WIDTH - 1]),
        Spot(salt, b"", (*beside, salt)),
        Spot(salt[1:], b"x", beside),
        Spot(salt, b"x", (salt[1:], *beside[1:])),
    ):
        assert root_from(position, LEAST_DEPTH, spot) is None
