"""Rounds of one evil thing after another under load, and a line of counts for each."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from enemy_count import Counts, counted
from enemy_load import Load
from enemy_nodes import nodes_on

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note

BACK_SECONDS = 120.0
"""A node that is not back by then is not coming."""
LOOK_SECONDS = 0.1


@dataclass
class Done:
    """What came of one thing, over all its rounds."""

    rounds: int = 0
    back: list[float] = field(default_factory=list)
    """Seconds from its end until every victim had answered somebody who asked anew, each by itself."""
    stored: list[float] = field(default_factory=list)
    """Likewise, until every victim had stored something."""
    signed: list[float] = field(default_factory=list)
    """Likewise, until a checkpoint of more entries than at its end was published, by whichever node."""
    held_up: list[float] = field(default_factory=list)
    """The longest for which nobody stored anything at any node, from its beginning until all was as before."""
    counts: Counts = field(default_factory=Counts)
    ended: int = 0
    """Processes of victims that ended though they should not have."""


class Published:
    """Sees every checkpoint that any node publishes: none may be smaller than the one before it."""

    def __init__(self, nodes):
        self.roots = defaultdict(set)
        self.flaws = []
        self._folders = {node.name: node.served.place.state / "log" for node in nodes.nodes}
        self._sizes = dict.fromkeys(self._folders, 0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def newest(self):
        """Return the size of the largest that was seen."""
        return max(self._sizes.values())

    def stop(self):
        """Look once more, and end."""
        self._ending.set()
        self._thread.join()
        self._look()

    def _keep(self):
        while not self._ending.wait(LOOK_SECONDS):
            self._look()

    def _look(self):
        for name, folder in self._folders.items():
            for file in folder.glob("*/checkpoint"):
                checkpoint = parse_checkpoint(decode_note(file.read_bytes()).text)
                self.roots[checkpoint.size].add(checkpoint.root)
                if checkpoint.size < self._sizes[name]:
                    self.flaws.append(f"{name} published {checkpoint.size} after {self._sizes[name]}")
                self._sizes[name] = checkpoint.size


class EnemyCampaign:
    """One gateway and all that is done to it. ``done`` is told by what was done, ``flaws`` of the whole."""

    def __init__(self, folder, ground, seed, callers=2):
        self.chance = random.Random(seed)  # noqa: S311 - when to do what is no secret
        self.done = defaultdict(Done)
        self.flaws = []
        self.entries = 0
        self._folder, self._ground, self._callers = folder, ground, callers
        self._silences = []
        self._stack = ExitStack()

    @contextmanager
    def served(self):
        """Serve under load; at the end all is drained, and counted."""
        with ExitStack() as stack:
            nodes = self._nodes = stack.enter_context(nodes_on(self._folder, self._ground, stack))
            load = self._load = Load(nodes.nodes)
            published = self._published = Published(nodes)
            load.start(self._callers)
            for node in nodes.nodes:
                load.wait(lambda node=node: load.answering_since(node, 0.0), BACK_SECONDS)
            yield self
            load.during = "nothing"
            load.stop()
            for node in nodes.nodes:
                node.kept.stop()
            published.stop()
            nodes.published = published.roots
            counts, whole = counted(nodes, load, self._silences)
        for name, found in counts.items():
            self.done[name].counts = found
        self.flaws, self.entries = whole.flaws + published.flaws, whole.entries

    def flaws_of(self, evils):
        """Do what of *evils* has not been done yet, and return all that is missing, doubled, wrong or amiss."""
        for name in evils:
            if not self.done[name].rounds:
                self.do(name, evils[name])
        self.close()
        found = [f"{name}: {what}" for name, each in self.done.items() for what in each.counts.flaws()]
        found += [f"{name}: nobody was answered" for name, each in self.done.items() if not each.counts.answers]
        return found + [f"{name}: a process ended" for name, each in self.done.items() if each.ended] + self.flaws

    def open(self):
        """Begin what ``served`` does, until ``close``."""
        self._stack.enter_context(self.served())

    def close(self):
        """End it, and count."""
        self._stack.close()

    def do(self, name, evil_of):
        """Do one thing, undo it, and wait until its victims are back."""
        evil, done, load = evil_of(self._nodes, self.chance), self.done[name], self._load
        load.during = name
        time.sleep(self.chance.uniform(0.2, 1.0))
        ended_before = sum(len(node.kept.exits) for node in evil.victims)
        begun = time.monotonic()
        evil.begin()
        time.sleep(evil.seconds)
        load.wait(evil.until, BACK_SECONDS)
        size, undone = self._published.newest(), time.monotonic()
        evil.end()
        if evil.silent_after is not None:
            self._silences += [(node.name, begun + evil.silent_after, undone) for node in evil.victims]
        done.rounds += 1
        done.back.append(_all_back(load, load.answering_since, evil.victims, undone))
        done.stored.append(_all_back(load, load.storing_since, evil.victims, undone))
        signed = load.wait(lambda: self._published.newest() > size and time.monotonic(), BACK_SECONDS)
        done.signed.append(signed - undone)
        done.held_up.append(load.held_up_since(begun))
        if evil.lives:
            done.ended += sum(len(node.kept.exits) for node in evil.victims) - ended_before

    def run(self, evils, rounds, say=lambda _: None):
        """Do each of *evils*, by name, so many times in an order that is drawn, and count."""
        order = list(evils) * rounds
        self.chance.shuffle(order)
        with self.served():
            for number, name in enumerate(order, 1):
                self.do(name, evils[name])
                done = self.done[name]
                back = f"back {done.back[-1]:.1f} s, stores {done.stored[-1]:.1f} s, signed {done.signed[-1]:.1f} s"
                back += f", nobody stored for {done.held_up[-1]:.1f} s"
                say(f"{number}/{len(order)} {name}: {back}")


def _all_back(load, what, victims, moment):
    return max(load.wait(lambda node=node: what(node, moment), BACK_SECONDS) for node in victims) - moment


def table(done):
    """Return the lines of a table, in Markdown, of what was done and what came of it."""
    head = (
        "| evil | rounds | answers | records | missing | twice | wrong | failed | slowest, s "
        "| back, s | stores, s | signed, s | no store, s |"
    )
    lines = [head, f"|{'---|' * head.count(' | ')}---|"]
    for name, each in sorted(done.items()):
        counts = each.counts
        cells = (
            name,
            each.rounds,
            counts.answers,
            counts.records,
            len(counts.missing),
            len(counts.twice),
            len(counts.wrong),
            counts.failed.total(),
            f"{counts.slowest:.1f}",
            _spread(each.back),
            _spread(each.stored),
            _spread(each.signed),
            _spread(each.held_up),
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def _spread(seconds):
    """Half of all, and the longest."""
    return f"{statistics.median(seconds):.1f}, {max(seconds):.1f}" if seconds else "–"
