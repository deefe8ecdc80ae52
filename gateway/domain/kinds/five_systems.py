"""Five systems (五项制度): of one project, as checked on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Fault, Faults, Limit


class SystemStatus(StrEnum):
    """State of one of the five systems of a project (G-02)."""

    OK = "OK"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNKNOWN = "UNKNOWN"


class AccountFunding(StrEnum):
    """Whether a wage account gets what was agreed; its bank reports when it does not (R724 art. 29)."""

    FUNDED = "FUNDED"
    UNFUNDED = "UNFUNDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveSystems(Fact):
    """The five systems of one project, as checked on a day (G-02). Shown with the grade; never lowers it."""

    wire_name: ClassVar[str] = "five_systems"
    begins: ClassVar[str] = "checked_on"
    decided: ClassVar[Decided] = Decided.BY_NOBODY
    weighs: ClassVar[bool] = False

    project: Annotated[str, Limit(128)]
    real_name: SystemStatus
    wage_account: SystemStatus
    agent_payment: SystemStatus
    deposit: SystemStatus
    notice_board: SystemStatus
    checked_on: date
    evidence_ref: Annotated[str, Limit(200)] = ""
    """The source's own reference of what was checked."""
    project_region: Annotated[str, Limit(64)] = ""
    """Division code of the project's place."""
    wage_account_funding: AccountFunding | None = None
    """As its bank reports; None when it is not known."""

    def faults(self) -> Faults:
        """Yield what is wrong with the fields: only an account that is there is funded, or is not."""
        yield from self.in_division("project_region")
        if self.wage_account_funding is not None and self.wage_account is not SystemStatus.OK:
            yield Fault("wage_account_funding", "is only for a wage account that is there")
