"""Endings over both stores with a clock that is moved: what time alone ends, who owes a word, and that it is once."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from audit_calls import KEY, body, record
from listing_life import CALENDAR
from store_samples import RULES, act, attach, code, detach, fact, held, profile, submission

from formats.civil import format_instant, midnight
from gateway.domain.audit import Draft
from gateway.domain.errors import EnterpriseNotFoundError, RequestIdReusedError
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.endings import Endings, PastGrounds
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.endings import SqlEndingStore

ENDS = midnight(date(2029, 3, 1))
BEFORE = datetime(2026, 6, 1, 4, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.instant = BEFORE

    def now(self):
        return self.instant

    def boot_seconds(self):
        return 0.0


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "audit").mkdir()
    place = FolderPlace(tmp_path / "audit")
    yield place
    place.close()


@pytest.fixture
def made(engine, history, audit, clock, tmp_path):
    """Return a function that makes the use case, as each process has its own."""
    (tmp_path / "key").write_bytes(KEY)
    index = AccessIndex(audit, tmp_path / "key")
    return lambda: Endings(SqlEndingStore(engine), index, PastGrounds(history, RULES), clock, "writer-1")


@pytest.fixture
def endings(made):
    return made()


def listed_in(store):
    """Submit a listing that is decided and delivered; return the revision that holds it."""
    store.submit(submission("p", profile(1)))
    revision, _ = store.submit(submission("l", act(1), act(1, Kind.DELIVERY, date(2026, 3, 3), persons=["who"])))
    return revision


@pytest.fixture
def listed(store):
    """The revision of a listing that is decided and delivered."""
    return listed_in(store)


def answered(audit, revision, *grounds, agency="bidding", case="C-1", as_of=BEFORE, **content):
    told = {"grounds": list(grounds), "revision": revision, "as_of": format_instant(as_of), "case": case, **content}
    record(audit, Draft(body(**{**told, "caller": {"agency": agency}})))


def kinds(endings, agency="bidding"):
    return [own.known.ending.kind.name for own in endings._of_agency(agency)]


def owing(endings):
    return [(each.agency, each.due.due.isoformat(), each.overdue) for each in told(endings) if not each.acknowledged_at]


def told(endings):
    return asyncio.run(endings.at_agencies(CALENDAR))


def test_a_listing_that_expires_is_told_from_its_last_instant_on_and_by_time_alone(endings, audit, clock, listed):
    answered(audit, listed, "listing-1")
    clock.instant = ENDS - timedelta(microseconds=1)
    assert (kinds(endings), owing(endings)) == ([], [])
    clock.instant = ENDS
    assert kinds(endings) == ["EXPIRED"]
    (own,) = endings._of_agency("bidding")
    assert (own.known.known_since, own.cases) == (ENDS, ("C-1",))
    assert kinds(endings, "finance") == []


def test_who_was_answered_after_the_end_is_not_told_of_it(endings, audit, clock, listed):
    answered(audit, listed, "listing-1", as_of=ENDS)
    clock.instant = ENDS + timedelta(days=1)
    assert kinds(endings) == []


def test_one_working_day_is_given_and_then_it_is_overdue(endings, audit, clock, store, listed):
    """A-123: a repair on a Friday is to be acknowledged by Monday."""
    answered(audit, listed, "listing-1")
    friday = datetime(2026, 6, 5, 8, tzinfo=UTC)
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 6, 5)), committed_at=friday))
    clock.instant = midnight(date(2026, 6, 9)) - timedelta(microseconds=1)
    assert owing(endings) == [("bidding", "2026-06-08", False)]
    clock.instant = midnight(date(2026, 6, 9))
    assert owing(endings) == [("bidding", "2026-06-08", True)]


@pytest.mark.parametrize(("early", "late"), [(timedelta(microseconds=1), False), (timedelta(0), True)])
def test_who_acknowledges_after_its_day_stays_late_and_nobody_is_by_looking_later(
    made, audit, clock, store, early, late
):
    """A-123."""
    answered(audit, listed_in(store), "listing-1")
    friday = datetime(2026, 6, 5, 8, tzinfo=UTC)
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 6, 5)), committed_at=friday))
    at = clock.instant = midnight(date(2026, 6, 9)) - early
    made()._acknowledge("bidding", "r-1", "d", told(made())[0].known.ending.ending_id)
    clock.instant = at + timedelta(days=300)
    assert [(each.acknowledged_at, each.overdue) for each in told(made())] == [(at, late)]
    assert owing(made()) == []


def test_an_answer_under_way_while_it_ended_is_found_when_it_is_recorded(endings, audit, store, listed):
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1))))
    assert kinds(endings) == []
    answered(audit, listed, "listing-1")
    assert kinds(endings) == ["REPAIRED"]


def test_another_process_and_one_that_starts_later_see_the_same(made, audit, store, listed):
    first = made()
    assert kinds(first) == []
    answered(audit, listed, "listing-1")
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1))))
    assert first._of_agency("bidding") == made()._of_agency("bidding") != []
    (own,) = first._of_agency("bidding")
    first._acknowledge("bidding", "r-1", "d", own.known.ending.ending_id)
    assert owing(made()) == owing(first) == []


def test_what_follows_on_an_end_changes_what_is_told(endings, audit, store, listed):
    answered(audit, listed, "listing-1")
    store.submit(submission("h", act(1, Kind.HIDDEN, date(2026, 5, 1))))
    assert kinds(endings) == ["HIDDEN"]
    store.submit(submission("v", act(1, Kind.REVOCATION, date(2026, 5, 2))))
    assert kinds(endings) == ["VOID_FROM_START"]


def test_a_withdrawn_publication_is_told(endings, audit, clock, store):
    revision, _ = store.submit(submission("p", fact(1, "publication", "P-1")))
    answered(audit, revision, "P-1")
    assert kinds(endings) == []
    store.submit(
        submission("w", fact(1, "withdrawal", "withdrawal-P-1", target_id="P-1", holds_until=date(2026, 6, 10)))
    )
    assert kinds(endings) == []
    clock.instant = midnight(date(2026, 6, 10))
    assert kinds(endings) == ["WITHDRAWN"]


def test_an_entry_that_does_not_name_its_records_tells_what_weighed_then_on_whom_it_names(
    endings, audit, store, listed
):
    """Rather one record too many: what is related is among it."""
    revision, _ = store.submit(submission("b", profile(2, successor_of_uscc=code(1)), profile(3)))
    answered(audit, revision, "+9", agency="by-relation", enterprises=[code(3), code(2)])
    answered(audit, revision, "+9", agency="about-another", enterprises=[code(3)])
    answered(audit, listed - 1, "+9", agency="too-early", enterprises=[code(1)])
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1))))
    assert [kinds(endings, each) for each in ("by-relation", "about-another", "too-early")] == [["REPAIRED"], [], []]
    assert [agency for agency, *_ in owing(endings)] == ["by-relation"]


def test_an_acknowledgement_is_the_first_one_and_takes_no_revision(endings, audit, clock, store, history, listed):
    answered(audit, listed, "listing-1")
    answered(audit, listed, "listing-1", agency="finance")
    revision, _ = store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1))))
    ending_id = endings._of_agency("bidding")[0].known.ending.ending_id
    clock.instant = first = BEFORE + timedelta(hours=1)
    assert endings._acknowledge("bidding", "r-1", "d", ending_id) == (revision, first)
    clock.instant += timedelta(hours=1)
    assert endings._acknowledge("bidding", "r-1", "d", ending_id) == (revision, first)
    assert endings._acknowledge("bidding", "r-2", "d", ending_id) == (revision, first)
    assert endings._of_agency("bidding")[0].acknowledged_at == first
    assert [agency for agency, *_ in owing(endings)] == ["finance"]
    assert history.head() == revision
    with pytest.raises(RequestIdReusedError):
        endings._acknowledge("finance", "r-1", "d", ending_id)
    with pytest.raises(RequestIdReusedError):
        endings._acknowledge("bidding", "r-1", "other", ending_id)
    with pytest.raises(EnterpriseNotFoundError):
        endings._acknowledge("housing", "r-3", "d", ending_id)


def test_an_acknowledgement_owes_an_entry_until_it_is_marked(endings, audit, store, listed):
    answered(audit, listed, "listing-1")
    revision, _ = store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1)), writer="another"))
    store.mark_recorded("p", revision, 1)
    store.mark_recorded("l", revision, 1)
    ending_id = endings._of_agency("bidding")[0].known.ending.ending_id
    endings._acknowledge("bidding", "r-1", "d", ending_id)
    endings._acknowledge("bidding", "r-2", "d", ending_id)
    assert store.unrecorded("writer-1") == [("r-1", revision, revision)]
    endings.mark_recorded("r-1", revision, 5)
    assert store.unrecorded("writer-1") == []


def test_two_that_acknowledge_at_once_have_one_first_time(made, audit, store, listed):
    answered(audit, listed, "listing-1")
    store.submit(submission("r", act(1, Kind.REPAIR, date(2026, 5, 1))))
    each = [made() for _ in range(4)]
    ending_id = each[0]._of_agency("bidding")[0].known.ending.ending_id
    taken = []
    threads = [
        threading.Thread(
            target=lambda number=number, one=one: taken.append(
                one._acknowledge("bidding", f"r-{number}", "d", ending_id)
            )
        )
        for number, one in enumerate(each)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 4
    assert len(set(taken)) == 1


def recalls(endings, agency="bidding"):
    found = [own.known.ending for own in endings._of_agency(agency)]
    assert {ending.kind.name for ending in found} <= {"RECALLED"}
    return [ending.uscc for ending in found]


def test_a_notice_that_an_officer_gave_to_the_wrong_enterprise_is_recalled(endings, audit, store):
    """X-01: each of the two is told to whom it was told of, and to nobody else."""
    store.submit(submission("n", held()))
    first, _ = store.submit(submission("a1", attach(1)))
    answered(audit, first, "notice-1")
    assert recalls(endings) == []
    second, _ = store.submit(submission("a2", attach(2)))
    answered(audit, second, "notice-1", agency="finance")
    assert (recalls(endings), recalls(endings, "finance")) == ([code(1)], [])
    store.submit(submission("a3", attach(3)))
    assert (recalls(endings), recalls(endings, "finance")) == ([code(1)], [code(2)])


def test_a_record_that_its_source_sends_under_another_code_is_recalled_and_a_corrected_one_is_not(
    endings, audit, store
):
    store.submit(submission("1", fact(1, "publication", "P-1")))
    told, _ = store.submit(submission("2", fact(1, "publication", "P-1", document_number="2号")))
    answered(audit, told - 1, "P-1")
    answered(audit, told, "P-1", agency="finance")
    assert recalls(endings) == []
    store.submit(submission("3", fact(2, "publication", "P-1")))
    assert (recalls(endings), recalls(endings, "finance")) == ([code(1)], [code(1)])


def test_a_record_that_passes_back_and_forth_is_recalled_each_time(endings, audit, store):
    for place, number in enumerate((1, 2, 1, 2), 1):
        revision, _ = store.submit(submission(f"s{place}", fact(number, "publication", "P-1")))
        answered(audit, revision, "P-1", agency=f"asked-{place}")
    recalled = [recalls(endings, f"asked-{place}") for place in (1, 2, 3, 4)]
    assert recalled == [[code(1)], [code(2)], [code(1)], []]
    assert len({one.known.ending.ending_id for one in told(endings)}) == 3


def test_a_notice_that_is_detached_is_recalled_whosoever_it_is(endings, audit, store):
    """X-01."""
    store.submit(submission("n", held()))
    first, _ = store.submit(submission("a1", attach(1)))
    answered(audit, first, "notice-1")
    gone, _ = store.submit(submission("a2", detach()))
    answered(audit, gone, "notice-1", agency="finance")
    assert (recalls(endings), recalls(endings, "finance")) == ([code(1)], [])


def gave_way(store, audit, *acts, published=date(2026, 2, 7), **changes):
    """Let an agency be told of a retyped notice, and then let the authority's own listing and *acts* arrive."""
    notice = fact(1, "published_notice", "N-1", published_on=published, **changes)
    revision, _ = store.submit(submission("notice", notice))
    answered(audit, revision, "N-1", agency="of-the-notice")
    listing = act(1, on=date(2026, 2, 1)), act(1, Kind.DELIVERY, date(2026, 2, 3))
    revision, _ = store.submit(submission("listing", *listing, *acts))
    return revision


