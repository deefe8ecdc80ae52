"""``SqlRegisteredNames``: when each enterprise bore which name, and which others its profiles name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.services.ports.names import RegisteredName
from gateway.storage import tables
from gateway.storage.dossiers import known_at
from gateway.storage.engine import reading
from gateway.storage.known import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

_table: Final = tables.enterprise_profile
_profile: Final = _table.c
_ORDER: Final = (_profile.valid_from, _profile.revision_from, _profile.record_id)
_OWN: Final = (
    _profile.uscc,
    _profile.name,
    _profile.valid_from,
    _profile.head_office_uscc,
    _profile.successor_of_uscc,
    _profile.business_status,
)


class SqlRegisteredNames:
    """The port ``RegisteredNames``. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, codes: Iterable[str], revision: int) -> dict[str, tuple[RegisteredName, ...]]:
        """Return the profiles at *revision*; see the port."""
        found: dict[str, list[RegisteredName]] = {}
        with reading(self._engine) as connection:
            for batch in batches(codes):
                wanted = select(*_OWN).where(_profile.uscc.in_(batch), known_at(_table, revision)).order_by(*_ORDER)
                for uscc, name, since, head_office, predecessor, status in connection.execute(wanted):
                    registered = RegisteredName(
                        name, since, head_office or "", predecessor or "", BusinessStatus(status)
                    )
                    found.setdefault(uscc, []).append(registered)
        return {code: tuple(profiles) for code, profiles in found.items()}

    def successors(self, code: str, revision: int) -> list[str]:
        """Return who is its successor; see the port."""
        wanted = select(_profile.uscc).where(_profile.successor_of_uscc == code, known_at(_table, revision)).distinct()
        with reading(self._engine) as connection:
            return sorted(connection.execute(wanted).scalars())
