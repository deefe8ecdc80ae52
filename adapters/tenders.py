"""A tender in the platform's words: project and bidder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.participation import Participant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.participation import Cutoff


@dataclass(frozen=True, slots=True)
class Project:
    """A project out to tender, or one lot of it.

    Attributes:
        case_ref: The platform's project number, 1 to 128 bytes.
        region: Division code of its place, 6 digits; None: not yet known, which registration alone allows.
        must_be_tendered: The law requires a tender; None likewise.
        state_funds: State funds are used; None likewise.
        cutoff: What the tender document says of a cut-off; None likewise.
        lot: Lot within the tender, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    region: str | None
    must_be_tendered: bool | None
    state_funds: bool | None
    cutoff: Cutoff | None
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Bidder(Participant):
    """Who bids, alone or as a consortium."""


@dataclass(frozen=True, slots=True)
class OcdsBids:
    """What an OCDS release does not say about its bids.

    Attributes:
        officer: Who asks.
        consortium: Party id of each consortium's lead, with the party ids of all its other members.
    """

    officer: str
    consortium: Mapping[str, Sequence[str]]
