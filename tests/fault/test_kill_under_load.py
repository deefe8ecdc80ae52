"""Kill −9 under load: every answer that a client received is in the records, and no fact is stored by halves."""

from __future__ import annotations

import random

import pytest
from e2e.served import BATCH, CHECK, SUBMIT, gateway_in, prepared
from launcher import Launcher
from served_kills import Load, check_answers, check_facts, kill_under
from whole_states import flaws_in

KILLS = 10
"""For each of the two seeds; ``make faults`` kills as often as it is told."""


@pytest.fixture
def launcher(tmp_path):
    log = prepared(tmp_path, {}).state / "gateway.log"
    with log.open("ab") as sink:
        launcher = Launcher(sink)
        yield launcher
        launcher.close()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_answer_that_a_client_received_is_in_the_records(tmp_path, launcher, seed):
    randomness = random.Random(seed)  # noqa: S311 - when to kill is no secret
    load = Load()
    for _ in range(KILLS):
        kill_under(load, launcher, tmp_path, randomness.randint(1, 60))
    assert {path for path, _, _ in load.answers} == {CHECK, BATCH, SUBMIT}

    with gateway_in(tmp_path, filled=False, serve=launcher.serving) as gateway:
        entries = gateway.entries()
        check_answers(load, entries, KILLS)
        check_facts(load, entries, gateway)
    assert gateway.process.returncode == 0
    assert flaws_in(gateway.place.state) == []
