"""A deciding system's own live cases at the gateway: registered, amended, closed.

Registering is what the configuration says (``AreaRules.register_cases``): where it is on, the final acts of a case are
cleared by ``adapters.award_gate``, which knows registered cases alone. What is followed between check and award is not
here, and no case is registered by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from google.protobuf.message import Message
from jointsanctions.v1 import case_pb2, credit_pb2

from adapters.award_gate import case_applicant
from adapters.errors import SettingsError
from adapters.numbers import refuse_numbers
from adapters.questions import malformed, required, within

if TYPE_CHECKING:
    from jointsanctions.v1 import common_pb2

    from adapters.questions import Applicant, Case
    from adapters.rules import AreaRules

A = TypeVar("A", bound=Message)


class RegistersCases(Protocol):
    """What is needed of a ``GatewayClient``."""

    def credit(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``CreditService`` by its name; raises ``GatewayError``."""


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """What is registered of a case.

    Attributes:
        point: The final point that it heads for, such as the award.
        applicants: Who takes part; none yet before the bids are in.
        facts: Facts of the case; None: those of the applicants, which must be the same but for ``form``.
        consortia_fixed: The qualification review is over (BR 37).
    """

    point: common_pb2.DecisionPoint.ValueType
    applicants: tuple[Applicant, ...] = ()
    facts: credit_pb2.CaseFacts | None = None
    consortia_fixed: bool = False

    def to_pb(self) -> credit_pb2.CaseTerms:
        """Return the wire's form.

        Raises:
            QuestionRefusedError: An applicant is malformed, or two of them have other facts of the case.
        """
        return credit_pb2.CaseTerms(
            decision_point=self.point,
            applicants=[case_applicant(each) for each in self.applicants],
            case_facts=self._facts(),
            consortia_fixed=self.consortia_fixed,
        )

    def _facts(self) -> credit_pb2.CaseFacts | None:
        """Return the facts without ``form``, which each applicant says by itself."""
        found: list[credit_pb2.CaseFacts] = []
        for facts in (self.facts, *(each.facts for each in self.applicants)):
            if facts is None:
                continue
            plain = credit_pb2.CaseFacts()
            plain.CopyFrom(facts)
            which = plain.WhichOneof("facts")
            own: Any = getattr(plain, which) if which else None
            if own is not None and "form" in own.DESCRIPTOR.fields_by_name:
                own.ClearField("form")
            if plain not in found:
                found.append(plain)
        if len(found) > 1:
            raise malformed("terms.case_facts", "a case has one set of facts for all who take part")
        return found[0] if found else None


class LiveCases:
    """Registers the cases of one area; may be shared by threads.

    Each act has an id that follows from its content, so that whoever was killed in between acts once. Every method
    raises ``GatewayError`` when there was no answer or the gateway refuses the act, such as one on a version that is
    not the newest (``STATE``), and ``QuestionRefusedError`` for a field that it would refuse.
    """

    def __init__(self, client: RegistersCases, rules: AreaRules) -> None:
        """Take the gateway and the area.

        Raises:
            SettingsError: The area's configuration says that no cases are registered.
        """
        if not rules.register_cases:
            raise SettingsError("register_cases is off: the final acts of this area would not go through its cases")
        self._client = client
        self._rules = rules

    def open_case(self, case: Case, terms: CaseTerms) -> case_pb2.RegisteredCase:
        """Register a case; number and part name one case for good."""
        request = credit_pb2.OpenCaseRequest(terms=terms.to_pb())
        return self._act(case, request, credit_pb2.OpenCaseResponse)

    def amend(self, case: Case, terms: CaseTerms, replaces: int, why: str) -> case_pb2.RegisteredCase:
        """Give all terms as they are to be; *replaces* is the version that they take the place of."""
        required("reason", why, 500)
        request = credit_pb2.AmendCaseRequest(terms=terms.to_pb(), replaces_version=replaces, reason=why)
        return self._act(case, request, credit_pb2.AmendCaseResponse)

    def close(self, case: Case, reason: case_pb2.CaseCloseReason.ValueType, note: str = "") -> case_pb2.RegisteredCase:
        """Say that a case is over; nothing more is told of it, and nothing more is cleared."""
        within("note", note, 500)
        request = case_pb2.CloseCaseRequest(reason=reason, note=note)
        return self._act(case, request, case_pb2.CloseCaseResponse)

    def _act(self, case: Case, request: Any, answer: Any) -> case_pb2.RegisteredCase:  # noqa: ANN401 - one of three
        """Carry out one of the three acts."""
        self._rules.check_case(case)
        request.officer, request.area = case.officer, self._rules.area
        request.case_ref, request.part = case.case_ref, case.part
        refuse_numbers(request)
        request.request_id = "case-" + sha256(request.SerializeToString(deterministic=True)).hexdigest()[:40]
        response = self._client.credit(type(request).__name__.removesuffix("Request"), request, answer)
        registered: case_pb2.RegisteredCase = response.case
        return registered
