"""A campaign of invented histories: what is played, on which store, and what a history that fails is cut down to."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from invented_histories import invent, numbers_of
from snapshot_checks import Play

TOGETHER = 16
"""So many histories share a store, three times in four; the fourth store holds one alone."""
MEMORY, DISK, POSTGRES = "memory", "disk", "postgresql"
EVERY = 40
"""Of so many stores two are PostgreSQL's and two are files on the disk; the others are files in memory."""


class Task(NamedTuple):
    """What one store is given."""

    seed: str
    groups: int
    place: str


class Failure(NamedTuple):
    """A history that does not hold, cut down as far as it goes on failing."""

    task: Task
    why: str
    rounds: tuple


def tasks(histories, seed):
    """Yield what comes to so many histories; the same seed, the same histories."""
    number = 0
    while histories > 0:
        groups = 1 if number % 4 == 0 else min(TOGETHER, histories)
        place = {7: POSTGRES, 27: DISK, 28: POSTGRES, 8: DISK}.get(number % EVERY, MEMORY)
        yield Task(f"{seed}/{number}", groups, place)
        histories, number = histories - groups, number + 1


def play(task, store):
    """Play a task's histories in *store*: what was counted, and the failure if there is one."""
    rounds = invent(task.seed, task.groups)
    counts, why = played(store, task.groups, rounds)
    counts.update({"histories": task.groups, "stores": 1, f"stores on {task.place}": 1, "alone": task.groups == 1})
    return counts, None if why is None else Failure(task, why, shrunk(store, task.groups, rounds))


def played(store, groups, rounds):
    """Return what was counted, and what did not hold or None."""
    playing = Play(store.emptied(), [numbers_of(group) for group in range(groups)])
    try:
        playing.check(rounds)
    except Exception as error:  # noqa: BLE001 - an error of the store is as much a failure as a difference
        return playing.counts, f"{type(error).__name__}: {error}"[:2_000]
    return playing.counts, None


def shrunk(store, groups, rounds):
    """Return what is left of *rounds* when nothing more can be left out for it to fail: rounds first, then rows."""
    while True:
        for fewer in _fewer(rounds):
            if played(store, groups, fewer)[1] is not None:
                rounds = fewer
                break
        else:
            return rounds


def _fewer(rounds):
    for place in range(len(rounds)):
        yield rounds[:place] + rounds[place + 1 :]
    for place, each in enumerate(rounds):
        for group in sorted({group for group, _ in each.rows}) if len(each.rows) > 1 else ():
            kept = tuple(row for row in each.rows if row[0] != group)
            if kept:
                yield (*rounds[:place], each._replace(rows=kept), *rounds[place + 1 :])
        for row in range(len(each.rows)) if len(each.rows) > 1 else ():
            yield (*rounds[:place], each._replace(rows=each.rows[:row] + each.rows[row + 1 :]), *rounds[place + 1 :])


def total(found):
    """Return the sum of what was counted."""
    return sum(found, Counter())
