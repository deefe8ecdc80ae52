"""What an import would change: tried on a copy of the register, compared, and kept until the register moves.

The difference is against one revision and counts from the start of the present day, so that it is the same for
everybody who looks at it that day while nobody writes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import civil_date, midnight
from gateway.domain import timeline
from gateway.domain.agencies import Role
from gateway.domain.import_ends import Ended, ends_earlier, lost_listings
from gateway.domain.restriction import Restrictions
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.imports import Difference, EnterpriseShift

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from gateway.domain.policy import Policy
    from gateway.domain.records import Dossier
    from gateway.services.judge_rows import IncomingRow, Judged, JudgeRows
    from gateway.services.ports.facts import RowOutcome
    from gateway.services.ports.imports import (
        ImportBatch,
        ImportStore,
        RecordChange,
        Rehearsal,
        Rehearsals,
        StagedReader,
    )
    from gateway.services.ports.mandates import Callers
    from gateway.services.ports.register import Clock

SHOWN: Final = 1_000
"""How many ended records and refused rows are named."""


class ImportDifference:
    """Computes differences, one at a time. Blocking: call it in a thread."""

    def __init__(
        self, imports: ImportStore, rehearsals: Rehearsals, judging: Judging, policy: Policy, clock: Clock
    ) -> None:
        self._imports = imports
        self._rehearsals = rehearsals
        self._judging = judging
        self._policy = policy
        self._restrictions = Restrictions(policy)
        self._clock = clock
        self._lock = Lock()

    def __call__(self, batch: ImportBatch) -> Difference:
        """Return the difference of a complete import: the one kept while it still holds, or computed anew.

        Raises:
            StoreUnavailableError: The store failed.
        """
        with self._lock:
            kept = self._imports.difference(batch.batch_id)
            if kept is not None and self._holds(kept):
                return kept
            difference, shifts = self._computed(batch)
            self._imports.keep_difference(batch.batch_id, difference, shifts)
            return difference

    def _holds(self, kept: Difference) -> bool:
        today = civil_date(self._clock.now())
        same_rules = (kept.since, kept.rules) == (today, self._policy.digest)
        return same_rules and not self._imports.moved_since(kept.revision)

    def _computed(self, batch: ImportBatch) -> tuple[Difference, list[EnterpriseShift]]:
        today = civil_date(self._clock.now())
        revision = self._imports.newest()
        found = _Found()
        with self._rehearsals.at(revision) as rehearsal:
            self._rehearse(batch, rehearsal, found)
            for change in rehearsal.changes():
                found.take(change)
            for before, after in rehearsal.concerned():
                self._compare(before, after, midnight(today), found)
        return found.difference(revision, today, self._policy.digest), found.shifts

    def _rehearse(self, batch: ImportBatch, rehearsal: Rehearsal, found: _Found) -> None:
        known: frozenset[str] = frozenset()
        for chunk in self._imports.chunks(batch.batch_id):
            rows, unread = self._judging.reader.read(chunk.content, batch.feed)
            judged = self._judging.judge(batch, rows, known)
            known |= chunk.codes
            found.refused += len(unread) + len(judged.refused)
            for outcome in rehearsal.take(judged.ready):
                found.count(outcome)

    def _compare(self, before: Dossier, after: Dossier, since: datetime, found: _Found) -> None:
        if before == after:
            return
        for ended in lost_listings(before, after, since):
            found.end(ended)
        rules = self._policy.grade_rules
        shifts = self._restrictions.compare(timeline.build(before, rules), timeline.build(after, rules), since)
        name = (after.names or before.names or ("",))[-1]
        for relieved, shift in ((False, shifts.stricter), (True, shifts.relieved)):
            if shift is not None:
                found.shift(EnterpriseShift(relieved, after.uscc, name, shift.before, shift.after))


@dataclass(frozen=True, slots=True)
class Judging:
    """How staged chunks are read and judged: as when they were staged, against the register as it is."""

    reader: StagedReader
    rows: JudgeRows
    callers: Callers

    def judge(self, batch: ImportBatch, rows: Sequence[IncomingRow], known: frozenset[str] = frozenset()) -> Judged:
        """Return what of *rows* may be stored by the mandate that its agency has now; blocking.

        Raises:
            CallerUnknownError: The agency has no mandate any more.
        """
        return self.rows(self.callers.find(batch.agency, Role.PRODUCER), batch.feed, rows, known)


@dataclass(slots=True)
class _Found:
    """What has come to light of one difference; the digest is over all of it, in order."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    refused: int = 0
    ended: list[Ended] = field(default_factory=list)
    refusals: list[RowOutcome] = field(default_factory=list)
    shifts: list[EnterpriseShift] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def count(self, outcome: RowOutcome) -> None:
        """Count what a row would become."""
        if outcome.status is RowStatus.UNCHANGED:
            self.unchanged += 1
        elif outcome.status is RowStatus.HELD:
            self.held += 1
        elif outcome.status is RowStatus.REJECTED:
            self.refused += 1
            self._add("refused", outcome.row, outcome.field, outcome.why)
            if len(self.refusals) < SHOWN:
                self.refusals.append(outcome)

    def take(self, change: RecordChange) -> None:
        """Count a record that is not as it was."""
        whole = (change.before, change.uscc_before, change.after, change.uscc_after)
        self._add("record", change.kind, change.record_id, *whole)
        if not change.before:
            self.new += 1
        elif change.after:
            self.changed += 1
        passes = bool(change.uscc_before) and change.uscc_after != change.uscc_before
        gone = bool(change.before) and not change.after
        if passes or gone or (change.facts is not None and ends_earlier(*change.facts)):
            self.end(Ended(change.kind, change.record_id, change.uscc_before))

    def end(self, ended: Ended) -> None:
        """Count what ends."""
        self.ended.append(ended)
        self._add("ended", ended.kind, ended.record_id, ended.uscc)

    def shift(self, shift: EnterpriseShift) -> None:
        """Count an enterprise whose answers change."""
        self.shifts.append(shift)
        self._add("shift", shift.relieved, shift.uscc, shift.before, shift.after)

    def difference(self, revision: int, day: date, rules: str) -> Difference:
        """Return the whole."""
        relieved = sum(shift.relieved for shift in self.shifts)
        self._add("counts", self.unchanged, self.held, self.refused)
        return Difference(
            digest=self.digest.hexdigest(),
            revision=revision,
            since=day,
            rules=rules,
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            ended=len(self.ended),
            held=self.held,
            refused=self.refused,
            restricted=len(self.shifts) - relieved,
            relieved=relieved,
            ended_records=tuple(sorted(self.ended)[:SHOWN]),
            refusals=tuple(self.refusals),
        )

    def _add(self, *said: object) -> None:
        self.digest.update(canonical.encode(list(said)) + b"\n")
