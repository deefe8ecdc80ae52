"""Whether each erased entry was ordered to be erased: by a run of retention that is on record, and as it says (I-58).

``audit_verify`` looks at one entry by itself, and what stands in the place of a body can be written by whoever can
write to the database. A run names its stretch, and how many of each class are due in it; more than that, or anything
outside, nobody ordered.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from formats import canonical
from formats.civil import civil_date
from gateway.domain.retention import BEGUN, RUN
from gateway.storage.audit_reader import read_entries, read_numbered
from gateway.storage.audit_tables import entries
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.domain.audit import Entry
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

AT_ONCE = 500
"""Entries read at once."""


class ErasedEntries:
    """Looks at every erased entry of every queue. Blocking; the longer the record, the longer it takes."""

    def __init__(self, place: FolderPlace | DatabasePlace) -> None:
        self._place = place
        self._runs: dict[str, Mapping[str, Any] | None] = {}
        self._used: Counter[tuple[str, str]] = Counter()
        self.count = 0
        """Entries looked at so far."""

    def unordered(self) -> Iterator[tuple[str, int, str]]:
        """Yield (writer, number, what is wrong) of each entry that was not erased as a recorded run ordered.

        Raises:
            StoreUnavailableError: A database failed.
        """
        for writer, engine in sorted(self._place.readers().items()):
            after = -1
            while True:
                wanted = (
                    select(entries.c.number)
                    .where(entries.c.writer == writer, entries.c.number > after, func.length(entries.c.salt) == 0)
                    .order_by(entries.c.number)
                    .limit(AT_ONCE)
                )
                with reading(engine) as connection:
                    numbers = list(connection.execute(wanted).scalars())
                if not numbers:
                    break
                after = numbers[-1]
                for entry in read_numbered(engine, writer, numbers).values():
                    self.count += 1
                    if why := flaw(entry) or self._disorder(entry):
                        yield writer, entry.number, why

    def _disorder(self, entry: Entry) -> str:
        """Return how an erased entry, sound by itself, differs from what its run ordered; empty when it does not."""
        said: Any = canonical.decode(entry.body)["erased"]  # type: ignore[index]  # flaw has seen to that
        run = self._run(said["run"])
        if run is None:
            return f"no run is on record as {said['run']}"
        told = run["retention"]
        if told.get("writer") != entry.writer or not told.get("first", 0) <= entry.number <= told.get("last", -1):
            return f"the run {said['run']} did not order it"
        if said["on"] > run["on"]:
            return f"the run {said['run']} was before that day"
        key = (said["run"], said["class"])
        self._used[key] += 1
        if self._used[key] > told.get("due", {}).get(said["class"], 0):
            return f"the run {said['run']} ordered fewer of the class {said['class']}"
        return ""

    def _run(self, named: str) -> Mapping[str, Any] | None:
        """Return what a run's entry says, and its civil day; None when there is no such entry, whole and sound."""
        if named not in self._runs:
            self._runs[named] = self._read_run(named)
        return self._runs[named]

    def _read_run(self, named: str) -> Mapping[str, Any] | None:
        writer, _, number = str(named).rpartition("/")
        engine = self._place.readers().get(writer)
        if engine is None or not (number.isascii() and number.isdigit()):
            return None
        found = read_entries(engine, writer, int(number), 1, with_lines=True)
        if not found or found[0].number != int(number) or found[0].erased or flaw(found[0]):
            return None
        body: Any = canonical.decode(found[0].body)
        if body.get("method") != RUN or body.get("outcome") != BEGUN or not isinstance(body.get("retention"), dict):
            return None
        return {"retention": body["retention"], "on": civil_date(found[0].time).isoformat()}