def shown(endings, agency):
    return [
        (own.known.ending.kind.name, own.known.ending.record_kind, own.known.ending.record_id, own.cases)
        for own in endings._of_agency(agency)
    ]


@pytest.mark.parametrize("kind", [Kind.REPAIR, Kind.REVOCATION, Kind.HIDDEN, Kind.STAY])
def test_the_end_of_a_listing_reaches_who_was_told_of_the_notice_that_gave_way_to_it(endings, audit, store, kind):
    revision = gave_way(store, audit)
    answered(audit, revision, "listing-1", agency="of-the-listing", case="C-2")
    assert endings._of_agency("of-the-notice") == []
    store.submit(submission("end", act(1, kind, date(2026, 5, 1))))
    ((ended, *listing),) = shown(endings, "of-the-listing")
    assert listing == ["listing", "listing-1", ("C-2",)]
    assert shown(endings, "of-the-notice") == [(ended, "published_notice", "N-1", ("C-1",))]
    (own,) = endings._of_agency("of-the-notice")
    notice = fact(1, "published_notice", "N-1").fact
    named = (own.known.ending.authority, own.known.ending.document_number)
    assert named == (notice.authority, notice.document_number)
    assert sorted(agency for agency, *_ in owing(endings)) == ["of-the-listing", "of-the-notice"]


