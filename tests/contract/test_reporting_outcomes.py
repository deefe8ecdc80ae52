"""Reporting outcomes over both stores and a real record of calls: found, corrected, and examined again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from audit_calls import KEY, body, line, record
from listing_life import CALENDAR
from outcome_samples import OUTCOME
from store_samples import RULES, act, code, profile, submission

from formats.civil import format_instant
from gateway.domain.audit import Draft
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, RequestIdReusedError, StateError
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.decided_cases import DecidedCases
from gateway.services.endings import Endings, PastGrounds
from gateway.services.missing_outcomes import MissingOutcomes
from gateway.services.relied_answer import AnswerPlace, ReliedAnswer
from gateway.services.report_outcome import OutcomeReport, ReportOutcome
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries
from gateway.storage.endings import SqlEndingStore
from gateway.storage.outcomes import SqlOutcomeStore

WRITER = "node-1.0"
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


class Clock:
    def __init__(self, present=NOW):
        self.present = present

    def now(self):
        return self.present

    def boot_seconds(self):
        return 0.0


class City:
    """A store with a listed enterprise, a record of calls, and the use cases over both."""

    def __init__(self, engine, store, history, folder):
        self.place = FolderPlace(folder / "audit")
        self.store = store
        index = self.index = AccessIndex(self.place, folder / "key")
        past = PastGrounds(history, RULES)
        self.outcomes = SqlOutcomeStore(engine)
        self.endings = Endings(SqlEndingStore(engine), index, past, Clock(), "w")
        self.decided = DecidedCases(self.outcomes, self.endings)
        self.use = ReportOutcome(self.outcomes, ReliedAnswer(index, past), self.endings, Clock(), "w")
        store.submit(submission("p", profile(1)))
        listed = (act(1), act(1, Kind.DELIVERY, date(2026, 3, 3)))
        self.revision, _ = store.submit(submission("l", *listed))

    def answered(self, *grounds, lines=(), agency="bidding", revision=None, **content):
        """Record an answer, and return where."""
        told = {
            "area": int(Area.BIDDING),
            "point": int(DecisionPoint.BIDDING_AWARD),
            "case": "T-1",
            "enterprises": [code(1)],
            "relations": ["SELF"],
            "verdict": 3,
            "grounds": list(grounds),
            "revision": revision or self.revision,
            "as_of": format_instant(NOW),
            "caller": {"agency": agency},
            **content,
        }
        record(self.place, Draft(body(**told), lines))
        entry = read_entries(self.place.readers()[WRITER], WRITER, 0, 1_000, with_lines=True)[-1]
        item = entry.lines[-1].leaf if lines else b""
        return AnswerPlace(WRITER, entry.number, entry.leaf, item)

    def report(self, answer, agency="bidding", **changes):
        wanted = OutcomeReport(
            request_id=f"r-{changes}-{answer.number}",
            digest=repr((answer, changes)),
            area=Area.BIDDING,
            point=DecisionPoint.BIDDING_AWARD,
            case_ref="T-1",
            uscc=code(1),
            officer="Li",
            answer=answer,
            kind=OutcomeKind.REFUSED,
            decided_on=date(2026, 11, 25),
            document_number="示1号",
            conditions=OUTCOME.conditions,
            note="",
            supersedes="",
            reexamined_ending="",
        )
        return self.use._report(agency, replace(wanted, **changes))[1]

    def revoke(self):
        """Make the listing void, and return its ending's id."""
        self.revision, _ = self.store.submit(submission("v", act(1, Kind.REVOCATION, date(2026, 11, 24))))
        (ending,) = [one.ending for one in self.endings.known() if one.ending.record_id == "listing-1"]
        return ending.ending_id

    def missing(self, *, days=5, agency="bidding", since=date(2026, 11, 1), now=NOW, size=100):
        """Return what is missing, page after page: (case, code, number of the answer, due, overdue)."""
        clock = Clock(now)
        use = MissingOutcomes(self.index, self.outcomes, clock, CALENDAR, days)
        found, tokens = [], [""]
        while len(tokens) == 1 or tokens[-1]:
            page, token = use._page(agency, Area.BIDDING, since, (size, tokens[-1]))
            tokens.append(token)
            found += [
                (one.case_ref, one.uscc, one.number, one.due and one.due.due.isoformat(), one.overdue) for one in page
            ]
        return found

    def open(self, agency="bidding"):
        """Return the outcomes that an agency has still to examine again."""
        found = self.decided.by_ending(self.endings.known(), agency)
        return [case.outcome.outcome_id for cases in found.values() for case in cases if case.reexamine]


@pytest.fixture
def city(engine, store, history, tmp_path):
    (tmp_path / "audit").mkdir()
    (tmp_path / "key").write_bytes(KEY)
    made = City(engine, store, history, tmp_path)
    yield made
    made.place.close()


def test_a_decision_on_a_void_listing_is_open_until_it_was_examined_again(city):
    mine = city.report(city.answered("listing-1"))
    assert city.open() == []
    ending = city.revoke()
    assert city.open() == [mine.outcome_id]
    assert city.open("finance") == []

    after = city.answered()
    again = city.report(after, supersedes=mine.outcome_id, reexamined_ending=ending, kind=OutcomeKind.GRANTED)
    assert again.reexamined == (ending,)
    assert city.open() == []
    ((case,),) = city.decided.by_ending(city.endings.known(), "bidding").values()
    assert (case.outcome, case.reexamine) == (again, False)

    typo = city.report(after, supersedes=again.outcome_id, document_number="示2号")
    assert typo.reexamined == (ending,), "a correction does not undo a re-examination"
    assert city.open() == []


