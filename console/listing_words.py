"""A listing's steps, stages and conditions in words, and what is said with a step or a record, by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import listing_pb2 as pb

from console.texts import texts
from console.wire_words import word

if TYPE_CHECKING:
    from console.words import Words


class RecordWords:
    """What a template of records and listings calls; what this version has no word for is shown as it came."""

    def __init__(self, words: Words) -> None:
        """Speak the language of *words*."""
        self._words = words

    def act(self, number: int) -> str:
        """Return the word of a step."""
        return word(pb.ListingActKind, number, "act", self._words)

    def stage(self, number: int) -> str:
        """Return the word of a stage."""
        return word(pb.ListingStage, number, "stage", self._words)

    def condition(self, number: int) -> str:
        """Return the word of what is also true."""
        return word(pb.ListingCondition, number, "condition", self._words)

    def hindrance(self, number: int) -> str:
        """Return the word of why a step cannot be taken."""
        return word(pb.ListingHindrance, number, "hindrance", self._words)

    def act_named(self, name: str) -> str:
        """Return the word of a step that the gateway named in a refusal, such as ``PRE_NOTICE``."""
        return self._named("act", name)

    def hindrance_named(self, name: str) -> str:
        """Return the word of a hindrance that it named there."""
        return self._named("hindrance", name)

    def _named(self, section: str, name: str) -> str:
        known = texts(f"console.{section}")
        return self._words.pair(known[name.lower()]) if name.lower() in known else name

    def field(self, name: str) -> str:
        """Return the word of a field by its name on the wire, such as ``chain.order_number``."""
        known, flat = texts("console.said"), name.replace(".", "_")
        return self._words.pair(known[flat]) if flat in known else name
