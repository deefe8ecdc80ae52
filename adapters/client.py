"""One mutually authenticated channel to the gateway, and its methods as plain calls.

It carries questions and answers and turns every failure into a ``GatewayError``. It judges no answer
(``adapters.answers``), keeps no record (``adapters.journal``) and decides nothing (``adapters.enforcement``).

The channel always verifies the gateway's certificate. gRPC for Python has no setting for the least TLS version on the
client's side; the gateway itself speaks nothing below TLS 1.3.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.protobuf.wrappers_pb2 import Int32Value, StringValue
from google.rpc import error_details_pb2
from google.rpc import status_pb2 as rpc_status_pb2
from jointsanctions.v1 import (
    audit_pb2,
    bulletin_pb2,
    candidate_pb2,
    changes_pb2,
    credit_pb2,
    ending_pb2,
    export_pb2,
    grade_pb2,
    outcome_pb2,
    receipt_pb2,
    registry_pb2,
    status_pb2,
    subject_pb2,
)

from adapters.credentials import channel_credentials
from adapters.errors import NO_ANSWER, GatewayError
from adapters.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from adapters.officers import OfficerSigner

ERROR_DOMAIN = "joint-sanctions-gateway"
"""``google.rpc.ErrorInfo.domain`` of every error that the gateway itself sends."""

_PACKAGE = "jointsanctions.v1"
_SERVICES = ("CreditService", "RegistryService", "AuditService", "SubjectService", "AdminService")
_RETRIES = {
    # A repeated check is a new question and writes are idempotent by request_id, so all of it may be repeated.
    "methodConfig": [
        {
            "name": [{"service": f"{_PACKAGE}.{name}"} for name in _SERVICES],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}
_LARGEST_ANSWER = 64 * 1024 * 1024  # a batch of 1,000 with many measures each passes gRPC's 4 MiB
_SERVING = 1  # grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING

A = TypeVar("A", bound=Message)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where the gateway is and who we are.

    Attributes:
        target: ``host:port``.
        ca_file: PEM certificates of the authorities that may issue the gateway's certificate.
        certificate_file: PEM chain of our certificate, leaf first.
        key_file: PEM private key of the leaf, unencrypted.
        server_name: Name that the gateway's certificate must bear; None means the host of *target*.
        deadline_seconds: Time that one call may take, its retries included.
        submission_deadline_seconds: The same for a whole submission of records.
        officers: Signs who makes each call, for an agency with a registered key; None where officers are declared.
    """

    target: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    server_name: str | None
    deadline_seconds: float
    submission_deadline_seconds: float = 3600.0
    officers: OfficerSigner | None = None


@dataclass(frozen=True, slots=True)
class _Method(Generic[A]):
    path: str
    answer: type[A]


_CHECK = _Method(f"/{_PACKAGE}.CreditService/CheckEligibility", credit_pb2.CheckEligibilityResponse)
_BATCH = _Method(f"/{_PACKAGE}.CreditService/BatchCheckEligibility", credit_pb2.BatchCheckEligibilityResponse)
_PERSON = _Method(f"/{_PACKAGE}.CreditService/CheckPerson", credit_pb2.CheckPersonResponse)
_RECORD = _Method(f"/{_PACKAGE}.CreditService/GetCreditRecord", credit_pb2.GetCreditRecordResponse)
_RESOLVE = _Method(f"/{_PACKAGE}.CreditService/ResolveEnterprise", candidate_pb2.ResolveEnterpriseResponse)
_ENDINGS = _Method(f"/{_PACKAGE}.CreditService/ListEndings", ending_pb2.ListEndingsResponse)
_ACKNOWLEDGE = _Method(f"/{_PACKAGE}.CreditService/AcknowledgeEnding", ending_pb2.AcknowledgeEndingResponse)
_RECEIPT = _Method(f"/{_PACKAGE}.CreditService/GetReceipt", receipt_pb2.GetReceiptResponse)
_OUTCOME = _Method(f"/{_PACKAGE}.CreditService/ReportOutcome", outcome_pb2.ReportOutcomeResponse)
_OUTCOMES = _Method(f"/{_PACKAGE}.CreditService/ListOutcomes", outcome_pb2.ListOutcomesResponse)
_MISSING = _Method(f"/{_PACKAGE}.CreditService/ListMissingOutcomes", outcome_pb2.ListMissingOutcomesResponse)
_SEARCH = _Method(f"/{_PACKAGE}.AuditService/SearchAccess", audit_pb2.SearchAccessResponse)
_RETENTION = _Method(f"/{_PACKAGE}.AuditService/ApplyRetention", audit_pb2.ApplyRetentionResponse)
_STATUS = _Method(f"/{_PACKAGE}.AdminService/GetStatus", status_pb2.GetStatusResponse)
_SUBMIT = _Method(f"/{_PACKAGE}.RegistryService/SubmitRecords", registry_pb2.SubmitRecordsResponse)
_SUBMITTED = _Method(f"/{_PACKAGE}.RegistryService/GetSubmission", registry_pb2.GetSubmissionResponse)
_CONFIRM = _Method(f"/{_PACKAGE}.RegistryService/ConfirmCurrent", registry_pb2.ConfirmCurrentResponse)
_WATCH = _Method(f"/{_PACKAGE}.RegistryService/WatchChanges", changes_pb2.WatchChangesResponse)
_BULLETIN = _Method(f"/{_PACKAGE}.CreditService/GetBulletin", bulletin_pb2.GetBulletinResponse)
_EXPORT = _Method(f"/{_PACKAGE}.AuditService/ExportAccess", export_pb2.ExportAccessResponse)
_EXPLAIN = _Method(f"/{_PACKAGE}.RegistryService/ExplainGrade", grade_pb2.ExplainGradeResponse)
_OWN_GRADE = _Method(f"/{_PACKAGE}.SubjectService/GetOwnGrade", subject_pb2.GetOwnGradeResponse)
# grpc.health.v1 has one string in its question and one enum in its answer, both field 1: these are the same bytes.
_HEALTH = _Method("/grpc.health.v1.Health/Check", Int32Value)


