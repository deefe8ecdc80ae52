"""Who takes part in a procedure, in words that several areas share: alone or together, from when records count.

What a party is called in one area (bidder, supplier, borrower) is that area's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import credit_pb2

from adapters.errors import NotClearedError
from adapters.questions import Applicant, Party

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.clearance import Standing
    from adapters.questions import Related

W = TypeVar("W")


class Form(Enum):
    """Whether somebody takes part alone."""

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
class Enterprise:
    """One enterprise that applies on its own, a branch as much as a head office.

    Attributes:
        uscc: Its code.
        name: Its full name; empty: not sent.
        related: Related parties known to the agency (A-101); each weighs at most REVIEW.
    """

    uscc: str
    name: str = ""
    related: tuple[Related, ...] = ()

    def applicant(self, facts: credit_pb2.CaseFacts | None = None) -> Applicant:
        """Return whom the engine asks about; *facts* are those of the case, None where the area needs none."""
        return Applicant(Party(self.uscc, self.name), related=self.related, facts=facts)


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part, alone or as a consortium.

    Attributes:
        uscc: Code of the enterprise, or of the consortium's lead.
        name: Its full name; empty: not sent.
        form: Alone, or as a consortium.
        members: All *other* members; at least one for a consortium, none otherwise (A-102).
        related: Related parties known to the agency (A-101).
    """

    uscc: str
    name: str
    form: Form
    members: tuple[Party, ...] = ()
    related: tuple[Related, ...] = ()

    def applicant(self, facts: credit_pb2.CaseFacts | None) -> Applicant:
        """Return whom the engine asks about, with the facts of the case."""
        return Applicant(
            lead=Party(self.uscc, self.name),
            members=self.members,
            consortium=self.form is Form.CONSORTIUM,
            related=self.related,
            facts=facts,
        )


@dataclass(frozen=True, slots=True)
class Result(Generic[W]):
    """What became of one of several.

    Attributes:
        who: Who.
        result: Its standing, or the error that stopped it.
    """

    who: W
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
class Results(Generic[W]):
    """What became of all who were asked about at once.

    Attributes:
        results: One for each, in the order given.
        calls: How many calls carried an answer. Up to 1,000 go into one and were decided at one data revision; more
            than one means that this is not so.
    """

    results: tuple[Result[W], ...]
    calls: int

    @property
    def one_revision(self) -> bool:
        """All answers come from one data revision."""
        return self.calls <= 1
