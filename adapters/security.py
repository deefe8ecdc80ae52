"""How much security may be set: what the law caps, and what an answer raises within that.

Bonds have a cap in law; a sanction takes away what was waived or reduced, up to that cap and never above. The wage
deposit is raised by a surcharge on the ordinary amount and has no cap of its own in law (D-06: it may pass 3 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.errors import UnverifiableError
from adapters.questions import malformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class SecurityKind(Enum):
    """What kind of security is set."""

    BID_BOND = credit_pb2.SECURITY_KIND_BID_BOND
    """Bid bond (投标保证金)."""
    PERFORMANCE_BOND = credit_pb2.SECURITY_KIND_PERFORMANCE_BOND
    """Performance bond (履约保证金)."""
    WAGE_DEPOSIT = credit_pb2.SECURITY_KIND_WAGE_DEPOSIT
    """Migrant workers' wage deposit (工资保证金)."""


CAPS = {SecurityKind.BID_BOND: 200, SecurityKind.PERFORMANCE_BOND: 1000}
"""The law's caps in basis points of the contract amount: 2 % by BR 26 and GPR 33, 10 % by BR 58 and GPR 48."""


@dataclass(frozen=True, slots=True)
class Security:
    """Security that is to be set for one contract.

    Attributes:
        kind: What kind.
        contract_amount_fen: Amount of the contract in fen, greater than 0.
        ordinary_fen: What would be set if nothing weighed, without waiver or voluntary reduction, in fen, greater
            than 0.
        project_region: Division code of the project's place, 6 digits; empty: not sent, and then no entitlement of a
            wage-deposit area is given (D-04).
    """

    kind: SecurityKind
    contract_amount_fen: int
    ordinary_fen: int
    project_region: str = ""

    @property
    def cap_fen(self) -> int | None:
        """The most that the law lets be set, in fen, rounded down; None where it sets no cap."""
        points = CAPS.get(self.kind)
        return None if points is None else self.contract_amount_fen * points // 10_000

    def check(self) -> None:
        """Refuse amounts that the law does not let be set, whatever weighs.

        Raises:
            QuestionRefusedError: An amount is not greater than 0, or the ordinary one is above the law's cap; the
                field is named.
        """
        for field in ("contract_amount_fen", "ordinary_fen"):
            if getattr(self, field) <= 0:
                raise malformed(f"security.{field}", "must be greater than 0")
        cap = self.cap_fen
        if cap is not None and self.ordinary_fen > cap:
            raise malformed("security.ordinary_fen", f"the law lets at most {cap} fen be set for this contract")


@dataclass(frozen=True, slots=True)
class SecurityRange:
    """What may be set.

    Attributes:
        least_fen: The least, in fen: what meets every measure of the answer.
        most_fen: The most, in fen; None where neither the law nor the answer sets a cap.
    """

    least_fen: int
    most_fen: int | None


def lawful_security(facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
    """Return whether a measure asks for no more security than the law allows in a case with these facts.

    One that raises security must state its bound, for the kind that was asked about, with a cap in fen that is within
    the law's where the law has one, and must not ask for more than its own cap.
    """
    if measure.effect != common_pb2.EFFECT_RAISE_SECURITY:
        return True
    if facts is None or not measure.HasField("security_bound"):
        return False
    try:
        kind = SecurityKind(facts.guarantee.security_kind)
    except ValueError:
        return False
    bound, points = measure.security_bound, CAPS.get(kind)
    stated = bound.cap_fen > 0 or (bound.cap_fen == 0 and not bound.cap_basis_points)
    if bound.kind != kind.name or not stated or (bound.cap_fen and bound.raised_fen > bound.cap_fen):
        return False
    if points is None:
        return True
    cap_fen = facts.guarantee.contract_amount_fen * points // 10_000
    return 0 < bound.cap_basis_points <= points and 0 < bound.cap_fen <= cap_fen


def security_to_set(measures: Iterable[common_pb2.Measure], security: Security) -> SecurityRange:
    """Say between which amounts security is to be set under an answer's measures.

    Where nothing raises it the ordinary amount is the least, so that a bond stands between it and the law's cap. Where
    something does, the least meets every surcharge and every least amount, up to the cap, and never above.

    Args:
        measures: All measures of the answer.
        security: What is to be set.

    Raises:
        QuestionRefusedError: The ordinary amount is not one that may be set.
        UnverifiableError: A measure asks for more than the law or another measure allows: nothing is to be set on this
            answer.
    """
    security.check()
    raising = [measure for measure in measures if measure.effect == common_pb2.EFFECT_RAISE_SECURITY]
    facts = credit_pb2.CaseFacts(guarantee=guarantee_facts(security))
    for measure in raising:
        if not lawful_security(facts, measure):
            raise UnverifiableError(f"{measure.rule_id} asks for more than the law allows", reason="BEYOND_BOUND")
    bounds = [measure.security_bound for measure in raising]
    caps = [*(bound.cap_fen for bound in bounds if bound.cap_fen), *_law(security)]
    most = min(caps, default=None)
    ordinary = security.ordinary_fen if most is None else min(security.ordinary_fen, most)
    least = max([ordinary, *(_due(bound, security.ordinary_fen) for bound in bounds)])
    if most is not None and least > most:
        why = f"one measure asks for {least} fen and another lets {most} be set"
        raise UnverifiableError(why, reason="BEYOND_BOUND")
    return SecurityRange(least, most)


def guarantee_facts(security: Security) -> credit_pb2.GuaranteeFacts:
    """Return the facts of the case that the gateway needs."""
    return credit_pb2.GuaranteeFacts(
        security_kind=security.kind.value,
        contract_amount_fen=security.contract_amount_fen,
        project_region=security.project_region,
    )


def _law(security: Security) -> Iterator[int]:
    if security.cap_fen is not None:
        yield security.cap_fen


def _due(bound: common_pb2.SecurityBound, ordinary_fen: int) -> int:
    """Return the least that one measure asks for, in fen, rounded up; its own cap goes before its surcharge."""
    surcharged = -(-ordinary_fen * (100 + bound.surcharge_percent) // 100)
    return max(min(surcharged, bound.cap_fen) if bound.cap_fen else surcharged, bound.raised_fen)