class GatewayClient:
    """The gateway's methods as blocking calls; may be shared by threads, not by forked processes.

    Every method raises ``GatewayError`` when it got no answer. ``UNAVAILABLE`` is repeated, at most three times with
    growing pauses, and over a quota after the pause that the gateway names, as often; neither past the deadline. A
    stream is not repeated.
    """

    def __init__(self, settings: ClientSettings) -> None:
        """Open the channel; nothing is sent yet.

        Raises:
            SettingsError: A key or certificate file cannot be used; the message names it.
        """
        credentials = channel_credentials(settings.ca_file, settings.certificate_file, settings.key_file)
        options: list[tuple[str, str | int]] = [
            ("grpc.service_config", json.dumps(_RETRIES)),
            ("grpc.max_receive_message_length", _LARGEST_ANSWER),
            # The environment must not be able to put somebody in between.
            ("grpc.enable_http_proxy", 0),
        ]
        if settings.officers is not None:
            # gRPC would send the same assertion again, which is good for once: ``patiently`` asks with another.
            options.append(("grpc.enable_retries", 0))
        if settings.server_name is not None:
            options.append(("grpc.ssl_target_name_override", settings.server_name))
        self._settings = settings
        self._channel = grpc.secure_channel(settings.target, credentials, options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the channel; later calls raise ``GatewayError``."""
        self._channel.close()

    def check(self, request: credit_pb2.CheckEligibilityRequest) -> credit_pb2.CheckEligibilityResponse:
        """Ask about one enterprise."""
        return self._ask(_CHECK, request)

    def batch(self, request: credit_pb2.BatchCheckEligibilityRequest) -> credit_pb2.BatchCheckEligibilityResponse:
        """Ask about up to 1,000 enterprises at one data revision."""
        return self._ask(_BATCH, request)

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

    def audit(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``AuditService`` by its name, such as ``"GetCheckpoint"``, for an answer of that type."""
        return self._ask(_Method(f"/{_PACKAGE}.AuditService/{rpc}", answer), request)

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

    def submit(self, requests: Iterable[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
        """Send records in chunks, of which the last has ``last`` set; the answer counts what became of them."""
        call: grpc.StreamUnaryMultiCallable[Message, bytes] = self._channel.stream_unary(_SUBMIT.path, _sent, None)
        timeout = self._settings.submission_deadline_seconds
        messages = iter(requests)
        # The assertion is sent ahead of the stream, and is about its first message.
        first = list(islice(messages, 1 if self._settings.officers else 0))
        metadata = self._signed(_SUBMIT.path, first[0], _sent(first[0])) if first else ()
        return _received(_SUBMIT, lambda: call(chain(first, messages), timeout=timeout, metadata=metadata))

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
        return self._ask(_Method(f"/{_PACKAGE}.SubjectService/{rpc}", answer), request)

    def apply_retention(self, request: audit_pb2.ApplyRetentionRequest) -> audit_pb2.ApplyRetentionResponse:
        """Count, or erase, what is due in one stretch of the record of calls."""
        return self._ask(_RETENTION, request, self._settings.submission_deadline_seconds)

    def admin(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``AdminService`` by its name, such as ``"ListCallers"``, for an answer of that type."""
        return self._ask(_Method(f"/{_PACKAGE}.AdminService/{rpc}", answer), request)

    def status(self, request: status_pb2.GetStatusRequest) -> status_pb2.GetStatusResponse:
        """Return how the process that answers is."""
        return self._ask(_STATUS, request)

    def registry(self, rpc: str, request: Message, answer: type[A], *, patient: bool = False) -> A:
        """Call a method of ``RegistryService`` by its name, such as ``"DecideListing"``, for an answer of that type.

        A *patient* call may take as long as a whole submission.
        """
        method = _Method(f"/{_PACKAGE}.RegistryService/{rpc}", answer)
        return self._ask(method, request, self._settings.submission_deadline_seconds if patient else None)

    def bulletin(self, request: bulletin_pb2.GetBulletinRequest) -> Iterator[bulletin_pb2.GetBulletinResponse]:
        """Receive a bulletin, part by part; one that does not fit its head was broken off."""
        return self._follow(_BULLETIN, request, self._settings.submission_deadline_seconds)

    def export_access(self, request: export_pb2.ExportAccessRequest) -> Iterator[export_pb2.ExportAccessResponse]:
        """Receive an export of recorded calls, part by part; one that does not end with its manifest was broken off."""
        return self._follow(_EXPORT, request, self._settings.submission_deadline_seconds)

    def watch_changes(self, request: changes_pb2.WatchChangesRequest) -> Iterator[changes_pb2.WatchChangesResponse]:
        """Follow every change after a revision until the stream ends; no deadline, for it lives by its heartbeats."""
        return self._follow(_WATCH, request, None)

    def _follow(self, method: _Method[A], request: Message, seconds: float | None) -> Iterator[A]:
        call: grpc.UnaryStreamMultiCallable[Message, bytes] = self._channel.unary_stream(method.path, _sent, None)
        metadata = self._signed(method.path, request, _sent(request))
        try:
            for event in call(request, timeout=seconds, metadata=metadata):
                yield method.answer.FromString(event)
        except grpc.RpcError as error:
            raise _gateway_error(error) from error

    def serving(self, service: str = "") -> bool:
        """Return whether *service* is ``SERVING``, such as ``"jointsanctions.v1.CreditService"``; empty: all of it."""
        return self._ask(_HEALTH, StringValue(value=service)).value == _SERVING

    def _ask(self, method: _Method[A], request: Message, seconds: float | None = None) -> A:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method.path, None, None)
        raw = _sent(request)
        whole = seconds or self._settings.deadline_seconds

        def ask(left: float) -> A:
            metadata = self._signed(method.path, request, raw)
            return _received(method, lambda: call(raw, timeout=left, metadata=metadata))

        return patiently(whole, ask, unavailable=self._settings.officers is not None)

    def _signed(self, path: str, request: Message, raw: bytes) -> tuple[tuple[str, str], ...]:
        """Return the metadata of one call: an assertion of its own, where officers are asserted."""
        signer = self._settings.officers
        return signer.metadata(path, request, raw) if signer is not None else ()


def _sent(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


def _received(method: _Method[A], call: Callable[[], bytes]) -> A:
    try:
        return method.answer.FromString(call())
    except grpc.RpcError as error:
        raise _gateway_error(error) from error
    except DecodeError as error:
        raise GatewayError(grpc.StatusCode.INTERNAL, NO_ANSWER, {}, f"{method.path}: not a valid answer") from error
    except ValueError as error:  # what gRPC raises for a channel that was closed
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, str(error)) from error


def _gateway_error(error: grpc.RpcError) -> GatewayError:
    """Read the one ``ErrorInfo`` of our domain; whatever else came is nobody's word and so ``NO_ANSWER``."""
    code, details = error.code(), error.details() or ""
    infos = _error_infos(error)
    if len(infos) == 1 and infos[0].domain == ERROR_DOMAIN and infos[0].reason:
        return GatewayError(code, infos[0].reason, infos[0].metadata, details)
    return GatewayError(code, NO_ANSWER, {}, details)


def _error_infos(error: grpc.RpcError) -> list[error_details_pb2.ErrorInfo]:
    trailers = [entry.value for entry in error.trailing_metadata() or () if entry.key == "grpc-status-details-bin"]
    infos = []
    try:
        for trailer in trailers:
            for detail in rpc_status_pb2.Status.FromString(trailer).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    infos.append(info)
    except DecodeError:
        return []
    return infos
