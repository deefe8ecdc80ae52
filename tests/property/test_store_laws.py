"""What the store says of any revision is what replaying the rows by hand says, whatever was submitted."""

from __future__ import annotations

import copy
import shutil
import tempfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_oracle import HELD, NUMBERS, STORED, Replay, unordered, weighing
from store_samples import act, attach, code, fact, held, profile, submission

from gateway.domain.vocabulary import ListingActKind
from gateway.services.file_ports import FileFilter
from gateway.storage.engine import open_engine
from gateway.storage.enterprise_files import ACTS, ATTACHMENTS, PROFILES, SqlEnterpriseFiles
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, upgrade

PERSONS = ["p1", "p2"]

numbers = st.sampled_from(NUMBERS)
some_code = st.none() | numbers.map(code)
some_day = st.sampled_from([date(2026, 1, 1), date(2026, 1, 2)])
notice_ids = st.sampled_from(["x", "n1", "n2"])


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
