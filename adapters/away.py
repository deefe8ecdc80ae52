"""What an area does while the gateway gives no answer: it waits, holds the act, or goes on under reservation (X-10).

Configuration with its legal note, by decision point. Nothing here clears anybody: what went on under reservation is a
``ReservedGrant``, which no gate takes, and is examined as soon as the gateway is back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

MOST_NOTE = 500
"""Bytes of a legal note in one language."""


class WhenAway(StrEnum):
    """What a deciding system does with an act about which nobody answered."""

    WAIT = "WAIT"
    """Nothing yet: the case stays where it is until it is answered. So does every point without configuration."""
    HOLD = "HOLD"
    """The act is stopped formally, and its applicant told why, until it is answered."""
    UNDER_RESERVATION = "UNDER_RESERVATION"
    """The act goes on, revocable, and is examined when the answer comes."""


@dataclass(frozen=True, slots=True)
class LegalNote:
    """On what law an area goes on without an answer, for people."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PointAway:
    """What is done at one decision point.

    Attributes:
        point: Which.
        action: What.
        note: On what ground; must be given, in both languages, where the act goes on.

    Raises:
        ValueError: An act is to go on without a note, or the note is incomplete or longer than 500 bytes.
    """

    point: common_pb2.DecisionPoint.ValueType
    action: WhenAway
    note: LegalNote | None = None

    def __post_init__(self) -> None:
        if self.note is None:
            if self.action is WhenAway.UNDER_RESERVATION:
                raise ValueError("what goes on under reservation needs a legal note (X-10)")
        elif not all(text.strip() and len(text.encode()) <= MOST_NOTE for text in (self.note.zh, self.note.en)):
            raise ValueError(f"a legal note has a Chinese and an English text of at most {MOST_NOTE} bytes")


WAGES_GO_ON = LegalNote(
    "工资专用账户及经该账户支付的工资不因惩戒停止（国务院令第724号第二十七条、第三十三条）；查询恢复后补查。",
    "Wage accounts and wages paid through them are not stopped by a sanction (State Council Decree 724, arts. 27 and "
    "33); the check is made once the gateway is back.",
)
"""The note of the points through which wages flow."""


@dataclass(frozen=True, slots=True)
class ReservedGrant:
    """An act that went on although nobody answered. It is no clearance and no grant: gates refuse it.

    Attributes:
        decision_point: At which it went on.
        case_ref: Case number.
        part: Part of the case, such as a lot; empty: the whole.
        parties: Codes of the lead and all members.
        reserved_at: When, UTC.
        number: The journal's number of the question that waits for its answer.
        note: The legal note under which it went on.
    """

    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    parties: frozenset[str]
    reserved_at: datetime
    number: int
    note: LegalNote
