"""What was committed through one node is the least that the other answers from, at once and many times over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from e2e.nodes import nodes_in
from new_enemy import UNVERIFIABLE, enemies, played

ENTERPRISES = 12
AT_ONCE = 3


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with nodes_in(tmp_path_factory.mktemp("enemy")) as nodes:
        nodes.start()
        nodes.start()
        yield nodes.nodes


def test_no_answer_rests_on_less_than_its_token(two):
    first, second = two
    turns = [(first, second) if number % 2 else (second, first) for number in range(ENTERPRISES)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = [each for found in pool.map(lambda turn: played(*turn), turns) for each in found]

    assert len(told) == ENTERPRISES * 12
    assert enemies(told) == []
    across = [each for each in told if each.step == "listed" and not each.same_node]
    assert [each for each in across if each.verdict != UNVERIFIABLE]
