"""Telling the end of a record to everybody who was told of the record, and seeing who has acknowledged it (promise 7).

Endings follow from the acts, and who was told from what is recorded; only acknowledgements are stored. So nothing has
to be made when something ends, and no crash, no second process and no late entry can lose or double a notice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain import timeline
from gateway.domain.endings import (
    Told,
    concerns,
    known_endings,
    link_recall,
    notice_endings,
    recall,
    records_of,
    removal_ending,
    shown_ending,
    withdrawal_ending,
)
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.voided_endings import as_void, voided_endings
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.domain.endings import KnownEnding
    from gateway.domain.grades import GradeRules
    from gateway.services.ports.endings import ChangedEndings, EndingStore, ToldRecords, Unnamed
    from gateway.services.ports.register import Clock, History

WORKING_DAYS: Final = 1
"""In which an ending is to be acknowledged (A-123)."""
DERIVED: Final = 4_096
"""Answers of which it is remembered what records they told of."""


@dataclass(frozen=True, slots=True)
class OwnEnding:
    """An ending as it concerns one agency: the cases in which it was told of the record, and its acknowledgement."""

    known: KnownEnding
    cases: tuple[str, ...]
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldEnding:
    """An ending at one agency that was told of the record.

    Attributes:
        known: The ending.
        agency: The agency.
        due: By when it is to acknowledge it.
        acknowledged_at: When it did, UTC; None while it has not.
        overdue: It did so after that day, or has not and the day is over.
    """

    known: KnownEnding
    agency: str
    due: Deadline
    acknowledged_at: datetime | None
    overdue: bool


class Endings:
    """Reads endings by agency, and takes acknowledgements."""

    def __init__(self, store: EndingStore, told: ToldRecords, past: PastGrounds, clock: Clock, writer: str) -> None:
        self._store = store
        self._told = told
        self._past = past
        self._clock = clock
        self._writer = writer
        self._lock = Lock()
        self._reached = 0
        self._by_source: dict[str, tuple[KnownEnding, ...]] = {}

    async def of_agency(self, agency: Agency) -> list[OwnEnding]:
        """Return the endings of every record that the agency was told of: those not acknowledged first, then by age.

        Raises:
            StoreUnavailableError: Store or index could not be read.
        """
        return await asyncio.to_thread(self._of_agency, agency.agency_id)

    async def at_agencies(self, calendar: WorkingCalendar, hidden: Collection[str] = ()) -> list[ToldEnding]:
        """Return every ending at each agency that it concerns but the *hidden*, the oldest first.

        Raises:
            StoreUnavailableError: Store or index could not be read.
        """
        return await asyncio.to_thread(self._at_agencies, calendar, hidden)

    async def acknowledge(self, agency: Agency, request_id: str, digest: str, ending_id: str) -> tuple[int, datetime]:
        """Store that the agency has an ending; return the newest revision, and when it first had it.

        Raises:
            EnterpriseNotFoundError: There is no such ending, or none that the agency was told of.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._acknowledge, agency.agency_id, request_id, digest, ending_id)

    def known(self) -> list[KnownEnding]:
        """Return every ending that is known by now, whomever it concerns. Blocking.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        now = self._clock.now()
        return [each for endings in self._up_to_date().values() for each in endings if each.known_since <= now]

    async def of_their_own(self, agency: Agency, endings: Sequence[OwnEnding]) -> frozenset[str]:
        """Return the ids of those whose record the agency was told of in an answer about that record's enterprise.

        Of the others it was told in an answer about another, to which the record reaches, or reached by mistake,
        through a relation.

        Raises:
            StoreUnavailableError: The index could not be read.
        """
        ended = [own.known.ending for own in endings if not own.known.about]
        pairs = sorted({(ending.record_id, ending.uscc) for ending in ended})
        found = await asyncio.to_thread(self._told.told_about, pairs, agency.agency_id)
        told = {(one.record, one.about) for one in found}
        return frozenset(ending.ending_id for ending in ended if (ending.record_id, ending.uscc) in told)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an acknowledgement. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _of_agency(self, agency: str) -> list[OwnEnding]:
        acknowledged = self._store.acknowledged(agency)
        found = [
            OwnEnding(known, cases, acknowledged.get((known.ending.ending_id, agency)))
            for known, cases in ((known, told[agency]) for known, told in self._concerned(agency) if agency in told)
        ]
        return sorted(found, key=lambda own: (own.acknowledged_at is not None, *_age(own.known)))

    def _at_agencies(self, calendar: WorkingCalendar, hidden: Collection[str]) -> list[ToldEnding]:
        acknowledged = self._store.acknowledged("")
        today = civil_date(self._clock.now())
        found = []
        for known, told in sorted(self._concerned(""), key=lambda each: _age(each[0])):
            due = calendar.add_working_days(civil_date(known.known_since), WORKING_DAYS)
            for agency in sorted(told.keys() - set(hidden)):
                at = acknowledged.get((known.ending.ending_id, agency))
                overdue = (today if at is None else civil_date(at)) > due.due
                found.append(ToldEnding(known, agency, due, at, overdue))
        return found

    def _acknowledge(self, agency: str, request_id: str, digest: str, ending_id: str) -> tuple[int, datetime]:
        mine = {own.known.ending.ending_id for own in self._of_agency(agency)}
        if ending_id not in mine:
            raise EnterpriseNotFoundError("this agency was told of no record with this ending", ending=ending_id)
        now = self._clock.now()
        submission = Submission(request_id, 0, digest, "", agency, self._writer, now, rows=())
        return self._store.acknowledge(submission, ending_id)

    def _concerned(self, agency: str) -> list[tuple[KnownEnding, dict[str, tuple[str, ...]]]]:
        """Return every ending that is known by now, with the cases of each agency that it concerns."""
        every = self.known()
        records = sorted({known.ending.record_id for known in every if not known.about})
        pairs = sorted({(known.ending.record_id, known.about) for known in every if known.about})
        past = self._past.told(self._told.unnamed(agency))
        told: dict[str, list[Told]] = {}
        for one in (*self._told.told(records, agency), *self._told.told_about(pairs, agency), *past):
            told.setdefault(one.record, []).append(one)
        return [
            (known, _cases(one for one in told.get(known.ending.record_id, ()) if concerns(known, one)))
            for known in every
        ]

    def _up_to_date(self) -> Mapping[str, tuple[KnownEnding, ...]]:
        """Return every ending by the record from which it follows; only what has changed is computed anew."""
        with self._lock:
            changed = self._store.changed(self._reached)
            following = dict(self._by_source)
            for each in changed.listings:
                following[each.listing.listing_id] = ()
            for each in changed.listings:
                endings = known_endings(each.listing, each.revisions, changed.committed)
                endings += voided_endings(each.listing, each.revisions, each.voided, changed.committed)
                notices = changed.notices.get(each.listing.uscc, ())
                given_way = (end for one in notices for end in notice_endings(one, each.listing, endings))
                following[each.listing.listing_id] += (*endings, *given_way)
            for record, known in (*_of_facts(changed), *_of_links(changed)):
                before = following.get(record, ())
                if known.ending.ending_id not in {each.ending.ending_id for each in before}:
                    following[record] = (*before, known)
            self._by_source = following
            self._reached = changed.revision
            return following


class PastGrounds:
    """What an answer told of at the most, computed again: for entries that do not name every record."""

    def __init__(self, history: History, rules: GradeRules) -> None:
        self._history = history
        self._rules = rules
        # What was known at a revision never changes, so that it is computed once.
        self._records = lru_cache(DERIVED)(self._computed)

    def told(self, answers: Sequence[Unnamed]) -> Iterable[Told]:
        """Yield every record that weighed on anybody asked about, whether or not it was shown: rather one too many.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        for answer in answers:
            for uscc in answer.enterprises:
                for record in self.records(uscc, answer.revision, answer.as_of):
                    seen = answer.revision
                    yield Told(record, answer.agency, answer.case_ref, seen, seen, answer.as_of, uscc)

    def records(self, uscc: str, revision: int, as_of: datetime) -> tuple[str, ...]:
        """Return the ids of the records that weighed on an enterprise at a moment, as known at a revision. Blocking.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return self._records(uscc, revision, as_of)

    def _computed(self, uscc: str, revision: int, as_of: datetime) -> tuple[str, ...]:
        dossier = self._history.dossier(uscc, revision)
        if dossier is None:
            return ()
        standing, _ = timeline.build(dossier, self._rules).at(as_of)
        return tuple(records_of(standing.grounds))


def _of_facts(changed: ChangedEndings) -> Iterable[tuple[str, KnownEnding]]:
    """Yield the endings of facts by the fact: each withdrawal, shown repair and passing gives at most one."""
    for one in changed.withdrawals:
        ending = withdrawal_ending(one.fact, one.withdrawal, one.uscc, one.revision, changed.committed)
        if ending is not None:
            yield one.fact.record_id, ending
    for each in changed.shown:
        ending = shown_ending(each.fact, each.shown, each.uscc, each.revision, changed.committed)
        if ending is not None:
            yield each.fact.record_id, ending
    for gone_elsewhere in changed.removed:
        ending = removal_ending(gone_elsewhere.fact, gone_elsewhere.uscc, gone_elsewhere.revision, changed.committed)
        if ending is not None:
            yield gone_elsewhere.fact.record_id, ending
    for gone in changed.passed:
        ending = recall(gone.fact, gone.uscc, gone.held_from, gone.revision, changed.committed)
        if ending is not None:
            yield gone.fact.record_id, as_void(ending) if gone.void else ending


def _of_links(changed: ChangedEndings) -> Iterable[tuple[str, KnownEnding]]:
    """Yield the recalls of listings by the dispute that ended their reach: each decision is seen once."""
    for link in changed.false_links:
        ending = link_recall(link.listing, link.person, link.about, link.revision, changed.committed)
        if ending is not None:
            yield link.dispute, ending


def _cases(told: Iterable[Told]) -> dict[str, tuple[str, ...]]:
    """Return by agency the cases in which it was told, in order; empty references are left out."""
    found: dict[str, set[str]] = {}
    for one in told:
        found.setdefault(one.agency, set()).update({one.case_ref} - {""})
    return {agency: tuple(sorted(cases)) for agency, cases in found.items()}


def _age(known: KnownEnding) -> tuple[datetime, str]:
    return known.known_since, known.ending.ending_id
