"""What a cold start reads of a whole city: profiles as they lie, and of whom there is more than profiles.

Nearly every enterprise has profiles and nothing that weighs. Making a dossier of each would take most of a start, so
that these are read here in two statements, and only the others by ``dossiers``.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import EnterpriseKind, Provenance
from gateway.storage import content, tables
from gateway.storage.dossiers import ROWS_AT_ONCE, known_at, read_related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

_profile = tables.enterprise_profile.c
_OWN = (_profile.uscc, _profile.name, _profile.nonconforming, _profile.revision_from, _profile.record_id)
_OF_HISTORY = (
    _profile.valid_from,
    _profile.kind,
    _profile.construction_unit,
    _profile.business_status,
    _profile.provenance,
)
"""All that a timeline looks at; what else a profile has is not read."""
History = tuple[tuple[Any, ...], ...]


def read_profiled(connection: Connection, revision: int) -> Iterator[tuple[str, tuple[str, ...], bool, History]]:
    """Yield (code, names, whether the code is nonconforming, history of its profiles) of whoever has a profile.

    In order of code. Equal histories, and nothing that weighs, equal timelines.
    """
    table = tables.enterprise_profile
    wanted = select(*_OWN, *_OF_HISTORY).where(known_at(table, revision)).order_by(table.c.uscc)
    own = len(_OWN)
    with connection.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
        for uscc, found in groupby(result, key=itemgetter(0)):
            rows = list(found)
            if len(rows) == 1:
                (row,) = rows
                yield uscc, (row[1],), row[2], (row[own:],)
            else:
                rows.sort(key=_in_order)
                names = tuple(dict.fromkeys(row.name for row in rows))
                yield uscc, names, any(row.nonconforming for row in rows), tuple(row[own:] for row in rows)


def _in_order(row: Row[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return row.valid_from, row.revision_from, row.record_id


def dossier_of(history: History) -> Dossier:
    """Return the file of anybody with this history and nothing that weighs; ``ValueError`` for a word not known."""
    profiles = (
        EnterpriseProfile(
            record_id="",
            name="",
            provenance=Provenance(provenance),
            valid_from=since,
            kind=None if kind is None else EnterpriseKind(kind),
            construction_unit=unit,
            business_status=BusinessStatus(status),
        )
        for since, kind, unit, status, provenance in history
    )
    return Dossier("", tuple(profiles))


def read_others(connection: Connection, revision: int) -> tuple[set[str], set[str]]:
    """Return the codes of which there is any fact, and those of which more than profiles may weigh.

    Both may hold codes of which that was known at another revision only.
    """
    fact = tables.simple_record.c
    known: set[str] = set()
    weighing: set[str] = set()
    kinds = select(fact.uscc, fact.kind).group_by(fact.uscc, fact.kind)
    with connection.execute(kinds, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
        for uscc, kind in result:
            known.add(uscc)
            if kind not in content.WEIGHTLESS:
                weighing.add(uscc)
    related = read_related(connection, revision)
    return known, weighing | related.listings.keys() | related.relations.keys()
