"""The writes of a third party's adapter for the conformance kit: once for a key, unless that is its fault."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from jointsanctions.v1 import outcome_pb2


class Refused(Exception):  # noqa: N818 - as the contract calls it
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.problem = status, {"type": f"urn:x:{reason}", "status": status, "reason": reason}


class Writing:
    """What an adapter writes; what it asks and keeps is another's."""

    def once(self, key, body, write):
        if not key:
            if self.fault != "needs no key":
                raise Refused(400, "IDEMPOTENCY_KEY_MISSING")
            return write()
        if self.fault == "does it again":
            return write()
        if self.fault == "asks before it looks":
            write()
        if self.fault == "does not wait":
            return self.replayed(key, body) or self.writes.setdefault(key, (body, write()))[1]
        with self.key_lock:
            return self.replayed(key, body) or self.writes.setdefault(key, (body, write()))[1]

    def replayed(self, key, body):
        held, reply = self.writes.get(key, (body, None))
        if held != body and self.fault != "any body will do":
            raise Refused(409, "IDEMPOTENCY_KEY_REUSED")
        return reply

    def grant(self, body):
        if self.fault == "says yes":
            return self.check(body)
        if self.fault == "has no gate":
            raise Refused(404, "NOT_FOUND")
        question, code = self.read(body), body["enterprise"]["uscc"]
        earlier = [each for each in list(self.checks.values()) if (each.code, each.case) == (code, question.case_ref)]
        opens = any(each.point == self.before and cleared(each) for each in earlier) or self.fault == "opens unasked"
        if self.before and not opens:
            raise Refused(409, "NO_EARLIER_ANSWER")
        held = [each for each in earlier if each.point == question.decision_point and cleared(each)]
        kept = held[-1] if self.fault == "trusts the check" and held else self.ask(question, code)
        reviewed = self.checks.get(body.get("reviewed"))
        kept.fulfilled |= kept.reply["standing"] == "CONDITIONAL" and reviewed is not None and reviewed.fulfilled
        if not cleared(kept) and self.fault != "the gate is a formality":
            raise Refused(409, kept.reply["standing"])
        return {**kept.reply, "mayProceed": True, "grantedAt": datetime.now(UTC).isoformat()}

    def fulfil(self, number, body):
        if "officerReview" not in body and self.fault != "needs no officer":
            raise Refused(409, "CONDITION_NOT_MET")
        self.held(number).fulfilled = True
        return {"number": number, "standing": "CLEARED", "mayProceed": True}

    def report(self, key, body):
        if self.fault == "reports anew":
            return self.outcome(uuid4().hex, body)
        if self.fault == "reports on the quiet":
            self.outcome(uuid4().hex, body)
        return self.once(key, body, lambda: self.outcome(key, body))

    def outcome(self, key, body):
        kept = self.held(body["check"])
        request = outcome_pb2.ReportOutcomeRequest(
            request_id=key, uscc=kept.code, outcome=outcome_pb2.OutcomeKind.Value(body["outcome"])
        )
        said = self.channel.call("ReportOutcome", request, outcome_pb2.ReportOutcomeResponse)
        return {"check": kept.number, "outcomeId": said.outcome_id, "reportedAt": said.reported_at.ToJsonString()}


def cleared(kept):
    return not kept.answer.fault and (kept.reply["standing"] == "CLEARED" or kept.fulfilled)
