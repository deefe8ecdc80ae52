"""Two nodes with clocks of their own: each snapshot, followed, loaded or asked for by time, is the same.

Here hypothesis draws, and shrinks what fails. ``make histories`` plays very many from a seed
(``test_histories_find_faults``).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_stores import kept_store
from snapshot_checks import Play, Round
from store_oracle import NUMBERS
from store_samples import NOON
from test_store_laws import chunks

HISTORIES = 30
rounds = st.builds(
    lambda rows, *others: Round(tuple((0, row) for row in rows), *others),
    chunks,
    st.sampled_from([timedelta(milliseconds=off) for off in (-900, -1, 0, 1, 900)]),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from([NOON - timedelta(days=1), NOON]),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_store(f"sqlite:///{tmp_path_factory.mktemp('kept')}/facts.db") as store:
        yield store


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(rounds, min_size=1, max_size=6))
def test_snapshots_agree_however_they_are_come_by(kept, history):
    Play(kept.emptied(), [NUMBERS]).check(history)
