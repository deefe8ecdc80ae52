"""What is counted once all is over: answers and records of which any is missing, doubled or wrong."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from integrated_logs import read_log
from jointsanctions.v1 import common_pb2
from new_enemy import enemies
from sqlalchemy import func, select

from formats.merkle_nodes import root_at
from formats.tiles import Tile, reader_of_tiles
from gateway.security.log_keys import holds
from gateway.storage import tables
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import reading
from gateway.storage.facts import SqlFactStore
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import log_engine
from gateway.storage.log_store import SqlLogStore

WIDTH_OF_TILE = 256
CLOCKS_APART = timedelta(seconds=1)
DONE = {"OK", "RECOVERED", "CANCELLED"}


@dataclass
class Counts:
    """Of what was told while one thing was done, how much there was and what is wrong with it."""

    answers: int = 0
    """Questions that were answered."""
    records: int = 0
    """Submissions that were acknowledged."""
    missing: list = field(default_factory=list)
    twice: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    failed: Counter = field(default_factory=Counter)
    slowest: float = 0.0
    """Seconds that the slowest question took until it was answered or refused."""

    def flaws(self):
        """Return what is missing, doubled or wrong, and says so."""
        found = {"missing": self.missing, "twice": self.twice, "wrong": self.wrong}
        return [f"{how}: {each}" for how, those in found.items() for each in those]


@dataclass
class Whole:
    """What is wrong with record, store and log as a whole; empty when nothing is."""

    entries: int = 0
    flaws: list = field(default_factory=list)


def counted(nodes, load, silences=()):
    """Hold all that callers were told against store and record; return counts by what was done, and the whole.

    *silences* are (node, from, to): of nobody who asked and was answered in between may the node have told that anybody
    is clear.
    """
    counts: dict[str, Counts] = {}
    entries = {node.writer: node.served.entries(writer=node.writer) for node in nodes.nodes}
    bodies = {(name, each.number): json.loads(each.body) for name, found in entries.items() for each in found}
    leaves = {(name, each.number): each.leaf.hex() for name, found in entries.items() for each in found}
    _count_answers(load, counts, bodies, leaves)
    _count_records(nodes, load, counts, leaves)
    _count_wrong(load, counts, silences)
    for (during, _, code), number in load.failed.items():
        _of(counts, during).failed[code] += number
    return counts, _whole(nodes, entries, bodies)


def _of(counts, during):
    return counts.setdefault(during, Counts())


def _count_answers(load, counts, bodies, leaves):
    """An answer stands at its place with its case, its question and its verdict, and in no other place."""
    cases = Counter(body["case"] for body in bodies.values() if body.get("outcome") == "OK" and "case" in body)
    places = Counter(each.position for each in load.asked if each.position)
    for each in load.asked:
        found = _of(counts, each.during)
        found.slowest = max(found.slowest, each.took)
        if cases[each.case] > 1 or places[each.position] > 1:
            found.twice.append(each)
        if each.told is None:
            continue
        found.answers += 1
        body = bodies.get(each.position[:2], {})
        as_told = (each.case, each.digest, each.told.verdict)
        if leaves.get(each.position[:2]) != each.position[2] or as_told != _said(body):
            found.missing.append(each)


def _said(body):
    return body.get("case"), body.get("request", {}).get("sha256"), body.get("verdict")


def _count_records(nodes, load, counts, leaves):
    """What was acknowledged is in the store, in the revision that was told, once; and its entry stands where told."""
    with reading(nodes.engine) as connection:
        revisions = {row.id: row.request_id for row in connection.execute(select(tables.revision))}
        of_it = tables.listing_act.join(tables.listing, tables.listing_act.c.listing_id == tables.listing.c.listing_id)
        code = tables.listing.c.uscc
        wanted = select(code, func.count()).select_from(of_it).group_by(code)
        acts = dict(map(tuple, connection.execute(wanted)))
    taken = Counter(revisions.values())
    told = Counter()
    for each in load.stored:
        told[each.uscc] += each.acts
    # What was sent at last and not acknowledged may be there, and once.
    sent = told + load.unanswered
    for each in load.stored:
        found = _of(counts, each.during)
        found.records += 1
        if taken[each.request_id] > 1 or acts.get(each.uscc, 0) > sent[each.uscc]:
            found.twice.append(each)
        kept = revisions.get(each.revision) == each.request_id and acts.get(each.uscc, 0) >= told[each.uscc]
        if not kept or leaves.get(each.position[:2]) != each.position[2]:
            found.missing.append(each)


def _count_wrong(load, counts, silences):
    clear = common_pb2.VERDICT_CLEAR
    for each in load.asked:
        if each.told is None:
            continue
        answered = each.sent + each.took
        silent = any(each.node == node and begun <= each.sent and answered < end for node, begun, end in silences)
        if enemies([each.told]) or (silent and each.told.verdict == clear):
            _of(counts, each.during).wrong.append(each)


def _whole(nodes, entries, bodies):
    """Every queue is sound and in the order of its times; every revision is in an entry; the log has all of it once."""
    whole = Whole(sum(map(len, entries.values())))
    for name, found in entries.items():
        if [each.number for each in found] != list(range(len(found))):
            whole.flaws.append(f"{name} has gaps")
        whole.flaws += [wrong for each in found if (wrong := flaw(each))]
        whole.flaws += [f"{name}: time went back" for one, two in pairwise(found) if one.time > two.time]
        if left := SqlFactStore(nodes.engine).unrecorded(name):
            whole.flaws.append(f"{name} owes the record {left}")
    recorded = Counter()
    for body in bodies.values():
        if "revisions" in body and body["outcome"] in DONE:
            first, last = body["revisions"]
            recorded.update(range(first, last + 1))
    with reading(nodes.engine) as connection:
        kept = connection.execute(select(tables.revision.c.id)).scalars().all()
        newest = connection.execute(select(func.max(tables.revision.c.committed_at))).scalar_one()
    if newest > datetime.now(UTC) + CLOCKS_APART:
        whole.flaws.append(f"the store's newest revision is of {newest}, which is yet to come")
    if recorded.keys() != set(kept):
        whole.flaws.append(f"revisions without an entry: {sorted(set(kept) ^ recorded.keys())}")
    _look_at_logs(nodes, entries, whole)
    return whole


def _look_at_logs(nodes, entries, whole):
    """Re-derive the log from its bytes, and see that what each node has published is a beginning of it."""
    folders = [folder.parent for node in nodes.nodes for folder in _logs(node).glob("*/checkpoint")]
    longest = max(folders, key=lambda folder: read_log(folder)[1].size)
    place, log = nodes.nodes[0].served._queues, log_engine(nodes.engine, nodes.nodes[0].served.place.state)
    whole.flaws += LogCheck(place, SqlLogStore(log, place), LogFolder(longest.parent), holds).run(lambda _: None).flaws
    kept, checkpoint = read_log(longest)
    named = Counter((body["writer"], body["n"]) for body in map(json.loads, kept[1:]))
    if named != Counter({(name, each.number) for name, found in entries.items() for each in found}):
        whole.flaws.append("the log does not have each entry once")

    def tile(level, number):
        width = min(WIDTH_OF_TILE, (checkpoint.size >> (8 * level)) - number * WIDTH_OF_TILE)
        return (longest / Tile(level, number, width).path).read_bytes()

    for size, roots in nodes.published.items():
        if roots != {root_at(reader_of_tiles(tile), size)}:
            whole.flaws.append(f"a checkpoint of {size} entries is of another log")


def _logs(node):
    return node.served.place.state / "log"
