"""Finding enterprises by what they are called: the names in memory, and when the store says that each was borne.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import date

    from gateway.domain.kinds.enterprise import BusinessStatus
    from gateway.services.ports.register import Indexed


class KnownNames(Protocol):
    """The names of every enterprise in memory, former ones too. Read on the event loop only."""

    async def ready(self) -> None:
        """Wait until every name is there: the first who asks has them read, which takes seconds for a large city.

        Raises:
            StoreUnavailableError: They are not there in time.
        """

    def bearing(self, name_key: str) -> list[Indexed]:
        """Return who bears or bore this normalised full name, in order of code; empty when nobody did."""

    def with_organisation_code(self, code: str) -> list[Indexed]:
        """Return whose unified code has these nine characters at positions 9 to 17, in order of code (I-07)."""

    async def near(self, name_key: str, most: int, turn: Callable[[], Awaitable[None]]) -> list[Indexed]:
        """Return at most *most* enterprises whose names share the most with this one, in no order.

        It awaits *turn* between its steps, none of which takes longer than a question.
        """


@dataclass(frozen=True, slots=True)
class RegisteredName:
    """What market regulation says of one enterprise from a day on."""

    name: str
    valid_from: date
    head_office_uscc: str
    """Of a branch; empty for others."""
    predecessor_uscc: str
    """Of whose rights and duties it is the successor; empty for others."""
    business_status: BusinessStatus


class RegisteredNames(Protocol):
    """The store's profiles of enterprises. Blocking: call it in a thread."""

    def of(self, codes: Iterable[str], revision: int) -> Mapping[str, tuple[RegisteredName, ...]]:
        """Return the profiles at *revision* in order of ``valid_from``, by code; who has none is absent.

        Raises:
            StoreUnavailableError: The database failed.
        """

    def successors(self, code: str, revision: int) -> list[str]:
        """Return the codes of those whose present profiles name *code* as their predecessor, in order (X-17).

        Raises:
            StoreUnavailableError: The database failed.
        """
