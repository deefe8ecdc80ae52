"""A case of one's own at a served gateway: opened, asked about, amended, cleared, closed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from e2e.reported import read
from e2e.served import BIDDING, CHECK, question
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2

OPEN = "/jointsanctions.v1.CreditService/OpenCase"
AMEND = "/jointsanctions.v1.CreditService/AmendCase"
CLOSE = "/jointsanctions.v1.CreditService/CloseCase"
CLEAR = "/jointsanctions.v1.CreditService/ClearAward"
PUBLICITY = common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY
AWARD = common_pb2.DECISION_POINT_BIDDING_AWARD
_numbers = itertools.count()


def instant(moment):
    sent = Timestamp()
    sent.FromDatetime(moment)
    return sent


def ago(**span):
    return datetime.now(UTC) - timedelta(**span)


def applicant(first, *members):
    refs = [common_pb2.EnterpriseRef(uscc=uscc) for uscc in (first, *members)]
    return case_pb2.CaseApplicant(enterprise=refs[0], consortium_members=refs[1:])


def terms(*applicants, cutoff=None, **parts):
    facts = credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=True,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED if cutoff is None else credit_pb2.CUTOFF_RULE_FIXED,
        cutoff_at=None if cutoff is None else instant(cutoff),
    )
    whole = {
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "applicants": applicants,
        "case_facts": credit_pb2.CaseFacts(bidding=facts),
    }
    return credit_pb2.CaseTerms(**{**whole, **parts})


class Registered:
    """One case of the bidding platform, opened with the given terms."""

    def __init__(self, served, *applicants, part="1", **parts):
        self.served, self.part = served, part
        self.case_ref = f"CASE-{next(_numbers)}"
        self.case = self.send(OPEN, self.opening(terms(*applicants, **parts)), credit_pb2.OpenCaseResponse).case

    def opening(self, registered, **parts):
        return credit_pb2.OpenCaseRequest(terms=registered, **{**self.named(), **parts})

    def amending(self, registered, version, **parts):
        more = {"replaces_version": version, "reason": "更正", **parts}
        return credit_pb2.AmendCaseRequest(terms=registered, **{**self.named(), **more})

    def closing(self, **parts):
        more = {"reason": case_pb2.CASE_CLOSE_REASON_AWARDED, **parts}
        return case_pb2.CloseCaseRequest(**{**self.named(), **more})

    def named(self):
        return {
            "request_id": f"{self.case_ref}-{next(_numbers)}",
            "officer": "officer-7",
            "area": common_pb2.AREA_BIDDING,
            "case_ref": self.case_ref,
            "part": self.part,
        }

    def send(self, path, request, kind, who=BIDDING):
        return read(self.served, path, request, kind, who)

    def closed(self):
        return self.send(CLOSE, self.closing(), case_pb2.CloseCaseResponse).case

    def asking(self, uscc, *members, revision=0, point=common_pb2.DECISION_POINT_BIDDING_AWARD, **parts):
        """Return a question about an applicant in this case."""
        parts = {"case_ref": self.case_ref, "decision_point": point, "at_least_as_fresh": revision, **parts}
        request = credit_pb2.CheckEligibilityRequest(question=question(**parts))
        request.enterprise.uscc = uscc
        request.question.case_facts.bidding.lot = self.part
        for member in members:
            request.consortium_members.add(uscc=member)
        if members:
            request.question.case_facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
        return request

    def asked(self, uscc, *members, **parts):
        """Return the answer about an applicant in this case."""
        return self.send(CHECK, self.asking(uscc, *members, **parts), credit_pb2.CheckEligibilityResponse)

    def clearing(self, uscc, *members, **parts):
        """Return the request to clear the award to an applicant."""
        whole = {"decision_point": AWARD, "applicant": applicant(uscc, *members), **self.named(), **parts}
        return credit_pb2.ClearAwardRequest(**whole)

    def cleared(self, uscc, *members, who=BIDDING, **parts):
        """Return what the award gate says."""
        return self.send(CLEAR, self.clearing(uscc, *members, **parts), credit_pb2.ClearAwardResponse, who)
