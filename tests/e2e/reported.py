"""A listed enterprise of one's own in a served gateway: asked about, decided on, revoked, and what is seen of it."""

from __future__ import annotations

import itertools
from datetime import timedelta

from e2e.served import BIDDING, CHECK, HRSS, REGISTRAR, SUBMIT, award, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2, listing_pb2, outcome_pb2
from jointsanctions.v1 import registry_pb2 as pb

from gateway.sample.records import act, listing, profile

REPORT = "/jointsanctions.v1.CreditService/ReportOutcome"
LIST = "/jointsanctions.v1.CreditService/ListOutcomes"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
ACKNOWLEDGE = "/jointsanctions.v1.CreditService/AcknowledgeEnding"
DECIDED = "/jointsanctions.v1.RegistryService/ListDecidedCases"
REVOCATION = listing_pb2.LISTING_ACT_KIND_REVOCATION
_numbers = itertools.count()


def ago(days):
    return today() - timedelta(days=days)


def submit(served, feed, *records, who=HRSS):
    """Submit records, and return the revision that holds them."""
    for row, record in enumerate(records, 1):
        record.row = row
    chunk = pb.SubmitRecordsRequest(
        request_id=f"reported-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
    )
    answer = pb.SubmitRecordsResponse.FromString(served.raw_stream(SUBMIT, [chunk.SerializeToString()], who).answer)
    assert answer.stored == len(records), answer
    return answer.data_revision


class Listed:
    """One listed enterprise."""

    def __init__(self, served):
        self.served, self.party = served, new_party()
        self.uscc, self.key = self.party.uscc, f"L-{self.party.uscc}"
        submit(served, "market_regulation", profile(self.party, ago(2000)), who=REGISTRAR)
        self.listed(ago(400))

    def listed(self, on=None):
        """List it; by its key once."""
        self.revision = submit(self.served, "wage_list", *listing(self.party, self.key, on or ago(30)))

    def asked(self, case_ref="TENDER-1", who=BIDDING):
        request = award(self.uscc, case_ref=case_ref)
        request.question.at_least_as_fresh = self.revision
        outcome = self.served.send(CHECK, request, who)
        return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)

    def revoked(self):
        self.revision = submit(self.served, "wage_list", act(self.party, self.key, REVOCATION, ago(0)))

    def report(self, answer, line=b"", **parts):
        """Return a report that the bid was refused on *answer*."""
        position = answer.audit_position
        sent = outcome_pb2.ReportOutcomeRequest(
            request_id=f"{self.uscc}-{next(_numbers)}",
            area=common_pb2.AREA_BIDDING,
            decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
            case_ref="TENDER-1",
            officer="officer-7",
            uscc=self.uscc,
            answer=outcome_pb2.AnswerPosition(
                writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, line_hash=line
            ),
            outcome=outcome_pb2.OUTCOME_KIND_REFUSED,
            decided_on=today().isoformat(),
            document_number="示交易〔2026〕7号",
        )
        for name, value in parts.items():
            setattr(sent, name, value)
        return sent

    def ending(self, who=BIDDING):
        """Return the only ending of this listing that *who* is told of."""
        request = ending_pb2.ListEndingsRequest(officer="o", page_size=100)
        found = read(self.served, ENDINGS, request, ending_pb2.ListEndingsResponse, who).endings
        (ending,) = [each for each in found if each.record_id == self.key]
        return ending

    def acknowledged(self, who=BIDDING):
        """Let *who* acknowledge that ending."""
        request = ending_pb2.AcknowledgeEndingRequest(
            request_id=f"{self.uscc}-{next(_numbers)}", ending_id=self.ending(who).ending_id, officer="o"
        )
        read(self.served, ACKNOWLEDGE, request, ending_pb2.AcknowledgeEndingResponse, who)

    def decided(self, **parts):
        """Return the cases decided on this listing, as HRSS sees them."""
        request = outcome_pb2.ListDecidedCasesRequest(officer="o", page_size=100, **parts)
        found = read(self.served, DECIDED, request, outcome_pb2.ListDecidedCasesResponse, HRSS).cases
        return [each for each in found if each.record_id == self.key]


def read(served, path, request, kind, who):
    outcome = served.send(path, request, who)
    assert outcome.ok, outcome.text()
    return kind.FromString(outcome.answer)


def reported(served, sent, who=BIDDING):
    return read(served, REPORT, sent, outcome_pb2.ReportOutcomeResponse, who)
