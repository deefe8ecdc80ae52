"""Two nodes over one store, laid beside the oracle: each snapshot, followed, loaded or asked for by time, is the same.

Several groups of enterprises may be played in one store at once. Each has an oracle of its own that never hears of the
others, so that what passes from one to another is found as well.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from store_oracle import HELD, STORED, Replay, unordered
from store_samples import NOON, RULES, submission

from gateway.domain.errors import RequestIdReusedError
from gateway.services.ports.register import FeedState
from gateway.storage.timelines import TimelineReader

if TYPE_CHECKING:
    from datetime import datetime

    from store_oracle import Snapshot

    from gateway.services.ports.facts import SubmittedRow
    from gateway.storage.facts import SqlFactStore
    from gateway.storage.history import SqlHistory

TICK = timedelta(milliseconds=500)
INSTANT = timedelta(microseconds=1)
LABOUR = "labour"


class Node(NamedTuple):
    """What one node has of the store: its own connections."""

    store: SqlFactStore
    history: SqlHistory


class Round(NamedTuple):
    """One submission: whose rows, and what else the nodes do around it."""

    rows: tuple[tuple[int, SubmittedRow], ...]
    """Each with the number of its group."""
    skew: timedelta
    """By which the clock of the node that takes it is off."""
    looks: bool
    """The node that follows reads what has changed."""
    again: bool = False
    """The same comes a second time, through the other node."""
    confirmed_until: datetime | None = None
    """The feed is confirmed as well."""


class Follower:
    """What a node holds that reads changes now and then, as its index does."""

    def __init__(self, history):
        self.reader = TimelineReader(history, RULES)
        self.revision = 0
        self.enterprises = {}
        self.unresolved = {}
        self.feeds = {}

    def look(self, newest):
        if newest == self.revision:
            return
        changed = self.reader.changes(self.revision, newest)
        for held, gone, new in (
            (self.enterprises, changed.gone, changed.enterprises),
            (self.unresolved, changed.names_gone, changed.unresolved),
        ):
            for key in gone:
                held.pop(key, None)
            held.update(new)
        self.feeds = changed.feeds
        self.revision = newest


class State(NamedTuple):
    """The oracle at one revision: a snapshot of each group, the feeds' confirmations, and when it was committed."""

    groups: tuple[Snapshot, ...]
    feeds: dict[str, FeedState]
    committed_at: datetime


def read(dossiers):
    """Dossiers as the oracle has them, by code; none comes twice."""
    found = [(dossier.uscc, unordered(dossier)) for dossier, _ in dossiers]
    assert len(dict(found)) == len(found)
    return dict(found)


def held(unresolved):
    return {key: {(each.record_id, each.name) for each in found} for key, found in unresolved.items()}


def all_held(state):
    """What the oracle has of all groups: they may hold notices under one name."""
    found = {}
    for group in state.groups:
        for key, notices in group.held.items():
            found[key] = found.get(key, set()) | notices
    return found


def told(enterprises):
    """What is answered from: of each code its names and its timeline."""
    return {uscc: (found.names, found.nonconforming, found.timeline) for uscc, found in enterprises.items()}


