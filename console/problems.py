"""What the gateway would not answer, in words: what happened, which field, and what to tell whoever helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.texts import texts
from formats.resident_ids import mask_resident_ids

if TYPE_CHECKING:
    from adapters.errors import GatewayError
    from console.words import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or failure.

    Attributes:
        text: What happened and what to do, in the reader's language.
        field: The field at fault as the wire names it; empty where none was named.
        detail: Status, reason and message as the gateway said them.
    """

    text: str
    field: str
    detail: str

    @property
    def fact(self) -> str:
        """The last part of the field's name, by which a form finds it."""
        return self.field.rpartition(".")[2]


def problem_of(error: GatewayError, words: Words) -> Problem:
    """Return a failed call in words; a resident's number in it is masked."""
    known = texts("console.refused")
    why = error.metadata.get("why", "")
    named = (f"{error.reason}_{why}".lower(), error.reason.lower(), error.code.name.lower())
    name = next((each for each in named if each in known), named[-1])
    said = f"{error.code.name} {error.reason}: {error.message}"
    details = "".join(f"; {key}={value}" for key, value in sorted(error.metadata.items()))
    return Problem(
        words(f"refused.{name}" if name in known else "refused.other"),
        error.metadata.get("field", ""),
        mask_resident_ids(said + details),
    )
