"""A tender in the platform's words: project, bidder, and what became of the bidders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Self

from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import credit_pb2

from adapters.errors import NotClearedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.clearance import Standing
    from adapters.questions import Party, Related


class Form(Enum):
    """Whether a bidder comes alone."""

    SINGLE = credit_pb2.PARTICIPATION_FORM_SINGLE
    """Alone."""
    CONSORTIUM = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    """As a consortium (联合体), all members named."""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What the tender document says of the instant at which credit records are looked at (A-124).

    Attributes:
        instant: The instant it fixes, with a time zone; None where it fixes none. ``at`` and ``not_fixed`` say which.
    """

    instant: datetime | None

    def __post_init__(self) -> None:
        if self.instant is not None and self.instant.utcoffset() is None:
            raise ValueError(f"the cut-off {self.instant.isoformat()} has no time zone")

    @classmethod
    def at(cls, instant: datetime) -> Self:
        """Return the cut-off at *instant*, past or ahead; raises ``ValueError`` when it has no time zone."""
        return cls(instant)

    @classmethod
    def not_fixed(cls) -> Self:
        """Return that the document fixes none: what weighs when it is asked counts."""
        return cls(None)

    def to_pb(self) -> tuple[credit_pb2.CutoffRule.ValueType, Timestamp | None]:
        """Return the rule and the instant as the wire has them."""
        if self.instant is None:
            return credit_pb2.CUTOFF_RULE_NOT_FIXED, None
        stamp = Timestamp()
        stamp.FromDatetime(self.instant)
        return credit_pb2.CUTOFF_RULE_FIXED, stamp


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
class Bidder:
    """Who bids.

    Attributes:
        uscc: Code of the bidder, or of the consortium's lead.
        name: Its full name; empty: not sent.
        form: Alone, or as a consortium.
        members: All *other* members; at least one for a consortium, none otherwise.
        related: Related parties known to the platform (A-101).
    """

    uscc: str
    name: str
    form: Form
    members: tuple[Party, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class BidderResult:
    """What became of one bidder.

    Attributes:
        bidder: Who.
        result: Its standing, or the error that stopped it.
    """

    bidder: Bidder
    result: Standing | NotClearedError

    @property
    def error(self) -> NotClearedError | None:
        """What stopped it; None when nothing did."""
        return self.result if isinstance(self.result, NotClearedError) else None

    @property
    def standing(self) -> Standing:
        """Its clearance, or what may become one.

        Raises:
            NotClearedError: What stopped it.
        """
        if isinstance(self.result, NotClearedError):
            raise self.result
        return self.result


@dataclass(frozen=True, slots=True)
class TenderOutcome:
    """What became of all bidders of a tender.

    Attributes:
        results: One for each bidder, in the order given.
        calls: How many calls carried an answer. Up to 1,000 bidders go into one and were decided at one data revision;
            more than one means that this is not so.
    """

    results: tuple[BidderResult, ...]
    calls: int

    @property
    def one_revision(self) -> bool:
        """All answers come from one data revision."""
        return self.calls <= 1


@dataclass(frozen=True, slots=True)
class OcdsBids:
    """What an OCDS release does not say about its bids.

    Attributes:
        officer: Who asks.
        consortium: Party id of each consortium's lead, with the party ids of all its other members.
    """

    officer: str
    consortium: Mapping[str, Sequence[str]]
