"""The file of one enterprise, on both stores: every version once, in order, as known then, and nobody else's."""

from __future__ import annotations

from datetime import date

import pytest
from store_samples import FACTS, NOON, act, attach, code, fact, held, profile, submission

from gateway.domain.kinds.fact import PersonFact
from gateway.domain.vocabulary import ListingActKind
from gateway.services.file_ports import FileFilter, FileRelation, FileRevision
from gateway.services.ports.register import FeedState


def whole(files, number=1, revision=99, **more):
    """Return (record id, from, until) of every version."""
    wanted = FileFilter(code(number), revision, **more)
    return [(v.record_id, v.recorded_from, v.recorded_until) for v in files.versions(wanted, None, 1_000)]


@pytest.fixture
def filled(store):
    store.submit(submission("a", profile(1), fact(1), fact(1, "arrears"), held()))
    store.submit(submission("b", fact(1, settled_on=date(2026, 3, 1)), act(1), attach(1), fact(2)))
    store.submit(submission("c", fact(2, record_id="complaint-1"), act(1, ListingActKind.DELIVERY)))
    return store


ALL = [
    ("enterprise-1", 1, None),
    ("arrears-1", 1, None),
    ("complaint-1", 1, 2),
    ("complaint-1", 2, 3),
    ("notice-1", 2, None),
    ("attachment-1", 2, None),
    ("listing-1/DECISION/2026-03-01", 2, None),
    ("listing-1/DELIVERY/2026-03-01", 3, None),
]


def test_every_version_is_there_once_in_the_order_in_which_it_came(filled, files):
    assert whole(files) == ALL
    assert whole(files, 2) == [("complaint-2", 2, None), ("complaint-1", 3, None)]
    assert whole(files, 3) == []


@pytest.mark.parametrize("size", range(1, 10))
def test_pages_of_any_size_are_the_whole(filled, files, size):
    wanted, after, found = FileFilter(code(1), 99), None, []
    while page := files.versions(wanted, after, size):
        assert len(page) <= size
        assert page[0].place > (after or page[0].place._replace(revision=0))
        found += page
        after = page[-1].place
    assert [(v.record_id, v.recorded_from, v.recorded_until) for v in found] == ALL


def test_what_came_or_ended_later_is_not_known_at_a_revision(filled, files):
    assert whole(files, revision=0) == []
    assert whole(files, revision=1) == [("enterprise-1", 1, None), ("arrears-1", 1, None), ("complaint-1", 1, None)]
    assert [each for each in whole(files, revision=2) if each[0] == "complaint-1"] == [
        ("complaint-1", 1, 2),
        ("complaint-1", 2, None),
    ]


def test_only_the_newest_and_only_some_kinds_may_be_wanted(filled, files):
    assert whole(files, revision=2, newest_only=True, kinds=frozenset({"complaint"})) == [("complaint-1", 2, None)]
    assert whole(files, newest_only=True, kinds=frozenset({"complaint"})) == []
    assert whole(files, kinds=frozenset({"listing_act", "enterprise"})) == [
        ("enterprise-1", 1, None),
        ("listing-1/DECISION/2026-03-01", 2, None),
        ("listing-1/DELIVERY/2026-03-01", 3, None),
    ]
    assert whole(files, kinds=frozenset({"attachment"})) == [("attachment-1", 2, None)]


def test_no_record_of_a_natural_person_is_in_any_file(store, files):
    """E-11, S-06."""
    rows = [fact(1, kind) for kind, sample in FACTS if isinstance(sample, PersonFact) and sample.person is not None]
    store.submit(submission("a", profile(1), *rows))

    assert rows
    assert whole(files) == [("enterprise-1", 1, None)]


def test_who_is_a_branch_or_a_successor_is_told_once_from_the_first_day_and_as_known_then(store, files):
    store.submit(submission("a", profile(1), profile(2, head_office_uscc=code(1), valid_from=date(2022, 1, 1))))
    early = profile(2, "older", head_office_uscc=code(1), valid_from=date(2021, 1, 1))
    store.submit(submission("b", early, profile(3, successor_of_uscc=code(1))))
    store.submit(submission("c", profile(2, head_office_uscc=code(4)), profile(1, head_office_uscc=code(1))))

    branch, successor = FileRelation("BRANCH", code(2), date(2021, 1, 1)), "SUCCESSOR"
    assert files.related(code(1), 1) == [FileRelation("BRANCH", code(2), date(2022, 1, 1))]
    assert files.related(code(1), 2) == [branch, FileRelation(successor, code(3), date(2020, 1, 1))]
    assert files.related(code(1), 3) == files.related(code(1), 2)
    assert files.related(code(9), 3) == []


def test_which_submission_brought_a_revision_is_told(filled, files):
    filled.confirm("d", FeedState("wage_list", NOON), "hrss", "writer-1", NOON)

    assert files.revisions([2, 4, 2, 9]) == {
        2: FileRevision(2, NOON, "hrss", "labour", "b"),
        4: FileRevision(4, NOON, "hrss", "wage_list", "d"),
    }
