"""``CreditService`` on the wire. It translates; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from jointsanctions.v1 import credit_pb2 as pb

from formats import canonical
from formats.civil import civil_date, format_instant
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.call_record import recorded_doubts, recorded_grounds, recorded_measures
from gateway.domain.endings import records_told
from gateway.domain.errors import GatewayError, MalformedRequestError
from gateway.domain.vocabulary import Area, SecurityKind
from gateway.rpc import fields, moments
from gateway.rpc.method import Method, Reply
from gateway.rpc.own_cases import NOTHING_LEFT, LeftToItems, left_to_items, read_own, tell_who_asks
from gateway.rpc.points import require_territory
from gateway.rpc.questions import read_facts, read_item, read_shared, told_facts, told_of
from gateway.rpc.told_moment import told_moment
from gateway.services.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.disclosure.sight import Disclosure, Sight
    from gateway.domain.eligibility import Decision
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.rpc.questions import Shared
    from gateway.services.check_eligibility import Basis, CheckEligibility, Item

BATCH_LIMIT = 1_000


class KnowsCutoffs(Protocol):
    """What is needed of ``Cases``."""

    async def cutoffs(self, agency: Agency, area: Area, case_ref: str) -> frozenset[datetime]:
        """Return the cut-offs of the agency's own open cases of this number, UTC."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How decisions are written for one caller in one call."""

    answers: AnswerWriter
    disclosure: Disclosure
    agency: Agency
    area: Area
    consent: bool
    """The authorisation of the person concerned is named."""
    weighed: dict[int, pb.Decision] = field(default_factory=dict)
    """By the identity of what was weighed, which the decisions of the call keep, what it was written as."""
    sights: dict[int, Sight] = field(default_factory=dict)
    """Likewise what is seen in a case with these facts."""

    def decision(self, decision: Decision, basis: Basis, facts: CaseFacts) -> pb.Decision:
        """Return one decision as far as the caller sees it."""
        return self.answers.decision(decision, basis.as_of, facts.contract_amount_fen, self._sight(facts))

    def write(self, shown: pb.Decision, decision: Decision, basis: Basis, facts: CaseFacts) -> None:
        """Write a decision of a batch; what was weighed for several is written once (``services.alike``)."""
        sight = self.sights.get(id(facts))
        if sight is None:
            sight = self.sights[id(facts)] = self._sight(facts)
        weighed = self.weighed.get(id(decision.weighed))
        if weighed is None:
            weighed = self.answers.weighed(decision.weighed, facts.contract_amount_fen, sight)
            self.weighed[id(decision.weighed)] = weighed
        shown.CopyFrom(weighed)
        self.answers.name(shown, decision, basis.as_of, sight)

    def _sight(self, facts: CaseFacts) -> Sight:
        deposit = facts.security_kind is SecurityKind.WAGE_DEPOSIT
        return self.disclosure.of_question(self.agency, self.area, consent=self.consent, deposit=deposit)


def single_response(
    answering: Answering, basis: Basis, facts: CaseFacts, decision: Decision
) -> pb.CheckEligibilityResponse:
    """Return the answer to a single question."""
    return pb.CheckEligibilityResponse(
        decision=answering.decision(decision, basis, facts), basis=answering.answers.basis(basis)
    )


def batch_response(
    answering: Answering, basis: Basis, items: Iterable[tuple[str, CaseFacts, Decision]]
) -> pb.BatchCheckEligibilityResponse:
    """Return the answer to a batch: of each item its id, the facts of its case, and what was decided."""
    response = pb.BatchCheckEligibilityResponse(basis=answering.answers.basis(basis))
    for item_id, facts, decision in items:
        answering.write(response.items.add(item_id=item_id).decision, decision, basis, facts)
    return response


