"""What may be published, read from both stores: each thing once, its end at once, and tombstones without content."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from jointsanctions.v1 import publishable_pb2 as pb
from store_samples import NOON, act, code, fact, profile, submission

from formats.civil import midnight
from gateway.domain.agencies import Agency, Role
from gateway.domain.call_record import CallerSeen
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.kinds.publication_objection import ObjectionResult
from gateway.domain.publishable import item_id
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.vocabulary import PublishableKind
from gateway.rpc.method import Call
from gateway.rpc.publishable import PublishableServicer
from gateway.sample.invention import Draws
from gateway.services.list_publishable import ListPublishable
from gateway.storage.publishable import SqlPublishableStore

VALIDITY = timedelta(hours=4)
HOUR = timedelta(hours=1)
DECIDED, DELIVERED, PUBLISHED = date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 5)
LISTING = item_id(PublishableKind.WAGE_ARREARS_LISTING, "listing-1")
PUBLICATION = item_id(PublishableKind.MAJOR_VIOLATION, "publication-2")
RED = item_id(PublishableKind.RED_LIST, "red_list-3")


class Board:
    """A store that is written and read, each revision committed an hour after the one before."""

    def __init__(self, store, engine):
        self.store = store
        self.engine = engine
        self.use = self.new()
        self.count = 0

    def new(self):
        return ListPublishable(SqlPublishableStore(self.engine), VALIDITY)

    def commit(self, *rows):
        self.count += 1
        sent = replace(submission(f"r-{self.count}", *rows), committed_at=NOON + self.count * HOUR)
        revision, outcomes = self.store.submit(sent)
        assert {outcome.status.name for outcome in outcomes} == {"STORED"}, outcomes
        return revision

    def read(self, moment, since=0):
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = midnight(moment)
        known, anew = (asyncio.run(use(moment, since)) for use in (self.use, self.new()))
        assert anew == known, "what is remembered is what is on record"
        return known

    def shown(self, moment):
        return [item.item_id for item in self.read(moment).board.items]

    def ended(self, moment, since):
        return {each.item_id: each.ended_at for each in self.read(moment, since).ended}


@pytest.fixture
def board(store, engine):
    return Board(store, engine)


def listed(number=1):
    return [
        act(number, Kind.DECISION, DECIDED),
        act(number, Kind.DELIVERY, DELIVERED),
        act(number, Kind.PUBLISHED, PUBLISHED),
    ]


def red(number, until=None):
    return fact(number, "red_list", listed_on=date(2026, 1, 1), until=until)


def test_an_empty_store_shows_nothing_and_has_a_moment(board):
    found = board.read(NOON)
    assert (found.board.items, found.board.revision, found.ended) == ((), 0, ())
    assert found.valid_until == NOON + VALIDITY


def test_everything_publishable_is_shown_once_in_the_order_of_the_lists(board):
    board.commit(*listed(), fact(2, "publication"), red(3))
    assert board.shown(date(2026, 7, 1)) == [LISTING, PUBLICATION, RED]
    board.commit(fact(2, "publication", document_number="改正后"))
    assert board.shown(date(2026, 7, 1)) == [LISTING, PUBLICATION, RED]
    assert board.read(date(2026, 7, 1)).board.items[1].document_number == "改正后"


def test_an_enterprise_is_shown_by_the_name_that_it_bears_then(board):
    board.commit(*listed(), profile(1, name="旧名有限公司", valid_from=date(2020, 1, 1)))
    board.commit(profile(1, "later", name="新名有限公司", valid_from=date(2026, 9, 1)))
    (before,) = board.read(date(2026, 8, 31)).board.items
    (after,) = board.read(date(2026, 9, 1)).board.items
    assert (before.name, after.name) == ("旧名有限公司", "新名有限公司")
    assert board.read(midnight(date(2026, 9, 1)) - HOUR).valid_until == midnight(date(2026, 9, 1))


def test_a_listing_without_a_known_name_is_shown_by_its_code(board):
    board.commit(*listed())
    (item,) = board.read(date(2026, 7, 1)).board.items
    assert (item.name, item.uscc) == ("", code(1))


def test_a_repair_takes_it_down_at_once_and_leaves_an_id_and_an_instant(board):
    before = board.commit(*listed(), red(3))
    board.commit(act(1, Kind.REPAIR, date(2026, 5, 2)))
    assert board.shown(date(2026, 7, 1)) == [RED]
    assert board.ended(date(2026, 7, 1), before) == {LISTING: midnight(date(2026, 5, 2))}
    after = board.commit(red(4))
    assert board.ended(date(2026, 7, 1), after) == {}, "whoever read it after the repair never showed it"


def test_time_alone_takes_it_down_without_a_revision(board):
    since = board.commit(red(3, date(2026, 9, 1)), fact(2, "publication"))
    end = midnight(date(2026, 9, 1))
    assert board.read(end - HOUR).valid_until == end
    assert board.shown(end - timedelta(microseconds=1)) == [PUBLICATION, RED]
    assert board.shown(end) == [PUBLICATION]
    assert board.ended(end, since) == {RED: end}


def test_a_revoked_listing_ends_since_that_is_known(board):
    before = board.commit(*listed())
    revision = board.commit(act(1, Kind.REVOCATION, date(2026, 4, 1)))
    assert board.shown(date(2026, 7, 1)) == []
    assert board.ended(date(2026, 7, 1), before) == {LISTING: NOON + revision * HOUR}


def shown_repair(rejected_on=None):
    rejection = {"rejection_number": "核〔1〕号", "rejection_reason": "平台记录有误"} if rejected_on else {}
    empty = {"rejection_number": "", "rejection_reason": ""}
    changes = {"target_id": "publication-2", "shown_on": date(2026, 6, 10), "rejected_on": rejected_on}
    return fact(2, "shown_repair", "shown_repair-publication-2-x", **changes, **(rejection or empty))


def test_what_the_platform_shows_as_repaired_is_down_until_its_authority_rejects_that(board):
    """Publicity must not outlive effect (C-02)."""
    before = board.commit(fact(2, "publication"), *listed())
    gone = board.commit(shown_repair(), act(1, Kind.REPAIR_SHOWN, date(2026, 6, 10)))
    assert board.shown(date(2026, 6, 20)) == []
    assert board.ended(date(2026, 6, 20), before) == dict.fromkeys([PUBLICATION, LISTING], midnight(date(2026, 6, 10)))
    board.commit(shown_repair(date(2026, 6, 25)), act(1, Kind.REPAIR_SHOWN_REJECTED, date(2026, 6, 25)))
    again = midnight(date(2026, 6, 26))
    assert board.read(again - HOUR).valid_until == again
    assert board.shown(again - HOUR) == []
    assert board.shown(again) == [LISTING, PUBLICATION]
    assert board.ended(again, gone) == {}


def test_a_publication_is_shown_as_disputed_while_an_objection_to_it_is_open(board):
    objection = {"publication_id": "publication-2", "received_on": date(2026, 6, 10), "corrected_on": None}
    board.commit(fact(2, "publication"))
    board.commit(fact(2, "publication_objection", "o", **objection, reviewed_on=None, result=None))
    board.commit(
        fact(
            2,
            "publication_objection",
            "o",
            **objection,
            reviewed_on=date(2026, 6, 20),
            result=ObjectionResult.UPHELD,
        )
    )
    days = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 19), date(2026, 6, 20)]
    told = [[item.disputed for item in board.read(day).board.items] for day in days]
    assert told == [[False], [True], [True], [False]]


@pytest.mark.parametrize("until", [None, date(2026, 6, 20)])
def test_a_withdrawn_publication_ends(board, until):
    before = board.commit(fact(2, "publication"))
    board.commit(fact(2, "withdrawal", "withdrawal-publication-2", target_id="publication-2", holds_until=until))
    expected = midnight(until) if until else NOON + 2 * HOUR
    assert board.shown(date(2026, 7, 1)) == []
    assert board.ended(date(2026, 7, 1), before) == {PUBLICATION: expected}


def test_what_came_and_went_between_two_readings_is_told_to_nobody_who_never_saw_it(board):
    before = board.commit(red(3))
    board.commit(fact(2, "publication"))
    board.commit(fact(2, "withdrawal", "withdrawal-publication-2", target_id="publication-2", holds_until=None))
    assert board.ended(date(2026, 7, 1), before) == {}


def test_what_is_shown_again_has_not_ended(board):
    before = board.commit(*listed())
    board.commit(act(1, Kind.STAY, date(2026, 5, 2)))
    assert board.ended(date(2026, 7, 1), before) == {LISTING: midnight(date(2026, 5, 2))}
    board.commit(act(1, Kind.STAY_ENDED, date(2026, 6, 10)))
    assert board.shown(date(2026, 7, 1)) == [LISTING]
    assert board.ended(date(2026, 7, 1), before) == {}


def test_a_publication_from_before_the_rule_is_withheld_and_never_ends(board):
    since = board.commit(fact(2, "publication", address="", secrecy_reviewed=False))
    found = board.read(date(2026, 7, 1), since)
    assert (found.board.items, found.ended) == ((), ())
    ((withheld),) = found.board.withheld
    assert (withheld.item.record_id, withheld.fields) == ("publication-2", ("address", "secrecy_reviewed"))


def test_the_moment_is_never_before_the_revision_was_committed(board):
    board.commit(red(3))
    assert board.read(NOON - 40 * HOUR).board.as_of == NOON + HOUR


def test_the_state_is_that_of_what_is_read_and_not_of_who_wrote(board):
    board.commit(red(3))
    before = board.read(date(2026, 7, 1)).board
    board.commit(fact(9, "complaint"))
    after = board.read(date(2026, 7, 1)).board
    assert (after.state, after.revision) == (before.state, before.revision + 1)
    board.commit(red(4))
    assert board.read(date(2026, 7, 1)).board.state != before.state


@pytest.mark.parametrize("since", [-1, 2, 2**62])
def test_a_revision_that_there_is_not_is_refused(board, since):
    board.commit(red(3))
    with pytest.raises(MalformedRequestError, match="since_revision"):
        board.read(NOON, since)


def test_a_mirror_that_follows_shows_what_is_shown_whatever_happens(board):
    """Adding what is shown and removing what ended, reading by reading, gives what a fresh reading gives."""
    draws = Draws.of("mirror")
    mirror, since, moment = set(), 0, NOON + 100 * HOUR
    steps = [
        listed(),
        [red(3, date(2026, 8, 1))],
        [act(1, Kind.STAY, date(2026, 6, 10))],
        [fact(2, "publication"), red(4)],
        [act(1, Kind.STAY_ENDED, date(2026, 6, 20))],
        [fact(2, "withdrawal", "withdrawal-publication-2", target_id="publication-2", holds_until=date(2026, 7, 7))],
        [act(1, Kind.REPAIR, date(2026, 7, 8))],
        [red(4, date(2026, 7, 30))],
    ]
    for step in [*steps, *[[]] * 12]:
        if step:
            board.commit(*step)
        moment += draws.between(1, 200) * HOUR
        found = board.read(moment, since)
        mirror |= {item.item_id for item in found.board.items}
        mirror -= {each.item_id for each in found.ended}
        assert mirror == {item.item_id for item in found.board.items}
        since = found.board.revision


def test_a_portal_is_told_without_a_grant_and_a_producer_only_with_it():
    assert ListPublishable.require(PORTAL) is False
    assert ListPublishable.require(HRSS) is True
    with pytest.raises(FieldNotInMandateError):
        ListPublishable.require(agency(Role.PRODUCER))


def agency(role, *fields):
    return Agency(agency_id="a", name_zh="a", name_en="a", role=role, territory="420300", fields=frozenset(fields))


HRSS, PORTAL = agency(Role.PRODUCER, "whole_record"), agency(Role.PORTAL)


def answered(board, caller, **parts):
    """Return what the wire answers to *caller* on 2026-07-01."""
    call = Call(CallerSeen(), caller, midnight(date(2026, 7, 1)))
    request = pb.ListPublishableRequest(officer="o", **parts)
    return asyncio.run(PublishableServicer(board.use).list_publishable(request, call)).message


def test_hrss_is_told_what_is_withheld_and_why_and_the_portal_nothing_of_it(board):
    board.commit(fact(2, "publication", address=""), fact(3, "publication", main_facts="致电13812345678"), red(3))
    told, silent = answered(board, HRSS), answered(board, PORTAL)
    assert [(each.record_id, each.uscc, list(each.fields)) for each in told.withheld] == sorted(
        [("publication-2", code(2), ["address"]), ("publication-3", code(3), ["main_facts"])],
        key=lambda each: item_id(PublishableKind.MAJOR_VIOLATION, each[0]),
    )
    assert list(silent.withheld) == []
    assert list(silent.items) == list(told.items)
    assert "13812345678" not in str(told)


def test_pages_stay_below_four_mebibytes_and_lose_nothing(board):
    long = {"main_facts": "事" * 2_000, "handling_result": "处" * 2_000}
    board.commit(*(fact(number, "publication", **long) for number in range(2, 352)))
    found, token = [], ""
    while True:
        page = answered(board, PORTAL, page_size=1_000, page_token=token)
        assert page.ByteSize() < 4 * 1024 * 1024 - 4_096
        found += [item.item_id for item in page.items]
        token = page.next_page_token
        if not token:
            break
    assert found == board.shown(date(2026, 7, 1))
    assert len(set(found)) == 350
