"""The facts of a case that the policy's rules may look at, and whether all that a point needs were sent.

How rules look at them is in ``conditions``; how the wire's are read, in ``gateway.rpc.questions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.fact import DIVISION
from gateway.domain.vocabulary import (
    Area,
    CutoffRule,
    FundKind,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FactValue = bool | int | str | date | IntEnum

FACT_TYPES: Final[Mapping[str, type[FactValue]]] = {
    "project_region": str,
    "must_be_tendered": bool,
    "state_funds": bool,
    "form": ParticipationForm,
    "lot": str,
    "tender_document_names_list": bool,
    "cutoff_rule": CutoffRule,
    "cutoff_at": datetime,
    "fund_kind": FundKind,
    "security_kind": SecurityKind,
    "contract_amount_fen": int,
    "application_kind": QualificationApplicationKind,
    "application_date": date,
}
"""The type of every case fact, by name."""

FACT_AREAS: Final[Mapping[str, frozenset[Area]]] = {
    "project_region": frozenset({Area.BIDDING, Area.GUARANTEE}),
    "must_be_tendered": frozenset({Area.BIDDING}),
    "state_funds": frozenset({Area.BIDDING}),
    "form": frozenset({Area.BIDDING, Area.PROCUREMENT}),
    "lot": frozenset({Area.BIDDING}),
    "tender_document_names_list": frozenset({Area.PROCUREMENT}),
    "cutoff_rule": frozenset({Area.BIDDING, Area.PROCUREMENT}),
    "cutoff_at": frozenset({Area.BIDDING, Area.PROCUREMENT}),
    "fund_kind": frozenset({Area.FUNDING}),
    "security_kind": frozenset({Area.GUARANTEE}),
    "contract_amount_fen": frozenset({Area.GUARANTEE}),
    "application_kind": frozenset({Area.QUALIFICATION}),
    "application_date": frozenset({Area.QUALIFICATION}),
}
"""The areas whose message on the wire has the fact."""

LOT_BYTES: Final = 64


def fact_path(name: str, area: Area) -> str:
    """Return where the wire has the fact, such as ``case_facts.bidding.state_funds``."""
    return f"case_facts.{area.name.lower()}.{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts of one case; None means not sent. ``fact_path`` names them as the wire does.

    Raises:
        MalformedRequestError: ``project_region`` is no division code of 6 digits, ``lot`` is longer than 64 bytes, or
            ``contract_amount_fen`` is not above 0. A code cut short would lie outside every territory.
    """

    project_region: str | None = None
    """Division code of the project's place, 6 digits. Of bidding and of guarantees alike."""
    must_be_tendered: bool | None = None
    state_funds: bool | None = None
    form: ParticipationForm | None = None
    """Of bidding and of procurement alike."""
    lot: str | None = None
    tender_document_names_list: bool | None = None
    cutoff_rule: CutoffRule | None = None
    """Of bidding and of procurement alike (A-124)."""
    cutoff_at: datetime | None = None
    """The instant that the tender document fixes, aware; may lie ahead. Goes with ``CutoffRule.FIXED`` alone."""
    fund_kind: FundKind | None = None
    security_kind: SecurityKind | None = None
    contract_amount_fen: int | None = None
    application_kind: QualificationApplicationKind | None = None
    application_date: date | None = None

    def __post_init__(self) -> None:
        if self.project_region is not None and DIVISION.fullmatch(self.project_region) is None:
            raise MalformedRequestError(
                fact_path("project_region", Area.BIDDING), "must be a division code of 6 digits"
            )
        if self.lot is not None and len(self.lot.encode()) > LOT_BYTES:
            raise MalformedRequestError(fact_path("lot", Area.BIDDING), f"is longer than {LOT_BYTES} bytes")
        if self.contract_amount_fen is not None and self.contract_amount_fen <= 0:
            raise MalformedRequestError(fact_path("contract_amount_fen", Area.GUARANTEE), "must be greater than 0")


NO_FACTS: Final = CaseFacts()
"""A case of which nothing was sent."""


def require_facts(facts: CaseFacts, names: Iterable[str], area: Area, on: date) -> None:
    """Return when every named fact was sent, no civil date among them lies after *on*, and the cut-off is whole.

    Raises:
        MalformedRequestError: With the path of the first that fails.
    """
    for name in names:
        value: FactValue | None = getattr(facts, name)
        if value is None:
            raise MalformedRequestError(fact_path(name, area), "is needed at this decision point")
        if isinstance(value, date) and not isinstance(value, datetime) and value > on:
            raise MalformedRequestError(fact_path(name, area), "lies after the moment asked about")
    _require_whole_cutoff(facts, area)


def _require_whole_cutoff(facts: CaseFacts, area: Area) -> None:
    """Refuse half a cut-off: neither half may be guessed from the other (A-124)."""
    fixed = facts.cutoff_rule is CutoffRule.FIXED
    if facts.cutoff_at is None:
        if fixed:
            raise MalformedRequestError(fact_path("cutoff_at", area), "is needed where the tender document fixes it")
    elif facts.cutoff_rule is None:
        raise MalformedRequestError(fact_path("cutoff_rule", area), "is needed with cutoff_at")
    elif not fixed:
        raise MalformedRequestError(fact_path("cutoff_at", area), "must be unset where the tender document fixes none")
