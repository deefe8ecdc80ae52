"""Where silences are kept that are evidence, each with the audit entry that establishes it.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.referral_silence import Silence


@dataclass(frozen=True, slots=True)
class EstablishedSilence:
    """A silence as it is kept. ``number`` is that of its entry in the queue of ``writer``; None while it is owed."""

    silence: Silence
    writer: str
    """Of the entry; while it is owed, of the process that writes it."""
    claimed_at: datetime
    """When that process took it upon itself, UTC."""
    number: int | None = None


class SilenceStore(Protocol):
    """The silences of all cases, each once. Blocking: call it in a thread."""

    def of_case(self, referral_id: str) -> list[EstablishedSilence]:
        """Return those of a case, in the order of their entries, recipients and bounds; empty when there are none."""

    def establish(self, silences: Sequence[Silence], writer: str, at: datetime) -> list[EstablishedSilence]:
        """Keep those that are not kept yet, owed by *writer* from *at* on, and return them."""

    def owed(self, writer: str, at: datetime, before: datetime) -> list[EstablishedSilence]:
        """Return what *writer* owes, with what others have owed since before *before*: it takes that over at *at*."""

    def recorded(self, silence: Silence, writer: str, number: int) -> None:
        """Note by which entry a silence is established, unless that is known already."""