class CreditServicer:
    """Hands questions to their use case, and back what was decided."""

    def __init__(
        self, check: CheckEligibility, answers: AnswerWriter, disclosure: Disclosure, cutoffs: KnowsCutoffs
    ) -> None:
        self._check = check
        self._answers = answers
        self._disclosure = disclosure
        self._cutoffs = cutoffs

    def methods(self) -> list[Method]:
        """Return the service's methods, each with the roles that it is for."""
        check, batch = pb.CheckEligibilityRequest, pb.BatchCheckEligibilityRequest
        return [
            Method("CreditService/CheckEligibility", check, ASKING_ROLES, run=self.check_eligibility),
            Method("CreditService/BatchCheckEligibility", batch, ASKING_ROLES, run=self.batch_check_eligibility),
        ]

    async def check_eligibility(self, request: pb.CheckEligibilityRequest, call: Call) -> Reply:
        """See credit.proto."""
        shared = await self._shared(request.question, call)
        call.told["request_id"] = fields.text(request.request_id, "request_id", 64)
        facts = self._facts(request.question.case_facts, shared, "question.case_facts")
        item = read_item(request, shared, facts, "")
        call.told.update(told_of(item), facts=told_facts(facts))
        decisions, basis = await self._check(shared.asked, [item])
        call.told.update(told_decision(decisions[0]))
        self._tell_basis(call, shared, basis, len(item.parties))
        return Reply(single_response(self._answering(call, shared), basis, facts, decisions[0]))

    async def batch_check_eligibility(self, request: pb.BatchCheckEligibilityRequest, call: Call) -> Reply:
        """See credit.proto. The entry holds the root over one line an item."""
        left = left_to_items(request)
        tell_who_asks(request.items, left, call)
        shared = await self._shared(request.question, call, left)
        call.told["request_id"] = fields.text(request.request_id, "request_id", 64)
        pace = Pace(call.turn)
        items, facts, own = await self._items(request, shared, left, call, pace)
        decisions, basis = await self._check(shared.asked, items, pace)
        tell_who_asks((), left, call)
        self._tell_basis(call, shared, basis)
        lines: list[dict[str, object]] = []
        telling = Telling()
        answering = self._answering(call, shared)
        response = batch_response(answering, basis, ())
        for sent, item, case, said, decision in zip(request.items, items, facts, own, decisions, strict=True):
            if pace.over():
                await pace.turn()
            lines.append(_told(len(lines), sent.item_id, said, telling.of(item, decision)))
            answering.write(response.items.add(item_id=sent.item_id).decision, decision, basis, case)
        return Reply(response, lines, _place_lines)

    async def _items(
        self, request: pb.BatchCheckEligibilityRequest, shared: Shared, left: LeftToItems, call: Call, pace: Pace
    ) -> tuple[list[Item], list[CaseFacts], list[dict[str, object]]]:
        """Return of each item what is asked in it, the facts of its case, and what is recorded of it as its own."""
        if not 1 <= len(request.items) <= BATCH_LIMIT:
            raise MalformedRequestError("items", f"a batch takes 1 to {BATCH_LIMIT} items, not {len(request.items)}")
        for place, sent in enumerate(request.items):
            if sent.HasField("case_facts"):
                require_territory(sent.case_facts, call.agency, f"items[{place}].case_facts")
        items: list[Item] = []
        facts: list[CaseFacts] = []
        owns: list[dict[str, object]] = []
        seen: set[str] = set()
        common: CaseFacts | None = None
        try:
            for place, sent in enumerate(request.items):
                if pace.over():
                    await pace.turn()
                base = f"items[{place}]"
                item_id = fields.required(sent.item_id, f"{base}.item_id", 64)
                if item_id in seen:
                    raise MalformedRequestError(f"{base}.item_id", "is used twice")
                seen.add(item_id)
                owns.append(read_own(sent, request.question, left, f"{base}."))
                if sent.HasField("case_facts"):
                    facts.append(self._facts(sent.case_facts, shared, f"{base}.case_facts"))
                else:
                    if common is None:
                        common = self._facts(request.question.case_facts, shared, "question.case_facts")
                    facts.append(common)
                items.append(read_item(sent, shared, facts[-1], f"{base}."))
        except GatewayError:
            tell_who_asks(request.items[place:], left, call)  # the refusal is found by the item at fault
            raise
        return items, facts, owns

    async def _shared(self, sent: pb.Question, call: Call, left: LeftToItems = NOTHING_LEFT) -> Shared:
        """Return what all items share; the store is asked for cut-offs only where nothing else gives the right."""
        cutoffs: Collection[datetime] = ()
        own = int(sent.area) in set(map(int, call.agency.areas)) and fields.recordable(sent.case_ref, 128)
        if own and moments.asks_about_past(sent, call.agency, call.now):
            cutoffs = await self._cutoffs.cutoffs(call.agency, Area(sent.area), sent.case_ref)
        return read_shared(sent, call, cutoffs, left)

    def _facts(self, sent: pb.CaseFacts, shared: Shared, base: str) -> CaseFacts:
        return read_facts(sent, shared, self._check.policy, civil_date(shared.asked.as_of), base)

    def _answering(self, call: Call, shared: Shared) -> Answering:
        return Answering(self._answers, self._disclosure, call.agency, shared.area, consent=shared.consent)

    def _tell_basis(self, call: Call, shared: Shared, basis: Basis, parties: int = 0) -> None:
        call.told.update(self._answers.told_basis(basis))
        if shared.asked.at_cutoff:
            call.told["cutoff_asked_at"] = format_instant(shared.asked.now)
        call.told.update(told_moment(basis, call.agency, explain=shared.explain, parties=parties))


def _told(place: int, item_id: str, own: dict[str, object], told: dict[str, object]) -> dict[str, object]:
    return {"item": place, "id": item_id, **own, **told}


class Telling:
    """Says what is recorded of the items of one call; what several of them have in common is written once."""

    def __init__(self) -> None:
        self._facts: dict[int, canonical.Written] = {}
        self._weighed: dict[int, dict[str, object]] = {}
        """By identity: of the facts of a case, and of what was weighed, which the items and decisions keep."""

    def of(self, item: Item, decision: Decision) -> dict[str, object]:
        """Return what was asked in *item*, and what was decided."""
        facts, weighed = item.question.facts, decision.weighed
        if id(facts) not in self._facts:
            self._facts[id(facts)] = canonical.written(told_facts(facts))
        if id(weighed) not in self._weighed:
            told = told_decision(decision).items()
            self._weighed[id(weighed)] = {k: canonical.written(v) if isinstance(v, list) else v for k, v in told}
        shared = self._weighed[id(weighed)]
        return {**told_of(item), "facts": self._facts[id(facts)], **shared, "grade": decision.grade.letter.name}


def told_decision(decision: Decision) -> dict[str, object]:
    """Return what is recorded of one decision."""
    told: dict[str, object] = {
        "verdict": int(decision.verdict),
        "measures": recorded_measures([measure.row.rule_id for measure in decision.measures]),
        "grounds": recorded_grounds(records_told(decision)),
        "grade": decision.grade.letter.name,
        "valid_until": format_instant(decision.valid_until),
    }
    if decision.doubts:
        told["doubts"] = recorded_doubts(decision.doubts)
    return told


def _place_lines(response: pb.BatchCheckEligibilityResponse, leaves: Sequence[bytes]) -> None:
    for item, leaf in zip(response.items, leaves, strict=True):
        item.line_hash = leaf
