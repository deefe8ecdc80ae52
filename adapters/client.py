"""The gateway's methods as plain calls over one channel.

It carries questions and answers. It judges no answer (``adapters.answers``), keeps no record (``adapters.journal``) and
decides nothing (``adapters.enforcement``); how a call is made is in ``adapters.channel``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.wrappers_pb2 import Int32Value, StringValue
from jointsanctions.v1 import (
    audit_pb2,
    candidate_pb2,
    case_pb2,
    credit_pb2,
    ending_pb2,
    grade_pb2,
    outcome_pb2,
    receipt_pb2,
    registry_pb2,
    status_pb2,
    subject_pb2,
)

from adapters.channel import PACKAGE, A, ClientSettings, Method
from adapters.streams import Streams

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["ClientSettings", "GatewayClient"]
_SERVING: Final = 1  # grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING

_CHECK = Method(f"/{PACKAGE}.CreditService/CheckEligibility", credit_pb2.CheckEligibilityResponse)
_BATCH = Method(f"/{PACKAGE}.CreditService/BatchCheckEligibility", credit_pb2.BatchCheckEligibilityResponse)
_CLEAR = Method(f"/{PACKAGE}.CreditService/ClearAward", credit_pb2.ClearAwardResponse)
_CASES = Method(f"/{PACKAGE}.CreditService/ListCases", case_pb2.ListCasesResponse)
_PERSON = Method(f"/{PACKAGE}.CreditService/CheckPerson", credit_pb2.CheckPersonResponse)
_RECORD = Method(f"/{PACKAGE}.CreditService/GetCreditRecord", credit_pb2.GetCreditRecordResponse)
_RESOLVE = Method(f"/{PACKAGE}.CreditService/ResolveEnterprise", candidate_pb2.ResolveEnterpriseResponse)
_ENDINGS = Method(f"/{PACKAGE}.CreditService/ListEndings", ending_pb2.ListEndingsResponse)
_ACKNOWLEDGE = Method(f"/{PACKAGE}.CreditService/AcknowledgeEnding", ending_pb2.AcknowledgeEndingResponse)
_RECEIPT = Method(f"/{PACKAGE}.CreditService/GetReceipt", receipt_pb2.GetReceiptResponse)
_OUTCOME = Method(f"/{PACKAGE}.CreditService/ReportOutcome", outcome_pb2.ReportOutcomeResponse)
_OUTCOMES = Method(f"/{PACKAGE}.CreditService/ListOutcomes", outcome_pb2.ListOutcomesResponse)
_MISSING = Method(f"/{PACKAGE}.CreditService/ListMissingOutcomes", outcome_pb2.ListMissingOutcomesResponse)
_SEARCH = Method(f"/{PACKAGE}.AuditService/SearchAccess", audit_pb2.SearchAccessResponse)
_RETENTION = Method(f"/{PACKAGE}.AuditService/ApplyRetention", audit_pb2.ApplyRetentionResponse)
_STATUS = Method(f"/{PACKAGE}.AdminService/GetStatus", status_pb2.GetStatusResponse)
_SUBMITTED = Method(f"/{PACKAGE}.RegistryService/GetSubmission", registry_pb2.GetSubmissionResponse)
_CONFIRM = Method(f"/{PACKAGE}.RegistryService/ConfirmCurrent", registry_pb2.ConfirmCurrentResponse)
_EXPLAIN = Method(f"/{PACKAGE}.RegistryService/ExplainGrade", grade_pb2.ExplainGradeResponse)
_OWN_GRADE = Method(f"/{PACKAGE}.SubjectService/GetOwnGrade", subject_pb2.GetOwnGradeResponse)
# grpc.health.v1 has one string in its question and one enum in its answer, both field 1: these are the same bytes.
_HEALTH = Method("/grpc.health.v1.Health/Check", Int32Value)


class GatewayClient(Streams):
    """The gateway's methods as blocking calls; may be shared by threads, not by forked processes.

    Every method raises ``GatewayError`` when it got no answer. ``UNAVAILABLE`` is repeated, at most three times with
    growing pauses, and over a quota after the pause that the gateway names, as often; neither past the deadline. A
    stream is not repeated.
    """

    def check(self, request: credit_pb2.CheckEligibilityRequest) -> credit_pb2.CheckEligibilityResponse:
        """Ask about one enterprise."""
        return self._ask(_CHECK, request)

    def batch(self, request: credit_pb2.BatchCheckEligibilityRequest) -> credit_pb2.BatchCheckEligibilityResponse:
        """Ask about up to 1,000 enterprises at one data revision."""
        return self._ask(_BATCH, request)

    def clear_award(self, request: credit_pb2.ClearAwardRequest) -> credit_pb2.ClearAwardResponse:
        """Have the final act of a registered case cleared; what is cleared comes with its receipt."""
        return self._ask(_CLEAR, request)

    def list_cases(self, request: case_pb2.ListCasesRequest) -> case_pb2.ListCasesResponse:
        """Read one page of our agency's own registered cases, the one that was registered last first."""
        return self._ask(_CASES, request)

    def check_person(self, request: credit_pb2.CheckPersonRequest) -> credit_pb2.CheckPersonResponse:
        """Ask about one natural person, by its document's type and number."""
        return self._ask(_PERSON, request)

    def credit_record(self, request: credit_pb2.GetCreditRecordRequest) -> credit_pb2.GetCreditRecordResponse:
        """Read what is on record about one enterprise."""
        return self._ask(_RECORD, request)

    def resolve(self, request: candidate_pb2.ResolveEnterpriseRequest) -> candidate_pb2.ResolveEnterpriseResponse:
        """Find who may be meant by a code or a name, within a case; whether it may go ahead is asked by its code."""
        return self._ask(_RESOLVE, request)

    def list_endings(self, request: ending_pb2.ListEndingsRequest) -> ending_pb2.ListEndingsResponse:
        """Read one page of the endings of records that we were told of, those not acknowledged first."""
        return self._ask(_ENDINGS, request)

    def acknowledge_ending(self, request: ending_pb2.AcknowledgeEndingRequest) -> ending_pb2.AcknowledgeEndingResponse:
        """Say that an ending is in our own records."""
        return self._ask(_ACKNOWLEDGE, request)

    def receipt(self, request: receipt_pb2.GetReceiptRequest) -> receipt_pb2.GetReceiptResponse:
        """Ask for the receipt of one of our own answers."""
        return self._ask(_RECEIPT, request)

    def credit(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``CreditService`` by its name, such as ``"OpenCase"``, for an answer of that type."""
        return self._ask(Method(f"/{PACKAGE}.CreditService/{rpc}", answer), request)

    def audit(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``AuditService`` by its name, such as ``"GetCheckpoint"``, for an answer of that type."""
        return self._ask(Method(f"/{PACKAGE}.AuditService/{rpc}", answer), request)

    def referral(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``ReferralService`` by its name, such as ``"SignReceipt"``, for an answer of that type."""
        return self._ask(Method(f"/{PACKAGE}.ReferralService/{rpc}", answer), request)

    def report_outcome(self, request: outcome_pb2.ReportOutcomeRequest) -> outcome_pb2.ReportOutcomeResponse:
        """Say what was done in a case after an answer."""
        return self._ask(_OUTCOME, request)

    def list_outcomes(self, request: outcome_pb2.ListOutcomesRequest) -> outcome_pb2.ListOutcomesResponse:
        """Read one page of the outcomes that our agency reported."""
        return self._ask(_OUTCOMES, request)

    def missing_outcomes(
        self, request: outcome_pb2.ListMissingOutcomesRequest
    ) -> outcome_pb2.ListMissingOutcomesResponse:
        """Read of which of one page of our answers no outcome is reported."""
        return self._ask(_MISSING, request)

    def search_access(self, request: audit_pb2.SearchAccessRequest) -> audit_pb2.SearchAccessResponse:
        """Find recorded calls, newest first."""
        return self._ask(_SEARCH, request)

    def submitted(self, request: registry_pb2.GetSubmissionRequest) -> registry_pb2.GetSubmissionResponse:
        """Ask how much of a submission is stored."""
        return self._ask(_SUBMITTED, request)

    def confirm_current(self, request: registry_pb2.ConfirmCurrentRequest) -> registry_pb2.ConfirmCurrentResponse:
        """Say that a feed is complete up to an instant."""
        return self._ask(_CONFIRM, request)

    def explain_grade(self, request: grade_pb2.ExplainGradeRequest) -> grade_pb2.ExplainGradeResponse:
        """Ask why an enterprise has its grades."""
        return self._ask(_EXPLAIN, request)

    def own_grade(self, request: subject_pb2.GetOwnGradeRequest) -> subject_pb2.GetOwnGradeResponse:
        """Ask, at the window, what an enterprise may know of its own grade."""
        return self._ask(_OWN_GRADE, request)

    def subject(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``SubjectService`` by its name, such as ``"ListWhoAsked"``, for an answer of that type."""
        return self._ask(Method(f"/{PACKAGE}.SubjectService/{rpc}", answer), request)

    def apply_retention(self, request: audit_pb2.ApplyRetentionRequest) -> audit_pb2.ApplyRetentionResponse:
        """Count, or erase, what is due in one stretch of the record of calls."""
        return self._ask(_RETENTION, request, self._settings.submission_deadline_seconds)

    def admin(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``AdminService`` by its name, such as ``"ListCallers"``, for an answer of that type."""
        return self._ask(Method(f"/{PACKAGE}.AdminService/{rpc}", answer), request)

    def status(self, request: status_pb2.GetStatusRequest) -> status_pb2.GetStatusResponse:
        """Return how the process that answers is."""
        return self._ask(_STATUS, request)

    def registry(self, rpc: str, request: Message, answer: type[A], *, patient: bool = False) -> A:
        """Call a method of ``RegistryService`` by its name, such as ``"DecideListing"``, for an answer of that type.

        A *patient* call may take as long as a whole submission.
        """
        method = Method(f"/{PACKAGE}.RegistryService/{rpc}", answer)
        return self._ask(method, request, self._settings.submission_deadline_seconds if patient else None)

    def serving(self, service: str = "") -> bool:
        """Return whether *service* is ``SERVING``, such as ``"jointsanctions.v1.CreditService"``; empty: all of it."""
        return self._ask(_HEALTH, StringValue(value=service)).value == _SERVING
