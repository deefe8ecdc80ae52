"""What the scripted gateway says to one question, as data: the right answer, changed in one respect or in several.

Without any change it is a CLEAR answer as the gateway itself would give it. A new way to answer wrongly is one more
field here and one line where ``answers`` or ``scripted`` makes it true.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

CLEAR, CONDITIONAL, UNVERIFIABLE, RESTRICTED = 1, 2, 3, 4
"""Verdicts, as ``jointsanctions.v1.Verdict`` numbers them."""
NONE, NOTICE, NO_CONVENIENCE, REVIEW, RAISE_SECURITY, BLOCK = 1, 2, 3, 4, 5, 6
"""Effects, as ``jointsanctions.v1.Effect`` numbers them."""
UNSET: Final = 0
UNKNOWN: Final = 99
"""A number that this version of the contract gives no meaning."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One scripted answer.

    Attributes:
        verdict: Number of the verdict.
        effects: Numbers of the effects of its measures, one measure each.
        decided: Whether there is a decision at all.
        holds_seconds: From now to ``valid_until``; None: it is not sent.
        as_of_seconds: From now to ``as_of``; None: it is not sent.
        preview: It is marked as an outlook.
        position: The place in the record: whole, not sent, without a writer, or with a leaf hash that is too short.
        about: The enterprise asked about, or another one.
        others: Members and related parties as asked about, none of them, or one more.
        items: Items of a batch: as asked; one left out; one said twice; two decisions under each other's ids.
        sent: The message as it is, cut off in the middle, bytes that are none, or no byte at all.
        late: It comes only after the deadline that the adapter was given.
        delay_ms: It comes so much later.
        status: Name of the gRPC status that is sent instead of an answer; empty: an answer is sent.
        reason: ``ErrorInfo.reason`` that goes with the status; empty: none does.
    """

    verdict: int = CLEAR
    effects: tuple[int, ...] = ()
    decided: bool = True
    holds_seconds: int | None = 3600
    as_of_seconds: int | None = 0
    preview: bool = False
    position: Literal["whole", "none", "no writer", "short hash"] = "whole"
    about: Literal["asked", "another"] = "asked"
    others: Literal["asked", "none", "one more"] = "asked"
    items: Literal["asked", "one missing", "one twice", "exchanged"] = "asked"
    sent: Literal["whole", "cut off", "noise", "nothing"] = "whole"
    late: bool = False
    delay_ms: int = 0
    status: str = ""
    reason: str = ""

    def changes(self) -> dict[str, object]:
        """Return what differs from the right answer, by name, as JSON values."""
        usual = asdict(Saying())
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != usual[name]
        }
