"""What can go wrong between a deciding system and the gateway.

Two trees. ``GatewayError`` says that one call got no answer, in the gateway's published words. ``NotClearedError``
says that a decision may not go ahead, whatever the cause: "no" and "no answer" are its children alike, so that one
``except`` fails closed::

    NotClearedError
    ├── RestrictedError           the answer is no
    ├── UnverifiableError         recorded, but nothing that may be relied upon
    ├── NoAnswerError             network, deadline, the gateway unavailable
    ├── QuestionRefusedError      the question is wrong or not permitted
    ├── JournalUnavailableError   our own record cannot be written
    ├── ConditionNotMetError      the conditions of a conditional answer are not all met
    ├── PersonConditionError      the same of an answer about a person
    └── GateClosedError           a final act without what must precede it
        ├── MembersChangedError   a consortium is no longer the one that was reviewed
        └── ClearanceExpiredError a clearance is used after its time

This module decides nothing and sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import grpc

    from adapters.answers import Answer
    from adapters.away import WhenAway
    from adapters.clearance import ConditionalClearance
    from adapters.persons import PersonConditional
    from formats.bulletin import ListedFacts

NO_ANSWER = "NO_ANSWER"
"""``GatewayError.reason`` where the gateway itself said nothing: the network, a proxy, a deadline."""


class SettingsError(ValueError):
    """What an adapter was configured with cannot be used; the message names the file or the key."""


class GatewayError(Exception):
    """One call got no answer.

    Attributes:
        code: The gRPC status.
        reason: A name of ``jointsanctions.v1.ErrorReason`` without its prefix, or ``NO_ANSWER``.
        metadata: What is variable, such as ``{"field": "enterprise.uscc"}``; empty for ``NO_ANSWER``.
        message: For people.
    """

    def __init__(self, code: grpc.StatusCode, reason: str, metadata: Mapping[str, str], message: str) -> None:
        super().__init__(f"{code.name} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.metadata = dict(metadata)
        self.message = message

    @property
    def retry_after_seconds(self) -> float | None:
        """After how long the gateway may be asked again, where it says so (over a quota); None where it does not."""
        stated = self.metadata.get("retry_after_ms", "")
        return int(stated) / 1000 if stated.isascii() and stated.isdigit() else None


class NotClearedError(Exception):
    """The decision may not go ahead.

    Attributes:
        reason: A stable word for programs, such as ``"EXPIRED"``.
        answer: The gateway's answer, or None where there was none.
        number: The journal's number of the question that was answered so; None where there was no answer.
    """

    def __init__(self, message: str, *, reason: str, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.answer = answer
        self.number: int | None = None


class RestrictedError(NotClearedError):
    """The competent body must not approve; ``answer.measures`` say on what ground."""


class UnverifiableError(NotClearedError):
    """The gateway could not say, or said it in a way that may not be relied upon: wait, or use the manual channel."""


class NoAnswerError(NotClearedError):
    """Nothing was answered: the network failed, time ran out, or the gateway could not record.

    Whatever a bulletin says beside it, this is no clearance and no restriction.

    Attributes:
        pending: The journal's number of the question, which is asked again once the gateway is back; None where it is
            not.
        meanwhile: What the area does until then.
        hold: A valid bulletin lists one of the parties, and at this point that weighs: the act is to be held.
        listings: What the bulletin says of them; empty where it says nothing.
        bulletin: How the bulletin stands: ``"VALID"``, or why nothing can be taken from it, such as ``"EXPIRED"``.
    """

    pending: int | None = None
    meanwhile: WhenAway | None = None
    hold: bool = False
    listings: tuple[ListedFacts, ...] = ()
    bulletin: str = "NONE"


class QuestionRefusedError(NotClearedError):
    """The question is malformed or not permitted; asking again unchanged is useless.

    Attributes:
        field: The field at fault as the wire names it; empty where none was named.
    """

    def __init__(self, message: str, *, reason: str, field: str = "") -> None:
        super().__init__(message, reason=reason)
        self.field = field


class JournalUnavailableError(NotClearedError):
    """The journal cannot be read or written, so nothing may be asked, used or granted."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="JOURNAL_UNAVAILABLE")


class ConditionNotMetError(NotClearedError):
    """A conditional answer is not yet a clearance.

    Attributes:
        conditional: What can still be fulfilled.
        missing: One line for each thing that is missing, with the rule that asks for it.
    """

    def __init__(self, conditional: ConditionalClearance, missing: tuple[str, ...]) -> None:
        super().__init__("; ".join(missing), reason="CONDITION_NOT_MET", answer=conditional.answer)
        self.conditional = conditional
        self.missing = missing
        self.number = conditional.number


class PersonConditionError(NotClearedError):
    """An answer about a person waits for an officer.

    Attributes:
        conditional: What can be confirmed or fulfilled.
        missing: One line for each thing that is missing.
    """

    def __init__(self, conditional: PersonConditional, missing: tuple[str, ...]) -> None:
        super().__init__("; ".join(missing), reason="CONDITION_NOT_MET", answer=conditional.answer)
        self.conditional = conditional
        self.missing = missing
        self.number = conditional.number


class GateClosedError(NotClearedError):
    """A final act without what must precede it (A-122)."""


class MembersChangedError(GateClosedError):
    """The members are not those of the qualification review: the bid is void (BR 37, A-102)."""


class ClearanceExpiredError(GateClosedError):
    """The clearance is past its ``valid_until``: ask again."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message, reason="EXPIRED", answer=answer)
