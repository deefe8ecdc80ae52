"""Register a case with one applicant, so that what begins and ends to weigh on it is told (``adapters.watching``).

The id of the call is made of its content: whoever is killed before the journal has it registers it once more and
changes nothing.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2

from adapters.asking import Step
from adapters.questions import malformed
from adapters.rules import point_name
from adapters.sent_questions import again
from adapters.watch_tables import WatchedCase

if TYPE_CHECKING:
    from adapters.acts import Act
    from adapters.enforcement import Enforcement
    from adapters.watching import FollowsCases


def register(client: FollowsCases, engine: Enforcement, act: Act) -> bool:
    """Register the case of *act*, heading for its decision point; False when the journal has it already.

    Args:
        client: The gateway.
        engine: Has the area's rules and the journal.
        act: The case, the final point that it heads for, and who is to go ahead, facts without ``form``.

    Raises:
        GatewayError: The gateway refused, such as ``STATE`` where the case is registered with other terms, or there
            was no answer.
        QuestionRefusedError: A code or a text is malformed, or it is a point of wages, where nothing is stopped.
        JournalUnavailableError: It cannot be recorded.
    """
    if engine.rules.at(act.point).closed:
        raise malformed(
            "question.decision_point", f"{point_name(act.point)} is about wages, which nothing stops (X-20)"
        )
    book, area = engine.journal.watched, engine.rules.area
    if book.registered(area, act.case.case_ref, act.case.part):
        return False
    applicant = act.applicant
    opening = credit_pb2.OpenCaseRequest(
        officer=act.case.officer,
        area=area,
        case_ref=act.case.case_ref,
        part=act.case.part,
        terms=credit_pb2.CaseTerms(
            decision_point=act.point,
            applicants=[
                case_pb2.CaseApplicant(
                    enterprise=common_pb2.EnterpriseRef(uscc=applicant.lead.code("enterprise")),
                    consortium_members=[
                        common_pb2.EnterpriseRef(uscc=each.code("consortium_members")) for each in applicant.members
                    ],
                )
            ],
            case_facts=applicant.facts,
        ),
    )
    opening.request_id = sha256(opening.SerializeToString(deterministic=True)).hexdigest()[:32]
    opened = client.credit("OpenCase", opening, credit_pb2.OpenCaseResponse)
    request = credit_pb2.CheckEligibilityRequest.FromString(again(Step(area, act.point, act.case), applicant))
    kept = WatchedCase(opened.case.case_id, act.case.part, request, applicant.codes())
    book.register(kept, engine.clock())
    return True
