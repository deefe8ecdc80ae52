"""Every bit of a state's record turned over, one at a time: each is named, or proven to mean nothing.

What means nothing: a byte of a database that belongs to no row, so that all rows are what they were (free space in a
page, counters in its header), and counters of how often a queue or the log was taken over.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing

from whole_states import flaws_in

BESIDE = ("-wal", "-shm", "-journal")
COUNTERS = {"audit_writer": 1, "log_integrator": 1}
"""Column of the epoch in each of these tables."""
NAMED, NO_ROW, COUNTER = "named", "in no row", "a counter of take-overs"


def record_files(state):
    """Return the files that hold the record: queues, log, published files."""
    databases = [*sorted((state / "audit").glob("*.sqlite")), state / "log.sqlite"]
    return [*databases, *sorted(each for each in (state / "log").rglob("*") if each.is_file())]


def flip(state, draws, seed):
    """Turn over a bit of every byte of each file, or of *draws* that are drawn, and return how many meant what."""
    randomness = random.Random(seed)  # noqa: S311 - which bit is no secret
    found = {}
    for file in record_files(state):
        content = file.read_bytes()
        places = range(len(content))
        if draws is not None:
            places = [place for place in places if content[place]]  # most of a small database is empty
        if draws is not None and draws < len(places):
            places = sorted(randomness.sample(places, draws))
        counts = Counter()
        before = rows(file, tables(file)) if file.suffix == ".sqlite" else None
        for place in places:
            counts[_flipped(state, file, content, place, randomness.randrange(8), before)] += 1
        _put(file, content)
        found[file.relative_to(state).as_posix()] = counts
    return found


def _flipped(state, file, content, place, bit, before):
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    _put(file, changed)
    if flaws_in(state):
        return NAMED
    _put(file, changed)
    assert before is not None, f"bit {bit} of byte {place} of {file} is named by nothing"
    after = rows(file, before)
    if after == before:
        return NO_ROW
    differing = {name for name in before if after[name] != before[name]}
    assert differing <= COUNTERS.keys(), (
        f"bit {bit} of byte {place} of {file} changes {differing}, and nothing names it"
    )
    for name in differing:
        assert _without(after[name], COUNTERS[name]) == _without(before[name], COUNTERS[name])
    return COUNTER


def _without(table, column):
    return [(*row[:column], *row[column + 1 :]) for row in table]


def _put(file, content):
    """Write a file, and take away what looking at it has left beside it."""
    for suffix in BESIDE:
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(content)


def tables(file):
    """Return the names of the tables of a database."""
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]


def rows(file, names):
    """Return every row of these tables, read without an index."""
    with closing(sqlite3.connect(file)) as connection:
        return {name: connection.execute(f'SELECT * FROM "{name}" NOT INDEXED').fetchall() for name in names}  # noqa: S608 - ours
