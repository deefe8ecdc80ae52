"""Very many invented histories before an oracle, as two nodes see them: ``make histories HISTORIES=100000 SEED=7``.

    python tests/property/histories.py HISTORIES SEED [PROCESSES]

It prints what was laid beside each other and how fast, and ends with 1 when anything did not hold, with the history
that it was cut down to. As many processes as processors play at the same time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from history_campaign import DISK, MEMORY, POSTGRES, play, tasks
from kept_stores import kept_store
from postgres import running_postgres

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - nothing of it is worth a look, and a hundred thousand need no disk
SPAWN = multiprocessing.get_context("spawn")
SHOWN = 5
SAY_SECONDS = 60
_stack = ExitStack()
_stores = {}


def prepare(urls):
    """Open a process's own stores; they end with it."""
    for place, folder in ((MEMORY, SHARED_MEMORY if SHARED_MEMORY.is_dir() else None), (DISK, None)):
        own = _stack.enter_context(tempfile.TemporaryDirectory(prefix="histories-", dir=folder))
        _stores[place] = _stack.enter_context(kept_store(f"sqlite:///{own}/facts.db"))
    _stores[POSTGRES] = _stack.enter_context(kept_store(urls.get()))
    multiprocessing.util.Finalize(None, _stack.close, exitpriority=1)


def one(task):
    """Play one store's histories."""
    return play(task, _stores[task.place])


def campaign(histories, seed, processes):
    """Play all; return what was counted and the first failures."""
    counts, failures, begun = Counter(), [], time.monotonic()
    said = begun
    with running_postgres() as server:
        urls = SPAWN.SimpleQueue()
        for _ in range(processes):
            urls.put(server.url(server.new_database()))
        with SPAWN.Pool(processes, prepare, (urls,)) as pool:
            for counted, failure in pool.imap_unordered(one, tasks(histories, seed), chunksize=4):
                counts += counted
                if failure is not None:
                    failures.append(failure)
                if len(failures) == SHOWN:
                    break
                if time.monotonic() > said + SAY_SECONDS:
                    said = time.monotonic()
                    say(f"  {counts['histories']:,} histories in {said - begun:.0f} s")
            pool.close() if len(failures) < SHOWN else pool.terminate()
            pool.join()
    return counts, failures


def say(what):
    """Print at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    """Run, and tell."""
    histories, seed, *more = sys.argv[1:]
    processes = int(more[0]) if more else os.cpu_count() or 1
    begun = time.monotonic()
    counts, failures = campaign(int(histories), seed, processes)
    seconds = time.monotonic() - begun
    say(f"{counts['histories']:,} histories in {seconds:.0f} s, {processes} processes, seed {seed}")
    say(json.dumps(dict(sorted(counts.items()))))
    for failure in failures:
        say(f"{failure.task}: {failure.why}")
        for number, each in enumerate(failure.rounds):
            say(f"  round {number}: {each}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
