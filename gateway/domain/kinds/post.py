"""Post (任职): who holds which post in an enterprise, from when to when. Information for HRSS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Faults, PersonKey


class PostName(StrEnum):
    """A post that the law speaks of (L-04), or the registry has."""

    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"
    PRINCIPAL = "PRINCIPAL"
    DIRECTLY_RESPONSIBLE_OFFICER = "DIRECTLY_RESPONSIBLE_OFFICER"
    OTHER_RESPONSIBLE = "OTHER_RESPONSIBLE"
    DIRECTOR = "DIRECTOR"
    SUPERVISOR = "SUPERVISOR"
    MANAGER = "MANAGER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Fact):
    """A post held in [held_from, held_until), or until now.

    It changes no effect (invariant 7): a listed person reaches another enterprise only as the legal representative
    that its profile names (A-100).
    """

    wire_name: ClassVar[str] = "post"
    begins: ClassVar[str] = "held_from"
    ends: ClassVar[str] = "held_until"
    decided: ClassVar[Decided] = Decided.BY_NOBODY
    weighs: ClassVar[bool] = False

    person: PersonKey
    post: PostName
    held_from: date
    held_until: date | None

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("held_from", "held_until")
