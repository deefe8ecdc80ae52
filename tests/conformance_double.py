"""A third party's adapter for the conformance kit: its own journal, and one promise it breaks.

Without a fault it keeps all of them. It shares with ours the reading of an answer, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

import grpc
from conformance_writing import Refused, Writing
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from jointsanctions.v1 import common_pb2, credit_pb2, receipt_pb2

from adapters.answers import Received, head_of, read_answer, response_digest
from adapters.questions import Applicant, Party, Related

STANDINGS = {1: "CLEARED", 2: "CONDITIONAL", 3: "UNVERIFIABLE", 4: "RESTRICTED"}
KNOWN = {"decisionPoint", "caseRef", "officer", "caseFacts", "purpose", "area"}


@dataclass
class Kept:
    """One check as the adapter keeps it."""

    number: int
    point: int
    case: str
    code: str
    reply: dict
    answer: object
    item: int | None = None
    fulfilled: bool = False


class Double(Writing):
    """The adapter itself; *fault* names the promise's opposite, empty: it is sound."""

    def __init__(self, channel, area, before, fault=""):
        self.channel, self.area, self.before, self.fault = channel, area, before, fault
        self.lock, self.key_lock = Lock(), Lock()
        self.checks, self.writes, self.cache = {}, {}, {}
        self.in_flight, self.last, self.company = 0, None, ""

    # -- asking

    def check(self, body):
        if self.fault == "says yes":
            return {"number": 1, "standing": "CLEARED", "mayProceed": True}
        code = body["enterprise"]["uscc"]
        try:
            question = self.read(body)
        except Refused:
            if self.fault == "asks, then looks":
                self.ask(self.read(body, strict=False), code)
            raise
        point = question.decision_point
        if self.fault == "caches" and (code, point) in self.cache:
            return self.cache[code, point]
        with self.lock:
            self.in_flight += 1
            alone = self.in_flight == 1
        try:
            if self.fault == "one at a time" and not alone:
                raise Refused(503, "BUSY")
            if self.fault == "takes one case for all" and not alone:
                question.case_ref = self.company
            self.company = question.case_ref
            reply = self.ask(question, code, body.get("relatedParties", ()), body.get("consortiumMembers", ())).reply
        finally:
            with self.lock:
                alone, self.in_flight = self.in_flight == 1, self.in_flight - 1
        with self.lock:
            other, self.last = self.last, reply
        if self.fault == "swaps" and not alone and other is not None:
            return other
        if self.fault == "mislays positions" and not alone and other is not None:
            return {**reply, "auditPosition": other["auditPosition"]}
        self.cache[code, point] = reply
        return reply

    def read(self, body, *, strict=True):
        question = body["question"]
        if self.fault != "asks anything" and strict:
            if set(question) - KNOWN or not str(question.get("caseRef", "")).strip() or not question.get("officer"):
                raise Refused(422, "MALFORMED_REQUEST")
            if question.get("decisionPoint", "DECISION_POINT_UNSPECIFIED").endswith("_UNSPECIFIED"):
                raise Refused(422, "MALFORMED_REQUEST")
        facts = json_format.ParseDict(question.get("caseFacts", {}), credit_pb2.CaseFacts())
        point = common_pb2.DecisionPoint.Value(question.get("decisionPoint", "DECISION_POINT_UNSPECIFIED"))
        officer = "somebody" if self.fault == "names another officer" else question.get("officer", "")
        return credit_pb2.Question(
            area=self.area,
            decision_point=point,
            case_ref=question.get("caseRef") or "",
            officer=officer,
            case_facts=facts,
        )

    def ask(self, question, code, related=(), members=()):
        parties = [Related(Party(each["enterprise"]["uscc"]), each["relation"]) for each in related]
        others = tuple(Party(each["uscc"]) for each in members)
        applicant = Applicant(Party(code), others, bool(others), tuple(parties))
        request = credit_pb2.CheckEligibilityRequest(
            question=question,
            enterprise={"uscc": code},
            consortium_members=list(members),
            related_parties=[{"enterprise": {"uscc": each.party.uscc}, "relation": each.relation} for each in parties],
        )
        try:
            response = self.channel.call("CheckEligibility", request, credit_pb2.CheckEligibilityResponse)
        except grpc.RpcError as error:
            if not self.takes_for_clear(error):
                raise Refused(503, "NO_ANSWER") from error
            response = self.made_up(code)
        except DecodeError as error:
            if self.fault != "reads half a message":
                raise Refused(502, "NO_ANSWER") from error
            response = self.made_up(code)
        received = Received(response.decision, head_of(response), response_digest(response))
        return self.keep(question, applicant, received)

    def made_up(self, code):
        """Return an answer that nobody gave."""
        response, now = credit_pb2.CheckEligibilityResponse(), datetime.now(UTC)
        response.decision.verdict = 1
        response.decision.enterprise.uscc = code
        response.decision.valid_until.FromDatetime(now + timedelta(days=1))
        response.basis.as_of.FromDatetime(now)
        response.audit_position.writer = "nobody"
        response.audit_position.leaf_hash = bytes(32)
        return response

    def takes_for_clear(self, error):
        timed_out = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and error.details() != "by script"
        return (self.fault == "late is clear" and timed_out) or (
            self.fault == "an error is clear" and error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        )

    def batch(self, body):
        if self.fault == "says yes":
            return {"items": [{"itemId": each["itemId"], "answer": self.check(body)} for each in body["items"]]}
        question, items = self.read(body), body["items"]
        request = credit_pb2.BatchCheckEligibilityRequest(
            question=question,
            items=[{"item_id": each["itemId"], "enterprise": each["enterprise"]} for each in items],
        )
        try:
            response = self.channel.call("BatchCheckEligibility", request, credit_pb2.BatchCheckEligibilityResponse)
        except grpc.RpcError as error:
            raise Refused(503, "NO_ANSWER") from error
        whole, told = response_digest(response), []
        by_id = {each.item_id: each for each in response.items}
        if len(by_id) < len(items) and self.fault != "counts on the batch":
            raise Refused(502, "NO_ANSWER")
        for i, item in enumerate(items):
            found = by_id.get(item["itemId"], response.items[0])
            applicant = Applicant(Party(item["enterprise"]["uscc"]))
            if self.fault == "counts on the batch":
                applicant = Applicant(Party(found.decision.enterprise.uscc))
            try:
                received = Received(found.decision, head_of(response), whole, found.line_hash)
                kept = self.keep(question, applicant, received, i)
                told.append({"itemId": item["itemId"], "answer": kept.reply})
            except Refused as error:
                told.append({"itemId": item["itemId"], "problem": error.problem})
        return {"items": told, "oneRevision": True, "mode": "enforce"}

    def keep(self, question, applicant, received, item=None):
        answer = read_answer(applicant, received, datetime.now(UTC))
        answer = answer._replace(fault="" if self.overlooks(answer) else answer.fault)
        standing = self.standing(answer)
        place = answer.position
        shown = {"writer": place.writer, "number": str(place.number), "leafHash": place.leaf_hash.hex()}
        grounds = (
            [] if self.fault == "gives no ground" else [json_format.MessageToDict(each) for each in answer.measures]
        )
        with self.lock:
            number = len(self.checks) + 1
            reply = {
                "number": number,
                "standing": standing,
                "mayProceed": standing == "CLEARED" or (standing, self.fault) == ("RESTRICTED", "restricted is advice"),
                "measures": grounds,
                "auditPosition": shown,
                "answerDigest": answer.digest.hex(),
            }
            code = applicant.lead.uscc
            kept = Kept(number, question.decision_point, question.case_ref, code, reply, answer, item)
            self.checks[number] = kept
        if answer.fault:
            raise Refused(502, answer.fault)
        return kept

    def overlooks(self, answer):
        effects = {each.effect for each in answer.measures}
        odd_effect = bool(effects - set(range(1, 7)))
        return {
            "any verdict is clear": answer.verdict not in STANDINGS and answer.fault == "INCOHERENT",
            "no effect is none": odd_effect and answer.fault == "INCOHERENT",
            "the verdict is enough": answer.fault == "INCOHERENT" and answer.verdict in (1, 2) and not odd_effect,
            "needs no record": answer.fault == "NOT_RECORDED",
            "holds for ever": answer.fault == "EXPIRED",
            "any moment is now": answer.fault == "NOT_PRESENT",
            "about anybody": answer.fault == "OTHER_PARTY",
        }.get(self.fault, False)

    def standing(self, answer):
        if self.fault == "unverifiable is clear" and answer.verdict == 3:
            return "CLEARED"
        if self.fault == "conditions are advice" and answer.verdict == 2:
            return "CLEARED"
        if self.fault == "stops everybody":
            return "RESTRICTED"
        if answer.verdict == 4 and self.area in (4, 7) and self.fault != "restricts unlawfully":
            return "UNVERIFIABLE"
        return STANDINGS.get(answer.verdict, "CLEARED" if self.fault == "any verdict is clear" else "UNVERIFIABLE")

    # -- looking

    def record(self, number):
        kept = self.held(number)
        said = {name: kept.reply[name] for name in ("number", "auditPosition", "answerDigest")}
        return {**said, "auditPosition": {}} if self.fault == "shows no position" else said

    def receipt(self, number):
        place = self.held(number).answer.position
        request = receipt_pb2.GetReceiptRequest(
            writer=place.writer,
            number=place.number,
            leaf_hash=place.leaf_hash,
            officer="x",
            item=self.held(number).item,
        )
        raw = self.channel.call("GetReceipt", request, receipt_pb2.GetReceiptResponse).receipt
        if self.fault == "only refusals have receipts" and self.held(number).reply["standing"] == "CLEARED":
            raise Refused(404, "NOT_FOUND")
        return {} if self.fault == "any receipt will do" else json.loads(raw)

    def held(self, number):
        if number in self.checks:
            return self.checks[number]
        raise Refused(404, "NOT_FOUND")

    def restarted(self):
        if self.fault == "forgets":
            self.checks = {}
        return {"restarted": True}