def test_what_is_still_to_be_examined_again_comes_first_in_whatever_order_it_was_reported(city):
    one, other = city.answered("listing-1"), city.answered("listing-1", case="T-2")
    mine = city.report(one)
    ending = city.revoke()
    done = city.report(one, supersedes=mine.outcome_id, reexamined_ending=ending, document_number="示3号")
    left = city.report(other, case_ref="T-2")
    (cases,) = city.decided.by_ending(city.endings.known(), "bidding").values()
    assert [(each.outcome.outcome_id, each.reexamine) for each in cases] == [
        (left.outcome_id, True),
        (done.outcome_id, False),
    ]


def test_a_decision_that_was_kept_on_the_same_answer_is_examined_all_the_same(city):
    answer = city.answered("listing-1")
    mine = city.report(answer)
    ending = city.revoke()
    city.report(answer, supersedes=mine.outcome_id, reexamined_ending=ending, document_number="示3号")
    assert city.open() == []


def test_a_correction_alone_is_no_re_examination(city):
    answer = city.answered("listing-1")
    mine = city.report(answer)
    city.revoke()
    fixed = city.report(answer, supersedes=mine.outcome_id, document_number="示3号")
    assert city.open() == [fixed.outcome_id]


def test_the_same_re_examination_sent_again_is_answered_as_at_first(city):
    mine = city.report(city.answered("listing-1"))
    ending = city.revoke()
    answer = city.answered()
    parts = {"supersedes": mine.outcome_id, "reexamined_ending": ending}
    assert city.report(answer, **parts, request_id="one") == city.report(answer, **parts, request_id="one")
    with pytest.raises(StateError):
        city.report(answer, **parts, request_id="other")
    with pytest.raises(RequestIdReusedError):
        city.report(answer, **parts, request_id="one", digest="other")


def test_an_item_of_a_batch_is_decided_on_what_its_own_line_told(city):
    batch = {"method": "CreditService/BatchCheckEligibility"}
    said = {"relations": ["SELF"], "verdict": 3}
    lines = [line(0, code(2), grounds=[], **said), line(1, code(1), grounds=["listing-1"], **said)]
    mine = city.report(city.answered(lines=lines, **batch))
    clean = [line(0, code(1), grounds=[], **said)]
    city.report(city.answered(lines=clean, **batch), note="clean")
    city.revoke()
    assert city.open() == [mine.outcome_id]


def test_an_answer_that_named_only_some_of_its_records_counts_for_all_that_weighed(city):
    mine = city.report(city.answered("R-1", "+3"))
    assert mine.answer.grounds == ("R-1", "listing-1")
    city.revoke()
    assert city.open() == [mine.outcome_id]


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("supersedes", {"supersedes": ""}),
        ("document_number", {"document_number": ""}),
        ("reexamined_ending_id", {"reexamined_ending": "ending-none"}),
    ],
)
def test_a_re_examination_names_decision_document_and_an_ending_that_it_was_taken_on(city, field, parts):
    mine = city.report(city.answered("listing-1"))
    ending = city.revoke()
    whole = {"supersedes": mine.outcome_id, "reexamined_ending": ending}
    with pytest.raises(MalformedRequestError) as caught:
        city.report(city.answered(), **{**whole, **parts})
    assert caught.value.field == field
    assert city.open() == [mine.outcome_id]


def test_a_decision_is_not_examined_again_on_account_of_what_it_was_not_taken_on(city):
    city.report(city.answered("listing-1"))
    clean = city.report(city.answered(case="T-2"), case_ref="T-2")
    ending = city.revoke()
    parts = {"supersedes": clean.outcome_id, "reexamined_ending": ending, "case_ref": "T-2"}
    with pytest.raises(MalformedRequestError, match="reexamined_ending_id"):
        city.report(city.answered(case="T-2"), **parts)


def test_a_correction_is_of_the_same_case_point_and_enterprise_and_of_ones_own(city):
    mine = city.report(city.answered("listing-1"))
    other = city.answered(case="T-2")
    with pytest.raises(MalformedRequestError, match="case_ref"):
        city.report(other, supersedes=mine.outcome_id, case_ref="T-2")
    contract, party = city.answered(point=int(DecisionPoint.BIDDING_CONTRACT)), city.answered(enterprises=[code(2)])
    with pytest.raises(MalformedRequestError, match="decision_point"):
        city.report(contract, supersedes=mine.outcome_id, point=DecisionPoint.BIDDING_CONTRACT)
    with pytest.raises(MalformedRequestError, match="uscc"):
        city.report(party, supersedes=mine.outcome_id, uscc=code(2))
    with pytest.raises(EnterpriseNotFoundError):
        city.report(city.answered(agency="finance"), "finance", supersedes=mine.outcome_id)
    with pytest.raises(EnterpriseNotFoundError):
        city.report(city.answered(), supersedes="outcome-none")


def test_whoever_forges_a_position_or_takes_anothers_is_told_the_same(city):
    mine, theirs = city.answered("listing-1"), city.answered("listing-1", agency="finance")
    attacks = (
        theirs,
        replace(mine, leaf_hash=theirs.leaf_hash),
        replace(mine, number=2**64 - 1),
        replace(mine, writer="access"),
        replace(mine, writer="../facts"),
    )
    said = set()
    for place in attacks:
        with pytest.raises(EnterpriseNotFoundError) as caught:
            city.report(place)
        said.add(caught.value.message)
    assert len(said) == 1