class Play:
    """One history, or several that share a store: plays the rounds, and checks as it goes and at the end.

    ``counts`` says how much was laid beside each other.
    """

    def __init__(self, nodes, groups):
        self.nodes = nodes
        self.counts = Counter()
        self._follower = Follower(nodes[1].history)
        self._replays = [Replay(numbers=numbers) for numbers in groups]
        self._states = [State(tuple(replay.snapshot() for replay in self._replays), {}, NOON - timedelta(days=1))]
        self._told = []

    def check(self, rounds):
        for place, each in enumerate(rounds):
            self._take(place, each)
            if each.looks:
                self._look()
        if not rounds[-1].looks:
            self._look()
        history = self.nodes[len(rounds) % 2].history
        for revision, state in enumerate(self._states):
            self._by_time(history, revision)
            self._as_of(history, revision, state)
        reader = TimelineReader(history, RULES)
        for revision, then in self._told[:-1]:
            # What a node had answered from is what is found again afterwards, with what has come since left out.
            assert told(reader.some(self._codes(), revision)) == then

    def _take(self, place, each):
        taking, other = self.nodes[place % 2], self.nodes[1 - place % 2]
        at = NOON + place * TICK + each.skew
        sent = submission(f"r{place}", *(row for _, row in each.rows), writer=f"gw{1 + place % 2}-0", committed_at=at)
        answer = taking.store.submit(sent)
        expected = [self._replays[group].take(row) for group, row in each.rows]
        assert [outcome.status for outcome in answer[1]] == expected
        self.counts.update(status.name for status in expected)
        if not {STORED, HELD}.isdisjoint(expected):
            self._commit({group for group, _ in each.rows}, self._states[-1].feeds, at)
        assert answer[0] == taking.history.head() == len(self._states) - 1
        if each.again:
            assert other.store.submit(sent) == answer
            with pytest.raises(RequestIdReusedError):
                other.store.submit(submission(f"r{place}", *(row for _, row in each.rows), digest="other"))
        if each.confirmed_until is not None:
            state = FeedState(LABOUR, each.confirmed_until)
            confirmed = other.store.confirm(f"c{place}", state, "hrss", "gw0-0", at)
            self._commit(set(), {LABOUR: state}, at)
            assert confirmed == len(self._states) - 1
            if each.again:
                assert taking.store.confirm(f"c{place}", state, "hrss", "gw9-0", at + TICK) == confirmed
        assert other.history.head() == len(self._states) - 1

    def _commit(self, groups, feeds, at):
        before = self._states[-1]
        snapshots = tuple(
            replay.snapshot() if group in groups else before.groups[group] for group, replay in enumerate(self._replays)
        )
        self._states.append(State(snapshots, feeds, max(at, before.committed_at)))

    def _look(self):
        """Have the node look, and lay what it holds beside one that loads everything, and beside the oracle."""
        follower, state = self._follower, self._states[-1]
        newest = self.nodes[1].history.head()
        follower.look(newest)
        loaded = TimelineReader(self.nodes[0].history, RULES).everything(newest)
        assert told(follower.enterprises) == told(loaded.enterprises)
        assert follower.unresolved == loaded.unresolved
        assert follower.feeds == loaded.feeds == state.feeds
        names = {uscc: names for group in state.groups for uscc, names in group.names.items()}
        assert {uscc: set(found.names) for uscc, found in loaded.enterprises.items()} == names
        assert held(loaded.unresolved) == all_held(state)
        self._told.append((newest, told(follower.enterprises)))
        self.counts["looks"] += 1

    def _by_time(self, history, revision):
        """By time: the newest revision by then, whichever node's clock had told the time."""
        for at in (self._states[revision].committed_at, self._states[revision].committed_at - INSTANT):
            wanted = max((n for n, state in enumerate(self._states) if state.committed_at <= at), default=0)
            assert history.revision_at(at) == wanted

    def _as_of(self, history, revision, state):
        """By revision: of all or of those that are named, by turns, and of one, it tells what the oracle had then."""
        known = {uscc: dossier for group in state.groups for uscc, dossier in group.dossiers.items()}
        present = {uscc: dossier for uscc, dossier in known.items() if dossier is not None}
        codes = list(known)
        assert read(history.dossiers(*((revision,) if revision % 2 else (revision, codes)))) == present
        one = codes[revision % len(codes)]
        assert unordered(history.dossier(one, revision)) == known[one]
        assert held(history.unresolved(revision)) == all_held(state)
        assert history.feeds(revision) == state.feeds
        self.counts.update(revisions=1, dossiers=len(codes))

    def _codes(self):
        return [uscc for replay in self._replays for uscc in replay.codes()]
