"""The campaign of invented histories: it plays what it says, and what is broken on purpose it finds soon."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import histories
import pytest
from history_campaign import DISK, MEMORY, POSTGRES, Failure, Task, play, played, tasks
from invented_histories import invent
from kept_stores import kept_store
from postgres import running_postgres
from sqlalchemy import or_, true, update
from store_oracle import STORED, Replay

from gateway.storage import dossiers, facts, history, profiled, staged, tables, timelines

FOUND_WITHIN = 2_000
"""Histories. A hundred thousand are fifty times as many."""
SEED = "20261130"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_store(f"sqlite:///{tmp_path_factory.mktemp('kept')}/facts.db") as store:
        yield store


def known_one_longer(table, revision):
    until = table.c.revision_until
    return (table.c.revision_from <= revision) & or_(until.is_(None), until >= revision)


def known_for_ever(table, revision):
    return table.c.revision_from <= revision


def of_all_times(_table, _revision):
    return true()


def changed(**what):
    """Have a node be told less of what changed."""

    def plant(patch):
        honest = timelines.TimelineReader.changes
        patch.setattr(timelines.TimelineReader, "changes", lambda *args: replace(honest(*args), **what))

    return plant


def noted(**what):
    """Have less noted of whom a revision concerns."""

    def plant(patch):
        honest = staged.note
        patch.setattr(staged, "note", lambda at, found, revision: honest(at, replace(found, **what), revision))

    return plant


def asked(name, other):
    """Have a question to the store be asked as *other* says."""

    def plant(patch):
        honest = getattr(history.SqlHistory, name)
        patch.setattr(history.SqlHistory, name, lambda self, *args, **more: other(self, honest, *args, **more))

    return plant


def by_the_nodes_clock(patch):
    honest = facts.take_revision

    def take(connection, revision, submission):
        honest(connection, revision, submission)
        row = tables.revision.c
        at = submission.committed_at
        connection.execute(update(tables.revision).where(row.id == revision).values(committed_at=at))

    patch.setattr(facts, "take_revision", take)


def set_to(module, name, value):
    return lambda patch: patch.setattr(module, name, value)


FAULTS = {
    "a version that has ended is known one revision longer": set_to(dossiers, "known_at", known_one_longer),
    "a version that has ended is known for ever": set_to(dossiers, "known_at", known_for_ever),
    "a cold start takes profiles that have ended": set_to(profiled, "known_at", known_for_ever),
    "a notice that was attached is held for ever": set_to(history, "known_at", known_for_ever),
    "acts are known before they came": set_to(dossiers, "held_at", of_all_times),
    "codes are not asked about, but all are": set_to(dossiers, "_among", lambda *_: ()),
    "whom a listing reaches is not noted": set_to(staged, "related", lambda *_: ()),
    "who is known by a check alone is not noted": set_to(staged, "_without_profile", lambda *_: set()),
    "head offices are not noted": noted(head_offices=set()),
    "names are not noted": noted(name_keys=set()),
    "a node misses the first of several revisions": asked(
        "touched", lambda self, ask, after, to: ask(self, after + 1, to)
    ),
    "a node misses the last of several revisions": asked(
        "touched", lambda self, ask, after, to: ask(self, after, to - 1)
    ),
    "a node keeps who is gone": changed(gone=frozenset()),
    "a node keeps names that are gone": changed(names_gone=frozenset()),
    "a node that follows takes a confirmation of before": changed(feeds={}),
    "what is committed at an instant is not known at it": asked(
        "revision_at", lambda self, ask, at: ask(self, at - timedelta(microseconds=1))
    ),
    "confirmations of the future are told": asked("feeds", lambda self, ask, _: ask(self, self.head())),
    "a clock behind another's puts a revision before its predecessor": by_the_nodes_clock,
    "what comes twice is stored twice": set_to(facts, "answered", lambda *_: None),
    "the oracle forgets branches": set_to(Replay, "relations", lambda *_: iter(())),
    "the oracle forgets what is held": set_to(Replay, "held_names", lambda _: {}),
    "the oracle takes every act": set_to(Replay, "_act", lambda *_: STORED),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_broken_on_purpose_is_found_soon(kept, monkeypatch, fault):
    FAULTS[fault](monkeypatch)
    task = first_to_fail(kept)
    monkeypatch.undo()

    assert task is not None, f"{fault}: is not found"
    assert played(kept, task.groups, invent(*task[:2]))[1] is None, "it fails without the fault as well"


def first_to_fail(store):
    for task in tasks(FOUND_WITHIN, SEED):
        if played(store, task.groups, invent(*task[:2]))[1] is not None:
            return task
    return None


def test_what_fails_is_cut_down_to_what_it_takes(kept, monkeypatch):
    FAULTS["a node keeps names that are gone"](monkeypatch)
    failure = play(first_to_fail(kept), kept)[1]

    # A notice is held, the node looks, and it is held no more.
    assert len(failure.rounds) == 2
    assert [len(each.rows) for each in failure.rounds] == [1, 1]
    assert played(kept, failure.task.groups, failure.rounds)[1] is not None


def test_an_emptied_store_is_as_a_new_one(kept, tmp_path):
    kept.emptied()
    with kept_store(f"sqlite:///{tmp_path}/new.db") as new:
        assert kept.content() == new.content()
    assert any(play(Task(SEED, 8, MEMORY), kept)[0].values())
    assert kept.nodes[0].history.head() > 0
    kept.emptied()
    assert kept.nodes[1].history.head() == 0


def test_a_campaign_plays_as_many_as_it_is_asked_for_on_every_kind_of_store():
    found = list(tasks(1_000, SEED))
    assert sum(task.groups for task in found) == 1_000
    assert len({task.seed for task in found}) == len(found)
    kinds = {(task.groups > 1, task.place) for task in found}
    assert kinds == {(together, place) for together in (True, False) for place in (MEMORY, DISK, POSTGRES)}


def test_the_same_seed_invents_the_same_and_another_another():
    assert invent(SEED, 8) == invent(SEED, 8)
    assert invent(SEED, 8) != invent(f"{SEED}0", 8)


def test_histories_hold_on_postgresql():
    with running_postgres() as server, kept_store(server.url(server.new_database())) as store:
        found = [play(task, store) for task in tasks(34, SEED)]
        assert [failure for _, failure in found if failure is not None] == []
        assert sum(counts["histories"] for counts, _ in found) == 34


def test_the_command_tells_what_was_played_and_ends_with_1_when_something_did_not_hold(monkeypatch, capsys):
    failure = Failure(Task(SEED, 1, MEMORY), "AssertionError: it differs", invent(SEED, 1))
    for failures, code in (([], 0), ([failure], 1)):
        monkeypatch.setattr(sys, "argv", ["histories", "8", SEED, "1"])
        monkeypatch.setattr(histories, "campaign", lambda *_, found=failures: (Counter(histories=8), found))
        assert histories.main() == code
        said = capsys.readouterr().out
        assert "8 histories" in said
        assert ("it differs" in said) is bool(failures)
        assert ("round 0" in said) is bool(failures)
