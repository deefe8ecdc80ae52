"""``SqlHistory``: the store read for any revision, and what the index in memory needs to follow the newest.

Everything is read as it was known at the revision that is asked for, so that several reads of one revision agree
although others write meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select, tuple_

from gateway.domain.kinds.five_systems import FiveSystems
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.domain.kinds.wage_deposit import WageDeposit
from gateway.domain.records import Unresolved
from gateway.services.ports.register import FeedState
from gateway.storage import content, tables
from gateway.storage.dossiers import known_at, read_dossiers
from gateway.storage.engine import is_sqlite, reading
from gateway.storage.known import batches
from gateway.storage.notices import RevisionNotices
from gateway.storage.profiled import read_others, read_profiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Engine

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.storage.profiled import History

_PROJECTS: Final = (FiveSystems.wire_name, WageDeposit.wire_name)
"""Kinds of records that are about a project."""
_REVISION: Final = tables.revision.c
_HEAD: Final = select(tables.head.c.revision)
_NEWEST: Final = select(tables.head.c.revision, _REVISION.committed_at).select_from(
    tables.head.outerjoin(tables.revision, _REVISION.id == tables.head.c.revision)
)
"""Asked many times a second, so that it is built once."""


class Standing(NamedTuple):
    """A revision and when it was committed (UTC; None for 0, which nobody committed).

    By both together it is told from one that got the same number after the first was lost.
    """

    revision: int
    committed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed between two revisions: codes of enterprises, and normalised names of notices held."""

    codes: frozenset[str]
    name_keys: frozenset[str]


class SqlHistory:
    """The port ``History`` on a database whose tables are current, and more. Blocking; safe to use from threads.

    A relation is one that any profile known at the revision states, past and coming ones included, to an enterprise
    with a listing: changing the representative does not end what a listing weighs (invariant 7). Every method raises
    ``StoreUnavailableError`` when the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self) -> int:
        """Return the newest revision; 0 when there is none."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(_HEAD).scalar_one()
            return newest

    def newest(self) -> Standing:
        """Return the newest revision."""
        with reading(self._engine) as connection:
            return Standing(*connection.execute(_NEWEST).one())

    def standing(self, revision: int) -> Standing | None:
        """Return a revision as the store has it; None when it has none of that number."""
        with reading(self._engine) as connection:
            wanted = select(_REVISION.id, _REVISION.committed_at).where(_REVISION.id == revision)
            found = connection.execute(wanted).one_or_none()
            return None if found is None else Standing(*found)

    def store_clock(self) -> datetime | None:
        """Return the database server's present instant; None where the database is this machine's own."""
        if is_sqlite(self._engine):
            return None
        with reading(self._engine) as connection:
            instant: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            return instant

    def notices(self, heard: Callable[[], None]) -> RevisionNotices:
        """Return what calls *heard*, in a thread of its own, when there may be a newer revision; never on SQLite."""
        return RevisionNotices(self._engine, heard)

    def revision_at(self, instant: datetime) -> int:
        """Return the newest revision committed by *instant*; 0 when there is none."""
        column = tables.revision.c
        with reading(self._engine) as connection:
            newest = connection.execute(select(func.max(column.id)).where(column.committed_at <= instant)).scalar()
            return newest or 0

    def dossier(self, uscc: str, revision: int) -> Dossier | None:
        """Return everything known of an enterprise at *revision*; None when nothing was."""
        with reading(self._engine) as connection:
            return next((dossier for dossier, _ in read_dossiers(connection, revision, [uscc])), None)

    def dossiers(
        self, revision: int, codes: Iterable[str] | None = None, *, weightless: bool = True
    ) -> Iterator[tuple[Dossier, bool]]:
        """Yield every dossier at *revision*, or those of *codes*, in order of code; what nothing is known of is absent.

        With each, whether its code fails GB 32100-2015 and the master feed has it. Without *weightless* the facts that
        no timeline depends on (``content.WEIGHTLESS``) are left out: nearly all of a city's.
        """
        with reading(self._engine) as connection:
            for batch in [None] if codes is None else batches(codes):
                yield from read_dossiers(connection, revision, batch, weightless=weightless)

    def profiled(self, revision: int) -> Iterator[tuple[str, tuple[str, ...], bool, History]]:
        """Yield whoever has a profile at *revision*, as ``read_profiled`` does."""
        with reading(self._engine) as connection:
            yield from read_profiled(connection, revision)

    def others(self, revision: int) -> tuple[set[str], set[str]]:
        """Return of whom there is any fact, and of whom more than profiles may weigh, as ``read_others`` does."""
        with reading(self._engine) as connection:
            return read_others(connection, revision)

    def project_records(self, codes: Iterable[str], revision: int) -> dict[str, tuple[Fact, ...]]:
        """Return the records of projects at *revision*, by code; a code without any is absent.

        They are most of a city's records, so that no index in memory holds them.
        """
        table = tables.simple_record
        found: dict[str, list[Fact]] = {}
        with reading(self._engine) as connection:
            for batch in batches(codes):
                wanted = select(table).where(
                    table.c.uscc.in_(batch), table.c.kind.in_(_PROJECTS), known_at(table, revision)
                )
                for row in connection.execute(wanted):
                    found.setdefault(row.uscc, []).append(content.decode(row.kind, row.record_id, row.content))
        return {code: tuple(records) for code, records in found.items()}

    def touched(self, after: int, upto: int) -> Touched:
        """Return what the revisions in (after, upto] changed, relations included."""
        with reading(self._engine) as connection:
            codes, names = (
                frozenset(
                    connection.execute(
                        select(table.c[column]).where(table.c.revision > after, table.c.revision <= upto).distinct()
                    ).scalars()
                )
                for table, column in ((tables.touched, "uscc"), (tables.touched_name, "name_key"))
            )
        return Touched(codes, names)

    def unresolved(self, revision: int, name_keys: Iterable[str] | None = None) -> dict[str, tuple[Unresolved, ...]]:
        """Return the notices held at *revision* by normalised name, of all names or of *name_keys*, in order of id."""
        column = tables.held_notice.c
        wanted = select(tables.held_notice).where(known_at(tables.held_notice, revision)).order_by(column.record_id)
        chosen = [wanted] if name_keys is None else [wanted.where(column.name_key.in_(b)) for b in batches(name_keys)]
        found: dict[str, list[Unresolved]] = {}
        with reading(self._engine) as connection:
            for statement in chosen:
                for row in connection.execute(statement):
                    fact = content.decode(row.kind, row.record_id, row.content)
                    found.setdefault(row.name_key, []).append(_unresolved(fact, row.name))
        return {key: tuple(notices) for key, notices in found.items()}

    def feeds(self, revision: int) -> dict[str, FeedState]:
        """Return the last confirmation of every feed that ever had one, as of *revision*."""
        column = tables.feed_confirmation.c
        last = select(column.feed, func.max(column.revision)).where(column.revision <= revision).group_by(column.feed)
        wanted = select(column.feed, column.current_until).where(tuple_(column.feed, column.revision).in_(last))
        with reading(self._engine) as connection:
            return {feed: FeedState(feed, until) for feed, until in connection.execute(wanted)}


def _unresolved(fact: Fact, name: str) -> Unresolved:
    if not isinstance(fact, PublishedNotice):
        raise content.ContentError(f"record {fact.record_id}: only published notices are held")
    return Unresolved(fact.record_id, name, fact.notice_list, fact.authority, fact.document_number, fact.published_on)
