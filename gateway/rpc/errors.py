"""One table from domain errors to gRPC status codes, and the one ``ErrorInfo`` that every error carries."""

from __future__ import annotations

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from gateway.domain import errors

DOMAIN = "joint-sanctions-gateway"
DETAILS_KEY = "grpc-status-details-bin"
PUSHBACK_KEY = "grpc-retry-pushback-ms"
"""By it gRPC's own retries, where a client has them on for the status, wait as long as they are told (gRFC A6)."""

CODES: dict[type[errors.GatewayError], grpc.StatusCode] = {
    errors.MalformedRequestError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.CallerUnknownError: grpc.StatusCode.PERMISSION_DENIED,
    errors.CertificateRejectedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.OfficerAssertionRejectedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.RoleNotPermittedError: grpc.StatusCode.PERMISSION_DENIED,
    errors.AreaNotInMandateError: grpc.StatusCode.PERMISSION_DENIED,
    errors.FieldNotInMandateError: grpc.StatusCode.PERMISSION_DENIED,
    errors.PurposeNotInMandateError: grpc.StatusCode.PERMISSION_DENIED,
    errors.TerritoryNotInMandateError: grpc.StatusCode.PERMISSION_DENIED,
    errors.MandateNotInForceError: grpc.StatusCode.PERMISSION_DENIED,
    errors.AuthorizationMissingError: grpc.StatusCode.PERMISSION_DENIED,
    errors.SecondPersonRequiredError: grpc.StatusCode.PERMISSION_DENIED,
    errors.EnterpriseNotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.StateError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.SubmissionIncompleteError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.StagingRequiredError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.DifferenceChangedError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.RequestIdReusedError: grpc.StatusCode.ALREADY_EXISTS,
    errors.QuotaExceededError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.DeadlinePassedError: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.AuditUnavailableError: grpc.StatusCode.UNAVAILABLE,
    errors.StoreUnavailableError: grpc.StatusCode.UNAVAILABLE,
    errors.MethodUnknownError: grpc.StatusCode.UNIMPLEMENTED,
    errors.UnexpectedError: grpc.StatusCode.INTERNAL,
}


def code_of(error: errors.GatewayError) -> grpc.StatusCode:
    """Return the status code of *error*; a class that the table lacks is a ``KeyError``, which a test rules out."""
    return CODES[type(error)]


def trailers_of(error: errors.GatewayError) -> tuple[tuple[str, str | bytes], ...]:
    """Return the trailing metadata: ``google.rpc.Status`` with exactly one ``ErrorInfo``, and when to try again."""
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    packed = any_pb2.Any()
    packed.Pack(info)
    status = status_pb2.Status(code=code_of(error).value[0], message=error.message, details=[packed])
    details = (DETAILS_KEY, status.SerializeToString())
    again = error.metadata.get("retry_after_ms")
    return (details,) if again is None else (details, (PUSHBACK_KEY, again))
