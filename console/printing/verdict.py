"""The page of an answer: what was asked, what may be done, on what ground, and until when it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - of a dataclass's field
from typing import TYPE_CHECKING

from console.printing.facts import facts_said
from console.printing.measures import basis_rows, measure_rows
from console.printing.model import Heading, Look, Note, Page, Rows
from console.printing.words import by_code, local, moment, named, not_a_proof, receipt_file, word
from console.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jointsanctions.v1 import common_pb2, credit_pb2

    from console.printing.model import Block, Row
    from console.printing.words import Names


@dataclass(frozen=True, slots=True)
class Recorded:
    """How an answer is on record: who asked, when (an instant), the receipt, a file of JSON, and its query code."""

    agency: str
    at: datetime
    code: str
    receipt: str


def verdict_page(
    request: credit_pb2.CheckEligibilityRequest,
    answer: credit_pb2.CheckEligibilityResponse,
    recorded: Recorded,
    names: Names,
) -> Page:
    """Return the page of an answer.

    Args:
        request: The question.
        answer: What was answered.
        recorded: How it is on record.
        names: Words by number, ``verdicts``, ``areas``, ``points``, ``effects``, ``grades``, and ``doubts`` by code.

    Raises:
        PrintError: This version has no words for the verdict, or for anything else that must not be left out.
    """
    said, decision = texts("receipt"), answer.decision
    blocks: list[Block] = [
        Rows(((word("verdict"), named(names, "verdicts", decision.verdict)),), Look.VERDICT),
        Rows(tuple(_who_and_until(decision))),
        Note(word("only_until")),
        Heading(said["asked"]),
        Rows(tuple(_question(request, recorded, names))),
        Heading(said["answered"]),
        Rows(tuple(_answer(answer, names))),
    ]
    count = len(decision.measures)
    for number, measure in enumerate(decision.measures, 1):
        title, place = word("measures"), word("measure_of", number=number, count=count)
        blocks.append(Heading((f"{title[0]}：{place[0]}", f"{title[1]}: {place[1]}")))
        blocks.append(Rows(tuple(measure_rows(measure, names))))
    if decision.incentives:
        blocks.append(Heading(word("incentives")))
        blocks.extend(Rows(tuple(_incentive(each))) for each in decision.incentives)
    blocks.append(not_a_proof())
    return Page(
        title=word("verdict_title"),
        number=None,
        reference=by_code(recorded.code),
        blocks=tuple(blocks),
        dated=recorded.at,
        attached=receipt_file(recorded.receipt),
    )


def _who_and_until(decision: credit_pb2.Decision) -> Iterator[Row]:
    said, who = texts("receipt"), decision.enterprise
    yield said["enterprise"], _identified(who)
    if who.name_sent not in {"", who.name}:
        yield word("name_sent"), who.name_sent
    if decision.HasField("valid_until"):
        yield said["valid_until"], moment(decision.valid_until)


def _question(request: credit_pb2.CheckEligibilityRequest, recorded: Recorded, names: Names) -> Iterator[Row]:
    said, question = texts("receipt"), request.question
    yield said["agency"], recorded.agency
    yield said["officer"], question.officer
    yield said["recorded_at"], local(recorded.at)
    yield said["enterprise"], f"{request.enterprise.uscc} {request.enterprise.name}".strip()
    for member in request.consortium_members:
        yield word("consortium"), f"{member.uscc} {member.name}".strip()
    for party in request.related_parties:
        yield word("related"), f"{party.enterprise.uscc} {party.enterprise.name} {party.relation}"
    yield said["case"], question.case_ref
    yield said["area"], named(names, "areas", question.area)
    yield said["point"], named(names, "points", question.decision_point)
    if question.case_facts.WhichOneof("facts") is not None:
        yield word("facts"), facts_said(question.case_facts)
    yield said["purpose"], question.purpose
    yield word("authorization"), question.authorization_ref


def _answer(answer: credit_pb2.CheckEligibilityResponse, names: Names) -> Iterator[Row]:
    said, decision, basis = texts("receipt"), answer.decision, answer.basis
    for reason in decision.unverifiable_because:
        chinese, english = named(names, "doubts", reason.partition(":")[0])
        yield word("doubt"), (f"{chinese}（{reason}）", english)
    for party in decision.other_parties:
        yield word("other_party"), _identified(party)
    if decision.HasField("grade"):
        letter = named(names, "grades", decision.grade.letter)
        scheme = f"{decision.grade.scheme} {decision.grade.scheme_version}"
        yield word("grade"), (f"{letter[0]}（{scheme}）", f"{letter[1]} ({scheme})")
    if not decision.measures and not decision.unverifiable_because:
        # Of what could not be verified nobody knows whether there is a measure.
        yield said["measure"], said["no_measure"]
    yield word("as_of"), moment(basis.as_of)
    if basis.HasField("known_at"):
        yield word("known_at"), moment(basis.known_at)
    if basis.preview:
        yield word("as_of"), word("preview")
    yield word("policy"), f"{basis.policy_profile} {basis.policy_version}; {basis.data_revision}"


def _identified(party: common_pb2.IdentifiedEnterprise) -> str:
    who = f"{party.uscc} {party.name}".strip()
    return who if party.known else f"{who}（{' '.join(word('not_known'))}）"


def _incentive(incentive: common_pb2.Incentive) -> Iterator[Row]:
    chinese, english = incentive.entitlement.zh, incentive.entitlement.en
    if incentive.suspended:
        held = word("suspended")
        chinese, english = f"{chinese}（{held[0]}）", f"{english} ({held[1]})"
    yield word("incentive"), (chinese, english)
    yield from basis_rows(incentive.legal_basis)
    yield word("rule"), incentive.rule_id
