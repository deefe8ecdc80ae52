"""What the store says of any revision is what replaying the rows by hand says, whatever was submitted."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import act, attach, code, fact, held, profile, submission

from formats.names import normalise_name
from gateway.domain.listings import Listing
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.vocabulary import ListingActKind, RowStatus
from gateway.services.file_ports import FileFilter
from gateway.storage.engine import open_engine
from gateway.storage.enterprise_files import ACTS, ATTACHMENTS, PROFILES, SqlEnterpriseFiles
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, upgrade

STORED, UNCHANGED, HELD, REJECTED, _ = RowStatus
NUMBERS = range(1, 5)
PERSONS = ["p1", "p2"]

numbers = st.sampled_from(NUMBERS)
some_code = st.none() | numbers.map(code)
some_day = st.sampled_from([date(2026, 1, 1), date(2026, 1, 2)])
notice_ids = st.sampled_from(["x", "n1", "n2"])


@dataclass
class Replay:
    """The store by hand: everything in plain dictionaries, everything copied at each revision."""

    records: dict = field(default_factory=dict)  # record id -> (kind, uscc or "", row that holds the content)
    digests: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)  # own id -> (target, uscc, digest)
    acts: dict = field(default_factory=dict)  # act id -> (listing id, row)
    owners: dict = field(default_factory=dict)

    def take(self, row):
        if row.listing_act is not None:
            return self._act(row)
        if row.attachment is not None:
            return self._attachment(row)
        known = self.records.get(row.record_id)
        if known is not None and known[0] != row.kind:
            return REJECTED
        own = next((a for a, (target, _, _) in self.attachments.items() if target == row.record_id), None)
        uscc = row.uscc
        if row.held is not None:
            uscc = self.attachments[own][1] if own is not None else ""
        if known is not None and known[1] == uscc and self.digests[row.record_id] == row.content_digest:
            return UNCHANGED
        if own is not None and row.held is None:
            del self.attachments[own]
        self.records[row.record_id] = (row.kind, uscc, row)
        self.digests[row.record_id] = row.content_digest
        return STORED if uscc else HELD

    def _act(self, row):
        if self.owners.get(row.listing_id, row.uscc) != row.uscc:
            return REJECTED
        known = self.acts.get(row.record_id)
        if known is not None:
            return UNCHANGED if known[1].content_digest == row.content_digest else REJECTED
        self.owners[row.listing_id] = row.uscc
        self.acts[row.record_id] = (row.listing_id, row)
        return STORED

    def _attachment(self, row):
        wanted = row.attachment
        own = self.attachments.get(row.record_id)
        if own == (wanted.record_id, wanted.uscc, row.content_digest):
            return UNCHANGED
        if own is not None and own[0] != wanted.record_id:
            return REJECTED
        if any(target == wanted.record_id and a != row.record_id for a, (target, _, _) in self.attachments.items()):
            return REJECTED
        known = self.records.get(wanted.record_id)
        if known is None or (known[1] and own is None):
            return REJECTED
        self.attachments[row.record_id] = (wanted.record_id, wanted.uscc, row.content_digest)
        self.records[wanted.record_id] = (known[0], wanted.uscc, known[2])
        return STORED

    def listings(self, uscc):
        found = []
        for listing_id in sorted(each for each, owner in self.owners.items() if owner == uscc):
            rows = [row for own, row in self.acts.values() if own == listing_id]
            acts = frozenset(row.listing_act for row in rows)
            found.append(Listing(listing_id, uscc, acts, frozenset(k for row in rows for k in row.person_keys)))
        return found

    def profiles(self, uscc):
        return [row.profile for kind, owner, row in self.records.values() if kind == "enterprise" and owner == uscc]

    def relations(self, uscc):
        own = self.profiles(uscc)
        for other in map(code, NUMBERS):
            listings = self.listings(other)
            if other == uscc or not listings:
                continue
            if any(p.head_office_uscc == other for p in own):
                yield Relation(RelationKind.HEAD_OFFICE, other, tuple(listings))
            if any(p.successor_of_uscc == other for p in own):
                yield Relation(RelationKind.PREDECESSOR, other, tuple(listings))
            if any(p.head_office_uscc == uscc for p in self.profiles(other)):
                yield Relation(RelationKind.BRANCH, other, tuple(listings))
            keys = {p.representative_key for p in own}
            named = tuple(each for each in listings if keys & each.person_keys)
            if named:
                yield Relation(RelationKind.LEGAL_REPRESENTATIVE, other, named)

    def dossier(self, uscc):
        rows = [row for kind, owner, row in self.records.values() if owner == uscc and kind != "enterprise"]
        facts = frozenset(row.fact or row.held.fact for row in rows)
        found = (frozenset(self.profiles(uscc)), facts, frozenset(self.listings(uscc)), frozenset(self.relations(uscc)))
        return found if any(found) else None

    def held_names(self):
        found = {}
        for _, uscc, row in self.records.values():
            if not uscc:
                found.setdefault(normalise_name(row.held.name), set()).add((row.record_id, row.held.name))
        return found


def unordered(dossier):
    """A dossier as the replay has it; what order it must have is checked here."""
    if dossier is None:
        return None
    assert isinstance(dossier, Dossier)
    assert [p.valid_from for p in dossier.profiles] == sorted(p.valid_from for p in dossier.profiles)

    def loose(listing):
        assert len(set(listing.acts)) == len(listing.acts)
        return Listing(listing.listing_id, listing.uscc, frozenset(listing.acts), listing.person_keys)

    relations = [Relation(r.kind, r.uscc, tuple(map(loose, r.listings))) for r in dossier.relations]
    listings = frozenset(map(loose, dossier.listings))
    return frozenset(dossier.profiles), frozenset(dossier.facts), listings, frozenset(relations)


def weighing(dossier):
    """What a timeline can depend on; who is known stays known."""
    if dossier is None:
        return None
    profiles, facts, *others = dossier
    return profiles, frozenset(f for f in facts if f.weighs), *others


profiles = st.builds(
    lambda number, record, **changes: profile(number, f"e{record}", **changes),
    numbers,
    numbers,
    name=st.sampled_from(["甲", "乙"]),
    valid_from=some_day,
    representative_key=st.sampled_from([None, *PERSONS]),
    head_office_uscc=some_code,
    successor_of_uscc=some_code,
)
facts = st.builds(
    lambda number, kind, record_id, document: fact(number, kind, record_id, document_number=document),
    numbers,
    st.sampled_from(["complaint", "published_notice", "five_systems"]),
    notice_ids,
    st.sampled_from(["一", "二"]),
)
notices = st.builds(held, notice_ids, st.sampled_from(["无码公司", "无碼 公司", "(无码) 公司"]), published_on=some_day)
attachments = st.builds(attach, numbers, notice_ids, st.sampled_from(["a1", "a2"]))
acts = st.builds(
    lambda number, kind, on, listing, serial, persons: act(
        number,
        kind,
        on,
        listing_id=f"L{listing}",
        act_id=f"act-{listing}-{serial}",
        persons=persons if kind is ListingActKind.DECISION else (),
    ),
    numbers,
    st.sampled_from([ListingActKind.DECISION, ListingActKind.DELIVERY, ListingActKind.REPAIR]),
    some_day,
    st.sampled_from([1, 2, 3]),
    st.sampled_from([1, 2]),
    st.lists(st.sampled_from(PERSONS), unique=True),
)
chunks = st.lists(st.one_of(profiles, facts, notices, attachments, acts), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("laws") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine, FACTS)
    engine.dispose()
    return path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(submitted=st.lists(chunks, min_size=1, max_size=6))
def test_every_revision_is_what_replaying_the_rows_by_hand_gives(template, submitted):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.db"
        shutil.copyfile(template, path)
        engine = open_engine(f"sqlite:///{path}")
        try:
            check(SqlFactStore(engine), SqlHistory(engine), submitted)
            check_files(SqlEnterpriseFiles(engine), SqlHistory(engine))
        finally:
            engine.dispose()


def check(store, history, submitted):
    replay, states = Replay(), [Replay()]
    for place, rows in enumerate(submitted):
        revision, outcomes = store.submit(submission(f"r{place}", *rows))
        assert [outcome.status for outcome in outcomes] == [replay.take(row) for row in rows]
        if any(outcome.status in {STORED, HELD} for outcome in outcomes):
            states.append(copy.deepcopy(replay))
        assert revision == len(states) - 1 == history.head()
    for revision, state in enumerate(states):
        known = {uscc: state.dossier(uscc) for uscc in map(code, NUMBERS)}
        assert {uscc: unordered(history.dossier(uscc, revision)) for uscc in known} == known
        streamed = {dossier.uscc: unordered(dossier) for dossier, _ in history.dossiers(revision)}
        assert streamed == {uscc: dossier for uscc, dossier in known.items() if dossier is not None}
        weighed = {dossier.uscc: unordered(dossier) for dossier, _ in history.dossiers(revision, weightless=False)}
        assert weighed == {uscc: weighing(dossier) for uscc, dossier in streamed.items()}
        for uscc, dossier in weighed.items():
            (some,) = history.dossiers(revision, [uscc], weightless=False)
            assert unordered(some[0]) == dossier
        names = history.unresolved(revision)
        assert {key: {(u.record_id, u.name) for u in found} for key, found in names.items()} == state.held_names()
    for revision, (before, after) in enumerate(pairwise(states)):
        touched = history.touched(revision, revision + 1)
        changed = {u for u in map(code, NUMBERS) if weighing(before.dossier(u)) != weighing(after.dossier(u))}
        assert touched.codes >= changed
        old, new = before.held_names(), after.held_names()
        assert touched.name_keys >= {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def check_files(files, history):
    """What an enterprise's file says was current at a revision is its dossier then; every version is in it once."""
    newest = history.head()
    for uscc in map(code, NUMBERS):
        whole = files.versions(FileFilter(uscc, newest), None, 1_000)
        assert len({version.place for version in whole}) == len(whole)
        assert [version.place for version in whole] == sorted(version.place for version in whole)
        for revision in range(newest + 1):
            current = [v for v in whole if v.recorded_from <= revision and not ended(v, revision)]
            known = files.versions(FileFilter(uscc, revision, newest_only=True), None, 1_000)
            assert [(v.place, v.content, v.said) for v in known] == [(v.place, v.content, v.said) for v in current]
            assert {v.recorded_until for v in known} <= {None}
            assert in_file(current) == in_dossier(history.dossier(uscc, revision))
        pages, after = [], None
        while page := files.versions(FileFilter(uscc, newest), after, 2):
            assert after is None or page[0].place > after
            pages += page
            after = page[-1].place
        assert pages == whole


def ended(version, revision):
    return version.recorded_until is not None and version.recorded_until <= revision


def in_file(versions):
    """Return profiles, facts and acts of versions; attachments are in no dossier."""
    found = (set(), set(), set())
    for version in versions:
        source = version.place.source
        if source != ATTACHMENTS:
            where = {PROFILES: 0, ACTS: 2}.get(source, 1)
            found[where].add((version.listing_id, version.content) if where == 2 else version.content)
    return found


def in_dossier(dossier):
    if dossier is None:
        return set(), set(), set()
    acts = {(listing.listing_id, act) for listing in dossier.listings for act in listing.acts}
    return set(dossier.profiles), set(dossier.facts), acts