def test_a_listing_that_arrives_with_its_end_or_ends_by_time_reaches_them_too(endings, audit, clock, store):
    gave_way(store, audit)
    clock.instant = midnight(date(2029, 2, 1)) - timedelta(microseconds=1)
    assert endings._of_agency("of-the-notice") == []
    clock.instant = midnight(date(2029, 2, 1))
    assert [kind for kind, *_ in shown(endings, "of-the-notice")] == ["EXPIRED"]


def test_a_listing_that_arrives_together_with_its_repair_ends_the_notice_as_well(endings, audit, store):
    gave_way(store, audit, act(1, Kind.REPAIR, date(2026, 4, 1)))
    assert [kind for kind, *_ in shown(endings, "of-the-notice")] == ["REPAIRED"]


@pytest.mark.parametrize(
    "changes",
    [
        {"published": date(2026, 1, 31)},
        {"published": date(2029, 2, 1)},
        {"notice_list": NoticeList.MAJOR_VIOLATION_PUBLICATION},
    ],
)
def test_a_notice_of_another_matter_has_no_part_in_the_listings_end(endings, audit, store, changes):
    gave_way(store, audit, act(1, Kind.REPAIR, date(2026, 4, 1)), **changes)
    assert endings._of_agency("of-the-notice") == []


def test_the_notice_of_another_enterprise_does_not_end(endings, audit, store):
    revision, _ = store.submit(submission("other", fact(2, "published_notice", "N-2")))
    answered(audit, revision, "N-2", agency="of-the-other")
    gave_way(store, audit, act(1, Kind.REPAIR, date(2026, 4, 1)))
    assert endings._of_agency("of-the-other") == []
